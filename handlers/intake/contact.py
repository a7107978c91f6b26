"""The number under which the writer can be called back: kept as such before a text is redacted."""

from handlers.intake.lazy import Lazy

_INTRODUCED = Lazy(
    r"(?:电话|分机|短号|内线|座机|联系|回电|手机|打我|\btel|\bext|\bphone|\bcall)[^\d\n]{0,6}"
    r"((?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{3,4}[- ]?\d{4}|\d{3,12})(?!\d)",
    quick=True,
)
_ALONE = Lazy(r"(?<![\d.])(1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8}|\d{7,8})(?!\d)", quick=True)
_NUMBER = Lazy(r"\d{3}")
_THEIRS = Lazy(r"(?:家属|患者|病人|患儿|产妇|孕妇|patient)[^,。;\n\d]{0,8}$")
_OF_A_RECORD = Lazy(
    r"(?:[单卡码证册票号]|\bno\.?|\bid|#|mrn|(?:住院|病历|病案|门诊|登记|就诊|流水|影像|检查|标本)[^,。;\n\d]{0,3})"
    r"[是为: ]{0,3}[a-z]{0,4}-?$"
)
_CALLED = Lazy(r"(?:电话|手机|分机|短号|内线|座机)号码?[是为: ]{0,3}$")


def call_back(folded: str) -> str:
    """The number, as it was written: one that is introduced as such, else one that can be nothing else; "" where none
    is given. A patient's telephone and the number of a record are none. `folded`: by `sla.folding`."""
    if _NUMBER.search(folded) is None:
        return ""
    for pattern in (_INTRODUCED, _ALONE):
        for found in pattern.finditer(folded):
            before = folded[max(0, found.start(1) - 14) : found.start(1)]
            if not _THEIRS.search(before) and (_CALLED.search(before) or not _OF_A_RECORD.search(before)):
                return str(found.group(1))
    return ""
