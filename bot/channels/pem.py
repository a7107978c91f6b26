"""Files with certificates: what is wrong with one, as the key of a sentence with its fields."""

import errno
import ipaddress
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

Trouble = tuple[str, dict[str, object]]
UNREAD = {
    errno.ENOENT: "check_file_gone",
    errno.ENOTDIR: "check_file_gone",
    errno.EACCES: "check_file_denied",
    errno.EPERM: "check_file_denied",
    errno.EISDIR: "check_file_folder",
}
DENIED = "check_file_denied"


def unread(error: Exception | None, path: str) -> Trouble:
    """Why a file could not be read; None where it is empty."""
    if error is None:
        return "check_file_empty", {"path": path}
    key = UNREAD.get(error.errno or 0, "") if isinstance(error, OSError) else ""
    return key or "check_file_unread", {"path": path, "why": type(error).__name__}


def of_webhook(path: str, url: str, now: datetime) -> Iterator[Trouble]:
    """What hinders a certificate from being handed to a Bot API server for the address `url`."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        yield unread(error, path)
        return
    if b"PRIVATE KEY" in content:
        yield "check_pem_private", {"path": path}
    certificates = _read(content)
    if not certificates:
        yield "check_pem_none", {"path": path}
        return
    yield from _in_time(certificates[0], path, now)
    host, names = urlsplit(url).hostname or "", _names(certificates[0])
    if host and not any(_fits(host, name) for name in names):
        yield "check_pem_host", {"path": path, "names": ", ".join(names) or "-", "host": host}


def of_authority(path: str, now: datetime) -> Iterator[Trouble]:
    """What hinders the certificates of a file from vouching for a server."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        yield unread(error, path)
        return
    certificates = _read(content)
    if not certificates:
        yield "check_pem_none", {"path": path}
        return
    troubles = [list(_in_time(each, path, now)) for each in certificates]
    if all(troubles):
        yield troubles[0][0]


def _read(content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        return []


def _in_time(certificate: x509.Certificate, path: str, now: datetime) -> Iterator[Trouble]:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > last:
        yield "check_pem_over", {"path": path, "day": last.date()}
    elif now < first:
        yield "check_pem_early", {"path": path, "day": first.date(), "today": now.date()}


def _names(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that it is for; those of its subject where it has no others."""
    try:
        named = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except (x509.ExtensionNotFound, ValueError):
        named = None
    if isinstance(named, x509.SubjectAlternativeName):
        return [*named.get_values_for_type(x509.DNSName), *map(str, named.get_values_for_type(x509.IPAddress))]
    return [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def _fits(host: str, name: str) -> bool:
    host, name = host.lower().rstrip("."), name.lower()
    try:
        return ipaddress.ip_address(host) == ipaddress.ip_address(name)
    except ValueError:
        return host == name or (name.startswith("*.") and host.partition(".")[2] == name[2:])
