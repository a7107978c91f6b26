"""The chain of the ledger: whatever is done to it after the event is found, and said where."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sla.ledger import GENESIS, Entry, chain, inspect, verify

instants = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  # aware by the map
words = st.text(max_size=8)
numbers = st.integers(0, 10_000)
values: dict[str, st.SearchStrategy[object]] = {
    "kind": st.sampled_from(["breach", "correction", "closed", "waiver", "unwaived"]),
    "ticket": numbers, "contract": words, "clause": words, "clock": words, "round": numbers, "due": instants,
    "recorded_at": instants, "overrun": numbers, "group": words, "reason": words,
    "refers_to": st.none() | numbers, "by": words, "seq": numbers, "prev": words, "hash": words,
}  # fmt: skip  # one glance
bare = st.builds(Entry, **{name: made for name, made in values.items() if name not in ("seq", "prev", "hash")})
chains = st.lists(bare, min_size=1, max_size=6).map(lambda entries: list(chain(entries, 0, GENESIS)))


def head(entries: list[Entry]) -> tuple[int, str]:
    return (entries[-1].seq, entries[-1].hash) if entries else (0, GENESIS)


def place(data: st.DataObject, entries: list[Entry]) -> int:
    return data.draw(st.integers(0, len(entries) - 1))


def test_the_property_knows_every_field() -> None:
    assert set(values) == {field.name for field in fields(Entry)}


@given(chains)
def test_a_chain_as_it_was_written_is_whole(entries: list[Entry]) -> None:
    finding = inspect(entries, head(entries), [head(entries)])
    assert finding.problem == ""
    assert (finding.count, finding.head) == head(entries)
    assert (finding.first, finding.last) == (entries[0].recorded_at, entries[-1].recorded_at)


@given(chains, st.data())
def test_any_change_of_any_field_is_found_at_its_entry(entries: list[Entry], data: st.DataObject) -> None:
    index, name = place(data, entries), data.draw(st.sampled_from(sorted(values)))
    changed = replace(entries[index], **{name: data.draw(values[name])})  # type: ignore[arg-type]  # fields by name
    assume(changed != entries[index])
    kept = [*entries[:index], changed, *entries[index + 1 :]]
    problem = verify(kept)
    assert problem
    if name not in ("seq", "prev"):  # those two look like another order, or a gap
        assert problem == f"entry {index + 1} was changed"


@given(chains, st.data())
def test_a_microsecond_is_a_change(entries: list[Entry], data: st.DataObject) -> None:
    index, name = place(data, entries), data.draw(st.sampled_from(["due", "recorded_at"]))
    moved = getattr(entries[index], name) + data.draw(st.sampled_from([-1, 1])) * timedelta(microseconds=1)
    kept = [*entries[:index], replace(entries[index], **{name: moved}), *entries[index + 1 :]]
    assert verify(kept) == f"entry {index + 1} was changed"


@given(chains, st.data(), st.booleans())
def test_any_removal_is_found(entries: list[Entry], data: st.DataObject, renumbered: bool) -> None:
    index = place(data, entries)
    kept = [*entries[:index], *entries[index + 1 :]]
    if renumbered:
        kept = [replace(entry, seq=seq) for seq, entry in enumerate(kept, 1)]
    problem = inspect(kept, head(entries)).problem
    assert "missing" in problem or renumbered
    assert problem
    if index < len(entries) - 1:
        assert verify(kept), "the chain alone shows it, but for its end"


@given(chains, st.integers(1, 6))
def test_the_last_entries_cannot_be_taken_away(entries: list[Entry], count: int) -> None:
    kept = entries[:-count]
    assert verify(kept) == ""
    assert "missing at the end" in inspect(kept, head(entries)).problem
    assert "missing at the end" in inspect(kept, head(kept), [head(entries)]).problem, "the head was put back as well"


@given(chains, bare, st.data(), st.booleans())
def test_any_insertion_is_found(entries: list[Entry], new: Entry, data: st.DataObject, renumbered: bool) -> None:
    index = place(data, entries)
    (forged,) = chain([new], index, entries[index - 1].hash if index else GENESIS)
    kept = [*entries[:index], forged, *entries[index:]]
    if renumbered:
        kept = [replace(entry, seq=seq) for seq, entry in enumerate(kept, 1)]
    assert f"entry {index + 1} " in verify(kept)


@given(chains, st.data(), st.booleans())
def test_any_swap_is_found(entries: list[Entry], data: st.DataObject, renumbered: bool) -> None:
    assume(len(entries) > 1)
    one, two = sorted(data.draw(st.permutations(range(len(entries))))[:2])
    kept = list(entries)
    kept[one], kept[two] = kept[two], kept[one]
    if renumbered:
        kept = [replace(entry, seq=seq) for seq, entry in enumerate(kept, 1)]
    assert "reordered" in verify(kept)


@given(chains, bare, st.data())
def test_a_chain_written_anew_is_found_by_a_hash_noted_before(
    entries: list[Entry], other: Entry, data: st.DataObject
) -> None:
    index = place(data, entries)
    assume(replace(other, seq=0, prev="", hash="") != replace(entries[index], seq=0, prev="", hash=""))
    bare_again = [replace(entry, seq=0, prev="", hash="") for entry in [other, *entries[index + 1 :]]]
    forged = [*entries[:index], *chain(bare_again, index, entries[index - 1].hash if index else GENESIS)]
    assert inspect(forged, head(forged)).problem == "", "the chain itself is whole again"
    assert "written anew" in inspect(forged, head(forged), [head(entries)]).problem
    seq, hash_ = head(entries)
    assert "written anew" in inspect(forged, head(forged), [(seq, hash_[:12])]).problem
    noted_before = [(entries[index - 1].seq, entries[index - 1].hash)] if index else []
    assert inspect(forged, head(forged), noted_before).problem == "", "what was noted is what it was"


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (lambda e: [e[0], replace(e[1], overrun=7), e[2], e[3]], "entry 2 was changed"),
        (lambda e: [e[0], e[2], e[3]], "entry 2 is missing"),
        (lambda e: [e[0], e[3]], "entries 2 to 3 are missing"),
        (lambda e: e[1:], "entry 1 is missing"),
        (lambda e: [e[0], e[2], e[1], e[3]], "entries were reordered: entry 2 belongs before entry 3, at place 2"),
        (lambda e: e[:3], "entry 4 is missing at the end"),
        (lambda e: e[:1], "entries 2 to 4 are missing at the end"),
    ],
)
def test_what_was_done_is_said_in_words(done: Callable[[list[Entry]], list[Entry]], said: str) -> None:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    made = [Entry("breach", number, "c", "2.3", "respond", 1, at, at, 60) for number in range(4)]
    entries = list(chain(made, 0, GENESIS))
    assert inspect(done(entries), head(entries)).problem == said
    assert f"names entry {entries[-1].seq}" in inspect(entries, (4, "0" * 64)).problem
