"""An IMAP server that does what pymap does not: wants ID before it opens a folder, has no IDLE, says BYE in mid-IDLE,
numbers its mails anew, takes access tokens and STARTTLS. It speaks no more of the protocol than a reader needs, and
writes down what it heard."""

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tests.support.certificates import HOST, make_certificate
from tests.support.waiting import PATIENCE

WHEN = '"01-Oct-2026 02:00:00 +0000"'
_UID = re.compile(r"UID SEARCH UID (\d+)")
_UIDS = re.compile(r"UID FETCH ([\d,]+)")


class OddImap:
    """`idle` whether IDLE is offered, `wants_id` whether a folder is refused before ID. `heard` are the commands of all
    connections, without their tags; `connections` counts them. `takes_token` says whether a user may come in with an
    access token, `tokens` are those that were shown; `refuses` are the words by which nobody is let in at
    all. `in_clear` waits for STARTTLS, and knows nothing without it.
    `first_only`: of several mails that are asked for at once it hands out the first."""

    def __init__(
        self, folder: Path, *, idle: bool = False, wants_id: bool = False, in_clear: bool = False, host: str = HOST
    ) -> None:
        self.context, self.ca_file = make_certificate(folder, host)
        self.takes_token: Callable[[str, str], bool] = lambda user, token: False
        self.tokens: list[str] = []
        self.idle, self.wants_id = idle, wants_id
        self.validity, self.mails = 7, dict[int, bytes]()
        self.heard: list[str] = []
        self.connections, self._idling = 0, ""
        self.refuses = ""
        self.uid_last = self.first_only = self.hides_starttls = self.all_in_clear = False
        self.changed = threading.Condition()
        self._listening = socket.create_server((HOST, 0))
        if not in_clear:
            self._listening = self.context.wrap_socket(self._listening, server_side=True)
        self._talks: list[socket.socket] = []
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> "OddImap":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        self._thread.join(5)

    def put(self, raw: bytes) -> None:
        """A mail comes; nobody is told."""
        with self.changed:
            self.mails[max(self.mails, default=0) + 1] = raw
            self.changed.notify_all()

    def say(self, line: str) -> None:
        """Say something to everybody, unasked."""
        for talk in self._talks:
            talk.sendall(f"{line}\r\n".encode())

    def cut(self) -> None:
        """Hang up on everybody."""
        for talk in self._talks:
            try:
                talk.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already
        self._talks.clear()

    def until(self, word: str, count: int = 1, seconds: float = PATIENCE) -> None:
        """Wait until a command was heard so often."""
        with self.changed:
            assert self.changed.wait_for(lambda: sum(word in line for line in self.heard) >= count, seconds), self.heard

    # talking

    def _accept(self) -> None:
        while True:
            try:
                talk, _ = self._listening.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            self.connections += 1
            self._talks.append(talk)
            threading.Thread(target=self._talk, args=(talk,), daemon=True).start()

    def _talk(self, talk: socket.socket) -> None:
        named = False
        try:
            talk.sendall(b"* OK ready\r\n")
            lines = talk.makefile("rb")
            while line := lines.readline().decode().strip():
                tag, _, command = line.partition(" ")
                with self.changed:
                    self.heard.append(command)
                    self.changed.notify_all()
                named = named or command.upper().startswith("ID ")
                if command.upper() == "STARTTLS":
                    _say(talk, [f"{tag} OK go on"])
                    talk = self.context.wrap_socket(talk, server_side=True)
                    self._talks.append(talk)
                    lines = talk.makefile("rb")
                elif command.upper() == "AUTHENTICATE XOAUTH2":
                    _say(talk, self._shown(talk, lines, tag))
                else:
                    _say(talk, self._answer(tag, command, named, isinstance(talk, ssl.SSLSocket)))
        except OSError:
            return
        finally:
            talk.close()

    def _shown(self, talk: socket.socket, lines: BinaryIO, tag: str) -> list[str]:
        """An access token is shown. A refusal is a challenge first, which has to be answered by nothing."""
        _say(talk, ["+ "])
        said = base64.b64decode(lines.readline()).decode()
        user, _, token = said.removeprefix("user=").removesuffix("\1\1").partition("\1auth=Bearer ")
        self.tokens.append(token)
        if self.refuses:
            return [f"{tag} NO {self.refuses}"]
        if self.takes_token(user, token):
            return [f"{tag} OK come in"]
        _say(talk, ["+ " + base64.b64encode(b'{"status":"400"}').decode()])
        return [f"{tag} NO [AUTHENTICATIONFAILED] token" if lines.readline().strip() == b"" else f"{tag} BAD answer"]

    def _answer(self, tag: str, command: str, named: bool, safe: bool) -> list[str]:
        word = command.upper()
        if not safe and not self.all_in_clear:
            offered = "* CAPABILITY IMAP4rev1" + ("" if self.hides_starttls else " STARTTLS LOGINDISABLED")
            return [offered, f"{tag} OK done"] if word == "CAPABILITY" else [f"{tag} NO in clear"]
        if word == "DONE" or tag.upper() == "DONE":
            return [f"{self._idling} OK done"]
        if word.startswith("LOGIN") and self.refuses:
            return [f"{tag} NO {self.refuses}"]
        if word.startswith("CAPABILITY"):
            return [f"* CAPABILITY IMAP4rev1 ID{' IDLE' if self.idle else ''}", f"{tag} OK done"]
        if word.startswith(("SELECT", "EXAMINE")):
            if self.wants_id and not named:
                return [f"{tag} NO SELECT Unsafe Login. Please contact kefu@188.com for help"]
            opened = [f"* {len(self.mails)} EXISTS", f"* OK [UIDVALIDITY {self.validity}] ok"]
            return [*opened, f"{tag} OK [READ-ONLY] done"]
        if word.startswith("UID SEARCH"):
            return [f"* SEARCH {self._found(word)}", f"{tag} OK done"]
        if word.startswith("UID FETCH"):
            return [*self._fetched(word), f"{tag} OK done"]
        if word == "IDLE":
            self._idling = tag
            return ["+ idling"]
        return [f"{tag} OK done"]

    def _found(self, word: str) -> str:
        first = _UID.search(word)
        uids = [uid for uid in self.mails if first is None or uid >= int(first[1])]
        return " ".join(map(str, uids or list(self.mails)[-1:]))

    def _fetched(self, word: str) -> list[str]:
        named = _UIDS.search(word)
        lines: list[str] = []
        uids = list(map(int, named[1].split(",") if named else ()))
        for uid in uids[:1] if self.first_only else uids:
            raw = self.mails.get(uid)
            if raw is None:
                continue
            if "BODY.PEEK" not in word:
                lines.append(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE {WHEN})")
            elif self.uid_last:
                lines += [f"* {uid} FETCH (BODY[]<0> {{{len(raw)}}}", f"{raw.decode('latin-1')} UID {uid})"]
            else:
                lines += [f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}", f"{raw.decode('latin-1')})"]
        return lines


def _say(talk: socket.socket, lines: list[str]) -> None:
    talk.sendall(b"".join(f"{line}\r\n".encode("latin-1") for line in lines))
