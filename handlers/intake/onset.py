"""How likely a time is the onset of a fault, by the words around it."""

from dataclasses import dataclass
from datetime import datetime

from handlers.intake.lazy import Lazy
from handlers.intake.moment import Moment
from handlers.intake.text import is_chinese

_LEADS = Lazy(
    r"(?:从|自从|自|打从|打|由|起于|大概|约|(?<!该)(?<!应)是|其实|实际上|,就|开始于|at|since|from|around)\s*$"
)
_BEGINS = Lazy(
    r"(?:[左右那多许会阵儿时候当批的样钟开门始]{0,6})(?:开始|起(?!来|床)|以来|就(?!诊|医|餐)|又(?!好|能|正常|可以|恢复|报(?!错|警)|催|打电话|修|来[人修看])|突然|忽然|到(?:现在|"
    r"这会|目前|今)|至今|一直|断(?!过|电[,。])|挂(?!号|过)|坏(?!过)|崩(?!过)|出现(?!过)|发生|出问题|出的|发现|停(?!过|电[,。]|机(?:升级|维护|检修))|不行|以后|之后|后(?!天|"
    r"台)|更新(?:完|后|以后|之后)|升级(?:完|后|以后|之后)|上线[^,。]{0,4}后|换(?:了|完)|给换|搬(?:完|"
    r"了)|蓝屏|黑屏|死机|打不开|进不去|登不上|连不上|没网|卡|慢)"
)
_STARTS = Lazy(r"(?:[左右那多许会阵儿时候当批的样钟门]{0,6})(?:开始|起(?!来|床)|突然|忽然|一直|至今|到现在)")
_DEADLINES = (
    # before it
    r"(?:下班|上班|开诊|开门|门诊|晨会|早会|会诊|考试|上课|交班|接班|查房|手术|开会|中午|晚上|早上)(?:之|以)?前(?![断崩坏卡死停掉突就])",
    r"之前|以前|前(?!后|台|一|[断崩坏卡死停掉突就])|(?:之|以)?内(?![科镜分网])|(?:以|之|过)?后再|截止|到期|为止|届时",
    # what must be done then
    r"要(?!等|求)|需要?|必须|得(?!很)|将|会(?!儿)|来(?!的|就|了|时|之?后|上班)|再(?!也|次|[^,。!?]{1,3}(?:就|也|还是|又))|来访|讲",
    r"[^,。!?]{1,5}要(?:用|开会|上报|做手术|上台|交)|[^,。!?]{0,10}[,。!]\s?请(?:提前|各|大家|知悉|做好|相关|互相)",
    # what takes place then
    r"结束(?!后|以后|之后|就|时)|上线(?!了|过|时|[^,。]{0,6}后)|到岗(?!时|后)|上岗|上课|考试|培训|安排(?!的|过|了)|转科|出院|报完|申报|开考",
    r"(?:割接|切换|停机维护|停机升级|停机检修|演练|验收|搬迁|评审)(?!过|完|后|时|了|以后|之后|的)|起?(?:执行|实施|启用|施行|生效|停用)",
    r"开(?!始)[^,。!?机单不始]{0,3}会(?!诊室|儿)|(?:查房|手术)(?!室|时|的时候|后|完|间|安排)|交班(?!后|以后|之后|时|的时候|完)",
    r"有[^,。!?]{0,4}(?:会诊|讲座|培训|会议|手术|检查(?!结果)|考试|外宾|直播|演练)|有(?:会|台|场|个会)",
    r"(?:省里|市里|区里|国家|卫健委|医保局|专家组?|领导|上级|厂家)[^,。!?]{0,3}(?:检查|评审|验收|督查|来|调研)",
)
_DEADLINE = Lazy(
    r"(?:[钟整左右开]{0,3})(?:我们|我|咱们?|科里|科室|院里|全院|医院|领导)?(?:还|就|都)?"
    rf"(?:{'|'.join(_DEADLINES)})"
)
_EVENT = Lazy(
    r"(?:[^,。!?;\n]{0,5})(?:又?报[一两几]次|报(?:的(?!错|障|警)|过|了|修)|[来送到]的|提(?:的|交|过|了)|申请|反馈|培训|说的|来过|装的|"
    r"领的|才(?:修|弄|装)|打(?:过)?电话|出生|入院|住院|手术|采集|抽(?:的)?血|做的|开的(?!机)|写的|录的|"
    r"预约|约的|修(?:好|过)|通知|升级(?!后|完|以后|之后|就)|更新(?!后|完|以后|之后|就)|换(?:的|"
    r"过)|还(?:好|能|可以|正常)|送检|签|好了|恢复(?!不)|正常|没问题|开诊|到岗|[交接上]的?班|重启(?!后|之后|以后)|重装|[坏断卡崩死停现出]过(?!后|之后|以后)|检修|巡检|看过|看了|处理过|调试|安装|测试)"
)
_PAYLOAD = Lazy(
    r"\s?(?:的|那个?)?(?:数据|工单|报修|申请|报表|记录|单子?(?!机)|号源|病历|片子|报告|明细|账|费用|医嘱|处方|"
    r"门诊(?=排班|号|日志|人次|记录|病人|患者)|夜班费|工资|日报|月报|统计|检查|检验|结果|排班|预约|挂号|病人|患者|手术|考试|有|没有|体温|"
    r"标本|发票|门诊量|号(?=$|[,。看放挂约退]))"
)
_PLANNED = Lazy(
    r"\s?(?:号源|排班|预约|病人|患者|手术|考试|检查|有(?!一|过|次|两|几|问题|异常|报)|没有|门诊(?=排班|号|日志|人次|记录|病人|患者|$|[,。]))"
)
_RECORDED = Lazy(
    r"(?:出生|生日|末次月经|有效期|到期|批号|(?<!故障)(?<!发生)(?<!开始)日期|(?:入职|入院|出院|预约|就诊|检查|手术|采集|"
    r"复诊|执行|医嘱|随访|报修|上报|受理|开单|录入|创建|生成|发药|收费|结算|采样|送检|审核|接收|分娩|麻醉|打印|登记|报告|死亡|签名|出生|输血|用药|给药|门诊|营业|开放|工作|上班|值班|服务|接诊|停诊)时间|休假|放假|出差|请假|外出)(?:写|显示|录入?|填)?(?:是|为|成|:|\s|\(|从)?$|(?:质保|保修|维保|有效|合同)[期至到为是]{0,2}$|号码?是$|实际是$|"
    r"(?:改成|改为|改到|写成|录成|填成|显示成|显示为|变成|更正为|应为|(?:时间|日期|生日|显示)[^,。!?]{0,3}应该?是)了?\s?$"
)
_REWRITTEN = Lazy(
    r"[^,。!?;\n]{0,6}(?:录错|写错|填错|输错|记错|错了|错误|改成|改为|改到|写成|录成|填成|显示成|更正|有误|改不|选不|无法修改|不能改|没法改)"
)
_OF_EVENT = Lazy(
    r"[^,。!?;\n]{0,5}(?:接诊?|进|到货|修|换|装|领|买|拿|收|送来?|入院|出院|住院|转科|出生|就诊|挂号|缴费|交费|收费|抽血|申请|预约|开(?!的机)|做|采|录|签|写|报(?!的[错障警])|拍|查|发|到期|生效)的"
    r"(?!时候)"
)
# The fault is over, or only told as over: 昨天已经修好了.
_SETTLED = Lazy(
    r"还(?:都|是)?[^,。!?;\n没不未在]{1,5}(?:的|呢|着|得了?)(?=[,。!?~\s]|$)|又?(?:能|可以)[^,。!?;\n]{0,6}了(?=[,。!?~\s]|$)|[^,。!?;\n没不未]{0,8}(?:修好|解决|弄好|搞定|处理好|搞好|可以关|关闭|关了|整好|恢复(?:正常)?|好)了?(?:的?(?=[,。!?~\s]|$|谢))"
)
_OVER = Lazy(r"就(?:都|已经|又)?(?:好|恢复|修好|解决|正常|弄好)(?:正常)?了(?=[,。!?~\s]|$)")
_ASKED = Lazy(r"[^,。!?;\n]{0,10}(?:谁|什么(?!都)|哪[天个里位]|多少|几点|[上值]班[吗么])")
_HYPOTHETICAL = Lazy(r"(?:要是|如果|假如|若是|倘若|万一|假设|早知道)[^,。!?;\n]{0,3}$")
_SHOWN = Lazy(r"[里上]的?(?:是|写着?|为)\s?$|(?:显示|变成|成了|写的|打印的|打出来)(?:的?是|为|成|的)?\s?$")
# 周末愉快, 昨天辛苦了, 都3点半了: said in passing.
_POLITE = Lazy(r"[^,。!?;\n]{0,4}(?:先这样|好多了|见[!。~]?$|谢谢|愉快|快乐|辛苦|多亏|麻烦[你您]了)")
_ALREADY = Lazy(r"(?:都|已经|现在都?|这都|这会儿?)(?:快|要)?\s?$")
_BOOKED = Lazy(r"的(?:号|预约|排班|手术|门诊|检查)")
_OF_SINCE = Lazy(r"[左右]{0,2}(?:起|以来|以后|之后|后|以前|之前|前|开始)(?=的)")
# What the writer did just now is no fault.
_OWN = Lazy(
    r"是?(?:我|你|他)操作|(?:我们?)?(?:已经|也|又|就|都|给[^,。]{1,4})?(?:报|打|问|说|催|重启|试|交完|下班|看|弄|修|换|装|学|提交|联系|接到|收到|做完|开完|上报|反映|反馈)"
    r"(?:修|班|障)?(?:过|了(?!就|又|没)|完|的(?!错|障))"
)
_LONG = 40
_FIRST = 2_000
"""Characters in which something must be said to be wrong."""
# What stands beside a time in a text that tells nothing else: 昨天上午吧.
_FILLER = Lazy(
    r"[\s,。!?.~:;()\[\]的了吧啊呢嘛哦嗯大概约莫左右前后就是从自打在由于到至现在今天昨那这会阵段儿时候间期上下多许点钟样子可能应该好像之以来早晚午夜中接交换班当首日周月年初一二三四五六七天号分整快将近刚过才介和与起点前,、零几〇廿半晌许个元底末旬第开机来儿值晨起a-z/t\d-]*"
)
_AT_ONCE = Lazy(r"[^,。!?;\n]{0,6}(?:就|突然|忽然|又|再也|彻底)")
_AMISS = Lazy(
    r"[没不无未乱错断停死崩坏卡慢黑红空丢漏少差异闪弹瘫痪挂掉弱糊灭冒烧花]|故障|问题|毛病|报警|告警|失[败灵效联]|超时|中断|离线|罢工|退出|又|宕|关机|熄|持续|当机|当掉|蓝屏|之后|以后|过后|时候|结束|折腾|修|打补丁|升级|更新|换系统|回来|refused|重启|重复|这样|发生|出现|发现|出[事了的过]|受阻|"
    r"一样|开始|情况|故|bug|err|down|crash|slow|fail|fro[zs]e|hang|stuck|stop|dead|broke|offline|lost|"
    r"off\b|not\b|n't|black|no\b|can ?not|issue|problem|wrong|freez",
    quick=True,
)
_AND_THEN = Lazy(r"[又就再才]")
_LIMIT = Lazy(r"[^,。!?;\n]{0,6}?(?:前|要|必须|需|得|内|截止|[,。!]\s?请)")
_NOTICE = Lazy(r"[,。;]?\s?请(?:提前|各|大家|知悉|做好|相关|互相)")
_THEN = Lazy(r"[^,。!?]{1,6}(?:就|自动|会)")
_FAILING = Lazy(
    r"[^,。!?;\n]{0,12}?(?:(?<!要)[不没](?:了(?!解)|出|上|开|来|到|动|进|成|过来|见|去|起|住|全|掉|通)"
    r"|没(?:反应|声|信号|数据|网|响|图)|失败|超时|掉线|离线|卡|慢|断|崩|死|黑屏|蓝屏|白屏|闪退|报错|异常|瘫|坏|丢|乱码|没(?:好|恢复|回|传|收|更新|生成|同步|显示)|不(?:行|能|显示|亮|响|通|见|稳)|故障|中断|停(?!机(?:升级|维护|检修)|电检修)|无法|没法)"
)
_PATIENT = Lazy(r"(?:病人|患者|老人|孩子|宝宝|产妇|家属|婴儿|小孩|大爷|阿姨)[^,。!?]{0,2}$")
_FOUND = Lazy(r"(?:发现|察觉)(?:是|时|的时候)?\s?$")
_CONDITION = Lazy(
    r"[^,。!?]{0,4}的|免|可(?:以|退)|不能|不得|重复|再入院|再次|重复|未|无|有效|复诊|随访|不可|不能退|死亡|自动|只能"
)
# 22:00那条, 昨天夜班的: an item of that time.
_ITEM = Lazy(
    r"那[次回](?![断崩故掉停坏])|的?那?[条张份笔栏格页](?!件)|那[场段行组]|的?那[台个](?:手术|病人|患者|医嘱|药|单|号)"
)
# 昨天的数据今天打开全没了: found out, which is no beginning.
_DISCOVERED = Lazy(r"(?:再?打开|一看|再看|来看|登录看)(?:的时候|时)?[^,。!?;\n]{0,6}(?:没了|不见|丢|空了|少了|变成)")
# 11月1日到15日的费用: days of data.
_OF_RANGE = Lazy(r"\s?[到至~\-—]+\s?(?:\d{1,2}月)?\d{1,2}[日号]的")
_LAST_DAY = Lazy(r"就?是(?:最后一天|最后期限)")
_HABIT = Lazy(r"[^,。!?;\n]{0,6}(?:经常|常常|总是?|老是|有时|偶尔|容易)")
_SEEN = Lazy(r"(?:看得?到|看不到|查得?到|查不到|只有|只能看)$")
_WHOLE = ("day", "part", "period")
# 不是昨天,是今天: one that is denied.
_DENIED = Lazy(r"(?<!是)(?:不是|并非|而非)\s?(?:从|在)?$")
_OF_PATIENT = Lazy(r"[^,。!?;\n]{0,2}(?:出生|入院|住院|出院|转科|转入|死亡|分娩|入科)(?!处|部|登记|系统|时|的时候|后)")
_RULE = Lazy(r"(?:要求|规定|应当?|须|标准|指标)(?:在|于)?$")
_ROSTER = Lazy(r"[^,。!?;\n]{0,3}(?:不在|休息|休假|请假|轮休|出差|(?<=[我你他她们])值班)(?=[,。!?~\s]|$)")
_GOOD_AGAIN = Lazy(r"[,。;]?\s?(?:现在|后来|然后|就|自己|又){0,2}(?:已经|都)?(?:好|恢复|正常)了")
_TOLD = Lazy(r"[你他]?们?(?:说|答应|承诺)(?!不)")
_SESSION = Lazy(r"门诊(?!的?时|结束|开始|期间|就|突然|系统|全|都|收费|挂号|药房|大厅|[后楼前]|之前|以前)")
_AT_THAT = Lazy(r"(?:[跟和同比与像]|卡在|停在|停留在|只到|更新到|排在|排到|叫到|轮到)(?:了)?\s?$")
_NOW_IS = Lazy(r"(?:现在|目前|这会儿?)(?:是|都|已经)?\(?$")
_OF = Lazy(r"(?:时段|档|[夜白早中晚]班)?的(?!时候|那[会阵时]|那个时候|样子|就|又|都|突然|一直|系统|$|[,。!?~\s])")
_LISTED = Lazy(r"的?(?:手术安排|手术排班|排班|号源|预约号|预约单|检查单|门诊号)")
_ON_SINGLE_BILL = Lazy(r"单边")


