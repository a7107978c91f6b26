"""people.toml and [site]: read, and every mistake told."""

from datetime import timedelta

import pytest

from sla.errors import ContractError
from sla.labels import Role, Side
from sla.message import Address
from sla.people import read_people
from sla.rules import Site, read_site
from sla.toml import Reader

GOOD = """
[[person]]
id = "lin"
name = "林"
side = "hospital"
roles = ["clinician", "department_head"]
department = "icu"
staff_number = "1"
addresses = ["telegram:42", "mail:lin@example.org"]

[[person]]
id = "wang"
name = "Wang"
side = "provider"
roles = ["engineer"]
language = "en"
staff_number = "2"
addresses = ["webchat:wang"]
contracts = ["cqmu2-his"]
"""


def test_people_are_found_by_id_address_staff_number_and_role() -> None:
    people = read_people(GOOD, "people.toml")
    lin, wang = people.by_id["lin"], people.by_id["wang"]
    assert (lin.side, lin.language, lin.roles) == (
        Side.HOSPITAL,
        "zh",
        frozenset({Role.CLINICIAN, Role.DEPARTMENT_HEAD}),
    )
    assert lin.addresses == (Address("telegram", "42"), Address("mail", "lin@example.org"))
    assert people.by_address[Address("mail", "lin@example.org")] is lin
    assert people.by_staff_number["2"] is wang
    assert people.having(Role.ENGINEER, "cqmu2-his") == (wang,)
    assert people.having(Role.ENGINEER, "jiahe-icu") == ()
    assert people.having(Role.ENGINEER) == (wang,)


def test_a_mail_address_is_known_however_it_is_written_and_a_user_id_as_it_is() -> None:
    """A mail's sender is read in lower case; elsewhere capitals may tell two people apart."""
    people = read_people(GOOD.replace("telegram:42", "wechat:oLin").replace("lin@example.org", "Lin@Example.Org"), "x")
    assert people.by_id["lin"].addresses == (Address("wechat", "oLin"), Address("mail", "lin@example.org"))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('id = "lin"', 'id = "Lin Li"', 3, "is no id"),
        ('id = "wang"', 'id = "lin"', 12, "belongs to 林"),
        ('staff_number = "2"', 'staff_number = "1"', 17, "belongs to 林"),
        ('"webchat:wang"', '"telegram:42"', 18, "belongs to 林"),
        ('"webchat:wang"', '"telegarm:42"', 18, 'did you mean "telegram"'),
        ('"webchat:wang"', '"wang"', 18, "channel and address"),
        ('roles = ["engineer"]', 'roles = ["hospital_manager"]', 15, "role of the hospital"),
        ('roles = ["engineer"]', 'roles = ["enginer"]', 15, 'did you mean "engineer"'),
        ('department = "icu"', "", 2, "department head needs one"),
        ('language = "en"', 'language = "fr"', 16, "fr"),
        ("contracts =", "contract =", 19, 'did you mean "contracts"'),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ContractError) as caught:
        read_people(GOOD.replace(old, new), "people.toml")
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("people.toml", line)]
    assert says in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    text = GOOD.replace('"webchat:wang"', '"wang"').replace('"telegram:42"', '"42"').replace('side = "provider"', "")
    with pytest.raises(ContractError) as caught:
        read_people(text, "people.toml")
    assert len(caught.value.problems) >= 3


def site(text: str) -> Site:
    reader = Reader(text, "wardline.toml")
    found = read_site(reader.table("site"))
    reader.finish()
    return found


def test_a_site_needs_its_name_alone() -> None:
    assert site('[site]\nname = "H"') == Site(
        "H", "", "Asia/Shanghai", None, timedelta(minutes=2), timedelta(seconds=90), 4000, 20 * 1024 * 1024
    )


def test_nothing_is_joined_by_itself_where_the_window_is_nought() -> None:
    assert site('[site]\nname = "H"\nincident_window = "0 min"').incident_window == timedelta()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[site]", "name"),
        ('[site]\nname = "H"\ntimezone = "Asia/Chongking"', "no time zone"),
        ('[site]\nname = "H"\nquestion_wait = 2', "2 h"),
        ('[site]\nname = "H"\nmax_text = 5', "100"),
        ('[site]\nname = "H"\nmax_txt = 500', "max_text"),
    ],
)
def test_a_mistake_in_site_is_told(text: str, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        site(text)
