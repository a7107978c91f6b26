"""Both sides' managers: they put facts right afterwards, forgive breaches, confirm that business stood still."""

from datetime import timedelta

from bot.simulate.script import Verb
from bot.simulate.story import Stage, Story, buttons, offered
from sla.labels import Role
from sla.message import Notice, Purpose
from sla.ticket import EventKind, Ticket

DECIDING = frozenset({Role.HOSPITAL_MANAGER, Role.PROVIDER_MANAGER})
PUT_RIGHT = {EventKind.ACKNOWLEDGED: "接单", EventKind.ARRIVED: "到场", EventKind.RESOLVED: "修复"}


def is_manager(stage: Stage, who: str) -> bool:
    """Whether somebody may decide about what was recorded."""
    person = stage.cast.rules.people.by_id.get(who)
    return person is not None and not person.roles.isdisjoint(DECIDING)


def hears(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    """A manager reads a notice, once back from leave."""
    shown = buttons(notice)
    wait = stage.cast.back_at(who, stage.now) - stage.now
    for verb in ("agree_waiver", "agree_amendment", "outage"):
        if verb in shown and story.maybe(0.4):
            action = stage.written(story.chance.choice(offered(notice, verb)).action)
            stage.later(story, wait + story.soon(60), lambda action=action: stage.act(story, who, action, Verb.PRESSES))  # type: ignore[misc]  # mypy infers no lambda with defaults
    if notice.purpose is Purpose.BREACH:
        _told_of_a_breach(stage, story, who, wait)


def _told_of_a_breach(stage: Stage, story: Story, who: str, wait: timedelta) -> None:
    draw = story.chance.random()
    if draw < 0.06:
        stage.later(story, wait + story.soon(120), lambda: put_right(stage, story, who))
    elif draw < 0.12:
        word = "豁免" if who.startswith("manager") else "申请豁免"
        stage.later(
            story, wait + story.soon(120), lambda: _about(stage, story, who, f"{word} #{story.number} 原因：医院停电")
        )
        if story.maybe(0.3):
            text = f"撤销豁免 #{story.number} 原因：查明不是停电"
            stage.later(story, wait + story.soon(600), lambda: _about(stage, story, who, text))


def put_right(stage: Stage, story: Story, who: str) -> None:
    """更正: it happened some minutes sooner or later; 作废: it never did."""
    ticket = stage.ticket(story)
    if ticket is None:
        return
    done = [event for event in ticket.events if event.kind in PUT_RIGHT]
    if not done:
        return
    event = story.chance.choice(done)
    word = PUT_RIGHT[event.kind]
    if event.kind is EventKind.ARRIVED and story.maybe(0.3):
        _about(stage, story, who, f"作废 {story.tag} {word} 原因：走错了科室")
        return
    zone = stage.cast.rules.calendar.timezone
    at = (event.at - timedelta(minutes=story.chance.randint(-20, 40))).astimezone(zone)
    _about(stage, story, who, f"更正 {story.tag} {word} {at.month}月{at.day}日{at:%H:%M} 原因：签到机慢了")


def _about(stage: Stage, story: Story, who: str, text: str) -> None:
    """A word about a ticket that is there."""
    ticket: Ticket | None = stage.ticket(story)
    if ticket is not None:
        stage.act(story, who, text)
