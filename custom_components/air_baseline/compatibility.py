"""What older versions of Home Assistant do not have, in one place.

Each function says which version brought what it stands in for. When hacs.json promises no version
before that one any more, the function goes and its callers call Home Assistant.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.helpers import llm


def tool_annotations(*, read_only: bool, destructive: bool, idempotent: bool) -> Any:  # noqa: ANN401 - no such class before
    """Return what a tool for assistants does within the home (2026.10); before, nobody asks."""
    if not hasattr(llm, "ToolAnnotations"):
        return None
    return llm.ToolAnnotations(
        read_only=read_only, destructive=destructive, idempotent=idempotent, open_world=False
    )


def tool_result(data: Mapping[str, Any], *, error: bool = False) -> Any:  # noqa: ANN401 - as above
    """Return the answer of a tool for assistants (2026.10); before, it is the data alone."""
    if not hasattr(llm, "ToolResult"):
        return dict(data)
    return llm.ToolResult(dict(data), error=error)
