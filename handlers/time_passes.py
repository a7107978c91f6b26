"""Time passes: pages, reminders and breaches of what is due, and when to look again. One unit of work a subject.

`time_passes` is called for a subject of the watched table, `refresh` after every change of a ticket: both do whatever
is due at that instant, so that a fault's first page is committed with its report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from handlers import pause_words
from handlers.alerts import Telling, page_buttons
from handlers.buttons import outcome_buttons, row
from handlers.duty_watch import DUTY, duty_passes
from handlers.foresight import RECOMPUTE, YEAR, year_passes
from handlers.maintenance_book import MAINTENANCE, maintenance_passes
from handlers.quota import OUTAGE, follow, outage_passes
from handlers.reach import Buttons, held, managers_of, notice_to_person, people_on, persons
from handlers.reminders import drop_stale
from handlers.rota_gaps import ROTA, rota_passes
from handlers.settled import settle
from handlers.succession import CONTRACT, GOES_OVER, contract_passes, going_over, tell_gone_over
from handlers.test_watch import TEST_PAGE, trial_passes
from handlers.wording import say
from sla.clock import Clock, ClockState, clocks_of, is_overdue
from sla.contract import internal_contract
from sla.fold import then
from sla.ledger import CORRECTION, Entry, name_of, reconcile
from sla.message import Address, Notice, Purpose
from sla.paging import is_asked_again
from sla.people import Person
from sla.rota import Who
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket
from sla.watch import (
    ASSIGNEE,
    LEAD,
    PROVIDER_MANAGER,
    Action,
    AskConfirmation,
    Case,
    EndPause,
    Page,
    RecordBreach,
    Remind,
    correction_key,
    end_of_pause,
    in_order,
    pending,
)
from storage.base import UnitOfWork

TICKET, DRAFT = "ticket", "draft"
OPENING_AGAIN = frozenset({EventKind.REOPENED, EventKind.AMENDED})
"""Events by which a ticket that was closed may be open again."""
NO_STEPS: Mapping[str, datetime] = {}


def time_passes(kind: str, subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Look at a subject of the watched table: a ticket by its number, a draft by "channel:address", a year, a team.

    Raises ValueError for a kind that nobody looks at.
    """
    if kind == TICKET:
        _ticket_passes(int(subject), uow, rules, now)
    elif kind == DRAFT:
        _draft_passes(subject, uow, now)
    elif kind == RECOMPUTE:
        _recompute(subject, uow, rules, now)
    elif kind == GOES_OVER:
        _goes_over(subject, uow, rules, now)
    elif kind == CONTRACT:
        contract_passes(subject, uow, rules, now)
    elif kind == YEAR:
        year_passes(subject, uow, rules, now)
    elif kind == ROTA:
        rota_passes(subject, uow, rules, now)
    elif kind == DUTY:
        duty_passes(subject, uow, rules, now)
    elif kind == OUTAGE:
        outage_passes(subject, uow, rules, now)
    elif kind == TEST_PAGE:
        trial_passes(subject, uow, rules, now)
    elif kind == MAINTENANCE:
        maintenance_passes(subject, uow, rules, now)
    else:
        raise ValueError(f"nobody looks at {kind} {subject}")


def refresh(
    ticket: Ticket, uow: UnitOfWork, rules: Rules, now: datetime, new_events: Sequence[Event] = (), *, new: bool = False
) -> tuple[Clock, ...]:
    """Save the ticket with its `new_events`, do what is due, bring the ledger up to date, and store the next look.

    `new`: the ticket was opened just now, nothing was done for it yet. Returns the ticket's clocks.
    """
    case = _case(ticket, uow, rules, new=new)
    due = (clock.due for clock in case.clocks if clock.state is ClockState.RUNNING and not clock.is_paused(now))
    uow.tickets.save(ticket, new_events, min(due, default=None))
    if not new:
        settle(ticket, new_events, uow, rules, now)
    drop_stale(case, uow, now)
    _Attending(case, uow, rules, now).attend()
    opening = any(event.kind in OPENING_AGAIN for event in new_events)
    if opening and going_over(ticket, rules, now):  # while it was closed its contract's successor took over
        uow.watched.put(GOES_OVER, str(ticket.number), now)
    follow(ticket, uow, rules, now, new_events)
    return case.clocks


