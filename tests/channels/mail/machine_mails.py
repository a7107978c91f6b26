"""Mails of programs and of persons, told apart by headers, by their words, and by who sends them."""

from tests.channels.mail.letters import Case, b64, letter

_SAID = "三楼打印机坏了，请来看看。"
_PLAIN = "Content-Type: text/plain; charset=utf-8"


def _said(
    name: str,
    kind: str,
    body: str = _SAID,
    subject: str = "HIS",
    sender: str = "lin@example.com",
    head: str = "",
    text: str | None = None,
    quoted: bool = False,
) -> Case:
    start = f"From: {sender}\nSubject: {subject if subject.isascii() else b64(subject)}"
    raw = letter(f"{head}\n{_PLAIN}" if head else _PLAIN, body, start=start)
    address = sender.rpartition("<")[2].rstrip(">").lower()
    return Case(name, raw, body if text is None else text, subject, address, quoted, kind=kind)


CASES = (
    _said("as no", "message", head="Auto-Submitted: no"),
    _said("as no2", "message", head="Auto-Submitted: No (a person)"),
    _said("as gen", "auto", head="Auto-Submitted: auto-generated; owner=x"),
    _said("as repl", "auto", head="Auto-Submitted: Auto-Replied (vacation)"),
    _said("prec", "auto", head="Precedence: Bulk"),
    _said("prec list", "auto", head="Precedence: list\nList-Id: <a.example.com>"),
    _said("prec junk", "auto", head="Precedence: junk"),
    _said("prec ar", "auto", head="Precedence: auto_reply"),
    _said("prec fc", "message", head="Precedence: first-class"),
    _said("xar", "auto", head="X-Autoreply: yes"),
    _said("xar2", "auto", head="X-AutoReply-From: a@b.cn\nX-Autorespond: yes"),
    _said("null", "auto", head="Return-Path: <>"),
    _said("rp", "message", head="Return-Path: <w@example.com>"),
    _said("suppress", "message", head="X-Auto-Response-Suppress: DR, OOF, AutoReply"),
    _said("dnt", "message", head="Disposition-Notification-To: w@example.com\nReturn-Receipt-To: w@example.com"),
    _said("listid", "message", head="List-Id: IT <it.example.com>\nList-Unsubscribe: <mailto:x@y.cn>"),
    _said("ooo zh", "auto", "您好，我正在休假，3月9日回来，急事请找李工 8123。", subject="自动回复: 打印机坏了"),
    _said(
        "ooo zh2", "auto", "这是一封自动回复邮件。已经收到您的来信，我会尽快回复。", subject="自动回复：Re: 打印机坏了"
    ),
    _said(
        "ooo qq",
        "auto",
        "您的邮件我已经收到，会尽快给您回复。",
        subject="[自动回复]打印机坏了",
        head="X-QQ-MIME: TCMime 1.0 by Tencent",
    ),
    _said("ooo en", "auto", "I am out of the office until March 9.", subject="Automatic reply: printer"),
    _said(
        "ooo en2",
        "auto",
        "I am currently out of office with limited access to email.",
        subject="Out of Office: printer",
    ),
    _said(
        "ooo body",
        "auto",
        "[自动回复] 您的邮件已收到，本人外出学习，3月9日返回。此邮件由系统自动发出，请勿回复。",
        subject="Re: printer",
    ),
    _said(
        "ooo noreply",
        "auto",
        "您有 3 条待办。本邮件由系统自动发送，请勿直接回复。",
        subject="OA 待办提醒",
        sender="noreply@oa.example.com",
    ),
    _said("person ooo", "message", "我下周一到周五休假，不在办公室，故障请找李工。", subject="下周值班"),
    _said("person ar", "message", "OA 邮箱的自动回复设置后不生效，请看一下。", subject="自动回复功能坏了"),
    _said("person re ar", "message", "好的，那我找李工。", subject="回复：自动回复: 打印机坏了"),
    _said(
        "about bounce",
        "message",
        "我发给李四的邮件被退回了，提示 550 User unknown，麻烦看一下邮箱。",
        subject="邮件被退回",
    ),
    _said(
        "quote bounce",
        "message",
        '这个退信是怎么回事？\n\n在 2026-03-02 09:12:11，"Postmaster" <Postmaster@163.com> 写道'
        "：\n\n很抱歉，您的邮件未能成功发送给以下收件人：li@example.org\n",
        subject="回复：系统退信",
        text="这个退信是怎么回事？",
        quoted=True,
    ),
    _said(
        "fwd bounce",
        "message",
        "请看\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMO"
        "N@example.org>\nDate: Mon, Mar 2, 2026 at 9:12 AM\nSubject: Undelivered Mail Returned to Sende"
        "r\nTo: <wangfang@example.com>\n\nThis is the mail system at host mx.example.com.\n\nI'm sorry to"
        " have to inform you that your message could not\nbe delivered to one or more recipients."
        "\n\n<li@example.org>: host mx.example.org said: 550 5.1.1 User unknown",
        subject="Fwd: Undelivered Mail Returned to Sender",
        text="请看",
        quoted=True,
    ),
    _said(
        "postmaster",
        "message",
        "各科好，下周六迁移邮箱，请大家提前收信。\n管理员 老周",
        subject="邮箱迁移",
        sender="Admin <postmaster@example.com>",
    ),
    _said("a person tells of such a mail", "message", "我收到一封信说“此邮件由系统自动发送，请勿回复”，这是什么？"),
    _said("a person asks whether it is one", "message", "这是自动回复吗？我要找人处理打印机"),
    _said("a person about a program", "message", "系统自动发送的检验报告打不开\n这是自动生成的单子，日期不对"),
    _said("a person about a function", "message", "本科室自动发药机坏了\n此消息自动发送功能失效"),
    _said("a footer of the hospital", "message", "打印机坏了。\n\n本邮件及其附件含有保密信息，如误收请勿回复并删除。"),
    _said("a footer of a scanner", "message", "打印机坏了。\n\n此邮件已由杀毒软件自动扫描，未发现病毒。"),
    _said("an office system", "auto", "您有一条待办\n\n本邮件由系统自动发出，请勿直接回复！"),
    _said("an office system in brackets", "auto", "您有一条待办\n\n（本邮件为系统自动发送，无需回复）"),
    _said("a monitor", "auto", "备份失败 db1\n-- 此信由监控系统自动发出 --"),
    _said("generated", "auto", "Password expires.\n\nThis is an automatically generated email, please do not reply."),
    _said("generated, in stars", "auto", "Password expires.\n\n*** This is a system generated message. ***"),
    _said("in the same line", "auto", "密码将过期。系统邮件，请勿回复"),
    _said("nobody reads it", "auto", "密码将过期。\n请勿回复此邮件，该邮箱无人值守"),
    _said("at the end of a line", "auto", "您的邮件我已收到，会尽快回复您。（自动回复）", subject="Re: HIS"),
    _said("of old", "auto", "I am on vacation.", subject="Auto Re: printer"),
    _said("vacation", "auto", "I am on vacation.", subject="Vacation reply"),
    _said("holiday", "auto", "我在休假", subject="休假通知（自动回复）Re: 打印机"),
    _said("DMARC", "auto", "x", subject="Report Domain: example.com Submitter: example.org Report-ID: 1"),
    _said("sender that takes no answer", "auto", "三号机磁盘将满", sender="no-reply@example.com"),
    _said("a form that a person filled in", "message", sender="noreply@example.com", head="Reply-To: lin@example.com"),
    _said("a mail system without an address", "auto", "Started.", subject="Notice", sender="MAILER-DAEMON <>"),
    _said(
        "a postmaster who writes to all",
        "message",
        "各位老师，近期部分邮件被退回，原因是对方邮箱已满，请通知对方清理。周工",
        subject="关于退信问题的说明",
        sender="Zhou <postmaster@example.com>",
    ),
    _said(
        "a postmaster who answers",
        "message",
        "li@example.com 不存在，地址写错了，请改成 lili@example.com",
        subject="回复：退信",
        sender="Zhou <postmaster@example.com>",
    ),
    _said(
        "a person whose mails come back",
        "message",
        "Since this morning every mail to ICU comes back with 550 5.1.1. Please check.",
        subject="Undeliverable mail?",
    ),
)
