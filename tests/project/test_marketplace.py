"""The Marketplace's own checks, run on what it reads of the repository and on the archive."""

from importlib import import_module
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import voluptuous as vol

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
    schema = marketplace("utils.validate").V2_INTEGRATION_DATA_JSON_SCHEMA
    entry: dict[str, Any] = {
        "description": "",
        "domain": manifest["domain"],
        "downloads": 0,
        "etag_repository": "1",
        "full_name": release.REPOSITORY,
        "last_fetched": 0,
        "last_updated": "2026-11-30T00:00:00Z",
        "manifest": {key: read(ROOT / "hacs.json")[key] for key in ("name", "homeassistant")},
        "manifest_name": manifest["name"],
        "stargazers_count": 0,
        "topics": [],
    }
    vol.Schema(schema, extra=vol.ALLOW_EXTRA)(entry)


def test_the_archive_is_within_its_limits_and_unpacks_only_into_its_folder(tmp_path: Path) -> None:
    archive = tmp_path / release.ARCHIVE.name
    release.build(archive)
    with ZipFile(archive) as packed:
        marketplace("repositories.base")._check_archive_size(packed)  # noqa: SLF001 - as it does.
        for name in packed.namelist():
            marketplace("utils.path").resolve_in_directory(tmp_path / "unpacked", name)
