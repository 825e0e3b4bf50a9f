"""What is mutated, what is left alone, and that nothing written about mutants is out of date."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.mutation import areas
from benchmarks.mutation.areas import PACKAGE, TESTS, files, sources
from benchmarks.mutation.copies import ROOT, Verdict
from benchmarks.mutation.draw import draw, shares
from benchmarks.mutation.explained import EXPLAINED, Explained
from benchmarks.mutation.planted import PLANTED, Planted
from benchmarks.mutation.run import Results
from benchmarks.mutation.sites import Module, Mutant

SOURCE = '''
"""A module."""

from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    LEVEL = 3

MOST: Final[int] = 5


class Room:
    """A room."""

    __slots__ = ("level",)

    def above(self, level: float, /) -> bool:
        """Tell whether a level is above 5."""
        LOGGER.warning("It is %s", level + 1)
        if level > MOST:
            raise LevelError(f"{level + 1} is too high")
        return cast("bool", self.level < level)
'''


def mutants(source: str = SOURCE) -> list[Mutant]:
    module = Module("room.py", source)
    made = (module.mutant(site) for sites in module.sites.values() for site in sites)
    return [one for one in made if one is not None]


def test_only_what_runs_is_mutated() -> None:
    found = {(one.line, one.operator, one.after) for one in mutants()}
    assert found == {
        (9, "assignment", "MOST: Final[int] = None"),
        (9, "number", "MOST: Final[int] = 6"),
        (20, "swap_op", "if level >= MOST:"),
    }


def test_a_mutant_says_where_it_is_and_has_the_whole_module() -> None:
    (mutant,) = (one for one in mutants() if one.operator == "swap_op")
    assert (mutant.inside, mutant.before) == ("Room.above", "if level > MOST:")
    assert mutant.source == SOURCE.replace("level > MOST", "level >= MOST")


def test_a_change_that_changes_nothing_is_no_mutant() -> None:
    found = {one.after for one in mutants("pairs = zip(ones, others, strict=True)\n")}
    assert "pairs = zip(ones, others, strict=False)" not in found
    assert "pairs = zip(None, others, strict=True)" in found


def test_mutants_are_spread_by_lines_and_the_same_for_a_seed() -> None:
    assert shares({"a": 100, "b": 50, "c": 1}, 3) == {"a": 2, "b": 1, "c": 0}
    longer = SOURCE.replace("MOST: Final", "LEAST = 2\nMORE = LEAST + 7\nMOST: Final")
    modules = {"a.py": Module("a.py", SOURCE), "b.py": Module("b.py", longer)}
    drawn = draw(modules, 4, 1)
    assert drawn == draw(modules, 4, 1)
    assert len({(one.path, one.line) for one in drawn}) == 4
    assert {tuple(draw(modules, 4, seed)) for seed in range(9)} != {tuple(drawn)}


def test_every_mutated_file_has_tests_that_are_there() -> None:
    assert len(set(files())) >= 20
    for path in files():
        assert areas.tests_of(path)
    for _, tests in TESTS:
        assert [test for test in tests if not (ROOT / test).exists()] == []


def test_what_is_explained_is_a_mutant_of_the_code_as_it_is() -> None:
    text = sources()
    gone = []
    for one in EXPLAINED:
        module = Module(f"{PACKAGE}/{one.path}", text[f"{PACKAGE}/{one.path}"])
        if not any(map(one.fits, module.mutants(one.inside, one.before))):
            gone.append((one.path, one.before, one.after))
    assert gone == []


def test_an_explanation_of_code_that_is_gone_fits_nothing() -> None:
    (mutant,) = (one for one in mutants() if one.operator == "swap_op")
    at = Explained("room.py", "Room.above", "swap_op", mutant.before, mutant.after, "the same")
    module = Module(f"{PACKAGE}/room.py", SOURCE)
    assert any(map(at.fits, module.mutants("Room.above", "if level > MOST:")))
    other = Module(f"{PACKAGE}/room.py", SOURCE.replace("> MOST", "> 2 * MOST"))
    assert not any(map(at.fits, other.mutants("Room.above", "if level > MOST:")))


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_fault_can_be_planted(planted: Planted) -> None:
    source = planted.source()
    assert source is not None, f"{planted.text!r} is not there once"
    compile(source, planted.path, "exec")
    assert [test for test in planted.tests if not (ROOT / test.partition("::")[0]).exists()] == []


def test_a_fault_whose_text_is_gone_is_not_planted() -> None:
    assert Planted("gone", "coordinator.py", "no such text", "", ()).source() is None


def test_the_test_of_a_files_name_comes_first() -> None:
    path = f"{PACKAGE}/core/storage/changes.py"
    assert areas.tests_of(path)[:2] == (path, "tests/core/storage/test_changes.py")
    assert areas.tests_of(f"{PACKAGE}/coordinator.py")[0] == "tests/test_coordinator.py"
    for one in files():
        assert len(set(areas.tests_of(one))) == len(areas.tests_of(one))


def test_a_result_is_kept_until_the_code_changes_and_its_killer_is_asked_first(
    tmp_path: Path,
) -> None:
    results, asked = Results(tmp_path), list[list[str]]()
    path = f"{PACKAGE}/coordinator.py"
    mutant = Mutant(path, 1, "", "number", "a = 1", "a = 2", "a = 2\n")

    def find(tests: Sequence[str]) -> Verdict:
        asked.append(list(tests))
        return Verdict("tests/test_coordinator.py::test_of_it[1]")

    assert results.before(mutant) is None
    assert results.of(mutant, find).failed == results.of(mutant, find).failed
    assert results.before(mutant) == Verdict("tests/test_coordinator.py::test_of_it[1]")
    assert asked == [list(areas.tests_of(path))]
    changed = Mutant(path, 1, "", "number", "a = 1", "a = 2", "a = 2\nb = 3\n")
    assert results.before(changed) is None
    results.of(changed, find)
    assert asked[1:] == [["tests/test_coordinator.py::test_of_it"]]
