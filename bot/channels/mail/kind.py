"""Of which kind a mail is: whether a person wrote it, and whether it may be answered."""

import re
from dataclasses import dataclass

from bot.channels.mail.address import Address
from bot.channels.mail.bounce import is_daemon, is_null_path, report, simplified
from bot.channels.mail.headers import Headers
from bot.channels.mail.letter import Kind
from bot.channels.mail.parts import Part

_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply"})
_AUTO_HEADERS = (
    "x-autoreply",
    "x-auto-reply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-autorespond-from",
    "x-mlserver",
)
_AUTO_SUBJECT = re.compile(
    r"^[\[【(（]?\s*(?:(?:自动(?:回[复覆]|答[复覆]|应答)|外出自动回复|休假自动回复|automatic reply|"
    r"auto[- ]?reply|auto(?:matic)?[- ]?response|autoresponse|abwesenheit\w*|"
    r"réponse automatique)\s*(?:[:：\]】)）—–-]|$)|"
    r"out[- ]of[- ](?:the )?office\s*(?:[:：\]】)）—–-]|$|auto|until|from|reply)|"
    r"auto(?:matic)? re\s*[:：]|vacation (?:reply|response|notice|message)|"
    r"complaint about message from \d|report domain:\s{0,9}\S{1,100}\s{1,9}submitter:)|"
    r"[\[【(（]\s?自动(?:回[复覆]|答[复覆]|应答)\s?[\]】)）]\s{0,9}(?:$|(?:re|回复|答复)\s?[:：])",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(
    r"^\s*(?:已读|已读回[执條]|阅读回执|读取回條|回执|邮件回执|邮件收条|收条|read|not read|"
    r"read receipt|return receipt(?: \(displayed\))?|未读|disposition notification|gelesen)\s*"
    r"(?:[:：\-(（]|$)",
    re.IGNORECASE,
)
_RECEIPT_BODY = re.compile(
    r"(?:was|has been|is) (?:read|displayed|opened)|return receipt for the (?:mail|message)|"
    r"已(?:于|在|经)?[^\n]{0,60}(?:阅读|被阅读|读取|打开|查看)|已读回执|阅读回执|"
    r"这是(?:一封)?(?:邮件)?(?:收条|回执)|此(?:邮件)?(?:收条|回执)|was deleted without being read|"
    r"未经阅读|收条只(?:表明|说明)",
    re.IGNORECASE,
)
_OF_A_MAIL = re.compile(r"mail|message|邮件|来信|信件|消息|收条[,，]", re.IGNORECASE)
_AUTO_LINE = re.compile(
    r"(?:^|[。！!.；;]|[您你]好[，,])[ \t\u3000*＊※#>~—–-]{0,20}[\[【(（]{0,2}"
    r"(?:(?:温馨)?提示|注意?|备注|说明|声明|note|ps|p\.s\.)?"
    r"[ \t\u3000]{0,9}[:：]?[ \t\u3000]{0,9}(?:"
    r"自动(?:回[复覆]|答[复覆]|应答)[ \t\u3000]{0,9}[\]】)）:：]|"
    r"(?:这|此|本)(?:是|为|封|邮件|信|通知|消息)[^\n。，！？!?]{0,16}自动(?:回[复覆]|答[复覆]|应答|发送|发出|生成|产生)"
    r"(?:的?(?:邮件|信件?|通知|消息|提醒|回复))?[ \t]{0,9}(?:[，,。.！!；;、：:）)】\]—–-]|$)|"
    r"(?:这|此|本)(?:是|为|邮件)[^\n。！？!?]{0,16}系统[^\n。！？!?]{0,12}(?:请勿|无需|切勿|不要)(?:直接)?回|"
    r"[^\n。，！？!?]{0,10}系统自动(?:发送|发出|生成|产生)[^\n。！？!?]{0,12}(?:请勿|无需|切勿|不要)(?:直接)?回|"
    r"(?:系统|自动)(?:邮件|通知|消息)[，,：: ]{0,2}(?:请勿|无需|切勿|不要)(?:直接)?回|"
    r"(?:请勿|无需|切勿)(?:直接)?[回答]复(?:此|本|该)(?:邮件|信|邮箱)|"
    r"this (?:is an? |(?:e-?mail|message) (?:is|was|has been|is an?) )"
    r"(?:auto(?:matic(?:ally)?|mated)?|system|computer)[ -]"
    r"(?:generated|sent|created|reply|response|message|e-?mail|notification|system)|"
    r"(?:please )?do not (?:reply|respond) to this (?:auto\w* )?(?:e-?mail|message|mail)\b)"
    r"(?![^\n]{0,40}[?？吗])|[\[【(（]自动(?:回[复覆]|答[复覆]|应答)[\]】)）][ \t]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line in which a mail says that a program wrote it; in the middle of a sentence, people write about such mails."""
_RECEIPTS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_NOBODY = re.compile(r"^(?:no|do-?_?\.?not)-?_?\.?reply(?:[+._-][^@]*)?@")
_MOST_READ = 4_000
_MOST_OF_A_CALENDAR = 20_000
_REPLY_METHOD = re.compile(rb"^METHOD[^:\r\n]*:\s*REPLY\b", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judged:
    """The kind, by what it was decided, and for a bounce who was not reached."""

    kind: Kind
    reason: str
    failed: tuple[str, ...] = ()


def judge(headers: Headers, tree: Part, sender: Address, subject: str, new: str, whole: str) -> Judged:
    """message, auto or bounce. Headers that declare it come before words that look like it."""
    verdict = report(headers, tree, sender, subject, new, whole)
    if verdict is not None and verdict.final:
        return Judged("bounce", verdict.how, verdict.failed)
    if verdict is not None:
        return Judged("auto", verdict.how)
    why = _declared(headers) or _by_form(tree, new)
    submitted = _word(headers.raw("auto-submitted"))
    if not why and submitted != "no":
        why = _by_words(
            headers, sender, simplified(subject), simplified(new[:_MOST_READ]), simplified(whole[:_MOST_READ])
        )
    return Judged("auto", why) if why else Judged("message", "")


def _word(raw: bytes) -> str:
    return re.split(rb"[\s;(,]", raw.strip().lower())[0].decode("ascii", "ignore")


def _declared(headers: Headers) -> str:
    """What the headers say of themselves."""
    if any(_word(raw) not in ("", "no") for raw in headers.all("auto-submitted")):
        return "Auto-Submitted"
    for name in _AUTO_HEADERS:
        if headers.has(name) and _word(headers.raw(name)) not in ("no", "false", "0"):
            return name
    if any(_word(raw) in _PRECEDENCE for raw in headers.all("precedence")):
        return "Precedence"
    return "Return-Path" if is_null_path(headers) else ""


def _by_form(tree: Part, new: str) -> str:
    """Receipts, and answers that a calendar gave."""
    declared = tree.content_type.plain("report-type").lower() if tree.type == "multipart/report" else ""
    # One with a file name was sent on by somebody.
    if declared == "disposition-notification" or any(p.type in _RECEIPTS and not p.name for p in tree.leaves()):
        return "disposition-notification"
    if tree.type == "multipart/report":
        return "report"
    if not new and any(part.type == "text/calendar" and _is_answer(part) for part in tree.leaves()):
        return "calendar reply"
    return ""


def _is_answer(part: Part) -> bool:
    return part.content_type.plain("method").upper() == "REPLY" or bool(
        _REPLY_METHOD.search(part.beginning(_MOST_OF_A_CALENDAR))
    )


def _by_words(headers: Headers, sender: Address, subject: str, new: str, whole: str) -> str:
    """Programs that answer without saying in a header that they are programs."""
    if _AUTO_SUBJECT.search(subject):
        return "subject of an automatic reply"
    if _RECEIPT_SUBJECT.match(subject) and _RECEIPT_BODY.search(whole) and _OF_A_MAIL.search(whole):
        return "words of a receipt"
    if _AUTO_LINE.search(new):
        return "words of a program"
    if _NOBODY.match(sender.address) and not headers.raw("reply-to"):
        return "sender that takes no answer"
    is_system = is_daemon(sender.address, sender.name) and not sender.address.startswith("postmaster")
    return "mail system" if is_system else ""
