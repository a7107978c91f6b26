"""The text of a file that people write, or what keeps it from being read: editors save in other encodings too."""

from pathlib import Path

from sla.errors import ContractError, Problem
from sla.worded import Worded


def read_text(path: Path, name: str) -> str:
    """The file's text. Raises ContractError, with the file's `name`, for one that is no UTF-8 or cannot be read;
    FileNotFoundError where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        instead = Worded("save it with the encoding UTF-8")
        raise ContractError([Problem(name, "", "cannot be read as UTF-8 text", instead, line)]) from error
    except FileNotFoundError:
        raise
    except OSError as error:
        why = Worded(error.strerror or "?")
        raise ContractError([Problem(name, "", Worded("cannot be read: {why}", why=why))]) from error
