"""Who wrote: what the own mail server found out about a sender (Authentication-Results, RFC 8601). A From line proves
nothing."""

import re

_QUOTED = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"')
_METHOD = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"(?:^|\s)(header\.from|header\.d|header\.i|smtp\.mailfrom|smtp\.mail)\s*=\s*(\S+)", re.IGNORECASE
)
LONGEST, MOST = 4_000, 20
"""Signs of such a header, and headers, that are looked at; a server says less."""


def is_proven(results: tuple[str, ...], authserv: str, sender: str) -> bool:
    """Whether the topmost header of the server called `authserv` says that the domain of `sender` vouches for the mail:
    DMARC passed for it, or SPF and DKIM both did. "" as `authserv` trusts nobody; what stands below the topmost one may
    have come with the mail."""
    domain = sender.rpartition("@")[2].lower()
    if not authserv or not domain:
        return False
    for header in results[:MOST]:
        parts = _plain(header[:LONGEST]).split(";")
        if parts[0].split()[:1] == [authserv.lower()]:
            return _passes(parts[1:], domain)
    return False


def _passes(parts: list[str], domain: str) -> bool:
    passed: dict[str, list[dict[str, str]]] = {}
    for part in parts:
        method = _METHOD.match(part)
        if method and method[2].lower() == "pass":
            named = {found[1].lower(): found[2].lower() for found in _PROPERTY.finditer(part)}
            passed.setdefault(method[1].lower(), []).append(named)
    if any(named.get("header.from", "") == domain for named in passed.get("dmarc", [])):
        return True
    by_spf = any(_vouches(n.get("smtp.mailfrom") or n.get("smtp.mail", ""), domain) for n in passed.get("spf", []))
    by_dkim = any(_vouches(n.get("header.d") or n.get("header.i", ""), domain) for n in passed.get("dkim", []))
    return by_spf and by_dkim


def _vouches(named: str, domain: str) -> bool:
    """Whether a domain, or an address in it, is that of the sender or stands above it."""
    above = named.rpartition("@")[2].rstrip(".")
    return above.count(".") >= 1 and (domain == above or domain.endswith(f".{above}"))


def _plain(header: str) -> str:
    """Without comments and quoted strings: whoever wrote the mail may have put what he likes into them."""
    kept, depth, at, open_ended = [], 0, 0, False
    while at < len(header):
        sign = header[at]
        if sign == "\\" and depth:
            at += 2
            continue
        if sign == '"' and not depth and not open_ended:
            if quoted := _QUOTED.match(header, at):
                kept.append("?")
                at = quoted.end()
                continue
            open_ended = True  # and so is each that stands behind it
        if sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(sign)
        at += 1
    return "".join(kept).lower()
