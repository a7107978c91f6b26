"""How the process is set up: wardline.toml's technical tables and the environment, as one frozen value.

What decides about tickets is in the Rules (storage.files); here is only where to listen, what to talk to, and secrets.
Secrets come from WARDLINE_* variables of the environment, or from files that WARDLINE_*_FILE name; never from the
configuration, which may be shown to anybody, and never into a log: `repr` hides them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.tables.mail import Mail, read_mail_table
from bot.tables.telegram import Telegram, read_telegram
from bot.tables.wechat import WeChat, read_wechat
from bot.tables.wecom import WeCom, read_wecom
from sla.errors import SlaError
from sla.toml import Reader
from sla.worded import Worded
from storage.texts import read_text

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
FORMATS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
KEYS = "WARDLINE_KEYS"
FILE = "wardline.toml"

T = TypeVar("T")


class SettingsError(SlaError):
    """The process cannot start like this; the sentence says what to set instead."""


class SecretError(SettingsError):
    """A file that should hold the secret `name` is not there or cannot be read: `path`, and `error`, None for a file
    that is empty. `path` "" where nothing names a file."""

    def __init__(self, sentence: str, name: str, path: str, error: Exception | None = None) -> None:
        super().__init__(sentence)
        self.name, self.path, self.error = name, path, error


@dataclass(frozen=True, slots=True)
class Web:
    """[web]: `host` and `port` to listen on (port 0: any), `url` under which people reach it (for links), `forwarded`
    whether a proxy in front is trusted to say who asks and whether TLS was used."""

    host: str = "127.0.0.1"
    port: int = 8080
    url: str = ""
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Webchat:
    """[webchat]: `seats` opens every person's chat to whoever asks, for trying out on this machine alone;
    `seats_anywhere` allows it on other addresses. Otherwise people log in, for `session`."""

    enabled: bool = False
    seats: bool = False
    seats_anywhere: bool = False
    session: timedelta = timedelta(hours=12)
    messages_a_minute: int = 60


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """[heartbeat]: the address that is called every minute while all is well; empty: none."""

    url: str = field(default="", repr=False)  # such addresses carry their own secret
    every: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Log:
    """[log]: `format` "text" or "json", `level` a word of logging."""

    format: str = "text"
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. `database` is an SQLAlchemy address; `keys` the ring of keys, newest first, as the crypt reads it;
    `redis` the address of a Redis that tells other processes of work, empty for none."""

    web: Web
    webchat: Webchat
    telegram: Telegram
    heartbeat: Heartbeat
    log: Log
    database: str = field(default="", repr=False)  # may carry a password
    keys: str = field(default="", repr=False)
    redis: str = field(default="", repr=False)
    wecom: WeCom = field(default_factory=WeCom)
    wechat: WeChat = field(default_factory=WeChat)
    mail: Mail = field(default_factory=Mail)


def read_settings(
    folder: Path, data: Path, environment: Mapping[str, str], unread: list[SecretError] | None = None
) -> Settings:
    """The settings of a configuration folder; `data` is where the database and the key lie by default.

    Raises ContractError with every problem of wardline.toml, SettingsError for a secret that cannot be read; where
    `unread` is given, such a secret is noted there instead, and taken for one that is not set.
    """
    if not folder.is_dir():
        raise SettingsError(
            Worded("{folder} is no folder; wardline init {folder} writes a sample configuration", folder=folder)
        )
    file = folder / FILE
    reader = Reader(read_text(file, FILE) if file.exists() else "", FILE)
    reader.names()  # the other tables belong to the rules
    web, webchat = _web(reader.table("web", required=False)), _webchat(reader.table("webchat", required=False))
    named = partial(_noted, partial(secret, environment=environment), unread)
    telegram = read_telegram(reader.table("telegram", required=False), named, folder)
    wecom = read_wecom(reader.table("wecom", required=False), named)
    wechat = read_wechat(reader.table("wechat", required=False), named)
    mail = read_mail_table(reader.table("mail", required=False), named, folder)
    heartbeat = _heartbeat(reader.table("heartbeat", required=False), named)
    log = _log(reader.table("log", required=False))
    storage = reader.table("storage", required=False)
    url, key_file = storage.text("url", ""), storage.text("key_file", "")
    if reader.has("site"):
        reader.table("site").names()
    reader.finish()
    keys = folder / key_file if key_file else data / "keys"
    return Settings(
        web=web,
        webchat=webchat,
        telegram=telegram,
        wecom=wecom,
        wechat=wechat,
        mail=mail,
        heartbeat=heartbeat,
        log=log,
        database=named("WARDLINE_DATABASE_URL") or url or f"sqlite:///{data / 'wardline.sqlite3'}",
        keys=named(KEYS) or _noted(_key_file, unread, keys),
        redis=named("WARDLINE_REDIS_URL"),
    )


