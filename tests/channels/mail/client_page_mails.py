"""How mail programs write an answer in HTML, and what a reader sees of a page."""

from tests.channels.mail.letters import Case, page

_NEW = "已经重启过了，还是不行。\n张丽"
_NEW_PAGE = "<div>已经重启过了，还是不行。</div><div>张丽</div>"


def _page(name: str, html: str, text: str, quoted: bool = True) -> Case:
    return Case(name, page(html.replace("%NEW%", _NEW_PAGE)), text, quoted=quoted)


CASES = (
    _page(
        "gmail",
        (
            '<div dir="ltr">%NEW%</div><br><div class="gmail_quote"><div dir="ltr" class="gmai'
            'l_attr">信息科 &lt;<a href="mailto:it@example.com">it@example.com</a>&gt; 于2026年3月2日周一 '
            '09:12写道：<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex'
            '"><div>请重启</div></blockquote></div>'
        ),
        _NEW,
    ),
    _page(
        "qq",
        (
            '%NEW%<div><br></div><div><includetail><div>&nbsp;</div><div style="font:Verdana normal '
            '14px;color:#000;"><div style="FONT-SIZE: 12px;FONT-FAMILY: Arial Narrow;padding:2px 0 '
            '2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="FONT'
            '-SIZE: 12px;background:#efefef;padding:8px;"><div id="menu_sender"><b>发件人:</b>&nbs'
            'p;"信息科"&lt;it@example.com&gt;;</div><div><b>发送时间:</b>&nbsp;2026年3月2日(星期一) 上'
            '午9:12</div><div><b>收件人:</b>&nbsp;"张丽"&lt;zl@example.com&gt;;<wbr></div><div></div><d'
            "iv><b>主题:</b>&nbsp;打印机</div></div><div>&nbsp;</div><div>请重启</div></div></include"
            "tail></div>"
        ),
        _NEW,
    ),
    _page(
        "163",
        (
            '<div style="line-height:1.7;color:#000000;font-size:14px;font-family:Arial">%NEW%<br><'
            'br><div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div><b'
            'r><pre><br>在 2026-03-02 09:12:11，"信息科" &lt;it@example.com&gt; 写道：</pre><blockquote'
            ' id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT'
            ': #ccc 1px solid"><div>请重启</div></blockquote></div>'
        ),
        _NEW,
    ),
    _page(
        "foxmail",
        (
            '<div><span></span>%NEW%</div>\n<div><br></div><blockquote style="margin-Top: 0px; margi'
            'n-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div><div style="border:none;border-top'
            ':solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div style="PADDING-RIGHT: 8px; backgr'
            'ound:#efefef"><div><b>发件人：</b>&nbsp;<a href="mailto:it@example.com">信息科</a></div><'
            "div><b>发送时间：</b>&nbsp;2026-03-02&nbsp;09:12</div><div><b>收件人：</b>&nbsp;<a href="
            '"mailto:zl@example.com">张丽</a></div><div><b>主题：</b>&nbsp;打印机</div></div></div><div'
            "><div>请重启</div></div></blockquote>"
        ),
        _NEW,
    ),
    _page(
        "outlook",
        "<div class=WordSection1><p class=MsoNormal><span lang=EN-US>已经重启过了，还是不行。<o:p"
        "></o:p></span></p><p class=MsoNormal>张丽<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</"
        "o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0c"
        "m 0cm'><p class=MsoNormal><b>发件人<span lang=EN-US>:</span></b><span lang=EN-US> it@rmy"
        "y.cn &lt;it@example.com&gt; <br></span><b>发送时间<span lang=EN-US>:</span></b> 2026<span>年"
        "</span>3<span>月</span>2日 9:12<br><b>收件人<span>:</span></b> 张丽<br><b>主题<span>:</s"
        "pan></b> 打印机<o:p></o:p></p></div></div><p class=MsoNormal>请重启<o:p></o:p></p></div>",
        _NEW,
    ),
    _page(
        "owa",
        (
            '<div id="divtagdefaultwrapper">%NEW%</div><hr style="display:inline-block;width:98%"'
            ' tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</'
            "b> IT &lt;it@example.com&gt;<br><b>Sent:</b> Monday, March 2, 2026 9:12:11 AM<br><b>To:</b> "
            "Zhang Li<br><b>Subject:</b> Printer</font><div>&nbsp;</div></div><div>restart</div>"
        ),
        _NEW,
    ),
    _page(
        "apple",
        (
            '%NEW%<br><div><blockquote type="cite"><div>在 2026年3月2日，上午9:12，信息科 &lt;it@rm'
            'yy.cn&gt; 写道：</div><br class="Apple-interchange-newline"><div>请重启</div></blockqu'
            "ote></div>"
        ),
        _NEW,
    ),
    _page(
        "iphone",
        (
            '%NEW%<br><div dir="ltr">发自我的iPhone</div><div dir="ltr"><br><blockquote type="ci'
            'te">在 2026年3月2日，09:12，信息科 &lt;it@example.com&gt; 写道：<br><br></blockquote></div>'
            '<blockquote type="cite"><div dir="ltr">请重启</div></blockquote>'
        ),
        "已经重启过了，还是不行。\n张丽\n\n发自我的iPhone",
    ),
    _page(
        "tb",
        '<p>已经重启过了，还是不行。<br>张丽</p><div class="moz-cite-prefix">在 2026/3/2 9:12, '
        '信息科 写道:<br></div><blockquote type="cite" cite="mid:x@y"><p>请重启</p></blockquo'
        "te>",
        _NEW,
    ),
    _page(
        "aliyun",
        (
            '<div class="__aliyun_email_body_block">%NEW%<div><br></div><blockquote style="margin-'
            'right:0;margin-top:0;margin-bottom:0;"><div style="font-family:Tahoma">--------------'
            "----------------------------------------------------</div><div>发件人：信息科 &lt;it@rmy"
            "y.cn&gt;</div><div>发送时间：2026年3月2日(星期一) 09:12</div><div>收件人：张丽 &lt;zl@rm"
            "yy.cn&gt;</div><div>主\u3000题：打印机</div><div><br></div><div>请重启</div></blockquote"
            "></div>"
        ),
        _NEW,
    ),
    _page(
        "wecom",
        (
            '%NEW%<div><br></div><div class="xmail_quote"><div style="font-size:12px;">发件人：信'
            "息科&lt;it@example.com&gt;</div><div>发送时间：2026年3月2日(周一) 09:12</div><div>收件人：张"
            "丽&lt;zl@example.com&gt;</div><div>主题：打印机</div><div>请重启</div></div>"
        ),
        _NEW,
    ),
    _page(
        "plainquote",
        (
            '%NEW%<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>缩进的一段也是'
            "我写的</div></blockquote>"
        ),
        "已经重启过了，还是不行。\n张丽\n缩进的一段也是我写的",
        quoted=False,
    ),
    _page(
        "seen",
        "<style>p{color:red}</style><script>alert(1)</script><!-- c --><title>标题</title><div>药"
        '房的<b>发药</b>机&amp;打印机&nbsp;坏了&#65281;</div><div style="display:none;max-height'
        ':0">预览文字</div><!--[if mso]><p>mso</p><![endif]--><![if !mso]><div>看得见</div><![en'
        'dif]><img src="http://t.cn/x.gif" width="1" height="1">',
        "药房的发药机&打印机 坏了！\n看得见",
        quoted=False,
    ),
    _page(
        "pre", "<pre>第一行\n  第二行 缩进</pre><div>a<br>b<br/>c</div>", "第一行\n  第二行 缩进\na\nb\nc", quoted=False
    ),
    _page(
        "table",
        "<table><tr><td>位置：三楼</td></tr><tr><td>故障：&lt;黑屏&gt;</td></tr></table>",
        "位置：三楼\n故障：<黑屏>",
        quoted=False,
    ),
    _page("sig", "<div>打印机坏了</div><div>-- </div><div>王芳</div>", "打印机坏了", quoted=False),
    _page(
        "between",
        '<div>你好</div><blockquote type="cite"><div>重启了吗？</div></blockquote><div>重启了</div>'
        '<blockquote type="cite"><div>网线呢？</div></blockquote><div>插好了</div>',
        "你好\n\n重启了\n\n插好了",
    ),
    _page(
        "gmail forward",
        '%NEW%<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>发件人： IT'
        "</div>请重启</div>",
        _NEW,
    ),
    _page(
        "paragraphs",
        '<p>一</p><p>二</p><p class="MsoNormal">三</p><p style="margin:0">四</p><div>五</div>',
        "一\n\n二\n三\n四\n五",
        quoted=False,
    ),
    _page("empty lines", "<div>一</div><div><br></div><div><br></div><div>二</div>", "一\n\n二", quoted=False),
    _page(
        "signature of gmail",
        '<div>一</div><span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">王芳</div>',
        "一",
        quoted=False,
    ),
)