@dataclass(frozen=True, slots=True)
class _Around:
    """The words around a time, and what they say: `begins`, that something began; `leads`, that a beginning is told;
    `failing`, that something does not work."""

    before: str
    after: str
    begins: bool
    leads: bool
    failing: bool


def something_amiss(folded: str) -> bool:
    """Whether a message tells that something is wrong; one that is not Chinese may say so in any way."""
    return not is_chinese(folded) or _AMISS.search(folded, 0, _FIRST) is not None


def weigh(text: str, moment: Moment, now: datetime, amiss: bool) -> int | None:
    """How likely a time is the onset; None: it certainly is not. `amiss`: something_amiss() of the text."""
    after = text[moment.end : moment.end + 24]
    before = text[max(0, moment.start - 9) : moment.start]
    if moment.sort == "now":
        return _weigh_now(text[moment.start], before, after)
    around = _Around(
        before,
        after,
        begins=_BEGINS.match(after) is not None,
        leads=_LEADS.search(before) is not None,
        failing=_FAILING.match(after) is not None,
    )
    ahead = is_ahead(moment, now)
    if _is_told_in_passing(around, moment, ahead):
        return None
    if moment.sort in ("ago", "lasting"):
        return _weigh_length(text[moment.start], text[moment.end - 1], around, moment)
    if moment.sort == "within":
        return None if _CONDITION.match(after) or _RULE.search(before) else -4
    if ahead:
        return None if _LISTED.match(after) or _OF.match(after) else -3 - (moment.sort in _WHOLE)
    if _is_of_a_thing(around, moment) or not (around.begins or around.leads or amiss or _is_all(text, moment)):
        return None
    weight = {"clock": 4, "part": 3, "shift": 2, "day": 2, "period": 1}.get(moment.sort, 0)
    weight += 4 * around.leads + 4 * around.begins + (1 if _STARTS.match(after) else 0)
    weight += around.failing + (around.failing and _AT_ONCE.match(after) is not None)
    found_late = _FOUND.search(before) is not None
    return weight - 4 * found_late - 4 * (not around.begins and _EVENT.match(after) is not None)


