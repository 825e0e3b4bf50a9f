"""An upgrade from the first stored form, and the way back, in a real Home Assistant.

`python -m benchmarks.upgrade` needs the history of the repository and about five minutes. The
first form's own demo makes a home and runs it with its own archive. Then the archive of today
takes its place, as the Marketplace or HACS installs it, and then the old one again: first as it
is, then as docs/troubleshooting.md says, with the copies of its files. At each step it says what
is learned and what was corrected, and it exits with 1 where that is not what the page promises.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPException
import io
import json
import os
from pathlib import Path
import re
import shutil
import signal
import subprocess
import sys
import tarfile
from tempfile import TemporaryDirectory
import time
from typing import Any, Final

from demo.home import LIBRARY, ROOT
from demo.sign_in import act, device_id, free_port, is_running, sign_in, states
from script.release import DOMAIN, build, install

from .layout import Table

FIRST: Final = "b302bb2"  # The last commit whose files have form 1.
PATIENCE_S: Final = 300.0
POLL_S: Final = 0.5
ROOM: Final = "Living room"  # Learned in the demo, in its first version too.
QUANTITY: Final = "pm25"
LEARNING: Final = re.compile(r"sensor\..*_(pm25|voc)_learning")
FILES: Final = ("air_baseline.ledger", "air_baseline.ledger_good", "air_baseline.open")

type States = dict[str, str]


class UpgradeError(Exception):
    """The rehearsal cannot go on; the message says why."""


class Rehearsal:
    """A home in a folder, the two archives, and what each step has shown."""

    def __init__(self, folder: Path) -> None:
        """Make both archives, and the home with the first form's own demo."""
        self.home, self.port = folder / "home", free_port()
        self.old_tree, self.rows, self.wrong = folder / "old", list[tuple[str, ...]](), list[str]()
        tree = subprocess.run(
            ["git", "archive", FIRST], cwd=ROOT, check=True, capture_output=True
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(tree)) as packed:
            packed.extractall(self.old_tree, filter="data")
        self.old, self.new = folder / "old.zip", folder / "new.zip"
        build(self.old, self.old_tree / "custom_components" / DOMAIN)
        build(self.new)

    @property
    def storage(self) -> Path:
        """Return the folder of Home Assistant's own files."""
        return self.home / ".storage"

    def install(self, archive: Path) -> None:
        """Replace the integration by that of an archive."""
        shutil.rmtree(self.home / "custom_components" / DOMAIN, ignore_errors=True)
        install(archive, self.home)

    @contextmanager
    def running(self, *, first: bool = False) -> Iterator[dict[str, Any]]:
        """Run Home Assistant; yield the tokens of a session. It may take its time to stop."""
        command: list[str | Path] = [Path(sys.executable).with_name("hass"), "--skip-pip", "-c"]
        if first:
            command = [sys.executable, "-m", "demo", "--released", "--no-browser", "--folder"]
        port = ["--port", str(self.port)] if first else []
        process = subprocess.Popen(
            [*command, self.home, *port],
            cwd=self.old_tree,
            env={**os.environ, "PYTHONPATH": "" if first else str(self.home / LIBRARY)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            yield self._tokens(process)
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait()

    def _tokens(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        tokens = None
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(OSError, HTTPException, ValueError):
                tokens = tokens or sign_in(self.port)
                if is_running(self.port, tokens):
                    time.sleep(10 * POLL_S)  # Until the entities have their first states.
                    return tokens
            time.sleep(POLL_S)
        raise UpgradeError(f"Home Assistant did not start; see {self.home}/home-assistant.log")

    def states(self, tokens: dict[str, Any]) -> States:
        """Return the learning state of each source."""
        found = states(self.port, tokens)
        return {name: state for name, state in found.items() if LEARNING.fullmatch(name)}

    def corrections(self, tokens: dict[str, Any]) -> list[str]:
        """Return the first days of what was excluded in the room."""
        data = {"device_id": device_id(self.port, tokens, ROOM)}
        ledger = act(self.port, tokens, f"{DOMAIN}/get_ledger", data)["quantities"][QUANTITY]
        return [one["from_day"] for one in ledger["corrections"] if one["kind"] == "strike"]

    def strike(self, tokens: dict[str, Any], days_ago: int) -> str:
        """Exclude a day of the room, and return its date."""
        day = (datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat()
        data = {"device_id": device_id(self.port, tokens, ROOM), "quantity": QUANTITY}
        act(self.port, tokens, f"{DOMAIN}/strike_days", data | {"start_date": day})
        return day

    def forms(self) -> str:
        """Return the form of each of our files, and the copies of earlier ones."""
        known = []
        for path in sorted(self.storage.glob(f"{DOMAIN}*")):
            with suppress(ValueError, KeyError):
                known.append(f"{path.name}: {json.loads(path.read_bytes())['version']}")
        return ", ".join(known)

    def digests(self) -> dict[str, str]:
        """Return what our present files hold, as digests."""
        present = [self.storage / name for name in FILES if (self.storage / name).is_file()]
        return {path.name: sha256(path.read_bytes()).hexdigest() for path in present}

    def restore(self) -> None:
        """Give the copies their old names, as the page says."""
        (self.storage / FILES[2]).unlink(missing_ok=True)
        for name in FILES:
            for copy in self.storage.glob(f"{name}.v1.*"):
                copy.replace(self.storage / name)

    def note(self, step: str, states: States, said: str, *, holds: bool) -> None:
        """Keep what a step has shown, and whether it is what was promised."""
        learned = sum(state == "learned" for state in states.values())
        self.rows.append((step, f"{learned} of {len(states)}", said, "" if holds else "WRONG"))
        if not holds:
            self.wrong.append(f"{step}: {said}")


def rehearse(one: Rehearsal, say: Callable[[str], object]) -> None:
    """Go up and back, and note each step."""
    say("the first form")
    with one.running(first=True) as tokens:
        first_day = one.strike(tokens, 12)
        before, kept = one.states(tokens), one.corrections(tokens)
    old_forms = one.forms()
    one.note("first form", before, f"{old_forms}; excluded {kept}", holds=kept == [first_day])
    old_files = one.digests()

    say("today's")
    one.install(one.new)
    with one.running() as tokens:
        after, kept = one.states(tokens), one.corrections(tokens)
        later_day = one.strike(tokens, 9)
    same = {name: after.get(name) for name in before} == before
    one.note(
        "upgraded", after, f"{one.forms()}; excluded {kept}", holds=same and kept == [first_day]
    )

    say("the first form again, without its files")
    new_files = one.digests()
    one.install(one.old)
    with one.running() as tokens:
        refused = one.states(tokens)
    untouched = one.digests() == new_files
    said = "files untouched" if untouched else "files changed"
    one.note("back, as it is", refused, said, holds=untouched and "learned" not in refused.values())

    say("the first form again, with its files")
    one.restore()
    put_back = one.digests() == old_files
    with one.running() as tokens:
        again, kept = one.states(tokens), one.corrections(tokens)
    said = f"excluded {kept}; that of {later_day} is gone"
    one.note(
        "back, with the copies",
        again,
        said,
        holds=put_back and again == before and kept == [first_day],
    )

    say("today's again")
    one.install(one.new)
    with one.running() as tokens:
        last, kept = one.states(tokens), one.corrections(tokens)
    same = {name: last.get(name) for name in before} == before
    one.note("upgraded again", last, f"excluded {kept}", holds=same and kept == [first_day])


def main() -> int:
    """Rehearse in a temporary folder, and print what each step has shown."""
    with TemporaryDirectory() as temporary:
        one = Rehearsal(Path(temporary))
        try:
            rehearse(one, lambda step: print(f"upgrade: {step}", flush=True))
        except (UpgradeError, subprocess.SubprocessError, OSError) as error:
            one.wrong.append(str(error))
    table = Table("An upgrade and back", ("Step", "Learned", "Found", ""), one.rows)
    sys.stdout.write(table.text())
    sys.stdout.writelines(f"{wrong}\n" for wrong in one.wrong)
    return int(bool(one.wrong))


if __name__ == "__main__":
    sys.exit(main())
