"""The year on the card: a strip of twelve months, and this month beside last year's."""

from itertools import pairwise
import re
from typing import Any, Literal

from playwright.sync_api import Browser, Page
import pytest

from tests.frontend.messages import a_channel, a_room, a_year
from tests.frontend.pages import ROOM, UNFIT, count, open_page, show, text

type Message = dict[str, Any]

YEAR = "air-baseline-card .year"
NO_BREAK = "\u00a0"


def a_kitchen(version: int | None = 1, **changes: Any) -> Message:
    return a_room(a_channel(year=version, **changes))


def year(page: Page, answer: Message | None = None, **config: Any) -> Page:
    """Show a kitchen whose year gets this answer, by default one of all kinds of months."""
    replies = {"room_year": answer or a_year()}
    show(page, a_kitchen(), {"replies": replies}, **{"show_year": True, **config})
    text(page)
    return page


def asked(page: Page) -> list[Message]:
    everything: list[Message] = page.evaluate("window.asked")
    return [one for one in everything if one["type"] == "air_baseline/room_year"]


def send(page: Page, message: Message) -> None:
    page.evaluate("([device, sent]) => window.send[device](sent)", [ROOM, message])


def strip(page: Page) -> str:
    label = page.locator(f"{YEAR} svg").get_attribute("aria-label")
    assert label is not None
    return label.replace(NO_BREAK, " ")


def test_twelve_months_are_drawn_and_said(page: Page) -> None:
    year(page)
    assert asked(page) == [
        {"type": "air_baseline/room_year", "device_id": ROOM, "quantity": "pm25"}
    ]
    assert page.locator(f"{YEAR} h4").inner_text() == "Usual here, month by month"
    assert count(page, ".year .month") == 12
    assert [count(page, f".year .month rect.{kind}") for kind in ("lived", "hourly")] == [4, 3]
    assert count(page, ".year .month line.unseen") == 5
    said = strip(page).split(". ")
    assert said[0] == "Usual here, month by month"
    assert (said[1], said[4], said[-1]) == (
        "April 2025: 4–14 μg/m³, hourly averages only",
        "July 2025: not seen",
        "March 2026: 3–12 μg/m³, measured here",
    )
    titles = page.locator(f"{YEAR} .month title").all_text_contents()
    assert [one.replace(NO_BREAK, " ") for one in titles] == said[1:], "the same for a pointer"
    assert not UNFIT.search(strip(page))


def test_months_from_hourly_averages_are_told_apart_without_color(page: Page) -> None:
    year(page)
    hourly = page.locator(f"{YEAR} .month:has(rect.hourly)")
    assert all(one.locator(".hatch").count() for one in hourly.all())
    assert page.locator(f"{YEAR} .month:has(rect.lived) .hatch").count() == 0
    legend = page.locator(f"{YEAR} .legend li").all_inner_texts()
    assert legend == ["measured here", "hourly averages only", "not seen"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_words_are_read_light_and_dark(
    browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    """No checker looks at the words of a picture."""
    context = browser.new_context(color_scheme=scheme)
    drawn = open_page(context)
    year(drawn)
    quiet = drawn.locator(f"{YEAR} h4").evaluate("one => getComputedStyle(one).color")
    for one in drawn.locator(f"{YEAR} .grid text, {YEAR} .month text").all():
        assert one.evaluate("one => getComputedStyle(one).fill") == quiet
    today = drawn.locator(f"{YEAR} .today text")
    body = drawn.evaluate("getComputedStyle(document.documentElement).color")
    assert today.evaluate("one => getComputedStyle(one).fill") == body
    grid = drawn.locator(f"{YEAR} .grid line").first
    assert grid.evaluate("one => getComputedStyle(one).stroke") != "none"
    context.close()


def test_the_legend_has_only_the_kinds_that_there_are(page: Page) -> None:
    months = [{**month, "from": "lived", "low": 2.0, "high": 9.0} for month in a_year()["months"]]
    year(page, a_year(months=months))
    assert page.locator(f"{YEAR} .legend li").all_inner_texts() == ["measured here"]


def test_a_higher_level_is_drawn_higher(page: Page) -> None:
    year(page)
    tops = [float(one.get_attribute("y") or 0) for one in page.locator(f"{YEAR} rect").all()]
    highs = [month["high"] for month in a_year()["months"][1:] if month["from"]]
    assert [tops.index(one) for one in sorted(tops)] == sorted(
        range(len(highs)), key=lambda place: -highs[place]
    )
    axis = page.locator(f"{YEAR} .grid text").all_text_contents()
    numbers = [float(one) for one in axis]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 0.0
    assert max(highs) / 3 < numbers[0] <= 1.1 * max(highs)


def test_today_is_marked_in_the_last_month(page: Page) -> None:
    places = []
    for today in ("2026-03-01", "2026-03-16", "2026-03-31"):
        card = show(
            page,
            a_kitchen(),
            {"replies": {"room_year": a_year(today=today)}},
            show_year=True,
        )
        page.locator(f"{YEAR} .today").wait_for()
        mark = page.locator(f"{YEAR} .today line")
        places.append(float(mark.get_attribute("x1") or 0))
        assert page.locator(f"{YEAR} .today text").text_content() == "today"
        assert inside(page, ".today text")
        last = page.locator(f"{YEAR} .month rect").last
        left = float(last.get_attribute("x") or 0)
        right = left + float(last.get_attribute("width") or 0)
        assert left - 4 < places[-1] < right + 4
        card.evaluate("card => card.remove()")
    assert places == sorted(set(places))


def inside(page: Page, selector: str) -> bool:
    """Tell whether parts of the strip do not stand out of it."""
    found: bool = page.locator(f"{YEAR} svg").evaluate(
        """(svg, selector) => {
          const whole = svg.getBoundingClientRect();
          return [...svg.querySelectorAll(selector)].every((part) => {
            const { left, right, top, bottom } = part.getBoundingClientRect();
            return left >= whole.left - 1 && right <= whole.right + 1
              && top >= whole.top - 1 && bottom <= whole.bottom + 1;
          });
        }""",
        selector,
    )
    return found


def test_nothing_overlaps_on_a_narrow_card(narrow: Page) -> None:
    year(narrow)
    names = narrow.locator(f"{YEAR} .month text")
    assert names.all_text_contents() == list("AMJJASONDJFM")
    boxes = [one.bounding_box() for one in names.all()]
    ends = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert len(ends) == 12
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))
    assert inside(narrow, "text, rect, line")
    wide = narrow.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


