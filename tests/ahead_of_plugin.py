"""Run the tests on a Home Assistant that is newer than the one their plugin was made for.

`script/test-on` loads this with `-p`, so before the plugin. It imports Home Assistant first, which
puts its own packages in the place of others, and puts a stand-in where the plugin imports a name
that is gone. A test that uses such a stand-in fails; the report names each of them.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

PLUGIN = "pytest_homeassistant_custom_component"
gone: list[str] = []


class GoneError(Exception):
    """A test needs what the newer Home Assistant does not have."""


def _imported() -> Iterator[tuple[str, str]]:
    """Yield each module and name of Home Assistant that the plugin imports."""
    spec = find_spec(PLUGIN)
    assert spec is not None
    assert spec.origin is not None
    for path in Path(spec.origin).parent.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant"):
                yield from ((str(node.module), name.name) for name in node.names)


def _stand_in(name: str) -> None:
    """Put something in the place of a name that is gone, which fails when it is called."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise GoneError(f"{name} is gone, and the test plugin needs it")

    module, _, attribute = name.rpartition(".")
    setattr(import_module(module), attribute, fail)
    gone.append(name)


def pytest_report_header() -> list[str]:
    """Say on what the tests run, and what the plugin would need."""
    made_for = next(need for need in requires(PLUGIN) or () if need.startswith("homeassistant=="))
    return [
        f"Home Assistant {version('homeassistant')}, with the test plugin for {made_for}",
        *(f"gone since: {name}" for name in gone),
    ]


for patch in ("patch_json", "patch_recorder", "patch_time"):  # As the plugin orders them.
    import_module(f"{PLUGIN}.{patch}")
for module_name, wanted in sorted(set(_imported())):
    name = f"{module_name}.{wanted}"
    if not hasattr(import_module(module_name), wanted) and find_spec(name) is None:
        _stand_in(name)
