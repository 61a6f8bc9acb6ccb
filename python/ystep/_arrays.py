"""Arrays that come from NumPy and PyTorch, taken without a copy."""

from __future__ import annotations

import ctypes
from typing import Any, Callable, Optional, Tuple

import numpy as np

from ._errors import InputError
from ._library import DOUBLE, FLOAT, Array, Sparse

_TYPES = {np.dtype(np.float64): DOUBLE, np.dtype(np.float32): FLOAT}


def is_tensor(array: Any) -> bool:
    """Whether it is a PyTorch tensor; PyTorch is not imported for that."""
    return type(array).__module__.partition(".")[0] == "torch"


def is_sparse(array: Any) -> bool:
    """Whether it is a scipy.sparse matrix; SciPy is not imported for that."""
    return type(array).__module__.startswith("scipy.sparse")


def _of_tensor(tensor: Any, name: str) -> np.ndarray:
    if tensor.device.type != "cpu":
        raise InputError(
            f"{name} is on {tensor.device}; expected a tensor of the CPU: {name}.detach().cpu()"
        )
    if str(tensor.dtype) not in ("torch.float32", "torch.float64"):
        raise InputError(f"{name} is {tensor.dtype}; expected float32 or float64: {name}.float()")
    return tensor.detach().numpy()


def as_numpy(array: Any, name: str, shape: Optional[Tuple[int, int]] = None) -> np.ndarray:
    """The numbers of an array, where they are: M x K of float32 or float64."""
    if is_tensor(array):
        array = _of_tensor(array, name)
    if is_sparse(array):
        raise InputError(f"{name} is sparse; expected a dense array: {name}.toarray()")
    if not isinstance(array, np.ndarray):
        raise InputError(
            f"{name} is {type(array).__name__}; expected a NumPy array or a PyTorch tensor:"
            f" numpy.asarray({name}, dtype=float)"
        )
    if array.ndim != 2:
        raise InputError(
            f"{name} has shape {array.shape}; expected (M, K), a row a point, a column a class"
        )
    if array.dtype not in _TYPES:
        raise InputError(
            f"{name} has dtype {array.dtype}; expected float32 or float64:"
            f" {name}.astype(numpy.float64)"
        )
    if shape is not None and array.shape != shape:
        raise InputError(f"{name} has shape {array.shape}; expected sigma's {shape}")
    return array


def address(array: np.ndarray) -> int:
    """Where its numbers begin. (array.ctypes.data takes four times as long.)"""
    return array.__array_interface__["data"][0]


def view(array: np.ndarray, name: str) -> Array:
    """A NumPy array, which is to live on, as libystep takes it."""
    rows, classes = array.shape
    across, along = array.strides
    gaps = (along != array.itemsize and classes > 1) or across % array.itemsize
    if array.size and (gaps or (across < classes * array.itemsize and rows > 1)):
        raise InputError(
            f"{name} does not lie row by row (it is transposed, or a slice with a step):"
            f" expected numpy.ascontiguousarray({name})"
        )
    stride = across // array.itemsize if rows > 1 else 0
    return Array(address(array), _TYPES[array.dtype], rows, classes, stride)


def answer_for(sigma: Any) -> Callable[[np.ndarray], Any]:
    """What turns a new NumPy array into the kind that sigma is."""
    if is_tensor(sigma):
        import torch

        return torch.from_numpy
    return lambda array: array


def sparse_view(matrix: Any, shape: Tuple[int, int]) -> Tuple[Sparse, tuple]:
    """A scipy.sparse matrix as libystep takes it, and what is to live as long."""
    if matrix.shape != shape:
        raise InputError(f"the labels have shape {matrix.shape}; expected sigma's {shape}")
    matrix = matrix.tocsr()
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    begin = np.ascontiguousarray(matrix.indptr, dtype=np.uintp)
    held = np.ascontiguousarray(matrix.indices, dtype=np.uint32)
    weight = np.ascontiguousarray(matrix.data, dtype=np.float64)
    return (
        Sparse(
            *shape,
            begin.ctypes.data_as(ctypes.POINTER(ctypes.c_size_t)),
            held.ctypes.data_as(ctypes.POINTER(ctypes.c_uint32)),
            weight.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
        ),
        (begin, held, weight),
    )


def sparse_matrix(found: Sparse) -> Any:
    """The labels that lie in a handle, copied, as scipy.sparse.csr_matrix."""
    from scipy.sparse import csr_matrix

    begin = np.ctypeslib.as_array(found.begin, (found.rows + 1,))
    count = int(begin[-1])
    small = count <= np.iinfo(np.int32).max
    integer = np.int32 if small else np.int64
    return csr_matrix(
        (
            np.ctypeslib.as_array(found.weight, (count,)).copy(),
            np.ctypeslib.as_array(found.held, (count,)).astype(integer),
            begin.astype(integer),
        ),
        shape=(found.rows, found.classes),
    )
