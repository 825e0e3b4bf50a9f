"""Every language has the texts of English, about the same things, as Home Assistant accepts it."""

from collections.abc import Iterator
from functools import cache
import re

from homeassistant.core import HomeAssistant
from homeassistant.generated.languages import LANGUAGES as KNOWN
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.inputs.room_config import RoomSource
from custom_components.air_baseline.words.explanation import Words
from tests.conftest import DOMAIN
from tests.words import LANGUAGES, holes, leaves, words

TILE_CHARACTERS = 24  # Of a name, on a tile of half the width of a phone.
PHONE_CHARACTERS = 35  # Of a title next to the cross, at a width of 400 px.
OTHERS = [language for language in LANGUAGES if language != "en"]
# What texts name in quotes, and where the thing has its name.
NAMED = {
    "“Change room”": "config_subentries.room.initiate_flow.reconfigure",
    "“Explain”": "services.explain.name",
    "“Get ledger”": "services.get_ledger.name",
    "“Keep learning”": "entity.switch.keep_learning.name",
    "“Undo”": "services.undo.name",
}
# A number of things that can be one, with a word after it that would have to agree with it.
COUNTED = re.compile(
    r"\{(?:days|weeks|weekend|hourly|alerts)\}\s(?!(?:of|von|sur|de|su|van|z)\b)\w"
)
NEVER_ONE = {  # Days kept, compared with or promised: 13 at least; or side by side: 3 at least.
    "common.inferred_level",
    "common.inferred_rank",
    "common.inferred_record",
    "common.mapping_alike",
    "common.mapping_apart",
    "common.mapping_not_together",
    "common.mapping_offered",
    "common.mapping_steady",
    "common.mapping_uncertain",
    "common.rarity",
    "exceptions.correction_too_old.message",
    "exceptions.day_too_far.message",
    "exceptions.day_too_old.message",
    "options.step.init.description",
}


@cache
def texts(language: str = "en") -> dict[str, str]:
    return dict(leaves(words(language)))


def broken_rules(text: str) -> Iterator[str]:
    """Yield what hassfest and the frontend would not accept."""
    if not text or text != text.strip():
        yield "spaces around it"
    if re.search(r"<[a-zA-Z/!]", text):
        yield "HTML"
    if "://" in text:
        yield "an address: these go into placeholders"
    if "[%" in text:
        yield "a reference: these are resolved for Home Assistant's own texts only"
    if "'{" in text or "}'" in text:
        yield "an apostrophe next to a brace: ICU takes it for a quote"
    if not all(re.fullmatch(r"[a-z0-9_]+", hole) for hole in holes(text)):
        yield "a placeholder with signs that ICU reads otherwise"


def test_the_rules_themselves_work() -> None:
    bad = " <b>'{x}'</b> [%key:y%] http://z {a-b}"
    assert len([*broken_rules(bad)]) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_are_plain(language: str) -> None:
    broken = {path: [*broken_rules(text)] for path, text in texts(language).items()}
    assert {path: rules for path, rules in broken.items() if rules} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_reads_well_for_any_number(language: str) -> None:
    """Home Assistant has no plurals where it puts numbers into texts itself."""
    counted = {path for path, text in texts(language).items() if COUNTED.search(text)}
    assert counted - NEVER_ONE == set()
    assert COUNTED.search("after {days} more days")


def test_french_two_part_punctuation_follows_a_narrow_space() -> None:
    for path, text in texts("fr").items():
        bare = re.sub(r"\d\d:\d\d", "", text)
        assert re.findall(r"(?<!\u202f)[:;!?»%]|«(?!\u202f)", bare) == [], path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_titles_of_flows_fit_a_phone(language: str) -> None:
    """Home Assistant's dialog lays a second line of a title over what is below it."""
    titles = [
        step["title"].format(room="Living room")
        for issue in words(language)["issues"].values()
        for step in issue.get("fix_flow", {"step": {"": issue}})["step"].values()
    ]
    assert [title for title in titles if len(title) > PHONE_CHARACTERS] == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_home_assistant_loads_every_text(
    hass: HomeAssistant, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It drops a text whose placeholders it does not like, and shows the English one."""
    assert language in KNOWN
    loaded = [
        await async_get_translations(hass, language, category, [DOMAIN])
        for category in words(language)
    ]
    shown = {path: text for category in loaded for path, text in category.items()}
    prefix = f"component.{DOMAIN}."
    assert {f"{prefix}{path}": text for path, text in texts(language).items()} == shown
    assert "placeholders" not in caplog.text


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_and_nothing_is_superfluous(language: str) -> None:
    assert set(texts(language)) == set(texts())
    assert list(texts(language)) == list(texts()), "in the order of en.json"


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_paragraphs_and_headings_are_those_of_english(language: str) -> None:
    def frame(text: str) -> tuple[list[str], int, int]:
        return sorted(re.findall(r"\{\w+\}", text)), text.count("\n"), text.count("**")

    translated = texts(language)
    differ = {path: (frame(text), frame(translated[path])) for path, text in texts().items()}
    assert {path: two for path, two in differ.items() if two[0] != two[1]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_text_names_has_that_name(language: str) -> None:
    translated, named = texts(language), 0
    for path, text in texts().items():
        for quoted, at in NAMED.items():
            if quoted in text:
                named += 1
                assert translated[at] in translated[path], path
    assert named > len(NAMED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_as_the_language_does(language: str) -> None:
    common = words(language)["common"]
    texts = {f"component.air_baseline.common.{key}": text for key, text in common.items()}
    said = Words(texts, "°C")
    mark = "." if language == "en" else ","
    assert [said.number(number) for number in (5.93, 36.5, 300.0)] == [
        f"5{mark}93",
        f"36{mark}5",
        "300",
    ]
    source = RoomSource(entity_id="sensor.pm25", pollutant=Pollutant.PM25, unit="μg/m³")
    assert said.concentration(5.9, source) == f"5{mark}9 μg/m³"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_of_entities_fit_a_tile(language: str) -> None:
    """A tile next to another on a phone cuts what is longer."""
    names = [
        entity["name"]
        for entities in words(language)["entity"].values()
        for entity in entities.values()
        if "name" in entity
    ]
    assert len(names) >= 20
    assert [name for name in names if len(name) > TILE_CHARACTERS] == []
