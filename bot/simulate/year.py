"""A year by chance: when what is reported, who reacts to what is heard, and what goes wrong meanwhile."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.simulate import clinicians, duties, engineers, managers
from bot.simulate.arrivals import Arrival, arrivals, story_of
from bot.simulate.cast import Cast, make_cast, read_contracts
from bot.simulate.checks import Broken
from bot.simulate.player import Player
from bot.simulate.script import Act, Verb
from bot.simulate.story import STORES, Story
from bot.simulate.world import Handlers, Heard
from sla.labels import Side
from sla.ticket import EventKind, State, Ticket

START = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A year whose holidays are known, and that ends in one whose are not."""
DAY = timedelta(days=1)
LIVES_ON = timedelta(days=9)
"""How long a ticket that is over stays: it may come back within seven days."""
NEVER_CONFIRMED = timedelta(days=14)
WHOLE_EVERY = 7
OUTAGE, AWAY = 7200, 5400
"""The longest that a channel takes nothing, and that the process is away, in seconds."""


Troubles = tuple[tuple[float, Verb, int], ...]
TROUBLES: Troubles = ((0.3, Verb.SEND_DIES, 0), (0.3, Verb.CHANNEL_FAILS, OUTAGE), (0.15, Verb.RESTART, AWAY))
"""How often a day, what, and how long at most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. `contracts` is a folder of contract files; None: the packaged ones."""

    seed: str
    days: int
    tickets: int
    contracts: Path | None = None
    troubles: Troubles = TROUBLES


@dataclass(slots=True)
class Outcome:
    """What became of it. `broken` and `script` tell of the first invariant that did not hold."""

    seed: str
    hash: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    clocks: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    most_live: int = 0
    broken: Broken | None = None
    script: list[Act] = field(default_factory=list)


def cast_of(plan: Plan) -> Cast:
    """Who plays. Raises ContractError for contracts that cannot be read."""
    contracts = read_contracts(plan.contracts) if plan.contracts else None
    return make_cast(plan.seed, START, plan.days, contracts)


