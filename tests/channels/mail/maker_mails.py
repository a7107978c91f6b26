"""What makers of mail systems have them say of a mail that was not delivered, each in words of its own; and what people
with addresses like those of mail systems say."""

from tests.channels.mail.letters import Case, letter

_GHOST = "ghost@example.org"


def _told(name: str, sender: str, subject: str, body: str, kind: str = "bounce", head: str = "") -> Case:
    typed = "Content-Type: text/plain; charset=utf-8"
    raw = letter(f"{head}\n{typed}" if head else typed, body, start=f"From: {sender}\nSubject: {subject}")
    return Case(name, raw, body, subject, sender.rpartition("<")[2].rstrip(">").lower(), kind=kind)


CASES = (
    _told(
        "Domino",
        "MailRouter@example.com",
        "DELIVERY FAILURE: 550 Unknown user",
        f"Your message\n\n  Subject: HIS\n\nwas not delivered to:\n\n  {_GHOST}\n\nbecause:\n\n  550 Unknown user",
    ),
    _told(
        "Domino in Chinese",
        "Mail Router <Mail.Router@example.com>",
        "传递失败: 用户 ghost 未列在 Domino 目录中",
        f"您的邮件\n\n  主题: HIS\n\n未能传递给：\n\n  {_GHOST}\n\n原因：\n\n  用户 ghost 未列在 Domino 目录中",
    ),
    _told(
        "MDaemon",
        "MDaemon at example.com <MDaemon@example.com>",
        "Permanent Delivery Failure",
        f"The attached message had PERMANENT fatal delivery errors!\n\nFailed address: {_GHOST}",
    ),
    _told(
        "GroupWise, which names no address",
        "Mail Delivery <postmaster@example.com>",
        "Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n ghost (user not found)",
    ),
    _told(
        "an SMTP service",
        "SMTP Service <smtp@example.com>",
        "Delivery Failure Report",
        f"Your document: HIS\nwas not delivered to: {_GHOST}\nbecause: No route found",
    ),
    _told(
        "a filter of bulk mail",
        "Spam Firewall <noreply@gateway.example.com>",
        "**Message you sent blocked by our bulk email filter**",
        f"Your message to: {_GHOST}\nwas blocked by our Spam Firewall. The email you sent has NOT BEEN DELIVERED.",
    ),
    _told(
        "a virus scanner",
        "antivirus@example.com",
        "Message rejected: HIS",
        f"Your message to {_GHOST} was rejected: 550 5.7.1 policy.",
        head="Auto-Submitted: auto-generated",
    ),
    _told(
        "a subject that says nothing, a code that says it",
        "Mail System <mx@example.com>",
        "Notice",
        f"Your message to {_GHOST} could not be delivered: 550 5.7.1 rejected by policy.",
        head="Return-Path: <>",
    ),
    _told(
        "a mail service in Chinese",
        "mailservice@example.com",
        "您的邮件未能成功送达",
        f"您发送给 {_GHOST} 的邮件未能成功送达，对方服务器返回 550。",
    ),
    _told(
        "an absence that names a colleague",
        "lin@example.com",
        "Re: HIS",
        "我已离职，此邮箱不再使用，来信会被退回，请联系 li@example.com，电话 8550。",
        kind="auto",
        head="Return-Path: <>",
    ),
    _told(
        "the computer department on bounces",
        "admin@example.com",
        "退信问题",
        f"各位好，最近 {_GHOST} 反映的退信问题已解决，是域名过期。信息科",
        kind="message",
    ),
    _told(
        "the computer department on its mail server",
        "系统管理员 <xxk@example.com>",
        "邮件系统升级",
        "今晚 10 点升级，期间可能无法发送邮件，升级后自动恢复。",
        kind="message",
    ),
    _told(
        "MMDF, without a code",
        "Mail System <mmdf@example.com>",
        "Failed mail (msg.aa123)",
        f"Your message could not be delivered to\n'{_GHOST}'\nfor the following reason: user unknown",
        head="Return-Path: <>",
    ),
    _told(
        "a virus scanner, without a code",
        "scanner@example.com",
        "Virus alert",
        f"The mail message you sent to {_GHOST} contains a virus and has not been delivered.",
        head="Return-Path: <>",
    ),
    _told(
        "an absence in English",
        "lin@example.com",
        "Re: HIS",
        "I have left the hospital, your message has not been delivered to anybody. Please write to li@example.com.",
        kind="auto",
        head="Return-Path: <>",
    ),
    _told("a receipt for spare parts", "lin@example.com", "收条", "备件收条见附件，已查看数量无误。", kind="message"),
    _told(
        "a supplier on a parcel",
        "李服务 <service@example.org>",
        "备件未送达",
        "物流显示未送达，收件人王芳电话打不通，请确认地址 wf@example.com。",
        kind="message",
    ),
    _told(
        "a supplier on a parcel, in English",
        "service@example.org",
        "Delivery failure of order 12",
        "The courier could not deliver the tube to recipient Wang (wf@example.com). Please give us another date.",
        kind="message",
    ),
    _told(
        "an answering program that greets",
        "lin@example.com",
        "回复：HIS",
        "您好，这是一封自动回复邮件。我已收到您的来信，谢谢！",
        kind="auto",
    ),
    _told(
        "an answering program that says so before a colon",
        "lin@example.com",
        "收到您的来信",
        "这是自动回复：您的来信已收到。",
        kind="auto",
    ),
    _told(
        "a person who asks whether that is one",
        "lin@example.com",
        "HIS",
        "您好，这是自动回复：邮件已收到，是吗？",
        kind="message",
    ),
    _told(
        "a cart that is not delivered",
        "lin@example.com",
        "物流小车投递失败",
        "气动物流投递失败，标本未送达检验科，系统已停止重试。",
        kind="message",
    ),
    _told(
        "a person whose mail came back",
        "lin@example.com",
        "邮件发送失败",
        f"发给 {_GHOST} 的邮件发送失败，提示 550 User unknown。信息科处理下。",
        kind="message",
    ),
)
