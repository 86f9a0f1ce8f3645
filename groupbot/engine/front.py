"""Front matter: the YAML at the head of a template."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from groupbot.core import spans
from groupbot.core.effects import Options
from groupbot.engine.rendering import Source
from groupbot.errors import Misfit

SUFFIX = ".html.j2"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built: ten times as fast


class Absent(Misfit):
    """There is no template of this name."""


def absent(name: str, lang: str, folders: Sequence[Path]) -> Absent:
    """That it is not there, and the one whose name is closest."""
    known = {
        str(path.relative_to(folder)).removesuffix(SUFFIX).rpartition(".")[0]
        for folder in folders
        for path in folder.rglob(f"*{SUFFIX}")
    }
    near = difflib.get_close_matches(name, sorted(known), 1, cutoff=0.8)
    step = f"did you mean {near[0]}?" if near else f"write {name}.{lang}{SUFFIX}"
    return Absent(f"no template {name!r}", where=" or ".join(map(str, folders)), next=step)


def split_front(text: str, path: Path) -> tuple[dict[str, Any], str, int]:
    """Front matter, body, and the line the body starts on."""
    if not text.startswith("---\n"):
        return {}, text, 1
    end = text.find("\n---\n", 3)
    if end < 0:
        raise Misfit("the front matter is not closed by ---", where=f"{path}:1", next="add a line ---")
    try:
        front = yaml.load(text[4 : end + 1], Loader=_LOADER) or {}
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 1
        raise Misfit(
            f"front matter: {getattr(e, 'problem', e)}",
            where=f"{path}:{line}",
            next="mend the YAML",
        ) from None
    if not isinstance(front, dict):
        raise Misfit("the front matter is not a mapping", where=f"{path}:1", next="write `name: value` lines")
    return front, text[end + 5 :], text[: end + 5].count("\n") + 1


def labels_of(front: dict[str, Any], path: Path) -> dict[str, Any]:
    """The button labels of a front matter. YAML reads on, off, yes and no as true and false."""
    labels = front.get("buttons") or {}
    if not isinstance(labels, dict):
        raise _misfit("buttons", labels, path)
    for name in labels:
        if not isinstance(name, str):
            raise Misfit(
                f"the button name {str(name).lower()} is no text for YAML",
                where=f"{path}:1",
                next="write it in quotes, or take another word than on, off, yes, no",
            )
        if isinstance(labels[name], bool):
            raise Misfit(
                f"the label of button {name!r} is no text for YAML",
                where=f"{path}:1",
                next='write it in quotes: "Yes", "No", "On", "Off"',
            )
    return dict(labels)


# what a front matter may say: its name, the type of its value, an example
FIELDS: dict[str, tuple[tuple[type, ...], str]] = {
    "title": ((str,), "title: Weekend offer"),
    "kind": ((str,), "kind: promotion"),
    "sample": ((dict,), "sample: {name: Mei}"),
    "buttons": ((dict,), "buttons: {go: Have a look}"),
    "defaults": ((dict,), "defaults: {who: nobody}"),
    "required": ((list,), "required: [price]"),
    "fills": ((list,), "fills: [shop]"),
    "photo": ((str,), "photo: media/card.jpg"),
    "video": ((str,), "video: media/clip.mp4"),
    "animation": ((str,), "animation: media/wave.mp4"),
    "document": ((str,), "document: media/list.pdf"),
    "album": ((list,), "album: [media/one.jpg, media/two.mp4]"),
    "poll": ((dict,), "poll: {options: [Hawthorn, Plum], many: true}, or right: 1 for a quiz"),
    "spoiler": ((bool,), "spoiler: true"),
    "pin": ((bool,), "pin: true"),
    "silent": ((bool,), "silent: true"),
    "preview": ((bool,), "preview: true"),
    "lifetime": ((str, int), "lifetime: 2h"),
    "core": ((int,), "core: 7"),
    "message": ((str,), "message: the tea keeps its scent in a tin"),
    "fallback": ((list,), "fallback: [en], or [] for this language or none"),
}
_MEDIA = ("photo", "video", "animation", "document")
OPTIONS = (2, 12)  # answers of a poll, each of 1 to 100 characters
WHY = 200  # characters shown with the answer of a quiz
_POLL = ("options", "many", "named", "right", "why")


def _misfit(name: str, value: Any, path: Path) -> Misfit:
    step = f"write it like this: {FIELDS[name][1]}"
    return Misfit(f"{name} {value!r} does not fit", where=f"{path}:1", next=step)


def check_front(front: dict[str, Any], path: Path) -> None:
    """Is every field known, and its value of the right sort?

    Raises:
        Misfit: names the field, what was expected and an example.
    """
    for name, value in front.items():
        known = FIELDS.get(str(name))
        if known is None:
            close = difflib.get_close_matches(str(name), FIELDS, 1)
            step = f"did you mean {close[0]}?" if close else f"known: {', '.join(FIELDS)}"
            raise Misfit(f"no field {name!r} in the front matter", where=f"{path}:1", next=step)
        types, _ = known
        wrong = value is not None and not isinstance(value, types)
        if wrong or (isinstance(value, bool) and bool not in types):
            raise _misfit(name, value, path)
    seconds(front.get("lifetime"), path)
    given = [k for k in (*_MEDIA, "album", "poll") if front.get(k)]
    if len(given) > 1:
        raise Misfit(
            f"{given[0]} and {given[1]}: a post carries one of them",
            where=f"{path}:1",
            next="take several pictures as album:",
        )
    if "poll" in given:
        poll(front["poll"], path)
    if "album" in given and front.get("buttons"):
        raise Misfit(
            "an album has no buttons", where=f"{path}:1", next="put the link into the text, or take one photo"
        )
    if front.get("spoiler") and not set(given) & {"photo", "video", "animation", "album"}:
        raise Misfit(
            "spoiler covers a picture, and there is none",
            where=f"{path}:1",
            next="write <tg-spoiler>…</tg-spoiler> to cover words",
        )


def spoken(found: list[Source], lang: str) -> list[Source]:
    """Of the versions of a template, best first, those that may serve a language: where the best one says
    `fallback:`, in that order and no other."""
    rule = found[0].front.get("fallback") if found else None
    if not isinstance(rule, list):
        return found
    codes = [lang, *map(str, rule)]
    said = [s for s in found if s.path.name.split(".")[-3] in codes]
    return sorted(said, key=lambda s: codes.index(s.path.name.split(".")[-3]))


def poll(raw: Any, path: Path | str = "") -> Options:
    """The poll of a front matter.

    Raises:
        Misfit: names what does not fit.
    """
    options = raw.get("options") if isinstance(raw, dict) else None
    right, why = (raw.get("right"), raw.get("why")) if isinstance(raw, dict) else (None, None)
    example = "poll: {options: [Hawthorn, Plum], many: true}"
    wrong = ""
    if not isinstance(options, list) or not OPTIONS[0] <= len(options) <= OPTIONS[1]:
        wrong = f"a poll has {OPTIONS[0]} to {OPTIONS[1]} options"
    elif not all(0 < len(str(o).strip()) <= 100 for o in options):
        wrong = "an option has 1 to 100 characters"
    elif set(raw) - set(_POLL):
        wrong = f"no field {sorted(set(raw) - set(_POLL))[0]!r} in poll"
    elif right is not None or why is not None:
        wrong = _no_quiz(len(options), right, why, many=bool(raw.get("many")))
        example = "poll: {options: [Hawthorn, Plum], right: 1, why: It is the red one}"
    if wrong:
        raise Misfit(wrong, where=f"{path}:1", next=f"write it like this: {example}")
    assert isinstance(options, list)
    return Options(
        tuple(str(o).strip() for o in options),
        bool(raw.get("many")),
        bool(raw.get("named")),
        None if right is None else right - 1,
        str(why or ""),
    )


def _no_quiz(options: int, right: Any, why: Any, *, many: bool) -> str:
    """Why it is no quiz; '' where it is one."""
    if type(right) is not int or not 1 <= right <= options:
        return f"right {right!r} is not the number of an option, from 1"
    if len(str(why or "")) > WHY or str(why or "").count("\n") > 2:
        return f"why has at most {WHY} characters on three lines"
    return "a quiz has one right answer: many does not go with right" if many else ""


def seconds(span: Any, path: Path | str = "") -> int | None:
    """`2h` as seconds; a number is seconds already.

    Raises:
        Misfit: neither.
    """
    if span is None or isinstance(span, int):
        return span
    found = spans.seconds(str(span))
    if found is None:
        raise Misfit(
            f"lifetime {span!r} is no span of time", where=f"{path}:1", next="write it like this: 2h"
        )
    return found


def posted(front: dict[str, Any]) -> dict[str, Any]:
    """How a planned post leaves, by its template's front matter: the fields of a Send beside its text."""
    found: dict[str, Any] = {k: bool(front[k]) for k in ("silent", "preview", "spoiler") if k in front}
    found |= {k: str(front[k]) for k in _MEDIA if front.get(k)}
    if front.get("album"):
        found["album"] = front["album"]
    if front.get("poll"):
        found["poll"] = poll(front["poll"])
    if front.get("lifetime"):
        found["lifetime"] = seconds(front["lifetime"])
    return found
