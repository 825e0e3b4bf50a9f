"""The Marketplace's own checks, run on what it reads of the repository and on the archive."""

from importlib import import_module
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from homeassistant import components

from script import release
from tests.versions import since
from tests.words import FOLDER

pytestmark = since("2026.11", "the Marketplace is part of Home Assistant")

ROOT = FOLDER.parent.parent


def marketplace(module: str) -> Any:  # noqa: ANN401 - mypy knows the pinned version, which has none.
    return import_module(f"homeassistant.components.marketplace.{module}")


def read(path: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return known


def test_it_leaves_out_nothing_of_what_it_reads() -> None:
    validate = marketplace("utils.validate")
    for path, rules in (
        (ROOT / "hacs.json", validate.REPOSITORY_MANIFEST_VALUES),
        (FOLDER / "manifest.json", validate.INTEGRATION_MANIFEST_VALUES),
    ):
        read_of_ours = {key: value for key, value in read(path).items() if key in rules}
        assert {"name"} < set(read_of_ours)
        for key, value in read_of_ours.items():
            assert rules[key](value) == value
    assert validate.VALID_DOMAIN.match(read(FOLDER / "manifest.json")["domain"])
    assert validate.VALID_FULL_NAME.match(release.REPOSITORY)
    assert validate.valid_ref(f"v{read(FOLDER / 'manifest.json')['version']}")


def test_its_entry_in_the_catalog_is_valid() -> None:
    manifest = read(FOLDER / "manifest.json")
    check = marketplace("utils.validate").VALIDATE_FETCHED_V2_REPO_DATA["integration"]
    entry: dict[str, Any] = {
        "description": "",
        "domain": manifest["domain"],
        "downloads": 0,
        "etag_repository": "1",
        "full_name": release.REPOSITORY,
        "last_fetched": 0,
        "last_updated": "2026-11-30T00:00:00Z",
        "last_version": f"v{manifest['version']}",
        "manifest": {"name": read(ROOT / "hacs.json")["name"]},
        "manifest_name": manifest["name"],
        "stargazers_count": 0,
        "topics": [],
    }
    assert check(entry) == entry


def test_the_archive_is_within_its_limits_and_unpacks_to_what_it_would_load(tmp_path: Path) -> None:
    archive, folder = tmp_path / release.ARCHIVE.name, tmp_path / "unpacked"
    release.build(archive)
    with ZipFile(archive) as packed:  # As its `async_download_zip_file` does.
        marketplace("repositories.base")._check_archive_size(packed)  # noqa: SLF001
        for name in packed.namelist():
            marketplace("utils.path").resolve_in_directory(folder, name)
        packed.extractall(folder)
    load = marketplace("repositories.integration")
    domain = load._validated_domain(read(FOLDER / "manifest.json")["domain"])  # noqa: SLF001
    load._check_loadable_manifest(folder, domain)  # noqa: SLF001
    assert not (Path(components.__file__).parent / domain).exists(), "one of its own has the name"
