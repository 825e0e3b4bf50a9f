"""The chart: what is drawn, and the values under a finger, a mouse and the keys."""

from itertools import pairwise
import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page
import pytest

from tests.frontend.messages import (
    HOUR,
    OVER,
    START,
    STATES,
    a_channel,
    a_line,
    a_room,
)
from tests.frontend.pages import LIBRARY, count, open_page, show, text

DAY = 24 * HOUR
BAND, ORANGE, INK = (0, 154, 199), (255, 166, 0), (20, 20, 20)
PIXELS = """(canvas, [red, green, blue]) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const found = [];
  for (let at = 0; at < data.length; at += 4) {
    const off = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green)
      + Math.abs(data[at + 2] - blue);
    if (off < 24 && data[at + 3] > 40) found.push(((at / 4) % width) / width);
  }
  return found;
}"""

pytestmark = pytest.mark.skipif(
    not LIBRARY.is_file(), reason="the library is not here: script/get-frontend gets it"
)


def plain(**changes: Any) -> dict[str, Any]:
    """Return a room with one pollutant that has no guideline."""
    return a_room(a_channel(guideline=None, mean=None, **changes))


def drawn(page: Page) -> Locator:
    """Return the chart, once it is drawn."""
    chart = page.locator("air-baseline-card .chart.drawn").first
    chart.locator(".u-over").wait_for()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return chart


def pixels(page: Page, color: tuple[int, int, int]) -> list[float]:
    """Return where a color is in the chart, from its left edge (0) to its right edge (1)."""
    found: list[float] = drawn(page).locator("canvas").evaluate(PIXELS, list(color))
    return found


def said(page: Page) -> str:
    return drawn(page).get_attribute("aria-valuetext") or ""


def readout(page: Page) -> str:
    return page.locator("air-baseline-card .readout").first.inner_text()


def a_past(days: int, **changes: Any) -> dict[str, Any]:
    """Return past days with an answered episode: the first half of them of hourly means."""
    start = START - days * DAY
    middle = start + days * DAY / 2
    slots = range(int(days * DAY / 2 / 300))
    return {
        "start": start,
        "end": START,
        "parts": [{"start": middle, "end": START, "low": 3.0, "high": 9.0}],
        "episodes": [
            {
                "start": middle + HOUR,
                "end": middle + 3 * HOUR,
                "running": False,
                "rarity_days": 60,
                "answer": "episode_real",
            }
        ],
        "kept": True,
        "line": [[middle + 300.0 * slot, 6.0] for slot in slots],
        "hourly": [[start + HOUR * hour, 5.0] for hour in range(-24, 12 * days)],
        "outdoor": [[middle + 300.0 * slot, 4.0] for slot in slots],
        "outdoor_hourly": [],
    } | changes


def test_a_range_in_force_is_filled_and_a_guess_is_not(page: Page) -> None:
    card = show(page, plain())
    assert len(pixels(page, BAND)) > 5000
    card.evaluate("card => card.remove()")
    for state in ("collecting", "provisional", "changing", "stale", "no_source"):
        card = show(page, STATES[state])
        assert pixels(page, BAND) == [], state
        assert count(page, ".legend .guess") == 1, state
        card.evaluate("card => card.remove()")


def test_an_episode_is_marked_where_the_line_rises(page: Page) -> None:
    show(page, plain(episodes=[OVER], line=a_line(15.0, 6.3)))
    places = pixels(page, ORANGE)
    assert len(places) > 300
    for found, at in ((min(places), OVER["start"]), (max(places), OVER["end"])):
        assert found == pytest.approx((at - START) / DAY, abs=0.09)


def test_without_an_episode_nothing_is_orange(page: Page) -> None:
    show(page, plain())
    assert pixels(page, ORANGE) == []


def test_silence_is_a_gap(page: Page) -> None:
    line = a_line(10.0)
    show(page, plain(line=line[:36] + line[96:], parts=[]))
    places = pixels(page, INK)
    assert len(places) > 100
    assert not [place for place in places if 0.2 < place < 0.34], "from 07:00 to 12:00"


def test_the_keys_read_value_after_value(page: Page) -> None:
    show(page, plain(outdoor=False))
    chart = drawn(page)
    assert chart.get_attribute("role") == "slider"
    assert readout(page) == "Touch the chart to read its values."
    chart.focus()
    page.keyboard.press("Home")
    assert said(page) == "04:00, 6 μg/m³, Usual here: 2 to 9"
    assert readout(page) == "04:00: 6 μg/m³ · Usual here: 2 to 9"
    steps = {"ArrowRight": "04:05", "PageDown": "05:05", "ArrowLeft": "05:00", "PageUp": "04:00"}
    for key, time in steps.items():
        page.keyboard.press(key)
        assert said(page).startswith(time), key
    page.keyboard.press("End")
    assert said(page).startswith("15:55")
    assert chart.get_attribute("aria-valuenow") == chart.get_attribute("aria-valuemax") == "143"
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("15:55")
    page.keyboard.press("Escape")
    assert readout(page) == "Touch the chart to read its values."


