"""What mails of the wild have that nobody thinks of: what stands above the head, text in which a mail is told, programs
that tell of a mail in ways of their own."""

from collections.abc import Iterator

from tests.channels.mail.letters import FROM, REPLY, Case, letter, page

_PREFIX = 'class="moz-cite-prefix"'
_ATTR = 'class="gmail_attr"'
_OUTLOOK = '<div id="divRplyFwdMsg"><b>From:</b> L<br><b>Sent:</b> Friday</div>'
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


_OPENINGS = (
    (
        "words with an address above",
        "密码重置请发到 it@example.com",
        "On 3 Nov 2026, Wang <wang@example.org> wrote:\n> old",
    ),
    ("words with a date above", "2026-11-20 打印机坏了", "在 2026年11月21日，王 写道：\n> 旧"),
    (
        "words that begin as an introduction does above",
        "On Nov 20, 2026 we changed the toner",
        "On Nov 21, 2026 at 3 PM Wang\n<wang@example.org> wrote:\n> old",
    ),
    ("a name and an address above the date", "好", "王 <wang@example.org>\n于2026年11月20日 15:05 写道：\n旧话"),
    ("date, hour, name, address", "好", "2026-11-20 08:30 GMT+08:00 王 <wang@example.org>:\n\n旧话"),
    ("the same, Japanese", "好", "2026年11月20日(金) 10:11 王 <wang@example.org>:\n旧话"),
    ("the same, broken before the address", "好", "2026-11-20 08:30 王 <\nwang@example.org>:\n\n> 旧话"),
    (
        "the same, with the day of the week",
        "好",
        "Friday, 20 November 2026, 3:32 PM +0800 from W <wang@example.org>:\n旧",
    ),
    ("the same, with a month in Russian", "好", "пт, 20 нояб. 2026 г. в 15:19, Wang <wang@example.org>:\n旧话"),
    ("German, the verb before the name", "Gut", 'Am 20.11.2026 17:48 schrieb "Wang" <wang@example.org\n>:\n\n> alt'),
    (
        "German, the verb before the date",
        "Gut",
        "Wang <wang@example.org> schrieb am Fr., 20. Nov. 2026\num 8:30 Uhr:\nalt",
    ),
    ("Dutch", "Goed", "Op 20 nov. 2026 05:13 schreef Wang <wang@example.org> het\nvolgende geschreven:\n> oud"),
    ("Polish", "OK", "Dnia 20 listopada 2026 08:30 Wang <wang@example.org> napisał(a):\nold"),
    ("Korean", "OK", "2026년 11월 20일 (금) 오후 3:05, Wang <wang@example.org>님이 작성:\n옛말"),
    (
        "Outlook, Dutch",
        "OK",
        "Van: Wang <wang@example.org>\nVerzonden: vrijdag 20 november\nAan: lin\nOnderwerp: HIS\n\noud",
    ),
    (
        "Outlook, Italian",
        "OK",
        "Da: Wang <wang@example.org>\nInviato: venerdì 20 novembre\nA: lin\nOggetto: HIS\n\nvecchio",
    ),
    ("Outlook, Korean", "OK", "보낸 사람: Wang\n보낸 날짜: 2026년 11월 20일\n받는 사람: lin\n제목: HIS\n\n옛말"),
    ("Turkish", "OK", "20 Kas 2026 Cum 18:28 tarihinde Wang <\nwang@example.org> şunu yazdı:\n> eski"),
    ("Vietnamese", "OK", "Vào Th 6, 20 thg 11, 2026 vào lúc 23:49 Wang <wang@example.org> đã\nviết:\n> old"),
    ("Yahoo on a phone", "OK", "  On Fri, Nov 20, 2026 at 1:35 PM, Wang<wang@example.org> wrote:   old words\nold"),
    (
        "dashes glued to a header",
        "OK",
        '\t--------------------------From: "Wang"\n\nTo: lin\nSent: Friday\nSubject: HIS\n\nold',
    ),
    ("a divider, Spanish", "OK", "-----Mensaje original-----\nviejo"),
)

