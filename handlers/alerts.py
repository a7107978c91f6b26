"""What time makes us say: pages, reminders, breaches, in the recipient's words. Texts that leave here are redacted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import describe
from handlers.buttons import row, work_buttons
from handlers.intake.redact import redact
from handlers.reach import Buttons
from handlers.wording import listed, plain, say
from sla.clock import Clock, ClockState, overrun
from sla.contract import Contract
from sla.ledger import Entry
from sla.paging import Reason
from sla.rota import Who
from sla.rules import Rules
from sla.ticket import Ticket
from sla.watch import Page, Remind

LATE = timedelta(minutes=1)
"""What is sent this much after its time says so."""
JUST = timedelta(minutes=1)
"""What has run over by less is told as having just run over."""
CLAUSE_SHOWN = 160
"""Characters of a clause's words in a message."""
CORRECTED = ("met", "fell_away")
"""Reasons of a correction that have a sentence of their own."""
HASH_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Telling:
    """What is needed to speak about one ticket at one instant."""

    ticket: Ticket
    contract: Contract
    clocks: tuple[Clock, ...]
    rules: Rules
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.rules.site.timezone)

    def when(self, at: datetime, language: str) -> str:
        """An instant in words."""
        return plain.instant(at, self.now, language, self.zone)

    def page(self, page: Page, language: str, *, is_taken: bool = False) -> str:
        """A page: why, what, where, since when, by when. `is_taken`: who is urged has the ticket, or somebody has."""
        ticket = self.ticket
        fields = self._about(language) | {
            "labels": describe.labels(ticket, self.rules, language),
            "since": self.when(ticket.reported_at, language),
            "contact": self._reporter(language),
            "assignee": self._name(ticket.assignee, language) or say("nobody_there", language),
        }
        text = say(f"page_{_why(page, is_taken=is_taken)}", language, **fields)
        by = listed((describe.deadline(c, self.now, language, self.zone) for c in self._running()), language)
        parts = [text, say("page_deadlines", language, deadlines=by) if by else "", self.late(page.due_at, language)]
        return "\n".join(part for part in parts if part)

    def reminder(self, action: Remind, language: str) -> str:
        """A reminder of one clock."""
        clock = action.clock
        fields = self._about(language) | {
            "clock": describe.clock_name(clock, language),
            "by": plain.by(clock.due, self.now, language, self.zone),
            "left": plain.duration(clock.due - self.now, language),
        }
        text = say("remind_over" if self.now >= clock.due else "remind", language, **fields)
        return "\n".join(part for part in (text, self.late(action.due_at, language)) if part)

    def breach(self, clock: Clock, entry: Entry, language: str) -> str:
        """The record of a breach: the clause in the contract's words, the deadline, the overrun, the entry's hash."""
        clause = self.contract.clause(clock.clause)
        words = clause.text if len(clause.text) <= CLAUSE_SHOWN else clause.text[: CLAUSE_SHOWN - 1] + "…"
        over = overrun(clock, self.now)
        key = "breach_final" if clock.state is ClockState.MISSED else "breach" if over >= JUST else "breach_now"
        return say(
            key,
            language,
            **self._about(language),
            contract=self.contract,
            clause=clause.number,
            words=words,
            clock=describe.clock_name(clock, language),
            due=self.when(clock.due, language),
            overrun=plain.duration(over, language),
            seq=entry.seq,
            hash=entry.hash[:HASH_SHOWN],
        )

    def correction(self, entry: Entry, language: str) -> str:
        """That a breach told before was none."""
        why = say(f"corrected_{entry.reason if entry.reason in CORRECTED else 'otherwise'}", language)
        fields = {"contract": self.contract, "clause": entry.clause, "seq": entry.refers_to, "why": why}
        return say("breach_corrected", language, **self._about(language), **fields)

    def late(self, due_at: datetime, language: str) -> str:
        """That this should have been said earlier, and when; "" when it is in time."""
        if self.now - due_at <= LATE:
            return ""
        return say("late", language, at=self.when(due_at, language))

    def _reporter(self, language: str) -> str:
        """Who reported it; a number to call back is shown to who takes it, and to nobody else."""
        named = self._name(self.ticket.reporter, language) or self.ticket.contact
        if named and redact(named) != named:
            return say("contact_hidden", language)
        return named or say("contact_unknown", language)

    def _about(self, language: str) -> dict[str, object]:
        return {"ticket": self.ticket.number, "title": self.ticket.title or say("title_unknown", language)}

    def _name(self, id: str, language: str) -> str:
        person = self.rules.people.by_id.get(id)
        return person.called(language) if person else ""

    def _running(self) -> Iterable[Clock]:
        found = (clock for clock in self.clocks if clock.state is ClockState.RUNNING)
        return sorted(found, key=lambda clock: clock.due)


def _why(page: Page, *, is_taken: bool) -> str:
    """The sentence of a page: a group is told, the hospital's manager sees to it that somebody comes, the others are
    called; only the person meant is told "to you"."""
    if page.reason is Reason.URGED and is_taken:
        return "urged_yours" if page.who is Who.FIRST else "urged_taken"
    if page.who is Who.GROUP:
        return "group"
    if page.who is Who.HOSPITAL_MANAGER:
        return "escalated_forgotten" if page.reason is Reason.FORGOTTEN else "escalated"
    for_another = page.reason is Reason.HANDED_OVER and page.who is not Who.FIRST
    return Reason.AGAIN.value if for_another else page.reason.value


def page_buttons(page: Page, ticket: Ticket, language: str, *, is_taken: bool = False) -> Buttons:
    """One press takes the ticket; who is urged and has it says what is done. The hospital's manager takes none, and
    nobody takes what somebody has."""
    if page.reason is Reason.URGED and is_taken:
        return row(work_buttons(ticket), language) if page.who is Who.FIRST else ()
    if page.who is Who.HOSPITAL_MANAGER:
        return ()
    return row([("button_ack", f"ack:{ticket.number}")], language)
