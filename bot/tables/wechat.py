"""[wechat]: an Official Account (公众号)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sla.toml import Reader

FIELDS = {"ticket": "character_string1", "words": "thing2"}
"""Fields of a template as the platform names them, by what they show."""

AES_KEY_SIGNS = 43


def is_aes_key(text: str) -> bool:
    """Whether it can be an EncodingAESKey, of WeCom as well."""
    return len(text) == AES_KEY_SIGNS and text.isascii() and text.isalnum()


@dataclass(frozen=True, slots=True)
class WeChat:
    """[wechat]: on when `app_id` and its secret are given. `api` is the server, `callback` the public address for
    messages (its path is where they arrive), `token` and `aes_key` are those of the callback. `template` is the id of
    the template that is sent when the window for free messages is closed, "" for none; `fields` name its fields by what
    they are to show: "ticket", "words". `subscription`: the template is one of subscription messages (订阅通知), which
    only those get who allowed them."""

    api: str = "https://api.weixin.qq.com"
    app_id: str = ""
    callback: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    template: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: dict(FIELDS))
    enabled: bool = True
    subscription: bool = False

    @property
    def is_on(self) -> bool:
        """Whether the account is set up."""
        return self.enabled and bool(self.app_id and self.secret)


def read_wechat(table: Reader, secret: Callable[[str], str]) -> WeChat:
    """The table, with its secrets."""
    return WeChat(
        api=table.text("api", WeChat().api).rstrip("/"),
        app_id=table.text("app_id", ""),
        callback=table.text("callback", ""),
        secret=secret("WARDLINE_WECHAT_SECRET"),
        token=secret("WARDLINE_WECHAT_TOKEN"),
        aes_key=secret("WARDLINE_WECHAT_AES_KEY"),
        template=table.text("template", ""),
        fields={shown: table.text(f"template_{shown}", name) for shown, name in FIELDS.items()},
        enabled=table.boolean("enabled", True),
        subscription=table.boolean("subscription", False),
    )
