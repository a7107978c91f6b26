"""Mails by chance: whatever comes, it is read, dropped or set aside, within 100 ms (of a mail above 10 MB, 15 ms a
megabyte).

`python -m tests.channels.fuzz_mail --inputs 1000000` by hand; the tests run ten thousand. With `--keep FOLDER` what
raises or is too slow is kept there, and the run goes on.
"""

import argparse
import gc
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.channels.kinds import safe_name, type_of
from bot.channels.mail.letter import Attachment as Part
from bot.channels.mail.letter import Mail
from bot.channels.mail.reading import read_mail
from bot.channels.mailbox.incoming import bounced, inbound_of, why_dropped
from bot.channels.mailbox.proof import is_proven
from bot.commands.mail import as_json, page
from handlers.commands import parse
from sla.message import Attachment, from_json_inbound, to_json_inbound
from storage.crypt import Crypt, generate_key
from tests.channels.fuzz_mails import SIGNER, mail
from tests.support.slow import seconds

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
CRYPT = Crypt(generate_key())
OWN = frozenset({"wardline@hosp.example"})
SERVER = "mx.hosp.example"
ACCEPTED = 44 * 1024 * 1024
"""Bytes of a mail that are read, as the channel is set up by default."""
SLOW_SECONDS = 0.1
SLOW_BYTES, SLOW_A_BYTE = 10 * 1024 * 1024, 15e-9
"""A mail above that has the time that its bytes take: what is sent as base64 has to be decoded. Nobody waits for it, it
is read beside the loop."""


@dataclass(slots=True)
class Found:
    """What became of the inputs. `slowest`: seconds of the processor, the input's number, its bytes; `slowest_large` of
    those above SLOW_BYTES. `bad`: those that raised or were too slow, each with why."""

    met: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int, int] = (0.0, 0, 0)
    slowest_large: tuple[float, int, int] = (0.0, 0, 0)
    bad: list[tuple[int, str]] = field(default_factory=list)


def one(raw: bytes) -> list[str]:
    """What the channel does with the bytes of a mail, and that the inbox and a terminal can take what becomes of it.
    Returns what was met in it."""
    read = read_mail(raw)
    met = [read.kind] + ["quoted"] * read.quoted + ["files"] * bool(read.attachments)
    json.dumps(as_json("x", read), ensure_ascii=False).encode()
    "\n".join(page("x", read)).encode()
    if read.kind == "bounce":
        return [*met, "sure"] if bounced(read, SIGNER)[0] else met
    if why_dropped(read, OWN):
        return [*met, "dropped"]
    if read.kind == "unreadable" or not read.sender:
        return [*met, "aside"]
    return met + _taken(read)


def _taken(read: Mail) -> list[str]:
    """The mail as a message: its files named, its sender proven or not, its words an order or not."""
    proven = is_proven(read.authentication_results, SERVER, read.sender)
    inbound = inbound_of(read, NOW, SIGNER, proven=proven, attachments=tuple(map(_file, read.attachments)))
    kept = to_json_inbound(inbound)
    CRYPT.seal(b"inbox.payload", kept)
    assert from_json_inbound(kept) == inbound
    orders = [parse(inbound.text, of_provider) for of_provider in (True, False)]
    return ["taken"] + ["proven"] * proven + ["answer"] * bool(inbound.reply_to) + ["order"] * any(orders)


def _file(part: Part) -> Attachment:
    kind, ending = type_of(part.content)
    return Attachment(safe_name(part.name, "attachment", ending), kind, len(part.content))


def allowed(raw: bytes) -> float:
    """Seconds that the input may take."""
    return SLOW_SECONDS if len(raw) <= SLOW_BYTES else len(raw) * SLOW_A_BYTE


def try_one(raw: bytes, number: int, found: Found) -> str:
    """Deal with one input; what is wrong with it, "" for nothing."""
    met: list[list[str]] = []
    try:
        took = seconds(lambda: met.append(one(raw)), allowed(raw))
        found.met.update(met[0])
    except Exception as error:  # noqa: BLE001 - whatever leaves the adapter is a finding
        return f"{type(error).__name__}: {error}"
    if len(raw) > SLOW_BYTES:
        found.slowest_large = max(found.slowest_large, (took, number, len(raw)))
    else:
        found.slowest = max(found.slowest, (took, number, len(raw)))
    return f"{took:.3f} s" if took > allowed(raw) else ""


def run(numbers: range, seed: int, keep: Path | None = None) -> Found:
    """Deal with those inputs. What raises or is too slow is kept, or else the end: AssertionError."""
    found = Found()
    gc.collect()
    gc.freeze()
    for number in numbers:
        raw = mail(seed, number, ACCEPTED)
        if why := try_one(raw, number, found):
            assert keep is not None, (seed, number, len(raw), why, raw[:500])
            found.bad.append((number, why))
            (keep / f"{seed}-{number}.eml").write_bytes(raw)
            print(f"{seed}/{number}: {why}, {len(raw)} bytes", flush=True)
        if keep is not None and found.slowest[1] == number and found.slowest[0] > SLOW_SECONDS / 4:
            (keep / f"slowest-{seed}.eml").write_bytes(raw)
        if keep is not None and number % 50_000 == 49_999:
            print(f"{seed}/{number}: slowest {found.slowest}, {found.slowest_large}", flush=True)
    gc.unfreeze()
    return found


def main() -> None:
    """Run, and print what was met."""
    parser = argparse.ArgumentParser(prog="python -m tests.channels.fuzz_mail")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    began = time.process_time()
    found = run(range(options.first, options.first + options.inputs), options.seed, options.keep)
    print(
        f"{options.inputs} mails in {time.process_time() - began:.0f} s, seed {options.seed}: "
        f"{', '.join(f'{count} {what}' for what, count in found.met.most_common())}; "
        f"{len(found.bad)} raised or too slow; slowest {_told(found.slowest)}; "
        f"above {SLOW_BYTES} bytes {_told(found.slowest_large)}"
    )


def _told(slow: tuple[float, int, int]) -> str:
    return f"{slow[0] * 1000:.1f} ms (number {slow[1]}, {slow[2]} bytes)"


if __name__ == "__main__":
    main()
