"""What goes out and comes back: a truncated HMAC-SHA256 (64 bits), and bytes spelled as in addresses."""

from __future__ import annotations

import base64
import hmac
from binascii import b2a_base64
from functools import lru_cache

SIZE = 8  # bytes of a seal
LIMIT = 64  # characters Telegram takes behind start=
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Forged(ValueError):
    """Not sealed by us."""


def spelled(raw: bytes) -> str:
    """Bytes in URL-safe base64 without its padding."""
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()


def read(text: str) -> bytes:
    """The bytes that are spelled so; several spellings are read as one.

    Raises:
        ValueError: none are.
    """
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache(8)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def seal(key: bytes, said: bytes) -> bytes:
    """Of a copy: `hmac.digest` lets go of the interpreter's lock each time, and the loop takes it."""
    made = _keyed(key).copy()
    made.update(said)
    return made.digest()[:SIZE]


def start(key: bytes, maker: str, what: bytes, body: bytes) -> str:
    """The payload behind start= of a link to the bot: who makes such links, and a body sealed as `what`."""
    return maker + spelled(body + seal(key, what + body))


def started(key: bytes, maker: str, what: bytes, payload: str) -> bytes:
    """The body of a payload.

    Raises:
        Forged: not sealed by us as `what`.
    """
    try:
        raw = read(payload.removeprefix(maker))
    except ValueError as e:
        raise Forged(payload[:LIMIT]) from e
    body = raw[:-SIZE]
    if not hmac.compare_digest(raw[-SIZE:], seal(key, what + body)):
        raise Forged(payload[:LIMIT])
    return body
