"""wardline check: what the channels' settings lack is an error where it is wrong anywhere, a note where the service may
have it."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from errno import EACCES
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import system_clock
from bot.channels.lacks import of_secret
from bot.settings import SecretError
from handlers.wording import say
from tests.bot.running import sample
from tests.support.certificates import LONG_AGO, make_certificate

Checked = Callable[..., tuple[int, str, str]]
MAIL = '[mail]\n[[mail.box]]\naddress = "it@hospital.example"\nimap = "imap.x.example"\nsmtp = "smtp.x.example"\n'
WECOM = '[wecom]\ncorp_id = "ww1"\nagent = 1000002\ncallback = "https://w.example/wecom"\n'
HOOK = '[telegram]\nwebhook = "https://bot.example.org/t"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sample(tmp_path / "config")


@pytest.fixture
def checked(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Checked:
    """Check the sample with more settings and this environment alone: the exit code, what is told beside what is of the
    sample itself, what is wrong."""
    for name in [name for name in os.environ if name.startswith("WARDLINE_")]:
        monkeypatch.delenv(name)
    plain = (folder / "wardline.toml").read_text("utf-8")
    assert main(["check", str(folder)]) == 0
    of_sample = set(capsys.readouterr().out.splitlines())

    def check(settings: str, language: str = "zh", **environment: str) -> tuple[int, str, str]:
        (folder / "wardline.toml").write_text(f"{plain}\n{settings}", "utf-8")
        with monkeypatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(f"WARDLINE_{name}", value)
            code = main(["check", str(folder), "--lang", language])
        out, errors = capsys.readouterr()
        return code, "\n".join(line for line in out.splitlines() if line not in of_sample), errors

    return check


def notes(out: str) -> list[str]:
    """What is noted about channels."""
    return [line.removeprefix("注意：") for line in out.splitlines() if line.startswith("注意：")]


def test_without_a_channel_nothing_is_said_of_any(checked: Checked) -> None:
    code, out, errors = checked("")
    assert (code, notes(out), errors) == (0, [], "")
    assert notes(checked("[telegram]\nenabled = false\nwebhook = 'x'\n")[1]) == []


def test_secrets_that_this_environment_lacks_are_noted_and_those_it_has_are_not(checked: Checked) -> None:
    code, out, errors = checked(WECOM + MAIL)
    assert (code, errors) == (0, "")
    of_wecom, of_mail = notes(out)
    assert "WARDLINE_WECOM_SECRET, WARDLINE_WECOM_TOKEN, WARDLINE_WECOM_AES_KEY" in of_wecom
    assert ("没有密码" in of_mail, "环境变量 WARDLINE_MAIL_PASSWORD" in of_mail) == (True, True)
    there = {"WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": "k" * 43, "MAIL_PASSWORD": "p"}
    assert notes(checked(WECOM + MAIL, **there)[1]) == []
    assert "note: Mailbox mail (it@hospital.example) has no password" in checked(MAIL, "en")[1]


def test_of_several_boxes_the_one_without_a_secret_is_named(checked: Checked) -> None:
    second = MAIL.removeprefix("[mail]\n") + 'name = "his"\n'
    (told,) = notes(checked(MAIL + second, MAIL_MAIL_PASSWORD="p")[1])
    assert ("邮箱 his" in told, "WARDLINE_MAIL_HIS_PASSWORD" in told) == (True, True)
    token = 'auth = "oauth2"\ntoken_endpoint = "https://login.example/token"\nclient_id = "id"\n'
    (told,) = notes(checked(MAIL + token)[1])
    assert ("刷新令牌" in told, "WARDLINE_MAIL_REFRESH_TOKEN" in told) == (True, True)


def test_a_file_of_a_secret_that_is_not_there_is_noted_once(checked: Checked, tmp_path: Path) -> None:
    (told,) = notes(checked(MAIL, MAIL_PASSWORD_FILE=str(tmp_path / "gone"))[1])
    assert told == f"WARDLINE_MAIL_PASSWORD_FILE 指定的文件 {tmp_path / 'gone'} 不存在。"


def test_secrets_that_cannot_be_one_are_noted(checked: Checked) -> None:
    there = {"WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": "short", "TELEGRAM_TOKEN": '"1:a"'}
    wecom, telegram = notes(checked(WECOM + HOOK, **there, TELEGRAM_WEBHOOK_SECRET="x")[1])
    assert ("43 个字母和数字，现在是 5 个字符" in wecom, "不像机器人的令牌" in telegram) == (True, True)
    (secret,) = notes(checked(HOOK, TELEGRAM_TOKEN="1:a", TELEGRAM_WEBHOOK_SECRET="有空格")[1])
    assert "WARDLINE_TELEGRAM_WEBHOOK_SECRET 只能是" in secret


def test_both_kinds_of_wecom_are_an_error_with_both_secrets_and_a_note_before(checked: Checked) -> None:
    both = '[wecom]\ncorp_id = "ww1"\nagent = 7\nbot_id = "aib1"\n'
    code, out, errors = checked(both, WECOM_BOT_SECRET="b")
    assert (code, "corp_id 和 bot_id" in notes(out)[0]) == (0, True)
    code, _, errors = checked(both, WECOM_BOT_SECRET="b", WECOM_SECRET="s")
    assert (code, "只能设一种" in errors, "[wecom]" in errors) == (1, True, True)


def test_an_application_without_its_number_or_half_of_it_is_told(checked: Checked) -> None:
    code, _, errors = checked('[wecom]\ncorp_id = "ww1"\n', WECOM_SECRET="s")
    assert (code, "AgentId" in errors) == (1, True)
    for environment, words in (
        ({"WECOM_SECRET": "s"}, "设了 WARDLINE_WECOM_SECRET，却没有设 [wecom] corp_id"),
        ({"WECOM_BOT_SECRET": "s"}, "设了 WARDLINE_WECOM_BOT_SECRET，却没有设 [wecom] bot_id"),
        ({"WECHAT_SECRET": "s"}, "设了 WARDLINE_WECHAT_SECRET，却没有设 [wechat] app_id"),
    ):
        (told,) = notes(checked("", **environment)[1])
        assert told.startswith(words)


def test_a_group_robot_without_its_key_is_noted(checked: Checked, folder: Path) -> None:
    people = folder / "people.toml"
    old = 'addresses = ["webchat:engineer1"]'
    assert old in people.read_text("utf-8")
    people.write_text(people.read_text("utf-8").replace(old, 'addresses = ["wecom:robot:ward"]'), "utf-8")
    well = {"WECOM_SECRET": "s", "WECOM_TOKEN": "t", "WECOM_AES_KEY": "k" * 43}
    for keys, named in (("", ["ward"]), ("it=, ward=k", ["it"]), ("ward=k", [])):
        told = notes(checked(WECOM, **well, WECOM_ROBOTS=keys)[1])
        assert [line.partition("”")[0] for line in told] == [f"群机器人“{name}" for name in named]
    (robot,) = notes(checked('[wecom]\nbot_id = "aib1"\n', WECOM_BOT_SECRET="b")[1])
    assert "智能机器人方式没有群机器人" in robot


def test_addresses_of_a_channel_that_is_not_set_up_are_noted(checked: Checked, folder: Path) -> None:
    people = folder / "people.toml"
    text = people.read_text("utf-8").replace('["webchat:engineer1"]', '["mail:li@hospital.example"]')
    people.write_text(text, "utf-8")
    (told,) = notes(checked("")[1])
    assert "mail 没有设置" in told
    assert notes(checked(MAIL, MAIL_PASSWORD="p")[1]) == []
    assert "mail 没有设置" in notes(checked(MAIL.replace("[mail]", "[mail]\nenabled = false"), MAIL_PASSWORD="p")[1])[0]


def test_a_certificate_that_cannot_serve_is_an_error_with_its_line(checked: Checked, folder: Path) -> None:
    now = system_clock().now()
    whole, file = HOOK + 'certificate = "hook.pem"\n', folder / "hook.pem"

    def told(host: str = "bot.example.org", first: timedelta | None = None, last: timedelta = timedelta(days=9)) -> str:
        begins = now + first if first is not None else LONG_AGO
        make_certificate(folder, host, begins, now + last)[1].rename(file)
        code, out, errors = checked(whole, TELEGRAM_TOKEN="1:a")
        assert (code, out if errors else "") == (1 if errors else 0, "")
        return errors

    code, _, errors = checked(whole, TELEGRAM_TOKEN="1:a")
    line = (folder / "wardline.toml").read_text("utf-8").splitlines().index('certificate = "hook.pem"') + 1
    assert (code, f"wardline.toml:{line} [telegram.certificate]" in errors) == (1, True)
    assert f"{file} 不存在" in errors
    assert told() == told("*.example.org") == ""
    assert "是发给 other.example.org 的" in told("other.example.org")
    assert "已于" in told(last=timedelta(days=-1))
    assert "起才有效" in told(first=timedelta(days=2))
    both = told("192.0.2.7", last=timedelta(days=-1))
    assert ("已于" in both, "192.0.2.7" in both) == (True, True)
    file.write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n", "ascii")
    assert "不是 PEM 格式的证书" in checked(whole)[2]
    make_certificate(folder, "bot.example.org")[1].rename(file)
    file.write_bytes(file.read_bytes() + (folder / "key.pem").read_bytes())
    assert "里有私钥" in checked(whole)[2]


def test_a_file_of_authorities_is_looked_for_in_the_folder(checked: Checked, folder: Path) -> None:
    boxed = MAIL + 'ca_file = "hospital.pem"\n'
    code, _, errors = checked(boxed, MAIL_PASSWORD="p")
    assert (code, "[mail.box[1].ca_file]" in errors, f"{folder / 'hospital.pem'} 不存在" in errors) == (1, True, True)
    make_certificate(folder)[1].rename(folder / "hospital.pem")
    assert checked(boxed, MAIL_PASSWORD="p")[0] == 0


def test_addresses_that_are_none_and_ports_that_nobody_calls_are_errors(checked: Checked) -> None:
    assert "不是地址" in checked('[wecom]\ncorp_id = "w"\nagent = 7\ncallback = "w.example/x"\n')[2]
    for url in ("http://bot.example.org/t", "https://bot.example.org:8080/t"):
        code, _, errors = checked(f'[telegram]\nwebhook = "{url}"\n')
        assert (code, "443、80、88、8443" in errors) == (1, True)
    own = '[telegram]\napi = "http://10.0.0.5:8081"\nwebhook = "http://10.0.0.6:8080/t"\n'
    assert checked(own, TELEGRAM_TOKEN="1:a")[0] == 0


def test_what_lacks_is_told_beside_mistakes_of_other_files(checked: Checked, folder: Path) -> None:
    (folder / "rota.toml").write_text("[", "utf-8")
    code, _, errors = checked('[wecom]\ncorp_id = "ww1"\n')
    assert (code, "rota.toml" in errors, "AgentId" in errors) == (1, True, True)


def test_a_file_that_this_user_may_not_read_is_no_mistake_of_the_settings() -> None:
    """The service's user may; whether it does is for who runs it to see."""
    lack = of_secret(SecretError("", "WARDLINE_MAIL_PASSWORD", "/run/secrets/mail", PermissionError(EACCES, "no")))
    words = say(lack.key, "zh", **lack.fields)
    assert (lack.certain, "WARDLINE_MAIL_PASSWORD_FILE 指定的文件 /run/secrets/mail" in words) == (False, True)
    assert "无权读取" in words


def test_seats_that_anybody_could_take_are_an_error_as_they_are_at_the_start(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "wardline.toml"
    opened = re.sub(r"(?m)^#? ?host = .*$", 'host = "0.0.0.0"', file.read_text("utf-8"), count=1)
    for settings, code in ((opened, 1), (opened.replace("seats = true", "seats = false"), 0)):
        file.write_text(settings, "utf-8")
        assert main(["check", str(folder)]) == code
        assert ("会让任何能访问 0.0.0.0 的人以任何身份说话" in capsys.readouterr().err) == bool(code)
