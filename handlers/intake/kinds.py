"""What sort of request a report is, for whom it is, and how badly the thing fails."""

import re
from itertools import pairwise

from handlers.intake.lazy import Lazy
from handlers.intake.mixed import asks_only, mixed_up
from handlers.intake.names import Hit
from handlers.intake.reading import Label, Reading
from sla.labels import Kind, Scope, Severity

_MACHINE = Lazy(r"[一1]台|这台|那台|号机|诊室|号窗|术间", quick=True)
_AFTERWARDS = Lazy(r"[^,。!?;\n]{0,6}?(?:以?后|之后|以来)")
_OTHERS_WORK = Lazy(
    r"(?:其他|其它|别的|其余)(?:的|间|台|床)?(?:都|全|也)?(?:是)?(?:正常|可以|好的|没问题|没事|行(?!政)|能[^,。!?;\n不]{0,2}|ok)"
)
_ACCESS = Lazy(
    r"密码|口令|账号|帐号|账户|权限|锁|工号|用户|ukey|补办|绑定|角色|授权|证书|u盾|password|account|permission|access|unlock|locked|rights"
)
# What one could do before: the right was not asked for, it is gone.
_LOST = Lazy(
    r"(?:昨[天日晚]|前天|上周|上次|之前|以前|原来|原先|早上|上午|刚才)(?:都|还|是|明明){1,2}(?:能|可以|有|好)|(?:之前|以前|原来|原先)(?:能|可以|有的|好好)|突然",
    quick=True,
)
_EXPLICITLY = Lazy(r"(?:请问|想问|问一?下|咨询|请教)")
# 报告单上医院名字写错了: the program's own words.
_OWN_TEXT = Lazy(
    r"(?:医院|科室|标题|抬头|落款|按钮|菜单|提示|界面|页面)[^,。!?;\n]{0,5}(?:写错|打错|错字|错了?一?个字|多字|少字)"
)
# What a list is of: 全院明细.
_OF_ALL = Lazy(
    r"[^,。!?;\n]{0,8}[量数率](?=[,。]|$)|[^,。!?;\n]{0,10}(?:明细|数据|报表|统计|名单|人次|报告卡|清单|目录|汇总)"
)
_HELP_TO_MEND = Lazy(
    r"(?:帮|请|麻烦|求|烦请)[^,。!?;\n]{0,10}(?:改|撤|删|退|合并|更正|恢复|找回|后台|作废|冲)|能[^,。!?;\n]{0,10}(?:恢复|"
    r"找回|补回|还原|改回|改过来|补[记收上录计])|\b(?:please|pls|kindly|help)\b[^,.!?;\n]{0,16}\b"
    r"(?:delete|change|correct|restore|cancel|remove|undo|merge)\b",
    quick=True,
)
# What people do themselves for want of the program is a way round, no request.
_BY_OURSELVES = Lazy(
    r"(?:手工|人工|手动|自己)[^,。!?;\n]{0,4}(?:补|改|录|核|删|加)(?!不)|要改(?:两|几|好几)", quick=True
)
_MEND_ALONE = Lazy(r"找回|补回|合并|作废|冲销|更正|修正|(?<![a-z])(?:restore|recover|merge)", quick=True)
_SERVER_ROOM = Lazy(r"机房|数据中心|一台接一台|server room|data cent")
# What is gone of one patient is to be found again; what is gone of all is a disaster.
_ONE_PATIENT = Lazy(r"(?:\d|[一二三四五六七八九十])号?床|[这一有]个(?:病人|患者)")
_PAPERS = Lazy(r"数据|病历|记录|结果|影像|图像|资料")
_FAILS = ("fault", "collapsed", "wrong")
# Only people do that; where it is to be put right, they did.
_WRITTEN = Lazy(r"(?:写|录|填|登|开|签|贴|建)(?:到|成|进|在|去)")
# What is lost by whosever slip.
_GREAT = Lazy(r"库|加密|勒索|机房|服务器|阵列|database")
_RUIN = Lazy(
    r"库|加密|勒索|比特币|赎金|病毒|后缀|机房|服务器|机柜|数据中心|阵列|存储|磁盘|丢|没了|空|消失|不见|清|损坏|坏块|备份|lock"
)
_ONE_DEVICE = Lazy(
    r"喇叭|音箱|空调|电灯|饮水机|电视|打印机|电脑|主机|扫码枪|扫描枪|读卡器|显示器|鼠标|键盘|高拍仪|键鼠|投影|(?<![a-z])(?:pda|pc|computer|printer|scanner|"
    r"terminal)(?![a-z])",
    quick=True,
)
_DOWN_IN = Lazy(
    r"\b(?:down|crashed|offline|dead|unavailable|not (?:working|responding|available|opening))"
    r" (?:in|at|for|across) (?:the |our )?$|(?:挂|崩|瘫|死|down)了? (?:in|at) (?:the )?$"
)
_WHOLE_NAME = ("whole ", "entire ")
_WHOLE = Lazy(r"(?:整个|(?<![调重])整|(?<![安完健])全|\b(?:whole|entire|all (?:of )?(?:the|our)))\s?$")
_ONE_OF = Lazy(r"其中的?有?(?:一|1)(?:台|个|间|位)")
_OTHERS = Lazy(r"(?:另外|其[他它余]|别的|旁边|隔壁|剩下)的?那?$")
# 其他类型能填: a part of the program works, which tells nothing of machines.
_OTHER_PART = Lazy(
    r"(?:别的|其[他它])的?(?:类型|功能|页|表|模块|项|按钮|字段|章|题|单|内容|检查|检验|药|医嘱|报告|参数|文|选项|菜单)"
)
_FINE = Lazy(r"[^,。!?;\n不没]{0,4}(?:正常|可以|好(?![像多几卡慢久])|能(?!不能|否)|没事|没问题|行|ok)")
# 全科没一个人进得去: nobody can, though a word of what can be done stands there.
_NONE_CAN = Lazy(
    r"没(?:有)?(?:一[个样]?[人台间位床]?|哪个?[台人间位]?|谁|人)[^,。!?;\n]{0,4}?(?:能|可以|得[了上出开进动去到])",
    r"无(?:人|一[人台个]?)[^,。!?;\n]{0,4}?(?:能|可以|得[了上出开进动去到])",
    quick=True,
)
# How it is taken says nothing of how badly it fails.
_TONE = Lazy(r"不影响|不耽误|不碍事|无所谓|不打紧|没啥影响")
_ALL_SO = Lazy(r"(?:都|天天|一直|也)(?:是)?(?:这样|这个样子|如此)")
_JOINS = Lazy(r"(?:门诊|病区|病房|那边|这边)?\s*(?:和|、|跟|与|及|以及|还有|加上|and|&|,)\s*")
_FOLLOWS = Lazy(
    r"(?:[一二三四五六七八九\d]{0,2}(?:病区|病房|门诊|分院|楼)?(?:护士站|医生站|这边|那边|这里|这儿|的)?)"
    r"(?!床|号|我(?!们)|反映|反馈|说|[一-龥]{1,2}(?:医生(?!站)|护士(?!站)|主任|老师|大夫|教授)|同事|老师|医师|大夫|技师|师傅|发现|来电|打电话|护士|医生|小|老|\d|新|[一-龥]工|护士长|主任|值班|电脑|[一-龥]{1,3}(?:机(?!房)|仪)|打印机|主机|扫码枪|扫描枪|读卡器|显示器|鼠标|键盘)"
)


