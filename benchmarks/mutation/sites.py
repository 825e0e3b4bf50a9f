"""Where a module can be mutated, by the operators of mutmut.

What only people read, or only tools, is left alone: annotations, docstrings, log messages, texts
of errors, `__slots__`, decorators, and what is imported for type checkers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import re
from typing import Final, override

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

# Calls whose arguments are texts for people, names of types, or what mutmut never mutates itself.
LEFT_ALONE: Final = re.compile(
    r"LOGGER\.\w+|.*\b(?:async_log|_log)|(?:\w+\.)*\w*Error|len|isinstance|cast"
)
# What only says how a field is printed or compared, or that two sequences are of one length.
ASSURANCES: Final = re.compile(r",?\s*\b(?:strict|repr|compare)=\w+")
# A whole number of slots or hours, which is the same by either division: no time is negative.
WHOLE: Final = re.compile(r"\bint\(([\w.\[\]]+) //? (\w+)\)")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module: its path from the root, where it is, and the code around it.

    `inside` names the class and the function, `before` and `after` are the lines that differ,
    `source` is the whole module after the change.
    """

    path: str
    line: int
    inside: str
    operator: str
    before: str
    after: str
    source: str


@dataclass(frozen=True, slots=True)
class Site:
    """A change that an operator would make to a node: the operator's name and the new node."""

    line: int
    inside: str
    operator: str
    node: cst.CSTNode
    mutated: cst.CSTNode


class Module:
    """A module and the sites where it can be mutated, by line."""

    def __init__(self, path: str, source: str) -> None:
        """Parse a module; `path` is from the root."""
        self._path = path
        self._source = source
        wrapper = MetadataWrapper(cst.parse_module(source))
        finder = _Finder()
        wrapper.visit(finder)
        self._module = wrapper.module
        self.sites = finder.sites

    def mutant(self, site: Site) -> Mutant | None:
        """Return the mutant of a site, None if it is no other code or does not compile."""
        changed = self._module.deep_replace(site.node, site.mutated)
        if not isinstance(changed, cst.Module) or _plain(changed.code) == _plain(self._source):
            return None
        try:
            compile(changed.code, self._path, "exec")
        except SyntaxError:
            return None
        before, after = _differing(self._source.splitlines(), changed.code.splitlines())
        return Mutant(
            self._path, site.line, site.inside, site.operator, before, after, changed.code
        )

    def mutants(self, inside: str, before: str) -> Iterator[Mutant]:
        """Yield the mutants of the lines in a class or function that read as `before`."""
        lines = [line.strip() for line in self._source.splitlines()]
        for line, sites in self.sites.items():
            if before.startswith(lines[line - 1]):
                found = (self.mutant(site) for site in sites if site.inside == inside)
                yield from (one for one in found if one is not None and one.before == before)


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.sites: dict[int, list[Site]] = {}
        self._inside: list[str] = []

    @override
    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_left_alone(node):
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._inside.append(node.name.value)
        position = self.get_metadata(PositionProvider, node, None)
        if position is None:  # Nothing but white space.
            return True
        line, inside = position.start.line, ".".join(self._inside)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                name = operator.__name__.removeprefix("operator_")
                for mutated in operator(node):
                    self.sites.setdefault(line, []).append(Site(line, inside, name, node, mutated))
        return True

    @override
    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._inside.pop()
        super().on_leave(original_node)


def _is_left_alone(node: cst.CSTNode) -> bool:
    match node:
        case cst.Annotation() | cst.Decorator() | cst.FormattedString() | cst.TypeAlias():
            return True
        case cst.Call():
            return bool(LEFT_ALONE.fullmatch(_code(node.func))) and not _has_keywords(node)
        case cst.If():
            return _code(node.test) == "TYPE_CHECKING"
        case cst.Assign():
            return _code(node.targets[0].target) == "__slots__"
        case _:
            return False


def _has_keywords(call: cst.Call) -> bool:
    """Tell whether it names arguments, as errors do that are shown translated."""
    return any(one.keyword is not None for one in call.args)


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node).strip()


def _plain(source: str) -> str:
    """Return code without what changes no result."""
    return WHOLE.sub(r"int(\1 // \2)", ASSURANCES.sub("", source))


def _differing(before: list[str], after: list[str]) -> tuple[str, str]:
    """Return the lines from the first that differs to the last, each side on one line."""
    start = next(
        (at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]),
        min(len(before), len(after)),
    )
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    shown = (lines[start : len(lines) - end] for lines in (before, after))
    one, other = (" ".join(line.strip() for line in lines) for lines in shown)
    return one, other
