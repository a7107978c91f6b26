"""`wardline read | when | redact --jsonl`: what a message means, line by line, for trying out words and for measuring.

A line that cannot be read gets {"error": ...} in its place; every line of the input has one line of output.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from bot.jsonl import BadLineError, instant_of, parsed, printable, text_of
from handlers.intake.meaning import Lexicon, compile_lexicon, understand
from handlers.intake.redact import redact
from handlers.intake.when import when
from sla.catalogue import Catalogue, read_catalogue
from storage.texts import read_text

Answer = Mapping[str, object]
Request = dict[str, object]
_CATALOGUE = "catalogue.toml"


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
    for line in answers(sys.stdin.buffer, answer):
        sys.stdout.buffer.write(line)
    sys.stdout.flush()
    return 0


def answers(lines: Iterable[bytes], answer: Callable[[Request], Answer]) -> Iterator[bytes]:
    """One JSON line for each line, in their order. Blank lines are bad lines."""
    for line in lines:
        try:
            result = answer(parsed(line))
        except BadLineError as error:
            result = {"error": str(error)}
        yield printable(result)


def _answerer(name: str, config: Path | None) -> Callable[[Request], Answer]:
    if name == "redact":
        return lambda request: {"text": redact(text_of(request))}
    if name == "when":
        return _when
    lexicon = compile_lexicon(catalogue_of(config))
    return lambda request: _read(request, lexicon)


def catalogue_of(config: Path | None) -> Catalogue:
    """The catalogue of a folder, or the sample's. Raises ContractError with its problems, OSError where it is not
    there."""
    if config is not None:
        path = config / _CATALOGUE
        return read_catalogue(read_text(path, str(path)), str(path))
    sample = files("sla").joinpath("samples", _CATALOGUE).read_text(encoding="utf-8")
    return read_catalogue(sample, _CATALOGUE)


def _read(request: Request, lexicon: Lexicon) -> Answer:
    meaning = understand(text_of(request), instant_of(request, "now"), lexicon)
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


def _when(request: Request) -> Answer:
    found = when(text_of(request), instant_of(request, "now"))
    if found is None:
        return {"when": None, "span": None, "precision": None, "kind": None}
    return {
        "when": found.instant.isoformat(),
        "span": found.span,
        "precision": found.precision,
        "kind": found.kind,
    }
