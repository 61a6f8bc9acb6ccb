"""Builds the wheel of this folder: a backend (PEP 517) of the standard library
alone. The package is pure Python; libystep is found when it is imported."""

import base64
import hashlib
import re
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
PYPROJECT = (HERE / "pyproject.toml").read_text()


def _field(name):
    return re.search(rf'^{name} = "(.*)"$', PYPROJECT, re.MULTILINE).group(1)


NAME, VERSION = _field("name"), _field("version")
INFO = f"{NAME}-{VERSION}.dist-info"
METADATA = f"""Metadata-Version: 2.1
Name: {NAME}
Version: {VERSION}
Summary: {_field("description")}
License: MIT
Requires-Python: {_field("requires-python")}
Requires-Dist: numpy>=1.20
Provides-Extra: mpi
Requires-Dist: mpi4py; extra == "mpi"
Provides-Extra: sparse
Requires-Dist: scipy; extra == "sparse"
Provides-Extra: tables
Requires-Dist: pandas; extra == "tables"
Provides-Extra: torch
Requires-Dist: torch; extra == "torch"
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: ystep\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _digest(data):
    text = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + text.rstrip(b"=").decode()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Write the wheel into a folder; its name."""
    files = {
        str(path.relative_to(HERE)): path.read_bytes()
        for path in sorted((HERE / "ystep").iterdir())
        if path.suffix == ".py" or path.name == "py.typed"
    }
    files[f"{INFO}/METADATA"] = METADATA.encode()
    files[f"{INFO}/WHEEL"] = WHEEL.encode()
    record = "".join(f"{name},{_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{INFO}/RECORD"] = (record + f"{INFO}/RECORD,,\n").encode()
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
    return name


def build_sdist(sdist_directory, config_settings=None):
    """Refused: the sources are the repository."""
    raise NotImplementedError("ystep has no source distribution: pip install ./python")
