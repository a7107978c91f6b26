"""Mails that are nasty in more than one way at once, in the shapes in which providers really send them."""

import base64

from tests.channels.mail.letters import (
    PNG,
    REPLY,
    Case,
    attached,
    b64,
    inner,
    letter,
    many,
    page,
    part,
    plain,
    words,
)

_HTML = "Content-Type: text/html; charset=utf-8"
_GB = 'Content-Type: text/{}; charset="gb18030"\nContent-Transfer-Encoding: base64'
_QQ_TEXT = (
    '还是打不开\n\n\n\n------------------ 原始邮件 ------------------\n发件人: "王工" '
    "<wang@example.com>;\n发送时间: 2026年1月5日(星期一) 上午8:05\n"
    '收件人: "林护士"<lin@example.com>;\n主题: Re: HIS\n\n\n\n请重启'
)
_QQ_PAGE = "<div>还是打不开</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>"
"发件人:</b> 王工;</div><div>请重启</div>"
_PATH = b64("..\\秘密/报告.pdf")
_STATUS = "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822;gone@example.org\nAction: failed\nStatus: "
"5.1.1\n"


def _gb(kind: str, text: str) -> bytes:
    return part(_GB.format(kind), base64.encodebytes(text.encode("gb18030")))


def _said(name: str, body: str, text: str, quoted: bool = True, head: str = REPLY) -> Case:
    return Case(name, plain(body, head), text, quoted=quoted)


def _from(name: str, start: str, body: str, kind: str, sender: str, subject: str, head: str = "") -> Case:
    raw = letter(f"{head}\nContent-Type: text/plain; charset=utf-8".lstrip("\n"), body, start=start)
    return Case(name, raw, body, kind=kind, sender=sender, subject=subject)


