"""wardline run: start the bot. Without a configuration it makes a sample in ./wardline-data, to be tried out."""

import argparse
import asyncio
import gc
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from bot.app import App, system_clock
from bot.logs import set_up
from bot.settings import LOOPBACK, Settings, SettingsError, read_settings
from handlers.wording import LANGUAGES, say
from sla.worded import Worded

DATA = Path("wardline-data")
COLLECT_AFTER = (20_000, 20, 20)
"""Objects made before garbage is looked for, and how many such looks before one that goes further."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("run", help="start the bot", description=__doc__)
    parser.add_argument("folder", nargs="?", metavar="DIR", type=Path, help="folder of the configuration, as --config")
    parser.add_argument("--config", type=Path, help="folder of the configuration (DATA/config, made if missing)")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")
    parser.add_argument("--host", help="address to listen on, instead of [web] host")
    parser.add_argument("--port", type=int, help="port to listen on, instead of [web] port; 0: any")


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    config = prepare(args.config or args.folder, args.data)
    settings = with_options(read_settings(config, args.data, os.environ), args.host, args.port)
    set_up(settings.log)
    asyncio.run(_serve(App(settings, config, system_clock())))
    return 0


def prepare(config: Path | None, data: Path) -> Path:
    """The folder of the configuration; the sample and a key are written first where none is named and none is there."""
    if config is not None:
        data.mkdir(parents=True, exist_ok=True)
        return config
    sample = data / "config"
    if not (sample / "wardline.toml").exists():
        from bot.commands.init import write_sample

        write_sample(sample)
    return sample


def named(config: Path | None, data: Path) -> Path:
    """The folder of the configuration, for a command about one of its people. Raises SettingsError where there is
    none: what was made for a person of a sample written just now would open nothing."""
    folder = config or data / "config"
    if not folder.is_dir():
        raise SettingsError(
            Worded("there is no configuration in {folder}; --config names its folder, --data the data's", folder=folder)
        )
    data.mkdir(parents=True, exist_ok=True)
    return folder


def existing(config: Path | None, data: Path) -> Path:
    """The folder of the configuration, for a command that only looks: it makes nothing, neither folder nor database.
    Raises SettingsError where there is no data: an empty ledger that was made just now would be called whole."""
    if config is None and not data.is_dir():
        raise SettingsError(
            Worded("{data} is no folder; --data names the folder of a bot's data, which wardline run makes", data=data)
        )
    folder = config or data / "config"
    database = read_settings(folder, data, os.environ).database
    file = Path(database.removeprefix("sqlite:///"))
    if database.startswith("sqlite:///") and not file.exists():
        raise SettingsError(
            Worded("there is no database {file}; --data names its folder, and wardline run makes it", file=file)
        )
    return folder


def with_options(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with what the command line said instead."""
    web = settings.web
    web = replace(web, host=host if host is not None else web.host, port=port if port is not None else web.port)
    return replace(settings, web=web)


async def _serve(app: App) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await app.start()
    _settle()
    try:
        _greet(app)
        await stop.wait()
    finally:
        await app.stop()


def _settle() -> None:
    """What is there after the start stays: the collector need not look at it over and over, while messages wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _greet(app: App) -> None:
    host = app.settings.web.host
    shown = host if host in LOOPBACK else (host if host not in {"0.0.0.0", "::"} else "127.0.0.1")  # noqa: S104  # compared
    address = app.settings.web.url or f"http://{shown}:{app.port}"
    if not app.settings.webchat.enabled:
        print(f"Wardline is running: {address}/healthz")
    elif app.settings.webchat.seats:
        print(welcome(address))
    else:
        print(f"Wardline 已启动，网页聊天 · web chat: {address}/")
    sys.stdout.flush()


TRY = """
  Wardline 已启动 · is running

  打开 · open      {address}/

  试一试 · try
  1. 在护士的窗口里写 · in the nurse's pane write:   急诊所有电脑HIS都进不去
  2. 在工程师的窗口里按“{ack_zh}” · in the engineer's pane press "{ack_en}"
  3. 再写 · then write:   到场 / 修好了：原因是交换机端口故障，更换端口后恢复
  4. 护士按“{confirm_zh}”，再评价 · the nurse presses "{confirm_en}", and rates it

  结束 · stop: Ctrl-C
"""


def welcome(address: str) -> str:
    """What to try first, with the buttons as the pages call them."""
    labels = {
        f"{name}_{language}": say(f"button_{name}", language) for name in ("ack", "confirm") for language in LANGUAGES
    }
    return TRY.format(address=address, **labels)
