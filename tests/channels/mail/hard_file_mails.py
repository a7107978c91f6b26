"""Files and kinds that are nasty in more than one way at once."""

from tests.channels.mail.letters import (
    FROM,
    PDF,
    PNG,
    Case,
    attached,
    b64,
    crlf,
    inner,
    letter,
    many,
    part,
    parts,
    words,
)

_HTML = "Content-Type: text/html; charset=utf-8"
_PATH = b64("..\\秘密/报告.pdf")
_STATUS = "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822;gone@example.org\nAction: failed\nStatus: "
"5.1.1\n"


def _from(name: str, start: str, body: str, kind: str, sender: str, subject: str, head: str = "") -> Case:
    raw = letter(f"{head}\nContent-Type: text/plain; charset=utf-8".lstrip("\n"), body, start=start)
    return Case(name, raw, body, kind=kind, sender=sender, subject=subject)


FILES = (
    Case(
        "GBK name over sections, cut in a sign",
        many(
            words("见"),
            attached(
                "Content-Type: application/pdf\nContent-Disposition: attachment;\n "
                "filename*0*=GBK'zh-CN'%B1%A8%B8;\n filename*1*=%E6%B5%A5.pdf",
                PDF,
            ),
        ),
        "见",
        files=(("报告单.pdf", "application/pdf", len(PDF)),),
    ),
    Case(
        "extended in quotes",
        many(
            words("见"),
            attached(
                "Content-Type: application/pdf\nContent-Disposition: attachment; filename*=\"utf-8''%E6%8A%A5.pdf\"",
                PDF,
            ),
        ),
        "见",
        files=(("报.pdf", "application/pdf", len(PDF)),),
    ),
    Case(
        "word and ending apart",
        many(words("见"), attached(f'Content-Type: application/pdf; name="{b64("报告", "gbk")}.pdf"', PDF)),
        "见",
        files=(("报告.pdf", "application/pdf", len(PDF)),),
    ),
    Case(
        "no semicolon before the name",
        many(words("见"), attached('Content-Type: image/png name="p.png"', PNG)),
        "见",
        files=(("p.png", "image/png", len(PNG)),),
    ),
    Case(
        "override of direction",
        many(words("见"), attached("Content-Type: application/pdf; name*=utf-8''a%E2%80%AEfdp.exe", PDF)),
        "见",
        files=(("afdp.exe", "application/pdf", len(PDF)),),
    ),
    Case(
        "slash at the end of an encoded path",
        many(
            words("见"),
            attached(f'Content-Type: application/pdf\nContent-Disposition: attachment; filename="{_PATH}"', PDF),
        ),
        "见",
        files=(("报告.pdf", "application/pdf", len(PDF)),),
    ),
    Case(
        "invitation with its file twin",
        many(
            inner(
                words("周一培训"),
                part(_HTML, "<p>周一培训</p>"),
                part("Content-Type: text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR"),
                kind="alternative",
                boundary="b2",
            ),
            part('Content-Type: application/ics; name="invite.ics"', "BEGIN:VCALENDAR"),
        ),
        "周一培训",
        files=(("", "text/calendar", 15), ("invite.ics", "application/ics", 15)),
    ),
    Case(
        "forwarded as two messages",
        many(
            words("见附"),
            part("Content-Type: message/rfc822", b"Subject: a\r\n\r\nx"),
            part('Content-Type: message/rfc822; name="二.eml"', b"Subject: b\r\n\r\ny\r\n"),
        ),
        "见附",
        files=(("", "message/rfc822", 15), ("二.eml", "message/rfc822", 17)),
    ),
    Case(
        "the only text has a name",
        letter('Content-Type: text/plain; name="note.txt"; charset=utf-8', "打不开"),
        "",
        files=(("note.txt", "text/plain", 9),),
    ),
    Case(
        "encrypted",
        many(
            part("Content-Type: application/pgp-encrypted", "Version: 1\n"),
            part('Content-Type: application/octet-stream; name="encrypted.asc"', "-----BEGIN"),
            kind="encrypted",
        ),
        "",
        files=(("", "application/pgp-encrypted", 12), ("encrypted.asc", "application/octet-stream", 10)),
    ),
    Case(
        "inner boundary cut off, outer goes on",
        letter(
            'Content-Type: multipart/mixed; boundary="out"',
            parts(
                part(
                    'Content-Type: multipart/alternative; boundary="in"',
                    b"--in\r\n" + words("打不开") + b"\r\n--in\r\n" + part(_HTML, "<p>x</p>"),
                ),
                attached("Content-Type: image/png; name=p.png", PNG),
                boundary="out",
            ),
        ),
        "打不开",
        files=(("p.png", "image/png", len(PNG)),),
    ),
    Case(
        "inner boundary wrong",
        many(
            part(
                'Content-Type: multipart/alternative; boundary="declared"',
                parts(words("打不开"), part(_HTML, "<p>x</p>"), boundary="real"),
            ),
            attached("Content-Type: image/png; name=p.png", PNG),
        ),
        "打不开",
        files=(("p.png", "image/png", len(PNG)),),
    ),
)