CASES = (
    Case(
        "QQ whole",
        many(_gb("plain", _QQ_TEXT), _gb("html", _QQ_PAGE), kind="alternative", boundary="----=_NextPart_6954"),
        "还是打不开",
        quoted=True,
    ),
    Case(
        "QQ, page alone",
        many(_gb("html", _QQ_PAGE), kind="alternative", boundary="----=_NextPart_1"),
        "还是打不开",
        quoted=True,
    ),
    _said(
        "Outlook on behalf of",
        "好的。\n\n发件人: 林护士 <lin@example.com> 代表 急诊科\n发送时间: 星期一, 五月 4, 2026 8:05\n"
        "收件人: 王工 <wang@example.com>;\n\t李工 <li@example.com>\n主题: HIS\n重要性: 高\n\n打不开",
        "好的。",
    ),
    _said(
        "German Outlook",
        "Danke\n\nVon: Lin <lin@example.com>\nGesendet: Montag, 5. Januar 2026 08:05\nAn: it\nBetreff: HIS\n\nkaputt",
        "Danke",
    ),
    _said(
        "German Gmail", "Danke\n\nLin Mei <lin@example.com> schrieb am Mo., 5. Jan. 2026, 08:05:\n\n> kaputt\n", "Danke"
    ),
    _said(
        "Yahoo in Chinese",
        "好了\n\n    在 2026年1月5日 星期一 08:05:00 [GMT+8]，林护士 <lin@example.com> 写道：  \n \n 打不开\n 急",
        "好了",
    ),
    _said(
        "history above, block and signs",
        "-----Original Message-----\nFrom: Lin\nSent: Monday\nTo: it\nSubject: HIS\n\n> is it on?\nyes\n> cable?\nin",
        "yes\n\nin",
    ),
    _said(
        "two questions, paragraphs as answers",
        "在 2026/1/5 8:05, 王工 写道:\n> 1. 重启了吗\n\n重启了两次\n\n还是不行\n\n> 2. 谁在用\n\n林护士\n\n-- \n急诊科",
        "重启了两次\n\n还是不行\n\n林护士",
    ),
    _said(
        "a forward in a reply",
        "见下\n\n---------- Forwarded message ---------\nFrom: Lin <lin@example.com>\nDate: Mon, Jan 5, 2026 "
        "at 8:05 AM\nSubject: HIS\nTo: <it@example.com>\n\n> older\n\nbody below",
        "见下",
    ),
    _said("full-width sign of quotation", "＞重启了吗\n重启了", "重启了"),
    _said("time and name before the quotation", "好\n\n2026-01-05 08:05 王工：\n> 打不开", "好"),
    _said(
        "an answer that itself speaks of writing",
        "我在 1 月 5 日的交班本里写道：两点断网。\n请查",
        "我在 1 月 5 日的交班本里写道：两点断网。\n请查",
        quoted=False,
    ),
    _said(
        "a list with signs of more",
        "CPU > 90\n内存 > 80\n> 100 次报错",
        "CPU > 90\n内存 > 80\n> 100 次报错",
        quoted=False,
        head="",
    ),
    _said(
        "a table of times is no header",
        "日期：1月5日\n时间：8:05\n地点：急诊\n主题：断网",
        "日期：1月5日\n时间：8:05\n地点：急诊\n主题：断网",
        quoted=False,
        head="",
    ),
    _said(
        "English app",
        "Fixed\n\nGet Outlook for iOS<https://example.com/o>\n________________________________\nFrom: Lin "
        "<lin@example.com>\nSent: Monday, January 5, 2026 8:05:00 AM\nTo: it <it@example.com>\nSubject: HIS\n"
        "\ndown",
        "Fixed\n\nGet Outlook for iOS<https://example.com/o>",
    ),
    _said(
        "NetEase phone",
        "收到\n\n\n\n发自我的网易邮箱大师\n---- Replied Message ----\n| From | Lin<lin@example.com> |\n| "
        "Date | 01/05/2026 08:05 |\n| To | it@example.com |\n| Subject | HIS |\ndown",
        "收到\n\n\n\n发自我的网易邮箱大师",
    ),
    _said(
        "Outlook of old, in tradition",
        "收到\n\n-----原始郵件-----\n寄件者: 林\n寄件日期: 2026年1月5日 上午 08:05\n收件者: it\n主旨: HIS\n\n打不開",
        "收到",
    ),
    _said(
        "Word's asterisks in English",
        "ok\n\n*From:* Lin <lin@example.com>\n*Sent:* Monday, January 5, 2026 8:05 AM\n*To:* it\n*Subject:* "
        "HIS\n\ndown",
        "ok",
    ),
    _said("our line in English", "ack\n\n##- Reply above this line -##\n\nTicket W12", "ack"),
    Case(
        "answers among quotations in HTML",
        page(
            '<blockquote type="cite">q1</blockquote><p>a1</p><blockquote type="cite"><p>q2</p><blockquote '
            'type="cite">q0</blockquote></blockquote><p>a2</p><div>-- <br>Lin</div>',
            REPLY,
        ),
        "a1\n\na2",
        quoted=True,
    ),
    Case(
        "Outlook's Word page",
        page(
            "<html xmlns:o='urn'><head><meta charset=gb2312><style><!-- p.MsoNormal {margin:0cm} -->"
            "</style><!--[if gte mso 9]><xml><o:x/></xml><![endif]--></head><body lang=ZH-CN><div "
            "class=WordSection1>"
            "<p class=MsoNormal><span>急诊打不开<span lang=EN-US><o:p></o:p></span></span></p><p "
            "class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p><p class=MsoNormal>林</p></div>"
            "</body></html>"
        ),
        "急诊打不开\n\n林",
    ),
    Case(
        "preheader and table",
        page(
            "<body><span style='display:none !important;visibility:hidden;opacity:0'>预览&#847;&zwnj;&nbsp;"
            "</span><table><tbody><tr><td>设备</td><td>&nbsp;</td><td>3号机</td></tr></tbody></table><img src=x "
            "width=1 height=1></body>"
        ),
        "设备 3号机",
    ),
    Case(
        "Apple: text, picture, text",
        many(
            words("看图"),
            attached("Content-Type: image/png; name=1.png\nContent-Disposition: inline; filename=1.png", PNG),
            words("\n就是这里\n"),
        ),
        "看图\n就是这里",
        files=(("1.png", "image/png", len(PNG)),),
    ),
    Case(
        "footer of a list behind an alternative",
        many(
            inner(words("打不开"), part(_HTML, "<p>打不开</p>"), kind="alternative", boundary="b2"),
            words("________\n信息科邮件列表"),
        ),
        "打不开\n________\n信息科邮件列表",
    ),
    Case(
        "page of entities in gbk that says utf-8",
        letter("Content-Type: text/html; charset=utf-8", "<p>急诊&#25171;不开了</p>".encode("gbk")),
        "急诊打不开了",
    ),
    Case(
        "iso-8859-1 label, gbk, with ASCII around",
        letter("Content-Type: text/plain; charset=ISO-8859-1", "Dear IT: 急诊三号机打不开 (HIS)".encode("gbk")),
        "Dear IT: 急诊三号机打不开 (HIS)",
    ),
    Case(
        "quoted-printable cut within a sign",
        letter(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
            "=E6=89=93=E4=B8=8D=E5=BC=80=E4=BA",
        ),
        "打不开",
    ),
)
