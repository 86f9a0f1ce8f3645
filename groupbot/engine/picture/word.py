"""A word drawn so that a person reads it and a machine does not easily: the captcha's picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

WIDTH, HEIGHT = 320, 120


def word_png(word: str) -> bytes:
    """PNG bytes, 320 × 120. Waits for the drawing (some milliseconds): call it beside the loop."""
    made: bytes = _drawer().generate(word, format="png").getvalue()
    return made


@lru_cache(1)
def _drawer() -> Any:
    from captcha.image import ImageCaptcha  # noqa: PLC0415 - Pillow only once a group asks for pictures

    return ImageCaptcha(width=WIDTH, height=HEIGHT, font_sizes=(56, 64, 72))
