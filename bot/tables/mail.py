"""[mail]: mailboxes that are read, each with the server that its answers go through."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sla.toml import Reader
from sla.worded import Worded

PORTS: Mapping[tuple[str, str], int] = {
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "off"): 143,
    ("smtp", "tls"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "off"): 25,
}
SAFETIES = ("tls", "starttls", "off")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ADDRESS = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect. `tls`: "tls" from the first byte, "starttls", or "off", on this machine alone."""

    host: str
    port: int
    tls: str = "tls"


@dataclass(frozen=True, slots=True)
class OAuth:
    """OAuth2: `token_url` gives an access token of `scope` for the refresh token."""

    token_url: str
    client_id: str
    scope: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox. `authserv` is the name by which its server signs Authentication-Results; "": no sender is proven.
    `poll` is how often is looked where the server does not tell; `ca_file` the certificates that are trusted, "" for
    those of the system."""

    name: str
    address: str
    imap: Server
    smtp: Server
    user: str
    password: str = field(default="", repr=False)
    oauth: OAuth | None = None
    folder: str = "INBOX"
    authserv: str = ""
    poll: timedelta = timedelta(seconds=30)
    ca_file: str = ""

    @property
    def needs_no_secret(self) -> bool:
        """Whether both servers are on this machine and talked to in clear: such a relay may ask for no log-in."""
        return self.imap.tls == self.smtp.tls == "off"

    @property
    def has_secret(self) -> bool:
        """Whether there is what opens it: of OAuth2 a refresh token, or the application's own secret."""
        return bool(self.oauth.refresh_token or self.oauth.client_secret if self.oauth else self.password)


@dataclass(frozen=True, slots=True)
class Mail:
    """[mail]: on when a box is named. Who never wrote is written to by the first box. `answers_an_hour` is how many
    answers one address is sent in an hour; `keep_raw` for how long mails are kept as they came; `unproven_an_hour` how
    many mails of senders whom nothing proves are taken in an hour, and `unproven_a_sender` of one of them."""

    boxes: tuple[Box, ...] = ()
    answers_an_hour: int = 30
    unproven_an_hour: int = 200
    unproven_a_sender: int = 20
    keep_raw: timedelta = timedelta(days=90)
    enabled: bool = True

    @property
    def is_on(self) -> bool:
        """Whether a mailbox is set up."""
        return self.enabled and bool(self.boxes)


def read_mail_table(table: Reader, secret: Callable[[str], str], folder: Path) -> Mail:
    """The table, with its secrets. A box's `ca_file` lies in the configuration's `folder`, or where its path says."""
    boxes = tuple(_box(row, number, secret, folder) for number, row in enumerate(table.tables("box")))
    names = [box.name for box in boxes]
    if len(set(names)) < len(names):
        table.wrong("box", "two boxes have the same name", 'name = "second"')
    keep_raw = table.duration("keep_raw", Mail().keep_raw)
    if keep_raw < timedelta(days=1):
        table.wrong("keep_raw", "is shorter than a day", '"90 d"')
    return Mail(
        boxes=boxes,
        keep_raw=keep_raw,
        answers_an_hour=table.integer("answers_an_hour", Mail().answers_an_hour, least=1),
        unproven_an_hour=table.integer("unproven_an_hour", Mail().unproven_an_hour, least=1),
        unproven_a_sender=table.integer("unproven_a_sender", Mail().unproven_a_sender, least=1),
        enabled=table.boolean("enabled", True),
    )


def variables(box: str, what: str) -> tuple[str, str]:
    """The variables that hold a secret of the mailbox of that name, the first one that is set: its own, that of all."""
    own = re.sub(r"[^A-Z0-9]+", "_", box.upper())
    return f"WARDLINE_MAIL_{own}_{what}", f"WARDLINE_MAIL_{what}"


def _box(row: Reader, number: int, secret: Callable[[str], str], folder: Path) -> Box:
    address = row.text("address").lower()
    if not ADDRESS.fullmatch(address):
        row.wrong("address", Worded('"{address}" is no address', address=address), '"it-service@hospital.example"')
    name = row.text("name", "mail" if number == 0 else f"box{number + 1}")
    poll = row.duration("poll", timedelta(seconds=30))
    if poll < timedelta(seconds=1):
        row.wrong("poll", "is shorter than a second", '"30 s"')

    def of_box(what: str) -> str:
        own, of_all = variables(name, what)
        return secret(own) or secret(of_all)

    ca_file = row.text("ca_file", "")
    return Box(
        name=name,
        address=address,
        imap=_server(row, "imap"),
        smtp=_server(row, "smtp"),
        user=row.text("user", address),
        password=of_box("PASSWORD"),
        oauth=_oauth(row, of_box) if row.one_of("auth", ("password", "oauth2"), "password") == "oauth2" else None,
        folder=row.text("folder", "INBOX"),
        authserv=row.text("authserv", "").lower(),
        poll=poll,
        ca_file=str(folder / ca_file) if ca_file else "",
    )


def _server(row: Reader, kind: str) -> Server:
    host = row.text(kind)
    tls = row.one_of(f"{kind}_tls", SAFETIES, "tls")
    if tls == "off" and host not in LOOPBACK:
        row.wrong(f"{kind}_tls", Worded("would send the password to {host} in clear", host=host), '"tls" or "starttls"')
    return Server(host, row.integer(f"{kind}_port", PORTS.get((kind, tls), 1), least=1, most=65535), tls)


def _oauth(row: Reader, of_box: Callable[[str], str]) -> OAuth:
    url = row.text("token_endpoint")
    if not url.startswith("https://") and not url.startswith("http://127.0.0.1:"):
        row.wrong("token_endpoint", Worded('"{url}" is not safe', url=url), "an address that begins with https://")
    return OAuth(url, row.text("client_id"), row.text("scope", ""), of_box("CLIENT_SECRET"), of_box("REFRESH_TOKEN"))
