"""The lines that introduce history: header blocks, dividers, "wrote:", in the forms of the mail programs of China
and elsewhere."""

import re
from collections.abc import Sequence
from itertools import pairwise

MOST_BLOCK = 25
_LONGEST = 1_000
_LONG_LINE = 60
_LONGEST_FLAT = 20_000
_LONGEST_NAME, _LONGEST_DATE, _LEAST_STACKED = 100, 40, 4
"""Signs of a line that a program may have broken."""

_KEYS = {
    "from": "发件人 发信人 寄件者 寄件人 發件人 發信人 发送人 发件者 from de von van da fra från od nadawca lähettäjä "
    "kimden 差出人 보낸사람 от від จาก από odesílatel feladó từ מאת من",
    "date": "发送时间 发件时间 发送日期 日期 时间 發送時間 傳送時間 寄件日期 发信时间 date sent senttime sentat time "
    "datum gesendet envoyé enviado verzonden inviato skickat sendt dato data fecha wysłano lähetetty messagedu "
    "gönderilenler gönderilme tarih "
    "送信日時 日時 보낸날짜 отправлено дата 已发送 ส่ง วันที่ надіслано ημερομηνία στάλθηκε odesláno elküldve đãgửi ngày "
    "נשלח תאריך تاريخالإرسال التاريخ",
    "to": "收件人 收件者 收信人 to an à a para aan til till do vastaanottaja kime 宛先 받는사람 кому 发送至 发往 "
    "ถึง προς komu címzett đến אל إلى",
    "cc": "抄送 抄送人 副本 cc 密送 密件抄送 bcc cc: kopie copieà 참조 копия",
    "subject": "主题 主旨 主題 标题 邮件主题 subject betreff objet sujet asunto assunto oggetto onderwerp emne ämne "
    "temat aihe konu 件名 제목 тема เรื่อง θέμα předmět tárgy chủđề נושא الموضوع",
    "other": "重要性 importance 附件 attachments 回复 reply-to 答复 replyto 优先级 priority 邮件大小",
}
_KEY_OF = {word: key for key, words in _KEYS.items() for word in words.split()}
_BLANKS = re.compile(r"[\s\u3000*_|>\xa0]+")
_KEYED = re.compile(r"^[\s>*_|\u3000]*+(?:[-—]{5,}+\s*+)?([^:：|\n]{1,24}?)[\s*_\u3000]{0,20}+[:：|]")
_TABLED = re.compile(r"^[\s>*_|\u3000]*+(\S{2,12}(?:\s\S{1,4})?)[\s\u3000]+\S")

_TITLES = (
    r"原始邮件|原邮件|原始信息|原始郵件|邮件原件|原件|回复的原邮件|回复的邮件|转发的邮件|转发邮件|"
    r"转发邮件信息|转发的邮件信息|转发的原邮件|已转发邮件|转发信息|"
    r"轉寄郵件|原始訊息|被转发邮件信息|Original|Original[ -]?Messages?|Original Appointment|原始约会|"
    r"原始会议|Original[ -]?Mail|Original Email|"
    r"Replied Message|Reply Message|"
    r"Forwarded[ -]?Message|Forwarded[ -]?Mail|Forwarding messages|Forwarded by .{0,60}|"
    r"Ursprüngliche Nachricht|Original-Nachricht|Weitergeleitete Nachricht|Message d'origine|Message transféré|"
    r"Messaggio originale|Mensaje original|Mensagem original|Oorspronkelijk bericht|Oprindelig besked|"
    r"Opprinnelig melding|Ursprungligt meddelande|Alkuperäinen viesti|Исходное сообщение|Пересылаемое сообщение|"
    r"元のメッセージ|転送メッセージ|원본 ?메[일시]지?"
)
_DIVIDER = re.compile(
    rf"^[\s>*]*+([-—－–_=~＝]{{2,}}+)\s*+(?:{_TITLES})\s*[:：]?\s*[-—－–_=~＝]*[\s*]*$", re.IGNORECASE
)
_DIVIDER_ANY = re.compile(
    r"^[\s>*]*+[-—－–_=~＝]{2,}+\s*+(?:"
    r"(?:以下[是为])?(?:原始?|原来|被?转发|被?轉寄|回复的?原|引用)的?(?:电子)?(?:邮件|郵件|消息|訊息|信息|信件|来信)|"
    r"(?:邮件|郵件|信件)(?:原文|正文|原件))\s*[:：]?\s*[-—－–_=~＝]{2,}[\s*]*$"
)
"""Any title of a mail between dashes on both sides."""
_DIVIDER_BEHIND = re.compile(rf"^[\s>*]*+(?:{_TITLES})\s*[-—－–_=~＝]{{3,}}\s*$", re.IGNORECASE)
_FLAT = re.compile(
    rf"(?<![-—_=])[-—_=]{{4,}}+\s?(?:{_TITLES})\s?[-—_=]{{4,}}+\s*+"
    rf"(?:{'|'.join(sorted(_KEYS['from'].split(), key=len, reverse=True))})\s?[:：]",
    re.IGNORECASE,
)
"""A divider and the block below it, of which a telephone made one line together with the words above."""
_HEADING = re.compile(
    rf"^[\s>*]*+(?:{_TITLES}|Begin forwarded message|Forwarded message|开始转发的邮件|下面是被转发的邮件|"
    rf"以下是转发的邮件|"
    rf"以下为转发(?:的)?邮件|转发的邮件如下|開始轉寄郵件|下面是原始邮件|以下是原邮件)\s*[:：]?[\s*]*$",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"forward|转发|轉寄", re.IGNORECASE)
