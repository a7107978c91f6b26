"""A Bot API server on loopback that keeps the real one's rules, and can be told to misbehave as the real one does.

Every call is on record; a call that breaks a rule is answered as the real server would and noted in `broken`, which the
tests find empty at their end.
"""

import asyncio
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientSSLError, ClientTimeout, TCPConnector, web

from tests.support.botapi_rules import (
    KINDS,
    KNOWN,
    Methods,
    No,
    Params,
    allowed_kinds,
    check_known,
    check_webhook,
    integer,
)
from tests.support.botapi_world import TOKEN, Json, World
from tests.support.waiting import PATIENCE, until_change

START = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_MOST = 60 * 1024 * 1024  # above what a file may have, so that the method says no
REPEAT_SECONDS = 0.05  # the real server waits longer before it brings an update again


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method: what was asked, what was answered, when (seconds of the loop's clock)."""

    method: str
    params: Params
    status: int
    description: str
    at: float


@dataclass(slots=True)
class Fault:
    """The next `times` calls of a method ("": of any; None: all until it is mended) after `skip` others go wrong.
    `taken`: the call is done, and then the connection breaks before the answer; where it is `silent` as well nothing
    breaks, and no answer comes. Silent alone: nothing is done either. `gateway`: something before the server answers,
    not the server."""

    method: str
    status: int = 500
    description: str = "Internal Server Error"
    times: int | None = 1
    skip: int = 0
    taken: bool = False
    silent: bool = False
    gateway: bool = False
    parameters: dict[str, int] = field(default_factory=dict)


class BotApi:
    """The server. `world` is what people do, `calls` what the client did, `broken` the rules it broke, `polls` how
    often it polled. `watch` is told of each call when it is "asked", and when it is "done" but not yet answered (a poll
    only if it found something)."""

    def __init__(self, now: Callable[[], datetime] = lambda: START) -> None:
        self.world = World(now)
        self.calls: list[Call] = []
        self.broken: list[str] = []
        self.faults: list[Fault] = []
        self.webhook: Params = {}
        self.last_error: tuple[int, str] | None = None
        """When the webhook last failed, and how."""
        self.kinds = set(KINDS) - {"my_chat_member"}
        self.port = 0
        self.leapt = 0.0
        """Seconds by which the time was moved."""
        self.token = TOKEN
        """The one that is good now."""
        self.watch: Callable[[str, str], None] | None = None
        self._changed = asyncio.Condition()
        self.polls = 0
        self._runner: web.AppRunner | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._notices: set[asyncio.Task[None]] = set()
        self.methods = Methods(self.world, self._steady)
        self._plain = {
            "getme": self.methods.get_me,
            "sendmessage": self.methods.send_message,
            "senddocument": self.methods.send_document,
            "editmessagetext": self.methods.edit_message_text,
            "editmessagereplymarkup": self.methods.edit_message_reply_markup,
            "answercallbackquery": self.methods.answer_callback_query,
            "getfile": self.methods.get_file,
        }

    @property
    def url(self) -> str:
        """What the client is given as the server's address."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self.world.changed = self._tell
        await self.up()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._delivering:
            self._delivering.cancel()
            await asyncio.gather(self._delivering, return_exceptions=True)
        await self.down()
        if kind is None:
            assert not self.broken, self.broken

    async def up(self) -> None:
        """Listen, on the same port as before."""
        application = web.Application(client_max_size=BODY_MOST)
        application.router.add_route("*", "/bot{token}/{method}", self._called)
        application.router.add_get("/file/bot{token}/{path:.+}", self._fetched)
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Refuse connections; what is under way breaks."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def fails(self, fault: "Fault") -> "Fault":
        """From now on calls go wrong like this."""
        self.faults.append(fault)
        return fault

    def mended(self) -> None:
        """Nothing goes wrong any more."""
        self.faults.clear()

    def called(self, method: str) -> list[Call]:
        """The calls of one method so far."""
        return [call for call in self.calls if call.method == method.lower()]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has come about, mostly through calls and updates."""
        await until_change(self._changed, happened)

    # calls

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        params = await _params(request, self.world)
        if request.match_info["token"] != self.token:
            return _answer(401, "Unauthorized")
        fault = self._fault(method)
        if fault and fault.silent and not fault.taken:
            await asyncio.Event().wait()  # until the caller gives up
        if fault and not fault.taken:
            self._record(method, params, fault.status, fault.description)
            if fault.gateway:
                return web.Response(status=fault.status, text="<html>gateway</html>", content_type="text/html")
            return _answer(fault.status, fault.description, fault.parameters)
        response = await self._do(method, params)
        if fault and fault.silent:
            await asyncio.Event().wait()
        if fault and request.transport:
            request.transport.abort()
        return response

    async def _do(self, method: str, params: Params) -> web.Response:
        try:
            if method not in KNOWN:
                raise No(404, "Not Found", broken=True)
            check_known(method, params)
            self._watch(method, "asked")
            result = await self._result(method, params)
        except No as no:
            if no.broken:
                self.broken.append(f"{method}: {no.description}")
            self._record(method, params, no.status, no.description)
            return _answer(no.status, no.description, no.parameters)
        self._record(method, params, 200, "")
        if result:
            self._watch(method, "done")
        return web.json_response({"ok": True, "result": result})

    def _watch(self, method: str, what: str) -> None:
        if self.watch:
            self.watch(method, what)

    async def _result(self, method: str, params: Params) -> object:
        if method == "getupdates":
            return await self._get_updates(params)
        if method == "getwebhookinfo":
            return self._webhook_info()
        if method in {"setwebhook", "deletewebhook"}:
            return await self._set_webhook(params)
        return self._plain[method](params)

    async def _fetched(self, request: web.Request) -> web.Response:
        name = request.match_info["path"].removeprefix("documents/")
        if request.match_info["token"] != self.token or name not in self.world.files:
            return _answer(404, "Not Found")
        if fault := self._fault("file"):
            return _answer(fault.status, fault.description)
        return web.Response(body=self.world.files[name])

    def _fault(self, method: str) -> Fault | None:
        """What goes wrong with this call; counted."""
        fault = next((fault for fault in self.faults if fault.method.lower() in {method, ""}), None)
        if fault is None:
            return None
        if fault.skip:
            fault.skip -= 1
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
        return fault

    # updates

    async def _get_updates(self, params: Params) -> list[Json]:
        if self.webhook:
            what = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise No(409, f"Conflict: {what}")
        limit, seconds = integer(params, "limit", 100), integer(params, "timeout", 0)
        if not 1 <= limit <= 100 or not 0 <= seconds <= 50:
            self.broken.append("getUpdates: limit is 1 to 100, timeout 0 to 50")
        self.kinds = allowed_kinds(params) or self.kinds
        self._forget(integer(params, "offset", 0))
        self.polls += 1
        mine = self.polls
        self._tell()
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._waiting() or self.polls != mine)
        except TimeoutError:
            return []
        if self.polls != mine:
            what = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise No(409, f"Conflict: {what}")
        found = self._waiting()[:limit]
        self.world.repeated.clear()
        for update in found:
            self._fetched_press(update)
        return found

    def _waiting(self) -> list[Json]:
        wanted = [u for u in self.world.updates if not set(u) & KINDS or set(u) & self.kinds]
        return [*self.world.repeated, *wanted]

    def _fetched_press(self, update: Json) -> None:
        query = update.get("callback_query")
        if isinstance(query, dict) and query.get("id") in self.world.queries:
            self.world.queries[query["id"]] = self._steady()

    def _forget(self, offset: int) -> None:
        """Updates below the offset are confirmed; a negative one keeps that many of the last."""
        waiting = self.world.updates
        if offset < 0:
            del waiting[:offset]
        else:
            waiting[:] = [update for update in waiting if update["update_id"] >= offset]

    async def _set_webhook(self, params: Params) -> bool:
        if self._delivering:
            self._delivering.cancel()
            await asyncio.gather(self._delivering, return_exceptions=True)
            self._delivering = None
        if params.get("url"):
            check_webhook(params)
            self.kinds = allowed_kinds(params) or self.kinds
            self.webhook = params
            trusted = trusting(self.world.files.get(params.get("certificate", ""), b""))
            self._delivering = asyncio.create_task(
                self._deliver(params["url"], params.get("secret_token", ""), trusted)
            )
        else:
            self.webhook = {}
        self.last_error = None
        return True

    def _webhook_info(self) -> Json:
        told = (
            {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]} if self.last_error else {}
        )
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": "certificate" in self.webhook,
            "pending_update_count": len(self._waiting()),
            **told,
        }

    async def _deliver(self, url: str, secret: str, trusted: ssl.SSLContext) -> None:
        """Bring each update to the webhook until it answers 2xx."""
        headers = {SECRET_HEADER: secret} if secret else {}
        way = TCPConnector(ssl=trusted)
        async with ClientSession(connector=way, timeout=ClientTimeout(total=PATIENCE), headers=headers) as session:
            while True:
                async with self._changed:
                    await self._changed.wait_for(self._waiting)
                update = self._waiting()[0]
                self._fetched_press(update)
                if await self._bring(session, url, update):
                    queue = self.world.repeated if update in self.world.repeated else self.world.updates
                    queue.remove(update)
                    self._tell()
                else:
                    await asyncio.sleep(REPEAT_SECONDS)

    async def _bring(self, session: ClientSession, url: str, update: Json) -> bool:
        try:
            async with session.post(url, json=update) as response:
                self._record("webhook", {"update_id": str(update["update_id"])}, response.status, "")
                if not 200 <= response.status < 300:
                    words = f"Wrong response from the webhook: {response.status} {response.reason}"
                    self.last_error = int(self.world.now().timestamp()), words
                return 200 <= response.status < 300
        except (ClientError, TimeoutError) as error:
            words = (
                "SSL error {certificate verify failed}" if isinstance(error, ClientSSLError) else "Connection refused"
            )
            self.last_error = int(self.world.now().timestamp()), words
            self._record("webhook", {"update_id": str(update["update_id"])}, 0, type(error).__name__)
            return False

    def _record(self, method: str, params: Params, status: int, description: str) -> None:
        self.calls.append(Call(method, params, status, description, self._steady()))
        self._tell()

    def _tell(self) -> None:
        """Wake who waits for something to come about."""

        async def notify() -> None:
            async with self._changed:
                self._changed.notify_all()

        task = asyncio.ensure_future(notify())
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    def _steady(self) -> float:
        return asyncio.get_running_loop().time() + self.leapt


async def _params(request: web.Request, world: World) -> dict[str, str]:
    """Query, form or JSON, all of which the Bot API takes; JSON values as the text they are in forms. A file that comes
    along is named by the parameter that says attach://, which becomes its id."""
    given = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        return given | {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
    fields = await request.post()
    given |= {key: value for key, value in fields.items() if isinstance(value, str)}
    for key, file in fields.items():
        if isinstance(file, web.FileField):
            id = world.uploaded(file.filename, file.file.read())
            given |= {name: id for name, value in given.items() if value == f"attach://{key}"}
    return given


def _answer(status: int, description: str, parameters: dict[str, int] | None = None) -> web.Response:
    body: Json = {"ok": False, "error_code": status, "description": description}
    return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=status)


def trusting(certificate: bytes) -> ssl.SSLContext:
    """Who is believed to be who they say: whoever an authority vouches for, and the owner of this certificate."""
    trusted = ssl.create_default_context()
    if certificate:
        trusted.load_verify_locations(cadata=certificate.decode())
    return trusted
