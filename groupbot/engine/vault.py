"""Short secrets at rest: sealed under a key that does not lie in the database.

HMAC-SHA-256 in counter mode as the key stream, then HMAC-SHA-256 over all of it with a key of its own:
encrypt-then-MAC (Bellare and Namprempre 2000), from the standard library alone. `about` names what a secret
belongs to and is authenticated with it, so that nobody swaps two sealed values.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from groupbot.engine.clock import chance
from groupbot.engine.keys import sealing_key
from groupbot.engine.work import Work
from groupbot.errors import Misfit

FILE = "vault.key"
_KEY = re.compile(rb"[0-9a-fA-F]{64}")
_NONCE, _TAG = 16, 16  # bytes


def key_file(folder: Path) -> bytes:
    """The workspace's key, made at the first start and readable to its owner alone.

    Raises:
        Misfit: what lies there is no key. It is left as it is: a new one would not open what is sealed.
    """
    key = lying(folder)
    if key is None:
        _make(folder)
        key = lying(folder)
    assert key is not None
    return key


def lying(folder: Path) -> bytes | None:
    """The workspace's key where there is one.

    Raises:
        Misfit: what lies there is no key.
    """
    path = folder / FILE
    try:
        text = path.read_bytes().strip()
    except FileNotFoundError:
        if not path.is_symlink():
            return None
        raise _wrong(path, "this is a link to nowhere") from None
    except OSError as e:
        step = "make it a file that the bot's user may read"
        raise Misfit(f"this cannot be read: {e.strerror}", where=str(path), next=step) from None
    if not _KEY.fullmatch(text):
        raise _wrong(path, "this is no key, which is 32 bytes in hex")
    return bytes.fromhex(text.decode("ascii"))


def _wrong(path: Path, what: str) -> Misfit:
    return Misfit(
        f"{what}; what was sealed under the key that was here cannot be read without it",
        where=str(path),
        next="put it back from your backup, or, where there is none, move this file away: a new key is made",
    )


def _make(folder: Path) -> None:
    """A new key under its name at once and whole, whatever ends this; one that another process made first
    stays."""
    handle, name = tempfile.mkstemp(prefix=f"{FILE}.", dir=folder)  # its owner's alone
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(chance().randbytes(32).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        _named(part, folder / FILE)
    finally:
        part.unlink(missing_ok=True)
    _sync(folder)


def _named(part: Path, path: Path) -> None:
    try:
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:  # a disk without hard links
        if not path.exists():
            part.rename(path)


def _sync(folder: Path) -> None:
    """The new name is on the disk too, where the system lets a folder be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
    if not opens(key, sealed, about=about):
        raise ValueError("this was sealed under another key")
    return _stream(key, sealed[:_NONCE], sealed[_NONCE:-_TAG]).decode()


def opens(key: bytes, sealed: bytes, *, about: str) -> bool:
    """Was it sealed under this key, and about this?"""
    body, tag = sealed[:-_TAG], sealed[-_TAG:]
    return len(body) >= _NONCE and hmac.compare_digest(tag, _tag(key, about, body))


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
