"""Which of the systems and departments named is meant."""

from collections.abc import Sequence

from handlers.intake.lazy import Lazy
from handlers.intake.lexicon import Lexicon
from handlers.intake.names import Hit, find, find_sounded
from handlers.intake.reading import Label

_DENIED = Lazy(
    r"(?:已发|发到了?|发在|发了|附件在|提交在)\s*$|(?:不是|并非|不关|不属于|而非|非)(?:是)?\s*$|\bnot (?:the )?$"
)
_WORKS = Lazy(
    r"\s*(?:是|都|倒是|那边|里)?(?:正常|没问题|没事|没坏|好的|好了|恢复了|可以用|能用|不受影响|is fine|works)"
)
_DEVICE = Lazy(
    r"(?:这边|那边|那|这|里|里面|的|门口|旁边|\s)*(?:[一二两三\d]台|那台|这台|台式)?(?:的)?"
    r"(?:电脑|打印机|主机|门口|扫码枪|扫描枪|鼠标|键盘|网络|网线|显示器|读卡器|电话|屏幕|等|窗口|"
    r"窗|处|室|台|部|人员|员|大厅)"
)

# A short name of a department counts only before these; 呼吸机, 血液标本, 门诊病人 name none.
_FREE = Lazy(
    r"$|[\s,。!?;:、()\n/~'\"]|[一二两三四五六七八九十几\d]|[a-z]|这|那|全|病区|病房|门诊|医生|护士|"
    r"住院|总值|主任|值班|我们|都|的(?!药|病人|号)|"
    r"护长|秘书|分诊|导医|导诊|所有|整|各|等着?|还|系统|也|和|跟|部|楼|大夫|急诊|也|刚|打|进|用|有|没|里|上|在|要|"
    r"想|新|需|预检|申请|同|医师|区|老|小|护理|技师|实验室|前台|登记|中招"
)
_UNIT_ENDS = tuple("科室部处心办房院区台口间组库")
_OWN = Lazy(
    r"(?:我们|我是|我在|这里是|这边是|我|咱们?|本|在|我哋|俺们?)(?:是|们)?(?:\d楼|[一二三四五六七八九十]+楼)?\s*"
    r"$|^\s*$|[\n]\s*$"
)
_AWAY = Lazy(
    r"(?:问|找|送到|送|发到|发给|发往|转到|转给|转至|(?<![装迁搬])到|去|从|由|联系|通知|等|给|打电话给|让|"
    r"叫|回复|转告(?:一下)?|外院|还是|科室还是|科与|与|和|拿到|推到|传给|传到|提交给|报给|经|向|跟|请|麻烦)(?<![请帮烦忙]给)$"
)
_AWAY_AFTER = Lazy(
    r"(?:的)?(?:值班)?电话[^,。!?;\n]{0,4}(?:不通|不进|没人|占线)|\s(?:results?|reports?|orders?|tests?)\b|\s*(?:转(?:过)?来|不给|不让|送来|打来|打(?:了)?电话|"
    r"开的|的(?:栏目|菜单|按钮|入口|选项)|发来|那边(?:说|等)|说|叫我|让我|通知|要求|的老师|借)"
)
_ADDRESSED = Lazy(
    r"\s*(?:的)?(?:各位)?(?:老师|同事|吗|您好|你好|的老师|领导|帮忙|麻烦|工程师|值班|有人|小助手|"
    r"的?朋友|的?大哥)?(?:们|您好|你好|好|吗)?\s*(?::|,|$|\n|!|吗|好|麻烦|帮)"
)
_GROUP = Lazy(r"全科|我们科|我科|诊室")
_ENDS = Lazy(r"[,。!?;\n]|$")
_MOVED_TO = Lazy(r"(?:调|来|轮转|轮|分|转岗)到$")
_SESSION = Lazy(r"全院$|整栋$|[上下]午$|今天$|明天$|开$")


def find_systems(text: str, lexicon: Lexicon, departments: Sequence[Hit]) -> list[Hit]:
    """The systems named, as written; where none is, by their sound. Function words inside a place's name go."""
    found = find(text, lexicon.system_names)
    hits = [hit for hit in found if not _is_place(text, hit, departments)]
    if not any(hit.entry.sort in ("name", "elsewhere") for hit in hits):
        taken = [hit for hit in found if hit.entry.sort != "function"]
        shorter = [hit for hit in found if hit.entry.sort == "function"] + list(departments)
        others = list(lexicon.words["other_words"].all(text))
        hits += (
            hit
            for hit in find_sounded(text, lexicon.system_sounds, taken, shorter)
            if not any(start <= hit.start and hit.end <= end for start, end in others)
        )
    return hits


