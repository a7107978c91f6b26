"""What the web server lets in, and what it keeps out."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import SettingsError, Web, Webchat
from bot.web.guard import Pace
from bot.web.passwords import hash_password, is_password, token_hash
from tests.bot.running import Running, running

MEGABYTE = 1024 * 1024
LOGIN = Webchat(enabled=True, seats=False)


async def upload(bot: Running, size: int, text: str) -> tuple[int, dict[str, object]]:
    form = FormData({"seat": "nurse", "text": text}, quote_fields=False)
    form.add_field("file", io.BytesIO(b"x" * size), filename="照片.jpg", content_type="image/jpeg")
    async with bot.http.post("/webchat/api/messages", data=form, headers={"X-CSRF-Token": bot.csrf}) as answer:
        return answer.status, await answer.json()


async def fetched(bot: Running, ref: str, seat: str, **query: str) -> tuple[int, bytes]:
    async with bot.http.get(f"/webchat/api/files/{ref}", params={"seat": seat, **query}) as answer:
        return answer.status, await answer.read()


async def test_a_file_comes_with_its_message(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        assert (await upload(bot, 3 * MEGABYTE, "门诊打印机这样了"))[0] == 200
        (shown,) = [m for m in await (await bot.person("nurse")).history() if m["by"] == "me"]
        (file,) = shown["files"]
        assert {**file, "ref": ""} == {"name": "照片.jpg", "size": 3 * MEGABYTE, "refused": "", "ref": ""}
        assert await fetched(bot, file["ref"], "nurse") == (200, b"x" * 3 * MEGABYTE)
        assert (await fetched(bot, file["ref"], "icu-nurse"))[0] == 404


async def test_a_file_that_is_too_big_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        status, body = await upload(bot, 30 * MEGABYTE, "看附件")
        assert (status, body) == (413, {"error": "too_big", "limit": 20 * MEGABYTE})
        assert await (await bot.person("nurse")).history() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-Token": "0" * 64}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["no token", "another token", "another origin", "another site"],
)
async def test_a_post_that_no_page_of_ours_sent_is_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    async with running(tmp_path) as bot:
        own = {"X-CSRF-Token": bot.csrf} if "X-CSRF-Token" not in headers and headers else {}
        assert (await bot.post({**own, **headers}, seat="nurse", text="打印机坏了"))[0] == 403
        assert await (await bot.person("nurse")).history() == []


async def test_seats_answer_to_this_machine_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as bot, bot.http.get("/", headers={"Host": "attacker.example"}) as answer:
        assert answer.status == 403
    async with running(tmp_path, web=Web(host="0.0.0.0", port=0), webchat=LOGIN) as bot:
        assert (await bot.get("/healthz"))[0] == 200
    with pytest.raises(SettingsError, match="seats = true"):
        async with running(tmp_path, web=Web(host="0.0.0.0", port=0)):
            raise AssertionError("it must not start")


async def test_pages_may_load_nothing_from_elsewhere_and_nobody_may_frame_them(tmp_path: Path) -> None:
    async with running(tmp_path) as bot, bot.http.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "http://" not in await answer.text()


async def test_who_sends_too_fast_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=Webchat(enabled=True, seats=True, messages_a_minute=20)) as bot:
        answers = [(await bot.post(seat="nurse", text="谢谢"))[0] for _ in range(12)]
        assert answers == [200] * 10 + [429] * 2
        assert (await bot.post(seat="engineer1", text="工单"))[0] == 200


@pytest.mark.parametrize("body", ["", "[]", "{", '{"text": 7}', '{"action": "' + "x" * 65 + '"}'])
async def test_what_is_no_message_is_refused(tmp_path: Path, body: str) -> None:
    async with running(tmp_path) as bot:
        headers = {"X-CSRF-Token": bot.csrf, "Content-Type": "application/json"}
        async with bot.http.post("/webchat/api/messages?seat=nurse", data=body, headers=headers) as answer:
            assert answer.status == 400


async def test_without_the_web_chat_there_is_health_alone(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=Webchat()) as bot:
        assert [(await bot.get(path))[0] for path in ("/healthz", "/", "/login", "/webchat/api/me")] == [
            200,
            404,
            404,
            404,
        ]


async def test_an_address_at_which_there_is_nothing_is_told_in_the_sites_language(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        for path in ("/nowhere", "/seat/nobody", "/seat/"):
            async with bot.http.get(path) as answer:
                assert (answer.status, answer.content_type) == (404, "text/html")
                assert "页面不存在" in await answer.text()
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for path in ("/", "/seat/nurse"):
            async with bot.http.get(path) as answer:
                assert answer.status == 200
        async with bot.http.get("/webchat/api/nothing") as answer:
            assert (answer.status, await answer.json()) == (404, {"error": "not_found"})
    async with running(tmp_path / "health", webchat=Webchat()) as bot, bot.http.get("/") as answer:
        assert 'href="/"' not in await answer.text(), "there is no chat that a link could lead to"


async def test_who_is_logged_in_has_no_seat_but_their_own(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=LOGIN) as bot:
        await set_password(bot, "nurse", "a-long-password")
        await Door(bot).submit("/login", person="nurse", password="a-long-password")
        for person, status in (("nurse", 200), ("engineer1", 404), ("nobody", 404)):
            async with bot.http.get(f"/seat/{person}") as answer:
                assert answer.status == status


class Door:
    """A browser before the log-in."""

    def __init__(self, bot: Running) -> None:
        self.bot = bot

    async def submit(self, path: str, **fields: str) -> ClientResponse:
        async with self.bot.http.get(path) as page:
            text = await page.text()
        token = text.split('name="csrf" value="')[1].split('"')[0]
        return await self.bot.http.post(path, data={"csrf": token, **fields}, allow_redirects=False)

    async def me(self) -> int:
        async with self.bot.http.get("/webchat/api/me") as answer:
            if answer.status == 200:
                self.bot.csrf = (await answer.json())["csrf"]
            return answer.status


async def set_password(bot: Running, person: str, password: str) -> None:
    hashed, now = hash_password(password), bot.moved.clock.now()
    await bot.app.desk.run(lambda uow: uow.accounts.set_password(person, hashed, now))


async def test_people_log_in_by_password_and_out_again(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=LOGIN) as bot:
        door = Door(bot)
        await set_password(bot, "nurse", "correct horse")
        assert (await bot.get("/"))[0] == 303
        assert await door.me() == 401
        for name, password in [("nurse", "wrong horse"), ("nobody", "correct horse"), ("engineer1", "correct horse")]:
            refused = await door.submit("/login", person=name, password=password)
            assert refused.headers["Location"] == "/login?error=wrong"
        welcome = await door.submit("/login", person="10001", password="correct horse")
        cookie = welcome.headers["Set-Cookie"]
        assert welcome.headers["Location"] == "/"
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert await door.me() == 200
        assert (await bot.post(text="急诊HIS进不去", seat="nurse"))[0] == 200
        assert (await bot.post(text="工单", seat="engineer1"))[0] == 403
        async with bot.http.post("/logout", headers={"X-CSRF-Token": bot.csrf}) as answer:
            assert answer.status == 200
        assert await door.me() == 401


async def test_a_session_ends_with_its_time(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=LOGIN) as bot:
        door = Door(bot)
        await set_password(bot, "nurse", "correct horse")
        await door.submit("/login", person="nurse", password="correct horse")
        bot.moved.jump(timedelta(hours=11, minutes=59))
        assert await door.me() == 200
        bot.moved.jump(timedelta(minutes=2))
        assert await door.me() == 401


async def test_a_link_logs_in_once_and_opening_it_uses_nothing_up(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=LOGIN) as bot:
        door, later = Door(bot), bot.moved.clock.now() + timedelta(minutes=30)
        await bot.app.desk.run(lambda uow: uow.accounts.add_link(token_hash("secret"), "nurse", later))
        for _ in range(3):
            assert (await bot.get("/link/secret"))[0] == 200
        assert (await door.submit("/link/secret")).headers["Location"] == "/"
        assert await door.me() == 200
        assert (await door.submit("/link/secret")).headers["Location"] == "/login?error=link"


async def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    async with running(tmp_path, webchat=LOGIN) as bot:
        door = Door(bot)
        await set_password(bot, "nurse", "correct horse")
        answers = [await door.submit("/login", person="nurse", password=f"guess {n}") for n in range(6)]
        assert [a.headers["Location"] for a in answers] == ["/login?error=wrong"] * 5 + ["/login?error=often"]
        assert (
            (await door.submit("/login", person="nurse", password="correct horse"))
            .headers["Location"]
            .endswith("often")
        )
        bot.moved.steady_offset += 60
        assert (await door.submit("/login", person="nurse", password="correct horse")).headers["Location"] == "/"


async def test_behind_a_proxy_with_tls_the_cookie_is_secure(tmp_path: Path) -> None:
    proxied = {"X-Forwarded-Proto": "https"}
    async with (
        running(tmp_path, webchat=LOGIN, web=Web(port=0, forwarded=True)) as bot,
        bot.http.get("/login", headers=proxied) as answer,
    ):
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" in answer.headers


def test_a_password_is_known_again_and_no_other() -> None:
    stored = hash_password("密码 correct horse")
    assert is_password("密码 correct horse", stored)
    assert not is_password("密码 correct hors", stored)
    assert not is_password("", None)
    assert stored != hash_password("密码 correct horse")


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 120), st.integers(1, 20))
def test_no_more_is_granted_than_the_burst_and_the_rate(gaps: list[float], a_minute: int, burst: int) -> None:
    now = 0.0
    pace = Pace(a_minute, burst, lambda: now)
    granted = 0
    for gap in gaps:
        now += gap
        granted += pace.wait_of("somebody") == 0
        assert granted <= burst + now * a_minute / 60 + 1e-6


@given(st.integers(1, 120), st.integers(1, 20), st.integers(0, 40))
def test_who_waits_as_long_as_told_is_let_in(a_minute: int, burst: int, before: int) -> None:
    now = 0.0
    pace = Pace(a_minute, burst, lambda: now)
    for _ in range(before):
        pace.wait_of("somebody")
    now += pace.wait_of("somebody") + 1e-6
    assert pace.wait_of("somebody") == 0 or before < burst


async def test_a_page_that_is_closed_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path) as bot:
        nurse = await bot.person("nurse")
        await nurse.leave()
        for number in range(20):
            await nurse.say(f"HIS打不开 {number}")
            await bot.get("/healthz")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
