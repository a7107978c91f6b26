"""Mails that the standard library writes are read back as they were meant."""

from email.generator import BytesGenerator
from email.header import Header
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, EmailPolicy, default
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail.reading import read_mail

CHINESE = "急诊科的电脑打不开了请来人看一下护士站系统慢输液泵报警𠮷–①"
SIGNS = st.text(alphabet=CHINESE + "abcXYZ 0189.-_()=?", min_size=1, max_size=60)
SUBJECTS = SIGNS.map(lambda text: " ".join(text.split())).filter(lambda text: text and "=?" not in text)
NAMES = st.text(alphabet=CHINESE + "abc 09-_", min_size=1, max_size=80).map(str.strip).filter(bool)
LINES = st.lists(SIGNS.map(str.strip).filter(bool), min_size=1, max_size=5)
POLICIES = st.sampled_from([SMTP, default, SMTP.clone(max_line_length=40), default.clone(cte_type="7bit")])


@given(LINES, SUBJECTS, NAMES, st.binary(max_size=300), POLICIES)
@settings(max_examples=150, deadline=None)
def test_of_the_modern_kind(lines: list[str], subject: str, name: str, content: bytes, policy: EmailPolicy) -> None:
    mail = EmailMessage(policy=policy)
    mail["From"] = "林护士 <Lin@example.com>"
    mail["Subject"] = subject
    mail.set_content("".join(f"{line}\n" for line in lines))
    mail.add_alternative("<p>no</p>", subtype="html")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    read = read_mail(mail.as_bytes())
    assert (read.kind, read.sender, read.subject) == ("message", "lin@example.com", subject)
    assert read.text == "\n".join(lines)
    assert [(each.name, each.type, each.content) for each in read.attachments] == [
        (f"{name}.pdf", "application/pdf", content)
    ]


@given(LINES, SUBJECTS, NAMES, st.binary(max_size=300), st.sampled_from(["utf-8", "gb18030", "gb2312"]))
@settings(max_examples=150, deadline=None)
def test_of_the_old_kind(lines: list[str], subject: str, name: str, content: bytes, charset: str) -> None:
    written = "gb18030" if charset == "gb2312" else charset
    inner = MIMEText("old words", "plain", "utf-8")
    mail = MIMEMultipart()
    mail["From"] = "Nurse Lin <lin@example.com>"
    mail["Subject"] = str(Header(subject, charset if charset == "utf-8" else "gb18030").encode())
    text = MIMEText("", "plain", "us-ascii")
    text.set_payload("\n".join(lines).encode(written))
    text.set_charset(None)
    text.replace_header("Content-Type", f"text/plain; charset={charset}")
    mail.attach(text)
    file = MIMEApplication(content)
    file.add_header("Content-Disposition", "attachment", filename=(written, "", f"{name}.pdf"))
    mail.attach(file)
    mail.attach(MIMEMessage(inner))
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False).flatten(mail)
    read = read_mail(out.getvalue())
    assert (read.kind, read.subject) == ("message", subject)
    assert read.text == "\n".join(lines)
    assert [each.name for each in read.attachments] == [f"{name}.pdf", ""]
    assert read.attachments[0].content == content
    assert read.attachments[1].content == inner.as_bytes()
