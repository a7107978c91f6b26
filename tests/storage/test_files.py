"""The configuration folder: read whole, every problem at once, the last good version kept; and the two commands."""

import os
import stat
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.__main__ import main
from sla.errors import ContractError
from sla.fold import fold
from sla.ticket import Event, EventKind
from storage.files import (
    Folder,
    load_folder,
    packaged_files,
    packaged_rules,
    rules_from_files,
    version_of,
    with_older,
)

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the sample configuration."""
    for name, text in packaged_files().items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "config"


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContractError) as caught:
        load_folder(folder)
    return [str(problem) for problem in caught.value.problems]


def test_the_sample_is_good_and_the_same_in_a_folder_and_in_the_package(folder: Path) -> None:
    rules, files = load_folder(folder)
    assert rules == packaged_rules()
    assert rules.version == version_of(files) == version_of(packaged_files())
    assert set(rules.contracts) == {
        "smart-hospital",
        "distance-education",
        "jiahe-icu",
        "third-party-unified",
        "cqmu2-his",
    }
    assert rules.calendar.known(2026)
    assert not rules.calendar.known(2027)
    assert rules.rota.teams[0].hospital_managers == ("manager",)


def test_the_sample_has_a_seat_for_each_role() -> None:
    people = packaged_rules().people.by_id.values()
    assert {role.value for person in people for role in person.roles} == {
        "clinician", "engineer", "lead", "provider_manager", "hospital_manager", "department_head", "administrator",
    }  # fmt: skip  # one glance
    assert all(f"webchat:{person.id}" in {f"{a.channel}:{a.address}" for a in person.addresses} for person in people)
    assert all(person.name.startswith("示例") for person in people)


def test_a_version_can_be_rebuilt_from_its_files(folder: Path) -> None:
    old_rules, old_files = load_folder(folder)
    change(folder, "contracts/smart-hospital.toml", 'provider = "', 'provider = "新')
    rules = with_older(load_folder(folder)[0], [old_files])
    old = old_rules.contracts["smart-hospital"]
    data = {
        "kind": "fault",
        "priority": "low",
        "contract": "smart-hospital",
        "contract_version": old.version,
        "text": "",
    }
    ticket = fold(1, [Event(EventKind.REPORTED, datetime(2026, 10, 1, tzinfo=ZONE), "nurse", data)])
    assert rules.contract_of(ticket) == old
    assert rules.contracts["smart-hospital"] != old
    assert rules_from_files(old_files) == old_rules
    assert with_older(rules, [packaged_files()]).versions == rules.versions


def test_the_problems_of_all_files_are_told_at_once(folder: Path) -> None:
    change(folder, "wardline.toml", 'timezone = "Asia/Shanghai"', 'timezone = "Asia/Chongking"')
    change(folder, "people.toml", 'roles = ["clinician"]', 'roles = ["clinican"]')
    change(folder, "rota.toml", "days = 7", 'days = "7"')
    change(folder, "contracts/jiahe-icu.toml", "[[clock]]", "[[clok]]")
    change(folder, "holidays/2026.toml", "year = 2026", "year = 26")
    (folder / "people.tml.toml").write_text("", encoding="utf-8")
    files = {problem.split(":")[0].split(" ")[0] for problem in problems(folder)}
    assert files >= {
        "wardline.toml",
        "people.toml",
        "rota.toml",
        "contracts/jiahe-icu.toml",
        "holidays/2026.toml",
        "people.tml.toml",
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (
            "catalogue.toml",
            'contract = "smart-hospital"',
            'contract = "smart-hospitl"',
            'did you mean "smart-hospital"?',
        ),
        ("catalogue.toml", 'contract = "smart-hospital"', 'contract = "jiahe-icu"', "does not name this system"),
        (
            "wardline.toml",
            '# default_contract = "third-party-unified"',
            'default_contract = "nobody"',
            "site.default_contract",
        ),
        (
            "rota.toml",
            'engineers = ["engineer1", "engineer2"]',
            'engineers = ["enginer1"]',
            'did you mean "engineer1"?',
        ),
        ("rota.toml", 'engineers = ["engineer1", "engineer2"]', 'engineers = ["nurse"]', "has not the role engineer"),
        ("rota.toml", 'lead = "lead"', 'lead = "nobody"', "no person has the id"),
        (
            "rota.toml",
            'name = "示例服务商值班组"',
            'name = "a"\ncontracts = ["jiahe-icu"]',
            "no team serves the contract",
        ),
        ("rota.toml", 'name = "示例服务商值班组"', 'name = "a"\ncontracts = ["jiahe"]', 'did you mean "jiahe-icu"?'),
        ("people.toml", 'addresses = ["webchat:engineer1"]', "", "has no address"),
        ("people.toml", 'department = "emergency"', 'department = "emergncy"', 'did you mean "emergency"?'),
        ("people.toml", 'roles = ["administrator"]', 'roles = ["clinician"]', "nobody is administrator"),
        ("people.toml", 'staff_number = "20001"', 'staff_number = "20002"', "belongs to"),
        ("people.toml", 'addresses = ["webchat:engineer2"]', 'addresses = ["webchat:engineer1"]', "belongs to"),
        ("wardline.toml", "[web]", "[wep]", 'did you mean "web"?'),
        ("contracts/jiahe-icu.toml", 'id = "jiahe-icu"', 'id = "cqmu2-his"', "id of another contract"),
    ],
)
def test_names_that_nothing_answers_to_are_told_with_the_nearest(
    folder: Path, name: str, old: str, new: str, says: str
) -> None:
    change(folder, name, old, new)
    assert any(says in problem for problem in problems(folder)), problems(folder)


@pytest.mark.parametrize(
    ("name", "text", "variable"),
    [
        ("wardline.toml", '[telegram]\ntoken = "abc"', "WARDLINE_TELEGRAM_TOKEN"),
        ("wardline.toml", '[storage]\nurl = "postgresql://wardline:hunter2@db/wardline"', "WARDLINE_DATABASE_URL"),
        ("wardline.toml", '[mail]\npassword = "hunter2"', "WARDLINE_MAIL_PASSWORD"),
        ("people.toml", 'x = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"', "WARDLINE_X"),
    ],
)
def test_a_secret_in_a_file_is_refused_and_the_variable_named(
    folder: Path, name: str, text: str, variable: str
) -> None:
    path = folder / name
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\n" + text if name == "wardline.toml" else text + "\n" + before, encoding="utf-8")
    found = [problem for problem in problems(folder) if "holds a secret" in problem]
    assert len(found) == 1
    assert variable in found[0]
    assert "hunter2" not in "".join(problems(folder))
    assert "AAHdq" not in found[0]


def test_a_path_of_a_secret_is_none(folder: Path) -> None:
    change(folder, "wardline.toml", "[web]", '[storage]\nkey_file = "keys"\n\n[web]')
    assert load_folder(folder)[0].site.name == "示例医院"


def test_where_tokens_are_fetched_is_none(folder: Path) -> None:
    change(folder, "wardline.toml", "[web]", '[[mail.box]]\ntoken_endpoint = "https://login.example/token"\n\n[web]')
    assert load_folder(folder)[0].site.name == "示例医院"


@pytest.mark.parametrize("name", ["wardline.toml", "people.toml", "rota.toml", "catalogue.toml"])
def test_a_missing_file_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}: is missing" in problems(folder)[0]


def test_no_folder_no_contract_and_no_text_are_told(folder: Path) -> None:
    assert "is no folder" in problems(folder / "nowhere")[0]
    (folder / "people.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read as UTF-8" in problems(folder)[0]
    (folder / "people.toml").write_text(packaged_files()["people.toml"], encoding="utf-8")
    for contract in (folder / "contracts").iterdir():
        contract.unlink()
    assert "at least one contract" in problems(folder)[0]


def test_a_folder_changed_while_it_runs_is_read_again(folder: Path) -> None:
    watched = Folder(folder)
    before = watched.rules
    assert not watched.changed()
    change(folder, "wardline.toml", 'name = "示例医院"', 'name = "第二医院"')
    assert watched.changed()
    assert watched.reload() == ()
    assert (watched.rules.site.name, watched.rules.version != before.version) == ("第二医院", True)
    assert not watched.changed()


def test_a_broken_folder_is_refused_and_the_last_good_one_stays(folder: Path) -> None:
    watched = Folder(folder)
    before = watched.rules
    change(folder, "rota.toml", "engineers = [", "enginers = [")
    assert watched.changed()
    assert any("engineers" in str(problem) for problem in watched.reload())
    assert watched.rules is before
    assert not watched.changed(), "told once, not at every look"
    change(folder, "rota.toml", "enginers = [", "engineers = [")
    assert watched.changed()
    assert watched.reload() == ()


def test_touched_but_the_same_it_stays_the_very_same_value(folder: Path) -> None:
    watched = Folder(folder)
    before = watched.rules
    os.utime(folder / "people.toml", (1, 1))
    assert watched.changed()
    assert watched.reload() == ()
    assert watched.rules is before


def test_a_new_year_is_a_change(folder: Path) -> None:
    watched = Folder(folder)
    text = (folder / "holidays/2026.toml").read_text(encoding="utf-8")
    (folder / "holidays/2026.toml").unlink()
    assert watched.changed()
    assert watched.reload() == ()
    assert not watched.rules.calendar.known(2026)
    (folder / "holidays/2026.toml").write_text(text, encoding="utf-8")
    assert watched.reload() == ()
    assert not watched.rules.calendar.is_working_day(date(2026, 10, 5))


def test_a_folder_that_went_away_is_a_problem_and_not_the_end(folder: Path, tmp_path: Path) -> None:
    watched = Folder(folder)
    folder.rename(tmp_path / "elsewhere")
    assert watched.changed()
    assert "is no folder" in str(watched.reload()[0])
    assert watched.rules.site.name == "示例医院"


def test_init_writes_a_folder_that_check_accepts_with_a_key_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "new"
    assert main(["init", str(target)]) == 0
    assert f"check {target}" in capsys.readouterr().out
    assert stat.S_IMODE((target / "keys").stat().st_mode) == 0o600
    key = (target / "keys").read_text(encoding="ascii").strip()
    assert len(key) > 40
    assert all(key not in text for text in load_folder(target)[1].values())
    assert main(["check", str(target)]) == 0
    assert "没有问题" in capsys.readouterr().out
    assert main(["check", str(target), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "no problems" in told
    assert "note: departments without a head: 53" in told


def test_init_leaves_a_folder_that_holds_something_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_check_prints_every_problem_with_file_line_and_what_to_write(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "people.toml", 'side = "hospital"', 'side = "hospitl"')
    change(folder, "rota.toml", 'handover = "08:00"', 'handover = "8"')
    assert main(["check", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "people.toml:16 [person[1].side]" in told
    assert "是不是“hospital”？" in told
    assert "rota.toml:10" in told


def test_check_looks_at_the_tables_of_the_process_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, "wardline.toml", "port = 8080", 'port = "http"')
    change(folder, "wardline.toml", "max_text = 4000", "max_text = 4")
    assert main(["check", str(folder)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert ["web.port" in line or "site.max_text" in line for line in told] == [True, True]


def test_a_file_behind_a_link_that_leads_nowhere_is_told_and_not_passed_over(folder: Path) -> None:
    """A volume that is not mounted: without its holidays every working day would be another one."""
    (one, *_) = sorted((folder / "holidays").glob("*.toml"))
    one.rename(folder.parent / one.name)
    one.symlink_to(folder.parent / one.name)
    assert load_folder(folder)
    (folder.parent / one.name).unlink()
    with pytest.raises(ContractError, match=f"holidays/{one.name}: cannot be read"):
        load_folder(folder)


def test_check_tells_a_broken_toml_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, "wardline.toml", "[web]", "[web")
    assert main(["check", str(folder)]) == 1
    assert len([line for line in capsys.readouterr().err.splitlines() if "不符合 TOML 格式" in line]) == 1
