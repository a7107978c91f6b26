"""What `wardline check` finds in the settings of the channels: what is wrong for certain, and what only this machine or
this environment lacks, which the service may have."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.channels.lacks import Lack, channels_in, lacks, of_secret, robots_in
from bot.settings import FILE, KEYS, SecretError, Settings, SettingsError, check_exposure, read_settings
from handlers.wording import say
from sla.errors import Problem
from sla.rules import Rules
from sla.toml_lines import KeyPath, line_numbers

CHANNELS = ("wecom", "wechat", "telegram", "mail")
NO_KEY = {KEYS: "none is needed to check"}


class Found:
    """What the settings of a folder lack, in a language. Raises ContractError for a wardline.toml that is wrong."""

    def __init__(self, folder: Path, rules: Rules | None, now: datetime, language: str) -> None:
        self._folder, self._rules, self._language = folder, rules, language
        unread = list[SecretError]()
        self._settings = read_settings(folder, folder, {**os.environ, **NO_KEY}, unread)
        robots = robots_in(rules) if rules else frozenset[str]()
        self._lacks = [of_secret(error) for error in unread]
        for channel in CHANNELS:
            self._lacks += lacks(channel, self._settings, unread, robots, now)

    def problems(self) -> list[Problem]:
        """What is wrong wherever it runs, with its line."""
        file = self._folder / FILE
        lines = line_numbers(file.read_text(encoding="utf-8")) if file.exists() else {}
        found = [
            Problem(FILE, _written(lack.path), self._words(lack), line=_line(lack.path, lines))
            for lack in self._lacks
            if lack.certain
        ]
        try:
            check_exposure(self._settings)
        except SettingsError as error:
            found.append(Problem(FILE, "web.host", error.args[0], line=_line(("web", "host"), lines)))
        return found

    def notes(self) -> Iterator[str]:
        """What may be well where the service runs, and is worth knowing."""
        for lack in self._lacks:
            if not lack.certain:
                yield self._words(lack)
        used = channels_in(self._rules) if self._rules else frozenset[str]()
        for channel in CHANNELS:
            if channel in used and not _is_begun(self._settings, channel):
                yield say("check_not_set_up", self._language, channel=channel)

    def _words(self, lack: Lack) -> str:
        return say(lack.key, self._language, **lack.fields)


def _is_begun(settings: Settings, channel: str) -> bool:
    """Whether anything of the channel is set, and it is not switched off."""
    table = getattr(settings, channel)
    return bool(table.enabled) and table != type(table)()


def _written(path: KeyPath) -> str:
    """As the other problems name a key, counting from 1: mail.box[1].ca_file."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _line(path: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)