def _noted(read: Callable[[T], str], unread: list[SecretError] | None, of: T) -> str:
    """What is read; where it cannot be and that is to be noted, "". Each secret is noted once."""
    try:
        return read(of)
    except SecretError as error:
        if unread is None:
            raise
        if error.name not in {each.name for each in unread}:
            unread.append(error)
        return ""


def secret(name: str, environment: Mapping[str, str]) -> str:
    """The secret of this name from the environment, or from the file that `name`_FILE names; "" when neither is set."""
    if environment.get(name):
        return environment[name].strip()
    path = environment.get(f"{name}_FILE", "")
    if not path:
        return ""
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        sentence = Worded(
            "{name}_FILE names {path}, which cannot be read: {why}", name=name, path=path, why=_why(error)
        )
        raise SecretError(sentence, name, path, error) from error
    if not value:
        raise SecretError(Worded("{name}_FILE names {path}, which is empty", name=name, path=path), name, path)
    return value


def check_exposure(settings: Settings) -> None:
    """Refuse seats (a chat without a log-in) on an address that others can reach, unless that was asked for."""
    seats = settings.webchat.enabled and settings.webchat.seats
    if seats and settings.web.host not in LOOPBACK and not settings.webchat.seats_anywhere:
        raise SettingsError(
            Worded(
                "[webchat] seats = true lets anybody who reaches {host} speak as any person. Listen on "
                "127.0.0.1, or set seats = false and let people log in (wardline password PERSON, wardline "
                "link PERSON), or set seats_anywhere = true if you mean it.",
                host=settings.web.host,
            )
        )


def _why(error: Exception) -> str:
    return Worded((error.strerror if isinstance(error, OSError) else None) or type(error).__name__)


def _key_file(path: Path) -> str:
    if not path.exists():
        raise SecretError(
            Worded(
                "there is no key for the stored texts: set WARDLINE_KEYS or WARDLINE_KEYS_FILE, or put one "
                "into {path} (wardline init makes one)",
                path=path,
            ),
            KEYS,
            "",
        )
    return secret(KEYS, {f"{KEYS}_FILE": str(path)})


def _web(table: Reader) -> Web:
    url = table.text("url", "")
    if url and not url.startswith(("http://", "https://")):
        table.wrong("url", Worded('"{url}" is no address', url=url), 'like "https://wardline.example.org"')
    return Web(
        host=table.text("host", Web().host),
        port=table.integer("port", Web().port, most=65535),
        url=url.rstrip("/"),
        forwarded=table.boolean("forwarded", False),
    )


def _webchat(table: Reader) -> Webchat:
    return Webchat(
        enabled=table.boolean("enabled", False),
        seats=table.boolean("seats", False),
        seats_anywhere=table.boolean("seats_anywhere", False),
        session=table.duration("session", Webchat().session),
        messages_a_minute=table.integer("messages_a_minute", Webchat().messages_a_minute, least=1),
    )


def _heartbeat(table: Reader, named: Callable[[str], str]) -> Heartbeat:
    return Heartbeat(
        url=named("WARDLINE_HEARTBEAT_URL") or table.text("url", ""),
        every=table.duration("every", Heartbeat().every),
    )


def _log(table: Reader) -> Log:
    return Log(format=table.one_of("format", FORMATS, Log().format), level=table.one_of("level", LEVELS, Log().level))
