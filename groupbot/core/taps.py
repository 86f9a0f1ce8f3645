"""Button data: a typed value ↔ at most 64 bytes, sealed.

A button's data is sent by the client and can be forged, replayed or taken to another chat. So it
carries a truncated HMAC-SHA256 (64 bits) over the chat, the kind and the fields; authority is checked
again when it is pressed.
"""

from __future__ import annotations

import hmac
from typing import Any

import msgspec

from groupbot.core import seals

LIMIT = 64


class Unsealed(ValueError):
    """The data was not made by us, not for this chat, or by an older key."""


def _seal(key: bytes, chat: int, kind: str, body: bytes) -> bytes:
    return seals.seal(key, f"{chat}|{kind}|".encode() + body)


def pack(value: Any, kind: str, chat: int, key: bytes) -> str:
    """`kind:fields.seal` for our chat id `chat`.

    Raises:
        ValueError: more than 64 bytes.
    """
    body = msgspec.msgpack.encode(msgspec.structs.astuple(value))
    data = f"{kind}:{seals.spelled(body)}.{seals.spelled(_seal(key, chat, kind, body))}"
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
        body, seal = seals.read(body64), seals.read(seal64)
        cls = kinds[kind]
    except (ValueError, KeyError) as e:
        raise Unsealed(data[:LIMIT]) from e
    if (seals.spelled(body), seals.spelled(seal)) != (body64, seal64):  # several spellings are read as one
        raise Unsealed(data[:LIMIT])
    if not hmac.compare_digest(seal, _seal(key, chat, kind, body)):
        raise Unsealed(data[:LIMIT])
    try:
        fields = msgspec.msgpack.decode(body)
        names = cls.__struct_fields__
        return msgspec.convert(dict(zip(names, fields, strict=True)), cls)
    except (msgspec.MsgspecError, ValueError) as e:
        raise Unsealed(data[:LIMIT]) from e
