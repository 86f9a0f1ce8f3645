"""Pictures and videos kept by a name, and what is drawn for operators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from groupbot.engine import media
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.promos import store

_NAME = re.compile(r"[\w-]{1,40}")


def keep_media(work: Work, name: str, file: tuple[str, str] | None) -> str:
    """Keep a file (kind, file id) for posts, in the place of one of that name; its name.

    Raises:
        Refusal: no file that posts can carry, or a name of other signs than letters, digits and -.
    """
    called = name.strip()
    if file is None or file[0] not in media.KINDS or not _NAME.fullmatch(called):
        raise Refusal("common/usage")
    media.save(work, called, file[0], file[1])
    return called


def media_kept(work: Work) -> list[dict[str, Any]]:
    """What is kept, by name."""
    return [{"name": name, "kind": kind} for name, kind, _ in media.saved(work)]


def bubble_of(heading: str, text: str, labels: Sequence[str] = ()) -> str:
    """What `picture:bubble` draws, as JSON."""
    return msgspec.json.encode({"heading": heading, "text": text, "buttons": list(labels)}).decode()


def forget_pushes(work: Work, before: datetime) -> int:
    """Forget files sent before that moment; how many."""
    return work.sql.run(store.OLD_PUSHES, before=before)
