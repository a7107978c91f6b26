"""The process that is killed, forked from a parent in which this module, and with it everything heavy, is imported."""

import asyncio
import gc
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bot.channels.telegram_api  # noqa: F401 - imported in the parent, so that no victim has to
from bot.app import App, system_clock
from bot.clock import Clock
from bot.logs import Fields
from bot.settings import Heartbeat, Log, Settings, Web, Webchat
from bot.tables.telegram import Telegram
from tests.support.botapi_world import TOKEN


@dataclass(frozen=True, slots=True)
class Life:
    """What one victim is told: where everything is, and by how much its clock is ahead of the machine's."""

    folder: Path
    keys: str
    api: str
    ahead: timedelta

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def file(self) -> Path:
        return self.folder / "wardline.sqlite3"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.file}"

    @property
    def log(self) -> Path:
        return self.folder / "victims.log"

    def now(self) -> datetime:
        """The instant by this life's clock."""
        return datetime.now(UTC) + self.ahead

    def clock(self) -> Clock:
        return Clock(self.now, system_clock().steady)

    def settings(self) -> Settings:
        """Only the Bot API; any port."""
        return Settings(
            web=Web(port=0),
            webchat=Webchat(),
            telegram=Telegram(api=self.api, token=TOKEN),
            heartbeat=Heartbeat(),
            log=Log(),
            database=self.database,
            keys=self.keys,
        )


def live(life: Life) -> None:
    """Run until killed."""
    gc.freeze()
    handler = logging.FileHandler(life.log)
    handler.setFormatter(Fields(as_json=True))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    asyncio.run(_live(life))


async def _live(life: Life) -> None:
    try:
        await App(life.settings(), life.config, life.clock()).start()
    except Exception:
        logging.getLogger(__name__).exception("start_failed")
        raise
    await asyncio.Event().wait()
