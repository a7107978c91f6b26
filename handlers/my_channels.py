"""我的渠道: a person's addresses in the order in which they are tried, what is known of each, and quiet hours."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import time

from handlers.commands import Order
from handlers.intake.redact import redact
from handlers.reach import is_on_call, reach_of
from handlers.talk import Talk
from handlers.test_watch import channel_name
from handlers.trouble import in_words
from sla.errors import Refused
from sla.message import Address, Button
from sla.people import CHANNELS, Person
from sla.reachable import (
    EVERY_DAY,
    NOTHING_KNOWN,
    WINDOWS,
    Health,
    Preferences,
    Quiet,
    Reach,
    is_refusing,
    likely_first,
    open_until,
    wanted,
)

USUAL = "22:00-7:00"
WHY_SHOWN = 60
MASK_LONGER = 6
_CLOCK = (
    r"\s*(?:次日|第二天|翌日)?(晚上|夜里|晚|下午|早上|清晨|早|上午|凌晨)?\s*"
    r"(\d{1,2})(?:[:：](\d{2})|点|(?=\D|$))\s*(am|pm)?"
)
"""A time of the day: word before it, hour, minute, word behind it."""
_SPAN = re.compile(rf"{_CLOCK}\s*(?:-|–|—|~|～|至|到|to|until){_CLOCK}(?![\d:：])", re.IGNORECASE)
_LATER = frozenset({"晚上", "夜里", "晚", "下午", "pm"})
"""Words by which an hour up to eleven is one after noon."""
_OFF = frozenset({"关闭", "关", "取消", "停用", "off", "none"})
_ON = frozenset({"开启", "打开", "开", "启用", "on"})
_FIRST = re.compile(r"\s*(?:优先|排第一|first)$", re.IGNORECASE)
_UNBOUND = re.compile(r"\s*(?:解绑|删除|unbind|remove)$", re.IGNORECASE)
_DAYS = {
    "": EVERY_DAY,
    "每天": EVERY_DAY,
    "daily": EVERY_DAY,
    "every day": EVERY_DAY,
    "周一至周五": frozenset(range(5)),
    "周一到周五": frozenset(range(5)),
    "weekdays": frozenset(range(5)),
    "周末": frozenset({5, 6}),
    "weekends": frozenset({5, 6}),
    "weekend": frozenset({5, 6}),
}
_DAY = {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6}
_DAY_LIST = re.compile(r"(?:(?:周|星期)[一二三四五六日天][、,，\s]*)+")


def is_meant(talk: Talk, order: Order) -> bool:
    """Whether the words are a command here: 静默 begins other sentences, and so does quiet."""
    if order.verb == "quiet":
        return not order.text or order.text.lower() in _OFF | _ON or _SPAN.match(order.text) is not None
    changes = _FIRST.search(order.text) or _UNBOUND.search(order.text)
    return not order.text or changes is not None or talk.text.startswith("我的渠道 ")


def my_channels(talk: Talk, order: Order) -> int | None:
    """我的渠道: show them. 我的渠道 微信 优先: try that one first. 我的渠道 微信 解绑: it is theirs no more."""
    person = _own(talk)
    if _UNBOUND.search(order.text):
        _unbind(talk, person, _chosen(talk, person, _UNBOUND.sub("", order.text)))
    elif order.text:
        chosen = _chosen(talk, person, order.text)
        reach = talk.uow.reach.of(person.id, person.addresses)
        others = wanted((*person.addresses, *reach.bound), reach.wants.first)
        _prefer(talk, person, replace(reach.wants, first=tuple(dict.fromkeys((chosen, *others)))))
    _show(talk, person)
    return None


def quiet(talk: Talk, order: Order) -> int | None:
    """静默 22:00-7:00 [周末]: hold back what can wait. 静默 关闭, 静默 开启. Alone: how it stands."""
    person = _own(talk)
    wants = talk.uow.reach.of(person.id, person.addresses).wants
    words = order.text.lower()
    if words in _OFF | _ON:
        if words in _ON and wants.quiet is None:
            raise Refused("quiet_how")
        if wants.quiet:
            _prefer(talk, person, replace(wants, quiet=replace(wants.quiet, on=words in _ON)))
    elif words:
        _prefer(talk, person, replace(wants, quiet=_hours(words)))
    _show(talk, person)
    return None


def _unbind(talk: Talk, person: Person, address: Address) -> None:
    """Take back an address that the person bound. Raises Refused for one that stands in people.toml."""
    if address in person.addresses:
        raise Refused("channel_configured", channel=channel_name(address, talk.language))
    talk.uow.bindings.unbind(address)
    talk.uow.audit.add(talk.now, person.id, "unbind", f"{address.channel}:{address.address}")
    talk.prefaces.append(talk.say("channel_unbound", channel=channel_name(address, talk.language)))


def _own(talk: Talk) -> Person:
    if talk.speaker.person is None:
        raise Refused("bind_first")
    if talk.inbound.group:
        raise Refused("channels_in_private")
    return talk.speaker.person


def _prefer(talk: Talk, person: Person, wants: Preferences) -> None:
    talk.uow.reach.prefer(person.id, wants)
    talk.uow.audit.add(talk.now, person.id, "my_channels", person.id)


# reading


def _hours(words: str) -> Quiet:
    """Quiet hours as somebody writes them. Raises Refused for what is none."""
    span = _SPAN.match(words)
    days = _days(words[span.end() :].strip(" ，,、。.")) if span else None
    if span is None or not days:
        raise Refused("quiet_how")
    start, end = (_clock(*span.group(*range(first, first + 4))) for first in (1, 5))
    if start is None or end is None or start == end:
        raise Refused("quiet_how")
    return Quiet(start, end, days)


def _clock(before: str | None, hour: str, minute: str | None, after: str | None) -> time | None:
    """A time of the day as it is written: 22:00, 晚上10点, 10 pm; 24:00 is midnight. None for what is none."""
    hours, minutes = int(hour), int(minute or 0)
    if hours < 12 and (before in _LATER or (after or "").lower() in _LATER):
        hours += 12
    elif hours == 12 and (before == "凌晨" or (after or "").lower() == "am"):
        hours = 0
    if (hours, minutes) == (24, 0):
        hours = 0
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _days(words: str) -> frozenset[int]:
    """The days on which quiet hours begin; none where the words name no days."""
    if words in _DAYS:
        return _DAYS[words]
    return frozenset(_DAY[sign] for sign in words if sign in _DAY) if _DAY_LIST.fullmatch(words) else frozenset()


def _chosen(talk: Talk, person: Person, words: str) -> Address:
    """The address that is meant: by a button, by its channel (a number tells several apart), or written out. Raises
    Refused where it is not clear."""
    reach = talk.uow.reach.of(person.id, person.addresses)
    own = wanted((*person.addresses, *reach.bound), reach.wants.first)
    name = _FIRST.sub("", words).strip().lower()
    for address in own:
        if name in (digest(address), address.address.lower(), f"{address.channel}:{address.address}".lower()):
            return address
    kind, _, number = name.partition(" ")
    found = [each for each in own if kind in _names(each.channel)]
    if number.isascii() and number.isdigit() and 0 < int(number) <= len(found):
        return found[int(number) - 1]
    if len(found) != 1 or number:
        raise Refused("channel_which" if found else "channel_none", name=name[:20])
    return found[0]


def _names(channel: str) -> set[str]:
    """What people call a channel."""
    known = {channel_name(Address(channel, ""), language).lower() for language in ("zh", "en")}
    return known | {channel} if channel in CHANNELS else {channel}


def digest(address: Address) -> str:
    """An address as a button names it: the order may have changed since the button was shown."""
    return hashlib.sha256(f"{address.channel}:{address.address}".encode()).hexdigest()[:8]


# showing


def _show(talk: Talk, person: Person) -> None:
    reach = reach_of(person, talk.uow, whole=True)
    own = wanted((*person.addresses, *reach.bound), reach.wants.first)
    if not own:
        raise Refused("channels_none")
    lines = [talk.say("channels_head")]
    lines += [_line(talk, number, address, reach) for number, address in enumerate(own, 1)]
    tried = likely_first(own, reach, talk.now)
    if tried != own:
        lines.append(talk.say("channels_tried", first=channel_name(tried[0], talk.language)))
    lines.append(_quiet_line(talk, person, reach.wants.quiet))
    talk.answer("\n".join(lines), _buttons(talk, own, reach.wants.quiet))


def _line(talk: Talk, number: int, address: Address, reach: Reach) -> str:
    health = reach.known.get(address, NOTHING_KNOWN)
    name, shown = channel_name(address, talk.language), _masked(address.address)
    told = talk.say("comma_state").join(_states(talk, address, health, reach.always)) or talk.say("channel_unused")
    return talk.say("channel_line", number=number, channel=name, address=shown, state=told)


def _states(talk: Talk, address: Address, health: Health, always: Collection[str]) -> list[str]:
    """What is known of an address, in words; channels that may `always` write do so in short while it is closed."""
    found = []
    if health.sent_at:
        seen = "channel_shown" if address.channel == "webchat" else "channel_sent"
        found.append(talk.say(seen, at=talk.when(health.sent_at)))
    if health.failed_at:
        why = in_words(health.why, talk.language) or redact(health.why)[:WHY_SHOWN]
        found.append(talk.say("channel_failed", at=talk.when(health.failed_at), why=why))
    if is_refusing(health, talk.now):
        found.append(talk.say("channel_refusing"))
    if address.channel in WINDOWS:
        until = open_until(address, health)
        is_open = until is not None and until > talk.now
        closed = talk.say("channel_closed_short" if address.channel in always else "channel_closed")
        found.append(talk.say("channel_open", at=talk.when(until)) if is_open and until else closed)
    return found


def _masked(address: str) -> str:
    """Enough of an address to know one's own by it."""
    if len(address) <= MASK_LONGER:
        return address
    return f"{address[:3]}…{address[-3:]}"