def disaster(reading: Reading) -> Label[bool]:
    """Data lost, ransomware, the server room down, patients mixed up by the system; a person's slip is none."""
    found = reading.first("disaster")
    ruined = found is not None and (_RUIN.search(found.group()) or found.group().isascii())
    if not ruined and (mixed := mixed_up(reading)):
        return Label(True, "mixed-up", mixed)
    if found is None or (not ruined and asks_only(reading)):
        return Label(False, "none")
    if _ONE_PATIENT.search(reading.text, max(0, found.start() - 8), found.start()) and _PAPERS.match(found.group()):
        return Label(False, "one-patient", found.group())
    written = _WRITTEN.search(found.group()) is not None and _HELP_TO_MEND.search(reading.text) is not None
    slip = (written or reading.has("own_slip")) and not reading.has("by_itself")
    if slip and not _GREAT.search(found.group()):
        return Label(False, "own-slip", reading.said("own_slip") or found.group())
    return Label(True, "disaster", found.group())


def kind(reading: Reading, ruin: Label[bool]) -> Label[Kind]:
    """The sort of a report."""
    if ruin.value:
        return Label(Kind.FAULT, ruin.rule, ruin.words)
    for value, group, fits in (
        (Kind.TRAINING, "training", _is_training),
        (Kind.CONSULT, "consult_strong", _is_question),
        (Kind.SERVICE, "service", _is_access),
        (Kind.DATA_FIX, "data_mend", _is_data_fix),
        (Kind.CHANGE, "change", _is_change),
        (Kind.SERVICE, "service", _is_service),
        (Kind.FAULT, "fault", lambda reading: any(map(reading.has, _FAILS))),
        (Kind.CHANGE, "change", lambda reading: reading.has("change")),
        (Kind.SERVICE, "service", lambda reading: reading.has("service")),
        (Kind.CONSULT, "consult", lambda reading: reading.has("consult")),
        (Kind.DATA_FIX, "data_mend", lambda reading: reading.has("data_mend") and not _by_ourselves(reading)),
        (Kind.FAULT, "degraded", lambda reading: reading.has("degraded") and not reading.has("hope")),
        (Kind.CHANGE, "hope", lambda reading: reading.has("hope")),
        (Kind.SERVICE, "wish", lambda reading: reading.has("wish")),
    ):
        if fits(reading):
            return Label(value, f"says-{group}", reading.said(group))
    if "?" in reading.text:
        return Label(Kind.CONSULT, "asks-only", "?")
    return Label(Kind.FAULT, "nothing-else-said")


