"""What was not done goes on record once, and people hear of duties in one message a day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from handlers.duty_watch import watch_duties
from handlers.time_passes import time_passes
from sla.records import Record, RecordKind
from sla.rules import Rules
from storage.files import packaged_rules
from tests.support.house import ZONE, House, open_house

MONDAY = datetime(2026, 9, 14, 9, tzinfo=ZONE)
SMART = "smart-hospital"


def only(*contracts: str, **fields: object) -> Rules:
    """The sample with these contracts alone, changed in these fields."""
    rules = packaged_rules()
    kept = {id: replace(rules.contracts[id], **fields) for id in contracts}  # type: ignore[arg-type]  # any of its fields
    return replace(rules, contracts=kept, succession={})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, MONDAY, only(SMART)) as opened:
        watch(opened)
        yield opened


def watch(house: House) -> None:
    house.run(lambda uow: watch_duties(uow, house.rules, house.now))


def said(house: House) -> list[tuple[str, str]]:
    """When who was told anything."""
    return [(f"{heard.at.astimezone(ZONE):%m-%d %H:%M}", heard.who) for heard in house.heard]


def overdue(house: House) -> list[Record]:
    start, end = MONDAY - timedelta(days=400), MONDAY + timedelta(days=400)
    return list(house.run(lambda uow: uow.records.between(start, end, None, RecordKind.DUTY_OVERDUE)))


def test_the_lead_is_reminded_once_a_day_an_hour_before_the_close(house: House) -> None:
    house.forward(hours=7, minutes=59)
    assert said(house) == [("09-14 16:00", "lead")]
    house.expect("lead", "职责提醒", "智能医院", "服务器日常巡检", "今天 17:00前")


def test_who_has_done_it_hears_nothing(house: House) -> None:
    house.says("lead", "完成 1 巡检正常")
    house.forget()
    house.forward(hours=12)
    assert house.heard == []
    assert overdue(house) == []


def test_what_was_missed_is_on_record_with_its_clause_and_told_to_both_sides_the_next_morning(house: House) -> None:
    house.forward(hours=23, minutes=45)
    [record] = overdue(house)
    assert (record.subject, record.contract, record.by) == ("inspection/2026-09-14", SMART, "")
    assert record.at == datetime(2026, 9, 14, 17, tzinfo=ZONE)
    assert record.recorded_at - record.at <= timedelta(seconds=1)
    assert (record.data["clause"], record.data["due"]) == ("2.10(1)", "2026-09-14T17:00:00+08:00")
    house.expect("lead", "职责提醒")
    for who in ("lead", "provider-manager", "manager"):
        house.expect(who, "职责逾期", "服务器日常巡检", "第 2.10(1) 条", "昨天 17:00")
    assert house.heard == []


def test_what_was_done_in_time_and_said_so_late_is_not_overdue(house: House) -> None:
    """The network was down at the close; the message from before it comes after it was put on record."""
    said_at = house.now + timedelta(hours=7, minutes=30)
    house.forward(hours=9)
    assert len(overdue(house)) == 1
    house.says("lead", "完成 1 巡检正常", sent_at=said_at)
    first, last = overdue(house)
    assert (last.subject, last.at) == (first.subject, first.at)
    assert last.data["revoked"]
    house.forget()
    house.forward(hours=15)
    assert not [heard for heard in house.heard if "职责逾期" in heard.notice.text]


def test_what_comes_before_the_look_that_would_have_recorded_it_is_not_overdue_either(house: House) -> None:
    said_at = house.now + timedelta(hours=7, minutes=30)
    house.now += timedelta(hours=9)  # nobody looks meanwhile
    house.says("lead", "完成 1 巡检正常", sent_at=said_at)
    assert sum(-1 if record.data.get("revoked") else 1 for record in overdue(house)) == 0


def test_all_that_is_due_at_a_quarters_end_is_one_message_to_each(house: House) -> None:
    house.forward(days=15, hours=6)
    house.forget()
    house.forward(hours=2)
    assert said(house) == [("09-29 16:00", "lead"), ("09-29 16:00", "manager")]
    text = house.expect("lead", "职责提醒").text
    for name in ("服务器日常巡检", "服务器巡检评估报告 2026-09", "应用系统例行评估", "系统维护培训"):
        assert name in text
    house.expect("manager", "运维绩效考核", "明天 17:00前")


def test_on_days_off_the_engineer_on_call_is_reminded_and_managers_are_left_in_peace(house: House) -> None:
    house.forward(days=10, hours=12)
    house.forget()
    house.forward(days=3)  # 中秋节, 25 to 27 September
    assert {who for _, who in said(house)} == {"engineer1"}
    assert all(at.endswith("16:00") for at, _ in said(house))
    house.forget()
    house.forward(days=1)
    house.expect("manager", "服务器日常巡检", "共 4 次", "最近一次应于 昨天 17:00")


def test_a_reminder_that_falls_on_a_day_off_comes_on_the_working_day_before(house: House) -> None:
    house.forward(days=44)  # Wednesday 28 October; what is due by 31 October, a Saturday, is due on Monday
    house.forget()
    house.forward(days=5, hours=12)
    told = [
        f"{h.at.astimezone(ZONE):%m-%d}" for h in house.heard if h.who == "lead" and "系统维护培训" in h.notice.text
    ]
    assert told == ["10-30", "11-02"]


def test_after_a_downtime_everything_is_on_record_and_told_once(house: House) -> None:
    house.now += timedelta(days=20, hours=1)  # Sunday 4 October, in the holidays
    house.forward(hours=1)
    missed = [record.subject for record in overdue(house)]
    assert len(missed) == len(set(missed)) == 20 + 1 + 1 + 4, "daily ones, the big one, the quarter's, the month's"
    assert said(house) == []
    house.forward(days=4)  # to 8 October, the first working day
    morning = [heard for heard in house.heard if "职责逾期" in heard.notice.text]
    assert [heard.who for heard in morning] == ["lead", "provider-manager", "manager"]
    assert all(f"{heard.at.astimezone(ZONE):%m-%d %H:%M}" == "10-08 08:30" for heard in morning)
    assert "服务器日常巡检（第 2.10(1) 条），共 24 次" in morning[0].notice.text


def test_a_long_downtime_leaves_no_gap_on_record(house: House) -> None:
    house.now += timedelta(days=70)
    house.forward(minutes=1)
    days = {record.subject for record in overdue(house) if record.subject.startswith("inspection/")}
    assert len(days) == 70


def test_who_starts_late_at_night_is_told_the_next_day(tmp_path: Path) -> None:
    with open_house(tmp_path, MONDAY + timedelta(hours=12), only("jiahe-icu")) as house:
        watch(house)
        house.forward(hours=10)  # a backup is due by midnight, and told of to nobody at nine in the evening
        assert house.heard == []
        house.forward(hours=10)
        assert said(house)[-1] == ("09-15 16:00", "lead")


def test_what_fell_into_a_downtime_is_told_on_a_working_day(tmp_path: Path) -> None:
    thursday = datetime(2026, 7, 23, 9, tzinfo=ZONE)  # July's reports are due on Friday the 31st: a week is the 24th
    with open_house(tmp_path, thursday, only(SMART)) as house:
        watch(house)
        house.forward(hours=12)
        house.now = thursday + timedelta(days=2)
        house.forward(hours=8)
        assert said(house)[-1] == ("07-25 16:00", "engineer2")
        house.expect_silence("engineer2", "系统维护培训")
        house.forward(days=2)
        assert "系统维护培训" in house.expect("lead", "系统维护培训").text
        assert said(house)[-1][0] == "07-27 16:00"


def test_nothing_is_said_or_recorded_twice_when_it_is_looked_at_twice(house: House) -> None:
    house.forward(hours=9)
    first = said(house)
    for _ in range(3):
        watch(house)
        house.run(lambda uow: time_passes("duty", "all", uow, house.rules, house.now))
        house.forward(minutes=1)
    assert said(house) == first
    assert len(overdue(house)) == 1


def test_what_was_due_before_anybody_watched_is_nobodys_omission(house: House) -> None:
    house.forward(days=1)
    assert all(record.at >= MONDAY for record in overdue(house))


def test_a_contract_that_goes_is_watched_no_more(house: House) -> None:
    house.rules = only("cqmu2-his")
    watch(house)
    house.forward(days=10)
    assert overdue(house) == []


def test_a_successor_takes_the_duties_over_on_its_first_day(tmp_path: Path) -> None:
    rules = only(SMART)
    old = replace(rules.contracts[SMART], valid_to=date(2026, 9, 15))
    only_training = tuple(duty for duty in old.duties if duty.id == "training")
    new = replace(old, valid_from=date(2026, 9, 16), valid_to=None, duties=only_training)
    rules = replace(rules, contracts={SMART: new}, succession={SMART: (old, new)})
    with open_house(tmp_path, MONDAY, rules) as house:
        watch(house)
        house.forward(days=20)
        subjects = [record.subject for record in overdue(house)]
        assert subjects == ["inspection/2026-09-14", "inspection/2026-09-15", "training/2026-09"]


def test_an_english_reader_is_told_in_english(tmp_path: Path) -> None:
    rules = only(SMART)
    lead = replace(rules.people.by_id["lead"], language="en")
    people = replace(rules.people, by_id={**rules.people.by_id, "lead": lead})
    with open_house(tmp_path, MONDAY, replace(rules, people=people)) as house:
        watch(house)
        house.forward(hours=8)
        house.expect("lead", "Daily server inspection: by today 17:00")
