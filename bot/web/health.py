"""/healthz: the process lives. /readyz: it can do its work. /metrics: what it counted."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST


@dataclass(frozen=True, slots=True)
class Health:
    """How to find out. `ready` names each thing needed and whether it is there; `metrics` is the exposition."""

    ready: Callable[[], Awaitable[dict[str, bool]]]
    metrics: Callable[[], Awaitable[bytes]]


HEALTH = web.AppKey("health", Health)
routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(_: web.Request) -> web.Response:
    """Answered as long as the event loop turns."""
    return web.json_response({"alive": True})


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """200 when all is there, else 503; the body says what is missing."""
    found = await request.app[HEALTH].ready()
    return web.json_response(found, status=200 if all(found.values()) else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """The Prometheus text."""
    return web.Response(body=await request.app[HEALTH].metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})
