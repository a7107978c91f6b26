"""What somebody says beside the answers how satisfied they are: 太慢了 right after a rating is said of the service, and
reports no fault. It stands on the ticket, and the provider's managers hear of it."""

import re
from datetime import timedelta

from handlers import about, which
from handlers.commands import Order
from handlers.duty_book import managers
from handlers.intake.redact import redact
from handlers.talk import Talk
from handlers.wording import LANGUAGES, say
from sla.labels import Intent, Side
from sla.ticket import EventKind, Ticket
from storage.base import Draft

KIND = "remark"
"""The kind of the open question, and the verb of what answers it."""
WAITS = timedelta(minutes=10)
"""How long after the question, the rating, or another remark."""
ANSWERS = ("very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied")
_SLOW = re.compile(
    r"(?:你们|工程师|维修|服务|来|修|处理|得|反应|响应|速度|动作|人|实在|真|太|很|非常|特别"
    r"|了|的|啊|呀|吧|嘛|[\s,，.。!！~…])*(?:慢|久)(?:了|的|啊|呀|吧|嘛|点儿?|[\s,，.。!！~…])*"
    r"|(?:it |that |you )?(?:was |were |is |took )?(?:a bit |far |much )?(?:too |very |so )?(?:slow|long)\W*",
    re.IGNORECASE,
)
"""Slow, and nothing that says that it is so now or again: 又慢了 and 现在很慢 tell of a fault."""
_OF_SERVICE = re.compile(
    r"慢|久|快|及时|拖|催|态度|服务|热情|耐心|专业|认真|负责|敷衍|靠谱|不错|满意|很好|挺好|太差|糟|失望|建议|希望|下次|以后"
    r"|\b(?:slow|long|late|quick|fast|rude|kind|polite|friendly|patient|professional|service|satisfied|good|great|bad"
    r"|poor|next time)\b",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"(?<!下次)(?<!以后)快[点来些]|赶紧|赶快|来人|马上|人呢|没人来|\b(?:hurry|asap|come)\b", re.IGNORECASE
)
"""Somebody is to come now."""


def listen(talk: Talk, ticket: Ticket) -> None:
    """For a while what the reporter says of the service is taken for a remark, unless something else was asked."""
    if ticket.reporter == talk.speaker.id and (talk.draft is None or talk.draft.kind == KIND):
        talk.ask(KIND, ticket.number, WAITS)


def answer(talk: Talk, draft: Draft) -> Order | None:
    """The message as one of the five answers, or as a remark; None for everything else. After a report none is waited
    for any more."""
    number = draft.data["ticket"]
    if talk.load(number).is_working:
        return None  # it was opened again, and what is slow is the system
    word = talk.text.strip(" \t\r\n。.!！~").casefold()
    said = [answer for answer in ANSWERS if word in {say(f"rate_{answer}", each).casefold() for each in LANGUAGES}]
    if said:
        return Order("rate", number, said[0])
    if is_remark(talk, number):
        return Order(KIND, number, talk.text)
    if talk.meaning.intent is Intent.REPORT:
        talk.uow.drafts.remove(talk.speaker.address)
        talk.draft = None
    return None


def is_remark(talk: Talk, number: int) -> bool:
    """Whether words are about the service of this ticket: they name no other ticket and no system, and nothing else of
    the speaker's is open that they may be about."""
    meaning = talk.meaning
    if talk.is_borrowed or meaning.system or meaning.system_candidates or about.spoken(talk):
        return False
    if which.meant(talk, Order("")) not in (None, number):
        return False
    if _SLOW.fullmatch(talk.text):
        return True
    if (
        meaning.intent not in (Intent.URGE, Intent.CHAT)
        or not _OF_SERVICE.search(talk.text)
        or _CALLS.search(talk.text)
    ):
        return False
    return not any(ticket.is_working for ticket in talk.uow.tickets.open_of(talk.speaker.id))


def remark(talk: Talk, order: Order) -> int:
    """Keep it on the ticket; who answers for the service hears of it."""
    ticket = which.theirs(talk, order.ticket or 0)
    ticket = talk.record(ticket, talk.event(EventKind.NOTED, text=talk.whole, says=KIND))
    for person in managers(ticket.contract, Side.PROVIDER, talk.rules):
        fields = {"ticket": ticket.number, "title": ticket.title, "text": redact(talk.text)}
        talk.tell(person, talk.say_to(person, "remark_heard", **fields), ticket.number)
    talk.answer(talk.say("remark_noted", ticket=ticket.number), ticket=ticket.number)
    listen(talk, ticket)
    return ticket.number
