"""What is said of patients stays with those who work on it: canaries in everything that people say, looked for in
everything that leaves the process, and in the file that is left behind."""

import asyncio
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.logs import set_up
from bot.settings import Log
from bot.simulate.world import Heard
from sla.message import Attachment, Notice, Purpose
from storage.files import load_folder
from storage.writer import open_store
from tests.bot.running import running
from tests.support.house import NIGHT, House, told

CANARIES = ("11010519491231002X", "13812345678", "0098123", "张三丰", "Abc12345")
TOLD = "患者张三丰，身份证11010519491231002X，住院号0098123，电话13812345678，密码是Abc12345"
PHOTO = Attachment("患者张三丰_住院号0098123.jpg", "image/jpeg", 9, "ref-1")
WORKING = ("engineer2", "lead")
"""Who works on the tickets of the story, and may read in private what was said."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder as `wardline run` makes it."""
    assert main(["init", str(tmp_path / "config")]) == 0
    assert main(["bindcode", "10001", "--data", str(tmp_path)]) == 0
    return tmp_path


@pytest.fixture
def house(data: Path) -> Iterator[House]:
    """A house over the data of that folder."""
    config = data / "config"
    store = open_store(f"sqlite:///{data / 'wardline.sqlite3'}", (config / "keys").read_text(encoding="ascii"))
    try:
        yield House(store.writer, load_folder(config)[0], NIGHT)
    finally:
        store.close()


def live(house: House) -> None:
    """Everything that a person can say in free words is said with canaries."""
    house.says("nurse", f"急诊科HIS打不开，{TOLD}", attachments=(PHOTO,))
    house.says("nurse", f"所有电脑都打不开，{TOLD}")
    house.says("head-emergency", f"急诊HIS还是打不开，{TOLD}")
    house.says("777", f"ICU的HIS也打不开，请回电13812345678，{TOLD}", channel="telegram")
    house.forward(minutes=3)
    house.says("engineer2", f"接单 W1 {TOLD}")
    house.says("nurse", f"急诊HIS打不开，{TOLD}", attachments=(PHOTO,))
    house.says("nurse", f"W1 补充：{TOLD}", attachments=(PHOTO,))
    house.says("icu-nurse", f"全院HIS都打不开了，正在抢救，{TOLD}")
    house.says("head-icu", f"ICU的HIS所有电脑打不开，{TOLD}")
    house.says("nurse", f"W1 还没好，{TOLD}，快点")
    house.says("engineer2", f"W1 请再试一次，{TOLD}")
    house.says("engineer2", f"方案 W1 {TOLD}的数据重建，10月3日18:00前完成", attachments=(PHOTO,))
    house.says("manager", f"不同意 W1：{TOLD}")
    house.says("engineer2", f"W1 不是HIS，是PACS，{TOLD}")
    house.says("engineer2", f"到场 W1 {TOLD}")
    house.says("engineer2", f"更正 W1 到场 03:44 原因：{TOLD}")
    house.says("engineer2", f"暂停 W1 等{TOLD}")
    house.says("engineer2", f"修好了 W1 原因：{TOLD} 方法：{TOLD} 结果：{TOLD}")
    house.says("nurse", f"还是不行 W1 {TOLD}")
    house.forward(hours=30)
    house.says("provider-manager", f"申请豁免 #2 原因：{TOLD}")
    house.says("manager", f"豁免 #2 原因：{TOLD}")
    house.says("manager", f"撤销豁免 #2 原因：{TOLD}")
    house.says("nurse", f"投诉 cqmu2-his {TOLD}没人管")
    house.says("provider-manager", f"完成 1 {TOLD}", attachments=(PHOTO,))
    house.says("icu-nurse", f"ICU的PACS打不开，{TOLD}")
    house.says("engineer2", "接单 W3")
    house.says("engineer2", f"暂停 W3 等{TOLD}")
    house.says("icu-nurse", f"撤销 W3 {TOLD}")
    house.says("engineer2", "W1")
    house.says("engineer2", "W1", group="ward-group")
    house.says("manager", "W1", group="ward-group")
    house.forward(hours=30)


def leaks(text: str) -> list[str]:
    """The canaries in a text."""
    return [canary for canary in CANARIES if canary in text]


def said(notice: Notice) -> str:
    """All words of a notice that its channel shows."""
    labels = [button.label for row in notice.buttons for button in row]
    return "\n".join([notice.text, *labels, *(file.name for file in notice.attachments)])


def may_read_all(heard: Heard) -> bool:
    """Whether it answered somebody who works on the ticket, where nobody else listens."""
    alone = all(address.address == heard.who for address in heard.notice.addresses)
    return heard.notice.purpose is Purpose.ANSWER and heard.who in WORKING and alone


