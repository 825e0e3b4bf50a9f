"""Whatever is sent to the pages of a repair: the ledger stays, or can be restored."""

from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from tests.conftest import DOMAIN, Fixer
from tests.home import KITCHEN, NOON, PM25, a_kitchen, act, pass_time, saved, steady

DAYS = st.one_of(
    st.integers(-100, 70).map(lambda days: str(NOON.date() + timedelta(days))),
    st.text(max_size=12),
    st.none(),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "date": DAYS,
        "similar": st.one_of(st.booleans(), st.integers()),
        "days": st.one_of(st.lists(DAYS, max_size=4), DAYS),
        "other": st.text(max_size=3),
    },
)
CHOICES = st.lists(st.integers(0, 7), min_size=3, max_size=5)
TOPICS = ("range_learned", "unusual_episode", "source_stuck")


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen that has learned, with an episode that runs."""
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, timedelta(hours=1), {PM25: steady(80)})
    return entry


async def ledger(hass: HomeAssistant, files: dict[str, Any]) -> str:
    kept = await saved(hass, files)
    return json.dumps({name: kept[name] for name in ("days", "entries", "episodes", "root")})


def ask(hass: HomeAssistant, topic: str, episode: int) -> str:
    """Ask a question, as if it had not been answered before; return its id."""
    issue_id = f"{topic}_{KITCHEN}_{episode}"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"subentry_id": KITCHEN, "episode_pm25": episode, "quantity": "pm25"},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=topic,
    )
    return issue_id


async def test_whatever_is_sent_the_ledger_stays_or_can_be_restored(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    """Hypothesis draws, then the loop of the test walks; right fields are mixed with wrong ones."""
    drawn: list[tuple[str, list[int], list[dict[str, Any]]]] = []

    @settings(
        max_examples=120, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(
        topic=st.sampled_from(TOPICS),
        choices=CHOICES,
        fields=st.lists(FIELDS, min_size=3, max_size=3),
    )
    def draw(topic: str, choices: list[int], fields: list[dict[str, Any]]) -> None:
        drawn.append((topic, choices, fields))

    draw()
    (episode,) = (await act(hass, "get_ledger"))["quantities"]["pm25"]["episodes"]
    before, reached = await ledger(hass, hass_storage), set[str]()
    for topic, choices, fields in drawn:
        page = await fixer.begin(ask(hass, topic, episode["id"]))
        left = list(fields)
        for choice in choices:
            if page["type"] == "menu":
                await fixer.refused(page, {"next_step_id": "elsewhere"})
                options = page["menu_options"]
                page = await fixer.choose(page, options[choice % len(options)])
            elif page["type"] == "form" and page["data_schema"]:
                page = await fixer.may_be_refused(page, left.pop()) if left else page
            elif page["type"] == "form":
                page = await fixer.answer(page)
            reached.add(page.get("reason") or page.get("step_id") or page["type"])
        if page.get("reason") == "paused":
            entry.runtime_data.rooms[KITCHEN].channels[Pollutant.PM25].paused = False
            before = await ledger(hass, hass_storage)  # A pause ends the episode.
        elif page.get("reason") != "undone" and await ledger(hass, hass_storage) != before:
            await act(hass, "undo")
        assert await ledger(hass, hass_storage) == before, (topic, choices, fields)
    ends = {"not_now", "undone", "create_entry"}
    assert {"started_over", "kept_out", "agreed"} | ends <= reached
