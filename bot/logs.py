"""Structured logs: an event and its fields. Never a message's text, and of an address only its beginning.

What libraries log is theirs: whatever they say passes the redaction, and of an exception only its type is shown.
"""

import json
import logging
import re
import sys

from bot.settings import Log
from handlers.intake.redact import redact

PLAIN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime", "taskName"}


_EXCEPTION = re.compile(r"\b(exception=\w+|\w+(?:Error|Exception))\(.*", re.DOTALL)
"""An exception as Python shows it: in its words may be what people wrote."""


class Fields(logging.Formatter):
    """`time level logger event key=value…`, or the same as one JSON object a line."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._json = as_json

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _shown(record.getMessage()),
        }
        fields |= {key: _shown(value) for key, value in vars(record).items() if key not in PLAIN}
        if record.exc_info:
            fields["where"] = self._where(record)
        if self._json:
            return json.dumps(fields, ensure_ascii=False, default=str)
        head = " ".join(str(fields.pop(key)) for key in ("time", "level", "logger", "event"))
        return " ".join([head, *(f"{key}={_quoted(value)}" for key, value in fields.items())])

    def _where(self, record: logging.LogRecord) -> str:
        """The places that an exception passed, and its type: its words may carry what people wrote."""
        kind, _, trace = record.exc_info or (None, None, None)
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        return " > ".join([*places[-8:], kind.__name__ if kind else ""])


def shortened(address: str) -> str:
    """An address that can be told from others and not be used."""
    return address if len(address) <= 4 else f"{address[:4]}…"


def set_up(log: Log) -> None:
    """Log to standard error as the settings say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Fields(log.format == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log.level.upper())
    for talkative in ("aiohttp.access", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def _shown(value: object) -> object:
    """A value without what people wrote, as far as that can be known; numbers stay numbers."""
    return redact(_EXCEPTION.sub(r"\1(…)", value)) if isinstance(value, str) else value


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text or "\n" in text else text
