"""wardline check and its neighbours: each mistake once, with file and line, in the language that was asked for."""

import re
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.bot.running import sample

CJK = re.compile(r"[\u4e00-\u9fff]")
BOX = '[[mail.box]]\naddress = "it@hospital.example"\nimap = "i.example"\nsmtp = "s.example"\npoll = "30"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sample(tmp_path / "config")


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["check", str(folder), *words]) == 1
    return [line.removeprefix("wardline: ") for line in capsys.readouterr().err.splitlines()]


def test_mistakes_of_every_file_are_told_in_chinese_and_in_english_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "contracts/jiahe-icu.toml", 'base = "elapsed"', 'base = "ellapsed"')
    change(folder, "catalogue.toml", "care = true", 'care = "yes"')
    change(folder, "rota.toml", 'handover = "08:00"', 'handover = "8"')
    change(folder, "wardline.toml", "port = 8080", "port = 80800")
    with (folder / "wardline.toml").open("a", encoding="utf-8") as file:
        file.write(BOX)
    english, chinese = checked(folder, capsys, "--lang", "en"), checked(folder, capsys)
    assert [line.partition(": ")[0] for line in chinese] == [line.partition(": ")[0] for line in english]
    assert len(chinese) == 5
    assert all(re.match(r"[a-z./-]+\.toml:\d+ \[", line) for line in chinese), chinese
    assert all(CJK.search(line.partition(" -> ")[0]) for line in chinese), chinese
    assert not any(CJK.search(line) for line in english)
    assert any(line.endswith('"ellapsed" is not known here -> did you mean "elapsed"?') for line in english)
    assert any(line.endswith("这里不能写“ellapsed” -> 是不是“elapsed”？") for line in chinese)


def test_a_file_has_one_name_and_a_value_one_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, "wardline.toml", "max_text = 4000", "max_text = 4")
    with (folder / "wardline.toml").open("a", encoding="utf-8") as file:
        file.write(BOX + "[telegram]\napi = 'x'\n")
    told = checked(folder, capsys)
    assert {line.split(":")[0] for line in told} == {"wardline.toml"}
    (of_poll,) = [line for line in told if "[mail.box[1].poll]" in line]
    assert "时长" in of_poll


def test_a_table_that_is_begun_twice_is_told_with_both_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (folder / "wardline.toml").read_text("utf-8").splitlines()
    first = lines.index("[web]") + 1
    with (folder / "wardline.toml").open("a", encoding="utf-8") as file:
        file.write("\n[web]\nport = 1\n")
    what = f"表 [web] 写了两次，第一次在第 {first} 行 -> 合并成一个 [web]"
    assert checked(folder, capsys) == [f"wardline.toml:{len(lines) + 2}: 不符合 TOML 格式：{what}"]


def test_what_cannot_be_asked_for_a_language_says_it_in_chinese_and_then_in_english(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(folder)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"wardline: {folder} 不是空的；请指定空文件夹或尚不存在的文件夹",
        f"wardline: {folder} is not empty; name a folder that is empty or does not exist yet",
    ]
    assert main(["link", "nobody", "--data", str(tmp_path)]) == 2
    chinese, english = capsys.readouterr().err.splitlines()
    assert chinese.startswith("wardline: people.toml 中没有“nobody”；其中的编号有：nurse, ")
    assert english.startswith('wardline: people.toml names nobody "nobody"; its ids are: nurse, ')
    change(folder, "people.toml", 'side = "hospital"', 'side = "hospitl"')
    assert main(["link", "nurse", "--data", str(tmp_path)]) == 1
    assert [line.partition(" [")[0] for line in capsys.readouterr().err.splitlines()] == [
        "wardline: people.toml:16"
    ] * 2


def test_what_the_system_says_of_a_file_is_told_in_the_language(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "absent.jsonl")
    for language, said in (("zh", f"{absent}：没有这个文件或文件夹"), ("en", f"{absent}: No such file or directory")):
        assert main(["figures", "--jsonl", absent, "--year", "2026", "--lang", language]) == 2
        assert capsys.readouterr().err == f"wardline: {said}\n"


@pytest.mark.parametrize("name", ["wardline.toml", "rota.toml", "contracts/jiahe-icu.toml"])
def test_a_file_that_was_saved_in_another_encoding_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """As editors of Chinese Windows save by themselves."""
    text = (folder / name).read_text("utf-8")
    (folder / name).write_bytes(text.encode("gb18030"))
    before, _, _ = text.partition(CJK.search(text)[0])  # type: ignore[index]  # each of them has Chinese words
    told = f"{name}:{before.count(chr(10)) + 1}: 不能按 UTF-8 文本读取 -> 另存为 UTF-8 编码"
    assert checked(folder, capsys) == [told]
    assert checked(folder, capsys, "--lang", "en")[0].endswith("text -> save it with the encoding UTF-8")
    if "/" in name:
        assert checked(folder / name, capsys) == [f"{folder}/{told}"]
