"""[telegram]: a bot of the Bot API."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sla.toml import Reader

TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]+")
HOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True)
class Telegram:
    """[telegram]: on when a token is given. `api` is the Bot API server, `webhook` the public address for updates
    (empty: long polling), `certificate` the file with the certificate of that address where no authority vouches for
    it. `link` is what stands before the bot's name in a link that starts it (empty: no such links)."""

    api: str = "https://api.telegram.org"
    webhook: str = ""
    token: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    enabled: bool = True
    certificate: str = ""
    link: str = "https://t.me/"


def read_telegram(table: Reader, secret: Callable[[str], str], folder: Path) -> Telegram:
    """The table, with its secrets. A certificate lies in the configuration's `folder`, or where its path says."""
    certificate, webhook = table.text("certificate", ""), table.text("webhook", "")
    if certificate and not webhook:
        table.wrong("certificate", "a certificate belongs to a webhook", 'webhook = "https://…" beside it')
    return Telegram(
        api=table.text("api", Telegram().api).rstrip("/"),
        webhook=webhook,
        certificate=str(folder / certificate) if certificate else "",
        link=table.text("link", Telegram().link),
        token=secret("WARDLINE_TELEGRAM_TOKEN"),
        webhook_secret=secret("WARDLINE_TELEGRAM_WEBHOOK_SECRET"),
        enabled=table.boolean("enabled", True),
    )
