"""What a reader sees of HTML, line by line, each with what the HTML says of it. In one pass, over any input."""

import re
from dataclasses import dataclass
from html import unescape

from bot.channels.mail.quote_marks import Mark, hidden_by, is_hidden, mark_of, names_in

MOST_TAGS = 6_000
"""Tags that are read; a mail that a person wrote has far fewer. What stands behind the last is left out."""
MOST_SIGNS, MOST_OF_A_PAGE = 200_000, 2_000_000
"""Signs of text, and of HTML with its tags, that are read."""
MOST_LINES = 3_000
MOST_OF_A_TAG = 2_000

_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]*)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad\u034f]")
_HALVES = re.compile(r"&#(x[dD][\da-fA-F]{3}|5[5-7]\d{3});(?=&#(x[dD][\da-fA-F]{3}|5[5-7]\d{3});)&#[^;]{5};")
_BREAKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "caption",
        "option",
        "details",
        "summary",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "bgsound",
        "frame",
    ]
)
_UNSEEN = frozenset(
    [
        "style",
        "script",
        "title",
        "template",
        "svg",
        "head",
        "xml",
        "noembed",
        "noframes",
        "object",
        "applet",
        "select",
        "textarea",
        "math",
        "iframe",
        "canvas",
        "audio",
        "video",
    ]
)
_BODY = frozenset({"body", "div", "p", "table", "span"})
_RAW = frozenset(["style", "script", "title", "textarea", "xmp"])
_MAILBOX = re.compile(r"[^\s<>\"'=]{0,64}@")
_APART = frozenset({"p", "pre"})
_NO_MARGIN = re.compile(r"(?i)\bMso[A-Z]|margin(?:-top|-bottom)?\s*:\s*0")
_INTERESTING = re.compile(r"(?i)id\s*=|class\s*=|style\s*=|hidden|cite")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body. `text` may end in a space: the line above a signature does."""

    text: str
    mark: Mark = Mark.NONE
    is_own: bool = False
    """The author's, though it begins as a quotation does."""


@dataclass(slots=True)
class _Open:
    tag: str
    hidden: bool
    mark: Mark
    is_apart: bool
    """Whether a reader sees empty space above and below it."""
    said: int
    """Pieces of text that were read before it: an empty element begins no history."""


