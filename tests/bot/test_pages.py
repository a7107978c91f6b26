"""The pages that are but a card: one head for all, and each a whole page."""

from html.parser import HTMLParser

import pytest
from aiohttp import web

from bot.web.pages import STATIC, card_page, said_page

VOID = {"meta", "link", "img", "input", "br"}


class Outline(HTMLParser):
    """The tags of a page, in order; fails where one ends that did not begin last."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append(str(dict(attrs)["src"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


PAGES = {
    "said": said_page("Ein <b> title", "words", "en"),
    "login": card_page("login.html", "zh-CN", script="door.js", csrf="token-1", error=""),
    "link": card_page("link.html", "zh-CN", script="door.js", csrf="token-1", error=""),
}


def text_of(page: web.Response) -> str:
    assert page.text is not None
    return page.text


def head_of(page: web.Response) -> list[str]:
    """The head without what differs: the language, and the script."""
    lines = text_of(page).partition("</head>")[0].splitlines()
    return [line for line in lines if "<script" not in line and "<html" not in line]


@pytest.mark.parametrize("name", PAGES)
def test_each_is_a_whole_page_with_the_one_head(name: str) -> None:
    text = text_of(PAGES[name])
    outline = Outline(text)
    assert outline.open == []
    assert outline.tags[:2] == ["html", "head"]
    assert [outline.tags.count(tag) for tag in ("html", "head", "body", "main", "h1")] == [1] * 5
    assert outline.scripts == ([] if name == "said" else ["/static/door.js"])
    assert head_of(PAGES[name]) == head_of(PAGES["said"])


def test_what_was_filled_in_is_there_and_nothing_is_left_to_fill() -> None:
    assert "Ein &lt;b&gt; title" in text_of(PAGES["said"])
    for page in PAGES.values():
        assert "$" not in text_of(page)
    assert 'value="token-1"' in text_of(PAGES["login"])


def test_only_the_card_and_the_chat_have_a_head_of_their_own() -> None:
    assert {path.name for path in STATIC.glob("*.html") if "<head>" in path.read_text("utf-8")} == {
        "card.html",
        "chat.html",
    }
