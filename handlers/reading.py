"""What a message means under these rules: the lexicon is compiled once for each version of the catalogue."""

from datetime import datetime

from handlers.intake.meaning import Lexicon, Meaning, compile_lexicon, understand
from sla.catalogue import Catalogue
from sla.labels import Kind, Scope, Severity
from sla.priority import Assessment, assess
from sla.rules import Rules

_KEPT = 4
_lexicons: dict[int, tuple[Catalogue, Lexicon]] = {}


def lexicon_of(catalogue: Catalogue) -> Lexicon:
    """The compiled lexicon of a catalogue; the latest few are kept, by identity: comparing catalogues is slow."""
    known = _lexicons.get(id(catalogue))
    if known is None or known[0] is not catalogue:
        while len(_lexicons) >= _KEPT:
            _lexicons.pop(next(iter(_lexicons)), None)
        known = _lexicons[id(catalogue)] = (catalogue, compile_lexicon(catalogue))
    return known[1]


def understood(text: str, now: datetime, rules: Rules) -> Meaning:
    """What the words mean to somebody who reads them at `now`."""
    return understand(text, now, lexicon_of(rules.catalogue))


def assessed(
    meaning: Meaning,
    rules: Rules,
    *,
    kind: Kind,
    scope: Scope,
    severity: Severity,
    system: str | None,
    department: str | None,
) -> Assessment:
    """The priority by the table, for labels that may differ from what the words alone said."""
    known, place = rules.catalogue.system(system), rules.catalogue.department(department)
    return assess(
        kind,
        known is None or known.care,
        scope,
        severity,
        department_cannot_wait=place is not None and place.care_cannot_wait,
        disaster=meaning.disaster and kind is Kind.FAULT,
        held_up=_held_up(meaning, rules),
        touches_record=rule_of(meaning) == "record-to-put-right",
    )


def rule_of(meaning: Meaning) -> str:
    """The id of the rule of the priority table that fired; "" where the words report nothing."""
    return meaning.why.get("priority", "").partition(":")[0]


def _held_up(meaning: Meaning, rules: Rules) -> bool:
    """Whether the words said that a rescue or an operation is held up: by the rule that they fired."""
    place = rules.catalogue.department(meaning.department)
    by_place = place is not None and place.care_cannot_wait
    return rule_of(meaning) == "workstation-holds-up" or (rule_of(meaning) == "down-care-waits" and not by_place)


def contract_for(system: str | None, rules: Rules) -> dict[str, str | None]:
    """The contract for a system and its version: the catalogue's, else the site's default, else none (internal)."""
    found = rules.catalogue.system(system)
    wanted = found.contract if found else rules.site.default_contract or rules.catalogue.default_contract
    contract = rules.contracts.get(wanted) if wanted else None
    return {"contract": contract.id if contract else None, "contract_version": contract.version if contract else ""}
