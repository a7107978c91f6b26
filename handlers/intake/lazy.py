"""Regular expressions that are compiled when they are first used, so that importing the package stays light."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import ClassVar

from handlers.intake.quick import alternatives


class Lazy:
    """A pattern by its source. Each method is looked up once and then costs what it costs on the pattern itself.

    `quick`: several sources, of which the earlier are tried before the later, behind a look at what they begin with.
    """

    _all: ClassVar[list["Lazy"]] = []

    def __init__(self, *sources: str, quick: bool = False) -> None:
        self._sources = sources
        self._quick = quick
        self._all.append(self)

    @classmethod
    def compile_all(cls) -> None:
        """Compile every pattern of the modules that are imported, so that no reader waits for one."""
        for each in cls._all:
            _ = each._pattern

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(alternatives(self._sources, 1) if self._quick else "|".join(self._sources))

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        """As `re.Pattern.search`."""
        return self._pattern.search

    @cached_property
    def match(self) -> Callable[..., re.Match[str] | None]:
        """As `re.Pattern.match`."""
        return self._pattern.match

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[str] | None]:
        """As `re.Pattern.fullmatch`."""
        return self._pattern.fullmatch

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        """As `re.Pattern.finditer`."""
        return self._pattern.finditer

    @cached_property
    def sub(self) -> Callable[..., str]:
        """As `re.Pattern.sub`."""
        return self._pattern.sub
