"""How bad it is and since when are put right by a few words; what is told later of nothing known is one report."""

from datetime import timedelta

import pytest

from sla.labels import Kind, Priority, Scope, Severity
from sla.ticket import EventKind
from tests.support.house import NIGHT, House


def test_only_slow_still_usable_lowers_it_and_unusable_raises_it_again(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.forget()
    house.forward(minutes=3)
    house.says("nurse", "只是慢，还能用")
    house.expect("nurse", "W1 已更正为", "优先级 低")
    house.expect("engineer2", "W1", "更正", "优先级 低")
    assert (house.ticket().severity, house.ticket().priority) == (Severity.DEGRADED, Priority.LOW)
    house.forward(minutes=3)
    house.says("nurse", "完全用不了了")
    house.expect("nurse", "W1 已更正为", "优先级 中")
    ticket = house.ticket()
    assert (ticket.severity, ticket.scope, ticket.priority) == (Severity.DOWN, Scope.WORKSTATION, Priority.MEDIUM)
    assert house.count() == 1
    house.forget()


@pytest.mark.parametrize(
    ("first", "then", "severity"),
    [
        ("HIS很慢", "不是慢，是打不开", Severity.DOWN),
        ("HIS很慢", "现在完全打不开了", Severity.DOWN),
        ("HIS打不开了", "没那么严重", Severity.DEGRADED),
        ("HIS打不开了", "时好时坏", Severity.DEGRADED),
        ("I cannot open HIS", "it's just slow, still usable", Severity.DEGRADED),
        ("HIS is very slow", "completely down now", Severity.DOWN),
    ],
)
@pytest.mark.parametrize("after", [20, 200])
def test_how_bad_it_is_in_other_words(house: House, first: str, then: str, severity: Severity, after: int) -> None:
    house.says("nurse", first)
    house.forward(seconds=after)
    house.says("nurse", then)
    assert (house.ticket().severity, house.ticket().scope, house.count()) == (severity, Scope.WORKSTATION, 1)
    house.forget()


def test_more_words_do_not_undo_what_was_put_right(house: House) -> None:
    house.says("nurse", "HIS全院都打不开了")
    house.forward(minutes=2)
    house.says("nurse", "只是慢，还能用")
    assert house.ticket().priority is Priority.HIGH
    house.forward(seconds=30)
    house.says("nurse", "一楼收费处说的")
    assert (house.ticket().severity, house.ticket().priority) == (Severity.DEGRADED, Priority.HIGH)
    house.forget()


def test_the_engineer_proposes_that_it_is_less_bad(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.says("engineer2", "W1 只是慢，还能用")
    house.expect("manager", "W1")
    assert house.ticket().severity is Severity.DOWN
    house.forget()


@pytest.mark.parametrize("after", [20, 200])
@pytest.mark.parametrize(
    "words", ["不是，是21点", "不对，21:00", "晚上9点开始的", "故障时间应该是昨晚9点", "是昨晚21点"]
)
def test_the_time_that_was_understood_is_put_right(house: House, words: str, after: int) -> None:
    house.says("nurse", "昨晚10点HIS就打不开了")
    house.expect("nurse", "故障时间：昨天 22:00")
    house.forward(seconds=after)
    house.forget()
    assert house.says("nurse", words) == 1
    house.expect("nurse", "W1", "故障时间：昨天 21:00")
    assert house.ticket().started_at == NIGHT.replace(month=9, day=30, hour=21, minute=0)
    house.expect("engineer2", words)
    assert house.count() == 1
    house.forget()


def test_a_time_is_told_that_nobody_asked_for(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(minutes=5)
    house.says("nurse", "凌晨3点半开始的")
    house.expect("nurse", "故障时间：今天 03:30")
    assert house.count() == 1
    house.forget()


def test_when_it_began_is_not_the_engineers_to_say(house: House) -> None:
    house.says("nurse", "昨晚10点HIS就打不开了")
    began = house.ticket().started_at
    house.says("engineer2", "W1 故障时间应该是凌晨3点")
    assert house.ticket().started_at == began
    assert house.ticket().events[-1].kind is EventKind.NOTED
    house.forget()


def test_what_is_told_later_of_nothing_known_is_the_same_report(house: House) -> None:
    house.says("nurse", "打不开了")
    house.forward(seconds=95)
    assert house.says("nurse", "一直转圈") == 1
    asked = house.expect("nurse", "已补充到工单 W1", "请问是哪个系统")
    assert asked.buttons[-1][0].label == "这是新问题"
    house.forward(seconds=60)
    house.expect_page("engineer2", "打不开了 一直转圈")
    house.says("nurse", "HIS")
    assert (house.ticket().system, house.count()) == ("his", 1)
    house.forget()


def test_later_words_that_fail_go_on_the_ticket_that_is_spoken_of(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(minutes=3)
    assert house.says("nurse", "登录界面一直转圈") == 1
    house.expect("nurse", "已补充到工单 W1")
    house.expect("engineer2", "登录界面一直转圈")
    house.forward(minutes=40)
    assert house.says("nurse", "一直转圈") == 2
    house.forget()


@pytest.mark.parametrize("text", ["打印机不出纸", "另外还有个问题，一直黑屏", "PACS看不了片子", "咨询一下"])
def test_what_names_something_else_is_a_report_of_its_own(house: House, text: str) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(minutes=3)
    assert house.says("nurse", text) == 2
    assert house.ticket(1).kind is Kind.FAULT
    house.forget()


@pytest.mark.parametrize("after", [20, 200])
def test_a_new_problem_began_when_it_was_told(house: House, after: int) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(seconds=after)
    said = house.now
    house.says("nurse", "10分钟前登录界面一直转圈")
    house.forward(minutes=6)
    assert house.presses("nurse", "这是新问题") == 2
    ticket = house.ticket(2)
    assert ticket.reported_at == said
    assert ticket.started_at == said.replace(second=0) - timedelta(minutes=10)
    assert ticket.events[0].recorded_at == house.now
    house.forget()


def test_only_whose_kind_is_named_changes(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.forward(minutes=3)
    house.says("nurse", "只是咨询")
    assert (house.ticket().kind, house.count()) == (Kind.CONSULT, 1)
    house.forget()


@pytest.mark.parametrize("after", [20, 200])
@pytest.mark.parametrize("words", ["不对", "时间不对", "不是", "错了"])
def test_only_that_it_is_wrong_is_asked_what(house: House, words: str, after: int) -> None:
    house.says("nurse", "昨晚10点HIS就打不开了")
    house.forward(seconds=after)
    house.forget()
    before = house.ticket().events
    house.says("nurse", words)
    house.expect("nurse", "W1 哪里不对", "昨天 22:00")
    house.expect_silence("engineer2")
    assert (house.count(), house.ticket().events) == (1, before)
    house.says("nurse", "21点")
    house.expect("nurse", "故障时间：昨天 21:00")
    house.forget()


def test_however_late_only_slow_reports_nothing_new(house: House) -> None:
    house.says("nurse", "HIS打不开了")
    house.says("engineer2", "接单 W1")
    house.forward(minutes=70)
    house.forget()
    assert house.says("nurse", "只是慢，还能用") == 1
    assert (house.count(), house.ticket().severity) == (1, Severity.DEGRADED)
    house.forget()
