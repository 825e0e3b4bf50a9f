"""What a browser fetches for the cards: all modules and the library that draws, compressed.

`script/e2e` prints how soon there is something to read after that.
"""

from collections.abc import Iterator
import gzip
from pathlib import Path
from typing import Final

from .figures import Figure

FOLDER: Final = Path(__file__).parent.parent / "custom_components" / "air_baseline" / "frontend"
CARD_KB: Final = 150.0  # Kilobytes of 1,000 bytes, with the library; specified.


def figures() -> Iterator[Figure]:
    """Measure the modules, and of them what is not ours."""
    modules = sorted(FOLDER.rglob("*.js"))
    yield Figure(f"{len(modules)} modules and library", [_kb(modules)], "KB", CARD_KB)
    libraries = [path for path in modules if path.parent != FOLDER]
    yield Figure("  of which the library", [_kb(libraries)], "KB")


def _kb(paths: list[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes())) for path in paths) / 1e3
