"""What the loops need of a mail beside its words."""

from bot.channels.mail.reading import read_mail
from tests.channels.mail.letters import PNG, attached, b64, letter, many, part, parts, plain, words


def test_who_it_went_to_and_what_it_answers() -> None:
    head = (
        f"To: {b64('信息科')} <It@example.com>, Wards: a@example.com, B <b@example.com>;\nCc: "
        f"c@example.com\nReply-To: d@example.com\n"
        "Delivered-To: it@example.com\nMessage-ID: <m1@example.com>\nIn-Reply-To: <m0@wardline.example>\n"
        "References: <m9@wardline.example>\n <m0@wardline.example>\nDate: Mon, 5 Jan 2026 08:05:00 +0800"
    )
    mail = read_mail(plain("好", head))
    assert [(each.name, each.address) for each in mail.to] == [
        ("信息科", "it@example.com"),
        ("", "a@example.com"),
        ("B", "b@example.com"),
    ]
    assert [each.address for each in (*mail.cc, *mail.reply_to)] == ["c@example.com", "d@example.com"]
    assert mail.delivered_to == ("it@example.com",)
    assert (mail.message_id, mail.in_reply_to) == ("<m1@example.com>", "<m0@wardline.example>")
    assert mail.references == ("<m9@wardline.example>", "<m0@wardline.example>")
    assert mail.date == "Mon, 5 Jan 2026 08:05:00 +0800"


def test_an_answer_without_references_still_says_what_it_answers() -> None:
    mail = read_mail(plain("好", "In-Reply-To: Your message <m0@wardline.example> of today"))
    assert mail.references == ("<m0@wardline.example>",)


def test_an_empty_message_id_is_none() -> None:
    assert read_mail(plain("好", "Message-ID: <>")).message_id == ""


def test_proofs_are_kept_as_they_stand_the_topmost_first() -> None:
    mail = read_mail(
        plain("好", "Authentication-Results: mx.example.com;\n dkim=pass\nAuthentication-Results: evil; dkim=pass")
    )
    assert mail.authentication_results == ("mx.example.com; dkim=pass", "evil; dkim=pass")


def test_the_whole_body_is_kept_beside_the_new_words() -> None:
    mail = read_mail(plain("好\n\n在 2026/1/5 8:05, 王 写道:\n> 打不开\n"))
    assert mail.text == "好"
    assert mail.whole == "好\n\n在 2026/1/5 8:05, 王 写道:\n> 打不开"


def test_files_come_with_their_bytes_and_the_id_by_which_a_page_shows_them() -> None:
    picture = attached("Content-Type: image/png; name=p.png\nContent-ID: <p1@example.com>", PNG)
    (file,) = read_mail(many(words("看图"), picture, kind="related")).attachments
    assert (file.name, file.content, file.content_id) == ("p.png", PNG, "p1@example.com")


def test_a_bounce_names_who_was_not_reached() -> None:
    status = (
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; Gone@example.org\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; here@example.org\nAction: delivered\nStatus: 2.0.0\n"
    )
    body = parts(words("x"), part("Content-Type: message/delivery-status", status))
    mail = read_mail(letter("Content-Type: multipart/report; report-type=delivery-status; boundary=b1", body))
    assert (mail.kind, mail.failed) == ("bounce", ("gone@example.org",))


def test_a_bounce_in_words_names_the_address_that_is_not_its_own() -> None:
    start = "From: PostMaster@qq.example\nSubject: returned mail"
    mail = read_mail(letter("", "postmaster@qq.example: 收件人 gone@example.org 不存在", start=start))
    assert (mail.kind, mail.failed) == ("bounce", ("gone@example.org",))


def test_a_bounce_names_the_address_that_was_written_to_and_the_one_it_was_sent_on_to() -> None:
    status = (
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; wang@ward.example.org\n"
        "Original-Recipient: rfc822;Wang@example.org\nAction: failed\nStatus: 5.1.1\n"
    )
    body = parts(words("x"), part("Content-Type: message/delivery-status", status))
    mail = read_mail(letter("Content-Type: multipart/report; report-type=delivery-status; boundary=b1", body))
    assert mail.failed == ("wang@example.org", "wang@ward.example.org")


def test_a_bounce_in_words_names_whom_it_shows_on_a_line_before_whom_to_ask() -> None:
    start = "From: MAILER-DAEMON@example.net\nSubject: Undelivered mail"
    body = "Sent by it@example.com; ask help@example.net.\n\n  <gone@example.org>: host mx said: 550 unknown user"
    assert read_mail(letter("", body, start=start)).failed == ("gone@example.org",)


def test_a_bounce_told_as_data_names_who_was_not_reached() -> None:
    body = '{"eventType":"Bounce","bounce":{"emailAddress":"Gone@example.org"},"mail":{"source":"it@example.com"}}'
    assert read_mail(plain(body)).failed == ("gone@example.org",)


def test_the_reason_of_a_kind_is_told_without_words_of_the_mail() -> None:
    assert read_mail(plain("好", "Precedence: bulk")).reason == "Precedence"
    assert read_mail(plain("好")).reason == ""
