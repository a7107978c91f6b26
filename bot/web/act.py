"""The page behind a link of a mail: it shows what will be done, and does it when that is confirmed, once.

Opening it does nothing: mail servers and programs open every link that they see. Whoever holds the link got the mail,
so that no log-in is asked for; a link is good for one action, for its recipient, for some days.
"""

import hashlib
import html
import logging

from aiohttp import web

from bot.channels.base import House
from bot.channels.mailbox.signing import Signer, Wish
from bot.web.guard import is_same_site
from bot.web.pages import said_page
from handlers.wording import say
from sla.message import Inbound

CHANNEL = "mail"

log = logging.getLogger(__name__)


class Act:
    """Answers for the links that `signer` signed."""

    def __init__(self, house: House, signer: Signer) -> None:
        self._house, self._signer = house, signer

    async def answer(self, request: web.Request) -> web.Response:
        """GET asks, POST does. Raises StorageError where it could not be kept: then the link is still good."""
        token = request.match_info["token"]
        wish = self._signer.wish(token, self._house.now())
        if wish is None:
            self._house.refused(CHANNEL, "link")
            return _said("act_over_title", "act_over", "zh", 404)
        key = f"act:{hashlib.sha256(token.encode()).hexdigest()[:40]}"
        mark = f"mail:{key}"
        if await self._house.get_mark(mark) is not None:
            return _said("act_used_title", "act_used", wish.language, 410)
        if request.method != "POST":
            return _asked(wish)
        if not is_same_site(request):
            self._house.refused(CHANNEL, "link")
            return _said("act_over_title", "act_over", wish.language, 403)
        await self._house.take(_inbound(wish, key))  # the inbox knows the key: two at once are one
        await self._house.put_mark(mark, self._house.now().isoformat())
        return _said("act_done_title", "act_done", wish.language, 200, label=wish.label)


def _inbound(wish: Wish, key: str) -> Inbound:
    return Inbound(
        channel=CHANNEL,
        key=key,
        sender=wish.address,
        conversation=wish.address,
        text="",
        action=wish.action,
        reply_to=wish.message_id,
        language=wish.language,
    )


def _asked(wish: Wish) -> web.Response:
    key = "act_words_ticket" if wish.ticket else "act_words"
    words = say(key, wish.language, label=wish.label, ticket=wish.ticket)
    button = html.escape(say("act_do", wish.language))
    form = f'<form method="post"><button class="primary" autofocus>{button}</button></form>'
    return said_page(say("act_title", wish.language), words, wish.language, below=form)


def _said(title: str, key: str, language: str, status: int, **fields: object) -> web.Response:
    return said_page(say(title, language), say(key, language, **fields), language, status)
