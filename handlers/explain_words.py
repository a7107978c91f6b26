"""Days, windows and reasons in words, for the explanation of deadlines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from handlers import describe
from handlers.wording import listed, say
from sla.calendar import MIDNIGHT, Span
from sla.contract import Contract, Start
from sla.explain import Day, Explanation, Opening, Silence, Silent, Sort
from sla.rules import Rules
from sla.schedule import DAY
from sla.ticket import Event, EventKind

FESTIVALS = {
    "元旦": "festival_new_year",
    "春节": "festival_spring",
    "清明节": "festival_qingming",
    "劳动节": "festival_labour",
    "端午节": "festival_dragon_boat",
    "中秋节": "festival_mid_autumn",
    "国庆节": "festival_national",
}
"""Festivals as the notices name them, with the sentence that names each in both languages."""


@dataclass(frozen=True, slots=True)
class Words:
    """By which rules, in which language, as of when something is told; `told` puts an instant in words."""

    rules: Rules
    language: str
    now: datetime
    told: Callable[[datetime], str]

    def say(self, key: str, **fields: object) -> str:
        """A sentence in the reader's language."""
        return say(key, self.language, **fields)

    def listed(self, words: Iterable[str]) -> str:
        """Words one after the other."""
        return listed(words, self.language)

    def name(self, id: str) -> str:
        """A person's name; of somebody who is not known, a word that says so."""
        person = self.rules.people.by_id.get(id)
        return person.called(self.language) if person else self.say("somebody_unknown")

    def changes(self, event: Event) -> str:
        """The labels that a reclassification put on the ticket."""
        return describe.changes(event.data, self.rules, self.language)


# Days


def date_words(day: date, words: Words) -> str:
    """10月1日."""
    return words.say("explain_date", month=words.say(f"month_{day.month}"), day=day.day)


def day_runs(days: Sequence[Day], words: Words) -> str:
    """Days in runs of the same sort: 10月1日至10月7日（国庆节），10月11日（周末）."""
    runs: list[list[Day]] = []
    for day in days:
        last = runs[-1][-1] if runs else None
        if last and last.day + DAY == day.day and _reason(last, words) == _reason(day, words):
            runs[-1].append(day)
        else:
            runs.append([day])
    return words.listed(_run(run, words) for run in runs)


def _run(run: Sequence[Day], words: Words) -> str:
    first, last, reason = date_words(run[0].day, words), date_words(run[-1].day, words), _reason(run[0], words)
    text = first if len(run) == 1 else words.say("explain_days", first=first, last=last)
    return words.say("explain_because", words=text, reason=reason) if reason else text


def _reason(day: Day, words: Words) -> str:
    """Why it is a day off, or a working day at a weekend; "" for a plain weekday."""
    if day.sort is Sort.WEEKDAY:
        return ""
    if day.sort is Sort.WEEKEND:
        return words.say("day_weekend")
    if day.sort is Sort.MAKE_UP:
        return words.say("day_make_up")
    return festival_words(day.festival, words) or words.say("day_statutory")


def festival_words(name: str, words: Words) -> str:
    """A festival's name, also of several in one (国庆节、中秋节), as the language writes it."""
    parts = [part for part in name.split("、") if part]
    return words.listed(words.say(FESTIVALS[part]) if part in FESTIVALS else part for part in parts)


# Windows


def opening_words(opening: Opening | None, contract: Contract, words: Words) -> str:
    """Why the report lay in a service window or not: 周四，国庆节，当日无服务时段，按非服务时段计."""
    if opening is None:
        return ""
    day = opening.day
    parts = [
        words.say(f"weekday_{day.day.weekday()}"),
        _reason(day, words),
        *_seasons([opening.season], contract, words),
    ]
    parts.append(
        words.say("explain_window_hours", hours=hours(opening, words)) if opening.spans else hours(opening, words)
    )
    parts.append(words.say(f"explain_{opening.window}"))
    if opening.provisional:
        parts.append(words.say("explain_window_provisional"))
    return words.say("explain_window", why=words.listed(part for part in parts if part))


def _seasons(names: Iterable[str], contract: Contract, words: Words) -> list[str]:
    """Seasons by the names that the contract gives them for people, called seasons."""
    called = {season.name: season.called(words.language) for season in contract.windows.seasons}
    return [words.say("explain_season", season=called.get(name, name)) for name in names if name]


def hours(opening: Opening, words: Words) -> str:
    """The windows of the day: 08:00–12:00，14:00–18:00; a word for none."""
    spans = [_span(span, words) for span in opening.spans]
    return words.listed(spans) if spans else words.say("explain_no_hours")


def _span(span: Span, words: Words) -> str:
    """22:00–次日06:00: a window that closes after midnight does so on the next day."""
    if span.closes <= MIDNIGHT:
        return f"{_time(span.opens)}–{_time(span.closes)}"
    return words.say("explain_overnight", opens=_time(span.opens), closes=_time(span.closes - MIDNIGHT))


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# What does not run


def silent_words(silent: Silent, found: Explanation, words: Words) -> str:
    """Why a clock of the contract does not run, in a line."""
    reasons = (Silence.JOINED,) if found.ticket.incident else silent.why
    why = words.listed(_silence(each, silent, found, words) for each in reasons)
    if found.ticket.incident:
        return why
    return words.say("explain_silent", clock=describe.clock_called(silent.rule.name, words.language), why=why)


def _silence(why: Silence, silent: Silent, found: Explanation, words: Words) -> str:
    rule = silent.rule
    if why is Silence.JOINED:
        return words.say("silence_joined", ticket=found.ticket.incident or 0)
    if why is Silence.NOT_BEGUN:
        begins = EventKind.PLAN_APPROVED if rule.starts is Start.APPROVED else rule.starts
        return words.say("silence_not_begun", event=words.say(f"event_{begins}"))
    names: dict[Silence, Iterable[str]] = {
        Silence.KIND: (words.say(f"kind_{kind}") for kind in rule.kinds),
        Silence.SYSTEM: (describe.system_name(system, words.rules, words.language) for system in rule.systems),
        Silence.PRIORITY: (
            words.say("priority_is", priority=words.say(f"priority_{priority}")) for priority in rule.priorities
        ),
        Silence.DISASTER: (words.say("silence_disaster" if rule.disaster else "silence_no_disaster"),),
        Silence.WINDOW: (words.say(f"explain_only_{window}") for window in rule.windows),
        Silence.SEASON: _seasons(rule.seasons, found.contract, words),
    }
    return words.say("silence_only", words=words.listed(names[why]))
