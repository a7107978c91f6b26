"""Quotas and the outages of their contract: judged anew after every change, warned of, looked at while one goes on.

`follow` is called after a change of a ticket, `outage_passes` when an outage that goes on is to be looked at again.
Both judge all events of the years concerned, bring the ledger up to them, and tell both sides' managers of what counts
now, of what no longer does, and of what is nearly used up. Each warning is told once a period, each breach once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from handlers.alerts import CLAUSE_SHOWN, HASH_SHOWN
from handlers.describe import zone_of
from handlers.outage_asked import ask
from handlers.quota_words import cost, over_named, span_named, use_named
from handlers.reach import managers_of, notice_to_person
from handlers.wording import plain, say
from sla.account import Account, Counted, Use, account, distinct, minutes, next_change, year_of
from sla.contract import Contract
from sla.ledger import BREACH, CORRECTION, QUOTA, Entry
from sla.message import Purpose
from sla.people import Person
from sla.quota import Limit, Quota
from sla.quota_ledger import MISSED, MOVED, WITHDRAWN, Line, lacking, limit_of, lines
from sla.rules import Rules
from sla.ticket import Event, EventKind, Outage, Ticket
from storage.base import UnitOfWork

OUTAGE = "outage"
"""The kind of the watched table; its subjects are tickets whose outage goes on."""
E = EventKind
CHANGING = frozenset(
    {E.OUTAGE, E.RESOLVED, E.LIVE, E.DELIVERED, E.RECLASSIFIED, E.JOINED, E.PARTED, E.AMENDED, E.REOPENED}
)
"""Events after which an outage may be another one."""
ABOUT = timedelta(days=62)
"""How far around a year outages may share a month with one of its events."""

Judged = dict[tuple[int, str], tuple[Quota, Counted]]
"""By ticket and group of the ledger: the quota and the event."""


def follow(ticket: Ticket, uow: UnitOfWork, rules: Rules, now: datetime, new_events: Sequence[Event]) -> None:
    """What a change of a ticket means for the quotas; whether its fault was an outage is asked once it is mended."""
    kinds = {event.kind for event in new_events}
    if any(event.kind is E.OUTAGE for event in ticket.events):
        if not kinds or kinds & CHANGING:
            recount(ticket, uow, rules, now)
    elif E.RESOLVED in kinds:
        ask(ticket, uow, rules, now)


def outage_passes(subject: str, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Time passed for an outage that goes on."""
    ticket = uow.tickets.load(int(subject))
    if ticket is None or ticket.outage is None or ticket.outage.ended is not None:
        uow.watched.put(OUTAGE, subject, None)
    if ticket is not None:
        recount(ticket, uow, rules, now)


def recount(ticket: Ticket, uow: UnitOfWork, rules: Rules, now: datetime) -> None:
    """Judge anew whatever the outage of this ticket has, or had, to do with."""
    uow.watched.put(OUTAGE, str(ticket.number), None)
    named = [event.data["contract"] for event in ticket.events if event.data.get("contract")]
    # The contract that it is under now comes last: what another one's ledger says of it is over by then.
    for id in sorted(dict.fromkeys(named), key=lambda each: each == ticket.contract):
        contract = rules.in_force(id, now)
        if contract is not None:
            _Recount(contract, ticket, uow, rules, now).settle()


def accounts(contract: Contract, year: int, uow: UnitOfWork, now: datetime) -> list[Account]:
    """The accounts of a year under the quotas of a contract."""
    known, since = _known(contract, year, uow, now), contract.valid_from
    return [account(quota, known, year, contract.timezone, now, since) for quota in contract.quotas]


def account_of(contract: Contract, quota: Quota, year: int, uow: UnitOfWork, now: datetime) -> Account:
    """The account of a year under one quota of a contract."""
    return account(quota, _known(contract, year, uow, now), year, contract.timezone, now, contract.valid_from)


def unlimited(contract: Contract, year: int, uow: UnitOfWork, now: datetime) -> list[Outage]:
    """The outages that began in a calendar year (in the contract's time zone) and for whose level no quota is set."""
    limited = {quota.level for quota in contract.quotas}
    found = [outage for outage in _known(contract, year, uow, now) if outage.level not in limited]
    return [outage for outage in found if outage.began.astimezone(contract.timezone).year == year]


def _known(contract: Contract, year: int, uow: UnitOfWork, now: datetime) -> list[Outage]:
    start = datetime(year, 1, 1, tzinfo=contract.timezone) - ABOUT
    end = datetime(year + 2, 1, 1, tzinfo=contract.timezone) + ABOUT
    return [o for o in distinct(uow.tickets.outages(start, max(end, now + ABOUT))) if o.contract == contract.id]


def year_now(contract: Contract, now: datetime) -> int:
    """The year of the first quota of a contract at an instant; the calendar's where it sets none."""
    if contract.quotas:
        return this_year(contract, contract.quotas[0], now)
    return now.astimezone(contract.timezone).year


def this_year(contract: Contract, quota: Quota, now: datetime) -> int:
    """The year of a quota at an instant."""
    return year_of(now, quota, contract.timezone, contract.valid_from)


