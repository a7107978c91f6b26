"""Days and counts as options of commands, refused in words."""

import argparse
from datetime import date


def day(text: str) -> date:
    """A day, 2026-10-01. Raises ArgumentTypeError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text[:40]}" is no day; write it like 2026-10-01') from error


def count(text: str) -> int:
    """A whole number of at least 1. Raises ArgumentTypeError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f'"{text[:40]}" is no whole number of at least 1')
    return int(text)
