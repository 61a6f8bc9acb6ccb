"""Run directories as pandas frames."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, Union

from ._errors import InputError


class Tables(Dict[str, Any]):
    """The tables of a run directory, a pandas.DataFrame each, by name or as
    attributes: ``tables.runs``, ``tables["traces"]``. ``tables.meta`` is what
    meta.json holds. docs/file-formats.md has their columns."""

    meta: Dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"no table {name!r}; there are {', '.join(self) or 'none'}"
            ) from None


def _whole_lines(path: Path) -> bytes:
    """A killed program leaves at most one last line without its end."""
    data = path.read_bytes().rstrip(b"\0")
    return data[: data.rfind(b"\n") + 1]


def read(directory: Union[str, "os.PathLike[str]"]) -> Tables:
    """All tables that ``ystep run``, ``sweep``, ``train`` or ``check`` left in a
    directory: runs, traces, settings, training, epochs, checks, ..."""
    import io

    import pandas

    where = Path(directory)
    meta = where / "meta.json"
    if not meta.is_file():
        raise InputError(f"{where} is no run directory: it has no meta.json")
    tables = Tables()
    tables.meta = json.loads(meta.read_text(encoding="utf-8"))
    for path in sorted(where.glob("*.csv")):
        tables[path.stem] = pandas.read_csv(io.BytesIO(_whole_lines(path)), keep_default_na=False)
    return tables
