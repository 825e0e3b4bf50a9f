"""The texts of the integration, and how its code uses them."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from custom_components import air_baseline

FOLDER = Path(str(air_baseline.__file__)).parent


LANGUAGES = sorted(path.stem for path in (FOLDER / "translations").glob("*.json"))


@cache
def words(language: str = "en") -> dict[str, Any]:
    text = (FOLDER / "translations" / f"{language}.json").read_text("utf-8")
    known: dict[str, Any] = json.loads(text)
    return known


@cache
def icons() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text("utf-8"))
    return found


def modules() -> list[str]:
    """Return the modules of the integration, as `source` accepts them."""
    return sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.py"))


def source(module: str) -> ast.Module:
    return ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts with their paths."""
    for key, value in tree.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, str):
            yield here, value
        else:
            yield from leaves(value, here)


def iso_dates(text: str) -> list[str]:
    """Return what a person would read as a machine's date; the address of a link is not read."""
    return re.findall(r"\d{4}-\d{2}-\d{2}", re.sub(r"/history\?\S+", "", text))


def holes(text: str) -> set[str]:
    """Return the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function or method, by its last name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if name in (getattr(called, "attr", None), getattr(called, "id", None)):
                yield node


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((given.value for given in call.keywords if given.arg == name), None)


def texts_of(node: ast.expr | None) -> list[str]:
    """Return the constant texts that an expression can be."""
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) + texts_of(node.orelse)
    if isinstance(node, ast.List):
        return [text for item in node.elts for text in texts_of(item)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return []
