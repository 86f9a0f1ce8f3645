"""The library: recaps of sessions, pictures and videos kept by a name. Each has a medium and a job, may have
a last day of use, and comes again in a chat after thirty days at the soonest, unless it is pinned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from groupbot.core.setting import switch_of
from groupbot.engine import media
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import store as plans
from groupbot.features.promos.domain import close
from groupbot.features.promos.store import items as store

_NAME = re.compile(r"[\w-]{1,40}")
JOBS = ("bind", "smooth", "amplify")
KEEP = timedelta(days=180)  # an item made of members' questions; their words are kept no longer
AGAIN = timedelta(days=30)  # before an item comes again in a chat
SHOWN = 20
_MANY = 500  # names of messages in one statement


def keep_media(work: Work, text: str, file: tuple[str, str] | None) -> str:
    """Keep a file (kind, file id) for posts, in the place of one of that name; its name. `text` is
    `NAME [bind|smooth|amplify] [until 2027-05-01]`.

    Raises:
        Refusal: no file that posts can carry, a name of other signs than letters, digits and -, or no job.
    """
    called, _, rest = text.strip().partition(" ")
    words = rest.split()
    job = words.pop(0) if words and words[0] in JOBS else ""
    if file is None or file[0] not in media.KINDS or not _NAME.fullmatch(called):
        raise Refusal("common/usage")
    until = _day(words[1]) if len(words) == 2 and words[0] == "until" else None
    if words and until is None:
        raise Refusal("common/usage")
    media.save(work, called, file[0], file[1])
    row = _adopt(work, called, file[0])
    work.sql.run(
        store.MARK, the_name=called, pinned=row.pinned, retired=False, job=job or row.job, use_by=until
    )
    return called


def media_kept(work: Work) -> list[dict[str, Any]]:
    """What is kept, by name."""
    return [{"name": name, "kind": kind} for name, kind, _ in media.saved(work)]


def keep_item(
    work: Work, topic: str, chat: int, source: str, *, ref: str, medium: str = "text", job: str = "smooth"
) -> str:
    """Put something into the library that was just said in a chat, as `ref`; its name there."""
    zone = zone_of(members.voice(work, chat, None)[1])
    name = f"{topic} {work.now.astimezone(zone):%Y-%m-%d} {members.title(work, chat)}"
    at: dict[str, Any] = {"chat_id": chat, "at": work.now, "use_by": work.now + KEEP}
    work.sql.run(store.KEEP_ITEM, name=name, medium=medium, job=job, topic=topic, source=source, **at)
    row = work.sql.first(store.ITEM, the_name=name)
    assert row is not None
    work.sql.run(store.USED, item_id=row.id, chat_id=chat, at=work.now, ref=ref)
    return name


def _adopt(work: Work, name: str, medium: str) -> Any:
    """The item of a kept file; one kept before there were items becomes one."""
    row = work.sql.first(store.ITEM, the_name=name)
    if row is None:
        at: dict[str, Any] = {"chat_id": None, "at": work.now, "use_by": None}
        source = media.SAVED + name
        work.sql.run(store.ADOPT, name=name, medium=medium, job=JOBS[0], topic="", source=source, **at)
        row = work.sql.first(store.ITEM, the_name=name)
    elif row.medium != medium:
        work.sql.run(store.MEDIUM, the_name=name, medium=medium)
    return row


# --- what posts take of it
def taken(send: Mapping[str, Any]) -> list[str]:
    """The names of the kept files among what a template's front matter, or a Send, carries."""
    named = [send.get(k) for k in media.KINDS]
    for piece in send.get("album") or ():
        named.append(next(iter(piece.values())) if isinstance(piece, dict) else piece)
    return [n.removeprefix(media.SAVED) for n in named if isinstance(n, str) and n.startswith(media.SAVED)]


def barred(work: Work, chat: int, send: Mapping[str, Any]) -> str:
    """The kept file among what is carried that may not be said in this chat now: retired, past its use, or
    said here within thirty days; '' for none. Where nothing kept is carried this asks nothing."""
    return next((name for name in taken(send) if _held(work, chat, name)), "")


def _held(work: Work, chat: int, name: str) -> bool:
    row = work.sql.first(store.STANDING, the_name=name, chat=chat, now=work.now, since=work.now - AGAIN)
    return row is not None and (not row.fit or (bool(row.lately) and not row.pinned))


