"""What Home Assistant's log says against this integration: deprecated or wrong use of it."""

from collections.abc import Iterable
import re
from typing import Final

DOMAIN: Final = "air_baseline"

# The sentences of Home Assistant's modules frame, deprecation, loop and loader, and errors of ours.
# That a custom integration was not tested by Home Assistant is no complaint.
_COMPLAINT: Final = re.compile(
    rf"custom integration '{DOMAIN}'"
    rf"|(?:was \w+|called) from {DOMAIN}\b"
    rf"|author of the '{DOMAIN}'"
    rf"|ERROR \(\w+\) \[custom_components\.{DOMAIN}"
)


def complaints(lines: Iterable[str]) -> list[str]:
    """Return the lines of a log that say something against this integration."""
    return [line.rstrip() for line in lines if _COMPLAINT.search(line)]
