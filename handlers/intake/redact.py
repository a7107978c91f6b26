"""What pages, logs and exports must not show: identity cards, telephones, record numbers, names, passwords."""

import re

_CARD = re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])")
_CARD_15 = re.compile(r"(身份证(?:号码?)?[是为:：\s]{0,3})\d{15}(?!\d)")
_PHONE = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")
_RECORD = re.compile(
    r"((?:住院|病历|病案|门诊|就诊|登记|患者|病人|档案|诊疗|体检|检查|检验|影像|标本|条码|处方|"
    r"医保|就诊卡|诊疗卡|社保卡|一卡通|patient|record|admission|mrn)"
    r"(?:流水|编|卡)?(?:号码?|ID|id|Id|号是|No\.?|no\.?|number|#)?[是为：:\s#]{0,4})"
    r"([A-Za-z]{0,4}-?\d[\dA-Za-z-]{3,19})",
)
_PASSWORD = re.compile(
    r"((?:密码|口令|PIN码?|pin码?|[Pp]assword|PASSWORD|pwd|passwd)(?:还)?(?:\s?(?:是|为|就是|"
    r"改成了?|改为|设成了?|设为|is|：|:|=)\s{0,2})+[“\"'「]?)"
    r"([A-Za-z0-9!@#$%^&*()_+\-=.?~]{3,32})",
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷"
    "黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
    "阳时穆农司卓古吉缪简车项连芦麦褚娄窦戎岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_NAME = re.compile(
    r"((?:患者|病人|病员|姓名|产妇|孕妇|患儿|家属|伤者|逝者|死者|宝宝|新生儿|病患|受检者)(?:的?(?:姓名|"
    r"名字))?(?:叫做?|是|为|名叫|名为)?[：:\s]{0,2})"
    rf"((?:欧阳|司马|上官|诸葛|皇甫|东方|尉迟|令狐|[{_SURNAMES}])(?:[\u4e00-\u9fff]{{1,2}}|某{{1,2}}))"
    r"(?=[\s,，。！!?？;；:：、()（）\d的之]|$|[一-龥])"
)
_BED_NAME = re.compile(
    rf"(\d{{1,3}}\+?\s?床(?:的|号|位)?[\s,，:：]?(?:患者|病人)?)((?:[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}})(?=[\s,"
    r"，。！!?？;；:：、()（）\d的]|$)"
)
# What follows 患者 or a bed and looks like a name by its first character, but is a sentence that goes on.
_NOT_NAMES = re.compile(
    r"(?:时间|时候|都|和|全部|全科|全院|全都|明天|明细|应该|应急|成功|单子|单据|查不|查询|查看|"
    r"查房|管床|关系|关不|解决|路过|左右|左侧|房间|安全|安排|安置|方案|方便|方式|成了|高热|高血|"
    r"高烧|"
    r"严重|费用|连不|连接|向我|何时|何况|任何|任意|明显|季度|边上|游离|温度|车祸|仲裁|通知|路上|"
    r"万一|白细|白天|金额|石膏|牛奶|高危|高龄|安静|白屏|时都|全身|全麻|时刻|应当|应付|方向|于是|"
    r"于今|康复|宁愿|包括|项目|"
    r"麻醉|沙发|和家|和医|单独|单位|全是|明确|明早|明日|师傅|荣幸|商量|连续|连片|连着|连台|严格|"
    r"桂|古怪|简单|农民|农村|米|司机|农合|都在|都等|和护|时不|时提|别|高度|游走|车上|查体|查血|"
    r"查完|查出|"
    r"江|时显|华|关注|关机|华西|管理|管子|管路|安装|计|费|项|成人|成分|成都|向|全|席|宗|党|路|"
    r"池|景|古|辛苦|阳性|阳台|盛|万)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGIT = re.compile(r"\d")
_CUE = re.compile(r"密码|口令|[Pp][Ii][Nn]|[Pp]ass|PASS|pwd")


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
    if _DIGIT.search(text):
        text = _CARD.sub(_card, text)
        text = _CARD_15.sub(r"\1[身份证]", text)
        text = _PHONE.sub("[电话]", text)
        text = _LANDLINE.sub("[电话]", text)
        text = _RECORD.sub(r"\1[病历号]", text)
        text = _BED_NAME.sub(_name, text)
    return _NAME.sub(_name, text)
