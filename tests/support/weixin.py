"""WeChat and WeCom on loopback, as they behave: callbacks signed and repeated, tokens that expire, errcodes under HTTP
200, what is sent too much dropped without a word. A rule that the client breaks is noted in `broken`.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from xml.sax.saxutils import escape

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.support.botapi import START
from tests.support.waiting import PATIENCE
from tests.support.weixin_crypto import new_aes_key, sealed, signed

CORP, SECRET, AGENT, CALL_TOKEN = "ww0123456789abcdef", "loopback-secret", 1000002, "callToken1"
ROBOT_KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
PAUSE_SECONDS = 0.05
"""The platform waits longer before it calls again."""
WAITS_SECONDS = PATIENCE
"""The platform waits for five; a machine that stands still is no bot that does not answer."""
MEMBER_A_MINUTE = 30
TEXT_BYTES = 2048
WINDOW, WINDOW_MOST = timedelta(hours=48), 5
Fields = dict[str, Any]


@dataclass(slots=True)
class Fault:
    """The next `times` calls of a path (its end), but for the first `after`, go wrong: with an errcode, an HTTP status,
    or taken but unanswered."""

    path: str
    code: int = 0
    status: int = 200
    taken: bool = False
    times: int = 1
    after: int = 0
    words: str = "as told"


@dataclass(slots=True)
class Token:
    """An access token and until when it is good."""

    value: str
    until: datetime


@dataclass(slots=True)
class Weixin:
    """The platform. `callback` is where it calls. `shown`: to whom which messages were shown, in their order. `now` is
    the time for it. `calls`: path and content of each call of the client."""

    mode: str = "wecom"
    aes_key: str = field(default_factory=new_aes_key)
    callback: str = ""
    now: datetime = START
    port: int = 0
    shown: dict[str, list[Fields]] = field(default_factory=dict)
    dropped: list[Fields] = field(default_factory=list)
    calls: list[tuple[str, Fields]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    """Tokens that are taken no more, although they are handed out."""
    faults: list[Fault] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    media: dict[str, tuple[bytes, str, datetime]] = field(default_factory=dict)
    subscribers: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    tokens: list[Token] = field(default_factory=list)
    updated: list[Fields] = field(default_factory=list)
    """Changes of cards, as they were asked for."""
    response_codes: set[str] = field(default_factory=set)
    wrote: dict[str, datetime] = field(default_factory=dict)
    sent_since: dict[str, int] = field(default_factory=dict)
    times: dict[str, list[datetime]] = field(default_factory=dict)
    media_there: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set, a file that is asked for does not come; it is set at first."""
    turned_away: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a call was answered with 503."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _runner: web.AppRunner | None = None
    _calling: set[asyncio.Task[None]] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for task in self._calling:
            task.cancel()
        await asyncio.gather(*self._calling, return_exceptions=True)
        await self.down()
        if kind is None:
            assert not self.broken, self.broken

    async def up(self) -> None:
        """Listen, on the same port as before."""
        self.media_there.set()
        application = web.Application(client_max_size=32 * 1024 * 1024)
        application.router.add_route("*", "/cgi-bin/{path:.+}", self._called)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Refuse connections."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    # calling

    def says(self, fields: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
        """Call back with a message, as often as it takes, three times at most; what is called with."""
        whole = {"ToUserName": CORP, "CreateTime": str(int(self.now.timestamp())), **fields}
        self.wrote[str(whole["FromUserName"])] = self.now
        self.sent_since[str(whole["FromUserName"])] = 0
        call = self.enveloped(_xml(whole))
        self.repeats(*call)
        return call

    def enveloped(self, words: str) -> tuple[dict[str, str], bytes]:
        """The words as a call: query and body."""
        stamp, nonce = str(int(self.now.timestamp())), f"n{next(self._numbers)}"
        query = {"timestamp": stamp, "nonce": nonce}
        if self.mode == "plain":
            return query | {"signature": signed(CALL_TOKEN, stamp, nonce)}, words.encode()
        hidden = sealed(words, self.aes_key, CORP)
        query |= {"msg_signature": signed(CALL_TOKEN, stamp, nonce, hidden)}
        if self.mode != "wecom":
            query |= {"signature": signed(CALL_TOKEN, stamp, nonce), "encrypt_type": "aes", "openid": "o"}
        both = words.removeprefix("<xml>").removesuffix("</xml>") if self.mode == "compatible" else ""
        return (
            query,
            f"<xml>{both}<ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{hidden}]]></Encrypt></xml>".encode(),
        )

    def repeats(self, query: Mapping[str, str], body: bytes, times: int = 3) -> None:
        """Bring the same bytes again."""
        task = asyncio.create_task(self._bring(query, body, times))
        self._calling.add(task)
        task.add_done_callback(self._calling.discard)

    async def quiet(self) -> None:
        """Wait until every call is over."""
        await asyncio.gather(*self._calling)

    async def _bring(self, query: Mapping[str, str], body: bytes, times: int) -> None:
        async with self._turn, ClientSession(timeout=ClientTimeout(total=WAITS_SECONDS)) as session:
            for _ in range(times):
                try:
                    async with session.post(self.callback, params=query, data=body) as response:
                        self.answers.append(response.status)
                        if response.status == 503:
                            self.turned_away.set()
                        words = await response.text()
                        if response.status == 200:
                            self._check_answer(words)
                            return
                except (ClientError, TimeoutError):
                    self.answers.append(0)
                await asyncio.sleep(PAUSE_SECONDS)

    def _check_answer(self, words: str) -> None:
        if words not in ("success", ""):
            self.broken.append(f"a call was answered with {words[:40]!r}")

    # called

    async def _called(self, request: web.Request) -> web.StreamResponse:
        path, content = request.match_info["path"], await _content(request)
        fault = next((f for f in self.faults if path.endswith(f.path)), None)
        if fault and fault.after:
            fault.after, fault = fault.after - 1, None
        if fault:
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
        self.calls.append((path, content))
        if fault and not fault.taken:
            if fault.status != 200:
                return web.Response(status=fault.status, text="<html>gateway</html>")
            return web.json_response({"errcode": fault.code, "errmsg": fault.words})
        if path == "media/get":
            await self.media_there.wait()
        answer = self._answer(path, request, content)
        if fault and request.transport:
            request.transport.abort()
        return answer if isinstance(answer, web.Response) else web.json_response(answer)

    def _answer(self, path: str, request: web.Request, content: Fields) -> web.Response | Fields:
        if path in ("gettoken", "stable_token", "token"):
            return self._new_token(path, request, content)
        if path == "webhook/send":
            return self._to_robot(request, content)
        given = request.query.get("access_token", "")
        if given in self.withdrawn or not any(t.value == given and t.until > self.now for t in self.tokens):
            return {"errcode": 42001 if any(t.value == given for t in self.tokens) else 40001, "errmsg": "token"}
        known: dict[str, Callable[[Fields], Fields]] = {
            "message/send": self._send,
            "message/custom/send": self._customer,
            "message/template/send": self._template,
            "message/subscribe/bizsend": self._subscription,
            "message/update_template_card": self._update,
            "media/upload": self._uploaded,
        }
        if path == "agent/get":
            named = {"errcode": 0, "agentid": AGENT, "name": "报障"}
            return named if request.query.get("agentid") == str(AGENT) else {"errcode": 301002, "errmsg": "not allow"}
        if path == "media/get":
            return self._media(request.query.get("media_id", ""))
        return known[path](content)

    def _new_token(self, path: str, request: web.Request, content: Fields) -> Fields:
        asked = content if path == "stable_token" else dict(request.query)
        wanted = ("corpid", "corpsecret") if path == "gettoken" else ("appid", "secret")
        if (asked.get(wanted[0]), asked.get(wanted[1])) != (CORP, SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if path == "token":
            self.tokens.clear()  # whoever had one before has none now
        good = [token for token in self.tokens if token.until > self.now + timedelta(minutes=5)]
        if content.get("force_refresh"):
            self.tokens.clear()
            good = []
        if not good:
            good = [Token(f"token-{next(self._numbers)}", self.now + timedelta(seconds=7200))]
            self.tokens += good
        left = int((good[-1].until - self.now).total_seconds())
        return {"errcode": 0, "access_token": good[-1].value, "expires_in": left}

    def _send(self, content: Fields) -> Fields:
        """WeCom's message of an application."""
        to, kind = str(content.get("touser")), content.get("msgtype")
        if content.get("agentid") != AGENT:
            return {"errcode": 301002, "errmsg": "not allow operate another agent"}
        if to not in self.members:
            return {"errcode": 0, "invaliduser": to, "msgid": ""}
        if kind == "text" and len(content["text"]["content"].encode()) > TEXT_BYTES:
            self.broken.append("a text of more than 2048 bytes")
        card = content.get("template_card", {})
        if kind == "template_card":
            self._check_card(card)
        recent = [at for at in self.times.setdefault(to, []) if at > self.now - timedelta(minutes=1)]
        if len(recent) >= MEMBER_A_MINUTE:
            self.dropped.append(content)  # and nobody is told
        elif not self._is_again(to, content):
            self.times[to].append(self.now)
            self._show(to, content)
        answer = {"errcode": 0, "errmsg": "ok", "msgid": f"m{next(self._numbers)}"}
        return answer | ({"response_code": self.new_code()} if kind == "template_card" else {})

    def new_code(self) -> str:
        """A code by which a card may be changed, once."""
        code = f"code-{next(self._numbers)}"
        self.response_codes.add(code)
        return code

    def _is_again(self, to: str, content: Fields) -> bool:
        """Whether the same was shown lately, and the client asked for it to be shown once."""
        if not content.get("enable_duplicate_check"):
            return False
        span = timedelta(seconds=content.get("duplicate_check_interval", 1800))
        return any(m["content"] == content and m["at"] > self.now - span for m in self.shown.get(to, []))

    def _check_card(self, card: Fields) -> None:
        if not 0 < len(card["task_id"]) <= 128 or not all(
            c.isascii() and (c.isalnum() or c in "_-@") for c in card["task_id"]
        ):
            self.broken.append("a task_id that is none")
        if any(
            m["content"].get("template_card", {}).get("task_id") == card["task_id"]
            for ms in self.shown.values()
            for m in ms
        ):
            self.broken.append("a task_id twice")
        if not 0 < len(card["button_list"]) <= 6:
            self.broken.append("a card with so many buttons")

    def _update(self, content: Fields) -> Fields:
        code = content.get("response_code")
        if code not in self.response_codes:
            return {"errcode": 90207, "errmsg": "response_code is invalid"}
        self.response_codes.discard(code)
        self.updated.append(content)
        return {"errcode": 0, "errmsg": "ok"}

    def _customer(self, content: Fields) -> Fields:
        """An Official Account's message of customer service."""
        to = str(content["touser"])
        if to not in self.members:
            return {"errcode": 40003, "errmsg": "invalid openid"}
        if to not in self.wrote or self.wrote[to] < self.now - WINDOW:
            return {"errcode": 45015, "errmsg": "response out of time limit"}
        if self.sent_since[to] >= WINDOW_MOST:
            return {"errcode": 45047, "errmsg": "out of response count limit"}
        self.sent_since[to] += 1
        self._show(to, content)
        return {"errcode": 0, "errmsg": "ok"}

    def _template(self, content: Fields) -> Fields:
        if str(content["touser"]) not in self.members:
            return {"errcode": 40003, "errmsg": "invalid openid"}
        self._show(str(content["touser"]), content)
        return {"errcode": 0, "errmsg": "ok", "msgid": next(self._numbers)}

    def _subscription(self, content: Fields) -> Fields:
        if str(content["touser"]) not in self.subscribers:
            return {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
        if set(content) - {"touser", "template_id", "data", "page", "miniprogram"}:
            self.broken.append(f"a subscription message with {sorted(content)}")
        self._show(str(content["touser"]), content)
        return {"errcode": 0, "errmsg": "ok"}

    def _to_robot(self, request: web.Request, content: Fields) -> Fields:
        if request.query.get("key") != ROBOT_KEY:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        self._show("robot", content)
        return {"errcode": 0, "errmsg": "ok"}

    def _uploaded(self, content: Fields) -> Fields:
        return {"errcode": 0, "media_id": self.gives(content["media"], content["name"])}

    def gives(self, content: bytes, name: str = "") -> str:
        """A file that a person sent, or a client handed over; its id, good for three days."""
        id = f"media-{next(self._numbers)}"
        self.media[id] = content, name, self.now + timedelta(days=3)
        return id

    def _media(self, id: str) -> web.Response | Fields:
        content, _, until = self.media.get(id, (b"", "", datetime.min.replace(tzinfo=UTC)))
        if until <= self.now:
            return {"errcode": 40007, "errmsg": "invalid media_id"}
        return web.Response(body=content, content_type="application/octet-stream")

    def _show(self, to: str, content: Fields) -> None:
        self.shown.setdefault(to, []).append({"content": content, "at": self.now})


async def _content(request: web.Request) -> Fields:
    if request.content_type.startswith("multipart/"):
        found = await request.post()
        media = found["media"]
        assert isinstance(media, web.FileField)
        return {"media": media.file.read(), "name": media.filename}
    body = await request.read()
    return dict(json.loads(body)) if body else {}


def _xml(fields: Mapping[str, Any]) -> str:
    return "<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(*item) for item in value.items())}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"
