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
            'catalogue.toml:3 [elsewhere]: "LIS" is claimed by "his" (line 11, aliases: "ＬＩＳ") and by "elsewhere"',
        ),
        (
            'words = ["系统A"]',
            'words = ["医嘱"]',
            'catalogue.toml:22 [ambiguous[1].words]: "医嘱" is claimed by "his" (line 12',
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


# The words of GOOD in which another is put: a line of it, what stands in its place, what is said of it.
OTHER_OA = "care = false", 'care = false\naliases = ["{}"]'
OTHER_ICU = 'aliases = ["ICU"]', 'aliases = ["ICU", "{}"]'


@pytest.mark.parametrize(
    ("place", "word", "where", "said", "instead"),
    [
        (OTHER_OA, "ＨＩＳ", "catalogue.toml:20 [system[2].aliases]", '(line 11, aliases: "HIS")', "[[ambiguous]]"),
        (OTHER_OA, "h i s", "catalogue.toml:20 [system[2].aliases]", '(line 11, aliases: "HIS")', "[[ambiguous]]"),
        (
            OTHER_OA,
            "醫囑",
            "catalogue.toml:20 [system[2].aliases]",
            '(line 12, functions: "医嘱")',
            "a function stands for one",
        ),
        (OTHER_OA, "醫院資訊系統", "catalogue.toml:20 [system[2].aliases]", None, None),
        (
            OTHER_OA,
            "医院 信息系统",
            "catalogue.toml:20 [system[2].aliases]",
            '(line 7, name: "医院信息系统")',
            "keep it in one",
        ),
        (
            OTHER_ICU,
            "his",
            "catalogue.toml:30 [department[1].aliases]",
            '(line 11, aliases: "HIS")',
            "at the department",
        ),
        (
            OTHER_ICU,
            "系統A",
            "catalogue.toml:30 [department[1].aliases]",
            '(line 22, words: "系统A")',
            "at the department",
        ),
        (OTHER_ICU, "医嘱", "", None, None),
        (OTHER_OA, "一", "catalogue.toml:20 [system[2].aliases]", '"一" is too short', "leave it out"),
        (OTHER_OA, " O ", "catalogue.toml:20 [system[2].aliases]", "is too short", "leave it out"),
        (OTHER_OA, "系統", "catalogue.toml:20 [system[2].aliases]", "stands in ordinary sentences", "more of the name"),
        (OTHER_OA, "电脑", "catalogue.toml:20 [system[2].aliases]", "stands in ordinary sentences", "more of the name"),
        (
            OTHER_ICU,
            "ＰＣ",
            "catalogue.toml:30 [department[1].aliases]",
            "stands in ordinary sentences",
            "leave it out",
        ),
        (OTHER_OA, "the system", "catalogue.toml:20 [system[2].aliases]", "stands in ordinary sentences", "leave it"),
        (OTHER_OA, "em", "", None, None),
    ],
)
def test_words_that_cannot_be_told_apart_are_told_with_what_to_do(
    place: tuple[str, str], word: str, where: str, said: str | None, instead: str | None
) -> None:
    old, new = place
    assert GOOD.count(old) == 1
    text = GOOD.replace(old, new.format(word))
    if said is None or instead is None:
        read_catalogue(text, "catalogue.toml")
        return
    (found,) = problems(text)
    assert found.startswith(f"{where}: ")
    assert said in found
    assert instead in found.partition(" -> ")[2]


def test_a_name_counts_without_what_stands_in_brackets_behind_it() -> None:
    text = GOOD.replace("办公自动化系统", "医院信息系统（二期）")
    (found,) = problems(text)
    assert 'catalogue.toml:16 [system[2].name]: "医院信息系统" is claimed by "his"' in found


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
