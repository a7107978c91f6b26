"""Names as hurried people write them: one slip of each kind, chosen by a seed.

Every kind is a function (word, random) -> the word with one slip, or "" where the kind does not fit the word.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from pypinyin import Style, lazy_pinyin

from bench.pinyin import characters
from handlers.intake.text import fold

Slip = Callable[[str, random.Random], str]

# The first plane of GB 2312, by frequency of use: what an input method offers first.
COMMON = 3755
_NEIGHBOURS = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "wqwrtyuiolsadfghjkjxzxcvbn", strict=True)  # the key beside each
)
_ALIKE = dict(zip(
    "己未人土日系口云间接统病理科输血检验申报平台室影像中心推送查询医保伦学试考基历库网务资力儿外内门放射号电子预约康复嘉和米健超声管数切单诊断流程生殖辅助麦叫疗",
    "已末入士曰糸囗去问按绕疾埋料轮皿捡脸甲极乎合宝彰象申必椎迭査讯区堡论字拭老墓厉厍冈条货刀几处肉们故谢弓申予顶钓庚夏喜知末键起户菅敖功革珍继硫稈牛植铺肋夌叶了",
    strict=True,
))  # fmt: skip
_TRADITIONAL = dict(zip(
    "历华叶台听响团园图声实审归执扫据摆标检毕气测热爱稳窥签统绩综缴肤肠肾肿胆脉营补装课财责车辅迈递选里钉镜门队预风训议论"
    "与严临众伤伦养净剂务协卫厉国宝总医嘱诊护电历单药费号发级线结录记机输术儿产妇内经动应该为员对边复师设备账终厅体条码视频",
    "歷華葉臺聽響團園圖聲實審歸執掃據擺標檢畢氣測熱愛穩窺簽統績綜繳膚腸腎腫膽脈營補裝課財責車輔邁遞選裡釘鏡門隊預風訓議論"
    "與嚴臨眾傷倫養淨劑務協衛厲國寶總醫囑診護電歷單藥費號發級線結錄記機輸術兒產婦內經動應該為員對邊復師設備賬終廳體條碼視頻",
    strict=True,
))  # fmt: skip
_SOUTHERN = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


@cache
def _by_sound() -> dict[str, list[tuple[str, str]]]:
    """Toneless reading -> the common characters that have it, each with its toned reading."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for number, character in enumerate(characters()):
        if number < COMMON:
            toned = lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)[0]
            found[toned[:-1]].append((character, toned))
    return found


def _chinese(word: str) -> bool:
    return len(word) >= 2 and all("\u4e00" <= character <= "\u9fff" for character in word)


def _latin(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) >= 3


def _put(word: str, at: int, what: str, width: int = 1) -> str:
    return word[:at] + what + word[at + width :]


def _stem(word: str) -> int:
    """Where a slip tells: in the name, not in the 系统 behind it."""
    for tail in ("系统", "平台", "软件"):
        if word.endswith(tail) and len(word) > len(tail) + 1:
            return len(word) - len(tail)
    return len(word)


def _other(word: str, at: int, reading: str, dice: random.Random, toned: str = "") -> str:
    alike = [other for other, tone in _by_sound().get(reading, ()) if other != word[at] and tone != toned]
    return _put(word, at, dice.choice(alike)) if alike else ""


def homophone(word: str, dice: random.Random) -> str:
    """One character of the same syllable, whatever its tone."""
    if not _chinese(word):
        return ""
    at = dice.randrange(_stem(word))
    return _other(word, at, lazy_pinyin(word, style=Style.NORMAL)[at], dice)


def two_homophones(word: str, dice: random.Random) -> str:
    """Two of at least four characters by their sound."""
    if not _chinese(word) or _stem(word) < 4:
        return ""
    readings = lazy_pinyin(word, style=Style.NORMAL)
    for at in dice.sample(range(_stem(word)), 2):
        word = _other(word, at, readings[at], dice) or word
    return word


def wrong_tone(word: str, dice: random.Random) -> str:
    """The same syllable in another tone."""
    if not _chinese(word):
        return ""
    at = dice.randrange(_stem(word))
    toned = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)[at]
    return _other(word, at, toned[:-1], dice, toned)