def test_wide_cards_have_names_of_three_letters(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 2000})
    page.add_style_tag(content="body { grid-template-columns: 1fr !important }")
    year(page)
    assert page.locator(f"{YEAR} .month text").first.text_content() == "Apr"
    assert inside(page, "text, rect, line")


def test_levels_of_any_size_have_an_axis(page: Page) -> None:
    for low, high in ((0.0, 0.0), (0.0, 0.4), (0.05, 0.2), (200.0, 45_000.0)):
        months = [
            {**month, "from": "lived", "low": low, "high": high} for month in a_year()["months"]
        ]
        card = show(
            page,
            a_kitchen(),
            {"replies": {"room_year": a_year(months=months)}},
            show_year=True,
        )
        page.locator(f"{YEAR} svg").wait_for()
        ticks = page.locator(f"{YEAR} .grid text").all_text_contents()
        assert 1 <= len(ticks) <= 5, (low, high)
        assert inside(page, "text, rect, line"), (low, high)
        assert "NaN" not in page.locator(f"{YEAR} svg").inner_html()
        card.evaluate("card => card.remove()")


def test_this_month_stands_beside_the_same_one_of_last_year(page: Page) -> None:
    year(page)
    said = page.locator(f"{YEAR} p.note").text_content()
    assert said is not None
    assert said.count(NO_BREAK) == 2, "a level and its unit stay in one line"
    assert said.replace(NO_BREAK, " ") == (
        "Usual in March so far: 3–12 μg/m³. Last year in March: 6–19 μg/m³."
    )


def test_the_dashboard_has_the_sentence_without_the_strip(page: Page) -> None:
    year(page, show_year=False)
    assert count(page, ".year p.note") == 1
    assert count(page, ".year svg") == 0
    assert count(page, ".year h4") == 0


def test_without_one_of_the_two_months_nothing_is_compared(page: Page) -> None:
    for place in (0, -1):
        months = a_year()["months"]
        months[place] = {"month": months[place]["month"], "from": None}
        card = show(
            page,
            a_kitchen(),
            {"replies": {"room_year": a_year(months=months)}},
            show_year=True,
        )
        page.locator(f"{YEAR} svg").wait_for()
        assert count(page, ".year p.note") == 0
        card.evaluate("card => card.remove()")


def test_a_room_that_has_seen_no_month_has_no_year(page: Page) -> None:
    months = [{"month": month["month"], "from": None} for month in a_year()["months"]]
    year(page, a_year(months=months))
    page.wait_for_function("window.asked.length === 2")
    assert count(page, ".year") == 0


def test_a_pollutant_without_a_year_is_not_asked_about(page: Page) -> None:
    show(page, a_kitchen(None), {"replies": {"room_year": a_year()}}, show_year=True)
    text(page)
    assert asked(page) == []
    assert count(page, ".year") == 0


def test_it_is_asked_for_again_only_when_it_has_changed(page: Page) -> None:
    year(page)
    page.locator(f"{YEAR} svg").wait_for()
    send(page, a_kitchen(1, compared="higher"))
    page.locator("air-baseline-card .chip.higher").wait_for()
    assert len(asked(page)) == 1
    assert count(page, ".year .month") == 12, "and it stays meanwhile"
    send(page, a_kitchen(2))
    page.wait_for_function(
        "window.asked.filter(({ type }) => type === 'air_baseline/room_year').length === 2"
    )


def test_a_year_that_cannot_be_had_takes_nothing_else_away(page: Page) -> None:
    replies = {"room_year": {"error": {"code": "unknown_error"}}}
    show(page, a_kitchen(), {"replies": replies}, show_year=True)
    assert re.search("Kitchen", text(page))
    assert count(page, ".year") == 0
    send(page, a_kitchen(1))
    assert len(asked(page)) == 1, "no more than once a version"
