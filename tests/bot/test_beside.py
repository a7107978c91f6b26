"""What commands say beside their answer: that there is nothing, and nothing that is not so."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from sla.contract_reader import read_contract
from storage.schemas import initial_files
from tests.bot.running import KEY, sample

PERIOD = ("--from", "2026-09-01", "--to", "2026-09-30")
REPORTED = {"kind": "reported", "at": "2026-09-10T09:00:00+08:00"}


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The data of a bot that nothing was ever reported to."""
    sample(tmp_path / "data" / "config")
    (tmp_path / "data" / "keys").write_text(KEY, "ascii")
    assert main(["link", "nurse", "--data", str(tmp_path / "data")]) == 0
    capsys.readouterr()
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("mail", "aside"), ["没有搁置的邮件", "no mail is set aside"]),
        (("ledger", "list"), ["违约台账是空的"]),
        (("ledger", "list", "--json"), ["违约台账是空的"]),
        (("ledger", "list", "--lang", "en"), ["the ledger is empty"]),
        (("ledger", "list", "--contract", "cqmu2-his"), ["违约台账中没有符合的记录"]),
        (("export", "--all"), ["没有记录"]),
        (("export", "--all", *PERIOD, "--lang", "en"), ["there is nothing on record"]),
    ],
)
def test_that_there_is_nothing_is_said_where_no_pipe_reads_it(
    data: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: list[str]
) -> None:
    assert main([*words, "--data", str(data)]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err.splitlines()) == ("", [f"wardline: {line}" for line in told])


def test_days_without_a_duty_are_said_to_have_none(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = data / "config" / "contracts" / "jiahe-icu.toml"
    file.write_text("valid_from = 2026-01-01\nvalid_to = 2026-12-31\n" + file.read_text("utf-8"), "utf-8")
    words = ("duties", "--contract", "jiahe-icu", "--data", str(data))
    assert main([*words, "--from", "1980-01-01", "--to", "1980-01-02"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "wardline: 1980-01-01 至 1980-01-02 没有到期的职责\n")


def test_where_no_contract_sets_quotas_and_nothing_stood_still_it_is_said(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outages", "--data", str(data)]) == 0
    some = capsys.readouterr()
    assert (some.out != "", some.err) == (True, "")
    for file in (data / "config" / "contracts").glob("*.toml"):
        kept, _, _ = file.read_text("utf-8").partition("[[quota]]")
        file.write_text(kept, "utf-8")
    assert main(["outages", "--data", str(data), "--json"]) == 0
    none = capsys.readouterr()
    assert (none.out, none.err) == ("", "wardline: 没有合同规定限额，也没有停机记录\n")


def test_a_folder_without_mails_is_said_to_have_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mails").mkdir()
    for words in ((), ("--json",)):
        assert main(["mail", "show", str(tmp_path / "mails"), *words]) == 0
        said = capsys.readouterr()
        assert (said.out, len(said.err.splitlines())) == ("", 2)
        assert said.err.startswith(f"wardline: {tmp_path / 'mails'} 中没有邮件\n")


def facts(folder: Path, contract: str, version: str) -> Path:
    labels = {"kind": "fault", "priority": "low", "contract": contract, "contract_version": version}
    row = {"ticket": "W1", "events": [{**REPORTED, "data": labels}]}
    (folder / "facts.jsonl").write_text(json.dumps(row), "utf-8")
    return folder / "facts.jsonl"


def counted(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["figures", "--json", *PERIOD, *words]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["all"]["tickets"] == 1
    return said.err


def test_exported_facts_are_counted_by_the_configuration_of_the_data(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = data / "config" / "contracts" / "jiahe-icu.toml"
    file.write_text(file.read_text("utf-8") + "# of this hospital\n", "utf-8")
    version = version_of(file.read_text("utf-8"))
    lines = str(facts(tmp_path, "jiahe-icu", version))
    assert counted(capsys, "--jsonl", lines, "--data", str(data)) == ""
    assert counted(capsys, "--jsonl", lines, "--config", str(data / "config")) == ""
    monkeypatch.chdir(tmp_path)
    assert "1 个工单所用的合同版本不在本配置中" in counted(capsys, "--jsonl", lines)


def test_facts_of_the_untouched_sample_are_of_no_other_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    version = version_of(initial_files()["contracts/jiahe-icu.toml"])
    assert counted(capsys, "--jsonl", str(facts(tmp_path, "jiahe-icu", version))) == ""


def version_of(text: str) -> str:
    return read_contract(text, "contract.toml").version
