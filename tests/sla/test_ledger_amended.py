"""Whatever is done, put right, declared void, waived: the ledger is whole, and what counts is what a recount finds."""

from hypothesis import given
from hypothesis import strategies as st

from sla.amend import in_place
from sla.clock import is_overdue
from sla.errors import Refused
from sla.ledger import GENESIS, QUOTA, Entry, breaches, chain, name_of, reconcile, standing, unwaive, verify, waive
from sla.ticket import EventKind, Ticket
from tests.sla.nights import clocks, minutes, reported, told

E = EventKind
ACTS = (E.ACKNOWLEDGED, E.ARRIVED, E.RESOLVED, E.REOPENED, E.CONFIRMED)
moves = st.lists(
    st.tuples(
        st.sampled_from(["act", "amend", "void", "waive", "unwaive", "wait"]), st.integers(0, 20), st.integers(0, 40)
    ),
    max_size=14,
)


class Desk:
    """A ticket and its ledger, as the minutes go by."""

    def __init__(self) -> None:
        self.now = 0
        self.ticket: Ticket = reported()
        self.entries: tuple[Entry, ...] = ()
        self.waived: set[int] = set()
        self.add(Entry("breach", 1, "smart-hospital", "2.5", f"{QUOTA}downtime/recovery", 1, minutes(0), minutes(0), 9))

    def add(self, *entries: Entry) -> None:
        last = self.entries[-1] if self.entries else None
        self.entries += chain(entries, last.seq if last else 0, last.hash if last else GENESIS)

    def look(self) -> tuple[Entry, ...]:
        return reconcile(self.ticket, clocks(self.ticket), self.entries, minutes(self.now))

    def move(self, what: str, which: int, far: int) -> None:
        self.now += far
        if what == "act":
            self.ticket = told(self.ticket, ACTS[which % len(ACTS)], self.now)
        elif what in ("amend", "void"):
            index = which % len(self.ticket.events)
            if in_place(self.ticket.events)[index].kind in (*ACTS, E.REPORTED):
                how = {"void": True} if what == "void" else {"at": minutes(max(0, self.now - 3 * far)).isoformat()}
                self.ticket = told(self.ticket, E.AMENDED, self.now, "manager", event=index, reason="错了", **how)
        elif what in ("waive", "unwaive"):
            seq, change = which + 1, waive if what == "waive" else unwaive
            self.add(change(self.entries, seq, "manager", "停电", minutes(self.now)))
            (self.waived.add if what == "waive" else self.waived.discard)(seq)


@given(moves)
def test_what_counts_is_what_a_recount_finds(story: list[tuple[str, int, int]]) -> None:
    desk = Desk()
    for what, which, far in story:
        try:
            desk.move(what, which, far)
        except Refused:
            continue  # by the table of transitions, or by the ledger
        finally:
            desk.add(*desk.look())
        assert verify(desk.entries) == ""
        assert desk.look() == (), "looked at once more there is nothing to add"
        over = {
            (c.round, name_of(c)) for c in clocks(desk.ticket) if is_overdue(c, minutes(desk.now)) and not c.internal
        }
        stands = [b for b in breaches(desk.entries) if not b.correction and not b.entry.clock.startswith(QUOTA)]
        assert sorted((b.entry.round, b.entry.clock) for b in stands) == sorted(over)
        counted = [entry for entry in standing(desk.entries) if not entry.clock.startswith(QUOTA)]
        assert [e.seq for e in counted] == [b.entry.seq for b in stands if b.entry.seq not in desk.waived]
        assert (1 in desk.waived) != any(entry.seq == 1 for entry in standing(desk.entries)), "no clock judges a quota"
