"""The ledger, files, the audit trail, versions and marks."""

from dataclasses import replace

from sla.ledger import GENESIS, Entry, inspect, verify
from sla.records import Record, RecordKind
from storage.writer import Store
from tests.storage.made import NOW, after
from tests.support.databases import TestDatabase


def entry(ticket: int = 1, hours: int = 0, contract: str = "smart-hospital") -> Entry:
    """A breach."""
    return Entry("breach", ticket, contract, "2.3", "fix", 1, NOW, after(hours=hours), 60 * hours, "resolve", "late")


def test_the_ledger_is_one_chain_over_many_units(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.ledger.append([entry(1), entry(2, 1)]))
    store.writer.run_sync(lambda uow: uow.ledger.append([]))
    store.writer.run_sync(lambda uow: uow.ledger.append(entry(1, hours) for hours in (2, 3)))
    entries = store.read_sync(lambda uow: list(uow.ledger.all()))
    assert [(one.seq, one.ticket) for one in entries] == [(1, 1), (2, 2), (3, 1), (4, 1)]
    assert entries[1].recorded_at == after(hours=1)
    assert verify(entries) == ""
    assert [one.seq for one in store.writer.run_sync(lambda uow: uow.ledger.of_ticket(1))] == [1, 3, 4]


def test_a_unit_taken_back_leaves_no_gap_in_the_chain(store: Store) -> None:
    def fails(uow: object) -> None:
        uow.ledger.append([entry(1)])  # type: ignore[attr-defined]  # the unit is bound at run time
        raise LookupError

    try:
        store.writer.run_sync(fails)
    except LookupError:
        store.writer.run_sync(lambda uow: uow.ledger.append([entry(2)]))
    entries = store.read_sync(lambda uow: list(uow.ledger.all()))
    assert [(one.seq, one.ticket) for one in entries] == [(1, 2)]
    assert verify(entries) == ""


def test_who_changes_the_ledger_is_found_out(store: Store, database: TestDatabase) -> None:
    store.writer.run_sync(lambda uow: uow.ledger.append([entry(1), entry(2), entry(3)]))
    database.run("UPDATE ledger SET overrun = 7 WHERE seq = 2")
    assert store.read_sync(lambda uow: verify(uow.ledger.all())) == "entry 2 was changed"
    database.run("DELETE FROM ledger WHERE seq = 2")
    assert "missing" in store.read_sync(lambda uow: verify(uow.ledger.all()))


def test_the_head_of_the_ledger_is_kept_beside_it(store: Store, database: TestDatabase) -> None:
    assert store.read_sync(lambda uow: uow.ledger.head()) == (0, GENESIS)
    store.writer.run_sync(lambda uow: uow.ledger.append([entry(1), entry(2), entry(3)]))
    third = store.read_sync(lambda uow: uow.ledger.get(3))
    assert third is not None
    assert store.read_sync(lambda uow: uow.ledger.head()) == (3, third.hash)
    assert store.read_sync(lambda uow: uow.ledger.get(4)) is None
    database.run("DELETE FROM ledger WHERE seq = 3")
    finding = store.read_sync(lambda uow: inspect(uow.ledger.all(), uow.ledger.head()))
    assert finding.problem == "entry 3 is missing at the end"


def test_the_ledger_of_a_period_and_a_contract(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.ledger.append([entry(1, 0), entry(2, 1, "jiahe-icu"), entry(3, 2)]))
    period = (NOW, after(hours=2))
    assert [e.ticket for e in store.read_sync(lambda uow: uow.ledger.between(*period))] == [1, 2]
    assert [e.ticket for e in store.read_sync(lambda uow: uow.ledger.between(*period, "jiahe-icu"))] == [2]


