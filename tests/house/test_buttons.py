"""Every button that is made is settled when it is over, or stays for a reason that is written here."""

import ast
from collections.abc import Iterator

import pytest

from handlers.receive import ROUTES
from handlers.settled import ABOUT, ENDINGS
from tests.house import ROOT

STAYS = {
    # verb: why nothing takes its place
    "pick": "which ticket is meant belongs to none; a later press is a new choice",
    "note": "the picture that waits for words belongs to no ticket yet",
    "maintenance_off": "a maintenance is no ticket; who presses late is told that it is over",
    "my_channels": "a setting may be changed at any time",
    "quiet": "a setting may be changed at any time",
    "test_page": "may be pressed again and again",
    "praise": "which service it is about belongs to no ticket; who presses late is told that the button is old",
    "complaint": "which service it is about belongs to no ticket; who presses late is told that the button is old",
    "test_ack": "a test page belongs to no ticket; who presses twice is told so",
    "duty_done": "a duty is no ticket; the list is shown anew with what is left",
    "duty_accept": "a duty is no ticket; who presses late is told who decided",
    "duty_refuse": "a duty is no ticket; who presses late is told who decided",
    "duty_revoke": "may be taken back as long as it stands",
}
DYNAMIC = {
    # where the verb of a button is no literal: the verbs that it may be
    "buttons.py": {"arrive", "remote_failed", "resolve"},
    "plan.py": {"approve", "refuse"},
    "proposals.py": {"agree_amendment", "agree_waiver"},
    "about.py": {"praise", "complaint"},
    "duties.py": {"duty_done", "duty_accept", "duty_refuse", "duty_revoke"},
}
HANDLERS = sorted((ROOT / "handlers").glob("*.py"))


def made(node: ast.AST) -> list[ast.expr]:
    """The expressions in a node of the code that are actions of buttons: what Button is given, what stands beside the
    key of a label, and what functions and names called "action" say."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Button":
        return [node.args[1]]
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and "'button_" in ast.dump(node.elts[0]):
        return [each for each in node.elts[1:] if isinstance(each, ast.JoinedStr)]
    if isinstance(node, ast.FunctionDef) and node.name.endswith("action"):
        return [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
        return [node.value]
    return []


def verbs_of(action: ast.expr) -> Iterator[str]:
    """The verbs that an action may have, {} where one is filled in; nothing where it is made elsewhere."""
    choices = [action.body, action.orelse] if isinstance(action, ast.IfExp) else [action]
    for each in choices:
        if isinstance(each, ast.JoinedStr):
            shape = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in each.values)
            yield shape.partition(":")[0]
        elif isinstance(each, ast.Constant):
            yield str(each.value).partition(":")[0]


def actions() -> Iterator[tuple[str, str]]:
    """Every action of a button: the file that makes it, and its verb."""
    for path in HANDLERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for action in made(node):
                for verb in verbs_of(action):
                    yield path.name, verb


MADE = {verb for _, verb in actions() if "{" not in verb} | set().union(*DYNAMIC.values())
SETTLED = frozenset().union(*(ending.verbs for ending in ENDINGS))


def test_the_verbs_that_are_no_literals_are_named_here() -> None:
    assert DYNAMIC.keys() == {file for file, verb in actions() if "{" in verb}


@pytest.mark.parametrize("verb", sorted(MADE))
def test_every_button_is_settled_or_stays_for_a_reason(verb: str) -> None:
    assert (verb in SETTLED) is not (verb in STAYS)


def test_nothing_is_settled_or_stays_that_is_never_shown() -> None:
    assert SETTLED | STAYS.keys() | ABOUT.keys() == MADE
    assert MADE - {"pick"} <= ROUTES.keys()


def test_what_asks_for_one_thing_of_several_is_settled_by_what_decides_that() -> None:
    assert ABOUT.keys() <= SETTLED
