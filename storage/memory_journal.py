"""What must be undone to take a unit of work back: each change of a table leaves the value that was there before."""

from collections.abc import Callable
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_ABSENT: Any = object()


class Journal:
    """The changes since the last commit, the latest last. Tables are dicts that are changed through it alone."""

    __slots__ = ("_undo",)

    def __init__(self) -> None:
        # Table, key and the value that was there; of any other change what undoes it. Most of it is never undone.
        self._undo: list[tuple[dict[Any, Any], Any, Any] | Callable[[], object]] = []

    def mark(self) -> int:
        """A place to come back to; 0 where nothing was changed yet."""
        return len(self._undo)

    def back_to(self, mark: int) -> None:
        """Take back whatever was changed since `mark`, the latest first."""
        while len(self._undo) > mark:
            change = self._undo.pop()
            if not isinstance(change, tuple):
                change()
                continue
            table, key, old = change
            if old is _ABSENT:
                del table[key]
            else:
                table[key] = old

    def keep(self) -> None:
        """What was changed stays."""
        self._undo.clear()

    def note(self, undo: Callable[[], object]) -> None:
        """How a change that was made some other way is undone."""
        self._undo.append(undo)

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        """Set a value of a table."""
        self._undo.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> V | None:
        """Remove a key from a table, where it is there; the value that it had. Tables must not depend on the order of
        their keys: one that comes back is the last."""
        old: V = table.pop(key, _ABSENT)
        if old is _ABSENT:
            return None
        self._undo.append((table, key, old))
        return old