def _weigh_now(first: str, before: str, after: str) -> int | None:
    """刚才 and 刚 before what fails are now; 现在 where something fails; what one did oneself just now is nothing."""
    if _AT_THAT.search(before) or _OWN.match(after) or _SETTLED.match(after):
        return None
    if first in "刚方适啱头":
        return 1
    return -2 if _FAILING.match(after) or not after.strip(" ,。!~") else None


def _weigh_length(first: str, last: str, around: _Around, moment: Moment) -> int | None:
    """How long ago, or for how long: an onset, but of a patient, of what is good again, or as a condition."""
    if last in "没未" and (_PATIENT.search(around.before) or (moment.sort == "lasting" and _THEN.match(around.after))):
        return None
    if _OF.match(around.after) or _GOOD_AGAIN.match(around.after) or _NOTICE.match(around.after):
        return None
    if first == "过" and _AND_THEN.match(around.after):
        return None
    return 1 if _EVENT.match(around.after) and not around.begins else 6


def _is_told_in_passing(around: _Around, moment: Moment, ahead: bool) -> bool:
    """Whether a time is one of something else: written in a record, asked for, denied, promised, or over."""
    before, after = around.before, around.after
    if _RECORDED.search(before) or _DENIED.search(before) or _POLITE.match(after) or _TOLD.match(after):
        return True
    if _ROSTER.match(after) or (moment.sort == "part" and _SESSION.match(after)):
        return True
    if not ahead and (_HYPOTHETICAL.search(before) or _OVER.match(after)):
        return True
    if moment.sort == "clock" and after.startswith("了") and _ALREADY.search(before):
        return True
    if moment.sort in ("clock", "day", "period") and _SHOWN.search(before):
        return True
    since = _OF_SINCE.match(after)
    told = moment.sort == "clock" and around.failing and since and not _BOOKED.match(after, since.end())
    if since and not told and _PAYLOAD.match(after, since.end()):
        return True
    return not around.begins and _is_aside(around, moment, ahead)


