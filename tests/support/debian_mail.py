"""A mail server as a hospital has one, on loopback: Debian's Dovecot hands mails out over IMAP and takes them for
submission, Debian's OpenSMTPD delivers them. Both live in a folder of their own.

Dovecot runs without privileges. OpenSMTPD runs as root alone, one at a time on a machine (its control socket has a
fixed place), and keeps its queue in memory. Its TLS does not go together with the OpenSSL 3 of Debian 12
(OpenSMTPD#1171), so that it listens in clear behind Dovecot's submission, which does TLS and log-ins.
"""

import fcntl
import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Any

import pytest

from tests.support.certificates import HOST, make_certificate
from tests.support.waiting import PATIENCE

PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
DOVECOT, SMTPD = shutil.which("dovecot", path=PATH), shutil.which("smtpd", path=PATH)
SUBMISSION = Path("/usr/lib/dovecot/submission-login")
IS_ROOT = os.geteuid() == 0
SUDO: Sequence[str] = () if IS_ROOT else ("sudo", "-n")
DOMAIN, PASSWORD = "mx.wardline.example", "Zz-14/secret"
GONE = "gone@hospital.example"
"""Takes every mail, and gives each back as a bounce."""


def why_missing() -> str:
    """Why the servers cannot be had on this machine; "" when they can."""
    if not (DOVECOT and SMTPD and SUBMISSION.exists()):
        return "no dovecot-imapd, dovecot-submissiond and opensmtpd on this machine"
    if not IS_ROOT and subprocess.run([*SUDO, "true"], capture_output=True, check=False).returncode:
        return "opensmtpd runs only as root, and there is no sudo without a password"
    return ""


needs_debian_mail = pytest.mark.skipif(
    bool(why_missing()) and os.environ.get("CI") != "true", reason=why_missing() or "they are there"
)


