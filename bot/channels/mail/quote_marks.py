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
    """Here and below is history."""


_HISTORY = re.compile(
    r"""(?ix)\b (?:id|class) \s*=\s* ["']?[^"'>]* (?<![a-z0-9])
    (?: x_|ydp\w{1,12})?
    (?: moz-cite-prefix | moz-forward-container | gmail_attr | yahoo_quoted | protonmail_quote | tutanota_quote
      | zmail_extra | isReplyContent | isForwardContent | ntes-mailmaster-quote | ntes-pcmail-quote | spnEditorQuote
      | OLK_SRC_BODY_SECTION | origMsg | alimail-quote | alimail_quote | aliyun_mail_quote
      | __aliyun_previous_email_wrap | mailq | mail-quote | mail_quote | quoted-mail
      | ms-outlook-mobile-reference-message | mail-editor-reference-message-container | lark-mail-quote
      | history-quote-wrapper | qm_original | reply_quote )
    (?![a-z0-9])"""
)
_REST = re.compile(r"""(?i)\bid\s*=\s*["']?(?:x_)*divRplyFwdMsg\b""")
_CITE = re.compile(r"""(?i)\btype\s*=\s*["']?cite\b|\bcite\s*=|class\s*=\s*["']?[^"'>]*(?:gmail_quote|cite|quote)""")
_HIDDEN = re.compile(
    r"""(?ix) (?<![\w-]) (?: display\s*:\s*none | visibility\s*:\s*hidden | mso-hide\s*:\s*all
    | font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:[;"'!]|$) | max-height\s*:\s*0(?:px|pt)?\s*(?:[;"'!]|$)
    | opacity\s*:\s*0(?:\.0+)?\s*(?:[;"'!]|$) )"""
)
_HIDDEN_ATTRIBUTE = re.compile(r"""(?i)(?:^|\s)hidden(?:\s|=|/|$)""")
_RULE = re.compile(r"([.#])([\w-]{1,60})\s*\{([^{}]{0,2000})\}")
_NAMED = re.compile(r"""(?i)\b(class|id)\s*=\s*["']?([^"'>]*)""")
_VALUES = re.compile(r""""[^"]*"|'[^']*'""")


def mark_of(tag: str, attributes: str) -> Mark:
    """What an element with these attributes says of all that is in it."""
    if attributes and _REST.search(attributes):
        return Mark.REST
    if tag == "blockquote":
        return Mark.HISTORY if _CITE.search(attributes) or _HISTORY.search(attributes) else Mark.PERHAPS
    return Mark.HISTORY if attributes and _HISTORY.search(attributes) else Mark.NONE


def is_hidden(attributes: str, hidden_names: frozenset[str]) -> bool:
    """Whether nobody sees the element: by its style, its attribute, or a class that a style sheet hides."""
    if _HIDDEN.search(attributes) or _HIDDEN_ATTRIBUTE.search(_VALUES.sub("", attributes)):
        return True
    if not hidden_names:
        return False
    named = _NAMED.findall(attributes)
    return any(
        ("#" if kind.lower() == "id" else ".") + name in hidden_names for kind, names in named for name in names.split()
    )


def hidden_by(sheet: str) -> frozenset[str]:
    """The classes and ids that a style sheet hides on every screen; rules for some screens only (@media) are not
    read."""
    plain = sheet.split("@media", maxsplit=1)[0]
    return frozenset(sign + name for sign, name, body in _RULE.findall(plain[:100_000]) if _HIDDEN.search(body))
