"""How the mail programs of China and elsewhere write an answer or a forward in plain text."""

from tests.channels.mail.letters import Case, letter

_NEW = "已经重启过了，还是不行。\n张丽"
_PLAIN = "Content-Type: text/plain; charset=utf-8"


def _said(name: str, body: str, text: str, quoted: bool = True, head: str = _PLAIN) -> Case:
    return Case(name, letter(head, body), text, quoted=quoted)


CASES = (
    _said(
        "qq",
        _NEW
        + (
            '\n\n\n\n------------------ 原始邮件 ------------------\n发件人: "信息科" <it@example.com>;'
            '\n发送时间: 2026年3月2日(星期一) 上午9:12\n收件人: "张丽"<zl@example.com>;\n主题: 回复：打'
            "印机\n\n请重启打印机。\n"
        ),
        _NEW,
    ),
    _said(
        "qq wide",
        _NEW
        + (
            "\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人:                 "
            "                                                                                        "
            '               "信息科"                                                               '
            "                     <it@example.com>;\n发送时间:&nbsp;2026年3月2日(星期一) 上午9:12\n收件人"
            ':&nbsp;"张丽"<zl@example.com>;\n主题:&nbsp;打印机\n\n请重启。'
        ),
        _NEW,
    ),
    _said(
        "qq mobile",
        _NEW
        + (
            '\n\n发自我的iPhone\n\n---原始邮件---\n发件人: "信息科"<it@example.com>\n发送时间: 2026年3'
            '月2日(周一) 上午9:12\n收件人: "张丽"<zl@example.com>;\n主题: 打印机\n\n请重启'
        ),
        "已经重启过了，还是不行。\n张丽\n\n发自我的iPhone",
    ),
    _said(
        "foxmail",
        _NEW
        + (
            "\n\n\n\nzl@example.com\n \n发件人： 信息科\n发送时间： 2026-03-02 09:12\n收件人： 张丽\n抄送"
            "： 王主任\n主题： 打印机\n请重启打印机。\n"
        ),
        "已经重启过了，还是不行。\n张丽\n\n\n\nzl@example.com",
    ),
    _said(
        "163",
        _NEW
        + (
            '\n\n\n\n\n\n\n\n\n\n\n\n在 2026-03-02 09:12:11，"信息科" <it@example.com> 写道：\n\n请重启打印机。\n谢谢\n'
        ),
        _NEW,
    ),
    _said(
        "163 en",
        _NEW + '\n\n\n\n\nAt 2026-03-02 09:12:11, "it" <it@example.com> wrote:\n>请重启打印机。\n>谢谢\n',
        _NEW,
    ),
    _said(
        "163 new",
        _NEW
        + (
            "\n\n\n\n---- 回复的原邮件 ----\n| 发件人 | 信息科<it@example.com> |\n| 日期 | 2026年03月02日"
            " 09:12 |\n| 收件人 | 张丽<zl@example.com> |\n| 抄送至 | |\n| 主题 | 打印机 |\n请重启打印机。"
        ),
        _NEW,
    ),
    _said(
        "aliyun",
        _NEW
        + (
            "\n\n\n------------------------------------------------------------------\n发件人：信息科"
            " <it@example.com>\n发送时间：2026年3月2日(星期一) 09:12\n收件人：张丽 <zl@example.com>\n主\u3000"
            "题：打印机\n\n请重启打印机。\n"
        ),
        _NEW,
    ),
    _said(
        "outlook zh",
        _NEW
        + (
            "\n\n发件人: 信息科 <it@example.com>\n发送时间: 2026年3月2日 9:12\n收件人: 张丽 <zl@example.com>"
            "\n抄送: 王主任\n主题: 打印机\n\n请重启打印机。\n"
        ),
        _NEW,
    ),
    _said(
        "outlook en",
        _NEW
        + (
            "\n\n________________________________\nFrom: IT Desk <it@example.com>\nSent: Monday, March 2,"
            " 2026 9:12 AM\nTo: Zhang Li <zl@example.com>\nCc: Boss\nSubject: Printer\n\nPlease restart i"
            "t.\n"
        ),
        _NEW,
    ),
    _said(
        "outlook express",
        _NEW
        + (
            '\n\n----- Original Message ----- \nFrom: "IT" <it@example.com>\nTo: <zl@example.com>\nSent: Mo'
            "nday, March 02, 2026 9:12 AM\nSubject: Printer\n\n\n> restart\n> please"
        ),
        _NEW,
    ),
    _said(
        "outlook dash",
        _NEW
        + (
            "\n\n-----邮件原件-----\n发件人: 信息科 [mailto:it@example.com] \n发送时间: 2026年3月2日 9:12"
            "\n收件人: 张丽\n主题: 打印机\n\n请重启"
        ),
        _NEW,
    ),
    _said(
        "apple zh",
        _NEW + "\n\n> 在 2026年3月2日，上午9:12，信息科 <it@example.com> 写道：\n> \n> 请重启打印机。\n> \n",
        _NEW,
    ),
    _said("apple zh2", _NEW + "\n\n> 2026年3月2日 09:12，信息科 <it@example.com> 写道：\n> \n> 请重启打印机。\n", _NEW),
    _said("apple en", _NEW + "\n\n> On 2 Mar 2026, at 09:12, IT <it@example.com> wrote:\n> \n> restart.\n", _NEW),
    _said(
        "gmail zh", _NEW + "\n\n信息科 <it@example.com> 于2026年3月2日周一 09:12写道：\n\n> 请重启打印机。\n>\n", _NEW
    ),
    _said(
        "gmail zh fold",
        _NEW
        + (
            "\n\n医院信息科值班室很长的名字 <it.very.long.address.name@renmin-yiyuan.example.cn>\n于2"
            "026年3月2日周一 09:12写道：\n\n> 请重启打印机。\n>\n"
        ),
        _NEW,
    ),
    _said(
        "gmail en fold",
        _NEW
        + (
            "\n\nOn Mon, Mar 2, 2026 at 9:12 AM Information Desk <it.very.long.name@example.com>\nwrote:"
            "\n\n> restart\n> > older\n"
        ),
        _NEW,
    ),
    _said("gmail tw", _NEW + "\n\n資訊科 <it@example.com> 於 2026年3月2日 週一 上午9:12寫道：\n\n> 請重啟\n", _NEW),
    _said("tb zh", _NEW + "\n\n在 2026/3/2 9:12, 信息科 写道:\n> 请重启打印机。\n> 谢谢\n", _NEW),
    _said("tb en", _NEW + "\n\nOn 2026-03-02 09:12, IT wrote:\n> restart\n", _NEW),
    _said(
        "notes",
        _NEW
        + (
            "\n\n\n\n\n发件人:         信息科/RMYY\n收件人:         zl@example.com, \n日期:   2026-03-02 "
            "09:12\n主题:   打印机\n\n\n\n请重启"
        ),
        _NEW,
    ),
    _said(
        "coremail",
        _NEW
        + (
            '\n\n\n> -----原始邮件-----\n> 发件人: "信息科" <it@example.com>\n> 发送时间: 2026-03-02 09'
            ":12:11 (星期一)\n> 收件人: zl@example.com\n> 抄送: \n> 主题: 打印机\n> \n> 请重启\n"
        ),
        _NEW,
    ),
    _said(
        "coremail2",
        _NEW
        + (
            '\n\n-----原始邮件-----\n发件人:"信息科" <it@example.com>\n发送时间:2026-03-02 09:12:11 (星'
            "期一)\n收件人:zl@example.com\n主题:打印机\n\n请重启\n"
        ),
        _NEW,
    ),
    _said(
        "date wide",
        _NEW + ("\n\n发件人：信息科\n日\u3000期：2026-03-02 09:12\n收件人：张丽\n主\u3000题：打印机\n\n请重启\n"),
        _NEW,
    ),
    _said(
        "huawei",
        _NEW
        + (
            "\n\n\n-------- 原始邮件 --------\n发件人： 信息科 <it@example.com>\n日期： 2026年3月2日周一 "
            "上午9:12\n收件人： 张丽 <zl@example.com>\n主 题： 打印机\n请重启\n"
        ),
        _NEW,
    ),
    _said(
        "android",
        _NEW
        + (
            "\n\n\n-------- Original message --------\nFrom: IT <it@example.com>\nDate: 2/3/26 9:12 AM (G"
            "MT+08:00)\nTo: zl@example.com\nSubject: Printer\n\nrestart\n"
        ),
        _NEW,
    ),
    _said("bottom", "> 打印机重启了吗？\n> 信息科\n\n已经重启过了，还是不行。\n张丽", _NEW),
    _said(
        "bottom intro",
        "在 2026年3月2日 09:12，信息科 <it@example.com> 写道：\n> 打印机重启了吗？\n> 信息科\n\n已经"
        "重启过了，还是不行。\n张丽",
        _NEW,
    ),
    _said(
        "between",
        "王工，你好\n\nOn 2026-03-02 09:12, IT wrote:\n> 打印机重启了吗？\n重启了三次\n\n> 网线插"
        "好了吗？\n> 灯亮吗？\n插好了，灯亮\n\n> 信息科\n",
        "王工，你好\n\n重启了三次\n\n插好了，灯亮",
    ),
    _said(
        "sig",
        _NEW + ('\n\n-- \n张丽\n电话 8123\n\n在 2026-03-02 09:12:11，"信息科" <it@example.com> 写道：\n\n请重启'),
        _NEW,
    ),
    _said(
        "fwd",
        "请帮忙处理一下，谢谢\n\n---------- Forwarded message ---------\n发件人： 李医生 <ly@rmyy"
        ".cn>\nDate: 2026年3月2日周一 09:12\nSubject: 打印机\nTo: 张丽 <zl@example.com>\n\n\n二楼打印"
        "机坏了\n",
        "请帮忙处理一下，谢谢",
    ),
    _said(
        "fwd only",
        "\n\n---------- 转发的邮件 ---------\n发件人： 李医生 <ly@example.com>\n日期：2026年3月2日周"
        "一 09:12\n主题：打印机\n收件人： 张丽 <zl@example.com>\n\n\n二楼打印机坏了\n",
        "",
    ),
    _said(
        "fwd apple",
        "见下\n\n开始转发的邮件：\n\n发件人: 李医生 <ly@example.com>\n主题: 打印机\n日期: 2026年3月2"
        "日 GMT+8 09:12:11\n收件人: 张丽 <zl@example.com>\n\n二楼打印机坏了\n",
        "见下",
    ),
    _said(
        "fwd 163",
        '转给你们看\n\n\n\n\n\n-------- 转发邮件信息 --------\n发件人："李医生" <ly@example.com>\n'
        '发送日期：2026-03-02 09:12:11\n收件人："张丽" <zl@example.com>\n主题：打印机\n二楼打印机坏'
        "了\n",
        "转给你们看",
    ),
    _said(
        "fields",
        "系统里这几项都打不开：\n发件人：那一栏空白\n昨天李工在群里写道：明天修。\n请尽快",
        "系统里这几项都打不开：\n发件人：那一栏空白\n昨天李工在群里写道：明天修。\n请尽快",
        quoted=False,
    ),
    _said(
        "wrote",
        "护士长在交班本上写道：\n三号机又蓝屏了，请来看看。",
        "护士长在交班本上写道：\n三号机又蓝屏了，请来看看。",
        quoted=False,
    ),
    _said(
        "rule",
        "一楼：打印机\n----------------\n二楼：扫码枪\n________________\n三楼：好的",
        "一楼：打印机\n----------------\n二楼：扫码枪\n________________\n三楼：好的",
        quoted=False,
    ),
    _said(
        "gt",
        "体温 > 38.5 的提示不出来\n血压>140也不提示\n->点保存没反应",
        "体温 > 38.5 的提示不出来\n血压>140也不提示\n->点保存没反应",
        quoted=False,
    ),
    _said("dashes", "见清单\n--\n1. 打印机\n2. 扫描仪", "见清单\n--\n1. 打印机\n2. 扫描仪", quoted=False),
    _said("sigonly", "打印机坏了\n\n-- \n信息科 王芳\n8123\n", "打印机坏了", quoted=False),
    _said(
        "delsp",
        "设备科的打印机今天早上开始 \n就一直不工作 \n了。\n好急",
        "设备科的打印机今天早上开始就一直不工作了。\n好急",
        quoted=False,
        head="Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
    ),
    _said(
        "flowed q",
        "the printer on the second floor does \nnot work.\n\n>> older words that go \n>> on\n> an"
        "d newer words that \n> go on\nThanks,\nWang",
        "the printer on the second floor does not work.\n\nThanks,\nWang",
        head="Content-Type: text/plain; charset=utf-8; format=flowed",
    ),
    _said("GroupWise", _NEW + "\n\n>>> WANG Fang <it@example.com> 3/2/2026 9:12 AM >>>\n请重启\n谢谢", _NEW),
    _said("Lotus Notes", _NEW + "\n\n\nIT/RMYY wrote on 03/02/2026 09:12:11 AM:\n\nrestart", _NEW),
    _said(
        "Zoho", _NEW + "\n\n\n---- 在 星期一, 02 三月 2026 09:12:11 +0800 IT<it@example.com> 撰写 ----\n\n请重启", _NEW
    ),
    _said(
        "139",
        _NEW + "\n\n----邮件原文----\n发件人：IT <it@example.com>\n收件人：wf\n抄 送： (无)\n"
        "发送时间：2026-03-02 09:12:11\n主题：s\n\n请重启",
        _NEW,
    ),
    _said("139 without its block", _NEW + "\n\n----邮件原文----\n请重启", _NEW),
    _said(
        "Thunderbird forward", _NEW + "\n\n-------- 转发的消息 --------\n主题: 1\n日期: 2\n发件人: IT\n\n请重启", _NEW
    ),
    _said(
        "Yahoo", _NEW + "\n\n    在 2026年3月2日星期一 GMT+8 09:12:11， IT<it@example.com> 写道：  \n \n 请重启", _NEW
    ),
    _said("signed above the signs", _NEW + "\n\nIT <it@example.com> 2026/3/2 9:12\n> restart", _NEW),
    _said(
        "Apple, broken",
        _NEW + "\n\n> On Mar 2, 2026, at 9:12 AM, Information Desk of the\n"
        "> Hospital <it@example.com> wrote:\n> \n> restart",
        _NEW,
    ),
    _said(
        "titles of one's own",
        "-----消息-----\n打印机坏了\n----信息----\n三楼",
        "-----消息-----\n打印机坏了\n----信息----\n三楼",
        quoted=False,
    ),
    _said(
        "a sign of one's own in flowed text",
        "From 3 pm on the viewer hangs.\n > is the key.",
        "From 3 pm on the viewer hangs.\n> is the key.",
        quoted=False,
        head="Content-Type: text/plain; charset=utf-8; format=flowed",
    ),
)
