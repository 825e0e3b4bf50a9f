"""Results kept in a folder, so that a long run can be continued; new source makes them anew."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
import pickle

ROOT = Path(__file__).parent.parent


def cached[R](folder: Path | None, what: object, make: Callable[[], R]) -> R:
    """Return a result from a folder, or make it and put it there; None keeps nothing.

    `what` names it by its `repr`. Results of another core or other benchmarks are not used.
    """
    if folder is None:
        return make()
    name = sha256(f"{_source()} {what!r}".encode()).hexdigest()[:24]
    path = folder / f"{name}.pickle"
    if path.is_file():
        kept: R = pickle.loads(path.read_bytes())  # noqa: S301 - written below
        return kept
    result = make()
    folder.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_bytes(pickle.dumps(result))
    new.replace(path)
    return result


@cache
def _source() -> str:
    """Return a digest of the source of the core and of the benchmarks."""
    digest = sha256()
    for folder in ("custom_components/air_baseline/core", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
