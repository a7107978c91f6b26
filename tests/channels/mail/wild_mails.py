"""What mails of the wild have that nobody thinks of: what stands above the head, text in which a mail is told, programs
that tell of a mail in ways of their own."""

from tests.channels.mail.letters import Case, letter

_TOLD = (
    "Received: by mx3; Fri, 20 Nov 2026 08:00:00 +0800\nSubject: page\n"
    'Content-Type: multipart/alternative;\n    boundary="----=_old"\n\n'
    "------=_old\nContent-Type: text/plain; charset=utf-8\n\nold words\n------=_old--"
)
_RETURNED = "信没有寄到：\n\n<li@example.org>:\n550 user unknown"


def _told(name: str, kind: str, sender: str, subject: str, body: str, head: str = "") -> Case:
    typed = "Content-Type: text/plain; charset=utf-8"
    raw = letter(f"{head}\n{typed}" if head else typed, body, start=f"From: {sender}\nSubject: {subject}")
    return Case(name, raw, body, subject, sender.rpartition("<")[2].rstrip(">"), kind=kind)


CASES = (
    Case(
        "saved with a line of spaces above the head",
        b" " * 250 + b"\r\n" + letter("Content-Type: text/plain; charset=utf-8", "三楼打印机卡纸"),
        "三楼打印机卡纸",
    ),
    Case(
        "saved with empty lines and tabs above the head",
        b"\t\r\n \r\n\r\n" + letter("Content-Type: text/plain; charset=utf-8", "三楼打印机卡纸"),
        "三楼打印机卡纸",
    ),
    Case(
        "text without a type in which a mail of parts is told",
        letter("", f"{_RETURNED}\n\n--- Below this line is a copy of the message.\n\n{_TOLD}"),
        _RETURNED,
        quoted=True,
    ),
    Case(
        "parts without a type, below what a program says of them",
        letter(
            "",
            "This is a MIME-encapsulated message\n\n--x7\n\n叫号屏黑屏\n--x7\nContent-Type: image/png\n\nPNG\n--x7--",
        ),
        "叫号屏黑屏",
        files=(("", "image/png", 3),),
    ),
    Case(
        "parts without a type, below a head that was torn off",
        letter(
            "", 'Content-Type: multipart/mixed;\n boundary="x7"\n\n--x7\nContent-Type: text/plain\n\n叫号屏黑屏\n--x7--'
        ),
        "叫号屏黑屏",
    ),
    _told(
        "told as data",
        "bounce",
        "Mail service <no-reply@mails.example.org>",
        "Notification",
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"Li@example.net"}]}}',
    ),
    _told(
        "told as data within data",
        "bounce",
        "Mail service <no-reply@mails.example.org>",
        "Notification",
        '{\n "Message" : "{\\"eventType\\":\\"Bounce\\",\\"bounce\\":{\\"emailAddress\\":\\"li@example.net\\"}}"\n}',
    ),
    _told(
        "delivery told as data",
        "auto",
        "Mail service <no-reply@mails.example.org>",
        "Notification",
        '{"notificationType":"Delivery","mail":{"destination":["li@example.net"]}}',
    ),
    _told(
        "a person writes of such data",
        "message",
        "lin@example.com",
        "HIS",
        '接口返回 {"notificationType":"Bounce"}，是什么意思？',
    ),
    _told(
        "a postmaster's program answers",
        "bounce",
        "post_master@sms.example.net",
        "Re:page",
        "Error: invalid user\n\n550 - no such user here\n\nDetails:\n  MAIL FROM: it@example.com"
        "\n  RCPT TO: li@example.net",
    ),
    _told(
        "rejected, by a mail system of its own words",
        "bounce",
        "postmaster@example.net",
        "email bounce notification",
        "An email you sent was rejected and discarded.\n\nreason: mailbox full\nYou may want to wait some time.",
        head="Return-Path: <>\nAuto-Submitted: auto-replied",
    ),
    _told(
        "a list refuses",
        "auto",
        "ward-admin@lists.example.net",
        "You lin@example.com are not member (ward ML)",
        "You are not a member of this mailing list.",
        head="X-MLServer: fml [fml 4.0.3]",
    ),
)
