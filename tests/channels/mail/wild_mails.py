"""What mails of the wild have that nobody thinks of: what stands above the head, text in which a mail is told."""

from tests.channels.mail.letters import Case, letter

_TOLD = (
    "Received: by mx3; Fri, 20 Nov 2026 08:00:00 +0800\nSubject: page\n"
    'Content-Type: multipart/alternative;\n    boundary="----=_old"\n\n'
    "------=_old\nContent-Type: text/plain; charset=utf-8\n\nold words\n------=_old--"
)
_RETURNED = "信没有寄到：\n\n<li@example.org>:\n550 user unknown"

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
)
