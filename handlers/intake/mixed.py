"""Patients mixed up: what belongs to one stands under another, and the program did it.

A sentence tells that where it names two patients, or one and "another", and something of a record that came from the
one to the other by a verb that only a program does (跑到, 串, 显示成). What a person entered wrongly is no mix-up but
data to be put right; so it is where nobody is named and the verb is one of writing (录, 写, 登记).
"""

import re
from itertools import islice

from handlers.intake.lazy import Lazy
from handlers.intake.reading import Reading

# Names of patients looked at in one sentence.
_MOST = 12
_SENTENCE = Lazy(r"[^。!?;\n]+")
# Names of patients as people write them to tell two apart; the groups keep beds and names from being compared.
_NAMED = Lazy(
    r"(?P<bed>\d{1,3}|[一二三四五六七八九十]{1,3})号?床|(?P<name>[张王李刘陈赵孙周吴郑杨黄徐朱马胡郭何高林罗](?:某|[大老][爷妈娘爹伯婶叔]|奶奶|爷爷|婆婆|阿姨|老太)|张三|李四|王五|赵六|"
    r"(?<![a-z])[abcd](?![a-z\d])(?=病|患|孕|产|宝|床|的|号|$)|(?<=[人者妇宝])[abcd](?![a-z\d])|[甲乙丙](?=病|患|孕|产|宝|夫|妻|方|的|名|$))",
    quick=True,
)
_DID = Lazy(
    r"跑|串|窜|挂|显示|传|发[到给]|变成|成了|带出|带到|推|归到|弹|出来|打印|打出|调出|返回|匹配|对应|合并|合到|并到|同步|关联|混|"
    r"互换|对调|调换了|搞反|弄反|反了|颠倒|错乱|执行到|给了|看到|看见|却是|都是|全是|里面?是|头上|出现|(?:里面|内容|数值|结果)[^,]{0,4}是|张冠李戴|残留|留着|还是|还有|[查调打点]开[^,]{0,8}是"
)
# 3床的打不出来,5床的能打: what works for the other was not mixed up with the first.
_WORKS = Lazy(r"的[^,。!?;\n上下里身去]{0,4}?(?:也|都|又|就|却|倒|是)*(?:能|可以|正常|没事|没问题|好的|行|ok)")
# 3床和5床: what both do is no mix-up, unless they are swapped.
_AND = Lazy(r"(?:的[^,]{0,4})?(?:和|跟|与|及|、|,)")
_SWAPPED = Lazy(r"混|互换|对调|调换了|反了|搞反|弄反|颠倒|串|窜|错乱|张冠李戴|一起|换了")
_BY_HAND = Lazy(
    r"手滑|手误|误(?:删|操作|点|录|报|开|填|登|写|挂|传)|(?<!不是)(?<!没有)(?<!并非)(?<!不是因为)(?:我|护士|医生|大夫|同事|收费员|我们|实习生|规培生)"
    r"(?!没|点(?!错)|打(?!错)|查|调|核|看|这|们?科|刚|们?发现)[^,。!?;\n]{0,8}(?:写|录|填|开|输|选|发|登|点|传|收|贴|打|弄|搞|挂|建|记)(?:错|到|成|在|反|混)|"
    r"(?:把|将)[^,。!?;\n]{1,14}(?:写|录|填|输|选|登记?|贴|建|开|收|记)(?:到|成|错|在|进|反)|"
    r"(?<!差点)(?<!险些)(?<!差一点)(?:录|写|填|输|选|登|建|贴|收|签)(?:错|反|混|成了?别人)"
)
_BY_ITSELF = Lazy(
    r"自动|(?:系统|程序|软件|his|lis|pacs|接口|仪器|平台)(?:里)?(?:自己|给|把|出|传|串)|不是(?:我们|我|人为|手误|录错)|"
    r"没人(?:动|改)|自己(?:串|跑|变)|没(?:写|录|点|开|动)[错过]?"
)
_ASKED = Lazy(
    r"请问|怎么|如何|能不能|可不可以|能否|可以.{0,8}吗|建议|希望|想(?:加|要)|增加|防止|避免|家属|代领|拿走|换床|转床|转科|调换一下|对调一下"
)
_SAME = Lazy(
    r"(?:不是|不像是?)(?:这个|本|该|同一个?|他|她|我点的?|我选的?)(?:病人|患者|人)?(?:的|本人)|不是同一个?(?:人|病人|患者)|"
    r"(?:出来|弹|显示|调出|扫出)[^,。!?;\n]{0,4}不是(?:这个|本|该|同一个?)(?:病人|患者|人)|"
    r"(?:结果|报告|标本|图|片子|医嘱|条码)[^,。!?;\n]{0,3}[跟和与](?:病人|患者|人)[^,。!?;\n]{0,3}对不上|"
    r"(?:病人|患者|标本|结果|报告|图|片子|姓名|名字)[^,。!?;\n]{0,8}(?:对不上(?:人|号|病人|患者)|不是(?:同)?一个(?:人|病人|患者))|"
    r"同一?个?(?:号|检查号|条码|住院号|门诊号|病人|id)[^,。!?;\n]{0,10}(?:两|几|三|不同)个?(?:的)?(?:病人|患者|人)|"
    r"(?:挂|发|传|配|推|归|对应|匹配|绑|执行|打印?|显示)错(?:了)?(?:病人|患者|床(?!位费)|名下)",
    quick=True,
)


def mixed_up(reading: Reading) -> str:
    """The words that tell that the program mixed patients up; empty where none do."""
    for sentence in _SENTENCE.finditer(reading.text):
        start, end = sentence.span()
        found = _between_two(reading.text, start, end) or _another(reading, start, end)
        if not found or _ASKED.search(reading.text, start, end):
            continue
        if _BY_HAND.search(reading.text) and not _BY_ITSELF.search(reading.text):
            continue
        return found
    return ""


def asks_only(reading: Reading) -> bool:
    """Whether a way, a function or a copy is asked for where another patient is spoken of."""
    return _ASKED.search(reading.text) is not None


def _between_two(text: str, start: int, end: int) -> str:
    """Two patients of the same kind, and what a program does with what belongs to them, between or behind them."""
    firsts: dict[str, re.Match[str]] = {}
    for named in islice(_NAMED.finditer(text, start, end), _MOST):
        sort = named.lastgroup or ""
        first = firsts.setdefault(sort, named)
        if first.group(sort) == named.group(sort):
            continue
        did = _SWAPPED if _AND.fullmatch(text, first.end(), named.start()) else _DID
        clause = text.rfind(",", first.end(), named.start()) + 1
        if clause and _WORKS.match(text, named.end()) and not _DID.search(text, clause, named.start()):
            continue
        if did.search(text, first.end(), end) is not None:
            return text[first.start() : named.end()]
    return ""


def _another(reading: Reading, start: int, end: int) -> str:
    """Another patient's record, or one that is not this patient's."""
    found = _SAME.search(reading.text, start, end) or reading.lexicon.words["others_record"].search(
        reading.text, start, end
    )
    return "" if found is None else found.group()
