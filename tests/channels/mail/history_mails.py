"""New words and history, in plain text, as the mail programs write it."""

from tests.channels.mail.letters import REPLY, Case, letter, plain


def _reply(name: str, body: str, text: str, quoted: bool = True, head: str = REPLY) -> Case:
    return Case(name, plain(body, head), text, quoted=quoted)


CASES = (
    _reply(
        "Outlook in Chinese",
        "收到，马上处理。\n王工\n\n发件人: 林护士 <lin@example.com> \n发送时间: 2026年1月5日 8:05\n"
        "收件人: 信息科 <it@example.com>\n"
        "抄送: 护理部 <hl@example.com>\n主题: HIS打不开\n\n急诊HIS打不开\n林",
        "收到，马上处理。\n王工",
    ),
    _reply(
        "Outlook in English with its rule",
        "On my way.\n\nWang\n\n________________________________\nFrom: Lin <lin@example.com>\nSent: "
        "Monday, January 5, 2026 8:05 AM\n"
        "To: IT <it@example.com>\nSubject: HIS\n\nHIS is down",
        "On my way.\n\nWang",
    ),
    _reply(
        "Outlook Original Message",
        "好的\n\n-----Original Message-----\nFrom: Lin [mailto:lin@example.com]\nSent: Monday, January "
        "5, 2026 8:05 AM\nTo: it\nSubject: HIS\n\ndown",
        "好的",
    ),
    _reply(
        "Outlook 邮件原件",
        "已恢复\n\n-----邮件原件-----\n发件人: 林护士\n发送时间: 2026年1月5日 8:05\n收件人: 信息科\n"
        "主题: HIS\n\n打不开",
        "已恢复",
    ),
    _reply(
        "Foxmail",
        "还是不行\n\n\nlin@example.com\n \n发件人： 王工\n发送时间： 2026-01-05 08:05\n收件人： 林护士\n"
        "抄送： 护理部\n主题： Re: HIS\n请重启试试",
        "还是不行\n\n\nlin@example.com",
    ),
    _reply(
        "Foxmail of old",
        "不行\n\n发件人：王工\n日　期：2026-01-05 08:05\n收件人：林护士\n主　题：HIS\n\n请重启",
        "不行",
    ),
    _reply(
        "QQ on the web",
        '好了，谢谢\n\n\n------------------ 原始邮件 ------------------\n发件人: "王工" '
        "<wang@example.com>;\n发送时间: 2026年1月5日(星期一) 上午8:05\n"
        '收件人: "林护士"<lin@example.com>;\n\n主题: Re: HIS\n\n\n\n请试试',
        "好了，谢谢",
    ),
    _reply(
        "QQ in English",
        'Thanks\n\n------------------ Original ------------------\nFrom:  "Wang";<wang@example.com>;\n'
        "Date:  Mon, Jan 5, 2026 08:05 AM\n"
        'To:  "Lin"<lin@example.com>; \nSubject:  Re: HIS\n\nplease try',
        "Thanks",
    ),
    _reply(
        "QQ app",
        '好了\n\n发自我的iPhone\n\n\n---原始邮件---\n发件人: "王工"<wang@example.com>\n发送时间: '
        '2026年1月5日(周一) 上午8:05\n收件人: "林"<lin@example.com>;\n'
        "主题: Re: HIS\n\n请试试",
        "好了\n\n发自我的iPhone",
    ),
    _reply(
        "QQ of today",
        "好了\n\n林护士\nlin@example.com\n\n\n\n         原始邮件\n         \n       \n发件人：王工 "
        "<wang@example.com>\n发件时间：2026年1月5日 08:05\n"
        "收件人：林护士 <lin@example.com>\n主题：Re: HIS\n\n请试试",
        "好了\n\n林护士\nlin@example.com",
    ),
    _reply(
        "NetEase",
        '可以了\n\n\n\n\n\n在 2026-01-05 08:05:00，"王工" <wang@example.com> 写道：\n\n请重启\n再试',
        "可以了",
    ),
    _reply(
        "NetEase with signs",
        "可以了\n在 2026-01-05 08:05:00，王工 <wang@example.com> 写道：\n\n>请重启\n>再试",
        "可以了",
    ),
    _reply("NetEase in English", 'ok\n\nAt 2026-01-05 08:05:00, "Wang" <wang@example.com> wrote:\n\n>restart\n', "ok"),
    _reply(
        "NetEase Mail Master",
        "可以了\n\n\n| |\n林护士\n|\n|\nlin@example.com\n|\n---- 回复的原邮件 ----\n| 发件人 | "
        "王工<wang@example.com> |\n| 日期 | 2026年01月05日 08:05 |\n"
        "| 收件人 | 林<lin@example.com> |\n| 抄送至 | |\n| 主题 | Re: HIS |\n请重启",
        "可以了\n\n\n| |\n林护士\n|\n|\nlin@example.com\n|",
    ),
    _reply(
        "Aliyun",
        "处理好了\n------------------------------------------------------------------\n发件人：林护士 "
        "<lin@example.com>\n发送时间：2026年1月5日(星期一) 08:05\n"
        "收件人：信息科 <it@example.com>\n抄　送：护理部 <hl@example.com>\n主　题：HIS打不开\n\n急诊打不开",
        "处理好了",
    ),
    _reply(
        "Aliyun with its title",
        "处理好了\n\n------------------原始邮件 ------------------\n发件人:林护士 <lin@example.com>\n"
        "发送时间:Mon Jan 5 08:05:00 2026\n收件人:it <it@example.com>\n主题:HIS\n打不开",
        "处理好了",
    ),
    _reply(
        "Apple in Chinese", "好的\n\n> 在 2026年1月5日，08:05，王工 <wang@example.com> 写道：\n> \n> 请重启\n> ", "好的"
    ),
    _reply(
        "Apple in Chinese, day part",
        "好的\n\n> 2026年1月5日 上午8:05，王工 <wang@example.com> 写道：\n> \n> ﻿请重启",
        "好的",
    ),
    _reply(
        "Apple in English",
        "Ok\n\nSent from my iPhone\n\n> On Jan 5, 2026, at 08:05, Wang <wang@example.com> wrote:\n> \n> restart",
        "Ok\n\nSent from my iPhone",
    ),
    _reply(
        "Gmail in English",
        "Done.\n\nOn Mon, Jan 5, 2026 at 8:05 AM Lin <lin@example.com> wrote:\n\n> HIS is down\n> please help\n",
        "Done.",
    ),
    _reply(
        "Gmail, line broken",
        "Done.\n\nOn Mon, Jan 5, 2026 at 8:05 AM Lin Mei of the emergency <\nlin@example.com> wrote:\n\n> down\n",
        "Done.",
    ),
    _reply(
        "Gmail in Chinese",
        "好了\n\n林护士 <lin@example.com> 于2026年1月5日周一 08:05写道：\n\n> 打不开\n> 急\n",
        "好了",
    ),
    _reply(
        "Gmail in Chinese, broken",
        "好了\n\n急诊科林护士 <lin.mei.emergency@mail.example.com> 于2026年1月5日周一\n08:05写道：\n\n> 打不开\n",
        "好了",
    ),
    _reply(
        "Gmail in traditional", "好了\n\n林 <lin@example.com> 於 2026年1月5日 週一 上午8:05寫道：\n\n> 打不開\n", "好了"
    ),
    _reply("Thunderbird in Chinese", "好了\n\n在 2026/1/5 8:05, 林护士 写道:\n> 打不开\n", "好了"),
    _reply(
        "Thunderbird, answers below",
        "On 1/5/26 08:05, Lin wrote:\n> HIS is down\n> on ward 7\n\nIt works again.\nWang",
        "It works again.\nWang",
    ),
    _reply(
        "answers in between",
        "王工 <wang@example.com> 于2026年1月5日周一 08:05写道：\n> 重启了吗？\n重启过了\n> 网线呢？\n"
        "插着\n> \n> 谢谢\n",
        "重启过了\n\n插着",
    ),
    _reply(
        "deep history",
        "还是不行\n\n在 2026/1/5 9:05, 王工 写道:\n> 好了吗\n>\n> 在 2026/1/5 8:05, 林护士 写道:\n>> "
        "打不开\n>>\n>>> 更早\n",
        "还是不行",
    ),
    _reply(
        "WeCom mail",
        "收到\n\n\n发自我的企业微信\n\n\n\n------------------ Original ------------------\n发件人: "
        "林护士 <lin@example.com>\n发件时间: 2026年1月5日 08:05\n收件人: it <it@example.com>\n主题: HIS\n"
        "\n打不开",
        "收到\n\n\n发自我的企业微信",
    ),
    _reply(
        "WeCom without title",
        "收到\n\n发件人：林护士<lin@example.com>\n发件时间：2026年1月5日(星期一) 08:05\n"
        "收件人：信息科<it@example.com>\n主题：HIS\n\n打不开",
        "收到",
    ),
    _reply(
        "Gmail forward",
        "请处理\n\n---------- Forwarded message ---------\n发件人： 林护士 <lin@example.com>\nDate: "
        "2026年1月5日周一 08:05\nSubject: HIS\nTo: <it@example.com>\n\n\n打不开",
        "请处理",
    ),
    _reply(
        "Apple forward",
        "请看\n\n开始转发的邮件：\n\n发件人: 林护士 <lin@example.com>\n主题: HIS\n日期: 2026年1月5日 "
        "GMT+8 08:05:00\n收件人: it@example.com\n\n打不开",
        "请看",
    ),
    _reply(
        "Apple forward in English",
        "See below\n\nBegin forwarded message:\n\nFrom: Lin <lin@example.com>\nSubject: HIS\nDate: "
        "January 5, 2026 at 08:05:00 GMT+8\nTo: it@example.com\n\ndown",
        "See below",
        head="",
    ),
    _reply(
        "NetEase forward",
        '请处理\n\n-------- 转发邮件信息 --------\n发件人："林" <lin@example.com>\n发送日期：2026-01-05 '
        "08:05:00\n收件人：it@example.com\n主题：HIS\n打不开",
        "请处理",
        head="",
    ),
    _reply(
        "Thunderbird forward, nothing said",
        "\n\n-------- Forwarded Message --------\nSubject: \tHIS\nDate: \tMon, 5 Jan 2026 08:05:00 "
        "+0800\nFrom: \tLin <lin@example.com>\nTo: \tit@example.com\n\ndown",
        "",
    ),
    _reply(
        "Android",
        "ok\n\n-------- 原始邮件 --------\n发件人： lin@example.com\n日期： 2026/1/5 08:05 (GMT+08:00)\n"
        "收件人： it@example.com\n主题： HIS\n\n打不开",
        "ok",
    ),
    _reply("our own line", "已到场\n\n---- 请在此线以上回复 ----\n\n工单 W12 急诊HIS打不开", "已到场"),
    _reply("signature behind its sign", "HIS打不开\n\n-- \n林护士\n急诊科 8120", "HIS打不开", quoted=False),
    _reply(
        "signature behind dashes stays",
        "HIS打不开\n--\n林护士\n---\n8120",
        "HIS打不开\n--\n林护士\n---\n8120",
        quoted=False,
    ),
    _reply("signature, then history", "好\n-- \n王工\n\n在 2026/1/5 8:05, 林 写道:\n> 打不开", "好"),
    _reply(
        "names stay", "HIS打不开\n\n急诊 林护士\n2026年1月5日", "HIS打不开\n\n急诊 林护士\n2026年1月5日", quoted=False
    ),
    _reply(
        "somebody wrote in a book",
        "交班本上夜班写道：\n系统两点开始慢\n请处理",
        "交班本上夜班写道：\n系统两点开始慢\n请处理",
        quoted=False,
        head="",
    ),
    _reply(
        "a sender named in words",
        "发件人：检验科\n那台打印机坏了",
        "发件人：检验科\n那台打印机坏了",
        quoted=False,
        head="",
    ),
    _reply(
        "a form",
        "科室：急诊\n时间：今天8点\n问题：HIS打不开\n联系人：林护士",
        "科室：急诊\n时间：今天8点\n问题：HIS打不开\n联系人：林护士",
        quoted=False,
        head="",
    ),
    _reply("more than five minutes", "打开病历\n>5分钟才出来", "打开病历\n>5分钟才出来", quoted=False, head=""),
    _reply("arrows are none", "点保存 -> 报错\n=> 退出", "点保存 -> 报错\n=> 退出", quoted=False),
    _reply("dashes between paragraphs", "第一\n----------\n第二", "第一\n----------\n第二", quoted=False),
    _reply("quoted first, without introduction", "> 重启了吗\n\n重启过了", "重启过了"),
    _reply(
        "the asterisks of a bold block",
        "好\n\n*发件人：* 林护士 <lin@example.com>\n*发送时间：* 2026年1月5日 8:05\n*收件人：* "
        "it@example.com\n*主题：* HIS\n\n打不开",
        "好",
    ),
    Case(
        "flowed",
        letter(
            f"{REPLY}\nContent-Type: text/plain; charset=utf-8; format=flowed",
            "HIS is \ndown on \nward 7\n\n> first \n> second\n\n From here\n-- \nLin",
        ),
        "HIS is down on ward 7\n\nFrom here",
        quoted=True,
    ),
    Case(
        "flowed, spaces deleted",
        letter("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes", "急诊 \n打不 \n开了"),
        "急诊打不开了",
    ),
)
