"""Print what Home Assistant would install at the start of the demo, for all that it loads."""

from collections.abc import Iterable
import json
from pathlib import Path
import re

from homeassistant import components
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS

from demo.home import CONFIGURATION

COMPONENTS = Path(components.__path__[0])


def requirements(domains: Iterable[str]) -> set[str]:
    """Return the requirements of integrations and of everything that they depend on."""
    waiting, seen, found = [*domains], set[str](), set[str]()
    while waiting:
        domain = waiting.pop()
        manifest = COMPONENTS / domain / "manifest.json"
        if domain not in seen and manifest.is_file():
            seen.add(domain)
            said = json.loads(manifest.read_text("utf-8"))
            waiting += said.get("dependencies", []) + said.get("after_dependencies", [])
            found.update(said.get("requirements", []))
    return found


if __name__ == "__main__":
    configured = re.findall(r"^(\w+):", CONFIGURATION, flags=re.MULTILINE)
    print("\n".join(sorted(requirements({*DEFAULT_INTEGRATIONS, *configured}))))
