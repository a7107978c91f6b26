"""Which of the departments named is the reporter's own, or the affected one."""

from collections.abc import Sequence

from handlers.intake.lazy import Lazy
from handlers.intake.lexicon import WHOLE, Lexicon
from handlers.intake.names import Hit, find
from handlers.intake.reading import Label
from handlers.intake.sounds import find_sounded
from handlers.intake.spelled import find_parted, find_typed
from handlers.intake.text import is_chinese

# A short name of a department counts only before these; 呼吸机, 血液标本, 门诊病人 name none.
_FREE = Lazy(
    r"$|[\s,。!?;:、()\n/~'\"]|[一二两三四五六七八九十几\d]|[a-z]|这|那|全|病区|病房|门诊|医生|护士|"
    r"住院|总值|主任|值班|我们|都|的(?!药|病人|号)|"
    r"护长|秘书|分诊|导医|导诊|所有|整|各|等着?|还|也|和|跟|部|楼|大夫|急诊|也|刚|打|进|用|有|没|里|上|在|要|"
    r"想|新|需|预检|申请|同|医师|区|老|小|护理|技师|实验室|前台|登记|大厅|中招|[^,。!?;\s]{1,3}[室诊]|[^,。!?;\s]{0,2}病房|"
    r"术[中前后]|再|又|怎|什么|仍|依|能|报(?!告|表|卡)|催|提|反|不|无|收|连|看|调|质"
)
# Parts of names that are in no catalogue: 风湿科门诊, 妇产科, 危重症.
_PARTS = Lazy("科门诊|妇产科|危重症|儿重症")
_UNIT_ENDS = tuple("科室部处心办房院区台口间组库厅馆堂班")
# Who writes says so outright; a message that begins with a department is most likely from it.
_SAID = Lazy(
    r"(?:我们|我是|我在|这里是|这边是|我|咱们?|本|我哋|俺们?)(?:是|们)?(?:\d楼|[一二三四五六七八九十]+楼)?\s*$"
)
_BEGINS = Lazy(r"^\s*$|[在\n]\s*$")
_AWAY = Lazy(
    r"(?:问(?:一?下|问)?|找(?:一?下)?|送到|送|发到|发给|发往|转到|转给|转至|(?<![装迁搬])到|去|从|由|联系|通知|等|给|打电话给|让|"
    r"叫|回复|转告(?:一下)?|外院|还是|科室还是|科与|与|和|拿到|推到|传给|传到|提交给|报给|经|向|跟|请|麻烦|"
    r"选择?|感谢|谢谢|多谢|原来是|原先是|[以之]前[是在]|会诊科室是|拿着|带着|收到|路过|经过|[看查调收]不到|"
    r"你们|[成为]新|[一-龥]成了?|各个?|实际是|\bunder (?:general )?|应该?[是为]|“[^”,。]{0,8})(?<![请帮烦忙]给)$"
)
_AWAY_AFTER = Lazy(
    r"(?:的)?(?:值班)?电话[^,。!?;\n]{0,4}(?:不通|不进|没人|占线)|"
    r"的(?:能|可以|正常|没问题|看得|看不)|催(?!一?下|办|单|促|了|交|缴|费)|\s(?:results?|reports?|orders?|tests?)\b|\s*(?:转(?:过)?来|不给|不让|送来|打来|打(?:了)?电话|"
    r"开的|的(?:栏目|菜单|按钮|入口|选项)|发来|那边(?:说|等|是|有|没|显示|收不)|说|让|来看过|来过|要的|的(?:单子|申请单|条子)|叫我|让我|通知|要求(?=我|大家|必须|今|本周|下周|各科|全院|每|统一|$|[,。])|的老师|借|[和、]住院|有货|有库存)"
)
_ADDRESSED = Lazy(
    r"\s*(?:的)?(?:各位)?(?:[一-龥](?:工|老师|师傅)|老师|同事|吗|您好|你好|的老师|领导|帮忙|麻烦|工程师|值班|有人|小助手|"
    r"的?朋友|的?大哥)?(?:们|您好|你好|好|吗)?\s*(?::|,|$|\n|!|吗|好|麻烦|帮)"
)
# Where a guest is: 我在儿科会诊.
_GUEST = Lazy("会诊|查房|开会")
_GROUP = Lazy(r"全科|我们科|我科|诊室|所有人|大家|[每几两三四五六]台|全都")
# 急诊 alone is the department, unless it says what sort of patient or paper is meant.
_SORT = Lazy(
    r"收费|药房|大厅|旁|病人|患者|手术|号(?!线)|单|费|标本|处方|用药|报告|化验|结果|病历|生化|检查|ct|入院|转|住院"
)
# Behind a department that signs: a name, a bed, an extension, but no sentence.
_SIGNED = Lazy(r"[^了不没的,。!?;\n]*$")
_MOVED_TO = Lazy(r"(?:调|来|轮转|轮|分|转岗)到$")
_STOREY = Lazy(r"[部楼]?的?(?:[\d一二三四五六七八九十]{1,2}[楼层])?的?")
# A place that was shared, as the channels write it: a label and where it lies on the earth.
_SHARED = Lazy(r"[^\n]{0,80}\(\s*-?\d{1,3}(?:\.\d+)?\s*,\s*-?\d{1,3}(?:\.\d+)?\s*\)\s*(?:\n|$)")
_SESSION = Lazy(r"全院$|整栋$|[上下]午的?$|今天$|明天$|开$")


