"""The methods of the Bot API that Wardline calls, with the limits and the words of errors that the real server has.

Sources: core.telegram.org/bots/api, and the errors' words in tdlib/telegram-bot-api, Client.cpp.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.botapi_world import Json, World

FILE_MOST = 20 * 1024 * 1024
UPLOAD_MOST = 50 * 1024 * 1024
QUERY_SECONDS = 60.0
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
KINDS = {"message", "edited_message", "callback_query", "channel_post", "inline_query", "my_chat_member"}
KNOWN = {
    "getme": set(),
    "getupdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setwebhook": {"url", "secret_token", "allowed_updates", "max_connections", "drop_pending_updates", "certificate"},
    "deletewebhook": {"drop_pending_updates"},
    "sendmessage": {
        "chat_id", "text", "parse_mode", "entities", "reply_markup", "disable_notification", "link_preview_options",
        "protect_content", "reply_parameters", "message_thread_id",
    },
    "senddocument": {
        "chat_id", "document", "caption", "parse_mode", "reply_markup", "disable_notification", "protect_content",
        "reply_parameters", "message_thread_id", "disable_content_type_detection",
    },
    "editmessagetext": {"chat_id", "message_id", "text", "parse_mode", "reply_markup", "link_preview_options"},
    "editmessagereplymarkup": {"chat_id", "message_id", "reply_markup"},
    "answercallbackquery": {"callback_query_id", "text", "show_alert", "cache_time"},
    "getfile": {"file_id"},
    "getwebhookinfo": set(),
}  # fmt: skip

Params = Mapping[str, str]


class No(Exception):
    """An error answer. `broken`: the client broke a rule that it could have kept."""

    def __init__(self, status: int, description: str, *, broken: bool = False, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.broken, self.parameters = status, description, broken, parameters


LATE_SECONDS, WAY_SECONDS = 5.0, 0.8
"""Who comes later than the one begins anew; for as long as the other the first of a row may have been on its way."""


class Pace:
    """How fast messages come; 429 where that is too fast. A tenth is allowed for the way.

    What comes a little late counts from when it might have come: a machine that stands still for a moment between two
    messages makes nobody's pace too fast.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._sent: dict[str, deque[float]] = {}
        self.enforced = True

    def check(self, chat: int) -> None:
        """Raise 429 where one more message now would be too many."""
        now = self._steady()
        kinds = [("all", 30, 0.9), (f"{chat}", 1, 0.9)] + ([(f"group {chat}", 20, 60.0)] if chat < 0 else [])
        for name, limit, seconds in kinds:
            sent = self._sent.setdefault(name, deque(maxlen=limit))
            if self.enforced and len(sent) == limit and (left := sent[0] + seconds - now) > 0:
                wait = int(left) + 1
                raise No(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for name, limit, seconds in kinds:
            sent = self._sent[name]
            due = max(sent[-1], sent[0] + seconds if len(sent) == limit else 0.0) if sent else 0.0
            sent.append(due if now - due < LATE_SECONDS else now - WAY_SECONDS)


class Methods:
    """Everything but polling and webhooks, which need the server."""

    def __init__(self, world: World, steady: Callable[[], float]) -> None:
        self._world, self._steady, self.pace = world, steady, Pace(steady)

    def get_me(self, _: Params) -> Json:
        return self._world.bot

    def send_message(self, params: Params) -> Json:
        chat = self._chat(params)
        text, markup = self._content(params)
        topic = self._topic(chat, params)
        self.pace.check(chat)
        return self._world.says(chat, {"text": text} | topic | ({"reply_markup": markup} if markup else {}))

    def send_document(self, params: Params) -> Json:
        """A file that was brought in the same request, or that is there already."""
        chat, id = self._chat(params), params.get("document", "")
        if id not in self._world.files:
            raise No(400, "Bad Request: wrong remote file identifier specified", broken=True)
        name, size = self._world.file_names.get(id, ""), len(self._world.files[id])
        if size > UPLOAD_MOST:
            raise No(413, "Request Entity Too Large", broken=True)
        if not size:
            raise No(400, "Bad Request: file must be non-empty", broken=True)
        reply = as_json(params, "reply_parameters", {})
        below = self._world.messages.get((chat, reply.get("message_id", 0)))
        if reply and below is None and not reply.get("allow_sending_without_reply"):
            raise No(400, "Bad Request: message to be replied not found")
        self.pace.check(chat)
        document = {"file_id": id, "file_unique_id": f"u-{id}", "file_size": size, "file_name": name}
        replied = {"reply_to_message": below} if below else {}
        return self._world.says(chat, {"document": document} | self._topic(chat, params) | replied)

    def edit_message_text(self, params: Params) -> Json:
        message = self._own(params)
        text, markup = self._content(params)
        return self._edit(message, {"text": text} | ({"reply_markup": markup} if markup else {}))

    def edit_message_reply_markup(self, params: Params) -> Json:
        message, markup = self._own(params), self._markup(params)
        return self._edit(message, {"text": message["text"]} | ({"reply_markup": markup} if markup else {}))

    def answer_callback_query(self, params: Params) -> bool:
        """Once within its time. The time runs from the moment that the press was fetched."""
        query = params.get("callback_query_id", "")
        fetched = self._world.queries.pop(query, None)
        if fetched is None or self._steady() - fetched > QUERY_SECONDS:
            raise No(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text", "")) > 200:
            raise No(400, "Bad Request: MESSAGE_TOO_LONG", broken=True)
        return True

    def get_file(self, params: Params) -> Json:
        name = params.get("file_id", "")
        if name not in self._world.files:
            raise No(400, "Bad Request: wrong file_id or the file is temporarily unavailable", broken=True)
        size = len(self._world.files[name])
        if size > FILE_MOST:
            raise No(400, "Bad Request: file is too big", broken=True)
        return {"file_id": name, "file_unique_id": f"u-{name}", "file_size": size, "file_path": f"documents/{name}"}

    def _chat(self, params: Params) -> int:
        given = params.get("chat_id", "")
        if not given:
            raise No(400, "Bad Request: chat_id is empty", broken=True)
        number = int(given) if re.fullmatch(r"-?\d{1,18}", given) else 0
        if number in self._world.migrated:
            new = self._world.migrated[number]
            raise No(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=new)
        if number not in self._world.chats:
            raise No(400, "Bad Request: chat not found")
        account = self._world.accounts.get(number)
        if account and account.blocked:
            raise No(403, "Forbidden: bot was blocked by the user")
        if account and not account.started:
            raise No(403, "Forbidden: bot can't initiate conversation with a user")
        return number

    def _topic(self, chat: int, params: Params) -> Json:
        """The topic that a message goes to; without one it goes to the general topic."""
        number = integer(params, "message_thread_id", 0)
        if not number:
            return {}
        if "forum_topic_created" not in self._world.messages.get((chat, number), {}):
            raise No(400, "Bad Request: message thread not found")
        if (chat, number) in self._world.closed:
            raise No(400, "Bad Request: TOPIC_CLOSED")
        return {"message_thread_id": number, "is_topic_message": True}

    def _content(self, params: Params) -> tuple[str, Json]:
        text = params.get("text", "")
        if params.get("parse_mode"):
            raise No(400, "Bad Request: can't parse entities", broken=True)
        if not text.strip():
            raise No(400, "Bad Request: message text is empty", broken=True)
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise No(400, "Bad Request: message is too long", broken=True)
        return text.strip(), self._markup(params)

    def _markup(self, params: Params) -> Json:
        if "reply_markup" not in params:
            return {}
        markup = as_json(params, "reply_markup", {})
        rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise No(400, "Bad Request: object expected as reply markup", broken=True)
        for button in (button for row in rows for button in row):
            if not button.get("text"):
                raise No(400, "Bad Request: inline keyboard button text must be non-empty", broken=True)
            if not 1 <= len(str(button.get("callback_data", "")).encode()) <= 64:
                raise No(400, "Bad Request: BUTTON_DATA_INVALID", broken=True)
        if len(rows) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
            raise No(400, "Bad Request: reply markup is too long", broken=True)
        return {"inline_keyboard": [[{k: v for k, v in b.items() if v is not None} for b in row] for row in rows]}

    def _own(self, params: Params) -> Json:
        message = self._world.messages.get((self._chat(params), integer(params, "message_id", 0)))
        if message is None:
            raise No(400, "Bad Request: message to edit not found")
        if not message["from"]["is_bot"]:
            raise No(400, "Bad Request: message can't be edited", broken=True)
        return message

    def _edit(self, message: Json, fields: Json) -> Json:
        if {key: message[key] for key in ("text", "reply_markup") if key in message} == fields:
            raise No(400, f"Bad Request: {NOT_MODIFIED}")
        self._world.first_words.setdefault((message["chat"]["id"], message["message_id"]), message.get("text", ""))
        edited = {key: value for key, value in message.items() if key != "reply_markup"} | fields
        self._world.messages[message["chat"]["id"], message["message_id"]] = edited
        return edited


def check_known(method: str, params: Params) -> None:
    """The real server ignores what it does not know; here it is a mistake of ours."""
    if unknown := set(params) - KNOWN[method]:
        raise No(400, f"Bad Request: unknown parameters {sorted(unknown)}", broken=True)


def check_webhook(params: Params) -> None:
    """An address, and a secret that can be a header. (Plain HTTP is what the real server allows in local mode.)"""
    if not re.fullmatch(r"https?://[\w.:-]+(/\S*)?", params.get("url", "")):
        raise No(400, "Bad Request: invalid webhook URL specified", broken=True)
    secret = params.get("secret_token", "")
    if len(secret) > 256:
        raise No(400, "Bad Request: secret token is too long", broken=True)
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise No(400, "Bad Request: secret token contains unallowed characters", broken=True)


def allowed_kinds(params: Params) -> set[str] | None:
    """What the client wants to be told of; None: no change."""
    if "allowed_updates" not in params:
        return None
    kinds = as_json(params, "allowed_updates", [])
    if not isinstance(kinds, list) or not set(kinds) <= KINDS:
        raise No(400, "Bad Request: wrong allowed_updates", broken=True)
    return set(kinds) or KINDS


def integer(params: Params, name: str, default: int) -> int:
    """A number among the parameters."""
    given = params.get(name, "")
    if given and not re.fullmatch(r"-?\d+", given):
        raise No(400, f"Bad Request: {name} is no integer", broken=True)
    return int(given or default)


def as_json(params: Params, name: str, default: Any) -> Any:
    """A parameter that is JSON. What it may hold is checked by the caller."""
    try:
        return json.loads(params.get(name, "")) if params.get(name) else default
    except ValueError:
        raise No(400, f"Bad Request: can't parse {name}", broken=True) from None
