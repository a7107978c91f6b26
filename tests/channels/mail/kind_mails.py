"""Whether a person wrote it, and whether something was not delivered."""

from tests.channels.mail.letters import Case, attached, letter, many, page, part, plain, words

_STATUS = "Content-Type: message/delivery-status"
_OLD = b"From: it@example.com\r\nSubject: W12\r\n\r\nold\r\n"
_CALENDAR = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n"


def _auto(name: str, head: str, body: str = "收到", kind: str = "auto") -> Case:
    return Case(name, plain(body, head), body, kind=kind)


def _system(
    name: str,
    sender: str,
    subject: str,
    body: str,
    kind: str = "bounce",
    head: str = "",
    text: str | None = None,
    quoted: bool = False,
    address: str = "",
) -> Case:
    raw = letter(
        f"{head}\nContent-Type: text/plain; charset=utf-8".lstrip("\n"),
        body,
        start=f"From: {sender}\nSubject: {subject}",
    )
    found = address or sender.rsplit("<", maxsplit=1)[-1].strip(">").lower()
    return Case(name, raw, body if text is None else text, subject=subject, sender=found, kind=kind, quoted=quoted)


def _report(name: str, status: str, kind: str, head: str = "", sender: str = "MAILER-DAEMON@mx.example.org") -> Case:
    typed = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"'
    body = many(words("notice"), part(_STATUS, status), part("Content-Type: message/rfc822", _OLD)).split(
        b"\r\n\r\n", 1
    )[1]
    raw = letter(f"{head}\n{typed}".lstrip("\n"), body, start=f"From: {sender}\nSubject: HIS")
    size = len(status.replace("\n", "\r\n"))
    return Case(
        name,
        raw,
        "notice",
        sender=sender.lower(),
        kind=kind,
        files=(("", "message/delivery-status", size), ("", "message/rfc822", len(_OLD))),
    )


_TO = "Final-Recipient: rfc822; gone@example.org\n"