def _is_place(text: str, hit: Hit, departments: Sequence[Hit]) -> bool:
    if hit.entry.sort != "function":
        return False
    if any(
        place.start <= hit.start and hit.end <= place.end and len(place.entry.word) > len(hit.entry.word)
        for place in departments
    ):
        return True
    if (
        hit.entry.word.endswith("站")
        and _ENDS.match(text, hit.end)
        and any(place.end <= hit.start <= place.end + 3 for place in departments)
    ):
        return True
    return _DEVICE.match(text, hit.end) is not None


def find_departments(text: str, lexicon: Lexicon) -> list[Hit]:
    """The departments named; short names only where no other word goes on from them."""
    return [hit for hit in find(text, lexicon.department_names) if _is_unit(text, hit)]


def _is_unit(text: str, hit: Hit) -> bool:
    word = hit.entry.word
    if word[-1] in _UNIT_ENDS or word[0] < "\u0080" or len(word) > 4 or word[2:] == "门诊":
        return True
    return _FREE.match(text, hit.end) is not None


def choose_system(text: str, hits: Sequence[Hit]) -> tuple[Label[str | None], tuple[str, ...]]:
    """The system meant, and the candidates where it could be several."""
    named = [
        hit for hit in hits if hit.entry.sort == "name" and not _DENIED.search(text, max(0, hit.start - 8), hit.start)
    ]
    failing = [hit for hit in named if not _WORKS.match(text, hit.end)] or named
    if failing:
        ids = dict.fromkeys(hit.entry.ids[0] for hit in failing)
        if len(ids) >= 3:
            return Label(None, "several-systems", " ".join(hit.entry.word for hit in failing)), tuple(ids)
        return Label(failing[0].entry.ids[0], _how("named", failing[0]), failing[0].entry.word), ()
    for sort in ("elsewhere", "ambiguous"):
        for hit in hits:
            if hit.entry.sort == sort:
                ids_open = hit.entry.ids
                if len(ids_open) == 1:
                    return Label(ids_open[0], "named", hit.entry.word), ()
                return Label(None, sort, hit.entry.word), ids_open
    functions = [hit for hit in hits if hit.entry.sort == "function"]
    if functions:
        return Label(functions[0].entry.ids[0], _how("function", functions[0]), functions[0].entry.word), ()
    return Label(None, "none-named"), ()


def narrowed(found: Label[str | None], ids: Sequence[str], place: Hit | None, lexicon: Lexicon) -> str | None:
    """The one system of several that is called after the writer's department: 叫号 of 放射科 is 放射叫号."""
    if found.rule != "ambiguous" or place is None:
        return None
    department = lexicon.departments[place.entry.ids[0]]
    stems = {name[:2] for name in (department.name, place.entry.word) if len(name) > 1}
    fits = [id for id in ids if any(lexicon.systems[id].name.startswith(stem) for stem in stems)]
    return fits[0] if len(fits) == 1 else None


def _how(rule: str, hit: Hit) -> str:
    return f"{rule}-by-sound" if hit.sounded else rule


def choose_department(text: str, hits: Sequence[Hit], systems: Sequence[Hit]) -> tuple[Label[str | None], Hit | None]:
    """The reporter's own department, else the affected one."""
    best: tuple[int, int, Hit] | None = None
    for order, hit in enumerate(hits):
        weight = _weight(text, hit, systems)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, order, hit)
    if best is None:
        return Label(None, "none-named"), None
    return Label(best[2].entry.ids[0], "own" if best[0] >= 3 else "affected", best[2].entry.word), best[2]


def _weight(text: str, hit: Hit, systems: Sequence[Hit]) -> int:
    """3: the reporter's own, 2: affected, 1: only part of a system's name while a group is spoken of, 0: no."""
    for system in systems:
        if system.start < hit.end and hit.start < system.end and system.entry.sort != "function":
            inside = len(hit.entry.word) < len(system.entry.word)
            whole = hit.entry.word[-1] in _UNIT_ENDS or hit.entry.word.endswith("门诊")
            if inside:
                return 1 if whole and _GROUP.search(text) else 0
    before = text[max(0, hit.start - 10) : hit.start]
    if _MOVED_TO.search(before):
        return 3
    if hit.entry.word == "门诊" and _SESSION.search(before):
        return 0
    if _AWAY.search(before) or _AWAY_AFTER.match(text, hit.end):
        return 0
    signed = hit.start > 0 and text[hit.start - 1] in ",。!?\n" and _is_signature(text, hit)
    if hit.entry.ids == ("information",) and not signed and _ADDRESSED.match(text, hit.end):
        return 0
    return 3 if _OWN.search(before) or _is_signature(text, hit) else 2


def _is_signature(text: str, hit: Hit) -> bool:
    """A department at the very end, with at most a name behind it."""
    return len(text) - hit.end <= 8 and (hit.start == 0 or text[hit.start - 1] in " ,。!?;\n~")