def test_the_mouse_and_a_finger_read_the_value_below_them(page: Page) -> None:
    show(page, plain())
    over = drawn(page).locator(".u-over")
    box = over.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 50)
    assert re.match("09:5|10:0", readout(page))
    touch = """(over, share) => {
      const { left, top, width } = over.getBoundingClientRect();
      for (const type of ["pointerdown", "pointermove"]) {
        over.dispatchEvent(new PointerEvent(type,
          { pointerType: "touch", clientX: left + share * width, clientY: top + 20 }));
      }
    }"""
    over.evaluate(touch, 1 / 8)
    assert re.match("06:5|07:0", readout(page))


def test_the_place_stays_when_there_is_news(page: Page) -> None:
    show(page, plain())
    drawn(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    news = plain(line=a_line(13.0))
    page.evaluate("([sent]) => window.send['device-of-kitchen'](sent)", [news])
    page.locator("air-baseline-card .chart[aria-valuemax='155']").wait_for()
    assert said(page).startswith("05:00")
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("05:05"), "and the focus, too"


def test_earlier_days_are_asked_for_when_they_are_chosen(page: Page) -> None:
    show(page, STATES["learned"], {"pasts": {"month": a_past(30)}})
    drawn(page)
    assert page.evaluate("window.asked.length") == 1
    page.get_by_role("button", name="30 days").click()
    legend = page.locator("air-baseline-card .legend")
    legend.get_by_text("Usual here, as it was in force then").wait_for()
    assert page.evaluate("window.asked.at(-1)") == {
        "type": "air_baseline/room_past",
        "device_id": "device-of-kitchen",
        "quantity": "pm25",
        "span": "month",
    }
    assert "Unusual from Feb 15, 05:00 to 07:00" in legend.inner_text()
    assert "✓ Answered: it was real" in legend.inner_text()
    assert "Outdoors" in legend.inner_text()
    assert "Mean of the last 24 hours" in legend.inner_text()
    note = page.locator("air-baseline-card .charted .note")
    assert note.inner_text() == (
        "Before Feb 15, 04:00, only hourly means are kept; they hide short peaks."
    )
    assert page.get_by_role("button", name="30 days").get_attribute("aria-pressed") == "true"
    drawn(page).focus()
    page.keyboard.press("Home")
    assert said(page) == "Jan 31, 04:00, 5 μg/m³, 24 h: 5 μg/m³, guideline 15"
    for _ in range(15 * 24 // 12 + 1):
        page.keyboard.press("PageDown")
    assert re.match(r"Feb 15, 0[45].*6 μg/m³, Usual here: 3 to 9, Outdoors: 4 μg/m³", said(page))


def test_what_cannot_be_shown_of_earlier_days_is_said(page: Page) -> None:
    empty = a_past(1, line=[], hourly=[], outdoor=[], parts=[], episodes=[])
    pasts = {"yesterday": empty, "week": empty | {"kept": False}}
    show(page, STATES["learned"], {"pasts": pasts})
    drawn(page)
    for name, words in (
        ("Yesterday", "No readings are kept from these days."),
        ("7 days", "The recorder gives no readings of these days right now."),
        ("30 days", "These days cannot be shown right now. Choose them again in a moment."),
    ):
        page.get_by_role("button", name=name).click()
        page.locator("air-baseline-card .charted").get_by_text(words).wait_for()
        assert page.locator("air-baseline-card .chart").get_attribute("tabindex") is None
    page.get_by_role("button", name="Today").click()
    drawn(page)


def test_the_air_outdoors_is_asked_for_once_where_there_is_a_sensor(page: Page) -> None:
    past = a_past(1, start=START, end=START + DAY, line=[], hourly=[], parts=[], episodes=[])
    past["outdoor"] = [[START + 300.0 * slot, 4.0] for slot in range(144)]
    show(page, plain(outdoor=True), {"pasts": {"today": past}})
    page.locator("air-baseline-card .legend .outdoor").wait_for()
    assert page.evaluate("window.asked.length") == 2
    page.evaluate("([sent]) => window.send['device-of-kitchen'](sent)", [plain(outdoor=True)])
    drawn(page).focus()
    page.keyboard.press("Home")
    assert "Outdoors: 4 μg/m³" in said(page)
    assert page.evaluate("window.asked.length") == 2


def test_the_value_opens_the_dialog_of_its_sensor(page: Page) -> None:
    show(page, STATES["learned"])
    text(page)
    page.evaluate(
        "document.addEventListener('hass-more-info', ({ detail }) => { window.info = detail; })"
    )
    page.locator("air-baseline-card button.value").press("Enter")
    assert page.evaluate("window.info") == {"entityId": "sensor.kitchen_pm25"}


def test_a_value_that_may_not_be_seen_opens_nothing(page: Page) -> None:
    show(page, STATES["hidden_source"])
    text(page)
    assert count(page, "button.value") == 0


def test_the_chart_is_described_to_those_who_cannot_see_it(page: Page) -> None:
    show(page, STATES["unusual"])
    label = drawn(page).get_attribute("aria-label") or ""
    assert label.startswith("PM2.5. PM2.5: sustained peak of 64 μg/m³")
    assert "Usual here: 04:00–07:00: 2–9 μg/m³; 07:00–10:00: 2–14 μg/m³" in label
    assert label.endswith("Unusual since 15:24")


def test_without_the_library_there_are_words_and_everything_else_works(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 1000})
    page = open_page(context)
    page.route("**/libraries/*", lambda route: route.fulfill(status=404, body=""))
    show(page, STATES["unusual"])
    page.locator("air-baseline-card .chart.worded").wait_for()
    shown = text(page)
    assert "There is no chart, because this copy of Air Baseline came without the library" in shown
    assert "07:00–10:00: 2–14 μg/m³" in shown
    assert "Unusual since 15:24" in shown
    assert "Kitchen: unusual air" in shown
    page.get_by_role("button", name="7 days").click()
    assert "There is no chart" in text(page)
    context.close()


@pytest.mark.parametrize(
    ("locale", "value", "time"),
    [
        ({"number_format": "decimal_comma", "time_format": "24"}, "5,4", "04:00, 6 μg/m³"),
        ({"number_format": "comma_decimal", "time_format": "12"}, "5.4", "4:00 AM, 6 μg/m³"),
        ({"number_format": "none", "time_format": "system"}, "5.4", None),
    ],
)
def test_numbers_and_times_follow_the_settings_of_the_user(
    page: Page, locale: dict[str, str], value: str, time: str | None
) -> None:
    locale = {"language": "en", "time_zone": "server"} | locale
    show(page, STATES["learned"], {"locale": locale})
    assert value in text(page)
    drawn(page).focus()
    page.keyboard.press("Home")
    assert time is None or said(page).replace("\u202f", " ").startswith(time)


def test_grid_lines_are_at_round_numbers_and_apart(page: Page) -> None:
    for top in (0.3, 2.2, 20.0, 68.0, 450.0, 12_000.0):
        found = page.evaluate(
            "async top => (await import('/frontend/series.js')).ticks(top, 144)", top
        )
        places = sorted(144 * (value / top) ** 0.5 for value in found)
        assert 3 <= len(found) <= 7, found
        assert min(after - at for at, after in pairwise(places)) > 20
        assert max(found) <= top


def test_days_that_change_the_clock_begin_at_the_same_hour(page: Page) -> None:
    first = START + 22 * DAY  # 24 March; clocks go forward on the 29th.
    starts = page.evaluate(
        """async first => {
          const { dayStart } = await import("/frontend/plot.js");
          const hass = { locale: { time_zone: "server" }, config: { time_zone: "Europe/London" } };
          return [0, 4, 5, 6].map((day) => (dayStart(hass, first, day) - first) / 3600);
        }""",
        first,
    )
    assert starts == [0, 96, 119, 143]


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ({"language": "en", "date_format": "language"}, "3/2"),
        ({"language": "en", "date_format": "DMY"}, "2/3"),
        ({"language": "de", "date_format": "MDY"}, "3.2"),
        ({"language": "de"}, "2.3."),
    ],
)
def test_days_are_written_in_the_order_that_the_user_chose(
    page: Page, locale: dict[str, str], written: str
) -> None:
    shown = page.evaluate(
        """async ([locale, at]) => {
          const { dayOfMonth } = await import("/frontend/format.js");
          return dayOfMonth({ locale: { ...locale, time_zone: "local" }, config: {} }, at);
        }""",
        [locale, START + 8 * HOUR],
    )
    assert shown == written


def test_a_mean_is_drawn_only_over_enough_hours(page: Page) -> None:
    means = page.evaluate(
        """async () => {
          const { earlier } = await import("/frontend/series.js");
          const channel = { unit: "", guideline: { limit: 15, hours: 24, needed: 18 } };
          const level = (hour) => (hour < 20 ? 10 : 30);
          const hourly = Array.from({ length: 40 }, (_, hour) => [3600 * hour, level(hour)]);
          const past = { start: 0, end: 40 * 3600, parts: [], episodes: [], line: [], outdoor: [],
            hourly: hourly.filter((_, hour) => hour < 24 || hour > 30), outdoor_hourly: [] };
          return earlier(channel, past).mean.map(({ at, value }) => [at / 3600, value]);
        }"""
    )
    assert means[0] == [18, 10]
    assert means[6] == [24, pytest.approx((20 * 10 + 4 * 30) / 24)]
    assert [at for at, _ in means] == list(range(18, 25)), "after the gap, too few hours"
