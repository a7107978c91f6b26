"""The provider's people: they oversleep, take, come, fail from afar, write plans, forget, hand over, and mend."""

from datetime import timedelta

from bot.simulate import words
from bot.simulate.script import Verb
from bot.simulate.story import Stage, Story, buttons
from sla.labels import Kind
from sla.message import Notice, Purpose
from sla.rota import Team
from sla.ticket import Ticket

NIGHT = (23, 7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLAN_AFTER = timedelta(hours=5)
SWEEP_EVERY = timedelta(hours=40)


def hears(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    """Somebody of the provider reads a notice, or sleeps."""
    if notice.purpose is Purpose.PAGE:
        hour = stage.now.astimezone(stage.cast.rules.calendar.timezone).hour
        asleep = 0.5 if hour >= NIGHT[0] or hour < NIGHT[1] else 0.12
        if story.maybe(asleep):
            return
        stage.later(story, story.soon(4), lambda: take(stage, story, who))
        return
    shown = buttons(notice)
    if "resolve" in shown and story.maybe(0.5):
        stage.later(story, story.soon(15), lambda: mend(stage, story, who))
    elif "pick" in shown:
        stage.later(story, story.soon(0.5), lambda: _pick(stage, story, who, notice))


def team_of(stage: Stage, ticket: Ticket) -> Team | None:
    """Who serves the ticket."""
    return stage.cast.rules.rota.team_of(ticket.contract)


def take(stage: Stage, story: Story, who: str) -> None:
    """接单, by button, by word, or by coming at once."""
    ticket = stage.ticket(story)
    if ticket is None or not ticket.is_working:
        return
    if ticket.acknowledged_at and story.busy and not story.maybe(0.3):
        return
    who = _somebody(stage, ticket, who)
    draw = story.chance.random()
    if draw < 0.65:
        stage.act(story, who, f"ack:{story.tag}", Verb.PRESSES)
    elif draw < 0.9:
        stage.act(story, who, f"接单 {story.tag}")
    else:
        stage.act(story, who, f"到场 {story.tag}")
    taken = stage.ticket(story)
    if taken and taken.assignee == who and taken.acknowledged_at and story.busy != who:
        story.busy = who
        if not story.maybe(0.08):  # else it is taken and forgotten
            work(stage, story, who, taken)


def _somebody(stage: Stage, ticket: Ticket, who: str) -> str:
    """Of a group that was told, whoever is quickest."""
    team = team_of(stage, ticket)
    people = stage.cast.rules.people.by_id
    if who in people or team is None:
        return who
    there = [name for name in team.turn.engineers if people[name].addresses]
    return there[ticket.number % len(there)]


def work(stage: Stage, story: Story, who: str, ticket: Ticket) -> None:
    """What the engineer will do, and when."""
    if ticket.kind is Kind.CHANGE:
        build(stage, story, who)
        return
    needs = story.soon(50, 1.0) if not story.maybe(0.12) else story.soon(14 * 60, 0.9)
    if story.maybe(0.25):
        stage.later(story, needs / 4, lambda: say(stage, story, who, f"远程不行 {story.tag}"))
    if story.maybe(0.4):
        stage.later(story, needs / 2, lambda: say(stage, story, who, f"到场 {story.tag}"))
    if story.maybe(0.05):
        stage.later(story, needs * 0.6, lambda: say(stage, story, who, f"资深到场 {story.tag}"))
    if story.maybe(0.15):
        cause = story.chance.choice(words.CAUSES)
        stage.later(story, needs * 0.7, lambda: say(stage, story, who, f"原因 {story.tag} {cause}"))
    if story.maybe(0.03):
        stage.later(story, needs / 3, lambda: say(stage, story, who, f"{story.tag} 优先级低"))
    if story.maybe(0.07):
        stage.later(story, needs / 3, lambda: hand_over(stage, story, who))
    pauses(stage, story, who, ticket, needs)
    if needs > PLAN_AFTER:
        stage.later(story, min(needs * 0.8, story.soon(6.5 * 60, 0.2)), lambda: plan(stage, story, who))
    stage.later(story, needs, lambda: mend(stage, story, who))


def pauses(stage: Stage, story: Story, who: str, ticket: Ticket, needs: timedelta) -> None:
    """The work has to wait for the hospital, also where the contract does not allow for it; now and then nobody says
    that it goes on."""
    contract = stage.cast.rules.contract_of(ticket)
    if not story.maybe(0.15 if contract and contract.pauses else 0.03):
        return
    stage.later(story, needs / 3, lambda: say(stage, story, who, f"暂停 {story.tag} 等院方提供端口"))
    if story.maybe(0.7):
        stage.later(story, needs * 0.7, lambda: say(stage, story, who, f"继续 {story.tag}"))


def build(stage: Stage, story: Story, who: str) -> None:
    """A change goes through its stages, late now and then."""
    at = story.soon(2 * 24 * 60)
    for word, days in (("评估通过", 0), ("方案已出", 6), ("开发完成", 14), ("已上线", 22)):
        at += story.soon(days * 24 * 60 / 2 + 60, 0.5)
        stage.later(story, at, lambda word=word: say(stage, story, who, f"{word} {story.tag}"))  # type: ignore[misc]  # mypy infers no lambda with defaults


def say(stage: Stage, story: Story, who: str, text: str) -> None:
    """A word about the ticket while it is worked on."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_working:
        stage.act(story, who, text)


def hand_over(stage: Stage, story: Story, who: str) -> None:
    """转给 a colleague, who is paged."""
    ticket = stage.ticket(story)
    team = team_of(stage, ticket) if ticket else None
    if ticket and team and ticket.is_working and ticket.assignee == who:
        other = story.chance.choice([name for name in team.turn.engineers if name != who])
        story.busy = ""
        stage.act(story, who, f"转给{other} {story.tag}")


def plan(stage: Stage, story: Story, who: str) -> None:
    """It will not be mended in time: a written plan, with a deadline or without."""
    ticket = stage.ticket(story)
    if ticket is None or not ticket.is_working or story.plans >= 3:
        return
    story.plans += 1
    deadline = "，限期明天18:00" if story.maybe(0.7) else ""
    stage.act(story, who, f"方案 {story.tag} 更换阵列卡后恢复{deadline}")
    stage.later(story, story.soon(5 * 60), lambda: _plan_again(stage, story, who))


def _plan_again(stage: Stage, story: Story, who: str) -> None:
    ticket = stage.ticket(story)
    if ticket and ticket.is_working and ticket.plan and ticket.plan.refused_at:
        plan(stage, story, who)


def mend(stage: Stage, story: Story, who: str) -> None:
    """修好了, with cause, method and result, or some of them."""
    ticket = stage.ticket(story)
    if ticket is None or not ticket.is_working:
        return
    if ticket.kind is Kind.CHANGE and story.maybe(0.8):
        stage.act(story, who, f"已上线 {story.tag}")
        return
    cause, method = story.chance.choice(words.CAUSES), story.chance.choice(words.METHODS)
    draw = story.chance.random()
    if draw < 0.6:
        stage.act(story, who, f"修好了 {story.tag} 原因：{cause} 方法：{method} 结果：恢复正常")
    elif draw < 0.8:
        stage.act(story, who, f"修好了 {story.tag} 原因：{cause}")
        stage.later(story, story.soon(2), lambda: say(stage, story, who, f"修好了 {story.tag} {method}，恢复正常"))
    else:
        stage.act(story, who, f"resolve:{story.tag}", Verb.PRESSES)
        if story.maybe(0.7):
            stage.later(story, story.soon(2), lambda: say(stage, story, who, f"{method}，已恢复"))
    story.busy = ""
    stage.later(story, 6 * HOUR, lambda: _left_open(stage, story, who))


def _left_open(stage: Stage, story: Story, who: str) -> None:
    """The question about the cause was not answered: the ticket is still open."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_working and ticket.assignee == who and not story.busy:
        mend(stage, story, who)


def sweep(stage: Stage, story: Story) -> None:
    """In the end the lead takes what everybody has forgotten."""
    ticket = stage.ticket(story)
    if ticket is None or not ticket.is_open:
        return
    stage.later(story, SWEEP_EVERY, lambda: sweep(stage, story))
    if not ticket.is_working or (ticket.kind is Kind.CHANGE and stage.now - ticket.reported_at < 60 * DAY):
        return
    team = team_of(stage, ticket)
    who = team.lead if team else next(iter(stage.cast.rules.rota.teams)).lead
    if not ticket.acknowledged_at:
        stage.act(story, who, f"接单 {story.tag}")
    stage.later(story, story.soon(60), lambda: mend(stage, story, who))


def _pick(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    if any(stage.written(button.action) == f"pick:{story.tag}" for row in notice.buttons for button in row):
        stage.act(story, who, f"pick:{story.tag}", Verb.PRESSES)
