"""What a contract file may say of duties, and what it is told when it says it wrongly."""

from datetime import timedelta

import pytest

from sla.contract import Contract
from sla.contract_reader import read_contract
from sla.duty import Closing, Count, DayOff, Place, Rhythm, Unit
from sla.errors import ContractError
from sla.labels import Side
from storage.files import packaged_rules

HEAD = """
id = "a"
name = "甲"
hospital = "医院"
provider = "服务商"
systems = []
[windows]
working_day = ["08:00-17:00"]
[[clause]]
number = "1"
text = "每月提交报告。"
[[clock]]
name = "respond"
clause = "1"
base = "elapsed"
amount = "30 min"
why_zh = "半小时内响应。"
why_en = "Within half an hour."
"""
DUTY = """
[[duty]]
id = "report"
name_zh = "报告"
name_en = "Report"
clause = "1"
"""


def contract(*lines: str, more: str = "") -> Contract:
    """A contract with one duty that says these lines, and more duties."""
    return read_contract(HEAD + DUTY + "\n".join(lines) + "\n" + more, "contracts/a.toml")


def problem(*lines: str, more: str = "") -> str:
    with pytest.raises(ContractError) as caught:
        contract(*lines, more=more)
    return str(caught.value)


def test_what_is_left_out_has_its_usual_meaning() -> None:
    [duty] = contract('rhythm = "monthly"').duties
    assert (duty.rhythm, duty.side, duty.place, duty.count) == (Rhythm.MONTHLY, Side.PROVIDER, Place.END, None)
    assert (duty.day_off, duty.closing) == (DayOff.NEXT, Closing.SERVICE)
    assert duty.reminders == (timedelta(days=7), timedelta(days=1))
    assert (duty.name("zh"), duty.name("en")) == ("报告", "Report")


@pytest.mark.parametrize(
    ("lines", "day_off"),
    [
        (['rhythm = "daily"'], DayOff.STAYS),
        (['rhythm = "weekly"'], DayOff.NEXT),
        (['rhythm = "quarterly"', 'before_end = "10 days"'], DayOff.PREVIOUS),
        (['rhythm = "quarterly"', 'before_end = "10 days"', 'day_off = "stays"'], DayOff.STAYS),
        (['rhythm = "yearly"', 'after_end = "1 month"'], DayOff.NEXT),
    ],
)
def test_a_day_off_moves_forwards_what_is_due_before_backwards_and_no_daily_duty(
    lines: list[str], day_off: DayOff
) -> None:
    assert contract(*lines).duties[0].day_off is day_off


def test_amounts_are_days_working_days_months_and_years() -> None:
    written = {"1 day": (1, Unit.DAYS), "10 working days": (10, Unit.WORKING_DAYS), "1 month": (1, Unit.MONTHS)}
    for text, (number, unit) in {**written, "2 years": (2, Unit.YEARS)}.items():
        [duty] = contract('rhythm = "yearly"', f'after_end = "{text}"').duties
        assert duty.count == Count(number, unit)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['rhythm = "fortnightly"'], 'a.toml:25 [duty[1].rhythm]: "fortnightly" is not known here'),
        (['rhythm = "every"'], "[duty[1].every]: is missing"),
        (['rhythm = "every"', 'every = "2 months"'], "counts no days"),
        (['rhythm = "daily"', 'every = "2 days"'], 'does not go with the rhythm "daily"'),
        (['rhythm = "once"'], '"once" does not say when -> one of: before_end, after_end, after_start'),
        (['rhythm = "event"', 'after = "staff_change"'], '"event" does not say when'),
        (['rhythm = "event"', 'after_event = "1 month"'], "[duty[1].after]: is missing"),
        (['rhythm = "event"', 'after = "inspektion"', 'after_event = "1 month"'], "is no event and no other duty"),
        (['rhythm = "event"', 'after = "report"', 'after_event = "1 month"'], "is no event and no other duty"),
        (['rhythm = "monthly"', 'after_event = "1 month"'], 'does not go with the rhythm "monthly"'),
        (['rhythm = "monthly"', 'after = "staff_change"'], 'does not go with the rhythm "monthly"'),
        (['rhythm = "monthly"', 'after_end = "0 days"'], '"0 days" is no amount'),
        (['rhythm = "monthly"', 'after_end = "a week"'], '"10 working days"'),
        (['rhythm = "monthly"', 'after_end = "1 day"', 'before_end = "1 day"'], "it is due twice"),
        (['rhythm = "daily"', 'year = "contract"'], 'the rhythm "daily" knows no year'),
        (['rhythm = "monthly"', "may = true"], "a right begins at some time after something"),
        (['rhythm = "monthly"', 'proof_zh = "报告"'], "[duty[1].proof_en]: is missing"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write_instead(lines: list[str], words: str) -> None:
    assert words in problem(*lines)


def test_two_duties_do_not_share_an_id_and_each_names_a_clause_that_is_there() -> None:
    other = DUTY.replace('clause = "1"', 'clause = "9"') + 'rhythm = "daily"\n'
    found = problem('rhythm = "monthly"', more=other)
    assert 'two duties have the id "report"' in found
    assert 'there is no [[clause]] with the number "9"' in found


ROWS = {
    "smart-hospital": {
        "inspection": "daily", "big-inspection": "every", "inspection-report": "monthly", "assessment": "monthly",
        "training": "monthly", "performance-review": "monthly", "quarter-documents": "quarterly",
        "development-sum": "yearly", "staff-notice": "event", "staff-handover": "event",
    },
    "jiahe-icu": {
        "onsite-inspection": "yearly", "online-inspection": "quarterly", "onsite-report": "event",
        "online-report": "event", "full-backup": "daily", "technical-documents": "once",
        "security-assessment": "yearly",
    },
    "third-party-unified": {
        "inspection-report": "quarterly", "process-review": "monthly", "acceptance": "once",
        "change-acceptance": "event",
    },
    "cqmu2-his": {"insurance-reconciliation": "monthly", "history-move": "yearly", "assessment": "yearly"},
}  # fmt: skip
ROWS["distance-education"] = {**ROWS["smart-hospital"], "hospital-training": "yearly"}


def test_the_five_contracts_have_their_duties_and_each_cites_words_of_the_contract() -> None:
    for contract in packaged_rules().contracts.values():
        assert {duty.id: duty.rhythm for duty in contract.duties} == ROWS[contract.id]
        for duty in contract.duties:
            assert contract.clause(duty.clause).text, duty.id
            assert duty.proof_zh, duty.id
    hospital = {
        (contract.id, duty.id)
        for contract in packaged_rules().contracts.values()
        for duty in contract.duties
        if duty.side is Side.HOSPITAL
    }
    assert hospital == {
        ("smart-hospital", "performance-review"),
        ("distance-education", "performance-review"),
        ("third-party-unified", "acceptance"),
        ("cqmu2-his", "assessment"),
    }