def find_departments(text: str, lexicon: Lexicon) -> list[Hit]:
    """The departments named; short names only where no other word goes on from them; where none is, by their sound."""
    found = [hit for hit in find(text, lexicon.department_names, lexicon.joined) if _is_unit(text, hit)]
    others = list(find_sounded(text, lexicon.department_sounds, found))
    others += [hit for hit in find_parted(text, lexicon.department_names) if len(hit.entry.word) >= WHOLE]
    hits = [hit for hit in found if not any(each.covers(hit) for each in others)]
    hits += [each for each in others if not any(each.meets(hit) for hit in hits)]
    hits = hits or list(find_typed(text, lexicon.department_typed, chinese=is_chinese(text)))
    return sorted(hits, key=lambda hit: hit.start)


def _is_unit(text: str, hit: Hit) -> bool:
    word = hit.entry.word
    if hit.start and _PARTS.match(text, hit.start - 1):
        return False
    if word[-1] == "部" and text.startswith("位", hit.end):  # 手术部位
        return False
    if word[-1] in _UNIT_ENDS or word[0] < "\u0080" or len(word) > 4 or word[2:] == "门诊":
        return True
    if word == "急诊":
        return _SORT.match(text, hit.end) is None
    return _FREE.match(text, hit.end) is not None or _SAID.search(text, max(0, hit.start - 8), hit.start) is not None


def choose_department(text: str, hits: Sequence[Hit], systems: Sequence[Hit]) -> tuple[Label[str | None], Hit | None]:
    """The reporter's own department, else the affected one."""
    best: tuple[int, int, Hit] | None = None
    for order, hit in enumerate(hits):
        weight = 0 if _holds(text, hit, hits[order + 1 : order + 2]) else _weight(text, hit, systems)
        if hit.entry.word == "门诊" and best is not None:
            weight = min(weight, best[0])  # 耳鼻喉工作站坏了,门诊5诊室: a house beside the department
        if _SHARED.match(text, hit.end):
            weight = min(weight, 1)  # where the telephone is: what was said counts before it
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, order, hit)
    if best is None:
        return Label(None, "none-named"), None
    return Label(best[2].entry.ids[0], "own" if best[0] >= 3 else "affected", best[2].entry.word), best[2]


def _holds(text: str, hit: Hit, behind: Sequence[Hit]) -> bool:
    """Whether it is only the house in which the next one is: 门诊二楼妇科."""
    return any(hit.entry.ids == ("outpatient",) and _STOREY.fullmatch(text, hit.end, each.start) for each in behind)


def _weight(text: str, hit: Hit, systems: Sequence[Hit]) -> int:
    """From 3 on: the reporter's own, 2: affected, 1: part of a system's name while a group is spoken of, 0: no."""
    for system in systems:
        if system.start < hit.end and hit.start < system.end and system.entry.sort != "function":
            whole = hit.entry.word[-1] in _UNIT_ENDS or hit.entry.word.endswith("门诊") or hit.entry.word.isascii()
            inside = len(hit.entry.word) < len(system.entry.word)
            inside = inside or (not whole and text.startswith("的", hit.end) and hit.end < system.end)  # 儿童保健的系统
            if inside:
                return 1 if whole and _GROUP.search(text) else 0
    before = text[max(0, hit.start - 10) : hit.start]
    if _MOVED_TO.search(before):
        return 5
    signed = hit.start > 0 and text[hit.start - 1] in ",。!?\n" and _is_signature(text, hit)
    if hit.entry.ids == ("information",) and not signed and _ADDRESSED.match(text, hit.end):
        return 0
    if before.endswith("在") and _GUEST.match(text, hit.end):
        return 0
    if _SAID.search(before):
        return 5
    if hit.entry.word == "门诊" and _SESSION.search(before):
        return 0
    if _AWAY.search(before) or _AWAY_AFTER.match(text, hit.end):
        return 0
    if _is_signature(text, hit):
        return 4
    return 3 if _BEGINS.search(before) else 2


def _is_signature(text: str, hit: Hit) -> bool:
    """A department at the very end, with at most a name behind it."""
    if len(text) - hit.end > 8 or _SIGNED.match(text, hit.end) is None:
        return False
    return hit.start == 0 or text[hit.start - 1] in " ,。!?;\n~"
