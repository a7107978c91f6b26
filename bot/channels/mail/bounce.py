"""Whether a mail says that another was not delivered and will not be: the standard form (RFC 3464) and anybody's
own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from bot.channels.mail.address import Address, addresses
from bot.channels.mail.charset import decode
from bot.channels.mail.headers import Headers, split_head
from bot.channels.mail.parts import Part

MOST_SIGNS, MOST_HEADERS = 20_000, 5
_DAEMON = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|double-bounce|mailerdaemon|microsoftexchange[0-9a-f]{32})(?:@|$)|"
    r"^(?:bounces?|mdaemon|mail[-._]?router)@"
)
_POSTMASTER = re.compile(r"^post[-_]?master(?:@|$)")
_SYSTEM = re.compile(
    r"^(?:system|sysadmin|no-?_?reply|do-?not-?reply|notifications?|notice|service|admin|mta|smtp|exchange|"
    r"(?:mail|e-?mail)[-._]?(?:system|admin|service|server|gateway|filter|delivery)|(?:anti|virus|spam)[\w.-]{0,20})@"
)
_PROGRAM_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|router|server|gateway|system)|delivery (?:sub)?system|smtp (?:service|server)",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(r"mail(?:er)?[ -]?(?:delivery|daemon)|delivery (?:sub)?system|postmaster", re.IGNORECASE)
_SYSTEM_NAME = re.compile(
    rf"{_PROGRAM_NAME.pattern}|postmaster|microsoft (?:outlook|exchange)|系统|退信|邮局|管理员|小助手|邮件服务|自动",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^\s*(?:re|fwd?|aw|wg|回复|答复|转发|回覆|轉寄|回信|转)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)

_NOT_BROUGHT = r"(?:无法|未能|没能|没有|不能|未)(?:被)?(?:成功|正常|正确)?(?:送达|投递|递送|传递|传送|发送|寄[达送])"
"""Not delivered, in the words of Chinese mail systems."""
_FAILED_SUBJECT = re.compile(
    r"undeliver(?:able|ed)|returned mail|mail (?:delivery )?fail|"
    r"delivery (?:status notification\s*[(:：]?\s*(?:fail|error)|fail|error|has failed|problem)|failure notice|"
    r"failed delivery|failure delivery|message (?:not|could not be) delivered|"
    r"non[- ]?deliver(?:y|ed|able)|not delivered|delivery unsuccessful|"
    r"could ?n[o']t be delivered|mail system error|rejected (?:mail|message)|return(?:ed|ing) to sender|"
    r"(?:mail|message)(?: (?:that )?you sent)?(?: was| has been)? (?:rejected|blocked|bounced)|"
    r"unzustellbar|配信不能|エラー通知|送信できません|"
    r"bounce notification|退信|退件|被退回|退回(?:通知|的邮件)|拒收通知|投递错误|"
    rf"(?:送达|投递|发送|发信|传递|传送|寄件|递送)失败|{_NOT_BROUGHT}",
    re.IGNORECASE,
)
_FAILED_BODY = re.compile(
    r"could ?n[o']t be (?:successfully )?delivered|could not (?:be )?deliver|was ?n[o']t delivered|"
    r"not been delivered|(?:unable|failed) to deliver|undeliver|"
    r"did not reach|error (?:has )?occurred while (?:attempting|trying) to deliver|error delivering your|"
    r"was aborted after|no valid recipients|(?:has been|was) rejected|permanent(?:ly)? (?:fatal )?(?:error|fail)|"
    r"delivery (?:to .{0,80})?(?:has )?failed|recipients? failed|user unknown|unknown user|"
    r"no such (?:user|recipient|mailbox|person)|mailbox (?:is )?(?:unavailable|not found|disabled)|"
    r"does ?n[o']t exist|not exist|"
    r"address (?:rejected|not found)|recipient (?:address )?rejected|i've given up|returned to (?:you|"
    r"sender)|\b5\d\d[ -]+#?5\.\d{1,3}\.\d{1,3}|"
    r"(?:smtp|error|错误|代码|返回|said).{0,40}\b55\d\b|\b55\d\s+[A-Za-z]|"
    r"(?:送信|配信)できませんでした|届けられませんでした|"
    rf"退信|退回|没有发送成功|(?:投递|发送|传送|传递)失败|{_NOT_BROUGHT}|查无此|拒收|"
    r"(?:收件人|用户|邮箱|地址|帐号|账号)[^\n]{0,20}不存在|"
    r"被(?:对方|收件方)[^\n]{0,12}拒绝|拒绝接收|投递被拒",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"will (?:be retried|continue (?:to try|trying)|keep trying|retry|try again)|attempts? will continue|"
    r"still (?:being )?(?:tried|trying|retr)|"
    r"(?<!请)(?:将|仍会|仍在|正在|会)(?:继续|再次|自动|不断)[^\n。，]{0,6}(?:尝试|重试|重发|投递|重投)",
    re.IGNORECASE,
)
_NOT_FINAL = re.compile(
    r"delivery (?:status notification \(delay\)|is delayed|delayed|incomplete)|\bdelayed?\b|"
    r"not yet been delivered|will (?:be retried|continue (?:to try|trying)|"
    r"keep trying|retry)|could not send message for (?:the )?past|no action is required|temporary problem|"
    r"still (?:being )?(?:tried|trying|retr)|"
    r"延迟|暂时(?:无法|未能|没有)|暂未|尚未(?:送达|投递|传递)|(?:继续|将会?|仍会|自动|"
    r"稍后)[^\n。]{0,8}(?:尝试|重试|重发|重新投递|重投)|(?:warning|警告)\s*[:：].{0,40}(?:delay|could not|"
    r"延迟)",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"given up|no further attempt|停止(?:尝试|重试|投递)|不再(?:尝试|重试|投递)|已放弃|放弃投递|"
    r"多次(?:尝试|重试|投递)[^\n。]{0,16}(?:失败|仍)|\b5\.\d{1,3}\.\d{1,3}\b|"
    r"permanent(?:ly)?|永久|retry (?:time|timeout) exceeded|超过最大重试",
    re.IGNORECASE,
)
_DELIVERED = re.compile(
    r"delivery status notification \((?:success|relay)|successfully (?:delivered|relayed)|^(?:delivered|"
    r"relayed|expanded)\s*:|(?:^|已)(?:成功)?(?:送达|投递|传递)(?:通知|成功|回执)|"
    r"^已(?:送达|传递|中继)\s*[:：]|送达回执|投递成功|已成功(?:送达|投递|传递)",
    re.IGNORECASE,
)
_SIMPLE = str.maketrans(
    "無傳遞郵寄達敗錯誤統戶號帳沒發對繼續嘗試動暫時遲復應讀閱經開這為",
    "无传递邮寄达败错误统户号帐没发对继续尝试动暂时迟复应读阅经开这为",
)
"""The signs of the patterns below that are written otherwise in Taiwan and Hong Kong."""
_PERSON = re.compile(r"我(?!们)|请问|请帮|怎么办|麻烦|各位|大家好|\bmy\b|\bhelp me\b", re.IGNORECASE)
_YOURS = re.compile(
    r"[您你][^\n。]{0,80}(?:邮件|来信|信件)|your (?:e-?mail|mail|message|document)\b|"
    r"(?:mail|message) (?:that )?you sent",
    re.IGNORECASE,
)
_TO_ITS_SENDER = re.compile(
    rf"{_YOURS.pattern}|邮件[^\n。]{{0,9}}失败|发[往给至][^\n。]{{0,80}}(?:邮件|信)|邮件[^\n。]{{0,40}}发[往给至送]|"
    r"(?:the|this|following) (?:e-?mail|mail|message|document)\b|\b55\d\b|\b5\.\d{1,3}\.\d{1,3}\b",
    re.IGNORECASE,
)
"""A mail system speaks of a mail to whom it came from; a person with such an address, of parcels, or to everybody."""
_TO_ALL = re.compile(r"各位|大家|各科|各部门|全院|全体|同事们|dear (?:all|colleagues)|everyone", re.IGNORECASE)
_GREETING = 60
"""Where a letter says to whom it is written; a mail system writes to one."""
_I = re.compile(r"\bI\b")
_OF_MAIL = re.compile(r"mail|messag|deliver|recipient|邮件|郵件|退信|收件|投递", re.IGNORECASE)
_CODE = re.compile(r"\b[45]\d\d\b|\b5\.\d{1,3}\.\d{1,3}\b")
_ADDRESS = re.compile(r"(?<![A-Za-z0-9_.+\-])[A-Za-z0-9_.+\-]{1,64}@[A-Za-z0-9.\-]{1,200}\.[A-Za-z]{2,20}")
_ON_ITS_LINE = re.compile(rf"^[\s<*•·-]{{0,12}}({_ADDRESS.pattern})", re.MULTILINE)
_TOLD_RECIPIENT = re.compile(r"^\s{0,9}RCPT TO:", re.IGNORECASE | re.MULTILINE)
"""As mail systems show it, which have a postmaster answer in their name."""
_DATA = re.compile(r'\A\{.{0,400}\\?"(?:notificationType|eventType)\\?"\s*:\s*\\?"Bounce\b', re.DOTALL)
_IN_DATA = re.compile(r'\\?"emailAddress\\?"\s*:\s*\\?"([^"\\]{3,250})')


@dataclass(frozen=True, slots=True)
class Verdict:
    """`final`: not delivered for good; else a notice of delay or delivery. `failed` the addresses it names. `how`
    for the log."""

    final: bool
    how: str
    failed: tuple[str, ...] = ()


def report(headers: Headers, tree: Part, sender: Address, subject: str, new: str, whole: str) -> Verdict | None:
    """What the mail says of the delivery of another; None when that is not what it is about."""
    subject, new, whole = simplified(subject), simplified(new[:MOST_SIGNS]), simplified(whole[:MOST_SIGNS])
    from_daemon = is_daemon(sender.address, sender.name)
    by_form = _standard(headers, tree, from_daemon)
    if by_form is not None:
        return by_form
    failed = _named(headers.all("x-failed-recipients"))
    if failed and not _NOT_FINAL.search(subject):
        return Verdict(final=True, how="X-Failed-Recipients", failed=failed)
    if (returned := _returned_as_data(new)) is not None:
        return returned
    by_hand = not (_TOLD_RECIPIENT.search(whole) and _FAILED_BODY.search(new))
    if _POSTMASTER.match(sender.address) and _REPLY.match(subject) and by_hand:
        return None
    if from_daemon or tree.type == "multipart/report":
        told = _by_words(subject, whole, sender.address)
        if told is None or _is_of_one_mail(headers, tree, sender, whole):
            return told
        return told if not told.final and _OF_MAIL.search(f"{subject}\n{whole}") else None
    # Of others only what they say themselves counts: people answer to returned mails, and send them on.
    text = new or whole
    if _returns(headers, tree, text) or _may_report(headers, sender, subject, text):
        return _by_words(subject, text, sender.address)
    return None


def simplified(text: str) -> str:
    """The text with those signs of traditional Chinese made simple in which mail systems say what became of a mail."""
    return text.translate(_SIMPLE)


def is_daemon(sender: str, name: str) -> bool:
    """Whether the sender is a mail system, by its address, or by its name where it gives none."""
    if _DAEMON.search(sender) or _POSTMASTER.match(sender):
        return True
    return not sender and bool(_DAEMON_NAME.search(name))


def is_null_path(headers: Headers) -> bool:
    """Return-Path: <>, which a mail has that must not be answered; programs also write it into From."""
    return any(re.sub(rb"\s", b"", headers.raw(name)) == b"<>" for name in ("return-path", "from"))


def _returned_as_data(text: str) -> Verdict | None:
    """What services that send mails for others tell of one that was not delivered, for programs to read."""
    if not _DATA.match(text):
        return None
    told = _ADDRESS.findall(" ".join(_IN_DATA.findall(text)[:MOST_HEADERS]))
    return Verdict(final=True, how="data: bounce", failed=tuple(dict.fromkeys(each.lower() for each in told)))


def _standard(headers: Headers, tree: Part, from_daemon: bool) -> Verdict | None:
    """The fields of a message/delivery-status part, where the mail itself is such a report."""
    is_report = _holds_report(tree)
    if not is_report and not (from_daemon or is_null_path(headers)):
        return None
    statuses = [
        part for part in tree.leaves() if part.type in ("message/delivery-status", "message/global-delivery-status")
    ]
    if not statuses:
        return None
    actions, codes, failed = _status_fields(statuses[0].content)
    if "failed" in actions or (not actions and any(code.startswith(b"5") for code in codes)):
        return Verdict(final=True, how="delivery-status: failed", failed=failed)
    if actions & {"delayed", "delivered", "relayed", "expanded"} or codes:
        return Verdict(final=False, how="delivery-status: " + (", ".join(sorted(actions)) or "not failed"))
    return None


def _holds_report(part: Part) -> bool:
    """Whether the mail is a report, or one that a list or a gateway put beside words of its own."""
    return part.type == "multipart/report" or any(_holds_report(child) for child in part.children)


def _status_fields(raw: bytes) -> tuple[set[str], list[bytes], tuple[str, ...]]:
    """Actions, status codes and failed recipients of the groups of fields."""
    actions: set[str] = set()
    codes: list[bytes] = []
    failed: list[str] = []
    for group in re.split(rb"\r?\n[ \t]*\r?\n", raw)[:200]:
        fields = split_head(group.strip() + b"\n\n")[0]
        action = re.split(rb"[\s;(]", fields.raw("action").strip().lower())[0].decode("ascii", "ignore")
        if action:
            actions.add(action)
        if status := fields.raw("status").strip():
            codes.append(status)
        if action == "failed" or (not action and status.startswith(b"5")):
            # The address to which it was sent; the other one may be that to which it was sent on.
            for told in (fields.raw("original-recipient"), fields.raw("final-recipient")):
                failed.extend(each.lower() for each in _ADDRESS.findall(decode(told)))
    return actions, codes, tuple(dict.fromkeys(failed))


def _named(values: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(each.address for value in islice(values, MOST_HEADERS) for each in addresses(value))


def _is_of_one_mail(headers: Headers, tree: Part, sender: Address, whole: str) -> bool:
    """Whether it says which mail was not delivered. A postmaster is a person too, who tells everybody about mails that
    come back."""
    if not _POSTMASTER.match(sender.address) or is_null_path(headers) or headers.has("auto-submitted"):
        return True
    if _PROGRAM_NAME.search(sender.name):
        return True
    if _TO_ALL.search(whole[:_GREETING]):
        return False
    return bool(_ADDRESS.search(whole) or _CODE.search(whole) or any(tree.children))


def _returns(headers: Headers, tree: Part, text: str) -> bool:
    """Whether a machine sends a mail back: it says that it failed, and has the mail with it."""
    if not is_null_path(headers) or not _FAILED_BODY.search(text):
        return False
    return any(part.type in ("message/rfc822", "text/rfc822-headers") for part in tree.leaves())


def _may_report(headers: Headers, sender: Address, subject: str, text: str) -> bool:
    """Whether the sender can be a mail system all the same: words alone prove nothing, people write about returned
    mails."""
    if _REPLY.match(subject):
        return False
    auto = headers.raw("auto-submitted").strip().lower()
    by_machine = is_null_path(headers) or (bool(auto) and not auto.startswith(b"no"))
    names_another = any(each.lower() != sender.address for each in _ADDRESS.findall(text))
    if not (_FAILED_SUBJECT.search(subject) or _NOT_FINAL.search(subject) or _DELIVERED.search(subject)):
        of_one = _CODE.search(text) or (_YOURS.search(text) and not _I.search(text))
        says_it = _FAILED_BODY.search(text) and not _PERSON.search(text)
        return bool(by_machine and names_another and of_one and says_it)
    if by_machine:
        return bool(_OF_MAIL.search(subject) or _OF_MAIL.search(text))
    if _PERSON.search(text):
        return False
    like_system = bool(_SYSTEM.match(sender.address) or _SYSTEM_NAME.search(simplified(sender.name)))
    says_so = _TO_ITS_SENDER.search(f"{subject}\n{text}") and (_FAILED_BODY.search(text) or _NOT_FINAL.search(text))
    return like_system and names_another and bool(says_so)


def _by_words(subject: str, text: str, sender: str) -> Verdict | None:
    """Delay, delivery or failure, as subject and body say. Whoever still tries has not failed, whatever the subject
    says."""
    if _DELIVERED.search(subject):
        return Verdict(final=False, how="words: delivered")
    has_failed = bool(_FAILED_SUBJECT.search(subject))
    says_delay = bool(_NOT_FINAL.search(subject))
    is_over = bool(_FINAL.search(text)) and not says_delay
    if not is_over and (says_delay or _STILL_TRYING.search(text) or (not has_failed and _NOT_FINAL.search(text))):
        return Verdict(final=False, how="words: delayed")
    if has_failed or _FAILED_BODY.search(text):
        # On a line of its own stands whom it did not reach; elsewhere, also who can help.
        named = [*_ON_ITS_LINE.findall(text), *_ADDRESS.findall(text)]
        found = dict.fromkeys(each.lower() for each in named)
        others = tuple(each for each in found if each != sender and not is_daemon(each, ""))
        return Verdict(final=True, how="words: not delivered", failed=others[:1])
    return None
