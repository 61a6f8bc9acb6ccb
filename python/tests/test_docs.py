"""The blocks of docs/python.md, one after the other."""

import os
import re
import subprocess
import tempfile
import unittest

from harness import MPIRUN, has_mpi, path_with_python3

SOURCE = os.environ.get("YSTEP_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))


def is_here(package):
    if package == "mpi4py":
        return has_mpi()
    try:
        __import__(package)
    except ImportError:
        return False
    return True


class Docs(unittest.TestCase):
    def do(self, kind, of, block, names):
        """What a block is: Python, a file, or commands."""
        if kind == "file":
            with open(of, "w", encoding="utf-8") as file:
                file.write(block)
        elif of and not is_here(of):
            return
        elif kind == "sh":
            subprocess.run(["sh", "-ec", block], check=True, stdout=subprocess.DEVNULL)
        else:
            exec(compile(block, "docs/python.md", "exec"), names)

    def test_every_block_runs(self):
        with open(os.path.join(SOURCE, "docs", "python.md"), encoding="utf-8") as file:
            text = file.read()
        blocks = re.findall(r"<!-- (python|file|sh)(?:: ([\w.]+))? -->\n```\w+\n(.*?)```", text, re.DOTALL)
        self.assertEqual(2 * len(blocks), text.count("```"))
        self.assertEqual(len(blocks), 11)
        names = {}
        before, path = os.getcwd(), os.environ["PATH"]
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(os.path.abspath(os.path.join(SOURCE, "bench")), os.path.join(folder, "bench"))
            os.environ.update(MPIRUN, PATH=path_with_python3(folder))
            os.chdir(folder)
            try:
                for kind, of, block in blocks:
                    with self.subTest(block.strip().splitlines()[0]):
                        self.do(kind, of, block, names)
            finally:
                os.chdir(before)
                os.environ["PATH"] = path


if __name__ == "__main__":
    unittest.main()