class _Page:
    """The lines so far, and the elements that are open."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.stack: list[_Open] = []
        self.open: dict[str, int] = {}
        self.hidden = 0
        self.left = MOST_SIGNS
        self.marks = [0, 0, 0, 0]
        self.here: list[str] = []
        self.blank = False
        # Whether a paragraph ended above, and whether one began since.
        self.below_one = self.in_one = False
        self.mark = Mark.NONE
        self.names: frozenset[str] = frozenset()
        self.said = 0

    def read(self, raw: str) -> None:
        """Text as it stands in the source."""
        if self.hidden:
            return
        raw = raw[: self.left]
        self.left -= len(raw)
        text = unescape(_HALVES.sub(_joined, raw)) if "&" in raw else raw
        if self.open.get("pre"):
            first, *others = text.replace("\r", "").split("\n", MOST_LINES)
            self._add(first)
            for other in others:
                self.end_line(always=True)
                self._add(other)
            return
        self._add(_SPACE.sub(" ", text))

    def _add(self, text: str) -> None:
        text = _INVISIBLE.sub("", text)
        # A paragraph of one space that does not break is how editors write an empty line.
        self.blank = self.blank or "\xa0" in text
        text = text.replace("\xa0", " ")
        if not text or (text == " " and not self.here):
            return
        self.said += bool(text.strip())
        self.mark = max(self.mark, self._current())
        self.here.append(text if self.here else text.lstrip(" ") if not self.open.get("pre") else text)

    def _current(self) -> Mark:
        return next((mark for mark in (Mark.REST, Mark.HISTORY, Mark.PERHAPS) if self.marks[mark]), Mark.NONE)

    def end_line(self, always: bool = False) -> None:
        """The line ends; an empty one only where the source asks for it."""
        if self.here or always or self.blank:
            text = "".join(self.here)
            self._put(Line(text if self.open.get("pre") else _SPACE.sub(" ", text), max(self.mark, self._current())))
        self.here = []
        self.blank = False
        self.mark = Mark.NONE

    def _put(self, line: Line) -> None:
        """Adds a line; between paragraphs an empty one, and never two of them."""
        above = self.lines[-1] if self.lines else None
        is_empty = not line.text.strip()
        if above and not above.text.strip():
            if is_empty and above.mark is line.mark and not self.open.get("pre"):
                return
        elif above and self.below_one and self.in_one and not is_empty:
            self.lines.append(Line("", min(above.mark, line.mark)))
        self.below_one = self.in_one = False
        self.lines.append(line)

    def start(self, tag: str, attributes: str) -> None:
        """An opening tag."""
        if tag in _BREAKS:
            self.end_line()
            if self.stack and self.stack[-1].tag == "p":
                self.end("p")
        elif tag == "br":
            if not self.hidden:
                self.end_line(always=True)
        elif tag in ("td", "th") and self.here:
            self._add(" ")
        if tag in _VOID or attributes.endswith("/"):
            return
        told = bool(attributes) and _INTERESTING.search(attributes, 0, MOST_OF_A_TAG) is not None
        attributes = attributes[:MOST_OF_A_TAG] if told else ""
        names = names_in(attributes)
        hidden = tag in _UNSEEN or (told and is_hidden(attributes, names, self.names))
        mark = mark_of(tag, names, attributes) if told or tag == "blockquote" else Mark.NONE
        if mark is Mark.REST and (self.marks[Mark.HISTORY] or self.marks[Mark.PERHAPS]):
            mark = Mark.HISTORY  # Of a mail that is quoted itself: it ends with the quotation.
        is_apart = tag in _APART and not self.hidden and not _NO_MARGIN.search(attributes)
        self.stack.append(_Open(tag, hidden, mark, is_apart, self.said))
        self.open[tag] = self.open.get(tag, 0) + 1
        self.hidden += hidden
        self.marks[mark] += 1
        self.in_one = is_apart or (self.in_one and tag not in _BREAKS)

    def end(self, tag: str) -> None:
        """A closing tag closes what it opened, and what was left open in it; one that opened nothing is passed over."""
        if tag in _BREAKS:
            self.end_line()
        if not self.open.get(tag):
            return
        while self.stack:
            top = self.stack.pop()
            self.open[top.tag] -= 1
            self.hidden -= top.hidden
            self.below_one = self.below_one or top.is_apart
            if top.mark is not Mark.REST or top.said == self.said:
                self.marks[top.mark] -= 1
            if top.tag == tag:
                return


def seen(html: str, most_tags: int = MOST_TAGS) -> list[Line]:
    """The lines that a reader sees: no style, script or comment, nothing hidden; what stands behind so many tags is
    left out."""
    page, at, tags = _Page(), 0, 0
    html = html[:MOST_OF_A_PAGE]
    gone: dict[str, bool] = {}
    while tags < most_tags and len(page.lines) < MOST_LINES:
        opened = html.find("<", at)
        page.read(html[at : opened if opened >= 0 else len(html)])
        if opened < 0:
            break
        tags += 1
        at = _tag(html, opened, page, gone)
    page.end_line()
    return page.lines


def _joined(found: re.Match[str]) -> str:
    """A sign that editors write as two halves, each a reference of its own."""
    high, low = (int(each[1:], 16) if each[0] == "x" else int(each) for each in found.groups())
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return found[0]


def _tag(html: str, at: int, page: _Page, gone: dict[str, bool]) -> int:
    """Reads what begins with the `<` at that place; where to go on."""
    if html.startswith("<!--", at):
        return _behind(html, "-->", at + 4, gone) or at + 4
    if html.startswith(("<!", "<?"), at):
        return html.find(">", at) + 1 or len(html)
    named = _TAG_NAME.match(html, at + 1)
    if not named or _MAILBOX.match(html, named.end()):
        page.read("<")
        return at + 1
    end = _end_of_tag(html, named.end())
    tag, attributes = named[1].lower(), html[named.end() : end].strip()
    if html[at + 1] == "/":
        page.end(tag)
    elif tag in _RAW:
        behind = _behind(html, f"</{tag}", end, gone)
        if tag == "style" and behind:
            page.names |= hidden_by(html[end:behind])
        return (html.find(">", behind - 1) + 1 or len(html)) if behind else end + 1
    else:
        if tag in _BODY:
            page.end("head")
        page.start(tag, attributes)
    return end + 1


def _end_of_tag(html: str, at: int) -> int:
    """Where the tag's `>` stands; one inside a quoted value is none."""
    end = html.find(">", at)
    for _ in range(5):
        if end < 0:
            return len(html)
        if (
            end - at > 20_000
            or html.count('"', at, end) % 2 == 0
            or (further := html.find(">", end + 1)) < 0
            or further - at > 5_000
        ):
            return end
        end = further
    return html.find(">", at)


def _behind(html: str, what: str, at: int, gone: dict[str, bool]) -> int:
    """Behind the next `what`, in either case; 0 when there is none. `gone` remembers that, lest the rest be searched
    again."""
    if gone.get(what):
        return 0
    found = re.compile(re.escape(what), re.IGNORECASE).search(html, at)
    if not found:
        gone[what] = True
        return 0
    return found.end()
