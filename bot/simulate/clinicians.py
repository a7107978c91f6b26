"""The hospital's people: they report, hurry, correct, confirm, find it broken again, and decide about plans."""

from datetime import timedelta
from functools import partial

from bot.simulate import words
from bot.simulate.script import Verb
from bot.simulate.story import Stage, Story, buttons, offered
from sla.message import Notice
from sla.ticket import State

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def report(stage: Stage, story: Story) -> None:
    """The first words, and what the reporter means to say later."""
    text = words.report_of(story.chance, story.kind, story.system, story.place, stage.cast.rules.catalogue)
    stage.act(story, story.who, text)
    for _ in range(2):
        if story.maybe(0.08):
            more = story.chance.choice(words.MORE)
            stage.later(story, story.soon(0.4), partial(stage.act, story, story.who, more))
    if story.maybe(0.25):
        stage.later(story, story.soon(35), lambda: urge(stage, story, 3))
    if story.maybe(0.1):
        stage.later(story, story.soon(20), lambda: add(stage, story))
    if story.maybe(0.06):
        stage.later(story, story.soon(6, 0.5), lambda: correct(stage, story, back=story.maybe(0.5)))
    if story.maybe(0.03):
        stage.later(story, story.soon(40), lambda: withdraw(stage, story))
    if story.maybe(0.03):
        stage.later(story, story.soon(15), lambda: nobody(stage, story))
    if story.maybe(0.1):
        stage.later(story, story.soon(60), lambda: works(stage, story))


def too(stage: Stage, story: Story) -> None:
    """We have it as well, in a storm."""
    if story.maybe(0.4) and story.system:
        name = words.called(story.chance, story.system)
        stage.act(story, story.who, f"我们科也是，{name}打不开")
    else:
        report(stage, story)


def urge(stage: Stage, story: Story, times: int) -> None:
    """催, again and again while nobody came."""
    ticket = stage.ticket(story)
    if ticket is None or not ticket.is_working:
        return
    bare = story.chance.choice(words.URGES)
    stage.act(story, story.who, bare if story.maybe(0.7) else story.chance.choice(words.ASKS))
    if times > 1 and story.maybe(0.5):
        stage.later(story, story.soon(20), lambda: urge(stage, story, times - 1))


def add(stage: Stage, story: Story) -> None:
    """A word more."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_open:
        stage.act(story, story.who, f"{story.tag} {story.chance.choice(words.DETAILS)}")


def correct(stage: Stage, story: Story, *, back: bool) -> None:
    """It was another system, or so it seemed."""
    ticket = stage.ticket(story)
    if ticket is None or not ticket.is_working or story.system is None:
        return
    other = story.chance.choice(stage.cast.systems)
    mine = story.system.name.partition("（")[0]
    stage.act(story, story.who, f"{story.tag} 不是{mine}，是{other.name.partition('（')[0]}")
    if back:
        stage.later(story, story.soon(5), lambda: put_right(stage, story, mine))


def put_right(stage: Stage, story: Story, name: str) -> None:
    """The correction was wrong."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_working:
        stage.act(story, story.who, f"{story.tag} 说错了，是{name}")


def withdraw(stage: Stage, story: Story) -> None:
    """It was a mistake."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_working:
        stage.act(story, story.who, f"撤销 {story.tag} 点错了")


def nobody(stage: Stage, story: Story) -> None:
    """Nobody need come."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_working:
        stage.act(story, story.who, f"无需到场 {story.tag}")


def works(stage: Stage, story: Story) -> None:
    """It works, whatever the engineer says."""
    ticket = stage.ticket(story)
    if ticket and ticket.is_open:
        stage.act(story, story.who, story.chance.choice(words.WORKS))


