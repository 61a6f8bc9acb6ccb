"""What goes wrong, as exceptions. Out of memory is Python's own MemoryError."""


class Error(Exception):
    """Any failure of ystep's."""


class InputError(Error, ValueError):
    """An argument that cannot be used; the message says what was expected."""


class UnsupportedError(Error, ValueError):
    """The solver does not serve this loss or fairness."""


class NumericsError(Error, ArithmeticError):
    """The solver broke down, or F is infinite at the start point."""
