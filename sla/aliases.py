"""Whether the words of a catalogue can be told apart: claimed once, long enough, and in no ordinary sentence.

Words are compared as messages are read: upper and lower case, full-width and traditional characters are the same, and
spaces do not count.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sla.folding import fold
from sla.toml import Reader
from sla.worded import Worded

FUNCTIONS = "functions"
SHORTEST = 2
"""Characters of a word that is looked for at all."""

# What anybody writes who names neither a system nor a department. A word that stands in here would fire everywhere.
ORDINARY = tuple(
    map(
        fold,
        (
            "一二三四五六七八九十百千万两几多少",
            "系统打不开了，麻烦来人看一下",
            "软件登录不上，一直转圈，提示用户名或密码错误",
            "平台进不去，页面空白，点了没反应",
            "程序闪退，重启电脑以后还是不行",
            "这台电脑开不了机，主机不亮，屏幕黑屏，显示器蓝屏",
            "打印机打印不出来，卡纸了，条码打不出来，扫码枪扫不了",
            "网络断了，没网，网页打不开，网速很慢，卡死了，信号不好",
            "我们科室的机器都不能用，所有电脑都一样，全院都这样",
            "医院 医生 护士 主任 护士长 老师 病人 患者 家属 同事 大家 工程师 师傅 信息",
            "查不到数据，记录没了，少了一条，多了一条，保存不了，提交失败，上传失败，导出不了，删除不了，修改不了",
            "账号被锁了，权限不够，密码忘了，请帮忙重置，开通一下，新员工需要安装，装一下驱动",
            "能不能加一个功能，做个报表，改一下模板、界面、流程，增加按钮、字段、选项",
            "请问怎么用，在哪里看，怎么操作，怎么设置，谁来教一下，安排培训，上课，问题，情况",
            "今天早上开始的，昨天晚上八点，刚才，现在，目前，一直，已经好久了，半小时，分钟，上午，下午",
            "好了，谢谢，可以了，收到，辛苦，催一下，什么时候来，处理，维修，故障，报修，报障，工单，紧急，尽快，加急",
            "一个人，这边，那边，窗口，台式机，平板，手机，电话，键盘，鼠标，服务器，设备，接口，客户端，浏览器，模块，菜单",
            "the system is down, it does not work on this computer and that pc, please help us",
            "we can not log in to it, the screen is black, the page is blank, an error is shown, nobody has access",
            "the printer of my ward is out of paper, the network is slow, no wifi, the app hangs",
            "a user forgot the password, please reset my account, install the software, the web has a problem",
            "add a button to the form or report, doctor nurse patient hospital department staff",
            "how do i do this, where can i see all of it, when will you come, thanks, it is ok now, he has her new id",
            "data record server machine device window phone mouse keyboard",
        ),
    )
)
_LATIN = re.compile("[a-z0-9 ]+")
_LATIN_WORDS = f" {' , '.join(re.sub('[^a-z0-9]+', ' ', sentence).strip() for sentence in ORDINARY)} "


@dataclass(frozen=True, slots=True)
class Claim:
    """Words, whose they are, and where they stand: the table, its key, "system" or "department"."""

    row: Reader
    key: str
    owner: str
    words: tuple[str, ...]
    sort: str = "system"


def compared(word: str) -> str:
    """A word as it is compared with others."""
    return "".join(fold(unicodedata.normalize("NFKC", word)).lower().split())


def check(claims: Iterable[Claim]) -> None:
    """Note what is wrong with words, at the table where it stands; a word that two claim, at the second."""
    first: dict[str, list[tuple[Claim, str]]] = {}
    for claim in claims:
        for word in filter(None, claim.words):
            _check_alone(claim, word)
            others = first.setdefault(compared(word), [])
            _check_beside(claim, word, others)
            others.append((claim, word))


def _check_alone(claim: Claim, word: str) -> None:
    if len(compared(word)) < SHORTEST:
        longer = Worded("leave it out, or write the word that people write")
        claim.row.wrong(
            claim.key, Worded('"{word}" is too short: one character alone is never looked for', word=word), longer
        )
    elif claim.key != "name" and is_ordinary(word):
        reason = Worded(
            '"{word}" stands in ordinary sentences, which would all mean "{owner}"', word=word, owner=claim.owner
        )
        claim.row.wrong(claim.key, reason, "leave it out, or write more of the name")


def is_ordinary(word: str) -> bool:
    """Whether a word stands in sentences that name nothing; a Latin one as words of their own."""
    plain = fold(unicodedata.normalize("NFKC", word)).lower().strip()
    if _LATIN.fullmatch(plain):
        return f" {plain} " in _LATIN_WORDS
    return any(plain in sentence for sentence in ORDINARY)


def _check_beside(claim: Claim, word: str, others: Iterable[tuple[Claim, str]]) -> None:
    for other, written in others:
        if other.owner == claim.owner and other.sort == claim.sort:
            continue
        apart = other.sort != claim.sort
        if apart and FUNCTIONS in (claim.key, other.key):
            continue  # a place and what is done there: 药库
        reason = Worded(
            '"{word}" is claimed by "{first}" (line {line}, {key}: "{written}") and by "{owner}"',
            word=word,
            first=other.owner,
            line=other.row.line(other.key),
            key=other.key,
            written=written,
            owner=claim.owner,
        )
        claim.row.wrong(claim.key, reason, _instead(claim, other, apart=apart))
        return


def _instead(claim: Claim, other: Claim, *, apart: bool) -> str:
    if apart:
        return Worded("keep it at the department, and name the system by more (…系统), or make it one of its functions")
    if FUNCTIONS in (claim.key, other.key):
        return Worded("keep it in one of them: a function stands for one system")
    return Worded("keep it in one of them; a word that may mean either belongs into [[ambiguous]]")