_COPY = re.compile(
    r"^>>> .{1,150} >>>\s*$|^\s*-{2,}\s*(?:below this line is a copy of the message|"
    r"this is a copy of (?:the|your) message|original message follows|"
    r"message header follows|unsent message follows|(?:以下是)?原邮件(?:内容|如下|头))",
    re.IGNORECASE,
)
_HEADS = re.compile(r"^[\s*]{0,9}[^:：\n]{1,24}[:：][\s*]{0,9}\S|^[\s*]{0,9}-{4,}[^-]{3,60}-{4,}\s*$")
_RULE = re.compile(r"^[\s>]*(?:[-—－–_=＿*·~─━]\s?){3,}\s*$")
_TITLED = re.compile(
    r"^[\s>*]{0,9}(?P<rule>[-—_=~＝]{3,})\s{0,9}(?P<title>[^\s\-—_=~＝](?:.{0,118}[^\s\-—_=~＝])?)\s{0,9}[-—_=~＝]{3,}[\s*]*$"
)
"""A rule with words in it, whatever they are."""
_BY_NAME = re.compile(r"\s编写$|[:：]$")
_NOTES = re.compile(r"^[^\s-][^。！？!?]{0,100}---\d[^\n]{6,40}---")
"""Name, date and the first words of what is quoted, in a line, as Notes writes above a block."""
_CLOSED = re.compile(r"[^\s<>]@[^\s<>]{1,100}>[^<>\s]{0,8}[:：][\s*]*$")
"""An address in its brackets, at most a verb behind it, and a colon."""
_ABOVE = re.compile(
    r"请在(?:此|这|本)(?:条)?(?:线|行)(?:之上|以上|上方|的上方|上面)(?:回复|回覆|填写|作答)|"
    r"reply above this line|请勿删除此行.{0,10}回复",
    re.IGNORECASE,
)

_WROTE = (
    *("wrote", "writes", "写道", "寫道", "写到", "写信说", "編寫", "编写", "撰写", "schrieb", "a écrit", "escribió"),
    *(
        "ha scritto",
        "escreveu",
        "のメール",
        "さんは書きました",
        "님이 작성",
        "viết",
        "yazdı",
        "schreef",
        "geschreven",
        "skrev",
    ),
    *("napisał", "napisał(a)", "написал", "написал(а)", "написала", "пише", "написав", "kirjoitti"),
)
_TAIL = " \t\u3000:：-*"
_COLON = re.compile(r"[:：][\s\-*]*$")
_DATE = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\s*月\s*\d{1,2}\s*[日号]|"
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2}\b|\b\d{1,2}\.?\s+(?:Jan|"
    r"Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|"
    r"Nov|Dec|janv|févr|mars|avr|mai|juin|juil|août|Mär|Okt|Dez)|"
    r"\d{1,2}\s(?:thg|tháng)\s\d{1,2}|\d{4}년\s*\d{1,2}월|\b\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,12}\.?\s(?:de\s)?\d{4}\b",
    re.IGNORECASE,
)
_SAID_AMID = re.compile(r"\s(?:schrieb|schreef|skrev|escribió|a écrit|ha scritto|escreveu)\s")
"""In other languages than English and Chinese the verb may stand before the name, or before the date."""
_STAMPED = re.compile(
    r"^[\s*-]{0,9}(?:[^\W\d_]{2,12}[.,，]{0,2}\s+)?\d[^。！？!?]{0,150}<\s?[^<>\s]{1,64}@[^<>\s]{1,100}\s?>\s?[:：][\s*]*$"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:：.]\d{2}(?!\d)|\d\s*[时時点點시]")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,4}[.,，]{0,2}\s+")
