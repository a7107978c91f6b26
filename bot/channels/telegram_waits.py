"""How long the Bot API is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds. `call`: until a call is answered, `connect` of them until there is a connection; `file` and `document`:
    for bytes that come and go. `poll`: for how long the server holds a poll when there is nothing new; a whole number.
    """

    connect: float = 10.0
    call: float = 15.0
    file: float = 20.0
    document: float = 25.0
    poll: int = 30


WAITS = Waits()
