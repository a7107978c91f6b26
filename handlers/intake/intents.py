"""What the writer wants. Rules are tried in the order of `RULES`; the first that answers stands."""

from collections.abc import Callable, Mapping

from handlers.intake.lazy import Lazy
from handlers.intake.lexicon import Words
from handlers.intake.mixed import mixed_up
from handlers.intake.reading import Label, Reading
from sla.labels import Intent

_BUT = Lazy(r"另一?个|另外|换了|但|不过|可是|又|只是|还是|结果|就是|换成|现在变|\b(?:but|still)\b")
_TURNS = Lazy(r"但|不过|可是|结果|现在|另外|轮到")
# Others say that it works: 你们说修好了.
_CLAIMS = Lazy(r"(?:说|讲|显示|写着?|通知)(?:是|已经?|都)?[^,。!?;\n]{0,4}$")
# 我的打不开,同事开得了: it works for others.
_FOR_OTHERS = Lazy(
    r"(?:同事|别人|人家|隔壁|旁边|其[他它]人|他们)(?![^,。!?;\n]{0,3}[说讲])(?:(?![帮来也]|工程师)[^,。!?;\n]){0,6}$"
)
# 他们修好了: who repaired it.
_BY_OTHERS = Lazy(r"(?:他们|人家)(?:[修弄搞]|处理|解决)")
_PERSISTENT = Lazy(r"催|人|遍|次|回|怎么|咋|为什么|到底|\b(?:nobody|no|reported|chasing|how|where)")
_ASKS = Lazy(r"请问|问下|问一下|想问|请教|咨询|多少")
_POLITE = Lazy(r"(?:想|来|我)?(?:请问|咨询|请教|问一下|问下|想问)")
# Whether something that was asked for has been done: 账号开通了吗.
_DONE = Lazy(r"了(?:没有?|吗|么|没得)|好没")
_ENDS_ASKING = Lazy(r"(?:了没有?|过没有?|了吗|没得|没有)[?。!啊呀哦\s]*$")
_HELP = Lazy(r"(?:能|可以|可否|请|麻烦)(?:不能)?帮")
# So many characters make a sentence about a thing; fewer only call it.
_SENTENCE = 8
# Whoever greets and then says so much tells something.
_STORY = 25
_SLIP = Lazy(r"是我")
_AGAIN = Lazy(r"又")
# 一片白,换谷歌就好了: how one helps oneself, unless it was a while ago.
_WAY_ROUND = Lazy(r"^(?!.*(?:刚才|刚刚|刚))[^。!?]*(?:换(?!了|好)|退出再?|退了|重登|重新登录?|重进)[^,。!?;\n]{0,8}就$")
_AS_BEFORE = Lazy(r"一样|一模一样|没区别|老毛病|老问题")
# 鼠标好了,今天又有个新问题: what follows is new.
_NEW = Lazy(r"新(?:的)?(?:问题|情况|故障|毛病)|(?:另|还有)一?个(?:别的)?问题|别的问题")
_NONE_WORKS = Lazy(r"都不行")
_TRIED = Lazy(r"[又仍试修弄搞]|还(?!有)|重[启装]|刷新|换了|换过|处理|按你")
# What is still as it was, and is asked to be changed: 电话还是旧的，请改成….
_OLD = Lazy(r"还是(?:旧|老|原|用)")
_CONTINUES = Lazy(r"还|仍")

# Who has the same says so soon and in few words; one of these characters is in all of them.
_SHORT, _SOON = 160, 45
_ALIKE = Lazy(r"[也同样+加并]|不[止只光]|都[系是]")

# Others told it before.
_KNOWN = Lazy(r"群里|通知|公告|听说|说的|报的|看到|同(?:样|上|问)|[+]1")

Rule = Callable[[Reading], Label[Intent] | None]


def intent(reading: Reading) -> Label[Intent]:
    """What the writer of a message wants, and why."""
    for rule in RULES:
        if (label := rule(reading)) is not None:
            return label
    return Label(Intent.CHAT, "nothing-reported")


def _automatic(reading: Reading) -> Label[Intent] | None:
    if reading.has("automatic"):
        return Label(Intent.CHAT, "automatic-answer", reading.said("automatic"))
    return None


