"""The schema and the reader are one grammar: what one takes the other takes, as far as a schema can see."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from sla.errors import ContractError
from sla.grammar import Explorer, Path
from sla.toml import Reader
from storage.schemas import READS, notes_of, table_of
from tests.sla.grammars import Place, Value, at, changed, places, real, reasons, schema_takes, tables, toml

SORTS = sorted(READS)
ONLY_THE_READER = re.compile(
    r"there is no \[\[clause\]\]|no \[\[(clock|season)\]\] (is named|has this name)|there are two "
    r"|two duties have the id|is in two groups|does not cover|is not named in this file|two windows overlap"
    r"|has no length|is in the season|comes before valid_from|is less than the target|is no event and no other duty"
    r"|is an internal target|is no time zone|is no whole number of minutes|no system has the id|is claimed by"
    r"|is given twice|is not after start|is too short|stands in ordinary sentences"
)
"""What two tables show together, or what only the reader can count."""
WRONG: Mapping[type, tuple[Value, ...]] = {
    str: ("", "x", "1 h", 5, []),
    int: ("x", 1.5, -1, True),
    float: ("x", -1, True),
    bool: ("x", 1),
    date: ("x", 5),
    dict: (5, [], {"x": 1}),
    list: ("x", 5, [], ["x"], [5], [""], {}),
}
"""What to write instead of a value of that type."""


def files() -> Iterator[tuple[str, str, Value]]:
    """Sort, name and value of every file of the project that has a schema."""
    for sort in SORTS:
        for name, text in real(sort).items():
            yield sort, name, tomllib.loads(text)


def every_key() -> dict[tuple[str, Path], tuple[Value, Place]]:
    """Each key that stands in a file of the project: the file that holds it, and where."""
    found: dict[tuple[str, Path], tuple[Value, Place]] = {}
    for sort, _, value in files():
        small = value if sort == "contract" else _short(value)
        for place, path in places(small):
            found.setdefault((sort, path), (small, place))
    return found


def _short(value: Value) -> Value:
    """The file with two rows of each list: what it says of its keys it says with them, and sooner."""
    return {key: each[:2] if isinstance(each, list) else each for key, each in value.items()}


KEYS = every_key()


def test_the_files_of_the_project_pass() -> None:
    for sort, name, value in files():
        assert reasons(sort, value) == [], name
        assert schema_takes(sort, value), name


@pytest.mark.parametrize("sort", SORTS)
def test_the_schema_knows_the_keys_that_the_reader_asks_for(sort: str) -> None:
    """The reader names them itself when it meets one that it does not know."""
    told: dict[Path, set[str]] = {}
    for text in real(sort).values():
        value = tomllib.loads(text) if sort == "contract" else _short(tomllib.loads(text))
        for place, path in tables(value):
            told.setdefault(path, set()).update(_known(sort, value, place))
    known = {(): table_of(sort)} | {path: asked.table for path, asked in table_of(sort).walk() if asked.table}
    assert known.keys() == told.keys()
    for path, table in known.items():
        assert table.open_ended or told[path] == set(table.keys), path


def _known(sort: str, value: Value, place: Place) -> set[str]:
    strange = "zzzzqqqqzzzz"
    with pytest.raises(ContractError) as error:
        READS[sort](toml(changed(value, (*place, strange), 5)), "a.toml", Reader)
    said = [problem.instead for problem in error.value.problems if problem.key.endswith(strange)]
    return set(said[0].removeprefix("one of: ").split(", ")) if said and said[0].startswith("one of: ") else set()


def test_every_way_of_asking_is_learnt() -> None:
    """A getter that the explorer does not know would leave its key out of the schema."""
    asking = {name for name in vars(Reader) if not name.startswith("_")}
    assert asking - set(vars(Explorer)) == {"file", "problems", "line", "wrong", "note_unknown_keys"}


@pytest.mark.parametrize("sort", SORTS)
def test_every_key_and_word_is_explained_in_both_languages(sort: str) -> None:
    notes, keys = notes_of(sort), {".".join(path): asked for path, asked in table_of(sort).walk()}
    assert keys.keys() == notes.keys.keys()
    for key, asked in keys.items():
        note = notes.keys[key]
        assert asked.types, key
        assert note.zh.endswith("。"), key
        assert note.en.endswith("."), key
        assert set(map(str, asked.words)) - set(notes.words.get(note.words, {})) == set(), key
        assert len(asked.types) == 1 or note.format, key
    used = {note.words for note in notes.keys.values()}
    assert set(notes.words) <= used
    assert all(zh and en for words in notes.words.values() for zh, en in words.values())


@pytest.mark.parametrize("key", [f"{sort} {'.'.join(path)}" for sort, path in KEYS])
def test_what_the_reader_refuses_the_schema_refuses(key: str) -> None:
    sort, dotted = key.split()
    path = tuple(dotted.split("."))
    value, place = KEYS[sort, path]
    for wrong in (changed(value, place), changed(value, place, name=f"{path[-1]}x"), *_values(value, place)):
        said = reasons(sort, wrong)
        seen = [reason for reason in said if not ONLY_THE_READER.search(reason)]
        takes = schema_takes(sort, wrong)
        assert said or takes, at(wrong, place[:-1])
        assert not (seen and takes), (at(wrong, place[:-1]), seen)


def _values(value: Value, place: Place) -> Iterator[Value]:
    """The file with all sorts of values in a place."""
    for new in WRONG[type(at(value, place))]:
        yield changed(value, place, new)


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("plan_again", "0 s|1 d|90min|2  h|1.5 h|-1 h|2 hours| 2 h "),
        (
            "windows.working_day",
            "08:00-12:00|8:00-12:00|22:00-06:00|08:00-24:00|08:00-24:30|08:00-00:00|24:00-06:00|08:00 - 09:00|08:00",
        ),
        ("closing", "17:00|24:00|25:00|17|17:60| 17:00"),
        ("season.from", "05-01|02-29|02-30|13-01|5-1|00-10|11-31"),
        ("clock.amount", "30 min|0 min|15 s|2 h|400 d|366 d|2 days|0 days|367 days|1 working day"),
        ("duty.before_end", "10 working days|0 days|1 month|2 years|10 d|ten days"),
        ("duty.id", "a.b-c|A b|x|-x|" + "x" * 33),
    ],
)
def test_texts_are_written_as_the_reader_reads_them(key: str, texts: str) -> None:
    value, place = KEYS.get(("contract", tuple(key.split("."))), (KEYS["contract", ("windows",)][0], ("windows", key)))
    listed = key == "windows.working_day"
    verdicts = set()
    for text in texts.split("|"):
        new = changed(value, place, [text] if listed else text)
        said, takes = reasons("contract", new), schema_takes("contract", new)
        assert said or takes, text
        assert not takes or all(map(ONLY_THE_READER.search, said)), (text, said)
        verdicts.add(takes)
    assert verdicts == {True, False}
