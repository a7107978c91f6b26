"""Mails as the mail systems of hospitals, and what writes to them, produce them; labelled before they were read. The
floors keep a change from making it worse."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.channels.mail.reading import read_mail

FLOORS = {"kind": 1.0, "sender": 1.0, "subject": 0.99, "text": 0.99, "quoted": 0.99, "files": 0.99}


@cache
def _mails() -> tuple[dict[str, Any], ...]:
    """Each with its labels, as far as the rules settle them. `raw` where the mail is UTF-8, else `bytes`, a sign for
    each byte."""
    lines = (Path(__file__).parent / "hospital_mails.jsonl").read_text("utf-8").strip().split("\n")
    return tuple(json.loads(line) for line in lines)


def _raw(mail: dict[str, Any]) -> bytes:
    return str(mail["raw"]).encode() if "raw" in mail else str(mail["bytes"]).encode("latin-1")


@cache
def _read() -> tuple[dict[str, Any], ...]:
    return tuple(_told(_raw(mail)) for mail in _mails())


def _told(raw: bytes) -> dict[str, Any]:
    mail = read_mail(raw)
    return {
        "kind": mail.kind,
        "sender": mail.sender,
        "subject": mail.subject,
        "text": " ".join(mail.text.split()),
        "quoted": mail.quoted,
        "files": sorted([each.name, each.type] for each in mail.attachments),
    }


@pytest.mark.parametrize("label", FLOORS)
def test_mails_are_read_as_they_are_labelled(label: str) -> None:
    labelled = [(mail, told) for mail, told in zip(_mails(), _read(), strict=True) if label in mail]
    wrong = [(mail["name"], mail[label], told[label]) for mail, told in labelled if mail[label] != told[label]]
    assert 1 - len(wrong) / len(labelled) >= FLOORS[label], wrong


def test_the_set_is_as_large_as_it_was() -> None:
    names = {mail["name"] for mail in _mails()}
    assert len(names) == len(_mails()) >= 700
