"""The account behind a deadline: days counted and passed over, windows, what moved it, what does not run and why."""

from datetime import timedelta

import pytest

from sla.clock import clocks_of
from sla.contract import Contract
from sla.contract_reader import read_contract
from sla.explain import Account, Explanation, How, Silence, Sort, day_of, explain
from sla.fold import then
from sla.labels import Window
from sla.ledger import GENESIS, Entry, chain, reconcile, waive
from sla.ticket import EventKind, Ticket
from tests.sla.book import at, calendar, contracts
from tests.sla.county import COUNTY, county
from tests.sla.county import told as county_ticket
from tests.sla.tickets import VERSIONS, event, reported, under

E = EventKind


def told(ticket: Ticket, entries: tuple[Entry, ...] = (), contract: Contract | None = None) -> Explanation:
    own = contract or (contracts()[ticket.contract] if ticket.contract else None)
    clocks = clocks_of(ticket, own, calendar(), VERSIONS)
    return explain(ticket, own, clocks, calendar(), entries, VERSIONS)


def account(found: Explanation, clock: str) -> Account:
    (one,) = (each for each in found.accounts if each.clock.name == clock)
    return one


def test_working_days_over_the_national_day_are_listed_with_the_make_up_day() -> None:
    found = told(reported("cqmu2-his", "2026-09-30 16:00", priority="low"))
    fix = account(found, "fix")
    assert [day.day.isoformat()[5:] for day in fix.counted] == ["10-08", "10-09", "10-10", "10-12", "10-13"]
    assert [day.day.day for day in fix.counted if day.sort is Sort.MAKE_UP] == [10]
    assert [(day.day.day, day.festival) for day in fix.passed] == [*((day, "国庆节") for day in range(1, 8)), (11, "")]
    assert fix.clock.due == at("2026-10-13 18:00")
    assert [clause.number for clause in fix.clauses] == ["附件一"]
    assert "5个工作日" in fix.clauses[0].text
    assert len(fix.counted) == fix.clock.rule.amount


def test_calendar_days_all_count_and_only_a_day_off_at_the_end_puts_it_off() -> None:
    change = reported("third-party-unified", "2026-09-25 10:00", kind="change", priority="low")
    deliver = account(told(change), "deliver")
    assert [day.day.isoformat()[5:] for day in deliver.counted][-1] == "10-02"
    assert [day.day.isoformat()[5:] for day in deliver.passed] == [f"10-0{day}" for day in range(2, 8)]
    assert deliver.clock.due == at("2026-10-08 18:00")
    in_time = account(told(reported("third-party-unified", "2026-09-15 10:00", kind="change")), "deliver")
    assert (len(in_time.counted), in_time.passed) == (7, ())


@pytest.mark.parametrize(
    ("base", "counted", "passed"),
    [("working_days", [8, 9, 10], [1, 2, 3, 4, 5, 6, 7]), ("calendar_days", [1, 2, 3], [3, 4, 5, 6, 7])],
)
def test_a_day_that_is_over_at_midnight_is_the_last_that_counts(
    base: str, counted: list[int], passed: list[int]
) -> None:
    """Without a service window, and with one into the night, a day closes at 24:00."""
    text = COUNTY.replace('base = "working_days"\namount = "3 days"', f'base = "{base}"\namount = "3 days"')
    text = text.replace('["08:00-12:00", "14:00-18:00"]', '["08:00-12:00", "22:00-06:00"]')
    own = read_contract(text, "x")
    settle = account(told(county_ticket("2026-09-30 10:00"), contract=own), "settle")
    assert [day.day.day for day in settle.counted] == counted
    assert [day.day.day for day in settle.passed] == passed


