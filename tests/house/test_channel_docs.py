"""docs/channels: both languages tell the same, and what they name is there: commands, keys, variables, files."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS
from bot.settings import read_settings
from tests.house import ROOT

PAGES = sorted((ROOT / "docs" / "channels").glob("*.md"))
ENGLISH = [page for page in PAGES if not page.name.endswith(".zh-CN.md")]
CODE = "".join(path.read_text("utf-8") for room in ("bot", "storage") for path in sorted((ROOT / room).rglob("*.py")))
TOML = re.compile(r"^ *```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
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


@pytest.mark.parametrize("page", [p for p in ENGLISH if p.stem in ("wecom", "wechat")], ids=lambda page: page.stem)
def test_the_settings_of_a_page_are_read(page: Path, tmp_path: Path) -> None:
    shown = tables(page)
    whole = "".join(shown)
    (tmp_path / "wardline.toml").write_text(whole, "utf-8")
    settings = read_settings(tmp_path, tmp_path, {"WARDLINE_KEYS": "k"})
    wanted = tomllib.loads(whole)[page.stem]
    found = getattr(settings, page.stem)
    assert wanted["callback"] == found.callback
    assert wanted.get("corp_id", wanted.get("app_id")) in (getattr(found, "corp_id", ""), getattr(found, "app_id", ""))