def _is_training(reading: Reading) -> bool:
    """Training is asked for; what fails on the way to one is none, 培训签到扫不出来."""
    found = reading.first("training")
    if found is None or reading.at("training") > reading.at("down"):
        return False
    return reading.at("down") > reading.clause_end(found.end())


def _is_question(reading: Reading) -> bool:
    """A way or a rule is asked for, before or without anything that is down."""
    asked = reading.at("consult_strong")
    if not reading.has("consult_strong"):
        return False
    explicitly = _EXPLICITLY.search(reading.said("consult_strong")) and not reading.has("data_wrong")
    if _HELP_TO_MEND.search(reading.text) and not explicitly:
        return False
    if reading.at("change") <= asked:
        return False
    said = reading.said("consult_strong")
    if reading.lexicon.words["fault"].search(said) is not None and "?" not in said:
        return False
    return asked < reading.at("fault") or not reading.has("down")


def _is_access(reading: Reading) -> bool:
    found = reading.first("service")
    if found is None or _ACCESS.search(found.group()) is None:
        return False
    return not (reading.has("fault") or reading.has("down")) or _LOST.search(reading.text) is None


def _is_data_fix(reading: Reading) -> bool:
    if _by_ourselves(reading) or (reading.has("by_itself") and not _HELP_TO_MEND.search(reading.text)):
        return False
    if _OWN_TEXT.search(reading.text):
        return False
    if reading.has("data_wrong") and reading.has("data_mend"):
        return reading.at("change") >= reading.at("data_wrong") or reading.has("entered_wrongly")
    if reading.has("entered_wrongly") and not reading.has("down"):
        return reading.at("change") >= reading.at("entered_wrongly")
    return _MEND_ALONE.search(reading.text) is not None and not reading.has("down")


def _by_ourselves(reading: Reading) -> bool:
    return _BY_OURSELVES.search(reading.text) is not None and _HELP_TO_MEND.search(reading.text) is None


def _is_change(reading: Reading) -> bool:
    """A change is asked for; one that was made is the beginning of a fault, 上线新版以后打不开."""
    found = reading.first("change")
    if found is None or found.start() >= reading.at("service"):
        return False
    if found.start() > reading.at("fault"):  # a complaint that ends in a proposal: 弹窗太频繁,建议一天只提示一次
        return reading.has("hope") and not reading.has("down")
    return _AFTERWARDS.match(reading.text, found.end()) is None or not reading.has("fault")


def _is_service(reading: Reading) -> bool:
    at = reading.at("service")
    return reading.has("service") and at < reading.at("fault") and at <= reading.at("change")


def scope(reading: Reading, kind: Kind, department: Hit | None) -> Label[Scope]:
    """Who is concerned."""
    if kind is Kind.FAULT and _SERVER_ROOM.search(reading.said("disaster")):
        return Label(Scope.HOSPITAL, "server-room", reading.said("disaster"))
    everywhere = reading.first("hospital")
    if everywhere is not None and (kind is Kind.FAULT or not _OF_ALL.match(reading.text, everywhere.end())):
        return Label(Scope.HOSPITAL, "whole-hospital", reading.said("hospital"))
    if kind is not Kind.FAULT:
        if kind is not Kind.CONSULT and reading.has("requesters"):
            return Label(Scope.DEPARTMENT, "a-group-asks", reading.said("requesters"))
        return Label(Scope.WORKSTATION, "one-asks")
    if several := _several(reading):
        return Label(Scope.HOSPITAL, "several-departments", several)
    if one_of := _ONE_OF.search(reading.text):
        return Label(Scope.WORKSTATION, "one-of-them", one_of.group())
    single, group = reading.first("single"), reading.first("group")
    if single is not None and group is not None and _OTHER_PART.match(single.group()):
        single = None
    if single is not None and (group is None or single.start() < group.start()):
        return Label(Scope.WORKSTATION, "one-machine", single.group())
    if group is not None and _are_others(reading.text, group):
        return Label(Scope.WORKSTATION, "others-work", group.group())
    if group is not None:
        return Label(Scope.DEPARTMENT, "a-group", group.group())
    if department is not None and _is_whole(reading, department):
        return Label(Scope.DEPARTMENT, "whole-department", department.entry.word)
    if department is not None and (_is_subject(reading, department) or _fails_in(reading, department)):
        return Label(Scope.DEPARTMENT, "department-is-subject", department.entry.word)
    if department is None and reading.has("collapsed"):
        return Label(Scope.DEPARTMENT, "system-collapsed", reading.said("collapsed"))
    return Label(Scope.WORKSTATION, "nothing-said")


