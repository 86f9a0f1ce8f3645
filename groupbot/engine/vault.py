"""Short secrets at rest: sealed under a key that does not lie in the database.

HMAC-SHA-256 in counter mode as the key stream, then HMAC-SHA-256 over all of it with a key of its own:
encrypt-then-MAC (Bellare and Namprempre 2000), from the standard library alone. `about` names what a secret
belongs to and is authenticated with it, so that nobody swaps two sealed values.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from groupbot.engine.clock import chance
from groupbot.engine.keys import sealing_key
from groupbot.engine.work import Work

FILE = "vault.key"
_NONCE, _TAG = 16, 16  # bytes


def key_file(folder: Path) -> bytes:
    """The workspace's key, made at the first start and readable to its owner alone."""
    path = folder / FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text("ascii").strip())
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(chance().randbytes(32).hex() + "\n")
    return bytes.fromhex(path.read_text("ascii").strip())


def key_of(work: Work) -> bytes:
    """The key to seal with; without a key file (tests, one-off tools) one made from the button key."""
    return work.me.vault or hmac.digest(sealing_key(work), b"vault", "sha256")


def seal(key: bytes, text: str, *, about: str, nonce: bytes) -> bytes:
    """Seal a text. `nonce`: 16 random bytes, new each time."""
    hidden = _stream(key, nonce, text.encode())
    return nonce + hidden + _tag(key, about, nonce + hidden)


def unseal(key: bytes, sealed: bytes, *, about: str) -> str:
    """The text again.

    Raises:
        ValueError: another key, another `about`, or a changed byte.
    """
    body, tag = sealed[:-_TAG], sealed[-_TAG:]
    if len(body) < _NONCE or not hmac.compare_digest(tag, _tag(key, about, body)):
        raise ValueError("this was sealed under another key")
    return _stream(key, body[:_NONCE], body[_NONCE:]).decode()


def _stream(key: bytes, nonce: bytes, data: bytes) -> bytes:
    own = hmac.digest(key, b"stream", "sha256")
    blocks = (
        hmac.digest(own, nonce + i.to_bytes(4, "big"), "sha256") for i in range(-(-len(data) // 32) or 1)
    )
    return bytes(a ^ b for a, b in zip(data, b"".join(blocks), strict=False))


def _tag(key: bytes, about: str, body: bytes) -> bytes:
    own = hmac.digest(key, b"tag", "sha256")
    head = hashlib.sha256(about.encode()).digest()
    return hmac.digest(own, head + body, "sha256")[:_TAG]
