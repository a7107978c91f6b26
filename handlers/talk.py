"""One message while it is handled: who wrote it, what was said back, whom else it concerns.

Handlers change tickets through `record` and speak through `answer` and `tell`. Notices are kept until the end, so that
a message that is refused half way sends nothing but the refusal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers import describe, time_passes
from handlers.intake.meaning import Meaning
from handlers.intake.redact import redact
from handlers.reach import addresses_for, addresses_of_reporter, held
from handlers.reading import understood
from handlers.wording import listed, plain, say
from sla.clock import Clock
from sla.errors import Refused
from sla.fold import then
from sla.incident import Size
from sla.labels import Role, Side
from sla.message import Address, Attachment, Button, Inbound, Notice, Purpose
from sla.people import Person
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket
from storage.base import Draft, InboxRow, UnitOfWork

Buttons = tuple[tuple[Button, ...], ...]
RESIZES = frozenset({EventKind.JOINED, EventKind.PARTED, EventKind.CANCELLED, EventKind.REOPENED, EventKind.VERIFIED})
"""What may change how large an incident is."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who wrote. `id` is the person's, or "channel:address" of somebody unknown; `address` is the writer's own."""

    id: str
    address: Address
    language: str
    person: Person | None = None

    def may(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return self.person is not None and not self.person.roles.isdisjoint(roles)

    @property
    def is_provider(self) -> bool:
        return self.person is not None and self.person.side is Side.PROVIDER

    @property
    def is_hospital(self) -> bool:
        """Whether the person is known to be of the hospital."""
        return self.person is not None and self.person.side is Side.HOSPITAL


@dataclass(slots=True)
class Talk:
    """A message, its speaker, and the means to act on it. `text` is what of the message is read (its first part);
    `is_borrowed`: these are somebody else's words; `size`: an incident, a ticket that becomes part of it, and how large
    it is with that one, so that a report is counted once."""

    row: InboxRow
    uow: UnitOfWork
    rules: Rules
    now: datetime
    speaker: Speaker
    text: str
    notices: list[Notice] = field(default_factory=list)
    prefaces: list[str] = field(default_factory=list)
    draft: Draft | None = None
    carried: list[dict[str, Any]] = field(default_factory=list)
    is_borrowed: bool = False
    size: tuple[int, int, Size] | None = None
    _clocks: tuple[Ticket, tuple[Clock, ...]] | None = None
    _heard: str | None = None
    _read: dict[str, Meaning] = field(default_factory=dict)
    _said_at: datetime | None = None

    @property
    def inbound(self) -> Inbound:
        return self.row.inbound

    @property
    def at(self) -> datetime:
        """When it was said, in the site's zone: the channel's instant where it is plausible, else the receipt."""
        said = self._said_at or plausible(self.inbound.sent_at, self.row.received_at)
        return said.astimezone(self.zone)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.rules.site.timezone)

    @property
    def language(self) -> str:
        return self.speaker.language

    def say(self, key: str, **fields: object) -> str:
        """A sentence in the speaker's language."""
        return say(key, self.language, **fields)

    def when(self, at: datetime) -> str:
        """An instant in the speaker's words."""
        return plain.instant(at, self.now, self.language, self.zone)

    @property
    def meaning(self) -> Meaning:
        """What the words mean, read when first asked for."""
        return self.meaning_of(self.text)

    def meaning_of(self, words: str) -> Meaning:
        """What some words mean, said when these were; each are read once."""
        found = self._read.get(words)
        if found is None:
            found = self._read[words] = understood(words, self.at, self.rules)
        return found

    def hear(self, text: str, at: datetime | None = None) -> None:
        """Take these words for what was said: a command's rest, or what was said before a question back; `at` that
        instant, where they tell of something that began with them."""
        if at:
            self._said_at, self._read = at, {}
        self.text, self._heard = text[: self.rules.site.max_text].strip(), text

    @property
    def whole(self) -> str:
        """The words as they are kept, also what was too long to be read."""
        too_long = len(self.inbound.text) > self.rules.site.max_text
        return self.inbound.text if self._heard is None or too_long else self._heard

    def say_to(self, person: Person, key: str, **fields: object) -> str:
        """A sentence in somebody else's language."""
        return say(key, person.language, **fields)

    def when_to(self, person: Person, at: datetime) -> str:
        """An instant in somebody else's words."""
        return plain.instant(at, self.now, person.language, self.zone)

    def listed(self, words: Iterable[str]) -> str:
        """Words one after the other, in the speaker's language."""
        return listed(words, self.language)

    def about(self, ticket: Ticket) -> dict[str, str]:
        """What a worker must know of a ticket: `title`, `labels`, `deadlines`, as fields of a sentence."""
        due = self.deadlines(ticket) or self.say("no_deadline")
        return {"title": ticket.title, "labels": describe.labels(ticket, self.rules, self.language), "deadlines": due}

    def running(self, ticket: Ticket) -> tuple[Clock, ...]:
        """The clocks of a ticket that run; those of one that was just recorded are known already."""
        if self._clocks and self._clocks[0] is ticket:
            return describe.still_running(self._clocks[1])
        return describe.running(ticket, self.rules)

    def deadlines(self, ticket: Ticket) -> str:
        """The running clocks in the speaker's words; "" when none runs."""
        return describe.deadlines(self.running(ticket), self.rules, self.now, self.language)

    # speaking

    def answer(self, text: str, buttons: Buttons = (), ticket: int | None = None) -> None:
        """Say it where the message came from."""
        text = "\n".join([*self.prefaces, text])
        self.prefaces.clear()
        self.notices.append(
            Notice(
                key=f"answer:{self.row.id}:{len(self.notices)}",
                purpose=Purpose.ANSWER,
                addresses=(Address(self.inbound.channel, self.inbound.conversation),),
                text=text,
                buttons=buttons,
                person=self.speaker.person.id if self.speaker.person else "",
                ticket=ticket,
            )
        )

    def tell(
        self,
        person: Person,
        text: str,
        ticket: int,
        buttons: Buttons = (),
        purpose: Purpose = Purpose.INFO,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        """Say it to somebody else, in words that are already theirs. Nobody is told what they just said themselves."""
        if person is self.speaker.person:
            return
        addresses = addresses_for(person, self.uow, self.now)
        key = f"told:{self.row.id}:{ticket}:{person.id}"
        self._add(key, purpose, addresses, text, buttons, person.id, ticket, attachments)

    def tell_reporter(
        self,
        ticket: Ticket,
        key: str,
        buttons: Iterable[tuple[str, str]] = (),
        attachments: tuple[Attachment, ...] = (),
        **fields: object,
    ) -> None:
        """Say `key` to who reported, where they reported it. `buttons`: (key of the label, action)."""
        if ticket.reporter == self.speaker.id:
            return
        person = self.rules.people.by_id.get(ticket.reporter)
        language = self.language_of_reporter(ticket)
        row = tuple(Button(say(label, language), action) for label, action in buttons)
        self._add(
            f"told:{self.row.id}:{ticket.number}:{ticket.reporter}:{key}",
            Purpose.INFO,
            addresses_of_reporter(ticket, self.rules, self.uow, self.now),
            say(key, language, ticket=ticket.number, **fields),
            (row,) if row else (),
            person.id if person else "",
            ticket.number,
            attachments,
        )

    def worker_of(self, ticket: Ticket) -> Person | None:
        """Who has the ticket, or who is on call for it while nobody has."""
        return self.rules.people.by_id.get(ticket.assignee) or describe.called(ticket, self.rules, self.now)

    def tell_workers(
        self,
        ticket: Ticket,
        key: str,
        buttons: Iterable[tuple[str, str]] = (),
        attachments: tuple[Attachment, ...] = (),
        **fields: object,
    ) -> None:
        """Say `key` to who has the ticket, or to who is on call for it while nobody has."""
        person = self.worker_of(ticket)
        if person is None:
            return
        row = tuple(Button(say(label, person.language), action) for label, action in buttons)
        text = say(key, person.language, ticket=ticket.number, title=ticket.title, **fields)
        self.tell(person, text, ticket.number, (row,) if row else (), attachments=attachments)

    def close(self) -> None:
        """What is still to be said of the message itself, where nothing else was answered."""
        if self.prefaces:
            self.answer("")

    def _add(
        self,
        key: str,
        purpose: Purpose,
        addresses: tuple[Address, ...],
        text: str,
        buttons: Buttons,
        person: str,
        ticket: int,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        if addresses:
            key = f"{key}:{len(self.notices)}"
            notice = Notice(key, purpose, addresses, text, buttons, person, ticket, attachments=attachments)
            self.notices.append(held(notice, self.uow, self.rules, self.now))

    # asking

    def ask(self, kind: str, ticket: int | None, wait: timedelta, **data: Any) -> None:
        """Remember a question: what this address says next, within `wait`, is its answer (`receive.answer_to`)."""
        data |= {"ticket": ticket, "text": self.whole, "said_at": self.at.isoformat()}
        address, until = self.speaker.address, self.now + wait
        self.uow.drafts.put(address, Draft(kind, data, until))
        self.uow.watched.put(time_passes.DRAFT, f"{address.channel}:{address.address}", until)

    # acting

    def event(self, kind: EventKind, /, **data: Any) -> Event:
        """A fact by the speaker, when it was said."""
        return Event(kind, self.at, self.speaker.id, data, self.now)

    def words(self, text: str) -> tuple[Event, ...]:
        """Words that came with a command, and files, as notes; nothing for none."""
        return (*([self.event(EventKind.NOTED, text=text)] if text else []), *self.files())

    def files(self) -> tuple[Event, ...]:
        """The files that came along, as notes."""
        return tuple(self.event(EventKind.NOTED, **file) for file in self.kept_files())

    def carry(self, files: Iterable[Attachment]) -> None:
        """Take files that came before along with this message."""
        self.carried = [*self.carried, *map(_file_data, files)]

    def kept_files(self) -> list[dict[str, Any]]:
        """The files that came with the message, or just before it, and were kept: as data of events."""
        return [*self.carried, *(_file_data(f) for f in self.inbound.attachments if f.ref)]

    def begin(self, ticket: Ticket) -> Ticket:
        """Keep a new ticket."""
        return self._keep(ticket, ticket.events, new=True)

    def record(self, ticket: Ticket, *events: Event) -> Ticket:
        """Append the events and bring clocks and ledger up to date. Raises Refused, before anything is written, where
        the ticket's state does not allow one."""
        return self._keep(then(ticket, *events), events)

    def _keep(self, ticket: Ticket, events: tuple[Event, ...], *, new: bool = False) -> Ticket:
        if not new and any(event.kind in RESIZES or "department" in event.data for event in events):
            self.size = None
        clocks = time_passes.refresh(ticket, self.uow, self.rules, self.now, events, new=new)
        self._clocks = (ticket, clocks)
        return ticket

    def load(self, number: int | None) -> Ticket:
        """The ticket of that number. Raises Refused when there is none."""
        ticket = self.uow.tickets.load(number) if number is not None else None
        if ticket is None:
            raise Refused("no_such_ticket", ticket=number or 0)
        return ticket

    def paged(self, ticket: Ticket, since: datetime | None = None) -> tuple[Person, ...]:
        """Everybody who was paged for the ticket, or who was after `since`."""
        steps = self.uow.tickets.steps(ticket.number)
        if since is not None:
            steps = {key: at for key, at in steps.items() if at > since}
        return describe.paged(ticket, steps, self.rules)

    def name_of(self, id: str) -> str:
        """A person's name; of somebody who is not known, a word that says so."""
        person = self.rules.people.by_id.get(id)
        return person.called(self.language) if person else self.say("somebody_unknown")

    def somebody(self, id: str) -> Person | str:
        """A person as a field of a sentence that others read; a word for somebody who is not known."""
        return self.rules.people.by_id.get(id) or self.say("somebody_unknown")

    def language_of_reporter(self, ticket: Ticket) -> str:
        """The language in which the ticket was reported, unless its reporter keeps to one."""
        person = self.rules.people.by_id.get(ticket.reporter)
        return person.language if person and person.keeps_language else ticket.language


def _file_data(file: Attachment) -> dict[str, Any]:
    return {"file": file.ref, "file_name": file.name, "file_type": file.type, "file_size": file.size}


def attached(files: Iterable[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    """The files that data of events name, to go along with a notice, their names redacted; older data tells neither
    type nor size."""
    return tuple(
        Attachment(
            redact(str(f.get("file_name") or f["file"])), f.get("file_type", ""), f.get("file_size", 0), f["file"]
        )
        for f in files
        if f.get("file")
    )


def plausible(sent_at: datetime | None, received_at: datetime) -> datetime:
    """The channel's instant when it is not after the receipt and not over 24 hours before it, else the receipt."""
    from_channel = sent_at is not None and 0 <= (received_at - sent_at).total_seconds() <= 24 * 3600
    return sent_at if sent_at is not None and from_channel else received_at
