"""Somebody writes from an address that refused messages for a while: they are told since when, and that it counts."""

from dataclasses import replace

from handlers.intake.redact import redact
from handlers.talk import Talk
from handlers.test_watch import channel_name
from handlers.trouble import in_words
from handlers.wording import say
from sla.labels import Role
from sla.message import Notice, Purpose
from sla.reachable import NOTHING_KNOWN, is_refusing

WHY_SHOWN = 60
PAGED = frozenset(Role) - {Role.CLINICIAN}
"""Who is sent what must not get lost; the others hear what they ask for, there and then."""


def welcome_back(talk: Talk) -> None:
    """Tell who wrote that their address refused for a while. Each such time is told once: the notice's key names it."""
    person, address = talk.speaker.person, talk.speaker.address
    if person is None or person.roles.isdisjoint(PAGED):
        return
    health = talk.uow.reach.of(person.id, (address,)).known.get(address, NOTHING_KNOWN)
    refused = health.refused_at
    if refused is None or not is_refusing(replace(health, heard_at=None), talk.now):
        return
    text = say(
        "address_back",
        talk.language,
        channel=channel_name(address, talk.language),
        at=talk.when(refused),
        why=in_words(health.why, talk.language) or redact(health.why)[:WHY_SHOWN],
    )
    key = f"back:{address.channel}:{address.address}:{refused.isoformat()}"
    talk.uow.outbox.add([Notice(key, Purpose.INFO, (address,), text, person=person.id)], talk.now)
