"""What must be undone to take a unit of work back: each change of a table leaves the value that was there before."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Journal:
    """The changes since the last commit, the latest last. Tables are dicts that are changed through it alone."""

    __slots__ = ("_undo",)

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def mark(self) -> int:
        """A place to come back to; 0 where nothing was changed yet."""
        return len(self._undo)

    def back_to(self, mark: int) -> None:
        """Take back whatever was changed since `mark`, the latest first."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def keep(self) -> None:
        """What was changed stays."""
        self._undo.clear()

    def note(self, undo: Callable[[], object]) -> None:
        """How a change that was made some other way is undone."""
        self._undo.append(undo)

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        """Set a value of a table."""
        if key in table:
            self._undo.append(partial(table.__setitem__, key, table[key]))
        else:
            self._undo.append(partial(table.__delitem__, key))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> V | None:
        """Remove a key from a table, where it is there; the value that it had. Tables must not depend on the order of
        their keys: one that comes back is the last."""
        if key not in table:
            return None
        old = table.pop(key)
        self._undo.append(partial(table.__setitem__, key, old))
        return old
