"""Which of the systems named is meant."""

from collections.abc import Sequence
from itertools import pairwise

from handlers.intake.lazy import Lazy
from handlers.intake.lexicon import Lexicon
from handlers.intake.names import Hit, find
from handlers.intake.reading import Label
from handlers.intake.sounds import find_sounded
from handlers.intake.spelled import find_parted, find_stems, find_typed
from handlers.intake.text import is_chinese

# Before a name that is said not to be it: 不是PACS, but 是不是PACS.
_DENIED = Lazy(
    r"(?:已发|发到了?|发在|发了|附件在|提交在)\s*$|(?:(?<![是这可])不(?:太|大|应|该|像)*是[说指]?|并非|不关|不属于|而非|非|"
    r"以为)(?:是)?\s*$|\bnot (?:the )?$"
)
_UNRELATED = Lazy(r"\s*(?:系统|那边|这边)?(?:应该|好像|估计)?(?:没(?:有|啥|什么|多大)?关系|无关|不相干)")
# It works as a whole, so that something else is meant.
_WORKS = Lazy(
    r"\s*(?:系统|软件)?(?:本身|现在|应该|好像|估计|是|都|倒|也|又|那边|里)*(?:正常|没问题|没事|没坏|没毛病|好[的了着用使]|恢复了|"
    r"(?:可以|能)用|不受影响|照常|(?:升级|更新|切换|重启|割接)(?:以后|之后|完|后)|ok|"
    r"is fine|is ok|is working|works)(?!的?时候)"
)
# One gets in; what fails may be a part of it, unless another name is said.
_OPENS = Lazy(
    r"\s*(?:系统|软件)?(?:是|都|倒|也|还)*(?:(?:能|可以)(?:正常)?(?:打|进|登|上|开|写|看|查|录|报|存|发|叫|挂|收)|登得上|进得去|"
    r"打得开|不卡|can (?:be )?open)"
)
_LAST_TIME = Lazy(r"(?:上次|上回|之前|原来|昨天)(?:那次)?(?:报的)?是$")
_ALL_BUT = Lazy(r"除(?:了|开|去)?$")
_ALL_FAIL = Lazy(
    r"(?:系统)?(?:以外|之外|外)?[,\s]*(?:其他|其它|别的|剩下|另外)[^,。!?;\n]{0,5}[都全][^,。!?;\n]{0,3}"
    r"(?:不|没|无法|卡|崩|挂|断|瘫|慢|死)"
)
_OR = Lazy(r"\s*(?:的问题|的事|坏了|出问题)?[,?\s]*(?:还是|或者|或是)\s*")
_AND = Lazy(r"\s*(?:和|跟|与)\s*")
# HIS PACS全掉了: neither of them is the one.
_BOTH = Lazy(r"(?:系统)?[\s、,/]{1,3}")
_TOGETHER = Lazy(r"\s*(?:系统)?(?:全|都|同时|一起|均)")
_BETWEEN = Lazy(r"\s*(?:系统)?(?:之间|的?接口|的?对接|数据交互|对不上|不同步|不一致|接不上|连不上|通不了)")
_DEVICE = Lazy(
    r"(?:这边|那边|那|这|里|里面|的|门口|旁边|\s)*(?:[一二两三\d]台|那台|这台|台式)?(?:的)?"
    r"(?:电脑|体温枪|血压计|监护仪|打印机|主机|门口|扫码枪|扫描枪|鼠标|键盘|网络|网线|显示器|读卡器|电话|屏幕|等(?=[,。、\s各设系的]|$)|窗口|"
    r"窗|处|室|台|部|医生办|办公|值班|治疗室|人员|员|大厅|标准|车(?!间)|夹|柜|机(?!器))"
)
# 门诊收费全停: what they do there stands still.
_STANDS_STILL = Lazy(r"(?:全部?|都|整个|业务)?(?:停|瘫|崩|挂了|做不了|办不了|没法做|没法办|不行|用不了|不能用)")
# Where all windows fail as a program fails, it is what they work with.
_WINDOWS_FAIL = Lazy(
    r"窗口?(?:[一二三四五六七八九十\d]{1,2}[号到至、~-]{0,2}){0,4}(?:窗口?)?(?:都|全|同时|一起|集体|统统)[都部]?"
    r"(?:卡|死机|打不开|进不去|登不上|登录不|掉线|用不了|不能用|瘫|崩|报错|超时|没反应|停|白屏)"
)
# 骨科护士站 is where people sit, unless it is what fails.
# 退费那单, 那个退费的问题: a report of old, by its matter.
_TICKET = Lazy(r"的?那[个张]?(?:单|笔)")
_MATTER = Lazy(r"的(?:问题|事)")
_ENDS = Lazy(r"[,。!?;:\n]|$|新|想|需|要(?!等)|申请|领|反映|有[一个]|来了|医生办|办公室|和医生|、")
_SURE = ("name", "elsewhere")


