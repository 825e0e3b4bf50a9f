"""Draw the brand images: the line of a day that stays in its band and leaves it once."""

from math import exp
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "custom_components" / "air_baseline" / "brand"
DRAWN = 2048  # Drawn large and scaled down, so that edges are smooth.
BAND = (32, 128, 141, 70)
EDGE = (32, 128, 141, 255)
LINE = {"": (24, 52, 64, 255), "dark_": (236, 244, 246, 255)}
PEAK = (232, 132, 44, 255)
EDGE_WIDTH, RADIUS = 36, 70  # Pixels, as drawn.


def level(x: float) -> float:
    """Return the height of the line at x (0 to 1), 0 the bottom and 1 the top."""
    wave = 0.24 + 0.06 * (1 - (2 * x - 0.5) ** 2)
    return wave + 0.67 * exp(-(((x - 0.68) / 0.085) ** 2))


def icon(theme: str) -> Image.Image:
    """Return the icon of a theme; the drawing reaches all four edges."""
    image = Image.new("RGBA", (DRAWN, DRAWN), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    top = 0.48 * DRAWN
    draw.rounded_rectangle((0, top, DRAWN - 1, DRAWN - 1), radius=0.1 * DRAWN, fill=BAND)
    for y in (top + EDGE_WIDTH / 2, DRAWN - EDGE_WIDTH / 2):
        draw.line((0.1 * DRAWN, y, 0.9 * DRAWN, y), fill=EDGE, width=EDGE_WIDTH)
    steps = 400
    points = [
        ((0.06 + 0.88 * step / steps) * DRAWN, (1.0 - level(step / steps)) * DRAWN)
        for step in range(steps + 1)
    ]
    above = min(y for _, y in points) - RADIUS
    for x, y in points:
        colour = PEAK if y - above < top else LINE[theme]
        draw.circle((x, y - above), RADIUS, fill=colour)
    return image


def main() -> None:
    """Write the icon, plain and dark, at single and double size; it is also the logo."""
    for theme in LINE:
        drawn = icon(theme)
        for side, suffix in ((256, ""), (512, "@2x")):
            path = FOLDER / f"{theme}icon{suffix}.png"
            drawn.resize((side, side), Image.Resampling.LANCZOS).save(path, optimize=True)


if __name__ == "__main__":
    main()
