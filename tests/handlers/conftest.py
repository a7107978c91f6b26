"""What the stories of the handlers share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The sample hospital at 03:42 on a holiday; nobody may be paged by surprise."""
    with open_house(tmp_path) as opened:
        yield opened
