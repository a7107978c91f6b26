"""How many mails whose senders nothing proves are taken in an hour: anybody can put any address into From, and each
such mail may open a ticket and have somebody called at night. Counted by this process, from its start, by the hour in
which a mail reached the own server: what came in while nobody read is no crowd."""

from datetime import datetime

HOUR_SECONDS = 3600
HOURS_MOST = 48


class Crowd:
    """At most `in_all` in an hour, of one sender `each`."""

    def __init__(self, each: int, in_all: int) -> None:
        self._each, self._in_all = each, in_all
        self._hours: dict[int, dict[str, str]] = {}
        self._told: dict[int, set[str]] = {}

    def admits(self, sender: str, key: str, at: datetime) -> str:
        """Count the mail of that key, once however often it is read; why it is one too many, which is not counted, ""
        where it is none."""
        hour = int(at.timestamp()) // HOUR_SECONDS
        taken = self._hours.setdefault(hour, {})
        if len(self._hours) > HOURS_MOST:
            del self._hours[min(self._hours)]
        if key in taken:
            return ""
        if sum(each == sender for each in taken.values()) >= self._each:
            return f"more than {self._each} unproven mails of one sender in an hour"
        if len(taken) >= self._in_all:
            return f"more than {self._in_all} unproven mails in an hour"
        taken[key] = sender
        return ""

    def is_to_hear(self, sender: str, at: datetime) -> bool:
        """Whether the sender of a mail that was one too many is to be told: once an hour, and no more senders than
        mails are taken, since most of them did not write it."""
        told = self._told.get(int(at.timestamp()) // HOUR_SECONDS, set())
        return sender not in told and len(told) < self._in_all

    def heard(self, sender: str, at: datetime) -> None:
        """The sender was told."""
        self._told.setdefault(int(at.timestamp()) // HOUR_SECONDS, set()).add(sender)
        if len(self._told) > HOURS_MOST:
            del self._told[min(self._told)]
