"""The data of a ticket's events in words, for the page of its record. What rules fired, and what merely makes the
program find its way (indexes, versions, the keys of files), is in the JSON beside it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import describe
from handlers.reading import APART, EDITED, REPORTED_AGAIN, TOGETHER
from handlers.wording import catalogue, say
from sla.rules import Rules
from sla.ticket import Event, EventKind, Ticket

REASONS = {
    TOGETHER: "record_together",
    EDITED: "record_edited",
    APART: "record_apart",
    REPORTED_AGAIN: "record_reported_again",
    "at_most": "record_at_most",
    "moved": "record_moved",
    "reopened": "record_reopened",
}
"""Reasons that the bot itself writes down, with the words for each."""
PROPOSED, LED = "proposed by ", " leads no more"
JOINED_WHY = ("alike-within-window", "said-so", "reopened-as-well")
UNSAID = frozenset(
    {"title", "language", "received_at", "contract_version", "rules_version", "conversation", "why"}
    | {"file", "file_type", "file_size", "hospital", "apart", "graver", "counted", "fewer", "corrects", "proposed_by"}
)
"""Data that says nothing more to people: it is in the words, in the reason, or in the JSON alone."""


@dataclass(frozen=True, slots=True)
class Teller:
    """For whom a ticket's record is told; `at` puts an instant in words."""

    ticket: Ticket
    rules: Rules
    language: str
    at: Callable[[datetime], str]

    def say(self, key: str, **fields: object) -> str:
        """A sentence in the reader's language."""
        return say(key, self.language, **fields)

    def told(self, event: Event, data: Mapping[str, Any]) -> str:
        """What an event's data say; `data` may be redacted."""
        words = [told for key, value in data.items() for told in self._of(event, key, value, data)]
        return self.say("comma_state").join(dict.fromkeys(filter(None, words)))

    def _of(self, event: Event, key: str, value: Any, data: Mapping[str, Any]) -> Iterator[str]:
        if event.kind is EventKind.JOINED and key == "why":
            yield from self._why_joined(str(value))
        elif event.kind is EventKind.PARTED and key == "text" and (value in REASONS or str(value).endswith(LED)):
            yield self._why_parted(str(value))
        elif key in UNSAID or (event.kind is EventKind.AMENDED and key in ("event", "at", "void")):
            return
        elif key in SAID:
            yield SAID[key](self, value, data)
        elif value not in (None, "", False):
            yield self.say("record_field", name=key, value=value)

    def _why_joined(self, why: str) -> Iterator[str]:
        rule = why.partition(":")[0]
        if rule in JOINED_WHY:
            yield self.say(f"record_{rule.replace('-', '_')}")

    def _why_parted(self, text: str) -> str:
        """What the bot itself wrote down."""
        return self.say(REASONS[text]) if text in REASONS else self.say("record_led", value=text.removesuffix(LED))

    def instant(self, value: object) -> str:
        """An instant of the data; "" for none."""
        return self.at(datetime.fromisoformat(str(value))) if value else ""

    def person(self, id: object) -> str:
        """A person's name."""
        found = self.rules.people.by_id.get(str(id))
        return found.called(self.language) if found else str(id)

    def named(self, key: str, value: object) -> str:
        """A value that has a sentence of its own: scope_department."""
        return self.say(f"{key}_{value}") if f"{key}_{value}" in catalogue("zh") else str(value or "")


Said = Callable[[Teller, Any, Mapping[str, Any]], str]


def _field(key: str) -> Said:
    """A sentence with the value as its field `value`; nothing for no value."""
    return lambda tell, value, _: tell.say(key, value=value) if value not in (None, "", False) else ""


def _instant(key: str) -> Said:
    return lambda tell, value, _: tell.say(key, at=tell.instant(value)) if value else ""


def _named(prefix: str) -> Said:
    return lambda tell, value, _: tell.named(prefix, value) if value is not None else ""


def _part(name: str) -> Said:
    return lambda tell, value, _: tell.say("record_field", name=tell.say(name), value=value) if value else ""


