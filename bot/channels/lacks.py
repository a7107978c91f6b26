"""What the settings of a channel lack or say wrongly, as far as it shows on this machine: no network is asked.

`wardline check` tells it of a whole configuration, `wardline channel check` before it goes on to the provider.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from bot.channels.pem import DENIED, Trouble, of_authority, of_webhook, unread
from bot.settings import KEYS, SecretError, Settings
from bot.tables.mail import Box, Mail, variables
from bot.tables.telegram import HOOK_SECRET, TOKEN, Telegram
from bot.tables.wechat import WeChat, is_aes_key
from bot.tables.wecom import WeCom
from sla.message import Address
from sla.rules import Rules
from sla.toml_lines import KeyPath

ABSENT = "check_secret_none"
WEB, SOCKET = ("https", "http"), ("wss", "ws")
ROBOT, ROBOTS = "robot:", "WARDLINE_WECOM_ROBOTS"
HOOK_PORTS = frozenset({443, 80, 88, 8443})


@dataclass(frozen=True, slots=True)
class Lack:
    """Something to mend: the sentence `key` with its `fields`, about the key of wardline.toml at `path`. `certain` is
    false where only this environment, user or wish is seen, and the service may run all the same: `names` are the
    variables that lack then."""

    path: KeyPath
    key: str
    fields: Mapping[str, object] = field(default_factory=dict)
    certain: bool = True
    names: tuple[str, ...] = ()


def lacks(
    channel: str, settings: Settings, hidden: Iterable[SecretError], robots: Collection[str], now: datetime
) -> list[Lack]:
    """All of one channel that is set up, as far as it is; `robots` are the group robots that the rota and people.toml
    name. Whose secret is `hidden` in a file that cannot be read does not hear that it lacks as well."""
    found: dict[str, Callable[[], Iterator[Lack]]] = {
        "telegram": lambda: of_telegram(settings.telegram, now),
        "mail": lambda: of_mail(settings.mail, now),
        "wecom": lambda: of_wecom(settings.wecom, robots),
        "wechat": lambda: of_wechat(settings.wechat),
    }
    told = {error.name for error in hidden}
    seen = [lack for lack in found[channel]() if not told & set(lack.names)]
    absent = [lack for lack in seen if lack.key == ABSENT]
    names = tuple(name for lack in absent for name in lack.names)
    at_once = [Lack(absent[0].path, ABSENT, {"names": ", ".join(names)}, certain=False, names=names)] if absent else []
    return [lack for lack in seen if lack.key != ABSENT] + at_once


def robots_in(rules: Rules) -> frozenset[str]:
    """The names of the group robots of WeCom that the rota and people.toml name."""
    names = (each.address for each in _given(rules) if each.channel == "wecom" and each.address.startswith(ROBOT))
    return frozenset(name.removeprefix(ROBOT) for name in names)


def channels_in(rules: Rules) -> frozenset[str]:
    """The channels of the addresses that the rota and people.toml name."""
    return frozenset(address.channel for address in _given(rules))


def _given(rules: Rules) -> Iterator[Address]:
    for team in rules.rota.teams:
        yield from team.group
    for person in rules.people.by_id.values():
        yield from person.addresses


def of_secret(error: SecretError) -> Lack:
    """A file that should hold a secret."""
    if not error.path:
        return Lack((), "check_no_keys", {"name": KEYS}, certain=False)
    key, fields = unread(error.error, error.path)
    return Lack((), key, {"name": f"{error.name}_FILE", **fields}, certain=False)


def of_telegram(telegram: Telegram, now: datetime) -> Iterator[Lack]:
    """[telegram]."""
    if not telegram.enabled or telegram == Telegram():
        return
    if not telegram.token:
        yield _secret(("telegram",), "WARDLINE_TELEGRAM_TOKEN")
    elif not TOKEN.fullmatch(telegram.token):
        yield Lack((), "check_token_form", {"name": "WARDLINE_TELEGRAM_TOKEN"}, certain=False)
    if telegram.webhook_secret and not HOOK_SECRET.fullmatch(telegram.webhook_secret):
        yield Lack((), "check_hook_secret_form", {"name": "WARDLINE_TELEGRAM_WEBHOOK_SECRET"}, certain=False)
    yield from _addresses("telegram", {"api": telegram.api, "webhook": telegram.webhook})
    if telegram.webhook and telegram.api == Telegram().api and is_address(telegram.webhook):
        parts = urlsplit(telegram.webhook)
        if parts.scheme != "https" or (parts.port or 443) not in HOOK_PORTS:
            yield Lack(("telegram", "webhook"), "check_hook_port", {"url": telegram.webhook})
    if telegram.certificate:
        troubles = of_webhook(telegram.certificate, telegram.webhook, now)
        yield from _files(troubles, ("telegram", "certificate"), "[telegram] certificate")


def of_mail(mail: Mail, now: datetime) -> Iterator[Lack]:
    """[mail] and its mailboxes."""
    for number, box in enumerate(mail.boxes if mail.enabled else ()):
        path = ("mail", "box", number)
        yield from _of_box(box, path, len(mail.boxes) > 1)
        if box.ca_file:
            yield from _files(of_authority(box.ca_file, now), (*path, "ca_file"), "[[mail.box]] ca_file")


def of_wecom(wecom: WeCom, robots: Collection[str]) -> Iterator[Lack]:
    """[wecom]: the application or the smart robot, and the group robots."""
    if not wecom.enabled:
        return
    if wecom.is_on and wecom.robot_is_on:
        yield Lack(("wecom",), "check_wecom_both")
    elif wecom.corp_id and wecom.bot_id:
        yield Lack(("wecom", "bot_id"), "check_wecom_both_named", certain=False)
    if wecom.bot_id and not wecom.bot_secret and not wecom.is_on:
        yield _secret(("wecom", "bot_id"), "WARDLINE_WECOM_BOT_SECRET")
    if wecom.bot_secret and not wecom.bot_id:
        yield _other_half("[wecom] bot_id", "WARDLINE_WECOM_BOT_SECRET")
    if wecom.corp_id and not wecom.secret and not wecom.robot_is_on:
        yield _secret(("wecom", "corp_id"), "WARDLINE_WECOM_SECRET")
    if wecom.secret and not wecom.corp_id:
        yield _other_half("[wecom] corp_id", "WARDLINE_WECOM_SECRET")
    yield from _addresses("wecom", {"api": wecom.api, "callback": wecom.callback, "ws_url": wecom.ws_url})
    if wecom.corp_id and not wecom.robot_is_on:
        yield from _application(wecom)
    if wecom.robot_is_on and not wecom.is_on:
        if robots:
            yield Lack((), "check_robot_group", {"names": ", ".join(sorted(robots))}, certain=False)
        return
    for name in sorted({name for name, key in wecom.robots.items() if not key} | (set(robots) - set(wecom.robots))):
        yield Lack((), "check_robot_key", {"name": name, "robots": ROBOTS}, certain=False, names=(ROBOTS,))


def of_wechat(wechat: WeChat) -> Iterator[Lack]:
    """[wechat]."""
    if not wechat.enabled:
        return
    if wechat.app_id and not wechat.secret:
        yield _secret(("wechat", "app_id"), "WARDLINE_WECHAT_SECRET")
    if wechat.secret and not wechat.app_id:
        yield _other_half("[wechat] app_id", "WARDLINE_WECHAT_SECRET")
    yield from _addresses("wechat", {"api": wechat.api, "callback": wechat.callback})
    if wechat.app_id and not wechat.callback:
        yield Lack(("wechat",), "check_callback_none", certain=False)
    if wechat.callback and not wechat.token:
        yield _secret(("wechat", "callback"), "WARDLINE_WECHAT_TOKEN")
    yield from _aes_key(wechat.aes_key, "WARDLINE_WECHAT_AES_KEY")


def _application(wecom: WeCom) -> Iterator[Lack]:
    if not wecom.agent:
        yield Lack(("wecom",), "check_agent_none")
    if not wecom.callback:
        yield Lack(("wecom",), "check_callback_none", certain=False)
    for value, name in ((wecom.token, "WARDLINE_WECOM_TOKEN"), (wecom.aes_key, "WARDLINE_WECOM_AES_KEY")):
        if wecom.callback and not value:
            yield _secret(("wecom", "callback"), name)
    yield from _aes_key(wecom.aes_key, "WARDLINE_WECOM_AES_KEY")


def _aes_key(key: str, name: str) -> Iterator[Lack]:
    if key and not is_aes_key(key):
        yield Lack((), "check_aes_key_form", {"name": name, "length": len(key)}, certain=False)


def _of_box(box: Box, path: KeyPath, has_others: bool) -> Iterator[Lack]:
    what = "REFRESH_TOKEN" if box.oauth else "PASSWORD"
    own, of_all = variables(box.name, what)
    if not (box.has_secret or box.needs_no_secret):
        key = "check_mail_no_token" if box.oauth else "check_mail_no_password"
        fields = {"box": box.name, "address": box.address, "name": own if has_others else of_all}
        yield Lack(path, key, fields, certain=False, names=(own, of_all))
    elif not box.oauth and not box.password.isascii():
        yield Lack(path, "check_mail_password_form", {"box": box.name, "name": of_all}, certain=False)


def _secret(path: KeyPath, name: str) -> Lack:
    return Lack(path, ABSENT, certain=False, names=(name,))


def _other_half(key: str, name: str) -> Lack:
    return Lack((), "check_id_none", {"setting": key, "name": name}, certain=False)


def _addresses(table: str, given: Mapping[str, str]) -> Iterator[Lack]:
    for key, url in given.items():
        schemes = SOCKET if key == "ws_url" else WEB
        if url and not is_address(url, schemes):
            begin = f"{schemes[0]}://"
            yield Lack((table, key), "check_no_address", {"setting": f"[{table}] {key}", "url": url, "begin": begin})


def is_address(url: str, schemes: Collection[str] = WEB) -> bool:
    """Whether it has a host, and begins as it has to."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _files(troubles: Iterable[Trouble], path: KeyPath, name: str) -> Iterator[Lack]:
    for key, fields in troubles:
        yield Lack(path, key, {"name": name, **fields}, certain=key != DENIED)
