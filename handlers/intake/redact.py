"""What pages, logs and exports must not show: identity cards, telephones, record numbers, names, passwords."""

import re

from handlers.intake.lazy import Lazy

_CARD = Lazy(r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])")
_CARD_NAMED = Lazy(r"(身份证(?:号码?)?[是为:：\s]{0,3})(?:\d{17}[\dXx]|\d{15})(?!\d)")
_PHONE = Lazy(r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_LANDLINE = Lazy(r"(?<!\d)0\d{2,3}[- ]\d{3,4}[- ]?\d{4}(?!\d)")
_RECORD = Lazy(
    r"((?:(?:住院|病历|病案|门诊|急诊|就诊|登记|患者|病人|档案|诊疗|体检|检查|检验|化验|影像|标本|条码|处方|就诊卡|诊疗卡"
    r"|医保卡?|社保卡?|一卡通|(?<!交易)(?<!支付)(?<!订单)流水)"
    r"(?:流水|编|卡|单)?(?:号码?|[Ii][Dd]|[Nn]o\.?)|(?:patient|admission|record|Patient|Admission|Record) (?:nu"
    r"mber|no\.?|id|ID|No\.?)|MRN|mrn|(?<![A-Za-z])ID号?(?=[：:\s]{0,2}\d{5})|(?:就诊|诊疗|医保|社保|居民健康)卡(?=[：:\s]{0,2}\d))"
    r"[是为：:\s#]{0,4})([A-Za-z]{0,4}-?\d[\dA-Za-z-]{3,19})"
)
_PASSWORD = Lazy(
    r"((?:密码|口令|PIN码?|pin码?|[Pp]assword|PASSWORD|pwd|passwd)(?:还)?(?:\s?(?:是|为|就是|"
    r"(?:改|设|设置|重置|换)(?:成了?|为)|is|：|:|=)\s{0,2})+[“\"'「]?)"
    r"([A-Za-z0-9!@#$%^&*()_+\-=.?~]{3,32})",
)
_PASSWORD_BARE = Lazy(r"((?:密码|口令|PIN码?|pin码?)\s?)(?=[A-Za-z!@#$%]{0,24}\d)[A-Za-z0-9!@#$%^&*_+\-=.]{6,32}")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅"
    "钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷"
    "黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
    "阳时穆农司卓古吉缪简车项连芦麦褚娄窦戎岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣"
    "巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
# Characters that stand in no given name: where one follows, the sentence goes on.
_NO_GIVEN = (
    "的之了在要出去来打把被说做是有不没都也和到用开看上下报检住入转手急需后前时间门诊科室床号病人患者医护药费单"
    "据码类查收退录写读调取传送换交办领约这那哪怎么吗呢吧啊呀给跟与或但就还又再才已能可会想让叫请帮"
)
_GIVEN = rf"(?:(?![{_NO_GIVEN}])[\u4e00-\u9fff])"
_TWO = "欧阳|司马|上官|诸葛|皇甫|东方|尉迟|令狐|宇文|慕容|长孙|夏侯|公孙|轩辕|呼延|南宫|独孤|端木|司徒"
_FULL = rf"(?:(?:{_TWO})|[{_SURNAMES}])(?:某{{1,2}}|{_GIVEN}{{1,2}})"
_NAME = Lazy(
    r"((?:患者|病人|病员|姓名|名字|产妇|孕妇|患儿|家属|伤者|逝者|死者|宝宝|新生儿|病患|受检者)(?:的?(?:姓名|名字))?"
    rf"(?:叫做?|是|为|名叫|名为)?[：:\s]{{0,2}})({_FULL})"
)
# What may stand behind a name that only its place gives away.
_AFTER = r"(?=[\s,，。！!?？;；:：、()（）\d的]|$|[血体医病检报结费输护转出入今昨刚要没不有无在需术手])"
_BED_NAME = Lazy(
    rf"((?:\d{{1,3}}\+?\s?床(?:的|号|位)?|床号[:：]?\s?\d{{1,3}}床?)[\s,，:：（(]?(?:患者|病人|老人|患儿|产妇|家属|[男女])?)({_FULL}){_AFTER}"
)
_NUMBERED_NAME = Lazy(rf"(\[病历号\]\s?(?:的|患者|病人|姓名|\s)[：:\s]?)({_FULL}){_AFTER}")
_LONG_NAME = Lazy(
    r"((?:患者|病人|病员|姓名|产妇|孕妇|患儿|家属)(?:叫|是|为)?[：:\s]{0,2})"
    r"[\u4e00-\u9fff]{2,6}?(?:[·•][\u4e00-\u9fff]{1,8}?){1,3}(?=[^\u4e00-\u9fff·•]|的|$)"
)
# Given names of the north-west and of Tibet, which begin with no surname.
_OTHER_NAME = Lazy(
    r"((?:患者|病人|病员|姓名|名字|产妇|孕妇|患儿|家属)(?:叫|是|为)?[：:\s]{0,2})"
    r"(?:阿依|阿不|阿布|古丽|买买|麦麦|艾力|热合|吐尔|努尔|迪丽|帕提|玛依|木拉|卓玛|扎西|次仁|多吉|央金|格桑|旦增)"
    rf"{_GIVEN}{{0,4}}"
)
_NO_LONGER = "Rec|List|Reg|Man|Adm|Port|Data|Care|Saf|Serv|Info"
_ENGLISH_NAME = Lazy(
    rf"((?:[Pp]atient|PATIENT|[Nn]ame)(?: name)?(?: is|:|,)? ?)(?!{_NO_LONGER})[A-Z][a-z]{{1,14}} [A-Z][a-z]{{1,14}}\b"
)
_SOMEBODY = Lazy(rf"(?<![\u4e00-\u9fff])[{_SURNAMES}]某{{1,2}}(?![个些种条次项一天处科人])")
# A number in brackets behind the name.
_BEHIND_NAME = Lazy(r"(\[姓名\][\s,，（(]{1,2})([A-Za-z]{0,3}\d{5,12})(?![\dA-Za-z])")
# What begins like a name and is none.
_NOT_NAMES = Lazy(
    "卫生|程序|程度|宫口|宫缩|宫颈|宫腔|党委|党支|应缴|应收|应付|单独|单人|单间|单位|单据|单子|马上|于昨|于今|于上|于下|曾经|曾在|曾有|常年|常规|易感|易激|易怒|时间|时刻|时都|时不|时显|应该|应急|应当|"
    "应付|成功|成人|成分|"
    "关系|关联|关注|关机|解决|解释|左右|左侧|左腿|左手|左眼|左肾|房间|安全|安排|安置|安静|安装|方案|方便|方式|"
    "方面|方向|高热|高血|高烧|高危|"
    "高龄|高度|高峰|严重|严格|连接|连续|连片|连着|连台|何时|何况|任何|任意|任务|季度|温度|仲裁|通知|万一|万元|"
    "白血|白细|白蛋|白天|白屏|白内|"
    "金额|石膏|石头|牛皮|牛奶|康复|宁愿|包括|包扎|包块|司机|荣幸|商量|桂圆|古怪|简单|宗教|池|景|辛苦|阳性|阳台|"
    "盛|管理|管子|管路|管床|华西|"
    "江北|江南|余额|余下|钱包|段落|毕业|凌晨|童年|伍佰|申请|申诉|黄疸|黄染|胡闹|胡言|陈述|陈旧|唐氏|唐筛|施救|"
    "施行|徐徐|尚未|纪录|"
    "周[一二三四五六日末期围]|谢谢|丁级|毛病|柳叶|孔隙|焦虑|焦急|龙门|计划|常常|温馨|游离|游走|党员|章程|"
    "[费项别农席祝边全向和明成满干查危利花水冷车麻沙师路符计]"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGIT = Lazy(r"\d")
_CUE = Lazy(r"密码|口令|[Pp][Ii][Nn]|[Pp]ass|PASS|pwd")


def is_identity_card(number: str) -> bool:
    """Whether 18 characters are an identity card by the check digit of GB 11643."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _card(found: re.Match[str]) -> str:
    return "[身份证]" if is_identity_card(found.group()) else found.group()


def _name(found: re.Match[str]) -> str:
    return found.group() if _NOT_NAMES.match(found.group(2)) else f"{found.group(1)}[姓名]"


def redact(text: str) -> str:
    """The text with what must not be shown replaced: [身份证] [电话] [病历号] [姓名] [密码].

    It cannot find a name that nothing introduces. Pure, total, and linear in the length of the text.
    """
    if _CUE.search(text):
        text = _PASSWORD.sub(r"\1[密码]", text)
        text = _PASSWORD_BARE.sub(r"\1[密码]", text)
    if _DIGIT.search(text):
        text = _CARD.sub(_card, text)
        text = _CARD_NAMED.sub(r"\1[身份证]", text)
        text = _PHONE.sub("[电话]", text)
        text = _LANDLINE.sub("[电话]", text)
        text = _RECORD.sub(r"\1[病历号]", text)
        text = _BED_NAME.sub(_name, text)
        text = _NUMBERED_NAME.sub(_name, text)
    text = _LONG_NAME.sub(r"\1[姓名]", text)
    text = _OTHER_NAME.sub(r"\1[姓名]", text)
    text = _ENGLISH_NAME.sub(r"\1[姓名]", text)
    text = _SOMEBODY.sub("[姓名]", _NAME.sub(_name, text))
    return _BEHIND_NAME.sub(r"\1[病历号]", text)
