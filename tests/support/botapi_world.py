"""What happens at the messenger's side: people, chats, their messages, and the updates that tell the bot of them."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]
BOT_ID = 7_000_001
TOKEN = f"{BOT_ID}:AAtest-token_of-the-loopback-server"


@dataclass
class Account:
    """A person's account. Who never wrote to the bot (`started`) cannot be written to."""

    id: int
    first_name: str
    username: str = ""
    language: str = "zh-hans"
    started: bool = True
    blocked: bool = False

    def user(self) -> Json:
        """The object User, with every field it must have."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": self.language}
        return user | ({"username": self.username} if self.username else {})


class World:
    """Chats and messages. `now` gives the instant that messages carry; `changed` is called when an update waits."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.bot: Json = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Wardline",
            "username": "WardlineBot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.accounts: dict[int, Account] = {}
        self.chats: dict[int, Json] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.updates: list[Json] = []
        self.repeated: list[Json] = []
        self.files: dict[str, bytes] = {}
        self.first_words: dict[tuple[int, int], str] = {}
        self.file_names: dict[str, str] = {}
        self.queries: dict[str, float | None] = {}
        self.migrated: dict[int, int] = {}
        self.closed: set[tuple[int, int]] = set()
        """Topics that take no messages: chat, topic."""
        self.privacy = False
        """Whether the bot hears only what is meant for it in groups: its name, commands, answers to it."""
        self.changed: Callable[[], None] = lambda: None
        self._update_ids = itertools.count(500_000_001)
        self._message_ids: dict[int, int] = {}
        self._names = itertools.count(1)

    def person(self, id: int, first_name: str, *, username: str = "", started: bool = True) -> Account:
        """Somebody, and their private chat with the bot."""
        account = self.accounts[id] = Account(id, first_name, username, started=started)
        self.chats[id] = {"id": id, "type": "private", "first_name": first_name}
        return account

    def group(self, id: int, title: str) -> int:
        """A supergroup that the bot is in."""
        self.chats[id] = {"id": id, "type": "supergroup", "title": title}
        return id

    def topic(self, chat: int, name: str) -> int:
        """A topic in a group; its number, which is that of the message it begins with."""
        self.chats[chat]["is_forum"] = True
        somebody = {"id": 777, "is_bot": False, "first_name": "群主"}
        root = self._keep(chat, {"from": somebody, "forum_topic_created": {"name": name, "icon_color": 1}})
        number = int(root["message_id"])
        root |= {"message_thread_id": number, "is_topic_message": True}
        return number

    def migrates(self, old: int, new: int, *, told: bool = False) -> None:
        """The group `old` becomes the supergroup `new`; `told`: with news of it, in both."""
        before = self.chats.pop(old)
        self.chats[new] = before | {"id": new, "type": "supergroup"}
        self.migrated[old] = new
        if told:
            somebody = {"id": 777, "is_bot": False, "first_name": "群主"}
            last: Json = {"message_id": 9001, "date": int(self.now().timestamp()), "chat": before, "from": somebody}
            self._update("message", last | {"migrate_to_chat_id": new})
            self._update("message", self._keep(new, {"from": somebody, "migrate_from_chat_id": old}))

    def takes_in(self, chat: int) -> Json:
        """Somebody takes the bot into a group."""
        return self._standing(chat, self.accounts[next(iter(self.accounts))], "left", "member")

    def blocks(self, person: Account) -> Json:
        """The person wants no more messages of the bot."""
        person.blocked = True
        return self._standing(person.id, person, "member", "kicked")

    def unblocks(self, person: Account) -> Json:
        """They do again."""
        person.blocked = False
        return self._standing(person.id, person, "kicked", "member")

    def _standing(self, chat: int, by: Account, old: str, new: str) -> Json:
        bot = {key: self.bot[key] for key in ("id", "is_bot", "first_name", "username")}
        both = {"old_chat_member": {"user": bot, "status": old}, "new_chat_member": {"user": bot, "status": new}}
        date = int(self.now().timestamp())
        return self._update("my_chat_member", {"chat": self.chats[chat], "from": by.user(), "date": date, **both})

    # what people do

    def writes(self, person: Account, text: str, *, chat: int | None = None, **more: object) -> Json:
        """A text message; `more` are further fields of it (entities, reply_to_message)."""
        return self._said(person, chat, {"text": text, **more})

    def sends(self, person: Account, kind: str, content: bytes, *, caption: str = "", **more: object) -> Json:
        """A document, voice, video or sticker; `more` are further fields of the file."""
        file: Json = self._file(content) | more
        if kind == "sticker":
            file |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        if kind in {"voice", "video", "audio"}:
            file |= {"duration": 3}
        return self._said(person, None, {kind: file} | ({"caption": caption} if caption else {}))

    def sends_photo(
        self, person: Account, small: bytes, large: bytes, *, caption: str = "", chat: int | None = None, **more: object
    ) -> Json:
        """A photo, in the two sizes that the server makes of it; `more` are further fields of the message
        (media_group_id, caption_entities)."""
        sizes = [self._file(small) | {"width": 90, "height": 60}, self._file(large) | {"width": 900, "height": 600}]
        return self._said(person, chat, {"photo": sizes, **more} | ({"caption": caption} if caption else {}))

    def forwards(self, person: Account, message: Json, *, hidden: bool = False) -> Json:
        """Somebody forwards a message to the bot; `hidden`: whose it was is told by name alone."""
        author = message["from"]
        origin: Json = {"type": "user", "sender_user": author, "date": message["date"]}
        if hidden:
            origin = {"type": "hidden_user", "sender_user_name": author["first_name"], "date": message["date"]}
        return self._said(person, None, {"text": message["text"], "forward_origin": origin})

    def edits(self, message: Json, text: str) -> Json:
        """The writer changes the words of a message, or those under its picture."""
        words = "text" if "text" in message else "caption"
        edited = message | {words: text, "edit_date": int(self.now().timestamp())}
        self.messages[edited["chat"]["id"], edited["message_id"]] = edited
        return self._update("edited_message", edited)

    def presses(self, person: Account, message: Json, action: str) -> str:
        """Press a button, which must be there; the id of the press."""
        rows = self.messages[message["chat"]["id"], message["message_id"]]["reply_markup"]["inline_keyboard"]
        assert any(button["callback_data"] == action for row in rows for button in row), f"no button {action}"
        query = f"43820{next(self._names):010d}"
        self.queries[query] = None
        chat_instance = f"-{abs(message['chat']['id'])}77"
        pressed = {"id": query, "from": person.user(), "message": message, "chat_instance": chat_instance}
        self._update("callback_query", pressed | {"data": action})
        return query

    def injects(self, update: Mapping[str, object]) -> int:
        """An update that is not as it should be, under the next number."""
        number = next(self._update_ids)
        self.updates.append({"update_id": number, **update})
        self.changed()
        return number

    def repeats(self, update: Json) -> None:
        """The server brings an update again, although it was confirmed."""
        self.repeated.append(update)
        self.changed()

    # what the bot does

    def says(self, chat: int, fields: Json) -> Json:
        """Keep a message of the bot."""
        return self._keep(chat, {"from": {k: self.bot[k] for k in ("id", "is_bot", "first_name", "username")}} | fields)

    def uploaded(self, name: str, content: bytes) -> str:
        """Keep a file that the bot brings; its id."""
        id = str(self._file(content)["file_id"])
        self.file_names[id] = name
        return id

    def first_shown(self, chat: int) -> list[str]:
        """The words of what the bot wrote into a chat as they were before it edited them, oldest first."""
        here = [m for m in self.shown(chat) if "text" in m]
        return [self.first_words.get((chat, int(m["message_id"])), str(m["text"])) for m in here]

    def shown(self, chat: int) -> list[Json]:
        """What the bot wrote into a chat, oldest first."""
        return [m for (where, _), m in sorted(self.messages.items()) if where == chat and m["from"]["is_bot"]]

    def _said(self, person: Account, chat: int | None, fields: Json) -> Json:
        person.started = person.started or chat is None
        where = person.id if chat is None else chat
        topic = fields.get("message_thread_id")
        if topic is not None:
            root = self.messages[where, topic]
            fields = {"is_topic_message": True, "reply_to_message": root} | fields
        message = self._keep(where, {"from": person.user()} | fields)
        if self.privacy and self.chats[where]["type"] != "private" and not self._is_meant(message):
            return {"message": message}
        return self._update("message", message)

    def _is_meant(self, message: Json) -> bool:
        """Whether a bot in privacy mode is shown a message of a group."""
        marks = [*message.get("entities", []), *message.get("caption_entities", [])]
        named = any(mark["type"] in {"mention", "text_mention", "bot_command"} for mark in marks)
        return named or message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot["id"]

    def _keep(self, chat: int, fields: Json) -> Json:
        number = self._message_ids[chat] = self._message_ids.get(chat, 0) + 1
        date = int(self.now().timestamp())
        message = {"message_id": number, "chat": self.chats[chat], "date": date} | fields
        self.messages[chat, number] = message
        return message

    def _update(self, kind: str, content: Json) -> Json:
        update = {"update_id": next(self._update_ids), kind: content}
        self.updates.append(update)
        self.changed()
        return update

    def _file(self, content: bytes) -> Json:
        name = f"file{next(self._names)}"
        self.files[name] = content
        return {"file_id": name, "file_unique_id": f"u-{name}", "file_size": len(content)}