def _label(name: str) -> Said:
    """A label as it is named elsewhere; that it is not known where it was taken away."""

    def told(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
        if value is None and name != "contract":
            return tell.say("system_unknown") if name == "system" else ""
        version = data.get("contract_version", "")
        return describe.changes({name: value, "contract_version": version}, tell.rules, tell.language)

    return told


def _reason(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    """Why, as a person said it, or what the bot's own mark means; nothing where the words say it already."""
    reason = str(value or "")
    if reason in REASONS:
        return tell.say(REASONS[reason])
    if reason.startswith(PROPOSED):
        return tell.say("record_proposed_by", name=tell.person(reason.removeprefix(PROPOSED)))
    known = str(data.get("text") or "").startswith(reason)
    return "" if known else tell.say("record_reason", value=reason)


def _outage(tell: Teller, value: Any, _: Mapping[str, Any]) -> str:
    return tell.named("outage_level", value)


def _asked(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    number = data.get("incident") if value == "known" else data.get("maintenance")
    return tell.say(f"record_asked_{value}", value=number)


def _incident(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    return "" if "asked" in data else tell.say("joined_in_place", incident=value)


def _maintenance(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    return "" if "asked" in data else tell.say("maintenance_is_why", number=value)


def _points(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    label = tell.named("rate", data["label"]) if data.get("label") else ""
    return tell.say("record_points", label=label, value=value)


def _pause(tell: Teller, value: Any, _: Mapping[str, Any]) -> str:
    """The contract's own words for a pause."""
    contract = tell.rules.contract_of(tell.ticket)
    rule = next((rule for rule in contract.pauses if rule.name == value), None) if contract else None
    if rule is None:
        return str(value)
    return rule.why_en if tell.language == "en" else rule.why_zh


def _address(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    return tell.say("record_address", channel=tell.named("channel", data.get("channel")), value=value) if value else ""


def _channel(tell: Teller, value: Any, data: Mapping[str, Any]) -> str:
    return "" if data.get("address") else tell.named("channel", value)


def _event(tell: Teller, value: Any, _: Mapping[str, Any]) -> str:
    """The event that somebody asks to put right."""
    return tell.say(f"event_{tell.ticket.events[int(value)].kind}")


def _number(tell: Teller, value: Any, _: Mapping[str, Any]) -> str:
    return tell.say("record_plan", value=value)


SAID: Mapping[str, Said] = {
    # labels
    "kind": _named("kind"),
    "system": _label("system"),
    "department": _label("department"),
    "scope": _named("scope"),
    "severity": lambda tell, value, _: tell.say(f"severity_{value}") if value else "",
    "priority": _label("priority"),
    "contract": _label("contract"),
    "disaster": lambda tell, value, _: tell.say("rule_disaster") if value else "",
    "started_at": _instant("record_started_at"),
    "proposal": lambda tell, value, _: tell.say(
        "record_proposal", value=describe.changes(value, tell.rules, tell.language)
    ),
    # words
    "text": _field("record_text"),
    "reason": _reason,
    "cause": _part("part_cause"),
    "method": _part("part_method"),
    "result": _part("part_result"),
    "contact": lambda tell, value, _: tell.say("record_contact", contact=value) if value else "",
    "channel": _channel,
    "address": _address,
    "file_name": _field("record_file"),
    "part": _field("record_together"),
    "replaces": lambda tell, *_: tell.say("record_edited"),
    "says": _named("record"),
    "verified": lambda tell, value, _: "" if value else tell.say("record_unverified"),
    "reporter": lambda tell, value, _: tell.person(value),
    # plans
    "number": _number,
    "plan": _number,
    "side": _named("side"),
    "deadline": _instant("record_deadline"),
    "approver": lambda tell, value, _: tell.say("record_approver", value=tell.person(value)),
    # incidents
    "incident": _incident,
    "of": _field("record_of"),
    "recurs": _field("record_recurs"),
    "leads": _field("record_leads"),
    "since": _instant("record_since"),
    "from": _field("record_from"),
    "wrong": _field("button_not_same"),
    "asked": _asked,
    "answered": _field("button_not_same"),
    "maintenance": _maintenance,
    # what one asks for and another decides
    "asks": _named("record_asks"),
    "decides": lambda tell, *_: tell.say("record_decides"),
    "proposes": _named("record_proposes"),
    "outage": _named("record_outage"),
    "event": _event,
    "at": _instant("record_at"),
    "void": _field("amend_void"),
    "seq": _field("record_seq"),
    "waived": _field("record_waived"),
    "unwaived": _field("record_unwaived"),
    # the rest
    "to": lambda tell, value, _: tell.person(value),
    "points": _points,
    "label": lambda *_: "",
    "pause": _pause,
    "level": _outage,
    "began": _instant("record_began"),
    "ended": _instant("record_ended"),
    "none": _field("record_no_outage"),
}
"""How each of the data is told, in both languages."""


def told(ticket: Ticket, event: Event, data: Mapping[str, Any], rules: Rules, language: str) -> str:
    """What an event's data say in words; `data` may be redacted. Instants are those of the site's clocks."""
    zone = describe.zone_of(rules)
    return Teller(ticket, rules, language, lambda at: f"{at.astimezone(zone):%Y-%m-%d %H:%M}").told(event, data)
