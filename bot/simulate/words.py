"""What people of a simulated hospital write, by chance: in the style of the intake's examples."""

from random import Random

from sla.catalogue import Catalogue, System

KINDS = (("fault", 62), ("consult", 12), ("data_fix", 9), ("change", 6), ("service", 8), ("training", 3))

REPORTS = {
    "fault": (
        "{s}打不开了",
        "{d}的{s}进不去，一直转圈",
        "{d}全科{s}都登不上！！",
        "{s}很慢，点一下等半分钟",
        "{d}有一台电脑{s}报错",
        "全院{s}都用不了，病人堵在窗口",
        "{s}昨晚8点开始时好时坏",
        "抢救等着用，{d}{s}崩了",
        "{s}又卡死了，麻烦来看看",
        "cannot open {e}, it keeps failing",
    ),
    "consult": ("请问{s}怎么补打上个月的单子？", "{s}的模板在哪里改？", "想问一下{s}这个选项是什么意思？"),
    "data_fix": ("{s}里病人信息录错了，麻烦帮忙改一下", "{s}记录重复了，请删掉一条", "{s}里一条医嘱误删了，帮忙找回"),
    "change": ("希望{s}增加一个导出按钮", "{s}的报表能不能加一列科室", "建议{s}新增一个提醒功能"),
    "service": ("麻烦给新来的护士开通{s}账号", "{d}要装一台打印机，用{s}的", "{s}密码忘了，帮忙重置"),
    "training": ("{s}想请你们来{d}培训一次", "新护士需要{s}培训"),
}
NO_SYSTEM = ("电脑上系统打不开了", "点保存就报错，进不去了", "{d}的系统卡住了", "系统登不上")
ELSEWHERE = ("LIS打不开了", "{d}手麻系统进不去")
DETAILS = ("3号窗口也一样", "重启过一次，没用", "报错代码 0x80", "好像是网络的问题", "隔壁的电脑正常")
MORE = ("所有电脑都这样", "就我这台", "急诊的", "一直转圈", "刚才还好好的", "怎么办", "全院都不行了")
"""Said right after the first words of a report."""
URGES = ("催一下，还没人来", "怎么还没人处理，快点啊", "麻烦快一点，等着用")
WORKS = ("好了，谢谢", "可以用了", "恢复正常了，辛苦")
STILL = ("还是不行", "没修好，还是打不开", "又不行了")
ASKS = ("怎么样了", "进度", "修好了没？")
CAUSES = ("服务进程卡死", "数据库连接数满", "网口松动", "配置被改")
METHODS = ("重启服务", "清理了连接", "更换网线", "回滚配置")
REASONS = ("限期太长", "没有写回退步骤", "需要避开门诊时间")


def report_of(chance: Random, kind: str, system: System | None, place: str, catalogue: Catalogue) -> str:
    """A first report. No `system`: it is not named, or is in no contract."""
    department = catalogue.department(place)
    fields = {"d": department.name.partition("（")[0] if department else place, "s": "", "e": ""}
    if system is None:
        return chance.choice(NO_SYSTEM if chance.random() < 0.8 else ELSEWHERE).format(**fields)
    fields |= {"s": called(chance, system), "e": system.name_en or system.id}
    return chance.choice(REPORTS[kind]).format(**fields)


def called(chance: Random, system: System) -> str:
    """One of the names by which people call a system."""
    name = system.name.partition("（")[0]
    return chance.choice((name, *system.aliases[:3]))


def kind_of(chance: Random) -> str:
    """What sort of request comes next."""
    names, weights = zip(*KINDS, strict=True)
    return str(chance.choices(names, weights)[0])
