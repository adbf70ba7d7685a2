"""What some of the written stories show: pictures that we draw, each with the place where it was "taken"; and a scan."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from yipanqi.files.actions import Taken, keep
from yipanqi.files.convert import convert
from yipanqi.files.scanning import Found

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = (960, 720)
SCANNED = (720, 1020)


def _sky(draw: ImageDraw, top: tuple[int, int, int], bottom: tuple[int, int, int], down_to: int) -> None:
    for y in range(down_to):
        part = y / down_to
        colour = tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        draw.line((0, y, SIZE[0], y), fill=colour)


def _dark_street(draw: ImageDraw) -> None:
    """Lamps along a road, none of them lit."""
    _sky(draw, (8, 12, 30), (46, 48, 70), 430)
    for x in range(0, SIZE[0], 120):
        draw.rectangle((x, 250 - x % 170, x + 96, 430), fill=(22, 25, 40))
        draw.rectangle((x + 30, 300, x + 44, 318), fill=(190, 160, 90) if x % 240 else (30, 34, 50))
    draw.polygon([(0, 720), (420, 430), (560, 430), (960, 720)], fill=(36, 37, 42))
    for n in range(4):
        x, height = 150 + n * 85, 330 - n * 60
        draw.line((x, 720 - n * 75, x, 720 - n * 75 - height), fill=(88, 90, 96), width=10 - 2 * n)
        draw.ellipse(
            (x - 22 + 4 * n, 712 - n * 75 - height, x + 22 - 4 * n, 728 - n * 75 - height), fill=(70, 70, 76)
        )


def _school_gate(draw: ImageDraw) -> None:
    """The gate at dusk, and the first lamp, dark as well."""
    _sky(draw, (38, 44, 78), (196, 140, 110), 470)
    draw.rectangle((0, 470, 960, 720), fill=(52, 52, 56))
    draw.rectangle((180, 200, 780, 480), fill=(120, 92, 78))
    draw.rectangle((380, 290, 580, 480), fill=(40, 44, 56))
    for x in range(390, 580, 20):
        draw.line((x, 290, x, 480), fill=(110, 114, 124), width=3)
    draw.line((860, 660, 860, 210), fill=(70, 72, 78), width=14)
    draw.ellipse((822, 190, 898, 226), fill=(84, 84, 88))


def _flood(draw: ImageDraw) -> None:
    """A junction under water."""
    _sky(draw, (120, 130, 140), (176, 184, 190), 300)
    draw.rectangle((0, 300, 960, 720), fill=(112, 104, 88))
    for y in range(320, 720, 26):
        for x in range((y * 7) % 90, 960, 90):
            draw.arc((x, y, x + 60, y + 16), 180, 360, fill=(150, 142, 124), width=3)
    draw.rectangle((330, 380, 610, 470), fill=(160, 40, 40))
    draw.polygon([(390, 380), (430, 320), (540, 320), (580, 380)], fill=(70, 80, 96))
    draw.rectangle((300, 455, 640, 480), fill=(112, 104, 88))


def _locked_door(draw: ImageDraw) -> None:
    """A door with a chain, and the sign that says otherwise."""
    draw.rectangle((0, 0, 960, 720), fill=(206, 200, 188))
    draw.rectangle((300, 90, 660, 690), fill=(92, 110, 120))
    draw.line((480, 90, 480, 690), fill=(60, 72, 80), width=6)
    draw.arc((430, 360, 530, 460), 0, 180, fill=(40, 40, 44), width=12)
    draw.rectangle((440, 350, 520, 400), fill=(176, 140, 60))
    draw.rectangle((60, 150, 240, 270), fill=(40, 90, 160))
    draw.text((96, 190), "24 H", fill=(255, 255, 255), font_size=48)


def _paper(draw: ImageDraw) -> None:
    """A scanned letter: its red head, lines of print, what a leader wrote beside them, and the stamp of the day it came.
    No word on it can be read: the words are in the platform."""
    draw.rectangle((0, 0, *SCANNED), fill=(250, 248, 242))
    for x in range(160, 560, 50):
        draw.rectangle((x, 90, x + 38, 128), fill=(188, 36, 32))
    draw.line((70, 168, 650, 168), fill=(188, 36, 32), width=5)
    for row in range(16):
        y, until = 240 + row * 38, 330 if row % 6 == 5 else 470
        for x in range(90 if row % 6 else 126, until, 21):
            draw.rectangle((x, y, x + 15, y + 15), fill=(70, 70, 74))
    for row in range(5):
        points = [(505 + 9 * n, 250 + 46 * row + (n * 37 + row * 53) % 29) for n in range(17)]
        draw.line(points, fill=(28, 44, 120), width=4, joint="curve")
    draw.ellipse((470, 760, 640, 930), outline=(188, 36, 32), width=7)
    draw.rectangle((90, 900, 300, 960), outline=(60, 70, 140), width=4)
    draw.line((90, 930, 300, 930), fill=(60, 70, 140), width=2)


Drawing = Callable[["ImageDraw"], None]
# By the key of the story. The last is of somebody hidden: it stays with intake.
SHOWN: Mapping[str, Sequence[tuple[str, Drawing]]] = {
    "overdue": (("校门口往东.jpg", _dark_street), ("校门口.jpg", _school_gate)),
    "on-hold": (("路口积水.jpg", _flood),),
    "not-solved": (("晚上八点.jpg", _locked_door),),
}


def photos(story: str, at: dt.datetime) -> list[Taken]:
    """The photos of a story. We drew them, so they need no process of their own."""
    return [_taken(name, _drawn(drawing, SIZE, located=True), at) for name, drawing in SHOWN.get(story, ())]


def scan(at: dt.datetime) -> Taken:
    """The scan of a document with what a leader wrote on it."""
    return _taken("批示件首页.jpg", _drawn(_paper, SCANNED), at)


def _taken(name: str, data: bytes, at: dt.datetime) -> Taken:
    copies = convert("jpeg", data)
    return keep(name=name, kind="jpeg", data=data, copies=copies, found=Found.NO_SCANNER, at=at)


def _drawn(drawing: Drawing, size: tuple[int, int], *, located: bool = False) -> bytes:
    from PIL import Image, ImageDraw

    image, out = Image.new("RGB", size), io.BytesIO()
    drawing(ImageDraw.Draw(image))
    exif = Image.Exif()
    if located:
        exif[0x8825] = {1: "N", 2: (36.0, 40.0, 0.0), 3: "E", 4: (117.0, 0.0, 0.0)}
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()
