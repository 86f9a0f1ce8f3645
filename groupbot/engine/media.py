"""Files that posts carry: found beside the templates, kept by a name, sent again by the id Telegram gave.

What a template names is one of four: a file below `content_templates`, an address (https, fetched by the
guarded egress), `saved:NAME` (kept by an operator's reply), or a file id of this bot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Receipt, Send
from groupbot.engine.storage import UTC_, Begins, Hot, Upsert, metadata
from groupbot.engine.work import Work
from groupbot.errors import Misfit

media = sa.Table(
    "media",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),  # saved:NAME, or what was sent: kind, place, date and size
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

KINDS = ("photo", "video", "animation", "document")
SAVED = "saved:"
FRESH = timedelta(days=1)  # what stands behind an address may change: it is fetched anew after a day
LARGEST = {"photo": 10 << 20}  # bytes Telegram takes
MOST = 50 << 20
LONGEST = 2000  # bytes of a place whose file's id is remembered: an index of PostgreSQL's takes little more
ALBUM = (2, 10)  # pieces
_ID = re.compile(r"[A-Za-z0-9_-]{20,}")
_PICTURES, _VIDEOS = (".jpg", ".jpeg", ".png", ".webp"), (".mp4", ".mov", ".m4v")
_ENDINGS = {"photo": _PICTURES, "video": _VIDEOS, "animation": (*_VIDEOS, ".gif")}
_CACHE = "engine.media"

b = sa.bindparam
_m = media.c
_ONE = Hot(
    lambda: (
        sa.select(_m.kind, _m.file_id, _m.at).where(_m.bot_id == b("bot"), _m.name == b("the_name")).limit(1)
    )
)
_KEEP = Hot(
    lambda: Upsert(
        media,
        ("bot_id", "name", "kind", "file_id", "at"),
        ("bot_id", "name"),
        dict.fromkeys(("kind", "file_id", "at"), "new"),
    )
)
_NAMES = Hot(
    lambda: (
        sa.select(_m.name, _m.kind, _m.at)
        .where(_m.bot_id == b("bot"), Begins(_m.name, SAVED))
        .order_by(_m.name)
    )
)


# --- what a template names
def place(kind: str, named: str, folders: Sequence[Path], where: str = "") -> str:
    """What a front matter names, as a Send carries it: a file's whole path, else as it is.

    Raises:
        Misfit: no such file, outside of the folders, too large, or not of that kind.
    """
    if named.startswith(("https://", SAVED)):
        return named
    if "://" in named:
        raise Misfit(f"{kind} {named!r} is not fetched", where=where, next="give an address with https://")
    for folder in folders:
        path = (folder / named).resolve()
        if not path.is_file():
            continue
        if not path.is_relative_to(folder.resolve()):
            raise Misfit(f"{kind} {named!r} lies outside of {folder.name}", where=where, next="copy it there")
        endings = _ENDINGS.get(kind)
        if endings and path.suffix.lower() not in endings:
            raise Misfit(f"{named!r} is no {kind}", where=where, next=f"take one of {', '.join(endings)}")
        most = LARGEST.get(kind, MOST)
        if path.stat().st_size > most:
            step = f"make it smaller than {most >> 20} MB"
            raise Misfit(f"{named!r} is too large for a {kind}", where=where, next=step)
        return str(path)
    if _ID.fullmatch(named):
        return named
    raise Misfit(
        f"no file {named!r}", where=where, next=f"put it into {folders[0].name}/" if folders else "look again"
    )


def album(items: Sequence[Any], folders: Sequence[Path], where: str = "") -> tuple[tuple[str, str], ...]:
    """The pieces of an album as (kind, file). A piece is a name whose ending says what it is, or
    `{photo: …}`, `{video: …}`.

    Raises:
        Misfit: not two to ten pieces, or one that does not fit; documents go only with documents.
    """
    if not ALBUM[0] <= len(items) <= ALBUM[1]:
        raise Misfit(f"an album of {len(items)}", where=where, next="give 2 to 10 pieces")
    found = []
    for item in items:
        kind, named = next(iter(item.items())) if isinstance(item, dict) and len(item) == 1 else ("", item)
        if not isinstance(named, str) or kind not in ("", "photo", "video", "document"):
            raise Misfit(f"{item!r} is no piece of an album", where=where, next="write {photo: media/a.jpg}")
        found.append((kind or _kind_of(named), place(kind or _kind_of(named), named, folders, where)))
    if len({k == "document" for k, _ in found}) > 1:
        raise Misfit("documents go only with documents", where=where, next="make two posts of it")
    return tuple(found)


def _kind_of(named: str) -> str:
    ending = "." + named.rpartition(".")[2].lower()
    return "photo" if ending in _PICTURES or named.startswith(SAVED) else (
        "video" if ending in _VIDEOS else "document"
    )  # fmt: skip


def carried(send: dict[str, Any], folders: Sequence[Path], where: str = "") -> dict[str, Any]:
    """The fields of a Send with what it carries in its place.

    Raises:
        Misfit: as `place` and `album`.
    """
    found = dict(send)
    for kind in KINDS:
        if found.get(kind):
            found[kind] = place(kind, str(found[kind]), folders, where)
    if found.get("album"):
        found["album"] = album(found["album"], folders, where)
    return found


# --- kept by name
def save(work: Work, name: str, kind: str, file_id: str) -> None:
    """Keep a file under a name, in the place of one of that name."""
    _keep(work, SAVED + name, kind, file_id)


def saved(work: Work) -> list[Any]:
    """What is kept, by name: (name, kind, at)."""
    return [(r.name.removeprefix(SAVED), r.kind, r.at) for r in work.sql.all(_NAMES, bot=work.bot_id)]


def kept(work: Work, named: str) -> tuple[str, str] | None:
    """(kind, file id) of `saved:NAME`."""
    row = _known(work, named)
    return None if row is None else (row[0], row[1])


def checked(work: Work, send: dict[str, Any], where: str = "") -> None:
    """Are the files kept by name there, and of the right kind?

    Raises:
        Misfit: names the one that is not.
    """
    for kind, named in [*((k, send[k]) for k in KINDS if send.get(k)), *send.get("album", ())]:
        if not named.startswith(SAVED):
            continue
        found = kept(work, named)
        if found is None:
            step = f"answer the file with /media {named.removeprefix(SAVED)}"
            raise Misfit(f"nothing is kept as {named}", where=where, next=step)
        if found[0] != kind and kind != "photo":
            raise Misfit(f"{named} is a {found[0]}", where=where, next=f"write {found[0]}: {named}")


# --- at the moment of leaving, and after it
def ready(work: Work, send: Send) -> Send:
    """The message with what is known to Telegram by its id; the rest is sent from here."""
    changed: dict[str, Any] = {}
    for kind, named in _pieces(send):
        file = _file_id(work, kind, named)
        if file is not None:
            true = _true_kind(work, kind, named)  # `photo` may name any kept file
            changed |= {kind: None, true: file}
    if send.album:
        changed["album"] = tuple((_true_kind(work, k, n), _file_id(work, k, n) or n) for k, n in send.album)
    return structs.replace(send, **changed) if changed else send


def learned(work: Work, send: Send, receipt: Receipt) -> None:
    """Remember the ids Telegram gave to what was sent from here."""
    names = [(k, n) for k, n in _pieces(send)] if not send.album else list(send.album)
    for (kind, named), file_id in zip(names, receipt.files, strict=False):
        if file_id and _ours(named) and len((mark := _mark(kind, named)).encode()) <= LONGEST:
            _keep(work, mark, kind, file_id)


def _pieces(send: Send) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        named = getattr(send, kind)
        if named:
            yield kind, named


def _ours(named: str) -> bool:
    """Is it a file here or an address, that Telegram does not know by this name?"""
    return named.startswith("https://") or ("/" in named and not named.startswith(("draw:", "chart:")))


def _mark(kind: str, named: str) -> str:
    """What a file was when it was sent: another date or size is another file."""
    if named.startswith("https://"):
        return f"{kind} {named}"
    try:
        stat = Path(named).stat()
    except OSError:
        return f"{kind} {named}"
    return f"{kind} {named} {stat.st_mtime_ns} {stat.st_size}"


def _file_id(work: Work, kind: str, named: str) -> str | None:
    if named.startswith(SAVED):
        row = _known(work, named)
        return None if row is None else row[1]
    if not _ours(named):
        return None
    row = _known(work, _mark(kind, named))
    if row is None or (named.startswith("https://") and work.now - row[2] > FRESH):
        return None
    return row[1]


def _true_kind(work: Work, kind: str, named: str) -> str:
    row = _known(work, named) if named.startswith(SAVED) else None
    return kind if row is None else row[0]


def _known(work: Work, name: str) -> tuple[str, str, datetime] | None:
    cache = work.cached(_CACHE)
    if name not in cache:
        row = work.sql.first(_ONE, bot=work.bot_id, the_name=name)
        work.put(_CACHE, name, None if row is None else (row.kind, row.file_id, row.at))
    return cache[name]  # type: ignore[no-any-return]


def _keep(work: Work, name: str, kind: str, file_id: str) -> None:
    work.sql.run(_KEEP, bot_id=work.bot_id, name=name, kind=kind, file_id=file_id, at=work.now)
    work.drop(_CACHE, name)
