"""The core as a wheel: the same files under another name, typed, and its page as it is."""

from email import message_from_bytes
from pathlib import Path
import re
import subprocess
import sys
from zipfile import ZipFile

import pytest

from script import wheel

PAGE = wheel.PAGE.read_text("utf-8")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return wheel.build(tmp_path / "dist")


def test_it_has_the_files_of_the_core_and_no_other(built: Path) -> None:
    with ZipFile(built) as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    modules = {
        name.removeprefix(f"{wheel.PACKAGE}/"): content
        for name, content in files.items()
        if name.endswith(".py")
    }
    core = {path.relative_to(wheel.CORE).as_posix(): path for path in wheel.CORE.rglob("*.py")}
    assert modules == {name: path.read_bytes() for name, path in core.items()}
    assert files[f"{wheel.PACKAGE}/py.typed"] == b""
    rest = {Path(name).name for name in files if not name.endswith(".py")}
    assert rest == {"py.typed", "METADATA", "WHEEL", "RECORD", "LICENSE"}


def test_its_description_is_that_of_the_project(built: Path) -> None:
    with ZipFile(built) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("METADATA"))
        described = message_from_bytes(packed.read(name))
    assert described["Name"] == "air-baseline-core"
    assert described["Requires-Dist"] == "numpy>=2.0"
    assert described["Requires-Python"] == ">=3.14.2"
    assert described["Version"] in built.name
    page = " ".join(str(described.get_payload()).split())
    assert "# The core as a library" in page
    assert f"Python {described['Requires-Python'].removeprefix('>=')} or newer and numpy" in page


def test_the_same_files_give_the_same_wheel(built: Path, tmp_path: Path) -> None:
    assert wheel.build(tmp_path / "again").read_bytes() == built.read_bytes()


def test_the_examples_of_its_page_run_without_home_assistant(built: Path, tmp_path: Path) -> None:
    """With nothing but the wheel and numpy within reach, from another folder."""
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    code = (
        "import doctest, sys\n"
        f"sys.path.insert(0, {str(built)!r})\n"
        "sys.modules['homeassistant'] = sys.modules['custom_components'] = None\n"
        "failed, tried = doctest.testfile('page.txt', module_relative=False)\n"
        "print(tried, file=sys.stderr)\n"
        "sys.exit(bool(failed))\n"
    )
    ran = subprocess.run(  # noqa: S603 - it runs our own page
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert int(ran.stderr) == len(re.findall(r"^>>> ", PAGE, re.MULTILINE))
