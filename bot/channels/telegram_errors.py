"""What the Bot API's answers mean for a notice: was it surely not sent, perhaps sent, or will it never be taken?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.channels.base import ChannelError

DESCRIPTION_MOST = 200
NOBODY = ("chat not found", "user not found", "peer_id_invalid", "deactivated")
"""What a 400 says of an address that is none; the others are about the message."""
TOPIC_GONE = ("message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED")


class ApiError(ChannelError):
    """A call did not go well. `status` is the HTTP status, 0 where there was none; `migrated_to` the id of the
    supergroup that the group has become. Neither token nor text is in its words."""

    def __init__(
        self,
        result: str,
        reason: str,
        status: int = 0,
        retry_after: timedelta | None = None,
        migrated_to: str = "",
    ) -> None:
        super().__init__(result, reason, retry_after)
        self.status = status
        self.of_address = status == 403 or any(words in reason.lower() for words in NOBODY)
        self.migrated_to = migrated_to

    @property
    def topic_gone(self) -> bool:
        """Whether the topic takes no messages: closed, or deleted."""
        return self.status == 400 and any(words in self.reason for words in TOPIC_GONE)


def of_answer(status: int, body: object) -> ApiError:
    """The error that an HTTP status and its JSON body (None: no JSON) tell of.

    Where the Bot API itself says no, the message was not taken. A gateway before it that got no answer (502, 504),
    or words that cannot be read, leave that open. 400, 403 and 413 are said of this message to this chat and stay so.
    """
    if not isinstance(body, Mapping) or body.get("ok") is not False:
        surely = status in {401, 404, 429, 503}
        return ApiError("not_sent" if surely else "unknown", f"HTTP {status} without an answer of the Bot API", status)
    description = body.get("description")
    words = description[:DESCRIPTION_MOST] if isinstance(description, str) else "no description"
    reason = f"HTTP {status}: {words}"
    parameters = body.get("parameters")
    wait, chat = _parameters(parameters) if isinstance(parameters, Mapping) else (None, "")
    if chat:
        return ApiError("not_sent", reason, status, migrated_to=chat)
    if status in {400, 403, 413}:
        return ApiError("refused", reason, status)
    return ApiError("not_sent", reason, status, wait)


def _parameters(parameters: Mapping[str, Any]) -> tuple[timedelta | None, str]:
    wait, chat = parameters.get("retry_after"), parameters.get("migrate_to_chat_id")
    seconds = timedelta(seconds=min(wait, 86_400)) if isinstance(wait, int) and wait > 0 else None
    return seconds, str(chat) if isinstance(chat, int) and chat else ""
