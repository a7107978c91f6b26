"""What the tests of the channels share."""

import pytest

from bot.channels import leased
from bot.channels.mailbox import smtp
from bot.channels.weixin import inbox
from tests.support.waiting import PATIENCE


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given up after a moment is waited for where the machine stands still: a server of ours that is slow to
    take a call, a call or a file that is slow to come, and a lease that is slow to be given back, whose clock is the
    test's and never runs it out."""
    monkeypatch.setattr(leased, "RELEASE_SECONDS", PATIENCE)
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", PATIENCE)
    monkeypatch.setattr(inbox, "BODY_SECONDS", PATIENCE)
    monkeypatch.setattr(inbox, "FILE_SECONDS", PATIENCE)