class DebianMail:
    """`people` have mailboxes. `token_url` tells Dovecot whether an access token is good, "" for none: XOAUTH2 is then
    not offered."""

    def __init__(self, *people: str, token_url: str = "") -> None:
        self.people, self.token_url = people, token_url
        self.folder = Path(mkdtemp(prefix="wardline-mail-"))
        self.user = pwd.getpwnam("nobody") if IS_ROOT else pwd.getpwuid(os.getuid())
        _, self.ca_file = make_certificate(self.folder)
        self.imaps, self.imap, self.submissions, self.submission, self.mta = _free_ports(5)
        self._dovecot: subprocess.Popen[bytes] | None = None
        self._smtpd: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "DebianMail":
        assert not why_missing(), why_missing()
        self._alone = (Path(gettempdir()) / "wardline-opensmtpd.lock").open("w")
        fcntl.flock(self._alone, fcntl.LOCK_EX)
        try:
            self._write()
            self.up()
            self._smtpd = self._run(
                [*SUDO, str(SMTPD), "-d", "-v", "-B", "queue=ram", "-f", str(self.folder / "smtpd.conf")], "smtpd.log"
            )
            self._listens(self._smtpd, self.mta)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.down()
        _end(self._smtpd, SUDO)
        self._alone.close()
        shutil.rmtree(self.folder)

    # coming and going

    def up(self) -> None:
        """Let Dovecot run."""
        as_user: dict[str, Any] = {"start_new_session": True}
        if IS_ROOT:
            as_user |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        command = [str(DOVECOT), "-F", "-c", str(self.folder / "dovecot.conf")]
        self._dovecot = self._run(command, "start.log", **as_user)
        for port in (self.imaps, self.imap, self.submissions, self.submission):
            self._listens(self._dovecot, port)

    def down(self) -> None:
        """End Dovecot: everybody is hung up on, OpenSMTPD goes on."""
        if self._dovecot is None:
            return
        self._dovecot.kill()  # when asked nicely it goes on serving who is in the middle of IDLE
        self._dovecot.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(self._dovecot.pid, signal.SIGKILL)
        for lock in (self.folder / "mail").glob("*/*.lock"):
            lock.unlink()  # who is killed while writing leaves it, and who comes next would wait two minutes for it

    def renumber(self, person: str, without: int) -> None:
        """Have the mailbox numbered anew, as after a restore or a move to another machine; its oldest mails are gone,
        so that the numbers are lower."""
        self.down()
        box, probe = self.folder / "mail" / person, self.folder / "probe"
        found = re.search(r"\bV(\d+)", (box / "dovecot-uidlist").read_text("ascii"))

        def is_later() -> bool:
            """UIDVALIDITY is the second in which it is made."""
            probe.touch()
            return found is not None and int(probe.stat().st_mtime) > int(found[1])

        _wait(is_later)
        mails = sorted((*box.glob("cur/*"), *box.glob("new/*")), key=lambda mail: mail.name)
        for mail in mails[:without]:
            mail.unlink()
        for index in box.glob("dovecot*"):
            index.unlink()
        self.up()

    # mails

    def bring(self, raw: bytes, sender: str, to: str) -> None:
        """Somebody's server hands a mail over."""
        with smtplib.SMTP(HOST, self.mta, timeout=PATIENCE) as talk:
            talk.sendmail(sender, [to], raw)

    def mails(self, person: str) -> list[bytes]:
        """What somebody has in their mailbox, oldest first."""
        trusted = ssl.create_default_context(cafile=self.ca_file)
        with imaplib.IMAP4_SSL(HOST, self.imaps, ssl_context=trusted, timeout=PATIENCE) as talk:
            talk.login(person, PASSWORD)
            talk.select(readonly=True)
            _, found = talk.search(None, "ALL")
            parts = [talk.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in found[0].split()]
        return [bytes(part[1]) for part in parts if isinstance(part, tuple)]

    def log(self) -> str:
        """What Dovecot wrote down."""
        return (self.folder / "log").read_text("utf-8", "replace")

    # how

    def _write(self) -> None:
        name, group = self.user.pw_name, grp.getgrgid(self.user.pw_gid).gr_name
        (self.folder / "dovecot.conf").write_text(self._dovecot_says(name, group), "utf-8")
        (self.folder / "oauth.conf").write_text(
            f"tokeninfo_url = {self.token_url}?access_token=\nusername_attribute = email\n", "utf-8"
        )
        (self.folder / "smtpd.conf").write_text(self._smtpd_says(name), "utf-8")
        (self.folder / "key.pem").chmod(0o600)
        self.folder.chmod(0o755)
        if IS_ROOT:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        subprocess.run([*SUDO, "chown", "root", str(self.folder / "smtpd.conf")], check=True)

    def _dovecot_says(self, name: str, group: str) -> str:
        mechanisms = "plain login" + (" xoauth2" if self.token_url else "")
        tokens = f"passdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {self.folder}/oauth.conf\n}}\n"
        return (
            f"base_dir = {self.folder}/run\nstate_dir = {self.folder}/state\nlog_path = {self.folder}/log\n"
            f"protocols = imap submission\nlisten = {HOST}\nhostname = {DOMAIN}\n"
            f"default_internal_user = {name}\ndefault_internal_group = {group}\ndefault_login_user = {name}\n"
            f"mail_location = maildir:{self.folder}/mail/%u\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n"
            f"ssl = required\nssl_cert = <{self.ca_file}\nssl_key = <{self.folder}/key.pem\n"
            f"auth_failure_delay = 0\nauth_mechanisms = {mechanisms}\n{tokens if self.token_url else ''}"
            f"passdb {{\n driver = static\n mechanisms = plain login\n args = password={PASSWORD}\n}}\n"
            f"userdb {{\n driver = static\n args = uid={name} gid={group} home={self.folder}/home/%u\n}}\n"
            f"submission_relay_host = {HOST}\nsubmission_relay_port = {self.mta}\n"
            "service anvil {\n chroot =\n unix_listener anvil-auth-penalty {\n  mode = 0\n }\n}\n"
            "service stats {\n chroot =\n}\n"
            f"service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {self.imap}\n }}\n"
            f" inet_listener imaps {{\n  port = {self.imaps}\n  ssl = yes\n }}\n}}\n"
            f"service submission-login {{\n chroot =\n inet_listener submission {{\n  port = {self.submission}\n }}\n"
            f" inet_listener submissions {{\n  port = {self.submissions}\n  ssl = yes\n }}\n}}\n"
        )

    def _smtpd_says(self, name: str) -> str:
        known = ", ".join(f'"{person}"' for person in self.people)
        into = f"{self.folder}/mail/%{{dest.user:lowercase}}@%{{dest.domain:lowercase}}"
        people = ", ".join(f'"{person}" = "{name}"' for person in (*self.people, GONE))
        return (
            f"listen on {HOST} port {self.mta} hostname {DOMAIN}\n"
            f"table people {{ {people} }}\n"
            f'action "in" maildir "{into}" virtual <people>\n'
            f'action "gone" mda "exit 69" virtual <people>\n'
            f'match from any for rcpt-to "{GONE}" action "gone"\n'
            f'match from any for rcpt-to {{ {known} }} action "in"\n'
        )

    def _run(self, command: Sequence[str], log: str, **more: Any) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("wb") as said:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, **more)

    def _listens(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Wait until the server takes calls."""

        def called() -> bool:
            logs = "\n".join(path.read_text("utf-8", "replace")[-2000:] for path in self.folder.glob("*log"))
            assert process.poll() is None, f"a server ended:\n{logs}"
            try:
                socket.create_connection((HOST, port), 1).close()
            except OSError:
                return False
            return True

        _wait(called)


def _wait(true: Callable[[], object]) -> None:
    """Wait beside no loop until something is true elsewhere, of which nobody tells."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if true():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen")


def _end(process: subprocess.Popen[bytes] | None, as_root: Sequence[str]) -> None:
    """Who started it by sudo may not end it without."""
    if process is None or process.poll() is not None:
        return
    subprocess.run([*as_root, "kill", str(process.pid)], check=True)
    process.wait(PATIENCE)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on: these servers cannot be asked which one they were given."""
    takers = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [int(taker.getsockname()[1]) for taker in takers]
    for taker in takers:
        taker.close()
    return ports
