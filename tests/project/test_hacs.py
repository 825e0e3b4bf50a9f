"""What HACS requires of the repository, and the archive that it installs."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPException
import json
from pathlib import Path
import re
import shutil
import subprocess
import sys
import time
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from homeassistant.components.brands.const import ALLOWED_IMAGES
from PIL import Image
import pytest
import voluptuous as vol

from demo.home import prepare
from demo.house import family_home
from demo.sign_in import device_id, free_port, is_running, sign_in
from script import release
from tests.words import FOLDER

ROOT = Path(__file__).parent.parent.parent
TIMEOUT_S = 120.0
HACS = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Optional("content_in_root"): bool,
        vol.Optional("country"): [str],
        vol.Optional("filename"): str,
        vol.Optional("hacs"): str,
        vol.Optional("hide_default_branch"): bool,
        vol.Optional("homeassistant"): str,
        vol.Optional("persistent_directory"): str,
        vol.Optional("render_readme"): bool,
        vol.Optional("zip_release"): bool,
    }
)


def hacs() -> dict[str, Any]:
    known: dict[str, Any] = HACS(json.loads((ROOT / "hacs.json").read_text("utf-8")))
    return known


def test_hacs_installs_the_archive_of_a_release_and_never_a_branch() -> None:
    assert hacs()["zip_release"]
    assert hacs()["filename"] == release.ARCHIVE.name
    assert hacs()["hide_default_branch"], "a branch has no archive"
    assert (ROOT / "README.md").is_file()
    folders = {path.name for path in (ROOT / "custom_components").glob("*/")}
    assert folders - {"__pycache__"} == {"air_baseline"}


def test_the_brand_images_have_the_sizes_of_home_assistants_brands() -> None:
    found = {path.name for path in (FOLDER / "brand").iterdir()}
    assert "icon.png" in found
    assert found <= ALLOWED_IMAGES
    digests = set[str]()
    for name in found:
        path = FOLDER / "brand" / name
        with Image.open(path) as image:
            side = 512 if "@2x" in name else 256
            assert image.format == "PNG"
            assert image.size == (side, side) or "logo" in name, name
            assert side / 2 <= min(image.size) <= side, name
            assert image.getchannel("A").getbbox() == (0, 0, *image.size), (
                "trimmed, as its rule says"
            )
        digests.add(sha256(path.read_bytes()).hexdigest())
    assert len(digests) == len(found), "a copy of another image is served in its place anyway"


def listed(folder: Path) -> list[str]:
    """Return what git lists below a folder."""
    output = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "."],  # noqa: S607
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [name for name in output.split("\0") if name]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / release.ARCHIVE.name
    release.build(path)
    return path


def test_the_archive_has_what_git_lists_and_nothing_else(archive: Path) -> None:
    known = {name for name in listed(FOLDER) if (FOLDER / name).is_file()}
    with ZipFile(archive) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
    fetched = {f"frontend/libraries/{name}" for name in release.LIBRARIES}
    known |= {name for name in fetched if (FOLDER / name).is_file()}
    assert names == sorted(known - {"quality_scale.yaml"}, key=lambda name: Path(name).parts)


def test_a_release_has_the_library_of_the_chart_and_its_license(tmp_path: Path) -> None:
    folder = tmp_path / "frontend" / "libraries"
    folder.mkdir(parents=True)
    for name in release.LIBRARIES:
        with pytest.raises(release.ReleaseError, match=name):
            release.check_libraries(tmp_path)
        (folder / name).write_text("something", "utf-8")
    release.check_libraries(tmp_path)


def test_the_same_files_give_the_same_archive(archive: Path, tmp_path: Path) -> None:
    copy = release.install(archive, tmp_path)
    again = tmp_path / "again.zip"
    release.build(again, copy)
    assert again.read_bytes() == archive.read_bytes()


def test_an_unknown_file_stops_a_release(archive: Path, tmp_path: Path) -> None:
    copy = release.install(archive, tmp_path)
    (copy / "icon.png.backup").touch()
    with pytest.raises(release.ReleaseError, match=r"icon\.png\.backup"):
        release.build(archive, copy)


def test_the_python_of_the_machine_that_releases_can_read_the_program() -> None:
    """`script/release` runs on Python 3.10 and later, without our environment."""
    ast.parse((ROOT / "script" / "release.py").read_text("utf-8"), feature_version=(3, 10))


def test_a_release_is_noted_in_the_words_of_its_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    said = release.notes()
    assert changelog.startswith("# Changelog")
    assert "### Added" in said
    assert said.splitlines()[-1] in changelog
    assert "\n## " not in said, "nothing of another version"
    assert "](docs/" not in said, "the notes are read outside the tree"


def test_a_version_without_notes_is_not_released(tmp_path: Path) -> None:
    for text in ("# Changelog\n", "# Changelog\n\n## 99.0.0\n\n- x\n"):
        (tmp_path / "CHANGELOG.md").write_text(text, "utf-8")
        with pytest.raises(release.ReleaseError, match="says nothing of version"):
            release.notes(tmp_path)


def test_a_tag_must_be_the_version_of_the_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    version = json.loads((FOLDER / "manifest.json").read_text("utf-8"))["version"]
    release.check_tag(f"v{version}")
    assert release.main(["--tag", "v99.0.0"]) == 1
    assert version in capsys.readouterr().err


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of all that git lists, as a repository of its own."""
    copy = tmp_path / "tree"
    for name in listed(ROOT):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    for command in (["init", "--quiet"], ["add", "--all", "--force"]):
        subprocess.run(["git", *command], cwd=copy, check=True)  # noqa: S603, S607
    return copy


