"""Files reach those who are to read them, and nobody else."""

import io
from pathlib import Path

import pytest
from aiohttp import FormData

from bot.settings import Webchat
from tests.bot.running import Message, Running, running


async def send(bot: Running, seat: str, text: str, kind: str, content: bytes) -> Message:
    """Post words and one file; the answer's body."""
    form = FormData({"seat": seat, "text": text}, quote_fields=False)
    form.add_field("file", io.BytesIO(content), filename=NAME, content_type=kind)
    async with bot.http.post("/webchat/api/messages", data=form, headers={"X-CSRF-Token": bot.csrf}) as answer:
        assert answer.status == 200
        body: Message = await answer.json()
    return body


NAME = "更换硬盘 方案.html"
QUOTED = "%E6%9B%B4%E6%8D%A2%E7%A1%AC%E7%9B%98%20%E6%96%B9%E6%A1%88.html"


async def put_before(bot: Running, kind: str, content: bytes) -> Message:
    """A plan that is a file, as its approver hears of it."""
    nurse, engineer, head = [await bot.person(name) for name in ("nurse", "engineer1", "head-emergency")]
    await nurse.say("急诊所有电脑HIS都进不去")
    await engineer.hears(lambda m: m["purpose"] == "page")
    await engineer.say("接单 W1")
    posted = await send(bot, "engineer1", "方案 W1 10月3日18:00前完成", kind, content)
    heard = await head.hears("附件")
    assert posted["files"] == heard["files"]
    return heard


@pytest.mark.parametrize(
    ("kind", "shown"), [("text/html", "application/octet-stream"), ("application/pdf", "application/pdf")]
)
async def test_an_approver_fetches_the_plan_and_others_do_not(tmp_path: Path, kind: str, shown: str) -> None:
    async with running(tmp_path) as bot:
        heard = await put_before(bot, kind, b"<script>alert(1)</script>")
        (file,) = heard["files"]
        address = f"/webchat/api/files/{file['ref']}"
        query = {"seat": "head-emergency", "message": str(heard["id"])}
        async with bot.http.get(address, params=query) as answer:
            assert (answer.status, await answer.read()) == (200, b"<script>alert(1)</script>")
            assert answer.headers["Content-Type"] == shown
            assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{QUOTED}"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "script-src" not in answer.headers["Content-Security-Policy"]
        for seat, status in (("manager", 200), ("engineer1", 200), ("icu-nurse", 404), ("nobody", 403)):
            async with bot.http.get(address, params={"seat": seat}) as answer:
                assert (seat, answer.status) == (seat, status)
        async with bot.http.get(address, params={"seat": "icu-nurse", "message": str(heard["id"])}) as answer:
            assert answer.status == 404
        async with bot.http.get("/webchat/api/files/unknown", params={"seat": "manager"}) as answer:
            assert answer.status == 404


async def test_who_is_not_logged_in_fetches_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=Webchat(enabled=True, seats=False)) as bot:
        assert (await bot.get("/webchat/api/files/unknown"))[0] == 401