def southern(word: str, dice: random.Random) -> str:
    """A syllable that sounds alike in the south: zh/z, ch/c, sh/s, n/l, -ng/-n."""
    if not _chinese(word):
        return ""
    readings = lazy_pinyin(word, style=Style.NORMAL)
    places = list(range(_stem(word)))
    dice.shuffle(places)
    for at in places:
        sound = readings[at]
        heard = []
        for one, other in _SOUTHERN:
            if sound.startswith(one):
                heard.append(other + sound.removeprefix(one))
            elif sound.startswith(other):
                heard.append(one + sound.removeprefix(other))
        heard.append(sound[:-1] if sound.endswith("ng") else f"{sound}g" if sound[-1:] == "n" else "")
        for reading in heard:
            if found := _other(word, at, reading, dice):
                return found
    return ""


def typed(word: str, dice: random.Random) -> str:
    """The pinyin itself, as where the input method was off."""
    return "".join(lazy_pinyin(word, style=Style.NORMAL)) if _chinese(word) else ""


def dropped(word: str, dice: random.Random) -> str:
    """A character left out."""
    return _put(word, dice.randrange(_stem(word)), "") if _stem(word) >= 3 else ""


def doubled(word: str, dice: random.Random) -> str:
    """A character twice."""
    at = dice.randrange(_stem(word))
    return _put(word, at, word[at] * 2)


def swapped(word: str, dice: random.Random) -> str:
    """Two neighbours changed about."""
    if _stem(word) < 3:
        return ""
    at = dice.randrange(_stem(word) - 1)
    return _put(word, at, word[at + 1] + word[at], 2) if word[at] != word[at + 1] else ""


def other_character(word: str, dice: random.Random) -> str:
    """A frequent character that has nothing to do with it."""
    if not _chinese(word) or _stem(word) < 3:
        return ""
    at = dice.randrange(_stem(word))
    return _put(
        word, at, dice.choice([c for c in "大小多天水火山石木花草鱼鸟马牛羊红黄蓝白黑高低远近" if c != word[at]])
    )


def look_alike(word: str, dice: random.Random) -> str:
    """A character that looks alike."""
    places = [at for at in range(_stem(word)) if word[at] in _ALIKE]
    return _put(word, at, _ALIKE[word[at]]) if places and (at := dice.choice(places)) >= 0 else ""


def traditional(word: str, dice: random.Random) -> str:
    """In traditional characters."""
    written = "".join(_TRADITIONAL.get(character, character) for character in word)
    return written if written != word else ""


def spaced(word: str, dice: random.Random) -> str:
    """A blank, a hyphen or a point inside."""
    if not (_chinese(word) or _latin(word)):
        return ""
    at = dice.randrange(1, len(word))
    return word[:at] + dice.choice(" -. ") + word[at:]


def spelled_out(word: str, dice: random.Random) -> str:
    """P A C S."""
    return dice.choice((" ", ".")).join(word) if _latin(word) else ""


def full_width(word: str, dice: random.Random) -> str:
    """ＰＡＣＳ, in any case."""
    if not _latin(word):
        return ""
    return "".join(chr(ord(dice.choice((c.upper(), c))) + 0xFEE0) for c in word)


def beside_key(word: str, dice: random.Random) -> str:
    """The key beside the right one."""
    at = dice.randrange(len(word))
    return _put(word, at, _NEIGHBOURS[word[at]]) if _latin(word) else ""


def with_particle(word: str, dice: random.Random) -> str:
    """超声的系统, 超声那个系统."""
    return word.removesuffix("系统") + dice.choice(("的", "那个", "这个")) + "系统" if word.endswith("系统") else ""


# What is still the name, and what sounds like it: booked. What is one slip away: asked.
SAME: tuple[Slip, ...] = (traditional, spaced, spelled_out, full_width, with_particle)
SOUND: tuple[Slip, ...] = (homophone, two_homophones, wrong_tone, southern, typed)
NEAR: tuple[Slip, ...] = (dropped, doubled, swapped, other_character, look_alike, beside_key)


def slip(kind: Slip, word: str, seed: str) -> str:
    """The word with one slip of a kind, or "" where there is none that changes it."""
    written = kind(word, random.Random(f"{kind.__name__}/{word}/{seed}"))
    return written if written and (fold(written) != word or kind in SAME) else ""
