"""What of mails is kept for a while only: the raw mails, and marks about who wrote and was written to. Light to import:
the loop that lets them go starts before any channel."""

import json
import re
from datetime import UTC, datetime, timedelta

RAW = "message/rfc822; raw"
"""The type under which mails are kept as they came; a mail that is attached to another one has another."""
OLD_RAW = "message/rfc822"
"""That of older versions; what people send may be called the same, so that its name counts as well."""
LOOKED = "purge:mails"
"""The mark that says up to which instant files of the type OLD_RAW were looked at: what is not a mail as it came never
becomes one."""
_OLD_NAME = re.compile(r".+-\d{1,10}-\d{1,10}\.eml", re.ASCII)
SENT, CAME, USED = "mail:to:", "mail:via:", "mail:act:"
"""How the names of marks begin: when an address was written to, to which mailbox it wrote, a link that was used."""
ASIDE = "mail:aside"
"""How the names of marks begin that name a mail that nobody dealt with (bot.channels.mailbox.aside), behind a colon; by
itself the name of a list of them, as older versions kept it."""
CROWD = "mail:crowd:"
"""How those begin that count mails of an hour; which one it is since 1970 follows."""
HOUR_SECONDS = 3600
CROWD_LIFE = timedelta(days=2)
LINK_LIFE = timedelta(days=7)
"""So long a link in a mail can be used; afterwards nobody has to know whether it was."""


def is_old_raw(name: str) -> bool:
    """Whether a file of the type OLD_RAW is a mail as it came, by its name: box, UIDVALIDITY, id."""
    return _OLD_NAME.fullmatch(name) is not None


def marked_at(name: str, value: str) -> datetime | None:
    """When what such a mark says was last so; None for a value that is not of ours."""
    try:
        if name.startswith(USED):
            return datetime.fromisoformat(value)
        if name.startswith(CROWD):
            return datetime.fromtimestamp(int(name.removeprefix(CROWD)) * HOUR_SECONDS, UTC)
        parts = json.loads(value)
        if name.startswith(ASIDE):
            return datetime.fromisoformat(parts[3])
        said = max(parts[0], parts[2]) if name.startswith(SENT) else parts[1]
        return datetime.fromisoformat(said)
    except (ValueError, TypeError, LookupError, OverflowError, OSError):
        return None
