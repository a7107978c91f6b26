"""The pages: files beside this one, a few fields filled in."""

from functools import cache
from pathlib import Path
from string import Template

from aiohttp import web

STATIC = Path(__file__).parent / "static"


@cache
def _template(name: str) -> Template:
    return Template((STATIC / name).read_text(encoding="utf-8"))


def page(name: str, **fields: str) -> web.Response:
    """The page of this name; `fields` must be escaped already."""
    return web.Response(text=_template(name).substitute(fields), content_type="text/html", charset="utf-8")
