"""How far a mailbox was read. Kept as a mark, after each mail that was dealt with."""

import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last mail that was dealt with: its `uid` while UIDVALIDITY is `validity`, and when that was."""

    validity: int
    uid: int
    at: datetime

    def text(self) -> str:
        """As a mark."""
        return json.dumps([self.validity, self.uid, self.at.isoformat()])


def read_cursor(mark: str | None) -> Cursor | None:
    """The inverse of `Cursor.text`; None where nothing was read yet."""
    if mark is None:
        return None
    validity, uid, at = json.loads(mark)
    return Cursor(validity, uid, datetime.fromisoformat(at))