@pytest.mark.parametrize(
    ("instant", "sort", "festival", "window"),
    [
        ("2026-09-30 16:59", Sort.WEEKDAY, "", Window.ONSITE),
        ("2026-09-30 17:00", Sort.WEEKDAY, "", Window.OFFSITE),
        ("2026-10-01 10:00", Sort.FESTIVAL, "国庆节", Window.OFFSITE),
        ("2026-10-10 10:00", Sort.MAKE_UP, "国庆节", Window.ONSITE),
        ("2026-10-11 10:00", Sort.WEEKEND, "", Window.OFFSITE),
        ("2026-09-25 10:00", Sort.FESTIVAL, "中秋节", Window.OFFSITE),
    ],
)
def test_the_day_says_why_the_report_lay_in_the_window_or_not(
    instant: str, sort: Sort, festival: str, window: Window
) -> None:
    opening = told(reported("smart-hospital", instant)).opening
    assert opening is not None
    assert (opening.day.sort, opening.day.festival, opening.window) == (sort, festival, window)


def test_an_unknown_year_is_told() -> None:
    day = day_of(calendar(), at("2031-10-01 10:00").date())
    assert (day.sort, day.festival, day.known) == (Sort.FESTIVAL, "", False)


def test_a_clock_that_does_not_run_says_why() -> None:
    onsite = told(reported("smart-hospital", "2026-09-30 10:00"))
    why = {silent.rule.name: silent.why for silent in onsite.silent}
    assert why == {"arrive": (Silence.WINDOW,), "fix_by_plan": (Silence.NOT_BEGUN,)}
    offsite = told(reported("smart-hospital", "03:00"))
    assert {silent.rule.name for silent in offsite.silent} == {"fix_by_plan"}
    his = {silent.rule.name: silent.why for silent in told(reported("cqmu2-his")).silent}
    assert his["arrive"] == (Silence.NOT_BEGUN,)
    assert his["senior"] == (Silence.PRIORITY,)
    assert his["locate"] == (Silence.SYSTEM,)
    assert his["live"] == (Silence.KIND, Silence.NOT_BEGUN)
    joined = then(reported("smart-hospital", "03:00"), event(E.JOINED, "03:10", incident=3))
    assert all(Silence.JOINED in silent.why for silent in told(joined).silent)


def test_every_clock_of_the_contract_is_told_or_said_not_to_run() -> None:
    for contract in contracts().values():
        for kind in ("fault", "change", "training"):
            ticket = reported(contract.id, kind=kind) if contract.id != "distance-education" else None
            if ticket:
                found = told(ticket)
                names = {a.clock.name for a in found.accounts} | {silent.rule.name for silent in found.silent}
                assert names == {rule.name for rule in contract.clock_rules}


def test_the_looser_clause_stands_beside_the_stricter() -> None:
    ((looser, clause),) = account(told(reported("smart-hospital", "03:00")), "fix").looser
    assert (clause.number, looser.due) == ("5.1(4)", at("2026-10-01 07:00"))


def test_what_moved_it_is_told_in_order() -> None:
    ticket = reported("smart-hospital", "03:00")
    ticket = then(
        ticket,
        event(E.ACKNOWLEDGED, "03:10"),
        event(E.RESOLVED, "03:40"),
        event(E.REOPENED, "04:00"),
        event(E.RECLASSIFIED, "04:30", priority="critical"),
    )
    found = told(ticket)
    fix = account(found, "fix")
    assert [(moved.how, moved.start.strftime("%H:%M")) for moved in fix.moved] == [
        (How.REOPENED, "03:40"),
        (How.RELABELLED, "04:30"),
    ]
    assert fix.moved[0].end == at("2026-10-01 04:00")
    assert account(found, "respond").moved == (), "it had stopped before"
    assert len(found.relabelled) == 1


def test_who_answered_by_resolving_was_not_moved_by_the_reopening() -> None:
    ticket = then(reported("smart-hospital", "03:00"), event(E.RESOLVED, "03:20"), event(E.REOPENED, "04:00"))
    found = told(ticket)
    assert account(found, "respond").moved == ()
    assert [moved.how for moved in account(found, "fix").moved] == [How.REOPENED]


def test_a_deadline_that_a_change_put_half_an_hour_ahead_counts_no_days() -> None:
    ticket = reported("cqmu2-his", "2026-09-01 08:00", priority="low")
    found = told(then(ticket, event(E.RECLASSIFIED, "2026-09-07 09:00", priority="high")))
    fix = account(found, "fix")
    assert (fix.clock.floored, fix.clock.due, fix.counted, fix.passed) == (True, at("2026-09-07 09:30"), (), ())


