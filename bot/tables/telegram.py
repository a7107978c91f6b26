"""[telegram]: a bot of the Bot API."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sla.toml import Reader


@dataclass(frozen=True, slots=True)
class Telegram:
    """[telegram]: on when a token is given. `api` is the Bot API server, `webhook` the public address for updates
    (empty: long polling)."""

    api: str = "https://api.telegram.org"
    webhook: str = ""
    token: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    enabled: bool = True


def read_telegram(table: Reader, secret: Callable[[str], str]) -> Telegram:
    """The table, with its secrets."""
    return Telegram(
        api=table.text("api", Telegram().api).rstrip("/"),
        webhook=table.text("webhook", ""),
        token=secret("WARDLINE_TELEGRAM_TOKEN"),
        webhook_secret=secret("WARDLINE_TELEGRAM_WEBHOOK_SECRET"),
        enabled=table.boolean("enabled", True),
    )