CASES = (
    _auto("Auto-Submitted", "Auto-Submitted: auto-replied"),
    _auto("auto-generated in capitals, with a comment", "Auto-Submitted: Auto-Generated (cron)"),
    _auto("Auto-Submitted: no", "Auto-Submitted: no", kind="message"),
    _auto("Auto-Submitted: No with a comment", "Auto-Submitted: No (a person)", kind="message"),
    _auto("X-Autoreply", "X-Autoreply: yes"),
    _auto("Precedence bulk", "Precedence: bulk"),
    _auto("Precedence list", "Precedence: List"),
    _auto("Precedence junk", "Precedence: junk"),
    _auto("Precedence auto_reply", "Precedence: auto_reply"),
    _auto("Precedence of something else", "Precedence: first-class", kind="message"),
    _auto("null return-path", "Return-Path: <>"),
    _auto("return-path of a person", "Return-Path: <lin@example.com>", kind="message"),
    _auto(
        "request for a receipt",
        "Disposition-Notification-To: lin@example.com\nReturn-Receipt-To: lin@example.com",
        kind="message",
    ),
    _auto("X-Auto-Response-Suppress alone", "X-Auto-Response-Suppress: All", kind="message"),
    _auto("List-Id alone", "List-Id: <it.example.com>", kind="message"),
    _system("vacation by its subject", "lin@example.com", "自动回复: HIS", "我正在休假", kind="auto"),
    _system("out of office", "lin@example.com", "Automatic reply: HIS", "I am away", kind="auto"),
    _system("an answer to a vacation reply", "lin@example.com", "Re: 自动回复: HIS", "那找谁？", kind="message"),
    _system(
        "vacation reply that cannot answer, null path",
        "lin@example.com",
        "自动回复: HIS",
        "无法及时回复您的邮件",
        kind="auto",
        head="Return-Path: <>",
    ),
    Case(
        "read receipt",
        letter(
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b1",
            many(
                words("This is a receipt"),
                part(
                    "Content-Type: message/disposition-notification",
                    "Disposition: manual-action/MDN-sent-manually; displayed\n",
                ),
            ).split(b"\r\n\r\n", 1)[1],
        ),
        "This is a receipt",
        kind="auto",
        files=(("", "message/disposition-notification", 57),),
    ),
    _system("receipt in words", "lin@example.com", "已读: W12", "您的邮件已于 2026年1月5日 8:05 被阅读。", kind="auto"),
    Case(
        "calendar reply",
        many(words(" \n"), part("Content-Type: text/calendar; method=REPLY", _CALENDAR), kind="alternative"),
        "",
        kind="auto",
        files=(("", "text/calendar", 72),),
    ),
    Case(
        "calendar reply with words",
        many(
            words("那天我值班，换人去"),
            part("Content-Type: text/calendar; method=REPLY", _CALENDAR),
            kind="alternative",
        ),
        "那天我值班，换人去",
        files=(("", "text/calendar", 72),),
    ),
    Case(
        "calendar reply alone",
        letter("Content-Type: text/calendar; method=REPLY; charset=utf-8", _CALENDAR),
        "",
        kind="auto",
        files=(("", "text/calendar", 72),),
    ),
    _report("failed", f"Reporting-MTA: dns; mx.example.org\n\n{_TO}Action: failed\nStatus: 5.1.1\n", "bounce"),
    _report(
        "failed, though Auto-Submitted: no",
        f"Reporting-MTA: dns; x\n\n{_TO}Action: FAILED\nStatus: 4.4.7\n",
        "bounce",
        "Auto-Submitted: no",
    ),
    _report("delayed", f"Reporting-MTA: dns; x\n\n{_TO}Action: delayed\nStatus: 4.4.1\n", "auto"),
    _report("delivered", f"Reporting-MTA: dns; x\n\n{_TO}Action: delivered\nStatus: 2.0.0\n", "auto"),
    _report(
        "relayed",
        f"Reporting-MTA: dns; x\n\n{_TO}Action: relayed (to a system without reports)\nStatus: 2.0.0\n",
        "auto",
    ),
    _report(
        "one of two failed",
        f"Reporting-MTA: dns; x\n\n{_TO}Action: delivered\nStatus: 2.0.0\n\n{_TO}Action: failed\nStatus: 5.2.2\n",
        "bounce",
    ),
    _report(
        "failed, from a person's address",
        f"Reporting-MTA: dns; x\n\n{_TO}Action: failed\nStatus: 5.1.1\n",
        "bounce",
        sender="lin@example.com",
    ),
    _system(
        "QQ",
        "QQMail <PostMaster@qq.example>",
        "系统退信",
        "抱歉，您的邮件被退回来了……\n收件人邮件地址（gone@example.org）不存在，邮件无法送达。",
    ),
    _system(
        "NetEase", "Postmaster@163.example", "系统退信", "您发往 gone@example.org 的邮件发送失败。\n550 User not found"
    ),
    _system(
        "Aliyun",
        "mailer-daemon@aliyun.example",
        "退信通知",
        "很抱歉，您发送给 gone@example.org 的邮件投递失败。原因：收件人不存在",
    ),
    _system(
        "system address without a return-path",
        "邮件系统 <system@mail.example>",
        "邮件投递失败",
        "收件人 gone@example.org 邮箱不存在",
    ),
    _system(
        "Exchange in Chinese",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>",
        "无法送达: W12",
        "传递到以下收件人或通讯组时失败：\ngone@example.org",
    ),
    _system(
        "Exchange in English",
        "Microsoft Outlook <postmaster@example.com>",
        "Undeliverable: W12",
        "Your message to gone@example.org couldn't be delivered.",
    ),
    _system(
        "Postfix without form",
        "MAILER-DAEMON (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "I'm sorry to have to inform you\n<gone@example.org>: unknown user",
        address="mailer-daemon",
    ),
    _system(
        "Gmail",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "Delivery Status Notification (Failure)",
        "Address not found\nYour message wasn't delivered to gone@example.org",
    ),
    _system(
        "Gmail, delay",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        "Delivery Status Notification (Delay)",
        "There was a temporary problem delivering your message to gone@example.org. Gmail will retry for "
        "46 more hours.",
        kind="auto",
    ),
    _system(
        "qmail",
        "MAILER-DAEMON@example.org",
        "failure notice",
        "Hi. This is the qmail-send program at example.org.\nI've given up; this didn't work out.\n\n"
        "<gone@example.org>:\nno such user",
    ),
    _system(
        "exim",
        "Mail Delivery System <Mailer-Daemon@example.org>",
        "Mail delivery failed: returning message to sender",
        "The following address failed: gone@example.org",
        head="X-Failed-Recipients: gone@example.org",
    ),
    _system(
        "exim, delay",
        "Mail Delivery System <Mailer-Daemon@example.org>",
        "Warning: message 1aB delayed 24 hours",
        "No action is required on your part. Delivery attempts will continue",
        kind="auto",
    ),
    _system(
        "sendmail, delay",
        "Mail Delivery Subsystem <MAILER-DAEMON@example.org>",
        "Warning: could not send message for past 4 hours",
        "THIS IS A WARNING MESSAGE ONLY",
        kind="auto",
    ),
    _system(
        "delay in Chinese",
        "postmaster@example.org",
        "邮件延迟投递通知",
        "您的邮件暂时无法投递到 gone@example.org，系统将继续尝试",
        kind="auto",
    ),
    _system(
        "a failure that is none yet",
        "postmaster@example.org",
        "邮件投递失败",
        "您发往 gone@example.org 的邮件本次投递未成功，系统将继续尝试投递 48 小时。",
        kind="auto",
    ),
    _system(
        "advice to try again",
        "postmaster@example.org",
        "系统退信",
        "您发往 gone@example.org 的邮件被退回，对方服务器暂时无法连接，请稍后重试。",
    ),
    _system(
        "null path and a subject of failure",
        "noreply@example.org",
        "无法投递的邮件",
        "gone@example.org 550 5.1.1 user unknown",
        head="Return-Path: <>\nAuto-Submitted: auto-replied",
    ),
    _system(
        "somebody writes about it",
        "lin@example.com",
        "收到退信怎么办",
        "我给你们发的邮件收到系统退信，说收件人不存在，无法送达",
        kind="message",
    ),
    _system(
        "somebody sends one on",
        "lin@example.com",
        "转发: 系统退信",
        "请看看为什么退信\n\n------------------ 原始邮件 ------------------\n发件人: PostMaster "
        "<PostMaster@qq.example>\n收件人: 林\n主题: 系统退信\n\n无法送达",
        kind="message",
        text="请看看为什么退信",
        quoted=True,
    ),
    _system(
        "somebody answers one",
        "lin@example.com",
        "Re: Undelivered Mail Returned to Sender",
        "what is this?\n550 5.1.1 user unknown",
        kind="message",
    ),
    Case(
        "a bounce attached",
        many(
            words("为什么退回？"), part("Content-Type: message/rfc822", _OLD), part(_STATUS, f"{_TO}Action: failed\n")
        ),
        "为什么退回？",
        files=(("", "message/rfc822", len(_OLD)), ("", "message/delivery-status", 59)),
    ),
    _system(
        "postmaster who is a person", "王 <postmaster@example.com>", "HIS打不开", "急诊打不开，请来人", kind="message"
    ),
    _system(
        "delivery notice",
        "postmaster@example.org",
        "Delivered: W12",
        "Your message was delivered to gone@example.org",
        kind="auto",
    ),
    Case("unreadable: nothing", b"", subject="", sender="", kind="unreadable"),
    Case("unreadable: noise", bytes(range(256)) * 4, subject="", sender="", kind="unreadable"),
    Case(
        "unreadable: a zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(60), subject="", sender="", kind="unreadable"
    ),
    Case("unreadable: line ends", b"\r\n\r\n\r\n", subject="", sender="", kind="unreadable"),
    Case("no words, but a sender", letter(""), ""),
    Case("page without words", page("<p>&nbsp;</p>"), ""),
    Case(
        "only a picture",
        many(attached("Content-Type: image/png; name=p.png", b"abc")),
        "",
        files=(("p.png", "image/png", 3),),
    ),
)
