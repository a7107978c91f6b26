"""What of mails is kept for a while only: the raw mails, and marks about who wrote and was written to. Light to import:
the loop that lets them go starts before any channel."""

import json
from datetime import datetime, timedelta

RAW = "message/rfc822; raw"
"""The type under which mails are kept as they came; a mail that is attached to another one has another."""
SENT, CAME, USED = "mail:to:", "mail:via:", "mail:act:"
"""How the names of marks begin: when an address was written to, to which mailbox it wrote, a link that was used."""
ASIDE = "mail:aside"
"""The mark that names the latest mails that could not be read: place, file, why, when."""
LINK_LIFE = timedelta(days=7)
"""So long a link in a mail can be used; afterwards nobody has to know whether it was."""


def marked_at(name: str, value: str) -> datetime | None:
    """When what such a mark says was last so; None for a value that is not of ours."""
    try:
        if name.startswith(USED):
            return datetime.fromisoformat(value)
        parts = json.loads(value)
        said = max(parts[0], parts[2]) if name.startswith(SENT) else parts[1]
        return datetime.fromisoformat(said)
    except (ValueError, TypeError, LookupError):
        return None