def test_one_constant_names_the_repository_in_every_link(tree: Path) -> None:
    assert release.fill(root=tree) == [], "run script/release --fill"
    changed = release.fill("Some-Body/air", tree)
    assert {"README.md", "docs/install.md", ".github/CODEOWNERS"} <= set(changed)
    assert release.named_repository(tree) == "Some-Body/air"
    named = re.compile(rb"github\.com(?:/|%2F)([\w-]+)(?:/|%2F)air\b|@([\w-]+)\"|owner=([\w-]+)&")
    links = [
        found
        for name in changed
        for match in named.findall((tree / name).read_bytes())
        for found in match
        if found
    ]
    assert set(links) == {b"Some-Body"}
    left = [
        name
        for name in listed(tree)
        if name != "script/release.py"  # The constant itself.
        and re.search(rb"github\.com(/|%2F)air-baseline", (tree / name).read_bytes())
    ]
    assert left == []


def test_nothing_is_released_in_the_name_of_nobody_or_of_another(tree: Path) -> None:
    release.fill(f"{release.PLACEHOLDER_OWNER}/air", tree)
    with pytest.raises(release.ReleaseError, match="nobody owns this"):
        release.check_owner(root=tree)
    release.fill("somebody/air", tree)
    release.check_owner(root=tree)
    release.check_owner("somebody/air", tree)
    with pytest.raises(release.ReleaseError, match="this is somebody/fork"):
        release.check_owner("somebody/fork", tree)


@pytest.mark.parametrize("place", ["documentation", "codeowners"])
def test_one_line_that_was_changed_by_hand_gives_a_tree_no_owner(tree: Path, place: str) -> None:
    path = tree / "custom_components" / release.DOMAIN / "manifest.json"
    nobodys = json.loads(path.read_text("utf-8"))
    release.fill("somebody/air-baseline", tree)
    somebodys = json.loads(path.read_text("utf-8"))
    release.check_owner(root=tree)
    path.write_text(
        json.dumps(somebodys | {"codeowners": nobodys["codeowners"]}, indent=2), "utf-8"
    )
    if place == "documentation":
        release.fill("air-baseline/air-baseline", tree)
        only = nobodys | {"documentation": somebodys["documentation"]}
        path.write_text(json.dumps(only, indent=2), "utf-8")
    with pytest.raises(release.ReleaseError, match="nobody owns this"):
        release.check_owner(root=tree)


@pytest.fixture
def home_assistant(tmp_path: Path, socket_enabled: None) -> Iterator[tuple[int, Path]]:
    """Run a real Home Assistant of the demo's home, with what the archive installed."""
    folder, port = tmp_path / "home", free_port()
    prepare(
        folder,
        port=port,
        now=datetime.now(UTC),
        zone=ZoneInfo("Europe/London"),
        fresh=True,
        make=family_home,
        released=True,
    )
    installed = folder / "custom_components" / release.DOMAIN
    with (
        (folder / "output.log").open("wb") as output,
        subprocess.Popen(  # noqa: S603 - our own interpreter's
            [Path(sys.executable).with_name("hass"), "--skip-pip", "-c", folder],
            env={"PYTHONPATH": str(folder / "library"), "HOME": str(folder)},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        yield port, installed
        process.terminate()
        process.wait(60)


@pytest.mark.quiet
def test_what_the_archive_installs_starts_in_a_real_home(
    home_assistant: tuple[int, Path],
) -> None:
    port, installed = home_assistant
    deadline = time.monotonic() + TIMEOUT_S
    found, tokens = "None", None
    while found == "None" and time.monotonic() < deadline:
        with suppress(OSError, HTTPException, ValueError):
            tokens = tokens or sign_in(port)
            if is_running(port, tokens):
                found = device_id(port, tokens, "Living room")
        time.sleep(0.3)
    log = (installed.parent.parent / "output.log").read_text("utf-8")
    assert found != "None", log
    assert "Traceback" not in log
    assert not installed.is_symlink()
    assert list((installed / "__pycache__").glob("coordinator.*.pyc")), "it ran from here"


def test_the_pages_name_the_oldest_version_that_hacs_is_told() -> None:
    oldest = hacs()["homeassistant"]
    named = f"You need Home Assistant {oldest.removesuffix('.0')} or newer"
    for page in ("README.md", "docs/install.md"):
        text = " ".join((ROOT / page).read_text("utf-8").split())
        assert named in text, page
