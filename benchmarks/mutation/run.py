"""Tries drawn mutants, several at a time, and keeps the results for a run that is continued."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
import json
from pathlib import Path
from queue import SimpleQueue
from random import Random
import sys
from time import monotonic
from typing import Any, Final

from benchmarks.layout import Table

from .areas import PACKAGE, sources, tests_of
from .copies import ROOT, Copy, Verdict, copies
from .draw import draw
from .explained import EXPLAINED, Explained
from .sites import Module, Mutant

CACHE: Final = ROOT / ".cache" / "mutation"
LEAST_KILLED: Final = 0.95  # Share of the mutants that are not equivalent; by judgement.
SHOWN: Final = 60  # Characters of code in the table.
HEAD: Final = ("file", "line", "operator", "before", "after", "killed by")


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, what the tests said, and the explanation if there is one."""

    mutant: Mutant
    verdict: Verdict
    explained: Explained | None

    @property
    def killed(self) -> bool:
        """Tell whether a test has found it."""
        return self.verdict.failed is not None

    @property
    def row(self) -> tuple[str, ...]:
        """Return the row of the table."""
        one, end = self.mutant, self.verdict.text
        if not self.killed:
            end = "SURVIVED"
            if self.explained is not None:
                end = f"survived: {self.explained.why}"
        path = one.path.removeprefix(f"{PACKAGE}/")
        return path, str(one.line), one.operator, _short(one.before), _short(one.after), end


def run_mutants(number: int, seed: int, jobs: int, part: str, most_s: float) -> int:
    """Draw mutants, try them and print the table; return the exit status.

    None is begun after `most_s` seconds. So they are tried in a random order.
    """
    end = monotonic() + most_s
    modules = {path: Module(path, text) for path, text in sources().items() if part in path}
    stale = [one for one in EXPLAINED if not _is_there(one, modules)]
    drawn = draw(modules, number, seed)
    known = Results(CACHE)
    with copies(jobs) as there:
        free: SimpleQueue[Copy] = SimpleQueue()
        for copy in there:
            free.put(copy)

        def verdict(mutant: Mutant) -> Verdict | None:
            copy = free.get()
            try:
                if monotonic() > end:
                    return known.before(mutant)
                return known.of(mutant, lambda tests: _verdict(copy, mutant, tests))
            finally:
                free.put(copy)

        with ThreadPoolExecutor(jobs) as pool:
            mixed = Random(seed).sample(drawn, len(drawn))  # noqa: S311 - mutants, not secrets
            tried = list(_told(mixed, pool.map(verdict, mixed)))
            tried.sort(key=lambda one: drawn.index(one.mutant))
        check_killers(there[0], known, tried)
        cpu_s = sum(copy.cpu_s for copy in there)
    if left := len(drawn) - len(tried):
        sys.stdout.write(f"{left} of {len(drawn)} were not tried: the time was over.\n")
    return _show(tried, stale, seed, cpu_s) or int(left > 0)


def check_killers(copy: Copy, known: Results, tried: Sequence[Tried]) -> None:
    """Raise RuntimeError unless the tests that killed mutants pass without one.

    Only they are asked: for a mutant that survived, all its tests have passed.
    """
    killers = {one.verdict.failed.partition("[")[0] for one in tried if one.verdict.failed}
    wanted = sorted(one for one in killers if is_there(one))
    found = known.without_mutant(wanted, lambda: copy.verdict(wanted))
    if found.failed is not None:
        raise RuntimeError(f"{found.text} fails without any mutant")


def is_there(test: str) -> bool:
    """Tell whether the file of a test exists."""
    return (ROOT / test.partition("::")[0]).is_file()


