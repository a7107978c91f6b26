"""[wecom]: an application of an enterprise in WeCom (企业微信), its group robots, and its smart robot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sla.toml import Reader


@dataclass(frozen=True, slots=True)
class WeCom:
    """[wecom]: the application is on when `corp_id` and its secret are given, the smart robot, which calls `ws_url`,
    when `bot_id` and its secret are. `api` is the server, `callback` the public address for messages (its path is where
    they arrive), `agent` the application's number. `token` and `aes_key` are those of the callback. `robots`: the keys
    of group robots by the names that addresses call them by."""

    api: str = "https://qyapi.weixin.qq.com"
    corp_id: str = ""
    agent: int = 0
    callback: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    robots: Mapping[str, str] = field(default_factory=dict, repr=False)
    enabled: bool = True
    bot_id: str = ""
    bot_secret: str = field(default="", repr=False)
    ws_url: str = "wss://openws.work.weixin.qq.com"

    @property
    def robot_is_on(self) -> bool:
        """Whether the smart robot is set up."""
        return self.enabled and bool(self.bot_id and self.bot_secret)

    @property
    def is_on(self) -> bool:
        """Whether the application is set up."""
        return self.enabled and bool(self.corp_id and self.secret)


def read_wecom(table: Reader, secret: Callable[[str], str]) -> WeCom:
    """The table, with its secrets."""
    return WeCom(
        api=table.text("api", WeCom().api).rstrip("/"),
        corp_id=table.text("corp_id", ""),
        agent=table.integer("agent", 0),
        callback=table.text("callback", ""),
        secret=secret("WARDLINE_WECOM_SECRET"),
        token=secret("WARDLINE_WECOM_TOKEN"),
        aes_key=secret("WARDLINE_WECOM_AES_KEY"),
        robots=_robots(secret("WARDLINE_WECOM_ROBOTS")),
        enabled=table.boolean("enabled", True),
        bot_id=table.text("bot_id", ""),
        bot_secret=secret("WARDLINE_WECOM_BOT_SECRET"),
        ws_url=table.text("ws_url", WeCom().ws_url),
    )


def _robots(text: str) -> Mapping[str, str]:
    """The keys of group robots, written "ward=KEY, it=KEY"."""
    pairs = (item.partition("=") for item in text.split(",") if item.strip())
    return {name.strip(): key.strip() for name, _, key in pairs}