@dataclass(frozen=True, slots=True)
class _Recount:
    """One contract, judged anew because of one ticket."""

    contract: Contract
    ticket: Ticket
    uow: UnitOfWork
    rules: Rules
    now: datetime
    _counted: dict[tuple[str, str, int], Account] = field(default_factory=dict)

    def settle(self) -> None:
        # One at a time: two outages of a contract that did not see each other would both be the second of the year.
        self.uow.marks.put(f"quota:{self.contract.id}", self.now.isoformat())
        concerned = self._concerned()
        start = min(concerned) - ABOUT - timedelta(days=366)
        all_of_them = self.uow.tickets.outages(start, max(*concerned, self.now) + timedelta(days=366) + ABOUT)
        mine = [o for o in distinct(all_of_them) if o.contract == self.contract.id]
        wanted, judged = self._judge(mine, concerned)
        # A ticket that another one of its incident took the outage from is judged as well: it has none any more.
        tickets = sorted({o.ticket for o in all_of_them if self._is_judged(o, concerned)} | {self.ticket.number})
        entries = [entry for number in tickets for entry in self.uow.ledger.of_ticket(number)]
        new = lacking(self.contract.id, wanted, entries, self.now, [o.ticket for o in mine])
        if new:
            self.uow.ledger.append(new)
            titles = {outage.ticket: outage.title for outage in all_of_them} | {self.ticket.number: self.ticket.title}
            self._tell_entries(new, judged, titles)
        self._warn(mine)
        self._look_again(mine)

    def _concerned(self) -> list[datetime]:
        """Every instant at which the ticket's outage is, or was once, said to have begun or ended."""
        found = [self.ticket.reported_at.astimezone(UTC)]
        for event in self.ticket.events:
            if event.kind is E.OUTAGE:
                found += [
                    datetime.fromisoformat(event.data[name]).astimezone(UTC)
                    for name in ("began", "ended")
                    if event.data.get(name)
                ]
        outage = self.ticket.outage
        if outage:
            found.append((outage.ended or self.now).astimezone(UTC))
        return found

    def _words(self, outage: Outage) -> Contract:
        """The version of the contract by whose words an outage is judged: that of its ticket."""
        return self.rules.versions.get((self.contract.id, outage.contract_version)) or self.contract

    def _years(self, quota: Quota, contract: Contract, instants: Iterable[datetime]) -> list[int]:
        return sorted({this_year(contract, quota, at) for at in instants})

    def _is_judged(self, outage: Outage, concerned: Sequence[datetime]) -> bool:
        words = self._words(outage)
        return any(
            this_year(words, quota, outage.began) in self._years(quota, words, concerned) for quota in words.quotas
        )

    def _judge(self, outages: Sequence[Outage], concerned: Sequence[datetime]) -> tuple[list[Line], Judged]:
        """The lines that the ledger ought to have, and the event behind each ticket of a quota."""
        # By version: a successor with the same quotas may begin its years on another day.
        under: dict[str, tuple[Contract, set[int]]] = {}
        for outage in outages:
            words = self._words(outage)
            under.setdefault(words.version, (words, set()))[1].add(outage.ticket)
        wanted: list[Line] = []
        judged: Judged = {}
        for words, tickets in under.values():
            for quota in words.quotas:
                for year in self._years(quota, words, concerned):
                    found = self._account(words, quota, year, outages)
                    events = [event for event in found.events if event.outage.ticket in tickets]
                    wanted += lines(quota, events)
                    judged |= {(event.outage.ticket, f"{QUOTA}{quota.name}"): (quota, event) for event in events}
        return wanted, judged

    def _account(self, words: Contract, quota: Quota, year: int, outages: Sequence[Outage]) -> Account:
        """The account of a year of these outages, which are the same each time: what is judged and what is warned of
        is mostly of this year."""
        key = (words.version, quota.name, year)
        if key not in self._counted:
            counted = account(quota, outages, year, words.timezone, self.now, words.valid_from)
            self._counted[key] = counted
        return self._counted[key]

    # telling

    def _tell_entries(self, new: Sequence[Entry], judged: Judged, titles: Mapping[int, str]) -> None:
        """New lines are read back: in the ledger they have their number and their hash."""
        numbers = sorted({entry.ticket for entry in new})
        kept = [entry for number in numbers for entry in self.uow.ledger.of_ticket(number)]
        fresh = {(e.ticket, e.clock, e.kind): e for e in kept if e.recorded_at == self.now}
        for entry in new:
            kept_entry = fresh.get((entry.ticket, entry.clock, entry.kind), entry)
            if entry.kind in (BREACH, MISSED):
                quota, event = judged[entry.ticket, entry.group]
                self._tell_over(kept_entry, quota, event)
            elif entry.kind == CORRECTION and entry.reason != MOVED and not _was_missed(entry, kept):
                self._tell_correction(kept_entry, titles[entry.ticket])

    def _tell_over(self, entry: Entry, quota: Quota, event: Counted) -> None:
        """A limit was passed: a breach, or only on record."""
        limit, outage = limit_of(entry), event.outage
        clause = self.contract.clause(entry.clause)
        words = clause.text if len(clause.text) <= CLAUSE_SHOWN else clause.text[: CLAUSE_SHOWN - 1] + "…"
        over = next(each for each in event.over if each.limit is limit and each.at == entry.due)
        for person in managers_of(self.contract.id, self.rules):
            language = person.language
            fact = over_named(quota, event, over, language)
            text = say(
                "quota_breach" if entry.kind == BREACH else "quota_missed",
                language,
                **self._about(entry.ticket, outage.title, language),
                clause=clause.number,
                words=words,
                fact=fact,
                span=span_named(outage, self.now, language, self.rules),
                seq=entry.seq,
                hash=entry.hash[:HASH_SHOWN],
            )
            purpose = Purpose.BREACH if entry.kind == BREACH else Purpose.INFO
            self._tell(f"{entry.clock}/{entry.seq}", person, purpose, text, entry.ticket)

    def _tell_correction(self, entry: Entry, title: str) -> None:
        why = "quota_withdrawn" if entry.reason == WITHDRAWN else "quota_kept"
        for person in managers_of(self.contract.id, self.rules):
            about = self._about(entry.ticket, title, person.language)
            fields = {"clause": entry.clause, "seq": entry.refers_to, "why": say(why, person.language)}
            text = say("breach_corrected", person.language, **about, **fields)
            self._tell(f"corrected/{entry.refers_to}", person, Purpose.INFO, text, entry.ticket)

    def _about(self, number: int, title: str, language: str) -> dict[str, object]:
        return {"ticket": number, "title": title or say("title_unknown", language), "contract": self.contract}

    def _tell(self, key: str, person: Person, purpose: Purpose, text: str, ticket: int) -> None:
        notice = notice_to_person(key, person, purpose, text, self.uow, self.rules, self.now, ticket)
        if notice:
            self.uow.outbox.add([notice], self.now)

    # warning

    def _warn(self, outages: Sequence[Outage]) -> None:
        for quota in self.contract.quotas:
            year = this_year(self.contract, quota, self.now)
            found = self._account(self.contract, quota, year, outages)
            for use in found.uses(found.month_at(self.now)):
                if use.used and not use.over and (use.full or use.percent >= quota.warn_at):
                    self._warn_of_use(quota, use)
            for outage in outages:
                if outage.level is quota.level and outage.ended is None and quota.recovery is not None:
                    self._warn_of_recovery(quota, outage, quota.recovery)

    def _warn_of_use(self, quota: Quota, use: Use) -> None:
        """So much of a limit is used, or all of it: once a period for each."""
        level = "full" if use.full else "used"
        for person in managers_of(self.contract.id, self.rules):
            language = person.language
            text = say(
                f"quota_{level}",
                language,
                contract=self.contract,
                clause=quota.clause,
                use=use_named(quota, use, language),
                percent=use.percent,
                cost=cost(quota, use.limit, language),
            )
            key = f"quota:{self.contract.id}:{quota.name}:{use.limit}:{use.period}:{level}:{person.id}"
            self._add(key, person, text)

    def _add(self, key: str, person: Person, text: str) -> None:
        number = self.ticket.number
        told = notice_to_person("quota", person, Purpose.INFO, text, self.uow, self.rules, self.now, number)
        if told:
            self.uow.outbox.add([replace(told, key=key)], self.now)

    def _warn_of_recovery(self, quota: Quota, outage: Outage, limit: timedelta) -> None:
        """An outage that goes on has used up so much of the time in which it has to be over."""
        so_far = self.now.astimezone(UTC) - outage.began.astimezone(UTC)
        if not limit * quota.warn_at / 100 <= so_far <= limit:
            return
        for person in managers_of(self.contract.id, self.rules):
            language = person.language
            text = say(
                "quota_recovery_soon",
                language,
                **self._about(outage.ticket, outage.title, language),
                clause=quota.clause,
                level=say(f"outage_level_{outage.level}", language),
                minutes=minutes(so_far),
                by=plain.by(outage.began + limit, self.now, language, zone_of(self.rules)),
                limit=minutes(limit),
                cost=cost(quota, Limit.RECOVERY, language),
            )
            key = f"{QUOTA}{quota.name}/recovery/{int(outage.began.timestamp())}/soon"
            self._tell(key, person, Purpose.REMINDER, text, outage.ticket)

    def _look_again(self, outages: Sequence[Outage]) -> None:
        """Each outage that goes on is looked at when the next thing is to be told; one of several moves the others."""
        for outage in outages:
            if outage.ended is None:
                looks = [
                    next_change(quota, outages, self.contract.timezone, self.now)
                    for quota in self.contract.quotas
                    if quota.level is outage.level
                ]
                at = min((look for look in looks if look), default=None)
                self.uow.watched.put(OUTAGE, str(outage.ticket), at)


def _was_missed(correction: Entry, entries: Iterable[Entry]) -> bool:
    """Whether what is corrected never counted."""
    return any(entry.seq == correction.refers_to and entry.kind == MISSED for entry in entries)
