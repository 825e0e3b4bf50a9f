"""Which module may import which.

The core is statistics and nothing else: it imports the standard library, numpy and its own
packages. It has no Home Assistant, no clock, no chance of its own, no log, no input and no
output, so that the same readings always give the same results.

Which package may import which is written in pyproject.toml (`tool.importlinter`), for the core and
for the integration around it.
"""

import ast
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

ROOT = Path(__file__).parent.parent.parent
INTEGRATION = ROOT / "custom_components" / "air_baseline"
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


def core_import_problem(module: str) -> str | None:
    """Return why the core must not import a module by its full name, None if it may."""
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
            case ast.Call(func=ast.Attribute(attr=name)) if name in BANNED_METHODS:
                problems.append(f"line {node.lineno}, {name}(): {BANNED_METHODS[name]}")
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_FUNCTIONS:
                problems.append(f"line {node.lineno}, {name}(): {BANNED_FUNCTIONS[name]}")
    return [problem for problem in problems if problem]


def test_the_core_imports_only_the_standard_library_numpy_and_itself() -> None:
    problems = {
        path.name: found
        for path in sorted(CORE.glob("**/*.py"))
        if (found := core_problems(path.read_text()))
    }
    assert problems == {}


def test_the_core_works_without_home_assistant() -> None:
    """As a package of its own: the integration around it is not imported."""
    modules = [
        ".".join(path.relative_to(CORE).with_suffix("").parts)
        for path in CORE.rglob("*.py")
        if path.stem != "__init__"
    ]
    assert len(modules) > 30
    program = (
        "import importlib, sys\n"
        "sys.modules |= dict.fromkeys(('homeassistant', 'probatio', 'voluptuous'))\n"
        f"sys.path.append({str(INTEGRATION)!r})\n"
        f"for module in {modules!r}: importlib.import_module(f'core.{{module}}')\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


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
def test_the_core_rule_accepts_what_the_core_does(line: str) -> None:
    assert core_problems(line) == []


def arrows(root: Path) -> str:
    """Return what import-linter reports of a tree, "" if every arrow points downwards."""
    done = subprocess.run(  # noqa: S603
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-cache",
            "--config",
            ROOT / "pyproject.toml",
        ],
        cwd=root,
        env={"PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout


def test_the_arrows_point_downwards() -> None:
    assert arrows(ROOT) == ""


@pytest.mark.parametrize(
    ("module", "line", "reported"),
    [
        ("core/reading/binning", "from ..ledger.episode import Episode", "core.reading"),
        ("core/ledger/ledger", "from ..learning.standing import Standing", "core.ledger"),
        ("core/learning/standing", "from ..alerting.promise import RULES", "core.learning"),
        ("core/alerting/promise", "from ..channel import Channel", "core.alerting"),
        ("core/channel", "from .storage.channel import dump", "core.channel"),
        ("core/explaining/view", "from ..storage.channel import dump", "core.explaining"),
        ("core/day", "from ..const import DOMAIN", "air_baseline.core"),
        ("core/past/replay", "from ...storage.store import LedgerStore", "air_baseline.core"),
        ("inputs/readings", "from ..coordinator import RoomCoordinator", "air_baseline.inputs"),
        ("storage/store", "from ..inputs.readings import Reading", "air_baseline.storage"),
        ("coordinator", "from .words.explanation import Words", "air_baseline.coordinator"),
        ("home_history/recorder", "from ..flows.home import HOME_SCHEMA", "home_history"),
        ("sensor", "from .binary_sensor import BINARY_SENSORS", "air_baseline.sensor"),
    ],
)
def test_an_arrow_that_points_up_is_reported(
    tmp_path: Path, module: str, line: str, reported: str
) -> None:
    """The rule in pyproject.toml can fail."""
    copy = tmp_path / "custom_components" / "air_baseline"
    shutil.copytree(INTEGRATION, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy.parent / "__init__.py").touch()
    file = copy / f"{module}.py"
    file.write_text(f"{file.read_text('utf-8')}\n{line}\n", "utf-8")
    assert reported in arrows(tmp_path)


def test_a_package_without_a_layer_is_reported(tmp_path: Path) -> None:
    copy = tmp_path / "custom_components" / "air_baseline"
    shutil.copytree(INTEGRATION, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy.parent / "__init__.py").touch()
    (copy / "core" / "attic.py").touch()
    assert "attic" in arrows(tmp_path)