def test_what_is_sent_to_others_than_those_who_work_on_it_is_redacted(house: House) -> None:
    live(house)
    assert len(house.all) > 40
    wrong = [told(heard) for heard in house.all if leaks(said(heard.notice)) and not may_read_all(heard)]
    assert not wrong, "\n\n".join(wrong)
    for purpose in (Purpose.PAGE, Purpose.REMINDER, Purpose.BREACH, Purpose.INFO):
        assert [heard for heard in house.all if heard.notice.purpose is purpose], purpose
    assert [file for heard in house.all for file in heard.notice.attachments if file.name.endswith(".jpg")]


def test_who_works_on_it_reads_all_of_it(house: House) -> None:
    live(house)
    taken = next(heard for heard in house.all if heard.who == "engineer2" and "由您接单" in heard.notice.text)
    shown = [h for h in house.all if h.who == "engineer2" and h.notice.text.count("张三丰") and may_read_all(h)]
    assert leaks(taken.notice.text) == list(CANARIES)
    assert leaks(shown[-1].notice.text) == list(CANARIES)
    hidden = next(h for h in house.all if h.notice.purpose is Purpose.PAGE and h.notice.ticket == 2)
    assert house.ticket(2).contact == "13812345678"
    assert "回电号码接单后可见" in hidden.notice.text


def test_no_canary_lies_in_the_files(house: House, data: Path) -> None:
    live(house)
    raw = b"".join(path.read_bytes() for path in data.glob("wardline.sqlite3*"))
    assert b"engineer2" in raw  # what is searched by can be read: these are the right files
    assert not [canary for canary in CANARIES if canary.encode() in raw or canary.encode("utf-16-le") in raw]


COMMANDS = (
    ["export", "W1"],
    ["export", "W1", "--json"],
    ["export", "--all"],
    ["explain", "W1"],
    ["explain", "W1", "--json"],
    ["figures", "--from", "2026-10-01", "--to", "2026-10-31"],
    ["figures", "--from", "2026-10-01", "--to", "2026-10-31", "--json"],
    ["outages"],
    ["duties"],
    ["ledger", "list"],
    ["intake", "corrections"],
    ["intake", "corrections", "--json"],
)


def test_what_commands_print_is_redacted(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(f"sqlite:///{data / 'wardline.sqlite3'}", (data / "config" / "keys").read_text("ascii"))
    live(House(store.writer, load_folder(data / "config")[0], NIGHT))
    store.close()
    capsys.readouterr()
    for words in COMMANDS:
        assert main([*words, "--data", str(data)]) == 0, words
        printed = "".join(capsys.readouterr())
        assert printed.strip(), words
        assert not leaks(printed), (words, [line for line in printed.splitlines() if leaks(line)])
    assert main(["backup", str(data / "copy"), "--data", str(data)]) == 0
    assert not [canary for canary in CANARIES if canary.encode() in (data / "copy").read_bytes()]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that is logged, by whomever, as a process at the lowest level writes it."""
    written, root = io.StringIO(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr("sys.stderr", written)
    set_up(Log(format="json", level="debug"))
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_logs_and_metrics_carry_no_words(tmp_path: Path, log: io.StringIO) -> None:
    asyncio.get_running_loop().set_debug(True)
    async with running(tmp_path) as bot:
        nurse, engineer = await bot.person("nurse"), await bot.person("engineer1")
        await nurse.say(f"急诊科HIS打不开，{TOLD}")
        page = await engineer.hears("【呼叫】")
        await engineer.press(page, "接单")
        await nurse.hears("接单")
        await engineer.say(f"方案 W1 {TOLD}", reply_to=str(page["id"]))
        assert (await bot.post(seat="nurse", text=7, action=TOLD))[0] == 400
        assert (await bot.get(f"/healthz?{TOLD}"))[0] == 200
        status, metrics = await bot.get("/metrics")
    assert status == 200
    assert 'wardline_messages_total{channel="webchat"}' in metrics
    assert '"event": "started"' in log.getvalue()
    assert not leaks(metrics)
    assert not [line for line in log.getvalue().splitlines() if leaks(line)]


def test_the_words_of_an_exception_are_not_logged(log: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(TOLD)

    try:
        fail()
    except ValueError as error:
        logging.getLogger("bot.intake").exception("message_aside", extra={"why": TOLD, "inbox": 7})
        logging.getLogger("asyncio").error(f"never retrieved: <Task exception={error!r}>")  # noqa: G004, TRY400  # as asyncio does
    written = log.getvalue()
    assert ":fail > ValueError" in written
    assert '"inbox": 7' in written
    assert not leaks(written)