def _recompute(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Derive the deadlines of a ticket anew, after the calendar changed."""
    ticket = uow.tickets.load(int(subject))
    if ticket is not None:
        refresh(ticket, uow, rules, now)
    uow.watched.put(RECOMPUTE, subject, None)


def _goes_over(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """A ticket goes over to the next version of its contract: its clocks are computed again, its record says so."""
    ticket = uow.tickets.load(int(subject))
    event = going_over(ticket, rules, now) if ticket else None
    if ticket and event:
        ticket = then(ticket, event)
        clocks = refresh(ticket, uow, rules, now, [event])
        tell_gone_over(ticket, clocks, uow, rules, now)
    uow.watched.put(GOES_OVER, subject, None)


def _ticket_passes(number: int, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    ticket = uow.tickets.load(number)
    if ticket is None:
        uow.watched.put(TICKET, str(number), None)
    elif (ended := end_of_pause((case := _case(ticket, uow, rules)).clocks)) and ended.due_at <= now:
        _end_pause(ticket, ended, uow, rules, now)
    else:
        _Attending(case, uow, rules, now).attend()


def _end_pause(ticket: Ticket, ended: EndPause, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """The time that the contract allows a pause is over: on record from then, and told to both sides."""
    at = ended.due_at.astimezone(rules.calendar.timezone)
    event = Event(EventKind.CONTINUED, at, "", {"reason": "at_most"}, now)
    ticket = then(ticket, event)
    clocks = refresh(ticket, uow, rules, now, [event])
    for person in pause_words.told_of_end(ticket, rules, now):
        text = pause_words.over(ticket, clocks, rules, now, person.language)
        notice = notice_to_person(ended.key, person, Purpose.INFO, text, uow, rules, now, ticket.number)
        if notice:
            uow.outbox.add([notice], now)


def _draft_passes(subject: str, uow: UnitOfWork, now: datetime) -> None:
    """A question that nobody answered in time is open no more; what it was about goes its way without it."""
    channel, _, address = subject.partition(":")
    draft = uow.drafts.get(Address(channel, address), now)
    if draft is None:
        uow.drafts.remove(Address(channel, address))
    uow.watched.put(DRAFT, subject, draft.expires_at if draft else None)


def _case(ticket: Ticket, uow: UnitOfWork, rules: Rules, *, new: bool = False) -> Case:
    contract = rules.contract_of(ticket)
    return Case(
        ticket=ticket,
        contract=contract or internal_contract(rules.calendar.timezone),
        clocks=clocks_of(ticket, contract, rules.calendar, rules.versions),
        steps=NO_STEPS if new else uow.tickets.steps(ticket.number),
        rota=rules.rota,
        calendar=rules.calendar,
        question_wait=rules.site.question_wait,
    )


class _Attending:
    """Does what is due for one ticket."""

    def __init__(self, case: Case, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
        self.case, self.uow, self.rules, self.now = case, uow, rules, now
        self.ticket = case.ticket
        self.team = rules.rota.team_of(case.ticket.contract)
        self.telling = Telling(case.ticket, case.contract, case.clocks, rules, now)
        self.steps: dict[str, datetime] = {}
        self.notices: list[Notice] = []

    def attend(self) -> None:
        self._bring_ledger_up_to_date()
        known = pending(self._after(), self.now)
        for action in in_order(known, self.now):
            if action.key not in self.steps and not isinstance(action, EndPause):  # that is a look of its own
                self._do(action)
        if self.steps:
            self.uow.tickets.add_steps(self.ticket.number, self.steps)
        if self.notices:
            self.uow.outbox.add(self.notices, self.now)
        to_come = (action.due_at for action in known if action.key not in self.steps)
        self.uow.watched.put(TICKET, str(self.ticket.number), min(to_come, default=None))

    def _do(self, action: Action) -> None:
        self.steps[action.key] = self.now
        if isinstance(action, Page):
            self._page(action)
        elif isinstance(action, Remind):
            self._remind(action)
        elif isinstance(action, RecordBreach):
            self._breach(action)
        elif isinstance(action, AskConfirmation):
            self._ask_confirmation(action)

    def _after(self) -> Case:
        """The case with what was done just now."""
        return replace(self.case, steps={**self.case.steps, **self.steps}) if self.steps else self.case

    # pages

    def _page(self, page: Page) -> None:
        """Page a rung; where nobody on it can be reached, a manager hears of it, and the next rung is paged at once."""
        reached = self._page_group(page) if page.who is Who.GROUP else self._page_people(page)
        if reached:
            return
        following = self._next_rung(page)
        self._nobody_reached(page, is_last=following is None)
        if following:
            self.steps[following.key] = self.now
            self._page(replace(following, due_at=page.due_at))

    def _page_people(self, page: Page) -> bool:
        people = people_on(page.who, self.team, self.now, self.rules, page.person) if self.team else ()
        said = [self._page_person(page, person) for person in people]
        return any(said)

    def _page_person(self, page: Page, person: Person) -> bool:
        taken = bool(self.ticket.assignee) and not is_asked_again(self.ticket, self.case.steps)
        text = self.telling.page(page, person.language, is_taken=taken)
        buttons = page_buttons(page, self.ticket, person.language, is_taken=taken)
        return self._tell(page.key, person, Purpose.PAGE, text, buttons)

    def _page_group(self, page: Page) -> bool:
        group = self.team.group if self.team else ()
        for number, address in enumerate(group):
            key = f"{self.ticket.number}:{page.key}:group-{number}"
            text, buttons = self.telling.page(page, "zh"), page_buttons(page, self.ticket, "zh")
            self.notices.append(
                Notice(key, Purpose.PAGE, (address,), text, buttons, ticket=self.ticket.number, sound=True)
            )
        return bool(group)

    def _next_rung(self, page: Page) -> Page | None:
        ladder, _, _ = page.key.rpartition("/")
        above = [
            other
            for other in pending(self._after(), self.now)
            if isinstance(other, Page) and other.rung > page.rung and other.key.rpartition("/")[0] == ladder
        ]
        return min(above, key=lambda other: other.rung, default=None)

    def _nobody_reached(self, page: Page, *, is_last: bool) -> None:
        for person in self._managers():
            text = say(
                "nobody_on_last_rung" if is_last else "nobody_on_rung",
                person.language,
                ticket=self.ticket.number,
                rung=say(f"rung_{page.who}", person.language),
            )
            self._tell(f"unreached/{page.key}", person, Purpose.INFO, text)

    # reminders

    def _remind(self, action: Remind) -> None:
        """Remind whom it is for; where none of them can be reached, those above."""
        for audience in (action.audience, (LEAD,), (PROVIDER_MANAGER,)):
            people = self._audience(audience)
            told = [
                self._tell(action.key, p, Purpose.REMINDER, self.telling.reminder(action, p.language)) for p in people
            ]
            if any(told):
                break

    def _audience(self, audience: tuple[str, ...]) -> Iterable[Person]:
        team = self.team
        if team is None:
            return ()
        found: list[Person] = []
        for who in audience:
            if who == ASSIGNEE:
                found += people_on(Who.FIRST, team, self.now, self.rules, self.ticket.assignee)
            elif who == LEAD:
                found += persons((team.lead,), self.rules)
            elif who == PROVIDER_MANAGER:
                found += persons(team.provider_managers, self.rules)
        return dict.fromkeys(found)

    # breaches

    def _bring_ledger_up_to_date(self) -> None:
        told = any(key.startswith("breach/") for key in self.case.steps)
        if told or any(is_overdue(clock, self.now) and not clock.internal for clock in self.case.clocks):
            entries = self.uow.ledger.of_ticket(self.ticket.number)
            lacking = reconcile(self.ticket, self.case.clocks, entries, self.now)
            if lacking:
                self.uow.ledger.append(lacking)
            for entry in lacking:
                if entry.kind == CORRECTION:
                    self.steps[correction_key(entry)] = self.now
                    self._tell_correction(entry)

    def _tell_correction(self, entry: Entry) -> None:
        for person in self._managers():
            text = self.telling.correction(entry, person.language)
            self._tell(correction_key(entry), person, Purpose.INFO, text)

    def _breach(self, action: RecordBreach) -> None:
        clock, entry = action.clock, self._entry(action.clock)
        for person in self._managers():
            self._tell(action.key, person, Purpose.BREACH, self.telling.breach(clock, entry, person.language))

    def _entry(self, clock: Clock) -> Entry:
        """The breach as it stands in the ledger."""
        entries = self.uow.ledger.of_ticket(self.ticket.number)
        mine = [e for e in entries if (e.kind, e.round, e.clock) == ("breach", clock.round, name_of(clock))]
        return mine[-1]

    def _managers(self) -> tuple[Person, ...]:
        return managers_of(self.ticket.contract, self.rules)

    # the reporter

    def _ask_confirmation(self, action: AskConfirmation) -> None:
        ticket = self.ticket
        person = self.rules.people.by_id.get(ticket.reporter)
        language = person.language if person and person.keeps_language else ticket.language
        here = Address(ticket.channel, ticket.conversation)
        key = f"{ticket.number}:{action.key}"
        text = say("confirm_again", language, ticket=ticket.number, title=ticket.title)
        buttons = row(outcome_buttons(ticket), language)
        if ticket.channel:
            whose = person.id if person else ""
            notice = Notice(key, Purpose.INFO, (here,), text, buttons, whose, ticket.number)
            self.notices.append(held(notice, self.uow, self.rules, self.now))

    # telling

    def _tell(self, key: str, person: Person, purpose: Purpose, text: str, buttons: Buttons = ()) -> bool:
        notice = notice_to_person(
            key, person, purpose, text, self.uow, self.rules, self.now, self.ticket.number, buttons
        )
        if notice:
            self.notices.append(notice)
        return notice is not None
