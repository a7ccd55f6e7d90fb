"""Draws a product's picture: its silhouette in its own colour on a soft ground.

Pure Pillow, no randomness: the same type, colour and ground give the same bytes.
"""

import colorsys
import io
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

SILHOUETTES = Path(__file__).with_name("silhouettes.txt")
SIZE = 640  # pixels of the stored picture
THUMB = 240  # pixels of the small one in lists
SUPER = 2  # drawn larger and shrunk, because Pillow's polygons have hard edges
FIXED = {
    "white": "#fbfaf7",
    "paper": "#f6efdf",
    "ink": "#2d3138",
    "metal": "#b9bec4",
    "wood": "#b98a5b",
    "leaf": "#6f9460",
    "accent": "#e0a53c",
    "glass": "#8fb4c8",
    "glow": "#fff3cf",
    "pale": "#e6f0f4",
}
GROUNDS = ("#f3eee6", "#eaf0f2", "#f2ecee", "#edf1e8", "#efedf4", "#f4f0e4")


class Shape(NamedTuple):
    kind: str
    numbers: tuple[float, ...]
    role: str
    points: tuple[tuple[float, float], ...]


@cache
def silhouettes() -> dict[str, tuple[Shape, ...]]:
    """The drawings of silhouettes.txt by product type."""
    found: dict[str, list[Shape]] = {}
    for line in SILHOUETTES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            shapes = found[line[1:-1]] = []
        elif not line.startswith("#"):
            shapes.append(_parse(line.split()))
    return {name: tuple(shapes) for name, shapes in found.items()}


def _parse(words: list[str]) -> Shape:
    head, role, *points = words
    numbers = tuple(float(n) for n in head[1:].split(",")) if head[1:] else ()
    return Shape(head[0], numbers, role, tuple(_point(p) for p in points))


def _point(text: str) -> tuple[float, float]:
    x, y = text.split(",")
    return float(x), float(y)


def draw_picture(
    product_type: str, colour: str, ground_index: int = 0, *, gem: str = FIXED["pale"]
) -> Image.Image:
    """Return a SIZE x SIZE picture. `colour` and `gem` are "#rrggbb"."""
    palette = _palette(colour, GROUNDS[ground_index % len(GROUNDS)])
    palette |= {"gem": gem, "glint": _shade(gem, 1.25)}
    side = SIZE * SUPER
    image = Image.new("RGB", (side, side), palette["ground"])
    pen = ImageDraw.Draw(image)
    scale = side / 100
    _ellipse(pen, scale, ((18.0, 82.0), (82.0, 92.0)), palette["shadow"])
    for shape in silhouettes()[product_type]:
        _draw(pen, scale, shape, palette[shape.role])
    return image.reduce(SUPER)


def encode(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82, method=0)
    return buffer.getvalue()


def thumbnail(image: Image.Image) -> Image.Image:
    return image.resize((THUMB, THUMB), Image.Resampling.BOX)


def _palette(colour: str, ground: str) -> dict[str, str]:
    """The roles of the shapes as colours; near-white products get a visible edge."""
    return {
        **FIXED,
        "main": colour,
        "dark": _shade(colour, 0.78),
        "light": _shade(colour, 1.22),
        "ground": ground,
        "shadow": _shade(ground, 0.92),
    }


def _shade(colour: str, factor: float) -> str:
    """Lighter (above 1) or darker (below 1), keeping the hue; black still gets lighter."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = min(0.97, light * factor + (0.06 if factor > 1 else 0))
    rgb = colorsys.hls_to_rgb(hue, light, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _draw(pen: ImageDraw.ImageDraw, scale: float, shape: Shape, colour: str) -> None:
    points = [(x * scale, y * scale) for x, y in shape.points]
    if shape.kind == "o":
        pen.ellipse([*points[0], *points[1]], fill=colour)
    elif shape.kind == "r":
        pen.rounded_rectangle([*points[0], *points[1]], shape.numbers[0] * scale, fill=colour)
    elif shape.kind == "l":
        pen.line(points, fill=colour, width=round(shape.numbers[0] * scale), joint="curve")
    elif shape.kind == "a":
        start, end, width = shape.numbers
        pen.arc([*points[0], *points[1]], start, end, fill=colour, width=round(width * scale))
    else:
        pen.polygon(_curve(points) if shape.kind == "s" else points, fill=colour)


def _ellipse(
    pen: ImageDraw.ImageDraw, scale: float, box: tuple[tuple[float, float], ...], colour: str
) -> None:
    pen.ellipse([value * scale for point in box for value in point], fill=colour)


def _curve(points: list[tuple[float, float]], steps: int = 12) -> list[tuple[float, float]]:
    """A closed Catmull-Rom curve through the points."""
    n = len(points)
    return [
        _between([points[(i + k) % n] for k in (-1, 0, 1, 2)], step / steps)
        for i in range(n)
        for step in range(steps)
    ]


def _between(four: list[tuple[float, float]], t: float) -> tuple[float, float]:
    weights = (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (-(t**2) + t**3) / 2,
    )
    return (
        sum(w * p[0] for w, p in zip(weights, four, strict=True)),
        sum(w * p[1] for w, p in zip(weights, four, strict=True)),
    )
