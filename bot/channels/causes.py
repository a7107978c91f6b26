"""What an error of the network means to who has to mend it, as a sentence: the true cause often lies below what a
library makes of it."""

import errno
import imaplib
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping

import aiohttp

OVER, EARLY = 10, 9
OTHER_NAME = frozenset({62, 64})
"""Why OpenSSL does not take a certificate: X509_V_ERR_CERT_HAS_EXPIRED, _CERT_NOT_YET_VALID, _HOSTNAME_MISMATCH,
_IP_ADDRESS_MISMATCH."""
NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})
UNTRUSTED = "check_why_untrusted"

Say = Callable[..., str]

_KINDS: Mapping[type[BaseException] | tuple[type[BaseException], ...], str] = {
    aiohttp.ClientProxyConnectionError: "check_why_proxy",
    aiohttp.ClientHttpProxyError: "check_why_proxy",
    aiohttp.InvalidURL: "check_why_address",
    socket.gaierror: "check_why_name",
    ConnectionRefusedError: "check_why_refused",
    TimeoutError: "check_why_timeout",
    ssl.SSLEOFError: "check_why_hung_up",
    ssl.SSLError: "check_why_tls",
    (ConnectionError, aiohttp.ServerDisconnectedError, imaplib.IMAP4.abort): "check_why_hung_up",
}
"""The first that fits the error or anything below it: what libraries raise is a ConnectionError for many reasons."""


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it came of, down to the first."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def cause(error: BaseException) -> tuple[str, str]:
    """The key of the sentence for what went wrong, and words of the other side that belong into it; the key is "" for
    what has none."""
    below = [each for each in chain(error) if not isinstance(each, aiohttp.ClientConnectorCertificateError)]
    for each in below:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _of_certificate(each), each.verify_message.rstrip(".")
        if isinstance(each, OSError) and each.errno in NO_WAY:
            return "check_why_network", str(each)
    found = ((key, str(each)) for kind, key in _KINDS.items() for each in below if isinstance(each, kind))
    return next(found, ("", ""))


def why(error: BaseException, say: Say) -> str:
    """What went wrong and what to look at, in words; the name of the error where it has none."""
    key, words = cause(error)
    return say(key, words=words) if key else type(error).__name__


def _of_certificate(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == OVER:
        return "check_why_over"
    if error.verify_code == EARLY:
        return "check_why_early"
    return "check_why_other_name" if error.verify_code in OTHER_NAME else UNTRUSTED