def _small_talk(reading: Reading) -> Label[Intent] | None:
    """Where the people sit and when they work; a message that was sent to the wrong group."""
    if reading.has("small_talk") and not reading.systems and not reading.has("down"):
        return Label(Intent.CHAT, "small-talk", reading.said("small_talk"))
    return None


def _me_too(reading: Reading) -> Label[Intent] | None:
    if len(reading.text) > _SHORT or not (reading.latin or _ALIKE.search(reading.text)):
        return None
    found = reading.first("me_too")
    if found is None or found.start() > _SOON or reading.has("hospital") or _tells_before(reading, found.start()):
        return None
    return Label(Intent.ME_TOO, "same-with-us", found.group())


def _tells_before(reading: Reading, at: int) -> bool:
    """急诊HIS登不上,抢救室也是: whoever says first where it fails enumerates, unless it is known, 群里说的."""
    own = min((hit.end for hit in reading.departments), default=at)
    told = own <= reading.at("fault") < at and reading.separate(reading.at("fault"), at)
    return told and _KNOWN.search(reading.text, 0, at) is None


def _urged(reading: Reading) -> Label[Intent] | None:
    """Complaints that can only follow a report; a fault told first needs one about people who do not come."""
    found = reading.first("urge_strong")
    if found is None:
        return None
    if reading.at("fault") < found.start() and not _PERSISTENT.search(found.group()):
        return None
    return Label(Intent.URGE, "complains-of-waiting", found.group())


def _resolved(reading: Reading) -> Label[Intent] | None:
    """It works, and nothing after that says that it does not."""
    found = reading.first("resolved")
    if found is None or reading.at("change") < found.start() or reading.at("recurring") < found.start():
        return None
    if _FOR_OTHERS.search(reading.text, 0, found.start()) and not _BY_OTHERS.search(reading.text, 0, found.end()):
        return None
    if _SLIP.match(found.group()) and reading.has("data_mend"):
        return None
    if _WAY_ROUND.search(reading.text, 0, found.start()) and reading.at("fault") < found.start():
        return None
    rest = reading.text[found.end() :]
    words = reading.lexicon.words
    if _CLAIMS.search(reading.text, 0, found.start()) and _fails(words, rest):
        return None
    turn = _BUT.search(rest)
    if turn and _fails(words, rest[turn.start() :]):
        return None
    return Label(Intent.RESOLVED, "works-again", found.group())


def _fails(words: Mapping[str, Words], text: str) -> bool:
    return words["fault"].search(text) is not None or words["unresolved"].search(text) is not None


def _asked(reading: Reading) -> Label[Intent] | None:
    found = reading.first("query")
    if found is None and reading.has("earlier") and not reading.has("fault"):
        found = _ENDS_ASKING.search(reading.text)
    if found is None:
        return None
    if _HELP.search(reading.text) and reading.has("data_wrong"):
        return None
    reported = any(map(reading.has, ("fault", "data_wrong", "service", "change", "training")))
    reported = reported or (bool(reading.systems) and _asks_a_way(reading))
    if reading.has("service") and _DONE.search(found.group()) and not reading.has("fault"):
        reported = False
    if reported and not (reading.has("earlier") or reading.letter.reply):
        return None
    return Label(Intent.QUERY, "asks-how-it-stands", found.group())


def _asks_a_way(reading: Reading) -> bool:
    """Whether more than a polite 请问 shows that a way is asked for."""
    return reading.has("consult_strong") and _POLITE.fullmatch(reading.said("consult_strong")) is None


