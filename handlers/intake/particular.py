"""Whether a report tells of one thing rather than of what many may have: a device, one patient, one account, data to be
put right, one place while others work. Such a report is never joined to others by itself."""

from handlers.intake.lazy import Lazy
from handlers.intake.reading import Label, Reading
from sla.labels import Kind, Scope

_DEVICE = Lazy(
    r"打印机|复印机|扫码枪|扫描枪|扫描仪|读卡器|刷卡机|高拍仪|鼠标|键盘|显示器|投影|电话机|硒鼓|墨盒|碳带|卡纸|u盘|ukey|u盾|标签机|腕带机"
    r"|签字板|签名板|指纹|摄像头|音箱|自助机|平板"
    r"|\b(?:printer|scanner|mouse|keyboard|monitor|projector|card reader|toner|usb)\b",
    quick=True,
)
_PATIENT = Lazy(
    r"(?:这|那|该|某|有)(?:一)?(?:个|位|名|例)?(?:病人|患者|老人|孕妇|产妇|患儿|宝宝|婴儿)|(?:一|1)(?:个|位|名|例)(?:病人|患者|孕妇|产妇|患儿)"
    r"(?!都|也)|(?<!\d)\d{1,3}\+?(?:号)?床(?!位)|(?<!临)床号?\d{1,3}|(?:住院|病历|门诊|病案|登记|影像|检查|条码|就诊卡|申请单)号?(?:是|为|:)?\s?[a-z]?\d{4,}"
    r"|(?:这|那|该|有)(?:一)?(?:份|张|条|例)[^,。!?;\n]{0,6}(?:报告|处方|医嘱|申请|病历|片子|图像|单|发票|记录)|\[(?:病历号|姓名|身份证)\]"
    r"|\b(?:one|this|that|a) patient(?:.s)?\b|\bbed \d+\b|\bmrn\b",
    quick=True,
)
_ACCOUNT = Lazy(r"密码|口令|账号|帐号|账户|帐户|权限|工号|\b(?:password|account|permission|my login|access rights?)\b")
_HERE_ONLY = Lazy(
    r"(?:只有?|就|仅|单单?|唯独)(?:是)?(?:我(?!们|科|院|区|部|处)|这(?:一)?台|这边|一台|一个人)|就我一|我一个人|我自己"
    r"|(?:旁边|隔壁|其他|其它|别的|别人|其余|另外)(?:的)?(?:那|几|一)?(?:台|间|电脑|机器|人|科室?|科|同事|诊室|窗口|护士|医生|病区)?的?(?:都|也|是|倒)*"
    r"(?:正常|可以|能用|能进|能开|没事|好的|没问题|行|好用|ok)"
    r"|\b(?:only|just) (?:my|this|me|mine|one)\b"
    r"|\b(?:other|all other|neighbou?ring) (?:pcs?|computers?|machines?|rooms?|users?|colleagues|people|wards?)"
    r"[^,.!?;\n]{0,12}\b(?:fine|ok|okay|works?|working|normal)\b",
    quick=True,
)
_STANDS_STILL = Lazy(
    r"机房|数据中心|机柜|服务器|宕|当机|崩|断电|停电|起不来|\bserver room\b|\bdata cent|\bdown\b|\bcrash"
)


def particular(reading: Reading, kind: Kind, scope: Scope, *, is_disaster: bool) -> Label[bool]:
    """Whether a fault is one thing's alone, with the rule and the words that say so."""
    if kind is not Kind.FAULT:
        return Label(False, "no-fault")
    disaster = reading.said("disaster")
    if is_disaster and not _STANDS_STILL.search(disaster):
        return Label(True, "data-in-danger", disaster)
    text, narrow = reading.text, scope is Scope.WORKSTATION
    for rule, words, fits in (
        ("device", _DEVICE, True),
        ("one-patient", _PATIENT, not reading.has("held_up")),  # who is being rescued is why it is urgent
        ("account", _ACCOUNT, narrow),
        ("here-only", _HERE_ONLY, scope is not Scope.HOSPITAL),
    ):
        found = words.search(text) if fits else None
        if found is not None:
            return Label(True, rule, found.group().strip())
    if narrow and reading.has("data_wrong") and not reading.has("down"):
        return Label(True, "data-to-put-right", reading.said("data_wrong"))
    return Label(False, "many-may-have-it")
