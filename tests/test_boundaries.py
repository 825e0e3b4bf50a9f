"""Which module may know which.

The core is statistics and nothing else: it imports the standard library, numpy and its
own neighbours. It has no Home Assistant, no clock, no chance of its own, no log, no
input and no output, so that the same readings always give the same answer. It is used
under two names: `core` with the integration's folder on the path, where Home Assistant
is not needed (tests/core, benchmarks), and `custom_components.air_baseline.core` inside
Home Assistant. One test uses one of them: the two have different classes.

Around the core the arrows point one way:

    core <- readings, history, store <- coordinator <- everything else

Platform files, which Home Assistant loads by name, are ends: none of ours imports them.
"""

import ast
from pathlib import Path
import subprocess
import sys

import pytest

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "air_baseline"
CORE = INTEGRATION / "core"

# Parts of the standard library that the core does without, and why.
BANNED = {
    "no log": {"logging", "warnings"},
    "no clock": {"sched", "time"},
    "no chance": {"random", "secrets", "uuid"},
    "no input or output": {
        "fileinput",
        "ftplib",
        "glob",
        "http",
        "io",
        "os",
        "pathlib",
        "select",
        "shelve",
        "shutil",
        "smtplib",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "tempfile",
        "urllib",
    },
    "no concurrency": {
        "_thread",
        "asyncio",
        "concurrent",
        "multiprocessing",
        "signal",
        "subprocess",
        "threading",
    },
    "no imports in disguise": {"ctypes", "importlib", "pkgutil", "runpy"},
}
BANNED_METHODS = {
    "default_rng": "no chance",
    "now": "no clock",
    "today": "no clock",
    "utcnow": "no clock",
}
BANNED_FUNCTIONS = {
    "input": "no input or output",
    "open": "no input or output",
    "print": "no input or output",
    "__import__": "no imports in disguise",
}

PLATFORM_FILES = {
    "binary_sensor",
    "button",
    "condition",
    "config_flow",
    "diagnostics",
    "event",
    "repairs",
    "sensor",
    "switch",
    "system_health",
    "trigger",
}
# What a module of the lower layers may import from ours; the rest may import all but ends.
MAY_IMPORT = {
    "const": set[str](),
    "readings": {"const", "core"},
    "history": {"const", "core", "readings"},
    "stored_rooms": {"const", "core"},
    "store": {"const", "core", "stored_rooms"},
    "coordinator": {"const", "core", "history", "readings", "store", "stored_rooms"},
}


def core_import_problem(module: str) -> str | None:
    """Say why the core may not import a module by its full name, None if it may."""
    root = module.partition(".")[0]
    for reason, modules in BANNED.items():
        if root in modules:
            return f"{module}: {reason}"
    if root == "numpy" or root in sys.stdlib_module_names:
        return None
    return f"{module}: neither the standard library nor numpy"


def core_problems(source: str) -> list[str]:
    """List what a module of the core does that the core must not."""
    problems: list[str | None] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                problems += [core_import_problem(name.name) for name in names]
            case ast.ImportFrom(level=0, module=str(module)):
                problems.append(core_import_problem(module))
            case ast.ImportFrom(level=level) if level > 1:
                problems.append(f"line {node.lineno}: the core does not look above itself")
            case ast.Call(func=ast.Attribute(attr=name)) if name in BANNED_METHODS:
                problems.append(f"line {node.lineno}, {name}(): {BANNED_METHODS[name]}")
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_FUNCTIONS:
                problems.append(f"line {node.lineno}, {name}(): {BANNED_FUNCTIONS[name]}")
    return [problem for problem in problems if problem]


def ours(source: str) -> set[str]:
    """Return the modules of the integration that an adapter imports, `__init__` for the package."""
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(level=1, module=str(module)):
                found.add(module.partition(".")[0])
            case ast.ImportFrom(level=1, names=names):
                files = {path.stem for path in INTEGRATION.glob("*.py")} | {"core"}
                found |= {name.name if name.name in files else "__init__" for name in names}
            case ast.ImportFrom(level=0, module=str(module)) if is_ours(module):
                found.add([*module.split("."), "__init__"][2])
            case ast.Import(names=names):
                found |= {
                    [*name.name.split("."), "__init__"][2] for name in names if is_ours(name.name)
                }
    return found


