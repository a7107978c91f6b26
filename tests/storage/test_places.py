"""What only the whole configuration shows to be wrong is told with the line on which it stands."""

from collections.abc import Mapping

import pytest

from sla.errors import ContractError
from storage.files import packaged_files, rules_from_files
from storage.places import Places

CASES = [
    ("catalogue.toml", 'contract = "cqmu2-his"', 'contract = "cqmu2-hiss"', "system his"),
    ("catalogue.toml", 'contract = "smart-hospital"', 'contract = "jiahe-icu"', "does not name this system"),
    ("catalogue.toml", "elsewhere = [", 'default_contract = "x"\nelsewhere = [', 'no contract has the id "x"'),
    ("wardline.toml", '# default_contract = "third-party-unified"', 'default_contract = "x"', "site.default_contract"),
    ("people.toml", 'department = "emergency"', 'department = "emergncy"', "nurse.department"),
    ("people.toml", 'side = "provider"\n', 'side = "provider"\ncontracts = ["x"]\n', 'no contract has the id "x"'),
    ("people.toml", 'addresses = ["webchat:engineer1"]', "addresses = []", "engineer1.addresses"),
    ("people.toml", 'addresses = ["webchat:engineer1"]', "", "engineer1.addresses"),
    ("rota.toml", 'engineers = ["engineer1", "engineer2"]', 'engineers = ["enginer1"]', "service.turns.engineers"),
    ("rota.toml", 'lead = "lead"', 'lead = "nurse"', "has not the role lead"),
    ("rota.toml", 'second = "engineer2"', 'second = "enginer2"', "service.exception"),
    ("rota.toml", 'name = "示例服务商值班组"', 'name = "a"\ncontracts = ["jiahe"]', "service.contracts"),
    ("contracts/jiahe-icu.toml", 'id = "jiahe-icu"', 'id = "cqmu2-his"', "is the id of another contract"),
    ("wardline.toml", "[web]", '[[mail.box]]\n[[mail.box]]\npassword = "x"\n\n[web]', "holds a secret"),
]


def wrong(files: Mapping[str, str], told: str) -> tuple[str, int | None]:
    with pytest.raises(ContractError) as error:
        rules_from_files(files)
    found = [problem for problem in error.value.problems if told in str(problem)]
    assert found, [str(problem) for problem in error.value.problems]
    return found[0].file, found[0].line


@pytest.mark.parametrize(("name", "old", "new", "told"), CASES)
def test_a_reference_to_nobody_is_told_with_its_line(name: str, old: str, new: str, told: str) -> None:
    files = packaged_files()
    before, found, after = files[name].partition(old)
    assert found
    first = before.count("\n") + 1
    file, line = wrong({**files, name: before + new + after}, told)
    assert file == name
    assert line is not None
    if new:
        shown = (before + new + after).splitlines()[line - 1]
        assert first <= line <= first + new.count("\n") or shown.startswith("[["), (line, shown)
    else:
        assert files[name].splitlines()[line - 1] == "[[person]]", "where it is not written, its table"


def test_what_is_not_there_has_the_line_of_its_table_or_none() -> None:
    places = Places({"a.toml": '[[team]]\nid = "a"\n[[team]]\nid = "b"\n[team.turns]\ndays = 7\n'})
    assert places.line("a.toml", ("team", "b"), "turns", "days") == 6
    assert places.line("a.toml", ("team", "b"), "turns", "engineers") == 5
    assert places.line("a.toml", ("team", "a"), "turns", "days") == 1
    assert places.line("a.toml", ("team", "c"), "turns") is None
    assert places.line("b.toml", "site") is None
    assert places.has("a.toml", ("team", "a"), "id")
    assert not places.has("a.toml", ("team", "a"), "turns")
