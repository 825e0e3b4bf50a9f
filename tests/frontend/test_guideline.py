"""The guideline on the card: measured, and said on top of whatever has been learned."""

from playwright.sync_api import Page

from tests.frontend.messages import STATES, a_channel, a_guideline, a_mean, a_room
from tests.frontend.pages import count, show, text


def test_the_guideline_comes_on_top_of_every_state(page: Page) -> None:
    for state in ("collecting", "changing", "stale", "paused", "unusual", "learned"):
        channel = STATES[state]["channels"][0] | {"above_guideline": True, "mean": a_mean(41.0)}
        card = show(page, a_room(channel))
        text(page)
        said = page.locator("air-baseline-card .guideline.above").inner_text()
        assert said == "Measured: 24 h: 41 μg/m³, guideline 15", state
        assert count(page, ".chip.above_guideline") == (state != "unusual"), state
        inferred = page.locator("air-baseline-card .chip").last.inner_text()
        assert inferred not in ("", "PM2.5 above guideline"), state
        card.evaluate("card => card.remove()")


def test_the_line_of_the_guideline_is_named_where_it_is_in_the_chart(page: Page) -> None:
    name = "Guideline for a mean of 24 hours (WHO): 15 μg/m³"
    card = show(page, STATES["learned"])
    text(page)
    assert page.locator("air-baseline-card .legend .limit").inner_text() == name
    card.evaluate("card => card.remove()")
    show(page, a_room(a_channel(guideline=a_guideline(limit=1000.0))))
    text(page)
    assert count(page, ".legend .limit") == 0


def test_without_enough_hours_there_is_the_value_and_no_mean(page: Page) -> None:
    high = STATES["collecting"]["channels"][0] | {
        "guideline": a_guideline(now_above=True),
        "mean": a_mean(190.0, 3.4),
    }
    show(page, a_room(high))
    shown = text(page)
    assert "5.4 μg/m³" in shown
    assert "Not enough hours for the 24-hour mean: 3 of 18. Guideline 15 μg/m³." in shown
    assert "190" not in shown
    chips = page.locator("air-baseline-card .chip").all_inner_texts()
    assert chips == ["Now above 15 μg/m³, the guideline for 24 hours", "Not enough data yet"]


def test_a_mean_of_one_hour_waits_for_minutes(page: Page) -> None:
    guideline = a_guideline(limit=1000.0, hours=1, needed=0.75)
    mean = a_mean(900.0, 0.5)
    show(page, a_room(a_channel(quantity="voc_mass", guideline=guideline, mean=mean)))
    assert "Not enough minutes for the 1-hour mean: 30 of 45." in text(page)
    mean = a_mean(1200.0, 24.0, is_least=True)
    show(page, a_room(a_channel(quantity="voc_mass", guideline=guideline, mean=mean)))
    found = page.locator("air-baseline-card .guideline").last
    found.get_by_text("at least").wait_for()
    assert found.inner_text() == "Measured: 1 h: at least 1200 μg/m³, guideline 1000".replace(
        "1200", "1,200"
    ).replace("1000", "1,000")


def test_a_pollutant_without_a_guideline_has_no_line_of_it(page: Page) -> None:
    show(page, STATES["collecting_voc"])
    text(page)
    assert count(page, ".guideline") == 0
