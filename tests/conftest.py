"""What every test shares."""

import pytest
from hypothesis import settings

from bot.logs import Fields

# A deadline by the wall clock fails on a busy machine and tells nothing of the code; a failure prints how to repeat it.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


def pytest_sessionstart(session: pytest.Session) -> None:
    """What the product logged is shown of a failed test with its fields: an event's name alone does not tell why."""
    logged = session.config.pluginmanager.get_plugin("logging-plugin")
    if logged is not None:
        logged.report_handler.setFormatter(Fields(as_json=False))
