"""understand(): what a message means, label by label, each with the rule and the words that fired."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from handlers.intake.contact import call_back
from handlers.intake.intents import intent
from handlers.intake.kinds import disaster, kind, scope, severity
from handlers.intake.lexicon import Lexicon, compile_lexicon
from handlers.intake.meant import choose_system, find_systems, narrowed
from handlers.intake.names import Hit
from handlers.intake.near import around, nearly_named
from handlers.intake.particular import particular
from handlers.intake.places import choose_department, find_departments
from handlers.intake.problems import problems
from handlers.intake.reading import Label, Reading
from handlers.intake.text import Letter, fold, is_chinese, letter
from handlers.intake.when import When, when
from sla.catalogue import System
from sla.labels import PRIORITY_ORDER, Intent, Kind, Priority, Scope, Severity
from sla.priority import assess

__all__ = ["Lexicon", "Meaning", "compile_lexicon", "understand"]

T = TypeVar("T")

# A message is understood by its beginning; what stands behind this many characters is kept, but not read.
MAX_READ = 4000

# The rules by which a message is about nothing in the catalogue: a device, or a system that is in no contract.
NO_SYSTEM = ("device", "elsewhere")

# What a name that is one slip away can call into question: no name, a word for a function, a name known by its sound.
UNSURE = ("none-named", "function", "function-by-sound", "named-by-sound")

_LASTS = ("现在", "目前", "眼下", "此刻", "这会儿", "right now")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The labels of a message. All but intent, system, department and language are None where it reports nothing.

    `system_candidates`: ids, where it could be several and the writer must be asked. `started_at`: when a fault
    began, None when the message names no time. `contact`: a call-back number as written, empty when none is given.
    `why`: label -> the rule that gave it, with the words that fired it.
    """

    intent: Intent
    kind: Kind | None = None
    system: str | None = None
    system_candidates: tuple[str, ...] = ()
    department: str | None = None
    scope: Scope | None = None
    severity: Severity | None = None
    priority: Priority | None = None
    disaster: bool = False
    started_at: When | None = None
    contact: str = ""
    language: str = "zh"
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def beyond_catalogue(self) -> bool:
        """Whether what fails is said, and is none of the hospital's systems: there is nothing to offer."""
        return self.system is None and self.why.get("system", "").split(":")[0] in NO_SYSTEM


def understand(text: str, now: datetime, lexicon: Lexicon) -> Meaning:
    """Reads a message that was sent at `now` (aware; its zone is the zone of the times that are named).

    Pure; never raises for any text. Only the first 4,000 characters are read.
    """
    return dated(read(text, lexicon), text, now)


def dated(meaning: Meaning, text: str, now: datetime) -> Meaning:
    """What `read` made of a text, with when the fault began, as whoever sent it at `now` tells it."""
    if meaning.kind is not Kind.FAULT:
        return meaning
    written = text[:MAX_READ]
    began = _began(written, letter(fold(written)), now)
    if began is None or began.kind != "onset":
        return meaning
    return replace(meaning, started_at=began, why=dict(meaning.why) | {"started_at": f"says: {began.span}"})


def read(text: str, lexicon: Lexicon) -> Meaning:
    """What the words alone mean, whenever they are said: all but `started_at`. Pure; never raises for any text."""
    written = text[:MAX_READ]
    folded = fold(written)
    parts = letter(folded)
    whole = f"{parts.subject}\n{parts.body}" if parts.subject else parts.body
    departments = find_departments(whole, lexicon)
    systems = find_systems(whole, lexicon, departments)
    chinese = is_chinese(whole)
    if not chinese:
        systems = _without_pronoun(whole, written, systems)
    said = parts.body if parts.reply else whole
    reading = Reading(lexicon, parts, said, systems, departments, latin=lexicon.speaks_latin(said))
    wanted = intent(reading)
    system, candidates = choose_system(whole, systems)
    if chinese:
        slips = lexicon.system_slips if system.rule in UNSURE else around(lexicon.system_slips, system.words)
        words, near = nearly_named(whole, slips, systems)
        if near and near != (system.value,) and _in_question(system, words):
            system, candidates = Label(None, "nearly-named", words), near
    if system.rule == "none-named" and reading.has("device"):
        system = Label(None, NO_SYSTEM[0], reading.said("device"))
    department, place = choose_department(whole, departments, systems)
    if (one := narrowed(system, candidates, place, lexicon)) is not None:
        system, candidates = Label(one, "of-the-department", system.words), ()
    found = Meaning(
        intent=wanted.value,
        system=system.value,
        system_candidates=candidates,
        department=department.value,
        contact=call_back(whole),
        language="zh" if chinese else "en",
        why={"intent": _told(wanted), "system": _told(system), "department": _told(department)},
    )
    if found.intent is not Intent.REPORT:
        return found
    return _gravest(found, reading, place)