def is_ours(module: str) -> bool:
    """Tell whether a full module name is the integration's."""
    return module.split(".")[:2] == ["custom_components", "air_baseline"]


def adapter_problems(name: str, source: str) -> list[str]:
    """List the imports of an adapter that point the wrong way."""
    problems = []
    for other in sorted(ours(source)):
        if other in PLATFORM_FILES:
            problems.append(f"{name} imports {other}, which is for Home Assistant alone")
        elif other == "__init__":
            problems.append(f"{name} imports the package itself, which is above every module")
        elif other not in MAY_IMPORT.get(name, {other}):
            problems.append(f"{name} imports {other}, which is not below it")
    return problems


def test_the_core_imports_only_the_standard_library_numpy_and_itself() -> None:
    problems = {
        path.name: found
        for path in sorted(CORE.glob("**/*.py"))
        if (found := core_problems(path.read_text()))
    }
    assert problems == {}


def test_the_arrows_among_adapters_point_one_way() -> None:
    problems = {
        path.name: found
        for path in sorted(INTEGRATION.glob("*.py"))
        if (found := adapter_problems(path.stem, path.read_text()))
    }
    assert problems == {}


def test_the_core_works_where_there_is_no_home_assistant() -> None:
    modules = [f"core.{path.stem}" for path in CORE.glob("*.py") if path.stem != "__init__"]
    program = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(('homeassistant', 'probatio', 'voluptuous'))\n"
        f"sys.path.append({str(INTEGRATION)!r})\n"
        f"import core, {', '.join(modules)}\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_no_module_hides_one_of_the_standard_library() -> None:
    """The integration's folder is on the path wherever the core is used by itself."""
    names = {path.stem for path in INTEGRATION.iterdir()}
    assert names & sys.stdlib_module_names == set()


@pytest.mark.parametrize(
    "line",
    [
        "import homeassistant.core",
        "from homeassistant.util import dt as dt_util",
        "import voluptuous as vol",
        "import scipy.stats",
        "import logging",
        "from time import monotonic",
        "import random",
        "from os import path",
        "from pathlib import Path",
        "import socket",
        "from .. import const",
        "from ..const import DOMAIN",
        "from custom_components.air_baseline.core import ledger",
        "def f():\n    import asyncio",
        "at = datetime.datetime.now(tz=UTC)",
        "at = datetime.utcnow()",
        "day = date.today()",
        "noise = np.random.default_rng().normal()",
        "text = open('readings.csv').read()",
        "print('hello')",
    ],
)
def test_the_core_rule_can_fail(line: str) -> None:
    assert core_problems(line)


@pytest.mark.parametrize(
    "line",
    [
        "import math",
        "from datetime import datetime, time",
        "import numpy as np",
        "from numpy.typing import NDArray",
        "from . import ledger",
        "from .ledger import Ledger",
    ],
)
def test_the_core_rule_lets_the_core_work(line: str) -> None:
    assert core_problems(line) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("const", "from .core import quantity"),
        ("readings", "from .coordinator import RoomCoordinator"),
        ("store", "from .history import read"),
        ("store", "from custom_components.air_baseline.coordinator import RoomCoordinator"),
        ("history", "from .store import RoomStore"),
        ("coordinator", "from .entity import RoomEntity"),
        ("coordinator", "import custom_components.air_baseline.issues"),
        ("coordinator", "from . import AirBaselineConfigEntry"),
        ("issues", "from .repairs import RoomRepairFlow"),
        ("sensor", "from .binary_sensor import DESCRIPTIONS"),
        ("diagnostics", "from . import AirBaselineConfigEntry"),
    ],
)
def test_the_rule_of_arrows_can_fail(name: str, line: str) -> None:
    assert adapter_problems(name, line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("history", "from .readings import reading"),
        ("coordinator", "from .core.channel import Channel"),
        ("coordinator", "from .store import RoomStore"),
        ("sensor", "from .entity import RoomEntity"),
        ("__init__", "from .coordinator import RoomCoordinator"),
        ("issues", "from .core import explanation"),
        ("sensor", "from homeassistant.components.sensor import SensorEntity"),
    ],
)
def test_the_rule_of_arrows_lets_adapters_work(name: str, line: str) -> None:
    assert adapter_problems(name, line) == []