def _quiet_line(talk: Talk, person: Person, hours: Quiet | None) -> str:
    if hours is None:
        return talk.say("quiet_none")
    span = f"{hours.start:%H:%M}–{hours.end:%H:%M}"
    days = talk.say("between_names").join(talk.say(f"weekday_{day}") for day in sorted(hours.days))
    days = talk.say("quiet_daily") if hours.days == EVERY_DAY else days
    line = talk.say("quiet_on" if hours.on else "quiet_off", days=days, span=span)
    if hours.on and is_on_call(person, talk.rules, talk.now):
        line += talk.say("quiet_on_call")
    return line


def _buttons(talk: Talk, own: tuple[Address, ...], hours: Quiet | None) -> tuple[tuple[Button, ...], ...]:
    rows = []
    for address in own[1:6]:
        label = talk.say(
            "button_channel_first", channel=channel_name(address, talk.language), address=_masked(address.address)
        )
        rows.append((Button(label, f"my_channels::{digest(address)}"),))
    label, words = ("button_quiet_set", USUAL) if hours is None else ("button_quiet_on", "on")
    if hours and hours.on:
        label, words = "button_quiet_off", "off"
    last = (
        Button(talk.say(label, span=USUAL) if hours is None else talk.say(label), f"quiet::{words}"),
        Button(talk.say("button_test_page"), "test_page"),
    )
    return (*rows, last)
