"""Two problems in one message: where one ends and the next begins."""

from handlers.intake.intents import evidence
from handlers.intake.lazy import Lazy
from handlers.intake.reading import Reading

# "另外两台", "还有三间": more of the same, no problem of its own.
_NEXT = Lazy(
    r"(?:^|(?<=[\n\s,。!;:?哈了]))(?:[1-9]|[一二三四五])[、.)](?!\d)|第[二三](?:个|件|是|,)|其次|顺便|对了|再(?:一个|有)(?!人)|"
    r"主要是|(?:另外|还有)(?:呢|,|就是|一(?:个|件)(?:事|问题|,)|(?![^,。!?;\n]{0,2}[一两三四五六七八九几\d的那这别个人]))"
)
# So many problems are told apart; what follows belongs to the last.
_MOST = 4
# What is shorter is a word on the way, no problem.
_LEAST = 4


def problems(reading: Reading) -> list[Reading]:
    """The message once for each problem that it tells, without the others; fewer than two where it tells only one.

    What stands before the first problem and tells none itself, "我们科三台电脑:", belongs to each.
    """
    if reading.letter.reply:
        return []
    cuts = [0]
    for found in _NEXT.finditer(reading.text):
        if len(cuts) <= _MOST and found.start() - cuts[-1] >= _LEAST:
            cuts.append(found.start())
    spans = list(zip(cuts, [*cuts[1:], len(reading.text)], strict=True))
    if len(spans) == 1:
        return []
    first = reading.only(spans[:1])
    if _tells(first):
        return [one for one in (first, *(reading.only([span]) for span in spans[1:])) if _tells(one)]
    return [one for one in (reading.only([spans[0], span]) for span in spans[1:]) if _tells(one)]


def _tells(part: Reading) -> bool:
    return bool(evidence(part)) or part.has("consult")
