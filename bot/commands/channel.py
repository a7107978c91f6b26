"""wardline channel check: try a channel's credentials, clock and callback, and say what to mend."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import aiohttp

from bot.app import system_clock
from bot.channels.checking import TIMEOUT, Checking, Finding
from bot.channels.lacks import lacks, of_secret, robots_in
from bot.commands.run import DATA
from bot.settings import SecretError, Settings, read_settings
from sla.errors import ContractError
from storage.files import load_folder

Check = Callable[[Settings, Checking], Awaitable[None]]


def _wecom(settings: Settings, checking: Checking) -> Awaitable[None]:
    from bot.channels.weixin.check import check_wecom

    return check_wecom(settings, checking)


def _wechat(settings: Settings, checking: Checking) -> Awaitable[None]:
    from bot.channels.weixin.check import check_wechat

    return check_wechat(settings, checking)


def _telegram(settings: Settings, checking: Checking) -> Awaitable[None]:
    from bot.channels.telegram_check import check_telegram

    return check_telegram(settings, checking)


def _mail(settings: Settings, checking: Checking) -> Awaitable[None]:
    from bot.channels.mailbox.check import check_mail

    return check_mail(settings, checking)


CHECKS: Mapping[str, Check] = {"wecom": _wecom, "wechat": _wechat, "telegram": _telegram, "mail": _mail}
"""How each channel is tried; its code is imported when it is asked for."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("channel", help="try a channel out, and say what to mend", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True, metavar="check")
    check = parts.add_parser("check", help="try credentials, clock and callback of one channel")
    check.add_argument("channel", choices=CHECKS, help="the channel")
    check.add_argument("--config", type=Path, help="folder of the configuration (DATA/config)")
    check.add_argument("--data", type=Path, default=DATA, help="folder of the database and the key (./wardline-data)")
    check.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the findings")


def run(args: argparse.Namespace) -> int:
    """Print a line for each finding; 1 where something is to be mended."""
    folder, unread = args.config or args.data / "config", list[SecretError]()
    settings = read_settings(folder, args.data, os.environ, unread)
    findings = asyncio.run(_check(settings, unread, folder, args))
    for finding in findings:
        print(("✓ " if finding.is_well else "✗ ") + finding.text)
    return 0 if all(finding.is_well for finding in findings) else 1


async def _check(
    settings: Settings, unread: Sequence[SecretError], folder: Path, args: argparse.Namespace
) -> list[Finding]:
    """What this machine shows first, all of it; then what the network does."""
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as session:
        checking = Checking(session, args.lang, system_clock().now())
        checking.lacks(map(of_secret, unread))
        robots = _robots(folder, checking) if args.channel == "wecom" else frozenset[str]()
        checking.lacks(lacks(args.channel, settings, unread, robots, checking.now))
        await CHECKS[args.channel](settings, checking)
    return checking.findings


def _robots(folder: Path, checking: Checking) -> frozenset[str]:
    """The group robots that rota.toml and people.toml name; before there is a rota none is named."""
    if not (folder / "rota.toml").exists():
        return frozenset()
    try:
        rules, _ = load_folder(folder)
    except ContractError:
        checking.wrong(checking.say("check_rules"))
        return frozenset()
    return robots_in(rules)
