"""`wardline read | when | redact --jsonl`: what a message means, line by line, for trying out words and for measuring.

A line that cannot be read gets {"error": ...} in its place; every line of the input has one line of output.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from handlers.intake.meaning import Lexicon, compile_lexicon, understand
from handlers.intake.redact import redact
from handlers.intake.when import when
from sla.catalogue import read_catalogue

Answer = Mapping[str, object]
_CATALOGUE = "catalogue.toml"


class _BadLineError(ValueError):
    """A line that is not what it should be; the text says what is missing."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the three commands, as far as they are not there yet."""
    for name, about in (
        ("read", 'the labels of messages: {"text", "now"} a line'),
        ("when", 'the instant that a message names: {"text", "now"} a line'),
        ("redact", 'what pages and logs may show: {"text"} a line'),
    ):
        if name in subparsers.choices:
            continue
        parser = subparsers.add_parser(name, help=about, description=about)
        parser.add_argument("--jsonl", action="store_true", required=True, help="JSON lines from stdin to stdout")
        parser.add_argument(
            "--config", type=Path, metavar="DIR", help="folder with catalogue.toml; default: the sample"
        )
        parser.set_defaults(run=run, reader=name)


def run(args: argparse.Namespace) -> int:
    """Reads stdin to its end; 0, also where lines were bad. Raises ContractError or OSError."""
    answer = _answerer(args.reader, args.config)
    for line in answers(sys.stdin, answer):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
    return 0


def answers(lines: Iterator[str] | list[str], answer: Callable[[Mapping[str, object]], Answer]) -> Iterator[str]:
    """One JSON line for each line, in their order. Blank lines are bad lines."""
    for line in lines:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise _BadLineError("the line is no JSON object")
            result = answer(request)
        except json.JSONDecodeError as error:
            result = {"error": f"the line is not JSON: {error}"}
        except _BadLineError as error:
            result = {"error": str(error)}
        yield json.dumps(result, ensure_ascii=False)


def _answerer(name: str, config: Path | None) -> Callable[[Mapping[str, object]], Answer]:
    if name == "redact":
        return lambda request: {"text": redact(_text(request))}
    if name == "when":
        return _when
    lexicon = _lexicon(config)
    return lambda request: _read(request, lexicon)


def _lexicon(config: Path | None) -> Lexicon:
    if config is not None:
        path = config / _CATALOGUE
        return compile_lexicon(read_catalogue(path.read_text(encoding="utf-8"), str(path)))
    sample = files("sla").joinpath("samples", _CATALOGUE).read_text(encoding="utf-8")
    return compile_lexicon(read_catalogue(sample, _CATALOGUE))


def _text(request: Mapping[str, object]) -> str:
    text = request.get("text")
    if not isinstance(text, str):
        raise _BadLineError('"text" must be a text')
    return text


def _now(request: Mapping[str, object]) -> datetime:
    raw = request.get("now")
    try:
        now = datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        now = None
    if now is None or now.tzinfo is None:
        raise _BadLineError('"now" must be an ISO 8601 instant with an offset, like "2026-01-06T08:05:00+08:00"')
    return now


def _read(request: Mapping[str, object], lexicon: Lexicon) -> Answer:
    meaning = understand(_text(request), _now(request), lexicon)
    return {
        "intent": meaning.intent,
        "kind": meaning.kind,
        "system": meaning.system,
        "department": meaning.department,
        "scope": meaning.scope,
        "severity": meaning.severity,
        "priority": meaning.priority,
        "started_at": meaning.started_at and meaning.started_at.instant.isoformat(),
        "why": dict(meaning.why),
    }


def _when(request: Mapping[str, object]) -> Answer:
    found = when(_text(request), _now(request))
    if found is None:
        return {"when": None, "span": None, "precision": None, "kind": None}
    return {
        "when": found.instant.isoformat(),
        "span": found.span,
        "precision": found.precision,
        "kind": found.kind,
    }