def hears(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    """Somebody of the hospital reads a notice."""
    shown = buttons(notice)
    if "system" in shown and "system" not in story.asked:
        story.asked.add("system")
        _answer_which_system(stage, story, notice)
    elif "pick" in shown:
        stage.later(story, story.soon(0.5), lambda: _pick(stage, story, who, notice))
    elif "confirm" in shown:
        _judge(stage, story, who)
    elif {"known", "by_maintenance", "part"} & shown.keys():
        _about_others(stage, story, who, notice)
    elif "rate" in shown and story.maybe(0.5):
        action = stage.written(story.chance.choice(offered(notice, "rate")).action)
        stage.later(story, story.soon(3), lambda: stage.act(story, who, action, Verb.PRESSES))
    elif "approve" in shown:
        _decide(stage, story, who, notice)
    elif "agree_change" in shown and story.maybe(0.6):
        action = stage.written(shown["agree_change"].action)
        wait = stage.cast.back_at(who, stage.now) - stage.now + story.soon(90)
        stage.later(story, wait, lambda: stage.act(story, who, action, Verb.PRESSES))


def _answer_which_system(stage: Stage, story: Story, notice: Notice) -> None:
    draw = story.chance.random()
    if draw < 0.35:
        return
    action = stage.written(story.chance.choice(offered(notice, "system")).action)
    if draw < 0.75:
        stage.later(story, story.soon(1), lambda: stage.act(story, story.who, action, Verb.PRESSES))
    else:
        name = story.chance.choice(stage.cast.systems).name.partition("（")[0]
        stage.later(story, story.soon(2), lambda: stage.act(story, story.who, name))


def _pick(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    mine = [b.action for b in offered(notice, "pick") if stage.written(b.action) == f"pick:{story.tag}"]
    if mine:
        stage.act(story, who, f"pick:{story.tag}", Verb.PRESSES)


def _about_others(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    """It was joined to what others reported, or is asked whether that, or a maintenance, is why: mostly so."""
    shown, draw = buttons(notice), story.chance.random()
    yes = next((verb for verb in ("by_maintenance", "known") if verb in shown and draw < 0.45), None)
    no = next((verb for verb in ("apart", "part") if verb in shown and draw > 0.85), None)
    for verb in filter(None, (yes, no)):
        action = stage.written(shown[verb].action)
        stage.later(story, story.soon(4), lambda action=action: stage.act(story, who, action, Verb.PRESSES))  # type: ignore[misc]  # mypy infers no lambda with defaults


def _judge(stage: Stage, story: Story, who: str) -> None:
    """It is said to be mended: is it?"""
    draw = story.chance.random()
    if draw < 0.55:
        by_button = story.maybe(0.6)
        stage.later(story, story.soon(45, 1.2), lambda: _confirm(stage, story, who, by_button=by_button))
    elif draw < 0.65 and story.reopened < 3:
        story.reopened += 1
        stage.later(story, story.soon(30), lambda: _still(stage, story, who))


def _confirm(stage: Stage, story: Story, who: str, *, by_button: bool) -> None:
    ticket = stage.ticket(story)
    if ticket is None or ticket.state is not State.RESOLVED:
        return
    if by_button:
        stage.act(story, who, f"confirm:{story.tag}", Verb.PRESSES)
    else:
        stage.act(story, who, f"{story.tag} {story.chance.choice(words.WORKS)}")
    if story.maybe(0.06) and story.reopened < 3:
        story.reopened += 1
        stage.later(story, story.soon(36 * 60), lambda: _still(stage, story, who))


def _still(stage: Stage, story: Story, who: str) -> None:
    ticket = stage.ticket(story)
    if ticket is None or ticket.state not in (State.RESOLVED, State.CONFIRMED):
        return
    if story.maybe(0.5) and ticket.state is State.RESOLVED:
        stage.act(story, who, f"still_broken:{story.tag}", Verb.PRESSES)
    else:
        stage.act(story, who, f"{story.tag} {story.chance.choice(words.STILL)}")


def _decide(stage: Stage, story: Story, who: str, notice: Notice) -> None:
    """A plan waits for a word: it is read when its reader is back from leave."""
    wait = stage.cast.back_at(who, stage.now) - stage.now + story.soon(180, 1.2)
    yes, no = buttons(notice)["approve"].action, buttons(notice)["refuse"].action
    if story.maybe(0.75):
        action = stage.written(yes)
        stage.later(story, wait, lambda: stage.act(story, who, action, Verb.PRESSES))
        return
    reason, action = story.chance.choice(words.REASONS), stage.written(no)
    if story.maybe(0.5):
        stage.later(story, wait, lambda: stage.act(story, who, f"不同意 {story.tag} 理由：{reason}"))
        return
    stage.later(story, wait, lambda: stage.act(story, who, action, Verb.PRESSES))
    stage.later(story, wait + MINUTE, lambda: stage.act(story, who, reason))
