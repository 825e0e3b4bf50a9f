"""The pages for people: links and pictures lead somewhere, the README is short and safe to show."""

from pathlib import Path
import re

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
HTML = re.compile(r"<[a-zA-Z/!][^>]*>")
PICTURE = re.compile(r"!\[[^\[\]()]+\]\(docs/images/[\w-]+\.png\)")
RELATIVE = re.compile(r"\]\((?!#)(?!\w+:)")


def anchors(page: Path) -> set[str]:
    """Return the names under which the headings of a page can be reached."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    found = [link or source for link, source in LINK.findall(page.read_text("utf-8"))]
    for target in found:
        if target.startswith(("http", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_the_readme_is_short_and_begins_with_a_picture() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 120
    assert any("<img" in line or "![" in line for line in lines[:9])


def test_the_pictures_of_the_readme_are_seen_in_hacs_the_marketplace_and_on_the_code_host() -> None:
    """Plain Markdown with a relative path is the one form that all three show.

    HACS 2.0.5 makes the relative targets of Markdown absolute, but not those of HTML, whose
    tags it prints as text. The Marketplace drops a relative `srcset`.
    """
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert [line for line in lines if HTML.search(line)] == []
    pictures = [line for line in lines if "docs/images/" in line]
    assert len(pictures) > 1
    assert [line for line in pictures if not PICTURE.fullmatch(line)] == []


def test_no_line_of_the_readme_has_a_relative_and_an_absolute_link() -> None:
    """HACS leaves a relative target alone before an absolute one, and breaks the absolute after."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert [line for line in lines if RELATIVE.search(line) and "://" in line] == []
