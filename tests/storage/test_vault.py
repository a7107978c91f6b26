"""Access tokens are shared by all processes over one database, and readable by nobody else."""

import sqlite3
from pathlib import Path

from storage.crypt import generate_key
from storage.vault import Vault
from storage.writer import open_store

TOKEN = "69_a-token-of-a-provider"


def showing(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if TOKEN.encode() in file.read_bytes()]


async def test_another_process_finds_the_token_and_the_file_does_not_show_it(tmp_path: Path) -> None:
    path, key = tmp_path / "one.sqlite3", generate_key()
    store = open_store(f"sqlite:///{path}", key)
    await Vault(store.writer).put("wecom", TOKEN)
    await Vault(store.writer).put("wecom", TOKEN + "2")
    store.close()
    later = open_store(f"sqlite:///{path}", key)
    assert await Vault(later.writer).get("wecom") == TOKEN + "2"
    assert await Vault(later.writer).get("wechat") is None
    later.close()
    assert not showing(tmp_path)


async def test_a_token_that_was_damaged_is_none(tmp_path: Path) -> None:
    path, key = tmp_path / "one.sqlite3", generate_key()
    store = open_store(f"sqlite:///{path}", key)
    await Vault(store.writer).put("wecom", TOKEN)
    store.close()
    database = sqlite3.connect(path)
    with database:
        assert database.execute("update marks set value = '?' where name like 'secret:%'").rowcount == 1
    database.close()
    later = open_store(f"sqlite:///{path}", key)
    assert await Vault(later.writer).get("wecom") is None
    later.close()
