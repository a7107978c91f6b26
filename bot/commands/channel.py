"""wardline channel check: try a channel's credentials, clock and callback, and say what to mend."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import aiohttp

from bot.app import system_clock
from bot.channels.checking import TIMEOUT, Checking, Finding
from bot.commands.run import DATA
from bot.settings import Settings, read_settings

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
    settings = read_settings(args.config or args.data / "config", args.data, os.environ)
    findings = asyncio.run(_check(settings, args.channel, args.lang))
    for finding in findings:
        print(("✓ " if finding.is_well else "✗ ") + finding.text)
    return 0 if all(finding.is_well for finding in findings) else 1


async def _check(settings: Settings, channel: str, language: str) -> list[Finding]:
    async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as session:
        checking = Checking(session, language, system_clock().now())
        await CHECKS[channel](settings, checking)
    return checking.findings
