"""Template and YAML files that operators send: checked, shown with what differs, put live by a press."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from groupbot.core.effects import Ask
from groupbot.core.events import Fetched
from groupbot.engine.content import SUFFIX, Content
from groupbot.engine.front import check_front, posted
from groupbot.engine.media import carried
from groupbot.engine.rendering import Rendered, render_source, version, whole
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.domain.pushing import LARGEST, TEMPLATE, target
from groupbot.features.promos.service import kinds as shapes
from groupbot.features.promos.service.approval import keep_version
from groupbot.features.promos.service.edits import plans_of, samples
from groupbot.features.promos.service.kinds import Kind
from groupbot.features.promos.service.library import bubble_of
from groupbot.features.promos.service.review import ops_chat

REF = "promos.push:"
_DIFF, _LINE, _PREVIEW = 24, 90, 500


class Seen(Struct):
    """What a file would change: what is wrong with it (file:line), what differs, how it reads; `plans` are
    live plans it touches."""

    path: str
    base: str = ""  # the version it lies over
    wrong: list[str] = field(default_factory=list)
    diff: list[str] = field(default_factory=list)
    preview: str = ""
    labels: tuple[str, ...] = ()
    plans: list[str] = field(default_factory=list)
    same: bool = False


# --- it comes in
def receive(work: Work, file_name: str, said: str, file_id: str, by: int) -> None:
    """Fetch a file an operator sent to the operators' chat; `arrived` goes on.

    Raises:
        Refusal: it is not clear where it belongs.
    """
    number = propose(work, _target(work, file_name, said), "", by, state="fetch")
    work.say(Ask(chat=work.chat, file=file_id, ref=f"{REF}{number}"))


def arrived(work: Work, event: Fetched, kinds: Sequence[Kind]) -> dict[str, Any] | None:
    """What to show of the file that was fetched; None where it is none of ours. A YAML file is put where it
    belongs by what stands in it."""
    number = event.ref.removeprefix(REF)
    if number == event.ref or not number.isdigit():
        return None
    row = work.sql.first(store.PUSH, the_id=int(number))
    if row is None or row.state != "fetch":
        return None
    trouble = event.trouble or ("too_big" if len(event.text) > LARGEST else "")
    if trouble:
        work.sql.run(store.PUSHED, the_id=row.id, state="dropped", text="", base="")
        return {"id": 0, "file": row.path, "trouble": trouble}
    path = row.path
    if not path.endswith(TEMPLATE):
        try:
            path = shapes.place(event.text, path, kinds)
        except Misfit as e:
            work.sql.run(store.PUSHED, the_id=row.id, state="dropped", text="", base="")
            return _told(0, Seen(path, wrong=[e.line()]))
        work.sql.run(store.PLACED, the_id=row.id, path=path)
    return _shown(work, row.id, path, event.text, kinds)


def propose(work: Work, path: str, text: str, by: int, *, state: str = "new") -> int:
    """Write down a file to be shown; its number."""
    work.sql.run(store.KEEP_PUSH, path=path, text=text, by_id=by, at=work.now, state=state, base="")
    return int(work.sql.value(store.LAST_PUSH) or 0)


def fresh(work: Work, kinds: Sequence[Kind]) -> list[dict[str, Any]]:
    """What `groupbot content push` left to be shown."""
    return [_shown(work, r.id, r.path, r.text, kinds) for r in work.sql.all(store.NEW_PUSHES)]


def _shown(work: Work, number: int, path: str, text: str, kinds: Sequence[Kind]) -> dict[str, Any]:
    found = look(work, path, text, kinds)
    state = "dropped" if found.wrong or found.same else "shown"
    work.sql.run(store.PUSHED, the_id=number, state=state, text=text, base=found.base)
    return _told(number if state == "shown" else 0, found)


def _told(number: int, found: Seen) -> dict[str, Any]:
    return {
        "id": number,
        "file": found.path,
        "wrong": found.wrong[:5],
        "more": max(0, len(found.wrong) - 5),
        "diff": found.diff,
        "preview": found.preview,
        "plans": found.plans[:5],
        "same": found.same,
    }


def _target(work: Work, file_name: str, said: str) -> str:
    assert work.content is not None
    try:
        return target(file_name, said, known(work.content.folders))
    except Wrong as e:
        raise Refusal("promos/push_where", what=e.what, next=e.next) from None


def known(folders: list[Path]) -> list[str]:
    """The paths of all templates below the folders."""
    return [str(p.relative_to(f)) for f in folders for p in f.rglob(f"*{SUFFIX}")]


# --- it is looked at
def look(work: Work, path: str, text: str, kinds: Sequence[Kind]) -> Seen:
    """What the file would change, were it at `path`; `kinds` are the lists of other features."""
    content = work.content
    assert content is not None
    old = standing(content, path)
    seen = Seen(path, base=version(old), same=old == text)
    if seen.same:
        return seen
    seen.diff = [
        line[:_LINE]
        for line in difflib.unified_diff(old.splitlines(), text.splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ][:_DIFF]
    if path.endswith(TEMPLATE):
        _look_at_template(work, seen, text)
    else:
        seen.wrong, lines, seen.plans = shapes.look(work, path, text, kinds)
        seen.preview = "\n".join(lines)[:_PREVIEW]
    return seen


def standing(content: Content, path: str) -> str:
    """The text that stands at a path now: the operator's, else the shipped; "" for none."""
    for folder in content.folders:
        if (folder / path).is_file():
            return (folder / path).read_text("utf-8", "replace")  # what is mended may be no UTF-8
    return ""


