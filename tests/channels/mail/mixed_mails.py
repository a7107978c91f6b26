"""Mails of every sort, as they might come on one day."""

import base64

from tests.channels.mail.letters import (
    FROM,
    PDF,
    PNG,
    REPLY,
    Case,
    attached,
    b64,
    crlf,
    inner,
    letter,
    many,
    page,
    part,
    parts,
    plain,
    words,
)

_T = "Content-Type: text/plain; charset=utf-8"
_HTML = "Content-Type: text/html; charset=utf-8"


def _of(
    name: str,
    start: str,
    body: str,
    kind: str,
    sender: str,
    subject: str,
    text: str | None = None,
    quoted: bool = False,
) -> Case:
    return Case(
        name,
        letter(_T, body, start=start),
        body if text is None else text,
        kind=kind,
        sender=sender,
        subject=subject,
        quoted=quoted,
    )


def _re(name: str, body: str, text: str, quoted: bool = True, head: str = REPLY) -> Case:
    return Case(name, plain(body, head), text, quoted=quoted)


CASES = (
    _of(
        "Coremail",
        "From: Postmaster@example.org\nSubject: Delivery Failure Notification 系统退信",
        "很遗憾，您的邮件未能送达：gone@example.org\nSMTP error, RCPT TO: 550 User not exist",
        "bounce",
        "postmaster@example.org",
        "Delivery Failure Notification 系统退信",
    ),
    _of(
        "exmail",
        "From: 腾讯企业邮 <10000@mail.example>\nAuto-Submitted: auto-generated\nSubject: 您的邮件被退回",
        "收件人 gone@example.org 邮箱不存在，邮件被退回",
        "bounce",
        "10000@mail.example",
        "您的邮件被退回",
    ),
    _of(
        "message could not be delivered, in HTML words",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@example.org>\nReturn-Path: <>\nSubject: Message not delivered",
        "There was a problem delivering your message to gone@example.org. The address couldn't be found.",
        "bounce",
        "mailer-daemon@example.org",
        "Message not delivered",
    ),
    _of(
        "qmail with a copy",
        "From: MAILER-DAEMON@example.org\nReturn-Path: <>\nSubject: failure notice",
        "Hi. This is the qmail-send program.\n<gone@example.org>:\nSorry, no mailbox here by that name. "
        "(#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <it@example.com>\n"
        "Subject: W12\n\nold",
        "bounce",
        "mailer-daemon@example.org",
        "failure notice",
        "Hi. This is the qmail-send program.\n<gone@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)",
        quoted=True,
    ),
    _of(
        "spam filter refuses",
        "From: postmaster@example.org\nReturn-Path: <>\nSubject: 拒收通知",
        "您发往 gone@example.org 的邮件被对方服务器拒绝接收，原因：554 5.7.1 rejected",
        "bounce",
        "postmaster@example.org",
        "拒收通知",
    ),
    _of(
        "monitoring by null path",
        "From: monitor@example.com\nReturn-Path: <>\nSubject: 短信发送失败告警",
        "短信网关发送失败 3 次",
        "auto",
        "monitor@example.com",
        "短信发送失败告警",
    ),
    _of(
        "cron",
        "From: root@example.com\nAuto-Submitted: auto-generated\nSubject: Cron <root@his> backup",
        "backup failed: no space left",
        "auto",
        "root@example.com",
        "Cron <root@his> backup",
    ),
    _of(
        "newsletter",
        "From: news@example.com\nPrecedence: bulk\nSubject: 通知",
        "本月停机计划",
        "auto",
        "news@example.com",
        "通知",
    ),
    _of(
        "a person about delays",
        "From: lin@example.com\nSubject: 邮件延迟",
        "我们科收邮件延迟半小时，尚未送达的很多",
        "message",
        "lin@example.com",
        "邮件延迟",
    ),
    _of(
        "a person, English, about a bounce",
        "From: lin@example.com\nSubject: Undeliverable?",
        'I got "550 5.1.1 user unknown" when I wrote to it@example.com',
        "message",
        "lin@example.com",
        "Undeliverable?",
    ),
    _of(
        "a person forwards with the daemon's subject",
        "From: lin@example.com\nSubject: Undelivered Mail Returned to Sender",
        "这是什么意思？\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System "
        "<MAILER-DAEMON@example.org>\nDate: Mon, 5 Jan 2026\nSubject: Undelivered Mail Returned to Sender\n"
        "To: lin@example.com\n\nunknown user",
        "message",
        "lin@example.com",
        "Undelivered Mail Returned to Sender",
        "这是什么意思？",
        quoted=True,
    ),
    _of(
        "delay with hope for long",
        "From: postmaster@example.org\nReturn-Path: <>\nSubject: Delivery delayed: W12",
        "Delivery to gone@example.org is delayed. You do not need to resend. We will keep trying for 2 days.",
        "auto",
        "postmaster@example.org",
        "Delivery delayed: W12",
    ),
    _of(
        "已送达",
        "From: postmaster@example.org\nSubject: 已送达: W12",
        "您的邮件已传递到 wang@example.org",
        "auto",
        "postmaster@example.org",
        "已送达: W12",
    ),
    _of(
        "out of office in a subject of another",
        "From: lin@example.com\nSubject: 外出自动回复设置不了",
        "怎么设置自动回复？",
        "message",
        "lin@example.com",
        "外出自动回复设置不了",
    ),
    _of(
        "question about an automatic reply",
        "From: lin@example.com\nSubject: 自动回复功能坏了",
        "自动回复功能坏了，请来看看",
        "message",
        "lin@example.com",
        "自动回复功能坏了",
    ),
    _of(
        "autoreply without colon in brackets",
        "From: lin@example.com\nSubject: [自动回复] 我在休假",
        "回来再处理",
        "auto",
        "lin@example.com",
        "[自动回复] 我在休假",
    ),
    _re(
        "Gmail of a phone, answer below the sign",
        "好了，谢谢！\n\n林护士 <lin@example.com>于2026年1月5日 周一08:05写道：\n\n> 打不开\n>\n> 林\n>\n",
        "好了，谢谢！",
    ),
    _re(
        "Outlook in plain text with an empty Cc",
        "好。\n\n发件人: 林护士\n发送时间: 2026年1月5日 8:05\n收件人: it\n抄送: \n主题: 回复: HIS\n\n打不开\n"
        "\n发件人: 王工\n发送时间: 2026年1月4日 8:05\n收件人: 林\n主题: HIS\n\n更早",
        "好。",
    ),
    _re(
        "answer under each line",
        "> 一、网线\n插好了\n> 二、电源\n亮着\n> 三、重启\n重启过\n谢谢\n林",
        "插好了\n\n亮着\n\n重启过\n谢谢\n林",
    ),
    _re(
        "history on top with its introduction",
        "2026年1月5日 08:05，王工 <wang@example.com> 写道：\n> 好了吗\n> 王工\n\n好了\n林",
        "好了\n林",
    ),
    _re(
        "two levels of introduction",
        "不行\n\n林 <lin@example.com> 于2026年1月5日周一 09:05写道：\n\n> 在试\n>\n> 王工 <wang@example.com> "
        "于2026年1月5日周一 08:05写道：\n>\n>> 请重启\n",
        "不行",
    ),
    _re(
        "signature in the middle of dashes",
        "断网了\n\n-- \n林护士 | 急诊\n电话 8120\n\n-----Original Message-----\nFrom: it\nSent: today\nTo: "
        "lin\nSubject: HIS\n\n收到",
        "断网了",
    ),
    _re(
        "words that begin with From",
        "From 8:00 on nothing works.\nTo be sure I restarted.\nSubject to change.",
        "From 8:00 on nothing works.\nTo be sure I restarted.\nSubject to change.",
        quoted=False,
    ),
    _re(
        "a URL and a time",
        "http://his.example.com:8080 打不开\n时间: 8:05",
        "http://his.example.com:8080 打不开\n时间: 8:05",
        quoted=False,
    ),
    _re(
        "DingTalk's mail",
        "收到\n\n------------------------------------------------------------------\n"
        "发件人：林护士<lin@example.com>\n日　期：2026年01月05日 08:05:00\n收件人：it<it@example.com>\n"
        "主　题：HIS\n\n打不开",
        "收到",
    ),
    _re("nothing new", "\n\n> 打不开\n> 林\n", ""),
    Case(
        "Foxmail, plain and page",
        many(
            words(
                "不行\n\n\n\nlin@example.com\n \n发件人： it\n发送时间： 2026-01-05 08:05\n收件人： lin\n主题： Re: "
                "HIS\n请重启"
            ),
            part(_HTML, "<div>不行</div>"),
            kind="alternative",
            head=REPLY,
        ),
        "不行\n\n\n\nlin@example.com",
        quoted=True,
    ),
    Case(
        "history in the page's table",
        page("<div>收到</div><table class='ntes-mailmaster-quote'><tr><td>发件人</td><td>x</td></tr></table>", REPLY),
        "收到",
        quoted=True,
    ),
    Case(
        "Outlook with its line before",
        page(
            '<p>好的</p><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
            "<p><b><span>From:</span></b><span> Lin [mailto:lin@example.com] <br><b>Sent:</b> Monday<br><b>"
            "To:</b> it<br><b>Subject:</b> HIS</span></p></div></div><p>down</p>",
            REPLY,
        ),
        "好的",
        quoted=True,
    ),
    Case(
        "list and link",
        page('<ul><li>打印机</li><li>扫描枪</li></ul><p>见<a href="http://x.example/">这里</a></p>'),
        "打印机\n扫描枪\n见这里",
    ),
    Case(
        "styles in the body and a tail of script",
        page("<div>打不开<style>.a{}</style>了</div><script>document.write('<p>x</p>')</script>"),
        "打不开了",
    ),
    Case(
        "capital tags and odd quotes",
        page("<DIV CLASS=a STYLE='color:red'>打不开</DIV><BR><FONT COLOR=red>急</FONT>"),
        "打不开\n\n急",
    ),
    Case(
        "flowed reply",
        letter(
            f"{REPLY}\n{_T}; format=flowed; delsp=yes",
            "On 1/5/26 8:05, Lin wrote:\n> HIS is  \n> down\n\nIt works  \nagain.\n",
        ),
        "It works again.",
        quoted=True,
    ),
    Case(
        "text after the pictures, text and page",
        many(
            inner(words("看图"), part(_HTML, "<p>看图<img src='cid:a'></p>"), kind="alternative", boundary="b2"),
            attached('Content-Type: image/jpeg; name="IMG.JPG"\nContent-ID: <a>', PNG),
            kind="related",
        ),
        "看图",
        files=(("IMG.JPG", "image/jpeg", len(PNG)),),
    ),
    Case(
        "file name in gbk without a word",
        many(
            words("见"),
            part(
                b'Content-Type: application/msword; name="'
                + "故障单.doc".encode("gbk")
                + b'"\nContent-Transfer-Encoding: base64',
                base64.encodebytes(PDF),
            ),
        ),
        "见",
        files=(("故障单.doc", "application/msword", len(PDF)),),
    ),
    Case(
        "subject and name in different charsets",
        letter(
            _T, "x", start=f"From: {b64('林', 'big5')} <LIN@example.com>\nSubject: {b64('急诊', 'gbk')} {b64('打不开')}"
        ),
        "x",
        subject="急诊打不开",
    ),
    Case(
        "subject cut in the middle of base64",
        letter(
            _T,
            "x",
            start=FROM + "\nSubject: =?gb18030?B?" + base64.b64encode("急诊打不开".encode("gb18030")).decode()[:9],
        ),
        "x",
        subject="急诊打",
    ),
    Case(
        "tabs and blanks in the subject",
        letter(_T, "x", start=FROM + "\nSubject:   HIS\tdown  "),
        "x",
        subject="HIS down",
    ),
    Case(
        "Resent and many headers",
        letter(f"Resent-From: a@example.org\nX-Original-From: b@example.org\nErrors-To: c@example.org\n{_T}", "x"),
        "x",
    ),
    Case(
        "boundary with signs of patterns",
        letter('Content-Type: multipart/mixed; boundary="a+b(c)?.*"', parts(words("打不开"), boundary="a+b(c)?.*")),
        "打不开",
    ),
    Case(
        "parts in base64 with charset gb2312",
        many(
            part(
                "Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: BASE64",
                base64.encodebytes("㐂打不开–".encode("gb18030")),
            )
        ),
        "㐂打不开–",
    ),
    Case(
        "a mail in a mail in base64 and a page",
        many(
            part(_HTML, "<p>转给你们</p>"),
            part(
                'Content-Type: message/rfc822\nContent-Disposition: attachment; filename="a.eml"',
                crlf("From: x@example.org\n\n> old"),
            ),
        ),
        "转给你们",
        files=(("a.eml", "message/rfc822", 28),),
    ),
)
