"""Draw the integration's pictures: a car that reaches a house directly. Artwork of our own."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "custom_components" / "tesla_direct" / "brand"
OVERSAMPLING = 8  # drawn larger, then scaled down, which smooths the edges
BLUE, INK, WHITE = "#0f7bd8", "#17324d", "#ffffff"
UNITS = 256  # the drawing's own coordinates


def draw() -> Image.Image:
    """Return the icon, large."""
    size = UNITS * OVERSAMPLING
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)

    def scaled(*points: float) -> list[float]:
        return [value * OVERSAMPLING for value in points]

    pen.rounded_rectangle(scaled(0, 0, 256, 256), radius=56 * OVERSAMPLING, fill=BLUE)
    # The house.
    pen.polygon(scaled(128, 34, 214, 104, 196, 104, 196, 150, 60, 150, 60, 104, 42, 104), fill=WHITE)
    # The arrow that goes straight in.
    pen.rectangle(scaled(118, 96, 138, 168), fill=BLUE)
    pen.polygon(scaled(128, 66, 160, 106, 96, 106), fill=BLUE)
    # The car.
    pen.rounded_rectangle(scaled(44, 184, 212, 214), radius=14 * OVERSAMPLING, fill=WHITE)
    pen.polygon(scaled(78, 186, 98, 164, 158, 164, 178, 186), fill=WHITE)
    for x in (82, 174):
        pen.ellipse(scaled(x - 17, 198, x + 17, 232), fill=INK)
        pen.ellipse(scaled(x - 8, 207, x + 8, 223), fill=WHITE)
    return image


def main() -> None:
    """Write each picture in the sizes that Home Assistant asks for."""
    FOLDER.mkdir(exist_ok=True)
    drawing = draw()
    for name, size in (("icon", 256), ("icon@2x", 512), ("logo", 256), ("logo@2x", 512)):
        drawing.resize((size, size), Image.Resampling.LANCZOS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
