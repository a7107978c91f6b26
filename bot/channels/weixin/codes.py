"""What an errcode means to who sets a channel up, and what to mend."""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from bot.channels.checking import Checking

NOT_ALLOWED = frozenset({40164, 60020})
WRONG_SECRET = frozenset({40001, 40014, 40125, 41004, 42001, 853000})
FORBIDDEN = frozenset({48001, 48002})
WRONG_ID = frozenset({40013, 41002})
WRONG_AGENT = frozenset({301002, 40056, 60011})
FROZEN = 40243
SPENT = frozenset({45009, 45011})
BUSY = -1
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}")


def is_well(answer: Mapping[str, Any] | None, checking: Checking, secret: str, id: str) -> TypeGuard[Mapping[str, Any]]:
    """Whether the errcode is 0; what another one means is noted."""
    if answer is None:
        return False
    code, words = answer.get("errcode", 0), str(answer.get("errmsg", ""))[:120]
    if code == 0:
        return True
    found = _ADDRESS.search(words)
    if code in NOT_ALLOWED:
        checking.wrong(checking.say("check_address", code=code, address=found.group() if found else "?"))
    elif code in WRONG_SECRET:
        checking.wrong(checking.say("check_secret_pair", code=code, name=secret, id=id))
    elif code in WRONG_ID:
        checking.wrong(checking.say("check_id", code=code, name=id))
    elif code in WRONG_AGENT:
        checking.wrong(checking.say("check_agent_wrong", code=code))
    elif code in FORBIDDEN:
        checking.wrong(checking.say("check_forbidden", code=code))
    elif code == FROZEN:
        checking.wrong(checking.say("check_frozen", code=code))
    elif code in SPENT:
        checking.wrong(checking.say("check_spent", code=code))
    elif code == BUSY:
        checking.wrong(checking.say("check_busy", code=code))
    else:
        checking.wrong(checking.say("check_code", code=code, words=words))
    return False
