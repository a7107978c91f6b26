"""What docs/contracts.md shows is what happens: its walk-through is lived again, its reference is the grammar's.

    python -m tests.house.docs      prints the commands' answers and the tables of keys anew, into both languages' pages

A ```toml block is pasted into the sixth contract, a ```console block is run over what has been pasted so far; a
`mistake` comment before it changes the file for that block alone. Blocks marked 2027 are lines of the successor.
"""

import io
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from bot.__main__ import main
from sla.clock_reader import FALLS_AWAY, STOPS
from storage.schemas import page_of
from tests.house import ROOT

PAGES = {"zh": ROOT / "docs" / "contracts.zh-CN.md", "en": ROOT / "docs" / "contracts.md"}
SIXTH, SUCCESSOR = "shili-county-2026.toml", "shili-county-2027.toml"
EXAMPLES = ROOT / "docs" / "examples"
BLOCK = re.compile(
    r"(?:<!-- mistake: (?P<old>.+?) => (?P<new>.+?) -->\n)?^```(?P<kind>toml|console)(?: (?P<about>\d+))?\n"
    r"(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page. `about`: "2027" for the successor. `mistake`: what is written instead of what."""

    kind: str
    about: str
    body: str
    mistake: tuple[str, str] | None


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page that are contracts or commands, in their order."""
    yield from map(_block, BLOCK.finditer(text))


def _block(match: re.Match[str]) -> Block:
    mistake = (match["old"], match["new"]) if match["old"] else None
    return Block(match["kind"], match["about"] or "", match["body"], mistake)


def rewritten(text: str, language: str) -> str:
    """The page, its commands answered anew and its tables written anew."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        text = BLOCK.sub(_Walk().step, text)
    text = _between(text, "stops", _stops(language))
    return _between(text, "keys", page_of("contract", language))


class _Walk:
    """The walk-through, lived in the current folder."""

    def __init__(self) -> None:
        self.pasted: list[str] = []
        self.file = Path("my/contracts") / SIXTH

    def step(self, match: re.Match[str]) -> str:
        block = _block(match)
        if block.kind == "toml":
            self.paste(block)
            return match[0]
        start = match.start("body") - match.start()
        return match[0][:start] + self.answers(block) + "```"

    def paste(self, block: Block) -> None:
        if block.about:
            shutil.copy(EXAMPLES / SUCCESSOR, self.file.with_name(SUCCESSOR))
        else:
            self.pasted.append(block.body)
            self.file.write_text("\n".join(self.pasted), encoding="utf-8")

    def answers(self, block: Block) -> str:
        good = "\n".join(self.pasted)
        if block.mistake:
            assert block.mistake[0] in good
            self.file.write_text(good.replace(*block.mistake, 1), encoding="utf-8")
        commands = [line for line in block.body.splitlines() if line.startswith("$ ")]
        told = "\n".join(f"{command}\n{_run(command)}" for command in commands)
        if block.mistake:
            self.file.write_text(good, encoding="utf-8")
        return told


def _run(command: str) -> str:
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "wardline"
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        main(arguments)
    return out.getvalue()


def _stops(language: str) -> str:
    heads = ("名称", "由什么停止", "由什么取消") if language == "zh" else ("name", "stopped by", "falls away with")
    lines = [f"| {' | '.join(heads)} |", "| --- | --- | --- |"]
    for name, events in STOPS.items():
        cells = ("、".join(f"`{event}`" for event in each) for each in (events, FALLS_AWAY.get(name, ())))
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _between(text: str, name: str, new: str) -> str:
    begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
    if begin.rstrip() + end in text:
        text = text.replace(begin.rstrip() + end, begin + end)
    before, after = text.index(begin) + len(begin), text.index(end)
    return text[:before] + new + text[after:]


if __name__ == "__main__":
    for language, page in PAGES.items():
        page.write_text(rewritten(page.read_text(encoding="utf-8"), language), encoding="utf-8")
    sys.exit(os.EX_OK)
