"""Somebody else's words, forwarded to the bot or answered to with the bot called: they are what is reported.

"@bot 帮忙报一下" below "急诊HIS打不开" reports the latter. Whose words they are stays with them. Forwarded words
command nothing: 接单 W12 that a colleague wrote takes no ticket for who forwards it.
"""

import re

from handlers.commands import parse
from handlers.reading import is_courtesy, understood
from handlers.talk import Talk
from sla.labels import Intent

_PASS_ON = re.compile(
    r"(?:请|麻烦|劳驾|你|来|可以|能不能|能否)*(?:帮忙|帮[他她我你]?们?|替[他她我]|给[他她我]?)?"
    r"(?:看|报|登记|记|处理|反映|提交?|开)(?:个|一)?(?:下|修|障|单|工单|看)*(?:这个|这条|上面的?|吧|呗|哈|谢谢)*"
    r"[\s,，。.!！~～?？吗]*"
    r"|(?:please |pls |can you |could you )*(?:report|log|look at|take|file|check)(?: (?:this|it|that|one))*"
    r"(?: please)?[\s.!?]*",
    re.IGNORECASE,
)


def hear(talk: Talk) -> None:
    """Take somebody else's words for what was said, where the message has such, with whose they are."""
    inbound = talk.inbound
    own, quoted = talk.text, inbound.quoted.strip()
    if quoted and _is_about(talk, own):
        words = quoted if not own or _PASS_ON.fullmatch(own) else f"{quoted}\n{own}"
    elif not quoted and inbound.origin and own and not inbound.action:
        words = own
    else:
        return
    talk.hear(talk.say("words_of_another", text=words, name=inbound.origin) if inbound.origin else words)
    talk.is_borrowed = True


def _is_about(talk: Talk, own: str) -> bool:
    """Whether what was written below the quotation adds to it, rather than asks for something else."""
    if not own or _PASS_ON.fullmatch(own):
        return True
    if parse(own, talk.speaker.is_provider) or is_courtesy(own):
        return False
    intent = understood(own, talk.at, talk.rules).intent
    if intent is Intent.URGE:  # 急！ below what nobody has reported yet
        return not talk.uow.tickets.open_of(talk.speaker.id)
    return intent in (Intent.REPORT, Intent.CHAT, Intent.ME_TOO)