_ADDRESS = re.compile(r"(?<![\w.+\-])[\w.+\-]+\s?@\s?[\w.\-]+")
_NAMED = re.compile(
    rf"^[\s*\"'-]{{0,9}}(?:[^。！？；，!?;:：<(（\[]{{0,60}}[<(（\[]\s?(?:mailto:)?{_ADDRESS.pattern}\s?[>)）\]]|{_ADDRESS.pattern})"
)
"""A name and an address, or an address alone, as what introduces begins."""
_AT = re.compile(
    r"^[\s*-]*(?:On|At|Am|Le|El|Il|Op|Den|Em|Dnia|W dniu|Vào|在|于|於)\b|^[\s*-]*(?:在|于|於)", re.IGNORECASE
)
_SIGNED = re.compile(
    r"^[^,，。！？]{0,60}<[\w.+\-]{1,64}@[\w.\-]{1,100}>\s{1,9}\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\s\d:：]{0,12}$"
)
_AND_THEN = re.compile(r"^(?:On\s|在).{6,150}<[^<>\s]{1,64}@[^<>\s]{1,100}>\s{0,3}(?:wrote|写道)\s?[:：]\s{1,9}\S")
"""Yahoo on a phone: the words that are quoted begin in the same line."""
_ON_DATE = re.compile(r"^.{1,80}\bwrote on \d.{5,40}[:：]$")
"""Lotus Notes."""
_IN_A_LINE = re.compile(r"^(?:From|发件人)\s?[:：].{1,120}\s(?:Sent|Date|发送时间|日期)\s?[:：].{4,60}$", re.IGNORECASE)
_SAYS = re.compile(r"^[\s*]*(?:引用|Quoting|回复|在回复)\s*.{1,80}(?:的话|的来信|的邮件|:|：)\s*$", re.IGNORECASE)


def block_end(texts: Sequence[str], at: int, after_divider: bool = False) -> int:
    """Where a block of quoted headers that begins at that line ends (the line behind it); 0 when none begins there.
    It names who wrote, and two more of when, to whom and about what; below a divider one is enough."""
    first = _key(texts[at], after_divider)
    if first is None or first == "other":
        return 0
    keys, end, gap, last = {first}, at + 1, 0, first
    for number in range(at + 1, min(len(texts), at + MOST_BLOCK)):
        line = texts[number]
        if not line.strip():
            gap += 1
            if gap > 1:
                break
            continue
        key = _key(line, after_divider)
        if key is not None:
            if key in keys and key != "other":
                break  # No program says it twice: these are lines of somebody's text.
            keys.add(key)
            end, gap, last = number + 1, 0, key
        elif gap:
            break
        elif _is_rest(texts, number, last):
            end = number + 1
        elif not _goes_on(texts, number) or is_lead(line) or ("from" not in keys and _is_of_form(line)):
            break  # A rule stands above a block, and a form may.
    is_block = "from" in keys and (len(keys - {"other"}) >= 3 or (after_divider and len(keys) >= 2))
    return end if is_block else 0


def stacked_end(texts: Sequence[str], at: int) -> int:
    """Where a block ends that begins at that line and has its keys and their values in lines of their own, without
    colons: who, when, and below that "to" and "subject", as Notes writes them; 0 when none begins there."""
    if len(texts[at]) > _LONGEST_NAME:
        return 0
    said = [number for number in range(at + 1, min(len(texts), at + MOST_BLOCK)) if texts[number].strip()]
    if len(said) < _LEAST_STACKED or _bare_key(texts[said[1]]) != "to":
        return 0
    when = texts[said[0]].strip()[:_LONGEST_DATE]
    if not (_DATE.match(when) and _CLOCK.search(when)):
        return 0
    for number, below in pairwise(said[1:]):
        if _bare_key(texts[number]) == "subject":
            return below + 1
    return 0


def _bare_key(line: str) -> str | None:
    return _KEY_OF.get(_BLANKS.sub("", line[:40]).lower())


def is_log(lines: Sequence[str]) -> bool:
    """Whether lines that have the keys of a block lack what every program writes into one: a subject, or at least an
    address. In a mail that answers nothing they are its author's, of a log or a form."""
    return not any("@" in line or _key(line, tabled=True) == "subject" for line in lines)