_INTRO = "在 2026/11/20 14:51, 王 写道：\n"
_LONG = "> The queue display on the third floor went black this morning and will"
_HEAD = "From: 王 <wang@example.org>\nDate: Fri, Nov 20, 2026 at 3:35 PM\nTo: lin@example.com\n"
_FLOOR = "The queue display on the third floor of the outpatient clinic"
_BETWEEN = (
    (
        "copies in several lines",
        f"{_HEAD}Cc: <a@example.com>, Li\nMing, <b@example.com>, Zhao,\nQian\n\n> 黑屏\n\n明天来修",
        "明天来修",
    ),
    ("a subject in two lines", f"{_HEAD}Subject: {_FLOOR} has\ngone black\n\n> 黑屏\n\n明天来修", "明天来修"),
    ("an answer alone below an introduction", f"{_INTRO}\n明天上午来修。\n王\n", "明天上午来修。\n王"),
    ("the spaces of a page", f"&nbsp;&nbsp;明天&nbsp;来修\n\n{_INTRO}> 黑屏\n", "明天 来修"),
    ("an answer above the first quotation", f"{_INTRO}\n明天上午来修。\n\n> 叫号屏黑屏\n> 请尽快\n", "明天上午来修。"),
    ("dots for what was left out", f"{_INTRO}[...]\n> 叫号屏黑屏\n\n...\n\n明天来修……\n", "明天来修……"),
    ("quotations in the escapes of a page", f"{_INTRO}\n&gt; 叫号屏黑屏\n\n明天来修\n", "明天来修"),
    ("the rest of a wrapped quotation", f"{_LONG}\nnot\n> come back.\n\n明天来修\n", "明天来修"),
    ("a short answer in a quotation", f"{_LONG}?\nyes\n> come back.\n\n明天来修\n", "yes\n\n明天来修"),
    ("a quoted full stop", f"{_INTRO}>> 黑屏\n\n明天来修\n\n>>> .\n", "明天来修"),
    (
        "who and when in one line",
        "From: 王 <wang@example.org> Sent: Friday, November 20, 2026 5:25 AM\n\n> 黑屏\n明天来修",
        "明天来修",
    ),
    ("dots of the author's", "我看看……\n\n...\n\n明天来修\n\n" + _INTRO + "> 黑屏\n", "我看看……\n\n...\n\n明天来修"),
)


def _answers() -> Iterator[Case]:
    for name, body, new in _BETWEEN:
        head = f"{REPLY}\nContent-Type: text/plain; charset=utf-8"
        yield Case(f"between: {name}", letter(head, body), new, quoted=True)
    for name, new, below in _OPENINGS:
        head = f"{REPLY}\nContent-Type: text/plain; charset=utf-8"
        yield Case(f"history begins: {name}", letter(head, f"{new}\n{below}\n"), new, quoted=True)
    rota = "今晚值班：\n2026-11-20 08:30 三楼报修\n李 <li@example.org>：\n请派人"
    yield Case("a list with an hour and an address", letter("Content-Type: text/plain; charset=utf-8", rota), rota)


_REPORT = (
    "From: Lin <lin@example.com>\nX-Spam-Report: a filter has NOT identified this as spam.\n If you have any "
    "questions, ask.\n \n Content preview:  三楼打印机\n    卡纸 \n \n  pts rule\n ---- --------\n  0.1 X\n"
    "X-Headers-End: 1mfB\nSubject: HIS"
)

CASES = (
    Case(
        "a filter's report in the head, with lines of one space",
        letter("Content-Type: text/plain; charset=utf-8", "三楼打印机卡纸", start=_REPORT),
        "三楼打印机卡纸",
    ),
    Case(
        "a line of one space below the head, and indented words",
        letter("", start=f"{FROM}\nSubject: HIS\n \n  三楼打印机\n卡纸\n\nDate: 明天"),
        "三楼打印机\n卡纸\n\nDate: 明天",
    ),
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
    *_answers(),
    Case(
        "a page that marks only the head of its history",
        page(
            '<div>明天上午来修</div><span id="OLK_SRC_BODY_SECTION">From: Wang &lt;wang@example.org&gt;<br>'
            "Date: Friday, November 20, 2026 at 8:43 PM<br>To: lin@example.com<br>Subject: HIS</span>"
            "<div>打印机坏了</div><p>王</p>",
            REPLY,
        ),
        "明天上午来修",
        quoted=True,
    ),
    *(
        Case(f"a page: {name}", page(html, REPLY), new, quoted=quoted)
        for name, html, new, quoted in (
            (
                "words above an introduction, in its own element",
                f"<p {_PREFIX}>明天来修</p><p {_PREFIX}>On 20/11/26 16:12, W wrote:</p><blockquote>黑屏</blockquote>",
                "明天来修",
                True,
            ),
            (
                "words above an introduction, in Gmail's element",
                f"<p {_ATTR}>明天来修</p><p {_ATTR}>On Nov 20, 2026, W wrote:</p><blockquote>黑屏</blockquote>",
                "明天来修",
                True,
            ),
            (
                "words in the element of a head that Outlook left",
                '<div id="divRplyFwdMsg">您好，</div><div>三楼黑屏</div>',
                "您好，\n三楼黑屏",
                False,
            ),
            (
                "words in the element of a forward that is none",
                '<div class="moz-forward-container"><p>三楼黑屏</p><p>请来人</p></div>',
                "三楼黑屏\n\n请来人",
                False,
            ),
            (
                "an answer below a quotation that holds another head",
                f"<p>On 20/11/26 16:12, W wrote:</p><blockquote>黑屏{_OUTLOOK}旧</blockquote>明天来修",
                "明天来修",
                True,
            ),
            (
                "set apart as browsers do it",
                '<div>步骤：</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">先断电</blockquote>',
                "步骤：\n先断电",
                False,
            ),
            (
                "quoted without a border but at the left",
                '<div>好</div><blockquote style="border:none;border-left:solid #CCC 1.0pt">黑屏</blockquote>',
                "好",
                True,
            ),
            (
                "an empty element that begins no history",
                '<div>更正：</div><div id="divRplyFwdMsg"></div><div>是三楼</div>',
                "更正：\n是三楼",
                False,
            ),
        )
    ),
)
