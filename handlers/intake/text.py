"""What of a message is new, as it is compared (`fold`, by which the catalogue's words are compared as well)."""

from dataclasses import dataclass

from handlers.intake.lazy import Lazy
from sla.folding import fold

__all__ = ["Letter", "fold", "is_chinese", "letter"]

_HISTORY = Lazy(
    r"(?m)^(?:>|-{3,} ?(?:原始邮件|转发的邮件|original|forwarded|回复的原邮件)|_{5,}|发件人:|from:|"
    r"(?:on|在) .{5,60}(?:wrote|写道):)"
)
_QUOTE = Lazy(r"^「[^」]{0,400}」\n[—\- ]{3,}\n")
_REPLY = Lazy(r"(?:re|回复|答复|回覆|fwd?|转发)(?:\[\d\])? ?:")
_PREFIXES = Lazy(r"(?:(?:re|回复|答复|回覆|fwd?|转发)(?:\[\d\])? ?: ?)+")
_DEVICE = Lazy(r"\n(?:sent from my [^\n]{1,30}|\(此邮件由[^\n]{1,20}\)|发自我的[^\n]{1,20}|get outlook for[^\n]{0,20})")
_CHINESE = Lazy("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a message, folded. `subject` is empty where there is none; `reply`: the subject answers another.

    `body` starts in the original at `offset`. `quoted`: words of somebody else stood before it and were left out.
    """

    subject: str
    body: str
    offset: int
    reply: bool
    quoted: bool


def is_chinese(text: str) -> bool:
    """Whether any Chinese character stands in it."""
    return _CHINESE.search(text) is not None


def letter(folded: str) -> Letter:
    """Splits folded text into a subject and the new words; history, quotations and device signatures go."""
    quote = _QUOTE.match(folded) if folded.startswith("「") else None
    start = quote.end() if quote else 0
    end = len(folded)
    if "\n" not in folded:
        return Letter("", folded, 0, False, False)
    if (history := _HISTORY.search(folded, start)) is not None and history.start() > 0:
        end = history.start()
    if (device := _DEVICE.search(folded, start, end)) is not None:
        end = device.start()
    subject = ""
    head, gap, _ = folded[start:end].partition("\n\n")
    if gap and "\n" not in head and len(head) <= 80:
        subject, start = head, start + len(head) + 2
    reply = _REPLY.match(subject) is not None
    if reply:
        subject = _PREFIXES.sub("", subject, count=1)
    return Letter(subject, folded[start:end], start, reply, quote is not None)