def _unresolved(reading: Reading) -> Label[Intent] | None:
    found, repaired = reading.first("unresolved"), reading.first("repaired")
    fails = min(reading.at("unresolved"), reading.at("fault"))
    if repaired is not None and (_turns_to_another(reading, repaired.start()) or _NEW.search(reading.text)):
        return None
    again = repaired is not None and _AGAIN.search(reading.text, 0, repaired.start()) is not None
    if repaired is not None and (found is not None or again or repaired.start() <= fails <= len(reading.text)):
        return Label(Intent.UNRESOLVED, "fails-after-repair", repaired.group())
    if found is None or (reading.letter.quoted and reading.systems):
        return None
    fault = min(map(reading.at, ("fault", "disaster", "data_wrong", "degraded", "down", "collapsed")))
    if fault < found.start() and reading.separate(fault, found.start()):
        return None
    if _AGAIN.search(found.group()) and reading.systems and _AS_BEFORE.search(reading.text) is None:
        return None
    if _NONE_WORKS.match(found.group()) and _is_told_first(reading, found.start()):
        return None
    if _OLD.match(found.group()) and any(map(reading.has, ("data_mend", "change"))):
        return None
    return Label(Intent.UNRESOLVED, "still-fails", found.group())


def _is_told_first(reading: Reading, at: int) -> bool:
    """What fails is named before `at`, and nothing that was tried: HIS挂号收费都不行了 is no repair that failed."""
    return any(hit.end <= at for hit in reading.systems) and _TRIED.search(reading.text, 0, at) is None


def _turns_to_another(reading: Reading, repaired: int) -> bool:
    """A works, but B fails: what is told of B is new."""
    turn = _TURNS.search(reading.text, repaired)
    if turn is None:
        return False
    named = [hit for hit in reading.systems if hit.entry.sort == "name"]
    before = {hit.entry.ids for hit in named if hit.start < turn.start()}
    return bool(before) and any(hit.start >= turn.end() and hit.entry.ids not in before for hit in named)


def _hurried(reading: Reading) -> Label[Intent] | None:
    """A tone of hurry is a message of its own where nothing, or only that it goes on, is told."""
    found = reading.first("urge_weak")
    if found is None:
        return None
    if reading.systems and reading.has("thing") and reading.has("degraded"):
        return None
    goes_on = found.start() < 6 and _CONTINUES.search(reading.text, found.end())
    if goes_on or not evidence(reading):
        return Label(Intent.URGE, "hurries", found.group())
    return None


def evidence(reading: Reading) -> str:
    """The group of words that shows something reported; empty when there is none."""
    groups = ("fault", "training", "service", "change", "consult_strong", "data_wrong", "collapsed", "disaster")
    return next((group for group in groups if reading.has(group)), "") or ("others_record" if mixed_up(reading) else "")


def _reported(reading: Reading) -> Label[Intent] | None:
    group = evidence(reading)
    if group:
        return Label(Intent.REPORT, f"tells-{group}", reading.said(group))
    somewhere = any(map(reading.has, ("thing", "device", "group", "hospital")))
    works_badly = somewhere and any(map(reading.has, ("degraded", "wrong", "down")))
    greets = reading.has("chat") and not (works_badly and len(reading.text) >= _STORY)
    if greets and not _ASKS.search(reading.text):
        return Label(Intent.CHAT, "greets-or-thanks", reading.said("chat"))
    if reading.has("consult") or reading.has("data_mend"):
        return Label(Intent.REPORT, "asks", reading.said("consult") or reading.said("data_mend"))
    if reading.has("minor"):
        return Label(Intent.REPORT, "looks-wrong", reading.said("minor"))
    if works_badly:
        return Label(
            Intent.REPORT,
            "works-badly",
            next(said for group in ("degraded", "wrong", "down") if (said := reading.said(group))),
        )
    if reading.has("thing") and len(reading.text) >= _SENTENCE:
        return Label(Intent.REPORT, "speaks-of-a-thing", reading.said("thing"))
    if reading.departments and reading.has("group") and len(reading.text) >= _STORY:
        return Label(Intent.REPORT, "tells-of-a-group", reading.said("group"))
    if reading.has("wish") and reading.departments:
        return Label(Intent.REPORT, "wishes", reading.said("wish"))
    if len(reading.text) >= _SENTENCE and (reading.has("degraded") or reading.has("down")):
        return Label(Intent.REPORT, "works-badly", reading.said("degraded") or reading.said("down"))
    if reading.systems:
        return Label(Intent.REPORT, "names-a-system", reading.systems[0].entry.word)
    return None


RULES: tuple[Rule, ...] = (
    _automatic,
    _small_talk,
    _me_too,
    _urged,
    _resolved,
    _asked,
    _unresolved,
    _hurried,
    _reported,
)
