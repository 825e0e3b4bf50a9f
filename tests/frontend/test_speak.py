"""The server's keys and numbers in the language and in the formats of whoever reads the card."""

from typing import Any

from playwright.sync_api import Page
import pytest

from tests.frontend.messages import START, a_channel, a_room, worded
from tests.frontend.pages import show, text
from tests.words import leaves, words

NOTICED = START + 10.5 * 3600.0
CHANNEL = worded(
    a_channel(not_seen=["01:00-04:00"]),
    measured=[
        [
            {
                "say": "measured_episode",
                "with": {
                    "quantity": [{"say": "quantity_pm25"}],
                    "level": [
                        {"say": "at_least", "with": {"level": [{"number": 64.25}, " μg/m³"]}}
                    ],
                    "minutes": 95,
                    "when": [{"time": NOTICED}],
                },
            }
        ]
    ],
    inferred=[
        [
            {
                "say": "inferred_learned",
                "with": {
                    "quantity": [{"say": "quantity_pm25"}],
                    "part": [{"say": "part_4"}],
                    "span": ["Bath & <b>"],
                },
            },
            " ",
            {"say": "inferred_change", "with": {"date": [{"date": "2026-03-18"}]}},
        ]
    ],
    because=[],
    not_known=[
        [
            {
                "say": "not_known",
                "with": {
                    "what": [
                        {
                            "capital": [
                                {"say": "not_known_outdoor_air"},
                                ", ",
                                {"say": "not_known_windows"},
                            ]
                        }
                    ]
                },
            }
        ]
    ],
)


def read(page: Page, language: str, **locale: str) -> str:
    prefix = "component.air_baseline"
    given: dict[str, Any] = {
        "language": language,
        "locale": {"language": language, "time_zone": "server"} | locale,
        "words": {
            category: {
                f"{prefix}.{category}.{path}": one
                for path, one in leaves(words(language)[category])
            }
            for category in ("common", "issues")
        },
    }
    page.clock.set_fixed_time(START + 12 * 3600.0)
    show(page, a_room(CHANNEL), given)
    text(page)
    page.locator("air-baseline-card summary").press("Enter")
    return text(page).replace("\u202f", " ").replace("\u00a0", " ")


def test_english_with_twelve_hours(page: Page) -> None:
    shown = read(page, "en", number_format="comma_decimal", time_format="12")
    measured = "PM2.5: sustained peak of at least 64.3 μg/m³, high for 95 min (noticed: 2:30 PM)."
    assert measured in shown
    assert "usual here late in the afternoon (4:00 PM to 7:00 PM): Bath & <b>." in shown
    assert "Since about March 18" in shown
    assert "Outdoor air, whether a window was open." in shown
    assert "Not seen: 1:00 AM–4:00 AM" in shown


def test_german_with_twenty_four_hours(page: Page) -> None:
    shown = read(page, "de", number_format="decimal_comma", time_format="24")
    assert "mindestens 64,3 μg/m³" in shown
    assert "14:30" in shown
    assert "16:00" in shown
    assert "18. März" in shown
    assert "Außenluft" in shown or "Luft draußen" in shown


@pytest.mark.parametrize("language", ["es", "fr", "it", "nl", "pl", "pt-BR"])
def test_every_language_says_all_of_it(page: Page, language: str) -> None:
    shown = read(page, language, number_format="language", time_format="language")
    assert "undefined" not in shown
    assert "{" not in shown
    assert "Bath & <b>" in shown
