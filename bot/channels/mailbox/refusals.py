"""Whether a log-in that an IMAP server did not let in is refused for good, or only for the moment. Pure.

Who goes on with a password that is refused has the account locked; who waits for minutes because the server's own
directory was down for a second has faults lie unread. RFC 5530 has codes for both, and not every server says one.
"""

import re

PASSES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})
"""Codes for what has nothing to do with who logs in."""
LASTS = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN"})
"""Codes for what somebody has to mend, whatever else is said."""
_CODE = re.compile(r"\s*\[([A-Z][A-Z-]*)", re.IGNORECASE | re.ASCII)
_BRIEF = re.compile(
    r"\btemporar(?:y|ily)\b|\bunavailable\b|\binternal (?:server )?error\b"
    r"|\btoo many (?:simultaneous |concurrent |open )?connections\b|\bmaximum number of connections\b",
    re.IGNORECASE,
)
"""Dovecot ("Temporary authentication failure"), Exchange ("Server Unavailable"), Gmail ("Too many simultaneous
connections", under the code ALERT)."""
_LOCKED = re.compile(
    r"\b(?:un)?(?:lock|block|disabl|suspend|bann|barr|restrict|fro[sz]|deni)|\bfailed\b|\bfailures\b|\bpassword",
    re.IGNORECASE,
)
"""An account that is locked for a while is locked for longer by who goes on."""


def is_for_the_moment(said: str) -> bool:
    """Whether the server lets nobody in just now, by its answer to a log-in, with its code in front. An answer of which
    that does not show is a refusal."""
    found = _CODE.match(said)
    code = found[1].upper() if found else ""
    if code in PASSES or code in LASTS:
        return code in PASSES
    return bool(_BRIEF.search(said)) and not _LOCKED.search(said)
