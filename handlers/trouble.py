"""Why something was not delivered, or a channel does not work, in words that people know: a provider's own are English,
and made for whoever programmed against it.
"""

import re

from handlers.wording import say

_SINCE = re.compile(r"(no connection|lost again and again) since \S+ ", re.IGNORECASE)
_CODES = {
    "nobody": (40003, 46004, 60111, 81013),
    "blocked": (43004, 43101),
    "closed": (45015, 45047),
    "secret": (40001, 40014, 40125, 41004, 42001, 853000),
    "account": (40013, 40056, 41002, 301002),
    "listed": (40164, 60020),
    "allowed": (48001, 48004, 48005, 50001, 60011),
    "spent": (43117, 45009, 45011, 45026, 45029),
    "server": (-1, 45033, 46002),
}
_CODE = re.compile(r"errcode (-?\d+)\b")
_OF_CODE = {code: name for name, codes in _CODES.items() for code in codes}
_WORDS = {
    "held": r"unproven mails",
    "blocked": r"was blocked by|bot was blocked|can't initiate conversation|bot was kicked|deactivated",
    "nobody": r"chat not found|user not found|nobody of that id|does not take this address|no such (?:user|recipient)|"
    r"peer_id_invalid|names no robot",
    "allowed": r"has no licence|not enough rights|need administrator rights",
    "came_back": r"^mail came back",
    "secret": r"HTTP 401\b|log-in of .{1,200} is refused|AUTHENTICATIONFAILED|token is not taken",
    "twice": r"HTTP 409\b",
    "spent": r"HTTP 429\b|too many|more than \d+ answers|flood",
    "full": r"mailbox (?:is )?full|over quota|\b5\.2\.2\b",
    "database": r"cannot be kept|database",
    "no_answer": r"no answer|TimeoutError|Timeout\b|answered nothing",
    "off": r"^the channel \S+ is off$",
    "server": r"HTTP 5\d\d\b|the server (?:failed|is busy|refuses the mail|hung up|does not)|the platform closed|"
    r"an answer (?:that is|of another)",
    "no_way": r"cannot be reached|not reached|Connect|gaierror|Disconnected|ClientOS|SSL|certificate|"
    r"connection is closed|not connected yet|Network is unreachable|Connection refused",
}
_BY_WORDS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _WORDS.items()]


def in_words(reason: str, language: str) -> str:
    """What a reason of a channel or a provider means to a person; "" for one that nobody foresaw."""
    if since := _SINCE.match(reason):
        lost = say("trouble_lost" if since[1].lower() == "lost again and again" else "trouble_gone", language)
        why = in_words(reason[since.end() :], language)
        return say("trouble_because", language, what=lost, why=why) if why else lost
    code = _CODE.search(reason)
    name = _OF_CODE.get(int(code[1]), "") if code else ""
    name = name or next((name for name, pattern in _BY_WORDS if pattern.search(reason)), "")
    return say(f"trouble_{name}", language) if name else ""


def told(reason: str, language: str) -> str:
    """For an administrator: what it means, and behind it what the provider said."""
    words = in_words(reason, language)
    return say("trouble_because", language, what=words, why=reason) if words else reason
