"""Reading a catalogue, and every way in which one can be wrong."""

from importlib.resources import files

import pytest

from sla.catalogue import read_catalogue
from sla.errors import ContractError

GOOD = """
default_contract = "main"
elsewhere = ["LIS"]

[[system]]
id = "his"
name = "医院信息系统"
name_en = "HIS"
contract = "main"
care = true
aliases = ["HIS"]
functions = ["医嘱"]

[[system]]
id = "oa"
name = "办公自动化系统"
name_en = "OA"
contract = "other"
care = false

[[ambiguous]]
words = ["系统A"]
systems = ["his", "oa"]

[[department]]
id = "icu"
name = "重症医学科"
name_en = "Intensive care"
care_cannot_wait = true
aliases = ["ICU"]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ContractError) as caught:
        read_catalogue(text, "catalogue.toml")
    return [str(problem) for problem in caught.value.problems]


def test_a_catalogue_is_read_as_it_is_written() -> None:
    catalogue = read_catalogue(GOOD, "catalogue.toml")
    his, icu = catalogue.system("his"), catalogue.department("icu")
    assert his is not None
    assert (his.contract, his.care, his.aliases, his.functions) == ("main", True, ("HIS",), ("医嘱",))
    assert icu is not None
    assert icu.care_cannot_wait
    assert (catalogue.default_contract, catalogue.elsewhere) == ("main", ("LIS",))
    assert catalogue.ambiguous[0].systems == ("his", "oa")
    assert catalogue.system("nobody") is None
    assert catalogue.department(None) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'aliases = ["HIS"]',
            'aliases = ["ＬＩＳ"]',
            'catalogue.toml:3 [elsewhere]: "LIS" is claimed by "his" and by "elsewhere"',
        ),
        (
            'words = ["系统A"]',
            'words = ["医嘱"]',
            'catalogue.toml:22 [ambiguous[1].words]: "医嘱" is claimed by "his" and by "his/oa"',
        ),
        ('id = "oa"', 'id = "his"', 'catalogue.toml:15 [system[2].id]: the id "his" is given twice'),
        (
            'systems = ["his", "oa"]',
            'systems = ["his", "pacs"]',
            'catalogue.toml:23 [ambiguous[1].systems]: no system has the id "pacs"',
        ),
        ("care = false", "", "catalogue.toml:14 [system[2].care]: is missing"),
        ("care = false", 'care = false\ncolour = "red"', "catalogue.toml:20 [system[2].colour]: is not known here"),
        ('contract = "other"', "contract = 3", "catalogue.toml:18 [system[2].contract]: is 3"),
        ('aliases = ["ICU"]', 'aliases = "ICU"', "catalogue.toml:30 [department[1].aliases]: is"),
        ('aliases = ["ICU"]', 'aliases = ["ICU", " "]', 'catalogue.toml:30 [department[1].aliases]: is " "'),
        ('default_contract = "main"', "default_contract = ", "catalogue.toml:2: this is no TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    found = problems(GOOD.replace(old, new))
    assert any(said in problem for problem in found), found


def test_every_problem_is_told_at_once() -> None:
    text = GOOD.replace("care = false", "").replace('aliases = ["ICU"]', "aliases = 1")
    assert len(problems(text)) == 2


def test_the_sample_names_every_system_in_both_languages() -> None:
    text = files("sla").joinpath("samples/catalogue.toml").read_text(encoding="utf-8")
    catalogue = read_catalogue(text, "catalogue.toml")
    assert (len(catalogue.systems), len(catalogue.departments)) == (47, 56)
    assert [system.id for system in catalogue.systems if not system.name_en] == []
    assert [department.id for department in catalogue.departments if not department.name_en] == []
    assert [system.id for system in catalogue.systems if not system.aliases] == []
    waiting = [each.id for each in catalogue.departments if each.care_cannot_wait]
    assert waiting == ["emergency", "icu", "operating-theatre", "anaesthesia", "neonatology", "blood-bank"]
