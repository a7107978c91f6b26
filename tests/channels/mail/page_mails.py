"""HTML: what a reader sees of it, and whose words it is."""

from tests.channels.mail.letters import REPLY, Case, inner, many, page, part, words

_HTML = "Content-Type: text/html; charset=utf-8"


def _reply(name: str, html: str, text: str, quoted: bool = True, head: str = REPLY) -> Case:
    return Case(name, page(html, head), text, quoted=quoted)


def _seen(name: str, html: str, text: str) -> Case:
    return Case(name, page(html), text)


CASES = (
    _seen(
        "style and script",
        "<html><head><title>t</title><style>p{color:red}</style></head><body><script>x<y</script><p>"
        "打不开</p></body></html>",
        "打不开",
    ),
    _seen("comments", "<p>打<!-- 没人看见 -->不开</p><!--[if mso]><p>outlook</p><![endif]-->", "打不开"),
    _seen("shown unless mso", "<![if !mso]><p>打不开</p><![endif]>", "打不开"),
    _seen(
        "tracking pixel",
        '<p>打不开</p><img src="https://example.org/t.gif?id=1" width="1" height="1" alt="">',
        "打不开",
    ),
    _seen("hidden preheader", '<div style="display:none;max-height:0">预览文字</div><p>打不开</p>', "打不开"),
    _seen("hidden by size", '<span style="font-size:0px">看不见</span>打不开', "打不开"),
    _seen("hidden by a class", "<style>.pre{display:none}</style><div class='pre'>预览</div>打不开", "打不开"),
    _seen("hidden by an attribute", "<div hidden>x</div><p>打不开</p>", "打不开"),
    _seen("entities", "<p>A&amp;B &lt;急诊&gt; &#25171;&#x4E0D;&quot;开&quot;&copy</p>", 'A&B <急诊> 打不"开"©'),
    _seen(
        "table",
        "<table><tr><td>科室</td><td>急诊</td></tr><tr><td>问题</td><td>打不开</td></tr></table>",
        "科室 急诊\n问题 打不开",
    ),
    _seen("breaks", "第一<br>第二<br/>第三<div>第四</div>第五", "第一\n第二\n第三\n第四\n第五"),
    _seen("white space", "<p>HIS\n   is\t down</p>", "HIS is down"),
    _seen("pre", "<pre>a  b\nc</pre>", "a  b\nc"),
    _seen("less than", "<p>血压 < 90 且 a<b</p>", "血压 < 90 且 a"),
    _seen("never closed", "<div><b>打不开<p>请来人", "打不开\n请来人"),
    _seen("cut in a tag", "<p>打不开</p><img src='x", "打不开"),
    _seen("comment never closed", "<p>打不开</p><!-- x", "打不开\nx"),
    _seen("nbsp lines", "<p>打不开</p><p>&nbsp;</p><p>&nbsp;</p><p>&nbsp;</p><p>林</p>", "打不开\n\n林"),
    _seen("signature sign", "<div>打不开</div><div>-- <br>林护士</div>", "打不开"),
    _seen(
        "a quote of one's own",
        "<p>规范写着：</p><blockquote>每天备份</blockquote><p>没有做</p>",
        "规范写着：\n每天备份\n没有做",
    ),
    _reply(
        "Gmail",
        '<div dir="ltr">好了</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">林护士 '
        '&lt;<a href="mailto:lin@example.com">lin@example.com</a>&gt; 于2026年1月5日周一 08:05写道：<br>'
        "</div>"
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">打不开</blockquote></div>',
        "好了",
    ),
    _reply(
        "Gmail, answers in between",
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, Jan 5, 2026 Lin &lt;lin@example.com&gt;'
        ' wrote:<br></div><blockquote class="gmail_quote">q1</blockquote><div>a1</div>'
        '<blockquote class="gmail_quote">q2</blockquote><div>a2</div></div>',
        "a1\n\na2",
    ),
    _reply(
        "Outlook on the web",
        '<div>收到</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div '
        'id="divRplyFwdMsg" dir="ltr"><b>发件人:</b> 林 &lt;lin@example.com&gt;<br><b>发送时间:</b> '
        "2026年1月5日 8:05<br>"
        "<b>收件人:</b> it<br><b>主题:</b> HIS</div><div>打不开</div>",
        "收到",
    ),
    _reply(
        "Outlook on the web in an unknown language",
        '<div>ok</div><hr><div id="divRplyFwdMsg"><b>Frá:</b> Lin<br><b>Sent:</b> x</div><div>打不开</div>',
        "ok",
    ),
    _reply(
        "Outlook",
        '<div class="WordSection1"><p class="MsoNormal">马上来</p><p class="MsoNormal"><o:p>&nbsp;</o:p>'
        '</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>'
        "发件人:</b> 林护士 &lt;lin@example.com&gt; <br>"
        "<b>发送时间:</b> 2026年1月5日 8:05<br><b>收件人:</b> it@example.com<br><b>主题:</b> HIS<o:p>"
        "</o:p></p></div></div><p class='MsoNormal'>打不开</p></div>",
        "马上来",
    ),
    _reply(
        "Outlook for Mac",
        '<div>马上来</div><span id="OLK_SRC_BODY_SECTION"><div><span>From: </span> Lin</div><div>old</div></span>',
        "马上来",
    ),
    _reply(
        "QQ",
        '<div>好了</div><div><!--emptysign--></div><div style="font-size: 12px;padding:2px 0;">'
        '------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef;'
        'padding:8px;"><div><b>发件人:</b>&nbsp;"王工" &lt;wang@example.com&gt;;</div>'
        "<div><b>发送时间:</b>&nbsp;2026年1月5日(星期一) 上午8:05</div><div><b>收件人:</b>&nbsp;林;</div>"
        "<div></div><div><b>主题:</b>&nbsp;Re: HIS</div></div><div><br></div><div>请重启</div>",
        "好了",
    ),
    _reply(
        "NetEase",
        '<div style="line-height:1.7">可以了</div><br><div style="position:relative;zoom:1"></div><div '
        'id="divNeteaseMailCard"></div><p>在 2026-01-05 08:05:00，"王工" &lt;wang@example.com&gt; '
        "写道：</p> "
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">请重启</blockquote>',
        "可以了",
    ),
    _reply(
        "NetEase Mail Master",
        '<div>可以了</div><div class="ntes-mailmaster-quote"><div>---- 回复的原邮件 ----</div><table><tr>'
        "<td>发件人</td><td>王工</td></tr></table>请重启</div>",
        "可以了",
    ),
    _reply(
        "Foxmail",
        '<div>不行</div><div><br></div><hr style="width: 210px; height: 1px;" color="#b5c4df" size="1" '
        'align="left"><div><span>lin@example.com</span></div><blockquote style="margin-Top: 0px; '
        'margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div>'
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt"><div><b>发件人：</b>&nbsp;王工</div>'
        "<div><b>发送时间：</b>&nbsp;2026-01-05&nbsp;08:05</div><div><b>收件人：</b>&nbsp;林</div><div>"
        "<b>主题：</b>&nbsp;HIS</div></div><div>请重启</div></blockquote>",
        "不行\n\nlin@example.com",
    ),
    _reply(
        "Apple",
        '<html><body>好的<br><div><blockquote type="cite"><div>在 2026年1月5日，08:05，王工 &lt;'
        "wang@example.com&gt; 写道：</div><br><div>请重启</div></blockquote></div></body></html>",
        "好的",
    ),
    _reply(
        "Thunderbird",
        '<p>好了</p><div class="moz-cite-prefix">在 2026/1/5 8:05, 林护士 写道:<br></div><blockquote '
        'type="cite" cite="mid:x@example.com">打不开</blockquote><p>还有吗</p>',
        "好了\n\n还有吗",
    ),
    _reply(
        "Yahoo",
        '<div>ok</div><div id="yahoo_quoted_123" class="yahoo_quoted">On Monday, January 5, 2026, Lin '
        "wrote:<div>old</div></div>",
        "ok",
    ),
    _reply("signs as entities", "<div>好了</div><div>&gt; 打不开</div><div>&gt; 急</div>", "好了"),
    _reply("plain blockquote in a reply", "<div>好了</div><blockquote>打不开</blockquote>", "好了"),
    _reply(
        "Outlook forwarded, nothing said",
        "<div><br></div><div><b>From:</b> Lin &lt;lin@example.com&gt;</div><div><b>Sent:</b> Monday, "
        "January 5, 2026 8:05 AM</div><div><b>To:</b> it</div><div><b>Subject:</b> HIS</div><div>"
        "down</div>",
        "",
    ),
    Case("plain wins", many(words("纯文本"), part(_HTML, "<p>网页</p>"), kind="alternative"), "纯文本"),
    Case(
        "plain that says nothing",
        many(words(" \n\xa0\u200b\n"), part(_HTML, "<p>网页</p>"), kind="alternative"),
        "网页",
    ),
    Case("HTML first", many(part(_HTML, "<p>网页</p>"), words("纯文本"), kind="alternative"), "纯文本"),
    Case(
        "alternative of a mixed part",
        many(
            words("说明"),
            inner(part(_HTML, "<p>一</p>"), part(_HTML, "<p>二</p>"), kind="mixed", boundary="b2"),
            kind="alternative",
        ),
        "说明",
    ),
    Case("several text parts", many(words("第一段"), words("第二段")), "第一段\n第二段"),
    Case("text and page beside each other", many(words("第一段"), part(_HTML, "<p>第二段</p>")), "第一段\n第二段"),
    Case("the same twice", many(words("打不开"), part(_HTML, "<p>打不开</p>")), "打不开"),
    Case("no parts but a page", many(part(_HTML, "<p>打不开</p>"), kind="related"), "打不开"),
)
