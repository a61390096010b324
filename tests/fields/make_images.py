#!/usr/bin/env python3
"""Makes the PNG images of this folder anew, by Pillow (PyPI). All show the same 4 x 3 pixels:

    # . # .
    . # . #
    t t # .     t: black, but transparent (alpha 100 of 255)

Usage: make_images.py          in this folder
"""

from PIL import Image

DARK = ["#.#.", ".#.#", "tt#."]


def pixel(mark):
    return (0, 0, 0, 100) if mark == "t" else (20, 40, 30, 255) if mark == "#" else (200, 230, 255, 255)


def main():
    rgba = Image.new("RGBA", (4, 3))
    rgba.putdata([pixel(mark) for row in DARK for mark in row])
    rgba.save("rgba.png")
    opaque = [pixel("." if mark == "t" else mark)[:3] for row in DARK for mark in row]
    rgb = Image.new("RGB", (4, 3))
    rgb.putdata(opaque)
    rgb.save("rgb.png")
    rgb.quantize(4).save("palette.png")
    rgb.convert("L").save("grey.png")
    rgb.convert("1", dither=Image.Dither.NONE).save("bits.png")
    wide = Image.new("I;16", (4, 3))
    wide.putdata([257 * (60 if p == (20, 40, 30) else 220) for p in opaque])
    wide.save("grey16.png")
    bomb = Image.new("1", (8200, 8200))  # 2^26 pixels and more, 8 kB
    bomb.save("../bad-decks/part-huge.png", optimize=True)
    regions = Image.new("RGBA", (8, 4), (255, 255, 255, 255))
    for i in range(8):
        for j in range(4):
            colour = (255, 0, 0, 255) if i < 3 else (0, 0, 255, 255) if i > 5 else (255, 255, 255, 255)
            regions.putpixel((i, j), (0, 255, 0, 0) if (i, j) == (7, 0) else colour)
    regions.save("regions.png")


if __name__ == "__main__":
    main()
