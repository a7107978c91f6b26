"""On which line of which file something stands that only the whole configuration shows to be wrong."""

import tomllib
from collections.abc import Mapping

from sla.toml_lines import KeyPath, line_numbers

Step = str | tuple[str, str]
"""A key, or a list of tables and whom the one that is meant names: ("system", "his"), ("exception", "engineer1")."""
NAMING = ("id", "first", "second")


class Places:
    """The places in well-formed files (name -> text); a file is looked through when it is asked for first."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._looked: dict[str, tuple[dict[str, object], dict[KeyPath, int]]] = {}

    def has(self, file: str, *way: Step) -> bool:
        """Whether it is written there."""
        return self._path(file, way)[1]

    def line(self, file: str, *way: Step) -> int | None:
        """The line of what is found that way; where it is not written there, of the table in which it would be."""
        path, _ = self._path(file, way)
        lines = self._look(file)[1]
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path)

    def _path(self, file: str, way: tuple[Step, ...]) -> tuple[KeyPath, bool]:
        path: KeyPath = ()
        here: object = self._look(file)[0]
        for step in way:
            key, name = step if isinstance(step, tuple) else (step, None)
            here = here.get(key) if isinstance(here, Mapping) else None
            if here is None:
                return path, False
            path = (*path, key)
            if name is not None:
                rows = here if isinstance(here, list) else []
                index = next((number for number, row in enumerate(rows) if _names(row, name)), None)
                if index is None:
                    return path, False
                path, here = (*path, index), rows[index]
        return path, True

    def _look(self, file: str) -> tuple[dict[str, object], dict[KeyPath, int]]:
        if file not in self._looked:
            text = self._files.get(file, "")
            self._looked[file] = tomllib.loads(text.removeprefix("\ufeff")), line_numbers(text)
        return self._looked[file]


def _names(row: object, name: str) -> bool:
    return isinstance(row, Mapping) and name in (row.get(key) for key in NAMING)
