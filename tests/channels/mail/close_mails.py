"""Mails that miss the form by little: a word glued to an encoded one, a sign or a name cut where none may be cut,
receipts and parts that are not declared as such."""

from tests.channels.mail.letters import FROM, PDF, Case, attached, b64, letter, many, page, part, plain, words

_TYPED = "Content-Type: text/plain; charset=utf-8"


def _headed(name: str, subject: str, told: str) -> Case:
    return Case(name, letter(_TYPED, "x", start=f"{FROM}\nSubject: {subject}"), "x", told)


def _from(name: str, sender: str, told: str) -> Case:
    return Case(name, letter(_TYPED, "x", start=f"From: {sender}\nSubject: HIS"), "x", sender=told)


CASES = (
    _headed("capitals glued to an encoded word", b64("检验科") + "HIS down", "检验科HIS down"),
    _headed("digits glued to an encoded word", "CT" + b64("报错", "gbk") + "E12", "CT报错E12"),
    _headed(
        "escapes behind a question mark that is not encoded", "=?utf-8?Q?=E6=8A=A5=E9=94=99?=E5=90=97?=", "报错?吗"
    ),
    _headed("escapes glued to an encoded word of the Q kind", "=?utf-8?Q?=E6=8A=A5=E9=94=99?=E5", "报错E5"),
    _from("the address in square brackets", "林护士 [mailto:Lin@example.com]", "lin@example.com"),
    _from("a host that is a number", "root@[10.0.0.5]", "root@[10.0.0.5]"),
    Case(
        "a file name cut in the middle of an escape",
        many(
            words("见附件"),
            attached(
                "Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=gb18030''%CE%AC%D;\n"
                ' filename*1*=0%DE;\n filename*2=" 1%20.pdf"',
                PDF,
            ),
        ),
        "见附件",
        files=(("维修 1%20.pdf", "application/pdf", len(PDF)),),
    ),
    Case(
        "a sign in two halves",
        page("<p>好&#55357;&#56832;，急&#xD83D;&#xDEA8;</p><p>&#55357;。</p>"),
        "好😀，急🚨\n\n\ufffd。",
    ),
    Case(
        "every line end written twice",
        letter(_TYPED, b"") + "坏了\r\r\n请来\r\r\n\r\r\n谢谢".encode(),
        "坏了\n请来\n\n谢谢",
    ),
    Case(
        "a receipt among parts that no report declares",
        many(
            words("您的邮件已被打开"),
            part("Content-Type: message/disposition-notification", "Disposition: manual-action; displayed"),
        ),
        "您的邮件已被打开",
        files=(("", "message/disposition-notification", 37),),
        kind="auto",
    ),
    Case(
        "a receipt that a person sends on as a file",
        many(
            words("这个回执是什么意思"),
            part(
                "Content-Type: message/disposition-notification\nContent-Disposition: attachment; filename=MDN.txt",
                "Disposition: manual-action; displayed",
            ),
        ),
        "这个回执是什么意思",
        files=(("MDN.txt", "message/disposition-notification", 37),),
    ),
    Case(
        "a form whose fields are named as headers are",
        plain("发件人：王芳\n时间：3月2日 9:12\n主题：CT\n内容：球管打火\n\n请尽快处理"),
        "发件人：王芳\n时间：3月2日 9:12\n主题：CT\n内容：球管打火\n\n请尽快处理",
    ),
    Case(
        "sent on without a word, below the mark of a gateway",
        letter(
            "Content-Type: text/plain; charset=utf-8",
            "发件人：王芳\n时间：3月2日 9:12\n主题：CT\n\n请尽快处理",
            start=f"{FROM}\nSubject: [EXT] Fwd: CT",
        ),
        subject="[EXT] Fwd: CT",
        quoted=True,
    ),
    Case(
        "lines of an old Macintosh, above which a server put its own",
        b"Received: by mx1\r\n" + plain("叫号屏黑屏\n\n请来").replace(b"\r\n", b"\r") + b"\r\n",
        "叫号屏黑屏\n\n请来",
    ),
    Case(
        "what a page has for old browsers, and words without height",
        page(
            "<p>叫号屏黑屏</p><iframe src=x>不支持</iframe><video src=x>不支持视频</video>"
            "<div style='height:0; overflow:hidden'>预览</div><div style='overflow:hidden;height:0px'>预览</div>"
            "<div style='line-height:0;overflow:hidden'>请来</div><details><summary>型号</summary>M404</details>"
        ),
        "叫号屏黑屏\n请来\n型号\nM404",
    ),
    Case(
        "parts of a mail that says it is plain text",
        letter(
            "Content-Type: text/plain; charset=utf-8",
            "This is a multi-part message in MIME format.\n\n--x7\nContent-Type: text/plain\n\n叫号屏黑屏\n"
            "--x7\nContent-Type: image/png; name=a.png\n\nPNG\n--x7--",
        ),
        "叫号屏黑屏",
        files=(("a.png", "image/png", 3),),
    ),
    Case(
        "plain text in which somebody shows a mail of parts",
        plain("接口收到的内容如下，请看\n--x7\nContent-Type: text/plain\n\n叫号屏黑屏\n--x7--"),
        "接口收到的内容如下，请看\n--x7\nContent-Type: text/plain\n\n叫号屏黑屏\n--x7--",
    ),
    Case("a type that lost its end", letter("Content-Type: text/; charset=utf-8", "叫号屏黑屏"), "叫号屏黑屏"),
    Case(
        "a person asks for a receipt",
        plain("收到请回", "Disposition-Notification-To: lin@example.com"),
        "收到请回",
    ),
)
