"""docs/channels: both languages tell the same, and what they name is there: commands, keys, variables, files."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS, main
from bot.settings import read_settings
from bot.tables.wechat import WeChat
from sla.errors import ContractError
from tests.house import ROOT

PAGES = sorted((ROOT / "docs" / "channels").glob("*.md"))
ENGLISH = [page for page in PAGES if not page.name.endswith(".zh-CN.md")]
CODE = "".join(path.read_text("utf-8") for room in ("bot", "storage") for path in sorted((ROOT / room).rglob("*.py")))
TOML = re.compile(r"^ *```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
KEY_ROW = re.compile(r"^\| ((?:`[a-z_]+`(?:, |、)?)+) \|", re.MULTILINE)
"""The first column of a table of settings."""
INLINE = re.compile(r"`([a-z_]+) = [^`]+`")
ELSEWHERE = ("group", "addresses", "url")
"""Keys of people.toml, rota.toml and of [web]."""
TYPED = {"auth": '"oauth2"', "enabled": "true"}
KINDS = (r"^#+ ", r"^\| ", r"^\d+\. ", r"^- ", r"^ *```")


def tables(page: Path) -> list[str]:
    """The tables of settings that a page shows, without their indentation."""
    return [re.sub(r"^ {3}", "", body, flags=re.MULTILINE) for body in TOML.findall(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_both_languages_have_the_same_parts(page: Path) -> None:
    english, chinese = (path.read_text("utf-8") for path in (page, page.with_suffix(".zh-CN.md")))
    counts = [[len(re.findall(kind, text, re.MULTILINE)) for kind in KINDS] for text in (english, chinese)]
    assert counts[0] == counts[1]
    assert tables(page) == tables(page.with_suffix(".zh-CN.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    assert set(re.findall(r"wardline ([a-z]+)", text)) <= set(COMMANDS)
    named = {name.removesuffix("_FILE") for name in re.findall(r"WARDLINE_[A-Z_]+", text)}
    named = {re.sub("_MAIL_NAME_", "_MAIL_", name) for name in named}  # NAME stands for that of a mailbox
    assert [name for name in sorted(named) if name not in CODE] == []
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_settings_of_a_page_are_read(page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a folder as `wardline init` makes it, as `wardline check` reads it; and each value is where it belongs."""
    folder, whole = tmp_path / "config", "".join(tables(page))
    assert main(["init", str(folder)]) == 0
    with (folder / "wardline.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{whole}")
    capsys.readouterr()
    assert (main(["check", str(folder)]), capsys.readouterr().err) == (0, "")
    settings = read_settings(folder, folder, {"WARDLINE_KEYS": "k"})
    shown = tomllib.loads(whole)
    assert list(shown) == [page.name.partition(".")[0]]
    for name, table in shown.items():
        found = getattr(settings, name)
        rows = list(zip(table.pop("box", []), getattr(found, "boxes", ()), strict=True))
        for wanted, made in [(table, found), *rows]:
            assert {key: _value(made, key) for key in wanted} == wanted


def _value(made: object, key: str) -> object:
    """What was read under a key; of a server its host, of a template its field."""
    kind, _, of_template = key.partition("template_")
    value = made.fields[of_template] if isinstance(made, WeChat) and of_template and not kind else getattr(made, key)
    return getattr(value, "host", value)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_key_of_a_channel_is_named_in_its_page(page: Path, tmp_path: Path) -> None:
    """What is not known is answered with what is."""
    name = page.name.partition(".")[0]
    tables = [f"[{name}]\nno_key = 1\n", *(["[[mail.box]]\nno_key = 1\n"] if name == "mail" else [])]
    (tmp_path / "wardline.toml").write_text("".join(tables), "utf-8")
    with pytest.raises(ContractError) as error:
        read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k"})
    known = [each.instead.removeprefix("one of: ") for each in error.value.problems if each.key.endswith("no_key")]
    assert len(known) == len(tables)
    text = page.read_text("utf-8")
    names = {key for keys in known for key in keys.split(", ")} - {"box"}
    assert [key for key in sorted(names) if not re.search(rf"`{key}\b|^ *{key} =", text, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_keys_that_a_page_names_are_keys(page: Path, tmp_path: Path) -> None:
    """Those that stand in a table of settings, and those with a value within the words."""
    text = page.read_text("utf-8")
    named = [name for row in KEY_ROW.findall(text) for name in re.findall(r"`([a-z_]+)`", row)]
    named += [name for name in INLINE.findall(re.sub(TOML, "", text)) if name not in ELSEWHERE]
    name = page.name.partition(".")[0]
    head = tables(page)[0].rstrip().splitlines()[:-1] if name == "mail" else [f"[{name}]"]
    given = [line for line in head if line.partition(" ")[0] not in named]
    whole = "\n".join([*given, *(f"{key} = {TYPED.get(key, chr(34) + 'x' + chr(34))}" for key in dict.fromkeys(named))])
    (tmp_path / "wardline.toml").write_text(whole, "utf-8")
    try:
        read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k"})
    except ContractError as error:
        unknown = [problem for problem in error.problems if problem.reason == "is not known here"]
        assert [str(problem) for problem in unknown] == []
