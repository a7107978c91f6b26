"""The pages: files beside this one, a few fields filled in. What is but a card has its head from card.html."""

import html
from functools import cache
from pathlib import Path
from string import Template

from aiohttp import web

from handlers.wording import say

STATIC = Path(__file__).parent / "static"


@cache
def _template(name: str) -> Template:
    return Template((STATIC / name).read_text(encoding="utf-8"))


def page(name: str, status: int = 200, **fields: str) -> web.Response:
    """The page of this name; `fields` must be escaped already."""
    text = _template(name).substitute(fields)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def card_page(name: str, lang: str, status: int = 200, script: str = "", **fields: str) -> web.Response:
    """A page with one card, the one of this name, in language `lang`, with a script of ours where one is named;
    `fields` must be escaped already."""
    card = _template(name).substitute(fields)
    script = f'<script type="module" src="/static/{script}"></script>\n' if script else ""
    return page("card.html", status, lang=lang, script=script, card=card)


def said_page(title: str, words: str, language: str, status: int = 200, below: str = "") -> web.Response:
    """A page that says something: plain words, and below them markup."""
    lang = "zh-CN" if language == "zh" else "en"
    return card_page("said.html", lang, status, title=html.escape(title), words=html.escape(words), below=below)


def lost_page(language: str, *, home: bool) -> web.Response:
    """404 for people: there is nothing at this address. `home`: the chat is served here, and a link leads to it."""
    link = f'<p><a href="/">{say("web_lost_home", language)}</a></p>' if home else ""
    return said_page(say("web_lost_title", language), say("web_lost", language), language, 404, link)
