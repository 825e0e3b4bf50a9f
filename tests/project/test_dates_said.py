"""No date is said to people as machines write it; what machines read stays ISO."""

import ast
from collections.abc import Iterator

from tests.words import calls, modules, source

MACHINE = frozenset({"isoformat", "iso_day", "strftime"})
# Where such a date is written, and who reads it.
READERS = {
    "card/picture._write": "a time of day on the axis of a picture",
    "card/year.async_year": "the card, which says it",
    "diagnostics._year": "a file for developers",
    "issues/clock._said": "the flow of that repair, which says it",
    "listeners/clock_steps._iso": "the log",
    "repairs/inference.async_step_at_fault": "the field of a date",
    "repairs/room_flow.async_step_changed": "the field of a date",
    "room_file.async_export": "a file",
    "services._set_aside": "an automation",
    "storage/files.set_aside": "the name of a file",
    "words/explanation.history_link": "the address of a page",
    "words/preview.days_to_exclude": "the value of a choice, next to what is said",
}


def functions(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(source(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def written(module: str) -> set[str]:
    """Return the functions of a module that write a date for machines and do not say it."""
    found = set()
    for function in functions(module):
        said = {
            id(call)
            for name in ("date", "said_date")
            for sayer in calls(function, name)
            for given in sayer.args
            for call in ast.walk(given)
        }
        for name in MACHINE:
            if any(id(call) not in said for call in calls(function, name)):
                found.add(f"{module}.{function.name}")
    return found


def test_a_date_for_machines_is_written_only_where_machines_read() -> None:
    adapters = [module for module in modules() if not module.startswith("core/")]
    assert {where for module in adapters for where in written(module)} == set(READERS)
