import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house import PRODUCT, ROOT

# What the interpreter and the tools leave beside the sources.
LEFT_BEHIND = {"__pycache__", ".mypy_cache", ".ruff_cache"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_carries_every_file_of_the_product(wheel: zipfile.ZipFile) -> None:
    sources = {
        str(path.relative_to(ROOT))
        for package in PRODUCT
        for path in (ROOT / package).rglob("*")
        if path.is_file() and not LEFT_BEHIND & set(path.parts)
    }
    assert sources
    assert sources - set(wheel.namelist()) == set()


def test_the_wheel_carries_nothing_but_the_product_and_its_licence(wheel: zipfile.ZipFile) -> None:
    tops = {Path(name).parts[0] for name in wheel.namelist()}
    assert tops - set(PRODUCT) == {"wardline-0.1.0.dist-info"}
    assert "wardline-0.1.0.dist-info/licenses/LICENSE" in wheel.namelist()


def test_the_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    assert b"wardline = bot.__main__:main" in wheel.read("wardline-0.1.0.dist-info/entry_points.txt")