class Results:
    """What was found, in a folder; new source or new tests make it again.

    A test that once killed a mutant is asked first.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which may be missing."""
        self._folder = folder
        self._tree = _digest_of_tree()

    def of(self, mutant: Mutant, find: Callable[[Sequence[str]], Verdict]) -> Verdict:
        """Return the verdict on a mutant, from before or by running its tests."""
        if (known := self.before(mutant)) is not None:
            return known
        place, tests = self._place(mutant), tests_of(mutant.path)
        before = _content(place)
        killer = before.get("failed")
        if killer and is_there(killer):
            first = find([killer.partition("[")[0]])
            found = first if first.failed else find(tests)
        else:
            found = find(tests)
        self._keep(place, self._key(mutant), found)
        return found

    def before(self, mutant: Mutant) -> Verdict | None:
        """Return the verdict of before on a mutant, None if it has to be found anew."""
        before = _content(self._place(mutant))
        same = before.get("key") == self._key(mutant)
        return Verdict(before["failed"], before["how"]) if same else None

    def _place(self, mutant: Mutant) -> Path:
        of = mutant.path, mutant.inside, mutant.operator, mutant.before, mutant.after
        return self._folder / f"{_digest(*of)}.json"

    def _key(self, mutant: Mutant) -> str:
        return _digest(self._tree, mutant.source, *tests_of(mutant.path))

    def without_mutant(self, tests: Sequence[str], find: Callable[[], Verdict]) -> Verdict:
        """Return the verdict on the tree as it is, of now or of before."""
        place, key = self._folder / "tree.json", _digest(self._tree, *tests)
        before = _content(place)
        if before.get("key") == key:
            return Verdict(before["failed"], before["how"])
        found = find()
        self._keep(place, key, found)
        return found

    def _keep(self, place: Path, key: str, found: Verdict) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_suffix(".new")
        new.write_text(json.dumps({"key": key, "failed": found.failed, "how": found.how}), "utf-8")
        new.replace(place)


def _content(place: Path) -> dict[str, Any]:
    """Return what a file holds, nothing if it is missing."""
    found: dict[str, Any] = json.loads(place.read_text("utf-8")) if place.is_file() else {}
    return found


def _verdict(copy: Copy, mutant: Mutant, tests: Sequence[str]) -> Verdict:
    with copy.changed({mutant.path: mutant.source}):
        return copy.verdict(tests)


def _told(drawn: Sequence[Mutant], verdicts: Iterator[Verdict | None]) -> Iterator[Tried]:
    """Yield what was tried, and say so as it happens."""
    for number, (mutant, verdict) in enumerate(zip(drawn, verdicts, strict=True), start=1):
        if verdict is None:
            continue
        explained = next((one for one in EXPLAINED if one.fits(mutant)), None)
        tried = Tried(mutant, verdict, explained)
        sys.stderr.write(f"{number} of {len(drawn)}: {' | '.join(tried.row)}\n")
        yield tried


def _is_there(one: Explained, modules: Mapping[str, Module]) -> bool:
    """Tell whether the code has the mutant that is explained."""
    module = modules.get(f"{PACKAGE}/{one.path}")
    return module is None or any(map(one.fits, module.mutants(one.inside, one.before)))


def _show(tried: Sequence[Tried], stale: Sequence[Explained], seed: int, cpu_s: float) -> int:
    table = Table(f"Mutants of seed {seed}", HEAD, [one.row for one in tried])
    equivalent = [one for one in tried if one.explained and one.explained.equivalent]
    killed = sum(one.killed for one in tried)
    open_ = [one for one in tried if not one.killed and one.explained is None]
    refuted = [one for one in equivalent if one.killed]
    of = len(tried) - sum(not one.killed for one in equivalent)
    slow = sum(one.killed and bool(one.verdict.how) for one in tried)
    say = (
        f"{killed} of {of} killed ({killed / max(of, 1):.0%}), {slow} of them because a test took "
        f"too long or died; {len(tried) - of} more cannot be told from the code as it is.\n"
        f"{len(open_)} survivors are not explained.\n"
        f"{cpu_s / 60:.1f} processor minutes in this run.\n"
    )
    wrong = [f"Out of date, its code is gone: {one.path}: {one.before}\n" for one in stale]
    wrong += [f"Explained as equivalent, but killed: {' | '.join(one.row)}\n" for one in refuted]
    sys.stdout.write(f"{table.text()}\n{say}{''.join(wrong)}")
    return int(killed < LEAST_KILLED * of or bool(open_ or wrong))


def _short(code: str) -> str:
    return code if len(code) <= SHOWN else f"{code[: SHOWN - 1]}…"


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:24]


def _digest_of_tree() -> str:
    found = sorted(path for folder in (PACKAGE, "tests") for path in (ROOT / folder).rglob("*.py"))
    return _digest(*(path.read_text("utf-8") for path in found))
