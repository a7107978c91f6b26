"""Which priority is asked for by words that say nothing else: 优先级改为低, 很急，提到最高. A tone asks for none."""

import re

from sla.folding import fold
from sla.labels import Priority

LONGEST = 40
"""Characters; whoever says more says something else as well."""
_TOP = r"最(?:高|紧急)(?:的?优先级|级别|一?级)?"
_BECOMES = r"(?:请|应该?|应当|要|需要)?(?:(?:改|调整?|提高?|升高?|降低?|设|定|标)[为成到至]|[是为:：])"
_ASKED = re.compile(
    rf"优先级别?\s*{_BECOMES}?\s*(?P<named>{_TOP}|紧急|高|中|最?低)(?!了)"
    rf"|(?:改|调整?|提高?|升高?|设|定)[为成到至]\s*(?P<set>{_TOP}|紧急|(?:高|中|最?低)优先级)"
    r"|(?P<top>最高(?:的?优先级|级别))"
    r"|priority (?:to |should be |must be |: ?)?(?P<is>critical|highest|top|high|medium|low)\b"
    r"|\b(?:raise|bump|set|change|make|escalate) (?:it|this|that) (?:to )?(?:the )?"
    r"(?P<make>critical|highest|top|high|medium|low)(?: priority)?\b"
    r"|\b(?P<first>critical|highest|top) priority\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:这个|那个|这|它|我们?|工单|的|w\d{1,9}|很|非常|特别|太|真|十分|着?急|紧急|要紧|重要|严重|请|麻烦|帮忙?|能不能|能否|可否|可以|能"
    r"|把|将|给|一下|吧|了|啊|呀|吗|嘛|要求|需要|应该|必须|谢谢|马上|立刻|立即|赶紧|快点?|处理|对待|按|以|不对|错了|其实|是|觉得"
    r"|\b(?:please|thanks|can|could|you|it|this|that|is|very|really|so|urgent|the|ticket|my|to|no|actually|and|set|change|raise|make)\b"
    r"|[\s,，.。;；:：、!！?？~…])*",
    re.IGNORECASE,
)
_QUESTION, _POLITE = re.compile(r"[?？吗]"), re.compile(r"能|可以|可否|\b(?:can|could)\b", re.IGNORECASE)
_WORDS = (
    (Priority.LOW, ("低", "low")),
    (Priority.CRITICAL, ("最", "紧急", "critical", "highest", "top")),
    (Priority.HIGH, ("高", "high")),
    (Priority.MEDIUM, ("中", "medium")),
)


def wished(text: str) -> Priority | None:
    """The priority that words ask for and nothing else; None for all others, and for who asks what it is."""
    text = fold(text).strip()
    found = _ASKED.search(text) if len(text) <= LONGEST else None
    if found is None or (_QUESTION.search(text) and not _POLITE.search(text)):
        return None
    if not _BESIDE.fullmatch(text[: found.start()]) or not _BESIDE.fullmatch(text[found.end() :]):
        return None
    value = next(group for group in found.groups() if group)
    return next(priority for priority, words in _WORDS if any(word in value for word in words))