def _is_rest(texts: Sequence[str], at: int, last: str) -> bool:
    """Whether the line is more of the header above it, which is the last of them: addresses, or the end of a long
    subject above an empty line."""
    if _KEYED.match(texts[at]):
        return False
    if last in ("to", "cc"):
        return texts[at - 1].rstrip().endswith((",", ";", "；")) or bool(_ADDRESS.search(texts[at]))
    is_end = at + 1 >= len(texts) or not texts[at + 1].strip()
    return last == "subject" and is_end and len(texts[at - 1]) >= _LONG_LINE


def _is_of_form(line: str) -> bool:
    """Whether a line has a key that no mail has: programs that show all headers leave the names of these in ASCII."""
    return bool((found := _KEYED.match(line[:120])) and not found[1].isascii())


def _goes_on(texts: Sequence[str], at: int) -> bool:
    """Whether a header that was broken into lines goes on here: another header follows within a few lines."""
    for line in texts[at + 1 : at + 6]:
        if not line.strip():
            return False
        if _key(line, False) is not None:
            return True
    return False


def _key(line: str, tabled: bool) -> str | None:
    """Which header the line is, if it is one. `tabled`: also one whose colon is the border of a cell."""
    line = line[:120]
    found = _KEYED.match(line)
    if found and (key := _KEY_OF.get(_BLANKS.sub("", found[1]).lower())):
        return key
    if tabled and (found := _TABLED.match(line)):
        return _KEY_OF.get(_BLANKS.sub("", found[1]).lower())
    return None


def is_divider(line: str) -> bool:
    """----- 原始邮件 -----, and the mark above which answers belong."""
    if not line or len(line) > 200:
        return False
    # QQ leaves it in the plain text that it makes of its page.
    line = line.replace("&nbsp;", " ")
    return bool(
        _DIVIDER.match(line)
        or _DIVIDER_ANY.match(line)
        or _COPY.match(line)
        or _DIVIDER_BEHIND.match(line)
        or _ABOVE.search(line)
        or _wrote_in_rule(line)
    )


def _wrote_in_rule(line: str) -> bool:
    """Whether a line such as ==== 2026-11-20 8:30 您在来信中写道：==== says between dashes that somebody wrote."""
    found = _TITLED.match(line)
    if found is None or not (_is_of_mail(found["title"]) or _BY_NAME.search(found["title"])):
        return False  # ---- 病历编写 ---- is a heading of the author's.
    return found["title"].rstrip(_TAIL).lower().endswith(_WROTE)


def _is_of_mail(words: str) -> bool:
    return bool(_DATE.search(words) or _ADDRESS.search(words))


def heads(line: str) -> bool:
    """Whether the line can be of the head of a mail, in any language, or a divider above one."""
    return bool(_HEADS.match(line)) or is_divider(line) or is_heading(line)


def flat_at(line: str) -> int:
    """Where in a line history begins that has no line of its own; -1 when none does."""
    found = _FLAT.search(line[:_LONGEST_FLAT])
    return found.start() if found else -1


def is_forward(line: str) -> bool:
    """Whether a divider or heading is that of a forward: all below it is history, whatever it looks like."""
    return bool(_FORWARD.search(line))


def begins_forward(line: str) -> bool:
    """Whether the line is the divider of a forward, as it stands above what is sent on."""
    return is_divider(line) and is_forward(line)


def is_heading(line: str) -> bool:
    """Words such as "Begin forwarded message:" that introduce a header block below them, and nothing without one."""
    return len(line) < 100 and bool(_HEADING.match(line))


def is_rule(line: str) -> bool:
    """A line of dashes and nothing else."""
    return len(line) < 200 and bool(_RULE.match(line))


def is_lead(line: str) -> bool:
    """Whether a line right above a block of headers belongs to it: a rule, also with words in it, and what Notes
    writes there."""
    if is_rule(line) or is_heading(line):
        return True
    return len(line) < 200 and bool((_TITLED.match(line) and _is_of_mail(line)) or _NOTES.match(line))


