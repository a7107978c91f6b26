"""Command words, Chinese and English, and what a button says, as one Order.

A word counts as a command only at the beginning and only where nothing else grows out of it: 同意 W12 is one,
同意书打印不了 is a fault. Words of the provider's work, without a ticket's number, are commands of its people alone:
"修好了" said by a nurse tells how she finds it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants done: a verb of the routing table, a ticket if one was named, the words that go with it."""

    verb: str
    ticket: int | None = None
    text: str = ""


PROVIDER_WORDS: dict[str, tuple[str, ...]] = {
    "ack": ("接单", "已接单", "我接", "我接单", "接了", "我来处理", "ack", "take", "i take it"),
    "arrive": (
        *("到场", "已到场", "到场了", "到现场了", "已到现场", "到达现场", "已到达", "已到", "到了", "我到了"),
        *("arrived", "on site", "i'm here"),
    ),
    "remote_failed": ("远程不行", "需要到场", "远程解决不了", "remote failed", "needs on-site"),
    "senior": ("资深到场", "专家到场", "senior arrived"),
    "cause": ("原因", "cause"),
    "resolve": ("修好了", "已修复", "修复", "修复了", "处理好了", "处理完了", "搞定了", "fixed", "resolved"),
    "assessed": ("评估通过", "assessed"),
    "solution": ("方案已出", "solution given"),
    "built": ("已开发", "开发完成", "built"),
    "live": ("已上线", "live"),
    "delivered": ("已交付", "delivered"),
    "plan": ("方案", "书面方案", "plan"),
    "pause": ("暂停", "暂停计时", "pause"),
}
OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "approve": ("同意", "approve", "agree"),
    "refuse": ("不同意", "refuse", "disagree", "reject"),
    "approver": ("审批人", "approver"),
    "accept": ("验收", "验收通过", "accept"),
    "nobody": ("无需到场", "不用到场", "不用来了", "no need to come"),
    "confirm": ("确认修复", "confirm"),
    "on_call": ("值班", "谁值班", "on call", "oncall"),
    "tickets": ("工单", "我的工单", "tickets"),
    "duties": ("职责", "duties"),
    "query": ("进度", "进展", "怎么样了", "怎么样", "处理得怎么样了", "到哪了", "status", "any news"),
    "outages": ("停机账", "停机台账", "outages"),
    "help": ("帮助", "help", "?", "？", "/help", "/start", "start"),
    "note": ("说明", "备注", "note"),
}
ALONE_OR_NUMBERED: dict[str, tuple[str, ...]] = {
    "cancel": ("撤销", "取消", "cancel", "withdraw"),
    "join": ("合并", "并入", "join"),
    "continue": ("继续", "恢复计时", "继续计时", "continue"),
    "part": ("拆出", "拆分", "take out", "part"),
}
"""Words that begin many a report (取消挂号…): commands only alone or with a ticket's number."""
GLUED_WORDS: dict[str, tuple[str, ...]] = {"handover": ("转给", "转交给", "转交", "hand over to", "handover to")}
"""What follows needs no space: 转给张三."""
STAFF_WORDS: dict[str, tuple[str, ...]] = {"bind": ("绑定", "bind"), "bindcode": ("绑定码", "bindcode")}
"""What follows is a staff number, not a ticket's."""
DUTY_WORDS: dict[str, tuple[str, ...]] = {
    "duty_done": ("完成", "done"),
    "duty_accept": ("认可", "accept duty"),
    "duty_refuse": ("不认可", "refuse duty"),
    "duty_revoke": ("撤回", "take back"),
    "staff_change": ("人员变更", "staff change"),
}
"""What follows is a duty's number or name; `duties.is_meant` decides whether it is one."""
MAINTENANCE_WORDS: dict[str, tuple[str, ...]] = {
    "maintenance": ("维护", "公告", "维护公告", "maintenance"),
    "maintenance_until": ("延长维护", "维护延长", "维护延期", "extend maintenance", "prolong maintenance"),
    "maintenance_off": ("取消维护", "撤销维护", "结束维护", "维护结束", "cancel maintenance", "end maintenance"),
}
"""What follows is a system and a time, or a maintenance's number; `maintenance.is_meant` decides whether it is one."""
RECORD_WORDS: dict[str, tuple[str, ...]] = {
    "survey": ("满意度", "satisfaction"),
    "praise": ("表扬", "praise"),
    "complaint": ("投诉", "complaint"),
    "training": ("培训记录", "training record"),
}
"""What follows belongs to no ticket: 满意度 2026年 88."""
NUMBERED_WORDS: dict[str, tuple[str, ...]] = {
    "amend": ("更正", "amend"),
    "void": ("作废", "void"),
    "waive": ("豁免", "waive"),
    "ask_waiver": ("申请豁免", "ask waiver", "request waiver"),
    "unwaive": ("撤销豁免", "取消豁免", "unwaive"),
    "explain": ("为什么", "why", "explain"),
    "downtime": ("停机", "非计划停机", "downtime"),
    "department_impact": ("部门影响", "部门级影响", "department impact"),
    "outage_end": ("停机结束", "影响结束", "downtime over", "outage over"),
    "no_outage": ("不是停机", "不算停机", "no downtime", "no outage"),
}
"""Words that begin many a sentence: commands only by themselves or with a ticket's number. By itself 停机 asks for the
account, every other for the number (`lacks_number`). 豁免 #17 names an entry of the ledger."""
REACH_WORDS: dict[str, tuple[str, ...]] = {
    "my_channels": ("我的渠道", "my channels"),
    "quiet": ("静默", "静默时段", "quiet", "quiet hours"),
    "test_page": ("测试呼叫", "test page"),
    "test_ack": ("收到", "received"),
}
"""What follows is a channel, a time or a name, if anything; `is_meant` of `my_channels` and `test_page` decides whether
it is a command at all."""
OWN_WORDS = frozenset((*STAFF_WORDS, *DUTY_WORDS, *RECORD_WORDS, *MAINTENANCE_WORDS, *REACH_WORDS))
"""Verbs whose words are read by their own handlers: no ticket is named."""
OF_LEDGER = frozenset({"waive", "ask_waiver", "unwaive"})
BARE_ONLY = frozenset({"on_call", "tickets", "duties", "help", "query", "outages"})
"""Commands that take no words: with more the message is read as a message."""