def test_an_amendment_is_told_where_it_bears_on_the_clock() -> None:
    ticket = then(reported("smart-hospital", "03:00"), event(E.ACKNOWLEDGED, "03:10"), event(E.ARRIVED, "05:10"))
    late = event(E.AMENDED, "06:00", event=2, at=at("2026-10-01 04:50").isoformat(), reason="签到机慢了")
    found = told(then(ticket, late))
    (moved,) = account(found, "arrive").moved
    assert (moved.how, moved.wrong) == (How.AMENDED, ticket.events[2])
    assert account(found, "respond").moved == (), "whether he came at ten past five or before changes no answer"
    first = event(E.AMENDED, "06:00", event=0, at=at("2026-10-01 02:50").isoformat(), reason="先打了电话")
    assert all([m.how for m in a.moved] == [How.AMENDED] for a in told(then(ticket, first)).accounts)
    void = event(E.AMENDED, "06:00", event=1, void=True, reason="点错了")
    (moved,) = account(told(then(ticket, void)), "respond").moved
    assert moved.wrong == ticket.events[1]


def test_what_the_ledger_holds_of_it_and_what_it_costs() -> None:
    ticket = then(reported("smart-hospital", "03:00"), event(E.ACKNOWLEDGED, "03:45"))
    clocks = clocks_of(ticket, contracts()["smart-hospital"], calendar(), VERSIONS)
    now = at("2026-10-01 04:00")
    entries = chain(reconcile(ticket, clocks, (), now), 0, GENESIS)
    entries += chain([waive(entries, 1, "manager", "停电", now)], entries[-1].seq, entries[-1].hash)
    respond = account(told(ticket, entries), "respond")
    (breach,) = respond.breaches
    assert (breach.entry.overrun, breach.final, breach.counts) == (15 * 60, True, False)
    assert breach.waiver == entries[-1]
    assert "违约一次" in respond.cost_zh
    assert "breach" in respond.cost_en
    assert account(told(ticket, entries), "fix").breaches == ()


def test_a_clock_of_another_contract_cites_that_contract() -> None:
    ticket = then(reported("smart-hospital", "03:00"), event(E.RECLASSIFIED, "04:30", **under("cqmu2-his")))
    respond = next(a for a in told(ticket).accounts if a.clock.name == "respond")
    assert (respond.contract.id, respond.clauses[0].number) == ("smart-hospital", "2.3")
    assert account(told(ticket), "fix").contract.id == "cqmu2-his"


def test_a_clock_of_an_earlier_version_cites_that_versions_words() -> None:
    first, second = (
        county(),
        read_contract(COUNTY.replace("半小时内响应", "一刻钟内响应").replace("约定时限", "新的时限"), "x"),
    )
    ticket = county_ticket("10:00")
    ticket = then(ticket, event(E.ACKNOWLEDGED, "10:10"))
    ticket = then(ticket, event(E.RECLASSIFIED, "11:00", contract_version=second.version))
    versions = {("county", each.version): each for each in (first, second)}
    found = explain(ticket, second, clocks_of(ticket, second, calendar(), versions), calendar(), (), versions)
    respond, fix = (next(a for a in found.accounts if a.clock.key == key) for key in ("1/respond", "1/fix"))
    assert (respond.contract, fix.contract) == (first, second)
    assert "约定时限" in respond.clauses[0].text
    assert "新的时限" in fix.clauses[0].text


def test_reminders_are_before_the_deadline() -> None:
    respond = account(told(reported("smart-hospital", "03:00")), "respond")
    assert [respond.clock.due - each for each in respond.reminders] == [timedelta(minutes=10), timedelta(minutes=5)]


def test_without_a_contract_there_is_a_target_and_no_cost() -> None:
    found = told(reported(None))
    (target,) = found.accounts
    assert (found.opening, target.cost_zh, target.clauses, target.breaches) == (None, "", (), ())
