"""The script of the night, played on a stage."""

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.demo.stage import Stage, all_speaking
from handlers.wording import number
from sla.rules import Rules

NIGHT = datetime(2026, 10, 1, 2, 59)  # noqa: DTZ001  # local to the site; the zone is added where it is played


def play(folder: Path, rules: Rules, language: str) -> Stage:
    """The whole night, in `language` ("zh" or "en"); the stage afterwards, one day later. The caller closes it."""
    zone = ZoneInfo(rules.site.timezone)
    stage = Stage(folder, all_speaking(rules, language), NIGHT.replace(tzinfo=zone))
    tickets: list[int] = []
    script = tomllib.loads(files("bot.demo").joinpath("night.toml").read_text(encoding="utf-8"))
    for scene in script["scene"]:
        hour, minute = map(int, scene["at"].split(":"))
        stage.until(NIGHT.replace(hour=hour, minute=minute, tzinfo=zone))
        if "press" in scene:
            stage.press(scene["who"], scene["press"])
            continue
        names = [number(ticket) for ticket in tickets]
        ticket = stage.write(scene["who"], scene[language].format("", *names))
        if ticket and ticket not in tickets:
            tickets.append(ticket)
    stage.until(stage.now + timedelta(hours=1))
    return stage
