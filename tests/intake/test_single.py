"""Messages told for the sake of one label: how people urge, ask, thank, wish; held word class by word class."""

import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from handlers.intake.meaning import understand
from tests.intake.test_scores import lexicon

NOW = datetime.fromisoformat("2026-11-12T10:15:00+08:00")
FLOOR = 0.95
SAID: dict[tuple[str, str], list[str]] = defaultdict(list)
for line in Path(__file__).with_name("single.jsonl").read_text(encoding="utf-8").splitlines():
    row = json.loads(line)
    SAID[row["label"], row["value"]].append(row["text"])


@pytest.mark.parametrize(("label", "value"), SAID)
def test_a_label_is_known_however_it_is_told(label: str, value: str) -> None:
    texts = SAID[label, value]
    missed = {text: said for text in texts if (said := getattr(understand(text, NOW, lexicon()), label)) != value}
    assert len(missed) <= (1 - FLOOR) * len(texts), missed
