"""[[quota]] in a contract file: what the packaged ones say, and what is told of a wrong one."""

from datetime import timedelta
from importlib.resources import files

import pytest

from sla.contract_reader import read_contract
from sla.errors import ContractError
from sla.quota import Limit, Overlap, Quota, Year
from tests.sla.book import contracts
from tests.sla.outages import DOWNTIME, IMPACT

TEXT = files("sla").joinpath("contracts/smart-hospital.toml").read_text(encoding="utf-8")


def with_quota(rows: str, top: str = "") -> tuple[Quota, ...]:
    """The quotas of smart-hospital with another one behind its own."""
    return read_contract(f"{top}\n{TEXT}\n[[quota]]\n{rows}", "a.toml").quotas


@pytest.mark.parametrize("contract", ["smart-hospital", "distance-education"])
def test_the_packaged_contracts_say_what_their_clauses_say(contract: str) -> None:
    assert contracts()[contract].quotas == (DOWNTIME, IMPACT)


def test_a_contract_that_says_nothing_sets_no_quotas() -> None:
    assert contracts()["jiahe-icu"].quotas == ()


def test_everything_can_be_said() -> None:
    [*_, quota] = with_quota(
        'name = "b"\nlevel = "department"\nclause = "2.5, 2.6"\nmonth_minutes = 90\nmonth_times = 3\nyear_times = 0\n'
        'recovery = "4 h"\nbreaches = ["month_minutes"]\nwarn_at = 50\nyear = "contract"\noverlap = "once"\n',
        "valid_from = 2026-03-01",
    )
    assert quota.clause == "2.5, 2.6"
    assert (quota.month_minutes, quota.month_times, quota.year_times) == (90, 3, 0)
    assert (quota.recovery, quota.breaches, quota.warn_at) == (timedelta(hours=4), (Limit.MONTH_MINUTES,), 50)
    assert (quota.year, quota.overlap) == (Year.CONTRACT, Overlap.ONCE)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ('name = "downtime"\nlevel = "downtime"\nclause = "2.5"\nyear_times = 1', 'two quotas "downtime"'),
        ('name = "b"\nlevel = "hospital"\nclause = "2.5"\nyear_times = 1', '"hospital" is not known here'),
        ('name = "b"\nlevel = "downtime"\nclause = "9.9"\nyear_times = 1', 'no [[clause]] with the number "9.9"'),
        ('name = "b"\nlevel = "downtime"\nclause = "2.5"', "limits nothing"),
        (
            'name = "b"\nlevel = "downtime"\nclause = "2.5"\nyear_times = 1\nbreaches = ["recovery"]',
            '"recovery" is not limited here',
        ),
        ('name = "b"\nlevel = "downtime"\nclause = "2.5"\nyear_times = 1\nyear = "contract"', "when its year begins"),
        ('name = "b"\nlevel = "downtime"\nclause = "2.5"\nyear_times = 1\nwarn_at = 0', "is 0"),
        ('name = "b"\nlevel = "downtime"\nclause = "2.5"\nyear_times = 1\nwarning = 70', "is not known here"),
    ],
)
def test_a_wrong_quota_is_told_with_its_line(rows: str, problem: str) -> None:
    with pytest.raises(ContractError) as caught:
        with_quota(rows)
    [found] = [each for each in caught.value.problems if problem in str(each)]
    assert "quota[3]" in found.key
    assert found.line is not None
    assert found.line > TEXT.count("\n") + 1
