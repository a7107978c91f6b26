"""wardline demo: play a whole night in fast-forward and print what was said, when, to whom."""

import argparse
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The options of the command."""
    parser = subparsers.add_parser("demo", help="play a night in fast-forward", description=__doc__)
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="the language that everybody speaks")


def run(args: argparse.Namespace) -> int:
    """Play the night and print it."""
    from bot.demo.night import play
    from bot.demo.printed import month, transcript
    from storage.files import packaged_rules

    rules = packaged_rules()
    zone = ZoneInfo(rules.site.timezone)
    with tempfile.TemporaryDirectory() as folder:
        stage = play(Path(folder), rules, args.lang)
        try:
            print("\n".join(transcript(stage, args.lang)))
            print(
                "\n".join(
                    month(stage, datetime(2026, 10, 1, tzinfo=zone), datetime(2026, 11, 1, tzinfo=zone), args.lang)
                )
            )
        finally:
            stage.close()
    return 0