def _is_aside(around: _Around, moment: Moment, ahead: bool) -> bool:
    """The same, where nothing is said to begin at that time."""
    before, after = around.before, around.after
    return bool(
        (not ahead and moment.sort != "lasting" and _SETTLED.match(after))
        or (_ASKED.match(after) and not around.failing)
        or _AT_THAT.search(before)
        or _ITEM.match(after)
        or _DISCOVERED.match(after)
        or _LAST_DAY.match(after)
        or (moment.sort == "day" and _OF_RANGE.match(after))
        or (moment.sort in ("part", "shift") and _HABIT.match(after))
        or (after.startswith("的") and moment.sort == "day" and _SEEN.search(before))
        or (moment.sort == "clock" and _NOW_IS.search(before))
        or _REWRITTEN.match(after)
        or _OF_EVENT.match(after)
        or _OF_PATIENT.match(after)
    )


def _is_of_a_thing(around: _Around, moment: Moment) -> bool:
    """Whether a time is a deadline, or that of data: 昨天的报表, 8点的药."""
    if not around.begins and not around.leads and is_deadline(around.after):
        return True
    if moment.sort == "period" and not around.begins and around.before.endswith(("是", "成", "为")):
        return True
    payload = (_PLANNED if moment.sort == "clock" else _PAYLOAD).match(around.after)
    of_a_thing = _OF.match(around.after) or (payload and not around.begins)
    return bool(of_a_thing) and not _ON_SINGLE_BILL.search(around.after[:8])


def _is_all(text: str, moment: Moment) -> bool:
    """Whether hardly more is said than the time."""
    return len(text) < _LONG and _FILLER.fullmatch(text[: moment.start] + text[moment.end :]) is not None


def is_deadline(after: str) -> bool:
    """Whether the words after a time make it a deadline or an appointment, and not the time of what failed then."""
    return _DEADLINE.match(after) is not None and (_FAILING.match(after) is None or _LIMIT.match(after) is not None)


def is_ahead(moment: Moment, now: datetime) -> bool:
    """Whether a time lies in the future of the message."""
    return moment.sort in ("ahead", "within") or moment.instant > now
