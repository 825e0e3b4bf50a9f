"""Which mutants are tried: a seed draws them, spread over files by their lines."""

from collections.abc import Mapping, Sequence
from random import Random

from .sites import Module, Mutant, Site


def shares(lines: Mapping[str, int], number: int) -> dict[str, int]:
    """Return how many of a number of mutants each file gets, by its lines (largest remainder).

    >>> shares({"a": 70, "b": 25, "c": 5}, 10)
    {'a': 7, 'b': 3, 'c': 0}
    """
    total = sum(lines.values())
    exact = {path: number * count / total for path, count in lines.items()}
    whole = {path: int(share) for path, share in exact.items()}
    left = number - sum(whole.values())
    for path in sorted(exact, key=lambda path: whole[path] - exact[path])[:left]:
        whole[path] += 1
    return whole


def draw(modules: Mapping[str, Module], number: int, seed: int) -> list[Mutant]:
    """Return a number of mutants by file and line, at most one of each line.

    On a line, each operator that can change it is as likely as the others.
    """
    wanted = shares({path: len(module.sites) for path, module in modules.items()}, number)
    drawn: list[Mutant] = []
    for path, module in modules.items():
        chance = Random(f"{seed} {path}")  # noqa: S311 - mutants, not secrets
        lines = sorted(module.sites)
        found: list[Mutant] = []
        for line in chance.sample(lines, len(lines)):
            if len(found) == wanted[path]:
                break
            if (mutant := _any(module, module.sites[line], chance)) is not None:
                found.append(mutant)
        drawn += sorted(found, key=lambda one: one.line)
    return drawn


def _any(module: Module, sites: Sequence[Site], chance: Random) -> Mutant | None:
    names = sorted({site.operator for site in sites})
    place = {name: chance.random() for name in names}
    shuffled = sorted(chance.sample(sites, len(sites)), key=lambda site: place[site.operator])
    return next((one for site in shuffled if (one := module.mutant(site)) is not None), None)