def attribution_end(texts: Sequence[str], at: int) -> int:
    """Where "On … somebody wrote:" that begins at that line ends; it may be broken into four lines. 0 when none
    begins there. It has a date or an address: words such as 家属写道： are the author's own."""
    joined, first = "", texts[at].strip()
    if ("wrote" in first or "写道" in first) and (_ON_DATE.match(first) or _says_on(first)):
        return at + 1
    for number in range(at, min(len(texts), at + 4)):
        line = texts[number].strip()
        if not line or len(line) > _LONGEST:
            return 0
        if number > at and line.startswith(">") and joined.count("<") <= joined.count(">"):
            return 0  # A quotation; else the address was broken before its bracket.
        joined = f"{joined} {line}" if joined else line
        has_verb = line.rstrip(_TAIL).lower().endswith(_WROTE)
        if has_verb or (_ends_open(line) and (_is_stamp(first, joined) or _is_said_amid(first, joined))):
            if any(_begins_anew(texts[below]) for below in range(at + 1, number + 1)) and not _is_name(first):
                return 0  # What stands above is the author's.
            return number + 1 if not has_verb or _is_attribution(first, joined) else 0
    return 0


def _says_on(line: str) -> bool:
    """Whether it introduces words, and these follow in the same line."""
    return bool(_AND_THEN.match(line) and _DATE.search(line))


def _ends_open(line: str) -> bool:
    """Whether it ends in a colon, be it in bold."""
    return line.rstrip("*- ")[-1:] in (":", "：")


def _begins_anew(line: str) -> bool:
    return bool(_AT.match(line) and _DATE.search(line))


def _is_name(first: str) -> bool:
    """Whether a line is a name and an address, and nothing else."""
    return bool((found := _NAMED.match(first)) and not first[found.end() :].strip(_TAIL + ">"))


def _begins(first: str) -> bool:
    """Whether an introduction that was broken into lines can begin so: with a name and an address, or with a date."""
    return bool(_NAMED.match(first) or first.endswith(("<", "(")) or _DATE.match(_WEEKDAY.sub("", first.lstrip("*- "))))


def _is_stamp(first: str, joined: str) -> bool:
    """Whether it is date, hour, name and address and nothing else, as some programs write in place of "wrote". Broken
    only at the address: what stands in a line above is else the author's."""
    below = joined[len(first) :].lstrip()
    if len(joined) > 250 or (below and not first.endswith("<") and not below.startswith(("<", ">"))):
        return False
    return bool(_STAMPED.match(joined) and _DATE.search(joined) and _CLOCK.search(joined))


def _is_said_amid(first: str, joined: str) -> bool:
    """Whether it says who wrote and when, with the verb between them; it begins with the one or the other."""
    if len(joined) > 250 or not _SAID_AMID.search(joined):
        return False
    begins = _begins(first) or (_AT.match(first) and _DATE.search(first))
    return bool(begins and _DATE.search(joined) and _ADDRESS.search(joined))


def _is_attribution(first: str, joined: str) -> bool:
    """Whether one line, or several that begin with `first`, say when or from which address somebody wrote."""
    dated, addressed = _DATE.search(joined), _ADDRESS.search(joined)
    has_colon = bool(_COLON.search(joined[-20:]))
    is_broken = joined != first
    if _AT.match(first) and (not is_broken or _DATE.search(first)):
        return bool((dated or addressed) and (has_colon or (dated and addressed) or joined.endswith("-")))
    if is_broken:
        # Its first line begins it: with a name and an address, or with a date; else it is what the author said above.
        begins = _begins(first) and first[-1] not in "。！？.!?"
        return bool(begins and has_colon and (dated or addressed) and len(joined) < 300)
    return bool(has_colon and (addressed or (dated and len(joined) < 120 and _is_short_lead(joined, dated.start()))))


def _is_short_lead(joined: str, date_at: int) -> bool:
    """Whether what stands before the date can be a name, rather than a sentence."""
    return date_at <= 24 and not re.search(r"[，。！？；,!?]", joined[:date_at])


def says_who(line: str) -> bool:
    """Whether a line that introduces says who wrote, and not only when."""
    return line.rstrip(_TAIL).lower().endswith(_WROTE) or bool(_ADDRESS.search(line))


def introduces(line: str) -> bool:
    """Whether a line right above a quotation introduces it, by weaker signs than one that stands alone."""
    line = line.strip()
    if not line or len(line) > 300:
        return False
    wrote = line.rstrip(_TAIL).lower().endswith(_WROTE) and _COLON.search(line)
    if wrote or _SAYS.match(line) or _SIGNED.match(line) or _IN_A_LINE.match(line) or _CLOSED.search(line[-120:]):
        return True
    return bool(_COLON.search(line) and _DATE.search(line) and (_ADDRESS.search(line) or len(line) < 60))
