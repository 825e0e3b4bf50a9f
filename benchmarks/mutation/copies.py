"""Copies of the tree in which tests run against changed code; the tree itself is not touched."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent.parent
TEST_S: Final = 120  # Seconds for one test, by judgement: many times what the longest takes.
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
TOO_LONG: Final = re.compile(r"Timeout \(?>")
NOT_IMPORTED: Final = "ImportError while loading conftest"
PASSED, TESTS_FAILED, BROKEN_OFF = 0, 1, 2  # Exit statuses of pytest.


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said: the first test that failed (None: all passed), and how."""

    failed: str | None
    how: str = ""

    @property
    def text(self) -> str:
        """Return it in words."""
        return f"{self.failed}{self.how}" if self.failed else "survived"


class Copy:
    """A copy of the tree as git knows it, with what is not committed yet."""

    def __init__(self, folder: Path) -> None:
        """Copy the tree into a folder."""
        self._folder = folder
        self._server = _Server()
        self.cpu_s = 0.0
        self.output = ""  # Of the last run.
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in names.split("\0"):
            if name and (ROOT / name).is_file() and not (ROOT / name).is_symlink():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)

    @contextmanager
    def changed(self, sources: Mapping[str, str]) -> Iterator[None]:
        """Give some files (by their path from the root) another content, for a while."""
        before = {path: (self._folder / path).read_text("utf-8") for path in sources}
        try:
            self._put(sources)
            yield
        finally:
            self._put(before)

    def stop(self) -> None:
        """End the process that runs its tests."""
        self._server.stop()

    def _put(self, sources: Mapping[str, str]) -> None:
        for path, source in sources.items():
            file = self._folder / path
            file.write_text(source, "utf-8")
            # What Python compiled it to stays in force for a file of the same second and size.
            for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
                compiled.unlink()

    def verdict(self, tests: Sequence[str]) -> Verdict:
        """Run tests in their order up to the first that fails.

        Raises RuntimeError if pytest could not run them.
        """
        options = ["-x", "-q", "-rfE", "--tb=short", "--no-header", "--disable-warnings"]
        alone = ["-p", "no:cacheprovider", "-n", "0", f"--timeout={TEST_S}"]
        output = self._folder.with_suffix(".out")
        answer = self._server.ask(
            folder=str(self._folder), arguments=[*options, *alone, *tests], output=str(output)
        )
        self.output = text = output.read_text("utf-8", "replace")
        status = answer["status"]
        self.cpu_s += answer["cpu_s"]
        failed = FAILED.search(text)
        if status == PASSED:
            return Verdict(None)
        if status in (TESTS_FAILED, BROKEN_OFF) and failed:
            return Verdict(failed[1], " (took too long)" if TOO_LONG.search(text) else "")
        if NOT_IMPORTED in text:
            return Verdict("its import")
        if status < 0:
            return Verdict("pytest", f" (died of signal {-status})")
        raise RuntimeError(f"pytest could not run ({status}):\n{text[-2000:]}")


class _Server:
    """The process that runs pytest; see `server`."""

    def __init__(self) -> None:
        # Without the path of this process, and -P: the tests' modules are those of the copy.
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        program = Path(__file__).with_name("server.py")
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(program)],
            env=clean,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **order: object) -> dict[str, Any]:
        """Return the answer to an order."""
        given, taken = self._process.stdin, self._process.stdout
        if given is None or taken is None:
            raise RuntimeError("the server has no pipes")
        given.write(json.dumps(order) + "\n")
        given.flush()
        answer: dict[str, Any] = json.loads(taken.readline())
        return answer

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()


@contextmanager
def copies(number: int) -> Iterator[list[Copy]]:
    """Yield a number of copies, which are removed at the end."""
    with TemporaryDirectory(prefix="mutation-") as folder:
        made = [Copy(Path(folder) / str(place)) for place in range(number)]
        try:
            yield made
        finally:
            for copy in made:
                copy.stop()
