"""Chinese and Latin numerals as they stand in times."""

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}

# A numeral of at most four characters.
NUMERAL = r"(?:\d{1,4}|[零〇一二两俩三四五六七八九十]{1,4})"

# The minutes after an hour, but for 零五 and 五分.
MINUTES = r"(?:\d{1,2}|[二三四五]?十[一二三四五六七八九]?|[二三四五][一二三四五六七八九])"


def number(text: str) -> int | None:
    """The value of a numeral below 100, or of up to four digits; None when it is no such number."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    tens, ten, ones = text.partition("十")
    if not ten:
        if all(character in _DIGITS for character in text):
            return int("".join(str(_DIGITS[character]) for character in text))
        return None
    if any(len(part) > 1 or (part and part not in _DIGITS) for part in (tens, ones)):
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
