"""One connection to a mailbox. Blocking: each has a thread of its own. Mails are looked at, never marked as read.

`ID` is said before the folder is opened (NetEase shows nothing without it), IDLE is used where the server offers it.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from bot.channels.mailbox.refusals import is_for_the_moment
from bot.tables.mail import Box

SECONDS = 30.0
"""How long the server may take for anything."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UID = re.compile(rb"\bUID (\d+)")
_HEAD = re.compile(rb"RFC822\.SIZE (\d+)")
_AT = re.compile(rb'INTERNALDATE "\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')
ID = '("name" "wardline" "version" "1" "vendor" "wardline" "contact" "postmaster")'

T = TypeVar("T")


class MailDown(Exception):
    """The server does not do what is wanted. `refused`: it does not know us, so that trying at once again is of no
    use."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail in the mailbox: its id, its size in bytes, when it reached the server, and its bytes as far as they were
    read; None when it is gone."""

    uid: int
    size: int
    at: datetime | None
    raw: bytes | None


class Imap:
    """A connection: `open` first. Raises MailDown. `close` may be called from any thread and ends what is going on."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._mailbox: BaseMailBox | None = None
        self._closed = False
        self.validity = 0
        """UIDVALIDITY: ids of mails mean something only while it stays as it is."""
        self.tells = False
        """Whether the server tells by itself of new mail."""

    def open(self, secret: str) -> None:
        """Connect, log in with the password or access token, and open the folder for looking. May be tried again with
        another one."""
        self._let_go()
        self._try(lambda: self._open(secret))

    def greet(self) -> None:
        """Connect, and have the server prove who it is; no log-in."""
        self._try(self._connect)

    def newer(self, than: int) -> list[int]:
        """The ids of the mails after the one of that id, in their order. None are left that the server told of."""
        return self._try(lambda: self._newer(than))

    def since(self, day: date) -> list[int]:
        """The ids of the mails that came on that day or later."""
        return self._try(lambda: self._uids(f"SINCE {day.day}-{MONTHS[day.month - 1].title()}-{day.year}"))

    def mails(self, uids: Sequence[int], most: int, together: int) -> list[Fetched]:
        """The first ones of these mails, as many as are no larger than `together` bytes in all, one at least. Of each
        its first `most` bytes are read."""

        def work() -> list[Fetched]:
            heads = self._heads(uids)
            taken, size = list[int](), 0
            for uid in uids:
                size += min(heads[uid][0], most) if uid in heads else 0
                if taken and size > together:
                    break
                taken.append(uid)
            bodies = self._bodies([uid for uid in taken if uid in heads], most)
            return [Fetched(uid, *heads.get(uid, (0, None)), bodies.get(uid)) for uid in taken]

        return self._try(work)

    def wait(self, seconds: float) -> None:
        """Until something happens in the folder, at most so long."""
        self._try(lambda: self._idle(seconds))

    def look(self) -> None:
        """Have the server say what is new; keeps the connection from being given up."""
        self._try(self._live().client.noop)

    def close(self) -> None:
        """Hang up."""
        self._closed = True
        mailbox = self._mailbox
        if mailbox is None:
            return
        try:
            mailbox.client.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            return  # it was gone already

    def leave(self) -> None:
        """Hang up in the thread of the connection, and let its socket go."""
        self.close()
        self._let_go()

    # how

    def _let_go(self) -> None:
        if self._mailbox is not None:
            self._mailbox.client.shutdown()
            self._mailbox = None

    def _connect(self) -> BaseMailBox:
        box, where = self._box, self._box.imap
        context = ssl.create_default_context(cafile=box.ca_file or None)
        if where.tls == "tls":
            mailbox: BaseMailBox = MailBox(where.host, where.port, timeout=SECONDS, ssl_context=context)
        elif where.tls == "starttls":
            mailbox = _StartTls(where.host, where.port, timeout=SECONDS, ssl_context=context)
        else:
            mailbox = MailBoxUnencrypted(where.host, where.port, timeout=SECONDS)
        self._mailbox = mailbox
        return mailbox

    def _open(self, secret: str) -> None:
        box, mailbox = self._box, self._connect()
        if box.oauth:
            _show_token(mailbox, box.user, secret)
        else:
            mailbox.login(box.user, secret, initial_folder=None)
        client = mailbox.client
        client.state = "AUTH"
        offered = _words(client.capability())
        if "ID" in offered:
            client.xatom("ID", ID)
        self.tells = "IDLE" in offered
        mailbox.folder.set(box.folder, readonly=True)
        _, values = client.response("UIDVALIDITY")
        self.validity = int(values[0]) if values and values[0] else 0

    def _idle(self, seconds: float) -> None:
        """IDLE, as imap-tools does it, but for what the server says before it takes the command, or in one breath."""
        mailbox = self._live()
        client: Any = mailbox.client  # what imaplib has no public method for
        tag = mailbox.idle._idle_tag = client._command("IDLE")
        told = False
        while client._get_response() is not None:
            if client.tagged_commands.get(tag):
                raise MailDown("the server offers IDLE and does not take it")
            told = True
        if not told and not _has_more(client):
            mailbox.idle.poll(seconds)
        mailbox.idle.stop()  # type: ignore[no-untyped-call]  # imap-tools leaves it untyped

    def _newer(self, than: int) -> list[int]:
        """A server may tell of a new mail while it answers what was there before it; nothing else tells of it then."""
        client = self._live().client
        while True:
            client.response("EXISTS")  # what was told up to here is in what comes
            found = [uid for uid in self._uids(f"UID {than + 1}:*") if uid > than]  # the last one is named in any case
            if found or client.response("EXISTS")[1] == [None]:
                return found

    def _uids(self, criteria: str) -> list[int]:
        kind, data = self._live().client.uid("SEARCH", criteria)
        if kind != "OK":
            raise MailDown(f"the server does not search: {_said(data)}")
        return sorted(int(uid) for line in data if line for uid in line.split())

    def _fetch(self, uids: str, what: str) -> list[object]:
        kind, data = self._live().client.uid("FETCH", uids, what)
        if kind != "OK":
            raise MailDown(f"the server does not hand a mail out: {_said(data)}")
        return list(data)

    def _heads(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
        """Size in bytes, and when it reached the server, of those that are there. What a server does not answer for
        among several is asked for by itself before it is taken for gone."""
        found = self._heads_at_once(uids)
        for uid in uids if len(uids) > 1 else ():
            if uid not in found:
                found |= self._heads_at_once([uid])
        return found

    def _heads_at_once(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
        asked = "(UID RFC822.SIZE INTERNALDATE)"
        found: dict[int, tuple[int, datetime | None]] = {}
        for line in self._fetch(",".join(map(str, uids)), asked):
            text = line[0] if isinstance(line, tuple) else line
            if isinstance(text, bytes) and (uid := _UID.search(text)) and (size := _HEAD.search(text)):
                found[int(uid[1])] = int(size[1]), _instant(text)
        return found

    def _bodies(self, uids: Sequence[int], most: int) -> dict[int, bytes]:
        """What of each mail is read. A server that answers for several otherwise than expected is asked for each."""
        asked = f"(UID BODY.PEEK[]<0.{most}>)"
        found: dict[int, bytes] = {}
        if len(uids) > 1:
            for line in self._fetch(",".join(map(str, uids)), asked):
                if isinstance(line, tuple) and b"BODY[" in line[0].upper() and (named := _UID.search(line[0])):
                    found[int(named[1])] = bytes(line[1])
        for uid in uids:
            for line in self._fetch(str(uid), asked) if uid not in found else ():
                if isinstance(line, tuple) and b"BODY[" in line[0].upper():
                    found[uid] = bytes(line[1])
        return found

    def _live(self) -> BaseMailBox:
        if self._mailbox is None or self._closed:
            raise MailDown("the connection is closed")
        return self._mailbox

    def _try(self, work: Callable[[], T]) -> T:
        """Do it; whatever goes wrong with the server is MailDown."""
        try:
            return work()
        except MailDown:
            raise
        except MailboxLoginError as error:
            raise _not_let_in(self._box.user, error, _said(error.command_result[1])) from error
        except ssl.SSLCertVerificationError as error:
            why = f"the certificate of {self._box.imap.host} is not trusted: {error.verify_message}"
            raise MailDown(why) from error
        except (imaplib.IMAP4.error, ImapToolsError, OSError, ValueError) as error:
            raise MailDown(f"{self._box.imap.host}: {_short(error) or type(error).__name__}") from error


class _StartTls(MailBoxStartTls):
    """As imap-tools does it, but a connection that does not become safe is not left open."""

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self._host, self._port, self._timeout)
        try:
            client.starttls(self._ssl_context)
        except BaseException:
            with suppress(OSError):  # it may have gone to the connection that did not come about
                client.shutdown()
            raise
        return client


def _show_token(mailbox: BaseMailBox, user: str, token: str) -> None:
    """Log in with an access token. A server that does not take it says so in a challenge, which has to be answered."""
    answers = iter([f"user={user}\1auth=Bearer {token}\1\1".encode()])
    try:
        mailbox.client.authenticate("XOAUTH2", lambda _: next(answers, b""))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise _not_let_in(user, error, str(error)) from error


def _not_let_in(user: str, error: Exception, said: str) -> MailDown:
    """What follows from a log-in that the server answered so."""
    if is_for_the_moment(said):
        return MailDown(f"the log-in of {user} does not work just now: {_short(error)}")
    return MailDown(f"the log-in of {user} is refused: {_short(error)}", refused=True)


def _has_more(client: Any) -> bool:
    """Whether something was read off the line that nobody looked at yet; the socket knows nothing of it."""
    client.sock.settimeout(0)
    try:
        return bool(client.file.peek(1))
    except OSError:
        return False
    finally:
        client.sock.settimeout(SECONDS)


def _words(answer: tuple[str, list[object]]) -> frozenset[str]:
    return frozenset(_said(answer[1]).upper().split())


def _said(data: object) -> str:
    lines = data if isinstance(data, list) else [data]
    return " ".join(line.decode("utf-8", "replace") if isinstance(line, bytes) else str(line) for line in lines)[:200]


def _short(error: Exception) -> str:
    """What the server said, on one line; of a log-in it holds no password."""
    return " ".join(str(error).split())[:200]


def _instant(text: bytes) -> datetime | None:
    found = _AT.search(text)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, off_hours, off_minutes = (each.decode() for each in found.groups())
    off = timedelta(hours=int(off_hours), minutes=int(off_minutes)) * (-1 if sign == "-" else 1)
    try:
        local = datetime(
            int(year), MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
        return local - off
    except (ValueError, OverflowError):
        return None