def _look_at_template(work: Work, seen: Seen, text: str) -> None:
    content = work.content
    assert content is not None
    name, _, lang = seen.path.removesuffix(SUFFIX).rpartition(".")
    if lang not in content.languages or not name:
        seen.wrong.append(f"{seen.path}: {lang!r} is no language -> {', '.join(content.languages)}")
        return
    plans = plans_of(work, name)
    seen.plans = [p.name for _, p in plans]
    try:
        source = content.made_of(text, Path(seen.path), lang)
        check_front(source.front, Path(seen.path))
        carried(posted(source.front), content.folders, f"{seen.path}:1")
        made: Rendered | None = None
        for data in [*samples(source.front, plans, name), {}][: max(1, len(plans) + 1)]:
            made = render_source(source, data)
        if made is not None:
            seen.preview, seen.labels = whole(made)[:_PREVIEW], tuple(made.labels.values())
    except Misfit as e:
        seen.wrong.append(e.line())


def drawable(shown: dict[str, Any]) -> bool:
    """Is there a message to draw of what was shown?"""
    return bool(shown["preview"]) and shown["file"].endswith(TEMPLATE)


def pictured(work: Work, number: int) -> str:
    """What `picture:bubble` draws of a file that waits.

    Raises:
        Refusal: it does not wait any more.
    """
    row = work.sql.first(store.PUSH, the_id=number)
    if row is None or row.state != "shown":
        raise Refusal("promos/push_over")
    found = look(work, row.path, row.text, ())
    return bubble_of(row.path, found.preview, found.labels)


# --- it is decided
def decide(work: Work, number: int, by: int, kinds: Sequence[Kind], *, live: bool) -> dict[str, Any]:
    """Put the file live, or leave it; what to say of it.

    Raises:
        Refusal: decided before, or what stands there changed since it was shown.
    """
    row = work.sql.first(store.PUSH, the_id=number)
    if row is None or row.state != "shown" or work.content is None:
        raise Refusal("promos/push_over")
    if live:
        if version(standing(work.content, row.path)) != row.base:
            raise Refusal("promos/push_changed", file=row.path)
        if look(work, row.path, row.text, kinds).wrong:
            raise Refusal("promos/push_changed", file=row.path)
        put(work, row.path, row.text)
    state = "live" if live else "dropped"
    work.sql.run(store.PUSHED, the_id=number, state=state, text="", base=row.base)
    return {"file": row.path, "live": live, "who": members.name(work, by)}


def put(work: Work, path: str, text: str) -> None:
    """Write the file into the workspace, whole or not at all; what stood there is kept as a version."""
    content = work.content
    assert content is not None
    old = standing(content, path)
    if old:
        name, _, lang = path.removesuffix(SUFFIX).rpartition(".")
        keep_version(work, name, lang, version(old), old, work.now)
    write(content.folders[0] / path, text)


def write(place: Path, text: str) -> None:
    """Write a file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f".{place.name}.new")
    new.write_text(text, "utf-8")
    new.replace(place)


def place_of_pushes(work: Work) -> int:
    """Our id of the chat where files are taken; 0 where there is none, or no workspace to write to."""
    return ops_chat(work) if work.content is not None and len(work.content.folders) > 1 else 0
