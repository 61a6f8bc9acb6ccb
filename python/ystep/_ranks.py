"""libystep_mpi: one y-step over the processes of an mpi4py communicator."""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Any, Callable, Iterator, Optional, TypeVar

from ._errors import InputError, UnsupportedError
from ._library import Array, Sparse, library, load

def _places() -> Iterator[str]:
    """Beside libystep, or where the linker looks."""
    place = Path(library.path).resolve()
    for name in ("libystep_mpi.so", "libystep_mpi.so.0"):
        if (place.parent / name).exists():
            yield str(place.parent / name)
    found = ctypes.util.find_library("ystep_mpi")
    if found:
        yield found


_NOT_FOUND = (
    "libystep_mpi is not found beside libystep: ystep was built without MPI (Debian:"
    " libopenmpi-dev), or not installed whole"
)
_loaded: Optional[ctypes.CDLL] = None


def _get(mpi: Any) -> ctypes.CDLL:
    """The library, whose communicators are what this MPI has for handles."""
    global _loaded
    if _loaded is not None:
        return _loaded
    loaded = load(_places(), _NOT_FOUND)
    loaded.ys_mpi_name.restype = c_char_p
    name, own = loaded.ys_mpi_name().decode(), mpi.get_vendor()[0]
    if name != own:
        raise UnsupportedError(
            f"mpi4py is of {own}; expected {name}, with which libystep_mpi was built"
        )
    comm = c_int if mpi._sizeof(mpi.Comm) == ctypes.sizeof(c_int) else c_void_p
    dense, sparse, size = POINTER(Array), POINTER(Sparse), POINTER(c_size_t)
    loaded.ys_solve_mpi.argtypes = [c_void_p, comm, dense, dense]
    loaded.ys_solve_sparse_mpi.argtypes = [c_void_p, comm, dense, sparse]
    loaded.ys_judge_mpi.argtypes = [c_void_p, comm, dense, dense]
    loaded.ys_judge_sparse_mpi.argtypes = [c_void_p, comm, dense, sparse]
    loaded.ys_share_mpi.argtypes = [comm, c_size_t, c_size_t, size, size]
    _loaded = loaded
    return loaded


class Ranks:
    """A communicator, and libystep's calls over it."""

    def __init__(self, comm: Any) -> None:
        try:
            from mpi4py import MPI
        except ImportError as error:
            raise ImportError(f"comm= needs mpi4py (Debian: python3-mpi4py): {error}") from None
        if not isinstance(comm, MPI.Intracomm) or comm == MPI.COMM_NULL:
            raise InputError(f"comm is {comm!r}; expected an intracommunicator of mpi4py")
        self._comm = comm
        self._library = _get(MPI)
        self._handle = MPI._handleof(comm)

    def agree(self, error: Optional[Exception]) -> None:
        """Raise on all what is wrong on one before libystep is asked."""
        for rank, text in enumerate(self._comm.allgather(error and str(error))):
            if text is not None:
                raise InputError(f"rank {rank}: {text}") from error

    def call(self, name: str, handle: Any, sigma: Array, labels: Any) -> int:
        """The code of NAME_mpi."""
        function = getattr(self._library, name + "_mpi")
        return function(handle, self._handle, byref(sigma), byref(labels))

    def share(self, rows: int, classes: int) -> slice:
        first, own = c_size_t(), c_size_t()
        code = self._library.ys_share_mpi(self._handle, rows, classes, byref(first), byref(own))
        if code:
            raise (UnsupportedError if code == 4 else InputError)(
                f"no share of {rows} x {classes} for each of {self._comm.size} ranks; expected"
                " at most one for each 4096 numbers, and 128"
            )
        return slice(first.value, first.value + own.value)


_Made = TypeVar("_Made")


def agreed(ranks: Optional[Ranks], make: Callable[[], _Made]) -> _Made:
    """What make() returns; over ranks its exception on one is one on all."""
    if ranks is None:
        return make()
    made, error = None, None
    try:
        made = make()
    except Exception as wrong:
        error = wrong
    ranks.agree(error)
    return made


def share(rows: int, classes: int, comm: Any) -> slice:
    """Which rows of a batch of so many rows and classes are this rank's in
    ``solve(..., comm=comm)``:

    >>> sigma = np.load("sigma.npy", mmap_mode="r")  # doctest: +SKIP
    >>> own = sigma[ystep.share(*sigma.shape, comm)]  # doctest: +SKIP
    """
    return Ranks(comm).share(rows, classes)