KINDS = (
    Case(
        "QQ's returned mail with its page",
        letter(
            'Content-Type: multipart/mixed; boundary="b1"',
            parts(
                part(_HTML, "<div>抱歉，您的邮件被退回来了……</div><div>gone@example.org 不存在</div>"),
                part("Content-Type: message/rfc822", b"Subject: W12\r\n\r\nold"),
            ),
            start=f'From: "QQMail" <PostMaster@qq.example>\nSubject: {b64("系统退信", "gb18030")}',
        ),
        "抱歉，您的邮件被退回来了……\ngone@example.org 不存在",
        subject="系统退信",
        sender="postmaster@qq.example",
        kind="bounce",
        files=(("", "message/rfc822", 19),),
    ),
    Case(
        "status in base64",
        letter(
            'Content-Type: multipart/report; report-type="delivery-status"; boundary="b1"',
            parts(words("x"), attached("Content-Type: message/delivery-status", crlf(_STATUS))),
        ),
        "x",
        kind="bounce",
        files=(("", "message/delivery-status", len(crlf(_STATUS))),),
    ),
    _from(
        "nobody's address",
        "From: <>\nSubject: Delivery failure",
        "gone@example.org\n550 5.1.1 no such user",
        "bounce",
        "",
        "Delivery failure",
        "Return-Path: <>",
    ),
    _from(
        "a gateway of a hospital",
        "From: 邮件网关 <gateway@example.org>\nSubject: 邮件未送达",
        "您发给 gone@example.org 的邮件无法送达：用户不存在",
        "bounce",
        "gateway@example.org",
        "邮件未送达",
        "Auto-Submitted: auto-generated",
    ),
    _from(
        "a manager who asks",
        "From: 信息科管理员 <admin@example.com>\nSubject: 邮件发送失败",
        "我发邮件总是发送失败，提示无法送达，请帮忙看看",
        "message",
        "admin@example.com",
        "邮件发送失败",
    ),
    _from(
        "mailbox nearly full",
        "From: postmaster@example.com\nSubject: 邮箱容量提醒",
        "您的邮箱已满90%，请清理",
        "auto",
        "postmaster@example.com",
        "邮箱容量提醒",
        "Auto-Submitted: auto-generated",
    ),
    _from(
        "delay that ends in failure",
        "From: Mail Delivery System <MAILER-DAEMON@example.org>\nSubject: Mail delivery failed",
        "gone@example.org: retry timeout exceeded, delivery was delayed; message returned",
        "bounce",
        "mailer-daemon@example.org",
        "Mail delivery failed",
    ),
    _from(
        "delay of Exchange",
        "From: Microsoft Outlook <postmaster@example.com>\nSubject: 传递延迟: W12",
        "尚未传递到这些收件人，服务器将继续尝试传递",
        "auto",
        "postmaster@example.com",
        "传递延迟: W12",
    ),
    _from(
        "vacation that quotes",
        "From: lin@example.com\nSubject: 自动回复：【W12】急诊HIS",
        "我在休假，急事请打 8120",
        "auto",
        "lin@example.com",
        "自动回复：【W12】急诊HIS",
        "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All",
    ),
    _from(
        "receipt in English",
        "From: lin@example.com\nSubject: Read: W12",
        "Your message was read on Monday, January 5, 2026.",
        "auto",
        "lin@example.com",
        "Read: W12",
    ),
    _from(
        "read, as a person says it",
        "From: lin@example.com\nSubject: 已读，谢谢",
        "收到了",
        "message",
        "lin@example.com",
        "已读，谢谢",
    ),
    _from(
        "somebody pastes a bounce",
        "From: lin@example.com\nSubject: 退信",
        "发给你们的信退回来了：\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 user unknown",
        "message",
        "lin@example.com",
        "退信",
        "Auto-Submitted: no",
    ),
    Case(
        "accepted, with nothing but history",
        many(
            words(
                "\n-----Original Appointment-----\nFrom: Wang\nSent: Monday, January 5, 2026 8:05 AM\nTo: Lin\n"
                "Subject: 培训\n"
            ),
            part("Content-Type: text/calendar; method=REPLY", "BEGIN:VCALENDAR"),
            kind="alternative",
        ),
        "",
        kind="auto",
        quoted=True,
        files=(("", "text/calendar", 15),),
    ),
    _from(
        "of two in From, one of them a daemon's name",
        'From: "mailer-daemon@example.org" <lin@example.com>, x@example.org\nSubject: HIS',
        "打不开",
        "message",
        "lin@example.com",
        "HIS",
    ),
    Case(
        "unreadable: a page of the web",
        b"<!DOCTYPE html><html><body>login</body></html>",
        subject="",
        sender="",
        kind="unreadable",
    ),
    Case(
        "unreadable: cut in the first header",
        b"Received: from mx.example.org (mx",
        subject="",
        sender="",
        kind="unreadable",
    ),
    Case(
        "headers in a bad order, body of bytes",
        crlf(FROM + "\nX: \x01\nSubject: HIS\nContent-Type: text/plain; charset=utf-8\n\n") + b"\x93\xfa ok",
        b"\x93\xfa ok".decode("gb18030"),
    ),
)

CASES = (*FILES, *KINDS)