class Simulation:
    """One world lived through (`bot.simulate.story.Stage`)."""

    def __init__(self, plan: Plan, handlers: Handlers | None = None) -> None:
        self.plan, self.cast = plan, cast_of(plan)
        self.player = Player(self.cast.rules, START, handlers)
        self.player.listener = self._heard
        self.stories: dict[int, Story] = {}
        self.script: dict[int, list[Act]] = {0: []}
        self.outcome = Outcome(plan.seed)
        # By instants in UTC, which are compared at once; each with the same instant as it is told.
        self._thoughts: list[tuple[datetime, int, datetime, Callable[[], None]]] = []
        self._order = count()
        self._chance = Random(f"{plan.seed}/troubles")  # noqa: S311  # a simulation
        self._troubles = 0

    @property
    def now(self) -> datetime:
        return self.player.now

    def run(self) -> Outcome:
        """The whole time, or up to the first invariant that does not hold."""
        end = START + timedelta(days=self.plan.days)
        for arrival in arrivals(self.plan.seed, self.plan.days, self.plan.tickets, self.cast):
            self._think(START + arrival.after, lambda arrival=arrival: self._begins(arrival))  # type: ignore[misc]  # mypy infers no lambda with defaults
        for day in range(1, self.plan.days):
            self._think(START + day * DAY, lambda day=day: self._midnight(day))  # type: ignore[misc]  # likewise
        self._plan_troubles()
        try:
            self._live(end)
            self._ends()
        except Broken as broken:
            broken.story = self.player.stories.get(broken.ticket or 0)
            self.outcome.broken = broken
            self.outcome.script = sorted(act for acts in self.script.values() for act in acts)
        player = self.player
        player.hash.update(repr(player.checks.head).encode())
        self.outcome.hash = player.hash.hexdigest()
        self.outcome.counts.update(
            messages=player.messages, notices=player.sent, looks=player.looks, crashes=player.crashes
        )
        return self.outcome

    def _live(self, end: datetime) -> None:
        while self._thoughts and self._thoughts[0][0] < end:
            _, _, at, do = self._thoughts[0]
            own = self.player.next_at()
            if own is not None and own <= at:
                self.player.step(own)
                continue
            heappop(self._thoughts)
            self.player.now = max(self.player.now, at)
            do()
        self.player.until(end)

    # what stories need

    def later(self, story: Story, wait: timedelta, do: Callable[[], None]) -> None:  # noqa: ARG002  # for readers
        """Think again after a while."""
        self._think(self.now + wait, do)

    def act(self, story: Story, who: str, words: str, verb: Verb = Verb.SAYS) -> None:
        """Somebody does something now; it may be on its way for some minutes."""
        story.acts += 1
        chance = story.chance
        late = chance.randrange(1, 600) if chance.random() < 0.04 else 0
        breaks = chance.choice(STORES) if chance.random() < 0.01 else ""
        received = (self.now + timedelta(seconds=late)).astimezone(START.tzinfo)
        act = Act(received, story.number, story.acts, verb, who, words, late, breaks)
        if late:
            self._think(received, lambda: self._play(act))
        else:
            self._play(act)
        if chance.random() < 0.003:
            self._trouble(Verb.LOOK_BREAKS, story=story)

    def ticket(self, story: Story) -> Ticket | None:
        """The ticket of a story, as it is kept."""
        number = self.player.numbers.get(story.number)
        return None if number is None else self.player.memory.uow.tickets.load(number)

    def written(self, action: str) -> str:
        """A button's action as the script has it."""
        return self.player.written(action)

    def _play(self, act: Act) -> None:
        self.script.setdefault(act.story, []).append(act)
        self.player.play(act)

    def _think(self, at: datetime, do: Callable[[], None]) -> None:
        heappush(self._thoughts, (at.astimezone(UTC), next(self._order), at, do))

    def _begins(self, arrival: Arrival) -> None:
        story = story_of(arrival, self.now, self.plan.seed, self.cast)
        self.stories[story.number] = story
        self.outcome.counts["reports"] += 1
        (clinicians.too if arrival.follows else clinicians.report)(self, story)
        self._think(self.now + engineers.SWEEP_EVERY, lambda: engineers.sweep(self, story))

    def _heard(self, heard: Heard) -> None:
        number = self.player.stories.get(heard.notice.ticket or 0, self.player.playing)
        story = self.stories.get(number)
        if story is None:
            return
        person = self.cast.rules.people.by_id.get(heard.who)
        of_provider = person.side is Side.PROVIDER if person else heard.who.startswith("group-")
        if managers.is_manager(self, heard.who):
            managers.hears(self, story, heard.who, heard.notice)
        (engineers if of_provider else clinicians).hears(self, story, heard.who, heard.notice)

    # troubles

    def _plan_troubles(self) -> None:
        chance, minutes = self._chance, self.plan.days * 24 * 60
        for share, verb, most in self.plan.troubles:
            for _ in range(max(1, int(self.plan.days * share))):
                at = START + timedelta(minutes=chance.randrange(minutes))
                words = str(chance.randrange(30, most)) if most else ""
                words = (
                    f"{chance.choice(('telegram', 'webchat', '*'))} {words}" if verb is Verb.CHANNEL_FAILS else words
                )
                self._think(at, lambda verb=verb, words=words: self._trouble(verb, words))  # type: ignore[misc]  # mypy infers no lambda with defaults

    def _trouble(self, verb: Verb, words: str = "", story: Story | None = None) -> None:
        self._troubles += 1
        if story:
            story.acts += 1
        place = (story.number, story.acts) if story else (0, self._troubles)
        self._play(Act(self.now.astimezone(START.tzinfo), *place, verb, "", words))

    def _duties(self) -> None:
        for doing in duties.doings(self.cast, self.player.memory.uow, self.plan.seed, self.now):
            self._think(doing.at, lambda doing=doing: self._does(doing))  # type: ignore[misc]  # mypy infers no lambda with defaults
        for doing in duties.maintenance(self.cast, self.plan.seed, self.now):
            self._think(doing.at, lambda doing=doing: self._does(doing))  # type: ignore[misc]  # likewise

    def _does(self, doing: duties.Doing) -> None:
        self._troubles += 1
        at = self.now.astimezone(START.tzinfo)
        self._play(Act(at, 0, self._troubles, Verb.SAYS, doing.who, doing.words))

    # what is over

    def _midnight(self, day: int) -> None:
        player = self.player
        self._duties()
        player.tidy()
        if player.down_until or ((at := player.next_at()) and at <= self.now):
            return
        tickets = player.memory.uow.tickets
        self.outcome.most_live = max(self.outcome.most_live, len(tickets.numbers()))
        if day % WHOLE_EVERY == 0:
            player.checks.whole(self.now)
        over = [number for number in tickets.numbers() if is_over(tickets.load(number), self.now)]
        self._count(player.archive([n for n in over if player.memory.uow.watched.get("ticket", str(n)) is None]))
        gone = [n for n, story in self.stories.items() if n not in player.numbers and self.now - story.at > LIVES_ON]
        for number in gone:
            del self.stories[number]
            self.script.pop(number, None)

    def _ends(self) -> None:
        player = self.player
        if player.down_until:
            player.step(player.down_until)
        player.until(player.now)
        player.checks.whole(player.now)
        numbers = player.memory.uow.tickets.numbers()
        self.outcome.counts["left open"] += sum(
            ticket.is_working for n in numbers if (ticket := player.memory.uow.tickets.load(n))
        )
        self._count(player.checks.settled(numbers, player.now))
        records = player.memory.uow.records.between(START, player.now + DAY)
        self.outcome.happened.update(record.kind.value for record in records)

    def _count(self, counted: dict[str, Any]) -> None:
        outcome = self.outcome
        outcome.counts.update(tickets=counted["tickets"])
        outcome.happened.update(counted["happened"])
        for (contract, clock), (kept, broken) in counted["clocks"].items():
            outcome.clocks.update({(contract, clock, True): kept, (contract, clock, False): broken})


def is_over(ticket: Ticket | None, now: datetime) -> bool:
    """Whether nothing can happen to a ticket any more that a simulation would do."""
    if ticket is None or ticket.is_working or any(event.kind is EventKind.OUTAGE for event in ticket.events):
        return False  # outages count for years
    last = ticket.events[-1].at
    return now - last > (NEVER_CONFIRMED if ticket.state is State.RESOLVED else LIVES_ON)
