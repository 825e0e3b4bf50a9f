"""Make a wheel of the core: a library of its own name, from the same files, with no second copy.

It has what a wheel needs and nothing else: the modules of `core/`, a mark that they are typed, and
the page docs/library.md as its description. Equal files give equal bytes.
"""

import argparse
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
import json
from pathlib import Path
import re
import sys
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT: Final = Path(__file__).resolve().parent.parent
CORE: Final = ROOT / "custom_components" / "air_baseline" / "core"
NAME: Final = "air-baseline-core"
PACKAGE: Final = "air_baseline_core"
PAGE: Final = ROOT / "docs" / "library.md"
FOLDER: Final = ROOT / "dist"
WRITTEN: Final = (1980, 1, 1, 0, 0, 0)  # The earliest time that an archive can store.


def version() -> str:
    """Return the version of the integration, which is that of its core."""
    manifest = json.loads((CORE.parent / "manifest.json").read_text("utf-8"))
    return str(manifest["version"])


def setting(name: str) -> str:
    """Return a quoted setting of the project, as pyproject.toml says it."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    found = re.search(rf'^{name} = (?:\["(.+)"\]|"(.+)")$', text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"wheel: pyproject.toml has no {name}")
    return found[1] or found[2]


def metadata() -> str:
    """Return the description of the package."""
    return (
        "Metadata-Version: 2.4\n"
        f"Name: {NAME}\n"
        f"Version: {version()}\n"
        "Summary: What is usual for the air in a room: the statistics of Air Baseline\n"
        f"License-Expression: {setting('license')}\n"
        f"Requires-Python: {setting('requires-python')}\n"
        f"Requires-Dist: {setting('dependencies')}\n"
        "Classifier: Typing :: Typed\n"
        "Description-Content-Type: text/markdown\n"
        f"\n{PAGE.read_text('utf-8')}"
    )


def contents() -> dict[str, bytes]:
    """Return the files of the wheel by their names, without the list of them."""
    modules = {
        f"{PACKAGE}/{path.relative_to(CORE).as_posix()}": path.read_bytes()
        for path in sorted(CORE.rglob("*.py"))
    }
    info = f"{PACKAGE}-{version()}.dist-info"
    wheel = (
        "Wheel-Version: 1.0\nGenerator: script/wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    return {
        **modules,
        f"{PACKAGE}/py.typed": b"",
        f"{info}/METADATA": metadata().encode(),
        f"{info}/WHEEL": wheel.encode(),
        f"{info}/licenses/LICENSE": (ROOT / "LICENSE").read_bytes(),
    }


def build(folder: Path = FOLDER) -> Path:
    """Write the wheel into a folder; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    files, record = contents(), f"{PACKAGE}-{version()}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    wheel = folder / f"{PACKAGE}-{version()}-py3-none-any.whl"
    with ZipFile(wheel, "w") as written:
        for name, content in files.items():
            entry = ZipInfo(name, WRITTEN)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3  # As on Unix, wherever it is made.
            entry.external_attr = 0o644 << 16
            written.writestr(entry, content)
    return wheel


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the wheel and print its path."""
    parser = argparse.ArgumentParser(prog="script/wheel", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{build(options.folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
