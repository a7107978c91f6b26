"""A newcomer's editor knows contract files at once: what `wardline init`, `schema` and `check` do about it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from sla.schema import DRAFT

TAPLO = shutil.which("taplo", path=str(Path(sys.executable).parent))
"""The language server of VS Code's Even Better TOML, as a command."""


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """What `wardline init` writes."""
    assert main(["init", str(tmp_path / "config")]) == 0
    assert "schema/" in capsys.readouterr().out
    return tmp_path / "config"


def test_the_schema_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in sorted((folder / "schema").iterdir()):
        assert main(["schema", "--of", file.stem]) == 0
        assert capsys.readouterr().out == file.read_text(encoding="utf-8")
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    schema = json.loads(printed)
    assert schema["$schema"] == DRAFT
    clock = schema["properties"]["clock"]["items"]
    assert clock["required"] == ["name", "base", "why_zh", "why_en"]
    assert clock["properties"]["base"]["enum"][:2] == ["elapsed", "working_days"]
    assert "自然时间" in clock["properties"]["base"]["x-taplo"]["docs"]["enumValues"][0]
    assert schema["properties"]["plan_again"]["default"] == "2 h"
    assert "内部目标" in schema["properties"]["plan_again"]["description"]


def test_the_grammar_is_printed_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    tables = []
    for language in ("zh", "en"):
        assert main(["schema", "--table", "--lang", language]) == 0
        tables.append(capsys.readouterr().out)
    assert "| `grace` | 时长 | `0 s` | 宽限" in tables[0]
    assert "| `grace` | length of time | `0 s` | What is done so long after" in tables[1]
    assert [line.split("|")[1] for line in tables[0].splitlines() if line.startswith("| `")] == [
        line.split("|")[1] for line in tables[1].splitlines() if line.startswith("| `")
    ]


def test_nothing_stands_in_the_way_of_completion(folder: Path) -> None:
    """taplo completes the keys of a table by its `properties`, and of none that has an allOf beside them."""
    for file in (folder / "schema").iterdir():
        for node in nodes(json.loads(file.read_text(encoding="utf-8"))):
            assert "$ref" not in node
            assert "properties" not in node or "allOf" not in node


def nodes(value: object) -> Iterator[dict[str, object]]:
    """Every object of a JSON text."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from nodes(each)


@pytest.mark.skipif(TAPLO is None, reason="there is no wheel of taplo for this platform")
def test_an_editor_checks_the_files_of_a_new_folder(folder: Path) -> None:
    assert lint(folder) == ""
    for name, old, new, said in (
        ("contracts/jiahe-icu.toml", 'amount = "1 h"', 'amuont = "1 h"', "amuont"),
        ("contracts/jiahe-icu.toml", 'amount = "1 h"', 'amount = "1 hour"', '"1 hour" does not match'),
        ("contracts/jiahe-icu.toml", 'kinds = ["consult"]', 'kinds = ["consul"]', '"consul" is not one of'),
        ("contracts/jiahe-icu.toml", 'name = "嘉和重症系统运维服务"\n', "", '"name" is a required property'),
        ("people.toml", 'side = "hospital"', 'side = "provider"', '"clinician" is not one of'),
        ("rota.toml", "since = 2024-01-01", "since = 2024", "2024 is not of type"),
        ("catalogue.toml", "care = true", "cares = true", "cares"),
        ("holidays/2026.toml", "days_off = [2026-01-01", "days_off = [2026-01-01T08:00:00", "does not match"),
    ):
        file = folder / name
        good = file.read_text(encoding="utf-8")
        assert old in good
        file.write_text(good.replace(old, new, 1), encoding="utf-8")
        assert said in lint(folder)
        file.write_text(good, encoding="utf-8")


def lint(folder: Path) -> str:
    """What the editor complains of."""
    assert TAPLO
    files = [str(file) for file in sorted(folder.rglob("*.toml"))]
    done = subprocess.run([TAPLO, "lint", *files], capture_output=True, encoding="utf-8", check=False, cwd=folder)
    return done.stderr if done.returncode else ""


def test_a_schema_of_another_version_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == 0
    assert "另一版本" not in capsys.readouterr().out
    (folder / "schema" / "contract.json").write_text("{}", encoding="utf-8")
    assert main(["check", str(folder)]) == 0
    wanted = f"注意：schema/contract.json 是另一版本的 Wardline 写的；wardline schema --write {folder}"
    assert wanted in capsys.readouterr().out
    assert main(["schema", "--write", str(folder)]) == 0
    assert main(["check", str(folder)]) == 0
    assert "另一版本" not in capsys.readouterr().out


def test_schemas_are_written_into_a_configuration_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--write", str(tmp_path / "mistyped")]) == 2
    assert "不是配置文件夹" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("people.toml", "不是合同；它随整个文件夹一起检查"),
        ("holidays/2026.toml", "不是合同；它随整个文件夹一起检查"),
        ("contracts/mistyped.toml", "没有文件"),
    ],
)
def test_a_file_that_is_no_contract_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert main(["check", str(folder / name)]) == 2
    assert said in capsys.readouterr().err


def test_one_contract_file_is_checked_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "people.toml").unlink()
    file = folder / "contracts" / "jiahe-icu.toml"
    assert main(["check", str(file)]) == 0
    assert "jiahe-icu: 嘉和重症系统运维服务" in capsys.readouterr().out
    file.write_text(file.read_text(encoding="utf-8").replace("disaster = true", "disaster = yes"), encoding="utf-8")
    assert main(["check", str(file)]) == 1
    assert "不符合 TOML 格式" in capsys.readouterr().err
    file.write_text('id = "a"\ntoken = "123456:abcdefghijklmnopqrstuvwxyz0123456789"\n', encoding="utf-8")
    assert main(["check", str(file)]) == 1
    assert "含有密钥" in capsys.readouterr().err