_VERB_OF = {
    word: verb
    for table in (
        PROVIDER_WORDS,
        OTHER_WORDS,
        ALONE_OR_NUMBERED,
        GLUED_WORDS,
        STAFF_WORDS,
        DUTY_WORDS,
        MAINTENANCE_WORDS,
        REACH_WORDS,
        RECORD_WORDS,
        NUMBERED_WORDS,
    )
    for verb, words in table.items()
    for word in words
}
_WORD = re.compile("|".join(re.escape(word) for word in sorted(_VERB_OF, key=len, reverse=True)), re.IGNORECASE)
_NUMBER = re.compile(r"(?:[WwＷｗ]|工单|#|＃)\s*(\d{1,9})(?![\w.])", re.ASCII)
_BARE_NUMBER = re.compile(r"(\d{1,9})(?=\s|$|[，,：:。])(?!\s*(?:[:：]\d|[楼层点分号室床台个]))")
_IN_PART = re.compile(
    r"^[\s，,。]*(?:但|可是|不过|只是|结果又)|还[有剩差]|[没未]好|又[断坏停]|\b(?:but|except|still)\b",
    re.IGNORECASE,
)
"""Not all of it is mended: 处理好了，还有一台没好."""
_SIGNS = " \t\r\n:：,，.。;；、!！/"


def button(action: str) -> Order | None:
    """A pressed button's action, "verb", "verb:ticket" or "verb:ticket:arg"; None when it is none of ours."""
    verb, _, rest = action.partition(":")
    ticket, _, arg = rest.partition(":")
    if not verb or (ticket and not (ticket.isascii() and ticket.isdigit() and len(ticket) < 10)):
        return None
    return Order(verb, int(ticket) if ticket else None, arg)


def parse(text: str, of_provider: bool) -> Order | None:
    """The order that a message begins with; None when it is no command. `of_provider`: the writer works there."""
    text = text.strip()
    first = _NUMBER.match(text)
    if first:
        rest = text[first.end() :].strip(_SIGNS)
        named = _command(rest, of_provider=True, numbered=True) if rest else Order("show")
        if named and named.verb in ("arrive", "resolve") and not of_provider:
            named = None  # who waits for it says that somebody is there, or that it works again
        order = (
            named
            if named and named.verb not in (*DUTY_WORDS, *MAINTENANCE_WORDS, *REACH_WORDS)
            else Order("words", text=rest)
        )
        return Order(order.verb, order.ticket or int(first[1]), order.text)
    return _command(text, of_provider)


def _command(text: str, of_provider: bool, *, numbered: bool = False) -> Order | None:
    """The order that a text begins with. `numbered`: a ticket's number stood before it."""
    found = _WORD.match(text)
    if not found:
        return None
    verb, rest = _VERB_OF[found[0].lower()], text[found.end() :]
    if verb in GLUED_WORDS:
        return _glued(verb, rest)
    if verb == "explain":
        rest = rest.rstrip("?？")  # 为什么？
    numbered_at_once = verb in MAINTENANCE_WORDS and rest[:1].isdigit()  # 取消维护1
    glued = verb in REACH_WORDS and not found[0].isascii()  # 静默22:00-7:00
    if rest and rest[0] not in _SIGNS and not _NUMBER.match(rest) and not (numbered_at_once or glued):
        return None
    rest = rest.strip(_SIGNS)
    if verb in OWN_WORDS:
        return Order(verb, text=rest)
    if verb in NUMBERED_WORDS:
        return _numbered(verb, rest, numbered)
    if verb == "resolve" and _IN_PART.search(rest):
        return None
    number = _NUMBER.match(rest) or _BARE_NUMBER.match(rest)
    words = rest[number.end() :].strip(_SIGNS) if number else rest
    if not number and _needs_number(verb, words, of_provider):
        return None
    return Order(verb, int(number[1]) if number else None, words)


def _numbered(verb: str, rest: str, numbered: bool) -> Order | None:
    number = _NUMBER.match(rest)
    if number and not (verb in OF_LEDGER and rest[0] in "#＃"):
        return Order(verb, int(number[1]), rest[number.end() :].strip(_SIGNS))
    if not rest:
        return Order(verb)
    return Order(verb, text=rest) if number or numbered else None


def _needs_number(verb: str, words: str, of_provider: bool) -> bool:
    if verb in PROVIDER_WORDS:
        return not of_provider
    return bool(words) and (verb in ALONE_OR_NUMBERED or verb in BARE_ONLY)


def _glued(verb: str, rest: str) -> Order:
    number = _NUMBER.search(rest)
    name = rest[: number.start()] + rest[number.end() :] if number else rest
    return Order(verb, int(number[1]) if number else None, name.strip(_SIGNS))


def lacks_number(order: Order) -> bool:
    """Whether it is but a word that needs a ticket's number: 豁免."""
    return order.verb in NUMBERED_WORDS and order.verb != "downtime" and order.ticket is None and not order.text


def number_in(text: str) -> int | None:
    """The ticket's number that a text names, W12 or the bare digits; None when it names none."""
    found = _NUMBER.search(text) or _BARE_NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None
