"""What people of a hospital write comes through a mail whole, whoever sends it: nothing in it is taken for history, or
for the words of a program."""

import json
from html import escape
from itertools import cycle
from pathlib import Path

from bot.channels.mail.reading import read_mail
from tests.channels.mail.letters import letter

SETS = Path(__file__).parents[2] / "intake"
LEAST = 5_000
TYPED = "Content-Type: text/{}; charset=utf-8"
SENDERS = ("wang@renhe.example", "postmaster@renhe.example", "系统管理员 <admin@renhe.example>")
FORMS = ("plain", "html")
FEW = 0.001
"""Of those whose words a program could have written."""


def _reports() -> list[str]:
    """The messages of the sets of intake, without those that answer below a quotation, or that a program wrote."""
    lines = (line for path in sorted(SETS.glob("*.jsonl")) for line in path.read_text("utf-8").strip().split("\n"))
    texts = dict.fromkeys(text for line in lines if isinstance(text := json.loads(line).get("text"), str))
    return [text for text in texts if "\n>" not in text and not text.startswith("自动回复")]


def _written(text: str, sender: str, form: str) -> bytes:
    first = " ".join(text.partition("\n")[0].split())
    body = "<br>".join(map(escape, text.split("\n"))) if form == "html" else text
    return letter(TYPED.format(form), body, start=f"From: {sender}\nSubject: {first}")


def test_a_report_comes_through_whole() -> None:
    reports = _reports()
    assert len(reports) >= LEAST
    wrong = []
    for text, sender, form in zip(reports, cycle(SENDERS), cycle(FORMS), strict=False):
        mail = read_mail(_written(text, sender, form))
        if (mail.kind, mail.text.split(), mail.quoted) != ("message", text.split(), False):
            wrong.append((mail.kind, text))
    assert len(wrong) <= FEW * len(reports), wrong