def _gravest(found: Meaning, reading: Reading, place: Hit | None) -> Meaning:
    """Of several problems in one message the gravest, of equally grave ones the first."""
    told = []
    for only in problems(reading):
        system, candidates = choose_system(only.text, only.systems)
        if system.value is not None or system.rule in NO_SYSTEM:
            why = dict(found.why) | {"system": _told(system)}
            one = replace(found, system=system.value, system_candidates=candidates, why=why)
        else:
            one = found
        told.append(_report(one, only, place))
    if len(told) < 2:
        return _report(found, reading, place)
    return min(told, key=lambda one: PRIORITY_ORDER.index(one.priority or Priority.LOW))


def _in_question(system: Label[str | None], words: str) -> bool:
    """Whether words that are nearly a name are worth a question: no name stands there, or only as a part of them."""
    return len(words) > len(system.words) and (system.rule in UNSURE or system.words in words)


def _report(found: Meaning, reading: Reading, place: Hit | None) -> Meaning:
    """Adds what only a report has."""
    lexicon = reading.lexicon
    ruin = disaster(reading)
    sort = kind(reading, ruin)
    whom = scope(reading, sort.value, place)
    badly = severity(reading, sort.value, ruin)
    system, department = lexicon.systems.get(found.system or ""), lexicon.departments.get(found.department or "")
    cannot_wait = (department is not None and department.care_cannot_wait) or reading.has("delivery_room")
    assessed = assess(
        kind=sort.value,
        care=system is None or system.care,
        scope=whom.value,
        severity=badly.value,
        department_cannot_wait=cannot_wait,
        disaster=ruin.value,
        held_up=reading.has("held_up"),
        touches_record=_of_a_patient(reading, system),
    )
    why = dict(found.why) | {"kind": _told(sort), "scope": _told(whom), "severity": _told(badly)}
    why["priority"] = f"{assessed.rule.id}: {assessed.rule.sentence}"
    if ruin.value:
        why["disaster"] = _told(ruin)
    alone = particular(reading, sort.value, whom.value, is_disaster=ruin.value)
    if alone.value:
        why["particular"] = _told(alone)
    return replace(
        found,
        kind=sort.value,
        scope=whom.value,
        severity=badly.value,
        priority=assessed.priority,
        disaster=ruin.value,
        why=why,
    )


def _of_a_patient(reading: Reading, system: System | None) -> bool:
    """Whether data to be put right are a patient's: what the words say, else what the system is for."""
    if reading.has("no_record"):
        return False
    return reading.has("record") or (system is not None and system.care)


def _began(written: str, parts: Letter, now: datetime) -> When | None:
    """The onset told in the new words, else in the subject; 现在 tells only that it lasts."""
    found = when(written[parts.offset : parts.offset + len(parts.body)], now)
    if found is None and parts.subject and not parts.reply:
        found = when(parts.subject, now)
    return None if found is None or found.span in _LASTS else found


def _told(label: Label[T]) -> str:
    return f"{label.rule}: {label.words}" if label.words else label.rule


def _without_pronoun(folded: str, written: str, systems: list[Hit]) -> list[Hit]:
    """In an English sentence "his" is a pronoun; only HIS is the system."""
    return [hit for hit in systems if folded[hit.start : hit.end] != "his" or "HIS" in written]