def used(work: Work, chat: int, send: Mapping[str, Any], ref: str) -> None:
    """What is carried was said in a chat, as `ref`."""
    for name in taken(send):
        found = media.kept(work, media.SAVED + name)
        if found is not None:
            row = _adopt(work, name, found[0])
            work.sql.run(store.USED, item_id=row.id, chat_id=chat, at=work.now, ref=ref)


def unused(work: Work, refs: Sequence[str]) -> None:
    """What these messages carried was not said: they never left."""
    for at in range(0, len(refs), _MANY):
        work.sql.run(store.unused(refs[at : at + _MANY]))


def standing(work: Work, chat: int, name: str) -> Any:
    """An item that may be said in a chat now; None for one that may not, or is none."""
    row = work.sql.first(store.STANDING, the_name=name, chat=chat, now=work.now, since=work.now - AGAIN)
    return row if row is not None and row.fit and (row.pinned or not row.lately) else None


# --- operators' hands
def library(work: Work) -> list[dict[str, Any]]:
    """The newest items: medium, job, until when they are of use, how often and when last said (dates)."""
    for name, kind, _ in media.saved(work):
        _adopt(work, name, kind)
    return [_row(r) | {"said": f"{r.said:%m-%d}" if r.said else "", "uses": int(r.uses or 0)}
            for r in work.sql.all(store.ITEMS, most=SHOWN)]  # fmt: skip


def _row(r: Any) -> dict[str, Any]:
    return {
        "name": r.name,
        "medium": r.medium,
        "job": r.job,
        "use_by": f"{r.use_by:%Y-%m-%d}" if r.use_by else "",
        "pinned": bool(r.pinned),
        "retired": bool(r.retired),
        "saved": r.source.startswith(media.SAVED),
    }


def item(work: Work, name: str) -> dict[str, Any]:
    """One item: the same, with the groups it was said in, and what carries it.

    Raises:
        Refusal: there is none of this name.
    """
    row = _found(work, name)
    uses = work.sql.all(store.USES, item=row.id, most=SHOWN)
    said = [{"title": members.title(work, u.chat_id), "at": u.at} for u in uses]
    return _row(row) | {"said": said[:5], "uses": len(said), "source": row.source}


def mark(work: Work, name: str, **change: Any) -> dict[str, Any]:
    """Pin an item, retire it, give it another job or last day: `pinned`, `retired`, `job`, `use_by`.

    Raises:
        Refusal: there is none of this name.
    """
    row = _found(work, name)
    now = {k: getattr(row, k) for k in ("pinned", "retired", "job", "use_by")} | change
    work.sql.run(store.MARK, the_name=row.name, **now)
    return item(work, row.name)


def until(work: Work, text: str) -> dict[str, Any]:
    """`NAME 2027-05-01` or `NAME off`: an item's last day of use.

    Raises:
        Refusal: no day, or no such item.
    """
    name, _, day = text.rpartition(" ")
    use_by = None if switch_of(day) is False else _day(day)
    if use_by is None and switch_of(day) is not False:
        raise Refusal("common/usage")
    return mark(work, name, use_by=use_by)


def _day(text: str) -> datetime | None:
    """The end of a day, as written."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    except ValueError:
        return None


def _found(work: Work, name: str) -> Any:
    called = name.strip()
    row = work.sql.first(store.ITEM, the_name=called)
    if row is None:
        found = media.kept(work, media.SAVED + called)
        if found is None:
            known = [r.name for r in work.sql.all(store.ITEMS, most=100)]
            raise Refusal("promos/no_item", name=called[:60], near=close(called, known))
        row = _adopt(work, called, found[0])
    return row


def sweep_items(work: Work) -> None:
    """Forget items past their use."""
    work.sql.run(store.OLD_USES, now=work.now)
    work.sql.run(store.OLD_ITEMS, now=work.now)


def bubble_of(heading: str, text: str, labels: Sequence[str] = ()) -> str:
    """What `picture:bubble` draws, as JSON."""
    return msgspec.json.encode({"heading": heading, "text": text, "buttons": list(labels)}).decode()


def forget_pushes(work: Work, before: datetime) -> int:
    """Forget files sent before that moment; how many."""
    return work.sql.run(plans.OLD_PUSHES, before=before)
