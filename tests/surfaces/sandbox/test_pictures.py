"""Sizes of pictures, from their first bytes."""

import struct

import pytest

from groupbot.surfaces.sandbox.pictures import kind, size
from tests.surfaces.sandbox.conftest import png

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 20, 30) + b"\x01"
VP8L = (29 | 19 << 14).to_bytes(4, "little")
WEBP = b"RIFF\0\0\0\0WEBP"


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (png(30, 20), "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a" + struct.pack("<HH", 30, 20), "image/gif"),
        (WEBP + b"VP8X" + b"\0" * 8 + b"\x1d\0\0\x13\0\0", "image/webp"),
        (WEBP + b"VP8L" + b"\0\0\0\0\x2f" + VP8L, "image/webp"),
        (WEBP + b"VP8 " + b"\0" * 10 + struct.pack("<HH", 30, 20), "image/webp"),
    ],
)
def test_each_sort_of_picture_has_its_size(data: bytes, media: str) -> None:
    assert (kind(data), size(data)) == (media, (30, 20))


@pytest.mark.parametrize("data", [b"", b"text", png()[:12], JPEG[:9], WEBP + b"????" + b"\0" * 20])
def test_what_cannot_be_read_has_no_size(data: bytes) -> None:
    assert size(data) is None
