"""What mail systems say of a mail that they could not deliver, or not yet, each in its own words."""

from tests.channels.mail.letters import Case, b64, inner, letter, many, part, parts, words

_PLAIN = "Content-Type: text/plain; charset=utf-8"
_PAGE = "Content-Type: text/html; charset=utf-8"
_STATUS = "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; li@example.org\r\nAction: failed\r\nStatus: 5.1.1"
_REPORT = inner(words("failed"), part("Content-Type: message/delivery-status", _STATUS), kind="report", boundary="b1")


def _system(
    name: str, kind: str, sender: str, subject: str, body: str, head: str = "", text: str = "", quoted: bool = False
) -> Case:
    start = f"From: {sender}\nSubject: {subject if subject.isascii() else b64(subject)}"
    typed = "" if "Content-Type" in head else _PLAIN
    raw = letter("\n".join(filter(None, (head, typed))), body, start=start)
    address = sender.partition(" (")[0].rpartition("<")[2].rstrip(">").lower()
    return Case(name, raw, text or body, subject, address, quoted, kind=kind)


CASES = (
    _system(
        "qmail",
        "bounce",
        "MAILER-DAEMON@mx.example.org",
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver you"
        "r message to the following addresses.\nThis is a permanent error; I've given up. Sorry i"
        "t didn't work out.\n\n<li@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- "
        "Below this line is a copy of the message.\n\nReturn-Path: <it@example.com>\nSubject: page\n"
        "\nwords",
        head="Return-Path: <>",
        text="Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver you"
        "r message to the following addresses.\nThis is a permanent error; I've given up. Sorry i"
        "t didn't work out.\n\n<li@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)",
        quoted=True,
    ),
    _system(
        "exim",
        "bounce",
        "Mail Delivery System <Mailer-Daemon@example.org>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its\nrecipients. This is a permanent error"
        ". The following address(es) failed:\n\n  li@example.org\n    SMTP error from remote mail serve"
        "r after RCPT TO:<li@example.org>:\n    550 unknown user\n\n------ This is a copy of the messag"
        "e, including all the headers. ------\n\nSubject: page",
        head="X-Failed-Recipients: li@example.org\nAuto-Submitted: auto-replied",
        text="This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its\nrecipients. This is a permanent error"
        ". The following address(es) failed:\n\n  li@example.org\n    SMTP error from remote mail serve"
        "r after RCPT TO:<li@example.org>:\n    550 unknown user",
        quoted=True,
    ),
    _system(
        "exim warn",
        "auto",
        "Mail Delivery System <Mailer-Daemon@example.org>",
        "Warning: message 1abCDe-000 delayed 24 hours",
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent has not yet been delivered to one or more of its\nrecipients after more than 24 hou"
        "rs on the queue on example.org.\n\nNo action is required on your part. Delivery attempts will "
        "continue for\nsome time, and this warning may be repeated at intervals if the message\nr"
        "emains undelivered.",
        head="Auto-Submitted: auto-replied",
    ),
    _system(
        "sendmail",
        "bounce",
        "Mail Delivery Subsystem <MAILER-DAEMON@example.org>",
        "Returned mail: see transcript for details",
        "The original message was received at Mon, 2 Mar 2026 10:11:12 +0800\nfrom mx.example.com [10"
        ".0.0.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<li@example.org>"
        "\n    (reason: 550 5.1.1 <li@example.org>... User unknown)\n\n   ----- Transcript of session f"
        "ollows -----\n... while talking to mx.example.org.:\n>>> RCPT To:<li@example.org>\n<<< 550 5.1.1 <li"
        "@example.org>... User unknown",
    ),
    _system(
        "qq",
        "bounce",
        "PostMaster <PostMaster@qq.com>",
        "系统退信/Systematic Bounce",
        "<div>很抱歉，您发给 li@qq.com 的邮件退回。</div><div>退信原因：收件人邮箱帐号不存在 (550"
        " Mailbox not found)</div><div>原邮件主题：呼叫</div>",
        head=_PAGE,
        text="很抱歉，您发给 li@qq.com 的邮件退回。\n退信原因：收件人邮箱帐号不存在 (550 Mailbox not f"
        "ound)\n原邮件主题：呼叫",
    ),
    _system(
        "qq2",
        "bounce",
        "postmaster@qq.com",
        "来自qq.com的退信",
        "抱歉，您的邮件被退回来了……\n原邮件信息：\n时  间：2026-03-02 10:11:12\n主  题：呼叫\n"
        "收件人：li@example.org\n退信原因：\n发送失败，对方邮箱不存在或已停用。",
    ),
    _system(
        "163",
        "bounce",
        "Postmaster@163.com",
        "系统退信",
        "尊敬的用户，您好！\n很抱歉，您的邮件未能成功发送给以下收件人：\nli@example.org\n退信代码：550 User not found",
    ),
    _system(
        "coremail",
        "bounce",
        "postmaster <postmaster@example.org>",
        "系统退信通知",
        "您发送给 li@example.org 的邮件被退回。\n原因：收件人不存在 (User unknown)\nThis message is gen"
        "erated by Coremail.",
    ),
    _system(
        "exch zh",
        "bounce",
        "Microsoft Outlook <MicrosoftExchange329e71ec@example.com>",
        "未送达: 呼叫",
        "传递到以下收件人或通讯组失败:\n\n李四 (li@example.org)\n未找到你输入的电子邮件地址。请检查收件"
        "人的电子邮件地址，并尝试重新发送该邮件。\n\n供管理员使用的诊断信息:\n\n生成服务器: mx.kj"
        ".cn\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
    ),
    _system(
        "exch en",
        "bounce",
        "Microsoft Outlook <MicrosoftExchange329e71ec@example.com>",
        "Undeliverable: page",
        "Delivery has failed to these recipients or groups:\n\nLi (li@example.org)\nThe email address y"
        "ou entered couldn't be found.\n\nDiagnostic information for administrators:\nGenerating "
        "server: mx.example.org\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
    ),
    _system(
        "exch old",
        "bounce",
        "System Administrator <postmaster@example.com>",
        "Undeliverable: page",
        "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tpa"
        "ge\n      Sent:\t3/2/2026 10:11 AM\n\nThe following recipient(s) could not be reached:\n"
        "\n      li@example.org on 3/2/2026 10:11 AM\n            The e-mail account does not exist at "
        "the organization this message was sent to.\n            <mx.example.org #5.1.1>",
    ),
    _system(
        "notes",
        "bounce",
        "Postmaster@example.org",
        "DELIVERY FAILURE: User li (li@example.org) not listed in Domino Directory",
        "Your message\n\n  Subject: page\n\nwas not delivered to:\n\n  li@example.org\n\nbecause:\n\n  "
        "User li (li@example.org) not listed in Domino Directory",
    ),
    _system(
        "gmail",
        "bounce",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "Address not found\n\nYour message wasn't delivered to li@example.org because the address could"
        "n't be found, or is unable to receive mail.\n\nThe response was:\n550 5.1.1 The email ac"
        "count that you tried to reach does not exist.",
        head="X-Failed-Recipients: li@example.org\nAuto-Submitted: auto-replied",
    ),
    _system(
        "gmail delay",
        "auto",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Delay)",
        "Delivery incomplete\n\nThere was a temporary problem delivering your message to li@example.org"
        ". Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanent"
        "ly.",
        head="Auto-Submitted: auto-replied",
    ),
    _system(
        "full",
        "bounce",
        "MAILER-DAEMON@sina.com",
        "退信通知",
        "您好！您的邮件无法投递到 li@sina.com，因为对方邮箱已满（552 Quota exceeded）。此邮件已被退回。",
    ),
    _system(
        "tw",
        "bounce",
        "MAILER-DAEMON@hinet.net",
        "郵件無法投遞通知",
        "您寄給 li@kj.tw 的郵件無法投遞，原因：查無此收件人。",
    ),
    _system(
        "ses",
        "bounce",
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\nli@kj.cn",
    ),
    _system(
        "aliyun",
        "bounce",
        "postmaster@aliyun.com",
        "退信：呼叫",
        "您好，您的邮件投递失败。\n收件人：li@example.org\n失败原因：域名不存在，无法解析 MX 记录。",
    ),
    _system(
        "winmail",
        "bounce",
        "postmaster@example.org",
        "Delivery failure notification",
        "Hi. This is the smtp delivery program.\nI'm afraid I wasn't able to deliver your message"
        " to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't "
        "work out.\n\n<li@example.org>, sorry, no mailbox here by that name",
    ),
    _system(
        "postfix plain",
        "bounce",
        "MAILER-DAEMON@example.org (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.example.com.\n\nI'm sorry to have to inform you that your"
        " message could not\nbe delivered to one or more recipients.\n\n<li@example.org>: host mx.example.org"
        " said: 550 5.1.1 User unknown",
    ),
    _system(
        "exch late zh",
        "auto",
        "Microsoft Outlook <postmaster@example.com>",
        "延迟: 呼叫",
        "至以下收件人或通讯组的传递已延迟:\n\nli@example.org\n\n此邮件尚未送达。将继续尝试传递。",
    ),
    _system(
        "exch ok zh",
        "auto",
        "Microsoft Outlook <postmaster@example.com>",
        "已送达: 呼叫",
        "您的邮件已传递给下列收件人:\n\nli@example.org\n主题: 呼叫",
    ),
    _system(
        "read zh",
        "auto",
        "李四 <li@example.org>",
        "已读: 呼叫",
        "您的邮件\n\n  收件人: li@example.org\n  主题: 呼叫\n  发送时间: 2026年3月2日 10:11\n\n已于 202"
        "6年3月2日 10:20 被阅读。",
    ),
    Case(
        "in the wrapping of a list",
        many(_REPORT, words("list footer"), head="", boundary="b2"),
        "failed\nlist footer",
        kind="bounce",
        files=(("", "message/delivery-status", len(_STATUS)),),
    ),
    Case(
        "in nobody's form, with the mail in it",
        letter(
            "Return-Path: <>\nContent-Type: multipart/mixed; boundary=b1",
            parts(
                words("Could not be delivered to: <li@example.org>"),
                part("Content-Type: message/rfc822", "A: b\n\nold"),
            ),
            start="From: no-reply@example.org\nSubject: Mail",
        ),
        "Could not be delivered to: <li@example.org>",
        "Mail",
        "no-reply@example.org",
        kind="bounce",
        files=(("", "message/rfc822", 11),),
    ),
    _system(
        "DragonFly",
        "bounce",
        "MAILER-DAEMON <>",
        "Mail delivery failed",
        "There was an error delivering your mail to <li@example.org>.\n\n550 5.7.26 Unauthenticated email",
    ),
    _system(
        "OpenSMTPD",
        "bounce",
        "Mailer Daemon <post_master@example.org>",
        "Delivery status notification: error",
        "Hi!\n\nAn error has occurred while attempting to deliver a message for\nli@example.org: Envelope expired",
        head="Return-Path: <>",
    ),
    _system(
        "Exchange of old",
        "bounce",
        "System Administrator <postmaster@example.org>",
        "E",
        "Your message\n\n  Subject: page\n\ndid not reach the following recipient(s):\n\nli@example.org",
    ),
)
