"""The blocks of docs/python.md, one after the other."""

import os
import re
import tempfile
import unittest

SOURCE = os.environ.get("YSTEP_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))


def is_here(package):
    try:
        __import__(package)
    except ImportError:
        return False
    return True


class Docs(unittest.TestCase):
    def test_every_block_runs(self):
        with open(os.path.join(SOURCE, "docs", "python.md"), encoding="utf-8") as file:
            text = file.read()
        blocks = re.findall(r"<!-- python(?:: (\w+))? -->\n```python\n(.*?)```", text, re.DOTALL)
        self.assertEqual(len(blocks), text.count("```python"))
        self.assertEqual(len(blocks), 7)
        names = {}
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(os.path.abspath(os.path.join(SOURCE, "bench")), os.path.join(folder, "bench"))
            os.chdir(folder)
            try:
                for needs, block in blocks:
                    if not needs or is_here(needs):
                        with self.subTest(block.strip().splitlines()[0]):
                            exec(compile(block, "docs/python.md", "exec"), names)
            finally:
                os.chdir(before)


if __name__ == "__main__":
    unittest.main()
