"""How HTML says that something is history, or not to be seen: by element, class, id and style."""

import re
from enum import IntEnum


class Mark(IntEnum):
    """What the HTML says of a line. The greater one holds where several say something."""

    NONE = 0
    PERHAPS = 1
    """In a plain <blockquote>: history in a reply, else what the author set apart."""
    HISTORY = 2
    REST = 3
    """Here and below is history, if it begins with the head of a mail or what announces one."""


_NAMED = re.compile(r"""(?i)(?<![\w-])(class|id|type|cite)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_HISTORY = re.compile(
    r"""(?ix) (?<![a-z0-9]) (?: x_|ydp\w{1,12})?
    (?: yahoo_quoted | protonmail_quote | tutanota_quote
      | zmail_extra | isReplyContent | isForwardContent | ntes-mailmaster-quote | ntes-pcmail-quote | spnEditorQuote
      | OLK_SRC_BODY_SECTION | origMsg | alimail-quote | alimail_quote | aliyun_mail_quote
      | __aliyun_previous_email_wrap | mailq | mail-quote | mail_quote | quoted-mail
      | ms-outlook-mobile-reference-message | mail-editor-reference-message-container | lark-mail-quote
      | history-quote-wrapper | qm_original | reply_quote )
    (?![a-z0-9])"""
)
_REST = re.compile(r"(?i)(?:x_)*divRplyFwdMsg$|^moz-forward-container$")
_INDENTED = re.compile(r"(?i)style\s*=\s*\"?'?(?![^\"'>]*border-left)[^\"'>]*border\s*:\s*(?:none|medium none|0)")
"""How browsers indent what somebody sets apart; a quotation has a line at its left."""
_QUOTE_CLASS = re.compile(r"(?i)gmail_quote|cite|quote")
_ZERO = r"\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:[;\"'!]|$)"
_HIDING = {
    name: re.compile(rf"(?<![\w-]){name}{said}")
    for name, said in (
        ("display", r"\s*:\s*none"),
        ("visibility", r"\s*:\s*hidden"),
        ("mso-hide", r"\s*:\s*all"),
        ("font-size", _ZERO),
        ("max-height", _ZERO),
        ("opacity", _ZERO),
    )
}
"""What hides, by the name of the property: to look for the name first is far quicker than one pattern of all."""
_NO_HEIGHT, _CLIPPED = re.compile(rf"(?<![\w-])height{_ZERO}"), re.compile(r"(?<![\w-])overflow\s*:\s*hidden")
_HIDDEN_ATTRIBUTE = re.compile(r"""(?i)(?:^|\s)hidden(?:\s|=|/|$)""")
_RULE = re.compile(r"([.#])([\w-]{1,60})\s*\{([^{}]{0,2000})\}")
_VALUES = re.compile(r""""[^"]*"|'[^']*'""")


def names_in(attributes: str) -> list[tuple[str, str]]:
    """Name and value of those attributes that may say whose words stand in the element."""
    plain = attributes.lower()
    if not any(name in plain for name in ("class", "id", "type", "cite")):
        return []
    return [(name.lower(), value.strip("\"'")[:300]) for name, value in _NAMED.findall(attributes)]


def mark_of(tag: str, names: list[tuple[str, str]], attributes: str = "") -> Mark:
    """What an element with these attributes says of all that is in it. `moz-cite-prefix` and `gmail_attr` say nothing:
    who writes above an introduction does so within that element."""
    named = [value for name, value in names if name in ("class", "id")]
    if any(_REST.search(value) for value in named):
        return Mark.REST
    if any(_HISTORY.search(value) for value in named):
        return Mark.HISTORY
    if tag != "blockquote":
        return Mark.NONE
    says_cite = any(name == "cite" or (name == "type" and value.lower() == "cite") for name, value in names)
    if says_cite or any(_QUOTE_CLASS.search(value) for value in named):
        return Mark.HISTORY
    return Mark.NONE if _INDENTED.search(attributes) else Mark.PERHAPS


def is_hidden(attributes: str, names: list[tuple[str, str]], hidden_names: frozenset[str]) -> bool:
    """Whether nobody sees the element: by its style, its attribute, or a class that a style sheet hides."""
    plain = attributes.lower()
    if _hides(plain):
        return True
    if "hidden" in plain and _HIDDEN_ATTRIBUTE.search(_VALUES.sub("", attributes)):
        return True
    signs = {"id": "#", "class": "."}
    return bool(hidden_names) and any(
        signs[name] + each in hidden_names for name, value in names if name in signs for each in value.split()
    )


def hidden_by(sheet: str) -> frozenset[str]:
    """The classes and ids that a style sheet hides on every screen; rules for some screens only (@media) are not
    read."""
    plain = sheet.split("@media", maxsplit=1)[0]
    return frozenset(sign + name for sign, name, body in _RULE.findall(plain[:100_000]) if _hides(body.lower()))


def _hides(style: str) -> bool:
    """Whether a style, in lower case, leaves nothing to be seen."""
    if "overflow" in style and _NO_HEIGHT.search(style) and _CLIPPED.search(style):
        return True
    return any(name in style and pattern.search(style) for name, pattern in _HIDING.items())
