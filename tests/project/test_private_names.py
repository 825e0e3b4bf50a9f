"""Nobody uses what Home Assistant does not offer, apart from the places that are listed here.

A name with an underscore is its maker's: it may be renamed in any release, and an override of it
would then silently do nothing.
"""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
import inspect
import textwrap

import pytest

from custom_components import air_baseline
from tests.words import FOLDER, modules, source

# What Home Assistant's developer pages tell integrations to set or to override.
OFFERED = {
    "_attr_": "an entity's attributes",
    "_unrecorded_attributes": "what the recorder leaves out",
    "_handle_coordinator_update": "what an entity does when its coordinator has news",
    "_async_update_data": "how a coordinator fetches",
    "_trigger_event": "how an event entity fires",
    "_async_migrate_func": "how a store reads an older file",
    "_get_entry": "the entry that a subentry flow is for",
    "_get_reconfigure_entry": "the entry that is being changed",
    "_get_reconfigure_subentry": "the subentry that is being changed",
}

# What else is used, by module; each is shown to work in a test of its own.
ALLOWED = {
    "automation_bases": {  # tests/test_automation_bases.py
        "_async_check",
        "_check_all_match_state",
        "_domain_specs",
        "_excluded_from_states",
        "_from_states",
        "_hass",
        "_needs_duration_tracking",
        "_options",
        "_schema",
        "_should_include",
        "_state_valid_since",
        "_states",
        "_target",
        "_to_states",
    },
    "storage/ha_store": {  # tests/storage
        "_async_handle_write_data",
        "_async_write_data",
    },
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def offered(name: str) -> bool:
    return any(name == one or (one.endswith("_") and name.startswith(one)) for one in OFFERED)


@cache
def names_in(code: str) -> set[str]:
    """Return the private names that some code defines, reads or sets on an object."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(code))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return {name for name in found if is_private(name)}


def classes(module: str) -> Iterator[type]:
    """Yield the classes that a module defines."""
    name = f"{air_baseline.__name__}.{module.replace('/', '.')}".removesuffix(".__init__")
    for value in vars(import_module(name)).values():
        if inspect.isclass(value) and value.__module__ == name:
            yield value


def used_of_bases(module: str) -> set[str]:
    """Return the private names that the classes of a module share with their foreign bases."""
    used: set[str] = set()
    for one in classes(module):
        for base in one.__mro__:
            if base.__module__.startswith("homeassistant."):
                used |= names_in(inspect.getsource(one)) & names_in(inspect.getsource(base))
    return {name for name in used if not offered(name)}


def used_of_others(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that are read or set on anything but self, cls and super()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            of = node.value
            called = isinstance(of, ast.Call) and getattr(of.func, "id", "") == "super"
            if not called and getattr(of, "id", "") not in ("self", "cls"):
                yield node.attr


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the private names and modules that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            within = getattr(node, "module", None) or ""
            for name in (*(alias.name for alias in node.names), within):
                if any(is_private(part) for part in name.split(".")):
                    yield name


@pytest.mark.parametrize("module", modules())
def test_only_listed_places_use_private_names_of_home_assistant(module: str) -> None:
    used = {*used_of_bases(module), *imported(source(module))}
    used |= {name for name in used_of_others(source(module)) if name not in ALLOWED.get(module, ())}
    assert used == ALLOWED.get(module, set())


def test_the_check_sees_each_kind_of_use() -> None:
    code = "from x._y import z\nfrom x import _z\nentity._context\nsuper()._mine\nself._own\n"
    assert list(imported(ast.parse(code))) == ["x._y", "_z"]
    assert list(used_of_others(ast.parse(code))) == ["_context"]
    assert names_in("class A:\n  _a = 1\n  def _b(self):\n    self._c = 2") == {"_a", "_b", "_c"}


def test_only_the_home_s_history_knows_the_recorder() -> None:
    """Its functions are public, but made for Home Assistant's own integrations."""
    knowing = {
        module
        for module in modules()
        if "homeassistant.components.recorder" in (FOLDER / f"{module}.py").read_text("utf-8")
    }
    assert {module.split("/")[0] for module in knowing} == {"home_history"}
