"""libystep, as ystep.h declares it."""

import ctypes
import ctypes.util
import os
import shutil
from ctypes import POINTER, c_char_p, c_double, c_int, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import Any, Iterator

from ._errors import Error, InputError, NumericsError, UnsupportedError

DOUBLE, FLOAT = 0, 1


class Array(ctypes.Structure):
    """ystep_array."""

    _fields_ = [
        ("data", c_void_p), ("type", c_int), ("rows", c_size_t), ("classes", c_size_t),
        ("stride", c_size_t),
    ]


class Sparse(ctypes.Structure):
    """ystep_sparse."""

    _fields_ = [
        ("rows", c_size_t), ("classes", c_size_t), ("begin", POINTER(c_size_t)),
        ("held", POINTER(c_uint32)), ("weight", POINTER(c_double)),
    ]


def _places() -> Iterator[str]:
    """Where the library may be: named by YSTEP_LIBRARY and nowhere else; beside
    this file; where the linker looks; beside the program."""
    named = os.environ.get("YSTEP_LIBRARY")
    if named:
        yield named
        return
    for place in sorted(Path(__file__).parent.glob("libystep.*")):
        yield str(place)
    found = ctypes.util.find_library("ystep")
    if found:
        yield found
    program = shutil.which("ystep")
    if program:
        yield str(Path(program).resolve().parent.parent / "lib" / "libystep.so.0")


def load(places: Iterator[str], why_not: str) -> ctypes.CDLL:
    """The first that can be loaded, or an ImportError that says why none can."""
    tried = []
    for place in places:
        try:
            return ctypes.CDLL(place)
        except OSError as error:
            tried.append(str(error))
    raise ImportError(why_not + "".join(f"\n  {line}" for line in tried))


_NOT_FOUND = (
    "libystep is not found: `make install` in the ystep repository puts it under PREFIX/lib;"
    " then set YSTEP_LIBRARY to PREFIX/lib/libystep.so, or add PREFIX/lib to the linker's paths"
)
_HANDLE, _ARRAY, _SPARSE = c_void_p, POINTER(Array), POINTER(Sparse)
_DECLARED = [
    ("ys_version", c_char_p, []),
    ("ys_open", _HANDLE, []),
    ("ys_close", None, [_HANDLE]),
    ("ys_message", c_char_p, [_HANDLE]),
    ("ys_set", c_int, [_HANDLE, c_char_p, c_double]),
    ("ys_set_text", c_int, [_HANDLE, c_char_p, c_char_p]),
    ("ys_set_prior", c_int, [_HANDLE, c_void_p, c_size_t]),
    ("ys_solve", c_int, [_HANDLE, _ARRAY, _ARRAY]),
    ("ys_solve_sparse", c_int, [_HANDLE, _ARRAY, _SPARSE]),
    ("ys_interrupt", None, [_HANDLE]),
    ("ys_judge", c_int, [_HANDLE, _ARRAY, _ARRAY]),
    ("ys_judge_sparse", c_int, [_HANDLE, _ARRAY, _SPARSE]),
    ("ys_evaluate", c_int, [_HANDLE, _ARRAY, _ARRAY, _ARRAY, _ARRAY]),
    ("ys_get", c_double, [_HANDLE, c_char_p]),
    ("ys_get_text", c_char_p, [_HANDLE, c_char_p]),
    ("ys_get_multipliers", POINTER(c_double), [_HANDLE]),
]


class _Library:
    """The functions, from the library that is loaded when the first is asked for:
    `serve` does without, and its OpenBLAS and OpenMP are not started for nothing.
    And its `path`."""

    def __getattr__(self, name: str) -> Any:
        loaded = load(_places(), _NOT_FOUND)
        functions = {}
        for declared, result, arguments in _DECLARED:
            function = functions[declared] = getattr(loaded, declared)
            function.restype, function.argtypes = result, arguments
        self.__dict__.update(functions, path=loaded._name)
        return object.__getattribute__(self, name)


library = _Library()
_EXCEPTIONS = {1: InputError, 2: MemoryError, 3: OSError, 4: UnsupportedError, 5: NumericsError}


def check(handle: int, code: int) -> None:
    """Raise what a code that is not 0 stands for."""
    if code == 0:
        return
    message = library.ys_message(handle).decode()
    if code == 1 and message.startswith("sigma: row"):
        message += " (of logits: logits=True; of scores >= 0: divide each row by its sum)"
    raise _EXCEPTIONS.get(code, Error)(message)


def version() -> str:
    """The version of libystep that was found."""
    return library.ys_version().decode()
