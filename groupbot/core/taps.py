"""Button data: a typed value ↔ at most 64 bytes, sealed.

A button's data is sent by the client and can be forged, replayed or taken to another chat. So it
carries a truncated HMAC-SHA256 (64 bits) over the chat, the kind and the fields; authority is checked
again when it is pressed.
"""

from __future__ import annotations

import base64
import hmac
from binascii import b2a_base64
from functools import lru_cache
from typing import Any

import msgspec

LIMIT = 64
_SEAL = 8
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Unsealed(ValueError):
    """The data was not made by us, not for this chat, or by an older key."""


def _b64(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache(8)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def _seal(key: bytes, chat: int, kind: str, body: bytes) -> bytes:
    """Of a copy: `hmac.digest` lets go of the interpreter's lock each time, and the loop takes it."""
    made = _keyed(key).copy()
    made.update(f"{chat}|{kind}|".encode() + body)
    return made.digest()[:_SEAL]


def pack(value: Any, kind: str, chat: int, key: bytes) -> str:
    """`kind:fields.seal` for our chat id `chat`.

    Raises:
        ValueError: more than 64 bytes.
    """
    body = msgspec.msgpack.encode(msgspec.structs.astuple(value))
    data = f"{kind}:{_b64(body)}.{_b64(_seal(key, chat, kind, body))}"
    if len(data) > LIMIT:
        raise ValueError(f"button data of {kind} takes {len(data)} bytes, the limit is {LIMIT}")
    return data


def unpack(data: str, kinds: dict[str, type[Any]], chat: int, key: bytes) -> Any:
    """The value that `pack` sealed for this chat.

    Raises:
        Unsealed: forged, foreign, malformed or of an unknown kind.
    """
    try:
        kind, rest = data.split(":", 1)
        body64, seal64 = rest.split(".", 1)
        body, seal = _unb64(body64), _unb64(seal64)
        cls = kinds[kind]
    except (ValueError, KeyError) as e:
        raise Unsealed(data[:LIMIT]) from e
    if _b64(body) != body64 or _b64(seal) != seal64:  # base64 reads several spellings as one value
        raise Unsealed(data[:LIMIT])
    if not hmac.compare_digest(seal, _seal(key, chat, kind, body)):
        raise Unsealed(data[:LIMIT])
    try:
        fields = msgspec.msgpack.decode(body)
        names = cls.__struct_fields__
        return msgspec.convert(dict(zip(names, fields, strict=True)), cls)
    except (msgspec.MsgspecError, ValueError) as e:
        raise Unsealed(data[:LIMIT]) from e