def test_files_come_back_by_their_reference_alone(store: Store) -> None:
    content = bytes(range(256)) * 100
    first, second = store.writer.run_sync(
        lambda uow: [uow.files.add("方案.pdf", "application/pdf", content, NOW) for _ in range(2)]
    )
    assert first != second
    assert store.writer.run_sync(lambda uow: uow.files.get(first)) == ("方案.pdf", "application/pdf", content)
    assert store.writer.run_sync(lambda uow: uow.files.get("guessed")) is None


def test_the_audit_trail_newest_first(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.audit.add(NOW, "li", "export", "W1"))
    store.writer.run_sync(lambda uow: uow.audit.add(after(hours=1), "wu", "export", "W2", "full"))
    entries = store.writer.run_sync(lambda uow: uow.audit.entries(10))
    assert list(entries) == [(after(hours=1), "wu", "export", "W2", "full"), (NOW, "li", "export", "W1", "")]
    assert len(store.writer.run_sync(lambda uow: uow.audit.entries(1))) == 1


def test_versions_of_the_configuration_are_kept_once(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.versions.add("b", {"people.toml": "张三"}, NOW))
    store.writer.run_sync(lambda uow: uow.versions.add("a", {}, after(hours=1)))
    store.writer.run_sync(lambda uow: uow.versions.add("b", {}, after(hours=2)))
    assert store.writer.run_sync(lambda uow: uow.versions.get("b")) == {"people.toml": "张三"}
    assert store.writer.run_sync(lambda uow: uow.versions.get("c")) is None
    assert [version for version, _ in store.read_sync(lambda uow: list(uow.versions.all()))] == ["b", "a"]


def test_a_mark_is_its_last_value(store: Store) -> None:
    store.writer.run_sync(lambda uow: uow.marks.put("offset", "1"))
    store.writer.run_sync(lambda uow: uow.marks.put("offset", "2"))
    assert store.writer.run_sync(lambda uow: (uow.marks.get("offset"), uow.marks.get("other"))) == ("2", None)


def test_a_mark_that_is_kept_is_its_first_value(store: Store) -> None:
    assert [store.writer.run_sync(lambda uow, v=v: uow.marks.keep("nonce", v)) for v in "aab"] == ["a", "a", "a"]  # type: ignore[misc]  # a lambda's default
    assert store.writer.run_sync(lambda uow: uow.marks.get("nonce")) == "a"


def praise(hours: int = 0, contract: str = "cqmu2-his", subject: str = "letter") -> Record:
    """A letter of praise."""
    return Record(contract, RecordKind.PRAISE, subject, after(hours=hours), "wu", after(hours=48), {"text": "感谢信"})


def test_records_of_a_period_a_contract_and_a_kind(store: Store) -> None:
    survey = replace(praise(2), kind=RecordKind.SURVEY, data={"points": 88})
    added = [praise(3), praise(1), survey, praise(1, "jiahe-icu")]
    ids = store.writer.run_sync(lambda uow: [uow.records.add(record) for record in added])
    assert len(set(ids)) == len(added)

    def found(*wanted: str | RecordKind | None) -> list[int]:
        records = store.read_sync(lambda uow: uow.records.between(NOW, after(hours=3), *wanted))  # type: ignore[arg-type]  # both are optional
        return [record.id for record in records]

    first, second, third, fourth = ids
    assert first not in found()
    assert found() == [second, fourth, third]
    assert found("cqmu2-his") == [second, third]
    assert found(None, RecordKind.PRAISE) == [second, fourth]
    assert found("cqmu2-his", RecordKind.SURVEY) == [third]


def test_records_of_one_subject_in_the_order_of_their_recording(store: Store) -> None:
    store.writer.run_sync(
        lambda uow: [uow.records.add(record) for record in (praise(5), praise(4), praise(1, subject="x"))]
    )
    found = store.read_sync(lambda uow: uow.records.of("cqmu2-his", RecordKind.PRAISE, "letter"))
    assert [(record.at, record.recorded_at, record.data) for record in found] == [
        (after(hours=hours), after(hours=48), {"text": "感谢信"}) for hours in (5, 4)
    ]