def _are_others(text: str, group: re.Match[str]) -> bool:
    """Whether a group is none of those that fail: 3号的不出签,另外几个窗口好用."""
    return _OTHERS.search(text, 0, group.start()) is not None and _FINE.match(text, group.end()) is not None


def _several(reading: Reading) -> str:
    """Two departments in one breath, and what fails behind them; empty where there is only one."""
    for one, other in pairwise(reading.departments):
        if one.entry.ids != other.entry.ids and _JOINS.fullmatch(reading.text, one.end, other.start):
            end = reading.clause_end(other.end)
            if reading.lexicon.words["fault"].search(reading.text, other.end, end) is not None:
                return reading.text[one.start : other.end]
    return ""


def _is_whole(reading: Reading, department: Hit) -> bool:
    """整个急诊, the whole ER."""
    before = _WHOLE.search(reading.text, max(0, department.start - 20), department.start)
    return before is not None or department.entry.word.startswith(_WHOLE_NAME)


def _is_subject(reading: Reading, department: Hit) -> bool:
    """Whether the clause goes on from the department to what fails."""
    rest = _FOLLOWS.match(reading.text, department.end)
    if reading.text[: department.start].endswith(("上", "里", "中")):  # in a program, 预约平台上超声科的号
        return False
    if rest is None or reading.text[rest.end() : rest.end() + 1] == ":":
        return False
    end = reading.clause_end(department.end)
    if _ALL_SO.search(reading.text, rest.end(), end):
        return True
    words = reading.lexicon.words
    fails = words["fault"].search(reading.text, rest.end(), end)
    return fails is not None and _ONE_DEVICE.search(reading.text, rest.end(), fails.start() + 1) is None


def _fails_in(reading: Reading, department: Hit) -> bool:
    """The English order of the same: HIS is down in the ER."""
    before = _DOWN_IN.search(reading.text, max(0, department.start - 40), department.start)
    return before is not None and _ONE_DEVICE.search(reading.text) is None


def severity(reading: Reading, kind: Kind, ruin: Label[bool]) -> Label[Severity]:
    """How badly it fails; what is no fault is minor."""
    if kind is not Kind.FAULT:
        return Label(Severity.MINOR, "no-fault")
    if ruin.rule == "mixed-up":
        return Label(Severity.DEGRADED, ruin.rule, ruin.words)
    if ruin.value:
        said = reading.said("disaster")
        if said.isascii():
            mixed = any(word in said for word in ("patient", "under", "mixed", "swapped", "else"))
        else:
            mixed = _RUIN.search(said) is None
        return Label(Severity.DEGRADED if mixed else Severity.DOWN, "disaster", said)
    words = reading.lexicon.words
    text = words["neighbour"].without(reading.text)
    if _MACHINE.search(text):
        text = _OTHERS_WORK.sub("", text)
    none = _NONE_CAN.search(text)
    if none is not None:
        text = text[: none.start()] + text[none.end() :]
    down = words["down"].search(text) or none
    degraded = words["degraded"].search(text)
    minor = words["minor"].search(text)
    if minor and degraded and _TONE.fullmatch(minor.group()):
        minor = None
    if minor and (
        down is None
        or re.search("图(?!标)|看得清|不影响|内容|浪费|不耽误|不碍事|无所谓|不打紧|不好看|难看", minor.group())
    ):
        return Label(Severity.MINOR, "cosmetic", minor.group())
    if degraded:
        return Label(Severity.DEGRADED, "partly-works", degraded.group())
    if down:
        return Label(Severity.DOWN, "cannot-be-done", down.group())
    if reading.has("collapsed"):
        return Label(Severity.DOWN, "collapsed", reading.said("collapsed"))
    if wrong := words["wrong"].search(text):
        return Label(Severity.DEGRADED, "comes-out-wrong", wrong.group())
    return Label(Severity.DEGRADED, "works-wrongly", reading.said("fault"))
