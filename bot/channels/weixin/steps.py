"""A notice as the messages that it takes; a second attempt goes on with the one that failed."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from storage.base import OutboxRow

Step = Callable[[], Awaitable[str]]
"""Send one message; the platform's id of it."""
HALVES_MOST = 1000


class Steps:
    """What was sent of notices that failed in the middle."""

    def __init__(self) -> None:
        self._done: OrderedDict[tuple[int, str], tuple[int, str]] = OrderedDict()

    async def take(self, row: OutboxRow, steps: Sequence[Step]) -> str:
        """Take the steps that were not taken yet; the id of the last message that has one. Raises what a step does."""
        place = row.id, row.address.address if row.address else ""
        done, sent = self._done.pop(place, (0, ""))
        for number, step in enumerate(steps[done:], done):
            try:
                sent = await step() or sent
            except BaseException:
                self._done[place] = number, sent
                if len(self._done) > HALVES_MOST:
                    self._done.popitem(last=False)
                raise
        return sent
