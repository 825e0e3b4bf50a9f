"""Make the archive that HACS installs: only what runs, and the same bytes each time.

Next to it are the notes of the release: what CHANGELOG.md says of the version.

A release is made of a repository that has an owner: `--fill` writes REPOSITORY, the one constant,
wherever the tree names its address or its owner, and no tag is released with the placeholder.
"""

import argparse
from collections.abc import Iterator, Sequence
import json
from pathlib import Path, PurePosixPath
import subprocess
import sys
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT: Final = Path(__file__).resolve().parent.parent
REPOSITORY: Final = "air-baseline/air-baseline"  # Where it lives on GitHub; see `fill`.
PLACEHOLDER_OWNER: Final = "air-baseline"  # Until it is known: it stands for nobody.
DOMAIN: Final = "air_baseline"
INTEGRATION: Final = ROOT / "custom_components" / DOMAIN
ARCHIVE: Final = ROOT / "dist" / f"{DOMAIN}.zip"  # hacs.json tells HACS this name.
NOTES: Final = ROOT / "dist" / "notes.md"  # What GitHub says of the release.
WRITTEN: Final = (1980, 1, 1, 0, 0, 0)  # The earliest time that an archive can store.
RUNTIME: Final = {".js", ".json", ".png", ".py", ".txt", ".yaml"}
LIBRARIES: Final = ("uplot.js", "uplot-license.txt")  # Got by script/get-frontend.
CACHES: Final = {"__pycache__", ".mypy_cache", ".ruff_cache"}
NO_TEXT: Final = (OSError, UnicodeDecodeError)  # A file is gone, or it is no text.
FOR_PEOPLE: Final = {"quality_scale.yaml"}  # Nothing reads it at run time.


class ReleaseError(Exception):
    """A release is not possible; the message says why."""


def runtime_files(folder: Path = INTEGRATION) -> Iterator[PurePosixPath]:
    """Yield the files to install, sorted; ReleaseError for a file of an unknown kind."""
    for path in sorted(folder.rglob("*")):
        name = PurePosixPath(path.relative_to(folder))
        if path.is_dir() or CACHES.intersection(name.parts) or name.name in FOR_PEOPLE:
            continue
        if path.suffix not in RUNTIME or path.is_symlink():
            raise ReleaseError(f"{name} is not a file that a release can have")
        yield name


def build(archive: Path, folder: Path = INTEGRATION) -> None:
    """Write the archive; equal files give equal bytes."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(archive, "w") as written:
        for name in runtime_files(folder):
            entry = ZipInfo(str(name), WRITTEN)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3  # As on Unix, wherever it is made.
            entry.external_attr = 0o644 << 16
            written.writestr(entry, (folder / name).read_bytes())


def install(archive: Path, configuration: Path) -> Path:
    """Unpack an archive into a configuration folder, as HACS does; return where it is now."""
    target = configuration / "custom_components" / DOMAIN
    target.mkdir(parents=True)
    with ZipFile(archive) as packed:
        packed.extractall(target)
    return target


def check_libraries(folder: Path = INTEGRATION) -> None:
    """Raise ReleaseError unless the card's library is there, with its license."""
    for name in LIBRARIES:
        if not (folder / "frontend" / "libraries" / name).is_file():
            raise ReleaseError(f"{name} is missing: run script/get-frontend")


def version() -> str:
    """Return the version that the manifest names."""
    named: str = json.loads((INTEGRATION / "manifest.json").read_text("utf-8"))["version"]
    return named


def notes(root: Path = ROOT) -> str:
    """Return what CHANGELOG.md says of the version; ReleaseError if it says nothing.

    Links to pages lead to those of the version, since the notes are read outside the tree.
    """
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    _, _, rest = changelog.partition(f"\n## {version()}\n")
    said = rest.partition("\n## ")[0].strip()
    if not said:
        raise ReleaseError(f"CHANGELOG.md says nothing of version {version()}")
    pages = f"https://github.com/{named_repository(root)}/blob/v{version()}/docs/"
    return said.replace("](docs/", f"]({pages}")


def check_tag(tag: str) -> None:
    """Raise ReleaseError unless a tag is the version of the manifest with a v before it."""
    if tag != f"v{version()}":
        raise ReleaseError(f"the tag is {tag}, but the manifest has version {version()}")


def forms(repository: str) -> list[str]:
    """Return all forms in which the tree names a repository, OWNER/NAME, or its owner."""
    owner, _, name = repository.partition("/")
    return [
        f"github.com/{repository}",
        f"github.com%2F{owner}%2F{name}",
        f"owner={owner}&repository={name}",
        f'"@{owner}"',
        f"* @{owner}\n",
    ]


def named_repository(root: Path = ROOT) -> str:
    """Return the repository that the tree names, OWNER/NAME: that of its manifest."""
    manifest = root / INTEGRATION.relative_to(ROOT) / "manifest.json"
    address: str = json.loads(manifest.read_text("utf-8"))["documentation"]
    return address.removeprefix("https://github.com/")


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file that git lists."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        try:
            yield name, (root / name).read_bytes().decode("utf-8")
        except NO_TEXT:
            continue


def fill(repository: str = REPOSITORY, root: Path = ROOT) -> list[str]:
    """Name a repository wherever the tree names another one; return the files that changed."""
    renamed = dict(zip(forms(named_repository(root)), forms(repository), strict=True))
    changed = []
    for name, before in texts(root):
        path, after = root / name, before
        for old, new in renamed.items():
            after = after.replace(old, new)
        if after != before:
            path.write_bytes(after.encode("utf-8"))
            changed.append(name)
    return changed


def check_owner(repository: str | None = None, root: Path = ROOT) -> None:
    """Raise ReleaseError unless the tree names its own repository, and not the placeholder's."""
    named = named_repository(root)
    nobodys = forms(f"{PLACEHOLDER_OWNER}/{REPOSITORY.partition('/')[2]}")
    nobodys += forms(f"{PLACEHOLDER_OWNER}/{named.partition('/')[2]}")
    left = [name for name, text in texts(root) if any(form in text for form in nobodys)]
    if left:
        raise ReleaseError(
            "nobody owns this yet: set REPOSITORY in script/release.py, run script/release --fill"
            f" (the placeholder is in {', '.join(left[:3])})"
        )
    if repository not in (None, named):
        raise ReleaseError(f"the tree names {named}, but this is {repository}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="script/release", description=__doc__)
    parser.add_argument("--tag", help="refuse unless this is v followed by the manifest's version")
    parser.add_argument("--repository", help="refuse unless the tree names this one, OWNER/NAME")
    parser.add_argument("--fill", action="store_true", help="name REPOSITORY in the whole tree")
    options = parser.parse_args(arguments)
    try:
        if options.fill:
            print("\n".join(fill()) or "the whole tree names it already")
            return 0
        if options.tag is not None:
            check_tag(options.tag)
            check_owner(options.repository)
        check_libraries()
        build(ARCHIVE)
        NOTES.write_text(notes(), "utf-8")
    except ReleaseError as error:
        sys.stderr.write(f"release: {error}\n")
        return 1
    print(ARCHIVE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
