"""Draw the brand images: a day's line that stays in its band, and leaves it once."""

from math import exp
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "custom_components" / "air_baseline" / "brand"
DRAWN = 2048  # Drawn large and scaled down, so that edges are smooth.
BAND = (32, 128, 141, 70)
EDGE = (32, 128, 141, 255)
LINE = {"": (24, 52, 64, 255), "dark_": (236, 244, 246, 255)}
PEAK = (232, 132, 44, 255)


def level(x: float) -> float:
    """Return the height of the line at x (0 to 1), 0 the bottom and 1 the top."""
    wave = 0.42 + 0.05 * (1 - (2 * x - 0.5) ** 2)
    return wave + 0.42 * exp(-(((x - 0.68) / 0.07) ** 2))


def icon(theme: str) -> Image.Image:
    """Return the icon of a theme."""
    image = Image.new("RGBA", (DRAWN, DRAWN), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    left, right = 0.06 * DRAWN, 0.94 * DRAWN
    top, bottom = 0.46 * DRAWN, 0.74 * DRAWN
    draw.rounded_rectangle((left, top, right, bottom), radius=0.09 * DRAWN, fill=BAND)
    for y in (top, bottom):
        draw.line((left + 0.09 * DRAWN, y, right - 0.09 * DRAWN, y), fill=EDGE, width=28)
    steps = 400
    points = [
        (left + (right - left) * (0.04 + 0.92 * step / steps), (1.0 - level(step / steps)) * DRAWN)
        for step in range(steps + 1)
    ]
    for x, y in points:
        colour = PEAK if y < top else LINE[theme]
        draw.ellipse((x - 62, y - 62, x + 62, y + 62), fill=colour)
    return image


def main() -> None:
    """Write the icon, plain and dark, at one and two times its size; it is the logo too."""
    for theme in LINE:
        drawn = icon(theme)
        for side, suffix in ((256, ""), (512, "@2x")):
            path = FOLDER / f"{theme}icon{suffix}.png"
            drawn.resize((side, side), Image.Resampling.LANCZOS).save(path, optimize=True)


if __name__ == "__main__":
    main()