def find_systems(text: str, lexicon: Lexicon, departments: Sequence[Hit]) -> list[Hit]:
    """The systems named, as written; where none is, by their sound. Function words inside a place's name go."""
    found = find(text, lexicon.system_names, lexicon.joined)
    hits = [hit for hit in found if not _is_place(text, hit, departments)]
    sure = any(hit.entry.sort in _SURE and not _denied(text, hit) and not _works(text, hit) for hit in hits)
    others = list(lexicon.words["other_words"].all(text))
    sounded = [
        hit
        for hit in find_sounded(text, lexicon.system_sounds, [*found, *departments])
        if not any(start <= hit.start and hit.end <= end for start, end in others)
        and (not sure or any(hit.covers(each) for each in found))
    ]
    parted = list(find_parted(text, lexicon.system_names))
    sounded += [hit for hit in parted if any(hit.covers(each) for each in found)]
    hits = [hit for hit in hits if not any(each.covers(hit) for each in sounded)] + sounded
    if any(hit.entry.sort in _SURE for hit in hits):
        return hits
    return hits + _spelled(text, lexicon, hits, parted)


def _spelled(text: str, lexicon: Lexicon, taken: Sequence[Hit], parted: Sequence[Hit]) -> list[Hit]:
    """Names that are no single word, where no open word stands as it is written (教学平台)."""
    hits = list(find_stems(text, lexicon.system_stems)) or parted
    hits = [hit for hit in hits if not any(hit.meets(each) and not hit.covers(each) for each in taken)]
    return hits or list(find_typed(text, lexicon.system_typed, chinese=is_chinese(text)))


def _is_place(text: str, hit: Hit, departments: Sequence[Hit]) -> bool:
    if hit.entry.sort != "function" or _WINDOWS_FAIL.match(text, hit.end):
        return False
    if any(
        place.start <= hit.start and hit.end <= place.end and len(place.entry.word) > len(hit.entry.word)
        for place in departments
        if not (place.end == hit.end and _STANDS_STILL.match(text, hit.end))
    ):
        return True
    if (
        hit.entry.word.endswith("站")
        and _ENDS.match(text, hit.end)
        and any(place.end <= hit.start <= place.end + 3 for place in departments)
    ):
        return True
    if _TICKET.match(text, hit.end) or (text.endswith("那个", 0, hit.start) and _MATTER.match(text, hit.end)):
        return True
    return _DEVICE.match(text, hit.end) is not None


def _denied(text: str, hit: Hit) -> bool:
    if _DENIED.search(text, max(0, hit.start - 8), hit.start) or _UNRELATED.match(text, hit.end):
        return True
    return bool(_ALL_BUT.search(text, max(0, hit.start - 3), hit.start) and _ALL_FAIL.match(text, hit.end))


def _works(text: str, hit: Hit) -> bool:
    return bool(_WORKS.match(text, hit.end) or _LAST_TIME.search(text, max(0, hit.start - 10), hit.start))


def choose_system(text: str, hits: Sequence[Hit]) -> tuple[Label[str | None], tuple[str, ...]]:
    """The system meant, and the candidates where it could be several."""
    said = [hit for hit in hits if not _denied(text, hit)]
    failing = [hit for hit in said if not _works(text, hit)] or said
    for sort in ("name", "elsewhere", "ambiguous", "function"):
        alike = [hit for hit in failing if hit.entry.sort == sort]
        alike = [hit for hit in alike if not _OPENS.match(text, hit.end)] or alike
        if alike and sort == "name":
            return _named(text, alike, hits)
        if alike and sort == "function":
            return Label(alike[0].entry.ids[0], _how(sort, alike[0]), alike[0].entry.word), ()
        if alike:
            return Label(None, sort, alike[0].entry.word), alike[0].entry.ids
    return Label(None, "none-named"), ()


def _named(text: str, named: Sequence[Hit], hits: Sequence[Hit]) -> tuple[Label[str | None], tuple[str, ...]]:
    ids = tuple(dict.fromkeys(hit.entry.ids[0] for hit in named))
    if len(ids) >= 3 or any(_open(text, one, other) for one, other in pairwise(hits) if one in named or other in named):
        return Label(None, "several-systems", " ".join(hit.entry.word for hit in named)), ids
    return Label(ids[0], _how("named", named[0]), named[0].entry.word), ()


def _open(text: str, one: Hit, other: Hit) -> bool:
    """Whether either may be meant: one or the other, or what lies between one of ours and one of nobody's."""
    if _OR.fullmatch(text, one.end, other.start) or (
        _BOTH.fullmatch(text, one.end, other.start) and _TOGETHER.match(text, other.end)
    ):
        return one.entry.ids != other.entry.ids
    if "elsewhere" not in (one.entry.sort, other.entry.sort):
        return False
    return bool(_AND.fullmatch(text, one.end, other.start) and _BETWEEN.match(text, other.end))


def narrowed(found: Label[str | None], ids: Sequence[str], place: Hit | None, lexicon: Lexicon) -> str | None:
    """The one system of several that is called after the writer's department: 叫号 of 放射科 is 放射叫号.

    A word that has the department in it already, 重症系统, tells no more by it.
    """
    if found.rule != "ambiguous" or place is None:
        return None
    department = lexicon.departments[place.entry.ids[0]]
    names = {name[:2] for name in (department.name, place.entry.word) if len(name) > 1 and name[:2] not in found.words}
    fits = [id for id in ids if any(lexicon.systems[id].name.startswith(stem) for stem in names)]
    return fits[0] if len(fits) == 1 else None


def _how(rule: str, hit: Hit) -> str:
    return f"{rule}-by-sound" if hit.sounded else rule
