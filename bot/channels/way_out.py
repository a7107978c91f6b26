"""The way out to providers: straight, or as the environment of the process says."""

import os
from pathlib import Path
from urllib.request import getproxies


def by_environment() -> bool:
    """Whether the environment names a proxy, or a .netrc log-ins.

    For what aiohttp calls `trust_env`: it asks for both anew at every call, each in a thread, which costs more than the
    call; so only where there is something to be told. An environment does not change while a process runs.
    """
    return bool(getproxies()) or _has_netrc()


def _has_netrc() -> bool:
    if named := os.environ.get("NETRC"):
        return Path(named).is_file()
    try:
        return (Path.home() / ".netrc").is_file()
    except RuntimeError:  # nobody's process: a user without a home
        return False
