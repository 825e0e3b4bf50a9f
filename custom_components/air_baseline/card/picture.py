"""The chart of a day as a picture, for notifications.

They have its signed path, which expires, from `words.explanation.async_picture_path`.
"""

from http import HTTPStatus
from io import BytesIO
from itertools import pairwise
from math import sqrt
from typing import Any

from aiohttp import web
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import loaded_rooms
from ..core.explaining.day_chart import DayChart, day_chart
from ..core.pollutant import plain_number
from ..core.reading.binning import Bin
from ..home_history.today import async_measured
from ..inputs.room_config import RoomSource

WIDTH, HEIGHT = 960, 480  # Pixels, by judgement: two to one is shown whole on phones.
LEFT, RIGHT, TOP, BOTTOM = 90, 24, 24, 56  # Pixels around the chart, by judgement.
MARKS = 6  # Hours between the marks of the time, by judgement: they do not touch.
TEXT = 26  # Pixels of the text, by judgement: it can be read at a third of the size.
LINE = 4  # Pixels of the line, by judgement.
HEADROOM = 1.1  # Times the highest level, by judgement.
WHITE, GREY, TEAL, BLUE, ORANGE = "#ffffff", "#5f6368", "#b9dedb", "#1f5fa8", "#f3c7a4"


class PictureView(HomeAssistantView):
    """Serves the chart of the present day of one pollutant to who may read its source.

    A signed path is read by Home Assistant's own user for content, who may.
    """

    url = f"/api/{DOMAIN}/picture/{{room}}/{{pollutant}}"
    name = f"api:{DOMAIN}:picture"

    async def get(self, request: web.Request, room: str, pollutant: str) -> web.Response:
        """Return the picture; 404 where there is no such room, or no Pillow to draw with."""
        hass = request.app[KEY_HASS]
        known = loaded_rooms(hass).get(room)
        sources = known.sources if known else {}
        kind = next((one for one in sources if one.value == pollutant), None)
        if known is None or kind is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        source = sources[kind]
        if not request[KEY_HASS_USER].permissions.check_entity(source.entity_id, POLICY_READ):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        now = dt_util.utcnow().timestamp()
        today = day_chart(known.channels[kind], now)
        bins = await async_measured(hass, known, kind, today.start, now)
        drawn = await hass.async_add_executor_job(draw, today, bins, source)
        if drawn is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(body=drawn, content_type="image/png")


def draw(today: DayChart, bins: list[Bin], source: RoomSource) -> bytes | None:
    """Return a chart as PNG: levels by their square root, hours, no words; None without Pillow."""
    try:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - slow, and may be missing
    except ImportError:
        return None
    image = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(TEXT)
    levels = [part.high for part in today.parts] + [bin_.value for bin_ in bins]
    top = max([*levels, 1.0]) * HEADROOM
    scale = _Scale(today.start, today.end, top)
    for span in today.episodes:
        pen.rectangle((scale.x(span.start), TOP, scale.x(span.end), HEIGHT - BOTTOM), fill=ORANGE)
    for part in today.parts:
        box = (scale.x(part.start), scale.y(part.high), scale.x(part.end), scale.y(part.low))
        pen.rectangle(box, fill=TEAL if today.firm else None, outline=None if today.firm else GREY)
    pen.line((LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM), fill=GREY)
    for before, after in pairwise(bins):
        if after.slot == before.slot + 1:
            points = (scale.at(before), scale.at(after))
            pen.line(points, fill=BLUE, width=LINE, joint="curve")
    _write(pen, font, today, scale, source)
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _write(pen: Any, font: Any, today: DayChart, scale: _Scale, source: RoomSource) -> None:  # noqa: ANN401 - Pillow's
    """Write levels and hours, which are the same in all languages."""
    for share in (1.0, 0.25):
        level = scale.top / HEADROOM * share
        text = plain_number(float(f"{level / source.factor:.2g}"))
        pen.text((LEFT - 12, scale.y(level)), text, fill=GREY, font=font, anchor="rm")
    for hours in range(0, 24, MARKS):
        at = today.start + hours * 3600.0
        text = dt_util.as_local(dt_util.utc_from_timestamp(at)).strftime("%H:%M")
        pen.text((scale.x(at), HEIGHT - 14), text, fill=GREY, font=font, anchor="lb")


class _Scale:
    """From times and levels to pixels."""

    def __init__(self, start: float, end: float, top: float) -> None:
        self.start, self.end, self.top = start, end, top

    def x(self, at: float) -> float:
        share = min(max((at - self.start) / (self.end - self.start), 0.0), 1.0)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, level: float) -> float:
        share = sqrt(min(max(level, 0.0) / self.top, 1.0))
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def at(self, bin_: Bin) -> tuple[float, float]:
        return self.x(bin_.start), self.y(bin_.value)
