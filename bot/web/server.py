"""The web application: its parts, its headers, its errors; and where it listens."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.webchat import WebChat
from bot.settings import SettingsError
from bot.web import chat, downloads, health, login
from bot.web.desk import DESK, Desk
from bot.web.guard import GUARD, Guard, is_secure
from bot.web.pages import STATIC, lost_page
from sla.worded import Worded
from storage.base import StorageError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
RETRY_SECONDS = 2
JSON, API = "application/json", "/webchat/api/"

log = logging.getLogger(__name__)


def make_application(desk: Desk, webchat: WebChat, found: health.Health) -> web.Application:
    """The application. Without [webchat] enabled it serves health and metrics alone, and what channels add."""
    application = web.Application(middlewares=[_at_home, _with_errors], client_max_size=2 * 1024 * 1024)
    application[DESK] = desk
    application[health.HEALTH] = found
    application[GUARD] = Guard(desk)
    application[chat.WEBCHAT] = webchat
    application.add_routes(health.routes)
    if desk.settings.webchat.enabled:
        application.add_routes(chat.routes)
        application.add_routes(downloads.routes)
        application.add_routes(login.routes)
        application.router.add_static("/static", STATIC)
    application.on_response_prepare.append(_add_headers)
    return application


async def listen(application: web.Application, host: str, port: int) -> tuple[web.AppRunner, int]:
    """Serve; the port that was taken (for port 0). Raises SettingsError where the address is in use or not ours."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(
            Worded(
                "cannot listen on {host} port {port}: {why}. Another port: --port, or [web] port.",
                host=host,
                port=port,
                why=Worded(error.strerror or "?"),
            )
        ) from error
    return runner, int(runner.addresses[0][1])


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_secure(request):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def _at_home(request: web.Request, handler: Handler) -> web.StreamResponse:
    request.app[GUARD].check_host(request)
    return await handler(request)


@web.middleware
async def _with_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What storage could not keep is answered 503, so that the asker keeps it and comes again; addresses at which there
    is nothing get a page in the site's language, unless it was a program that asked."""
    try:
        return await handler(request)
    except web.HTTPNotFound as error:
        if error.content_type == JSON:
            raise
        desk = request.app[DESK]
        if request.path.startswith(API):
            return web.json_response({"error": "not_found"}, status=404)
        return lost_page(desk.rules().site.language, home=desk.settings.webchat.enabled)
    except StorageError:
        resource = request.match_info.route.resource  # as it is written here: the path itself may hold a token
        log.warning("request_not_stored", extra={"path": resource.canonical if resource else ""})
        return web.json_response({"error": "storage"}, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
