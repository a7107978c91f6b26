"""What docs/words.md shows is what happens: its commands are run in a folder of their own, its files written there.

    python -m tests.house.words      prints the commands' answers anew, into both languages' pages

`wardline init my` was run before. A ```jsonl block is a file of the name behind the word, a ```toml block stands in the
catalogue from the `edit` in the comment before it on, a ```console block is run. A `mistake` in the comment before one
changes the catalogue for it alone.
"""

import io
import os
import re
import shlex
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from bot.__main__ import main
from bot.settings import read_settings
from storage.files import load_folder
from storage.writer import open_store
from tests.house import ROOT
from tests.support.house import NIGHT, House

PAGES = {"zh": ROOT / "docs" / "words.zh-CN.md", "en": ROOT / "docs" / "words.md"}
BLOCK = re.compile(
    r"(?:<!-- (?P<sort>mistake|edit): (?P<old>.+?) => (?P<new>.+?) -->\n)?"
    r"^```(?P<kind>toml|console|jsonl)(?: (?P<name>\S+))?\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
CATALOGUE, DATA = Path("my/catalogue.toml"), Path("wardline-data")
TOOK = re.compile(r"\d+(?= (?:µs|微秒))")
STORY = (
    ("nurse", "放射的片子调不出来，HIS里点了没反应", "不是HIS，是PACS"),
    ("icu-nurse", "HIS打不开了，片子看不了", "不对，是PACS"),
    ("head-hr", "HIS登不上去", "不对，是全院"),
    ("nurse", "OA打不开了，就我这台"),
)


def rewritten(text: str) -> str:
    """The page, its commands answered anew."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        _run("$ wardline init my")
        return BLOCK.sub(_step, text)


def _step(match: re.Match[str]) -> str:
    body = match["body"]
    if match["kind"] == "jsonl":
        Path(match["name"]).write_text(body, encoding="utf-8")
        return match[0]
    good = CATALOGUE.read_text(encoding="utf-8") if match["sort"] else ""
    if match["sort"]:
        assert good.count(match["old"]) == 1, match["old"]
        CATALOGUE.write_text(good.replace(match["old"], match["new"]), encoding="utf-8")
    if match["kind"] == "toml":
        assert body in CATALOGUE.read_text(encoding="utf-8"), body
        return match[0]
    start = match.start("body") - match.start()
    told = "\n".join(f"{line}\n{_run(line)}" for line in body.splitlines() if line.startswith("$ "))
    if match["sort"] == "mistake":
        CATALOGUE.write_text(good, encoding="utf-8")
    return match[0][:start] + TOOK.sub("200", told) + "```"


def _run(command: str) -> str:
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "wardline"
    if arguments[:2] == ["intake", "corrections"] and not DATA.exists():
        _live()
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main(arguments)
    return out.getvalue() + (f"(exit code {code})\n" if code else "")


def _live() -> None:
    """A few reports and what people put right of them."""
    DATA.mkdir()
    settings = read_settings(CATALOGUE.parent, DATA, os.environ)
    store = open_store(settings.database, settings.keys)
    try:
        house = House(store.writer, load_folder(CATALOGUE.parent)[0], NIGHT)
        for who, *texts in STORY:
            for text in texts:
                house.says(who, text)
                house.forward(minutes=3)
    finally:
        store.close()


if __name__ == "__main__":
    for page in PAGES.values():
        page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
    sys.exit(os.EX_OK)
