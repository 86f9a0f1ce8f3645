"""What was learnt: lessons of a campaign, told before the next; notes of a phase, as the next opens. Each can
be taken back."""

from __future__ import annotations

import zlib
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.campaigns import store
from groupbot.features.campaigns.service.files import known
from groupbot.features.campaigns.service.launching import note, row_of
from groupbot.features.promos.domain import close

LONGEST = 400  # characters of one
LAST = 5  # lessons shown before the next campaign
_LESSON, _NOTE = "lesson", "insight"


def learn(work: Work, said: str, by: int) -> dict[str, Any]:
    """Keep a lesson, `said` as NAME: TEXT; `id` is what takes it back.

    Raises:
        Refusal: no campaign of this name was launched, or no text.
    """
    name, text = _parted(work, said)
    return {"id": _keep(work, name, _LESSON, _mark(text), text, by), "name": name, "text": text, "phase": ""}


def remark(work: Work, said: str, by: int) -> dict[str, Any]:
    """Keep a note of the phase (the ring) that is open, `said` as NAME: TEXT.

    Raises:
        Refusal: no campaign of this name was launched or its file is gone, or no text.
    """
    name, text = _parted(work, said)
    campaign, row = known(work).get(name), row_of(work, name)
    if campaign is None:
        raise Refusal("campaigns/none", name=name, near="")
    phase = campaign.phases[min(row.phase, len(campaign.phases) - 1)].name
    number = _keep(work, name, _NOTE, f"{phase[:48]}/{_mark(text)}", text, by)
    return {"id": number, "name": name, "text": text, "phase": phase}


def unlearn(work: Work, said: str) -> dict[str, Any]:
    """Take back a lesson or a note, `said` as NAME: its first words.

    Raises:
        Refusal: no campaign of this name was launched, no words, or they begin none or several: names which.
    """
    name, text = _parted(work, said)
    every = [w for w in work.sql.all(store.WORDS, the_name=name) if w.what in (_LESSON, _NOTE)]
    alike = [w for w in every if _plain(w.detail).startswith(_plain(text))]
    same = [w for w in alike if _plain(w.detail) == _plain(text)]
    if len(same or alike) != 1:
        raise Refusal("campaigns/no_lesson", name=name, kept=[w.detail for w in alike or every])
    return _taken_back(work, (same or alike)[0])


def unlearn_one(work: Work, number: int) -> dict[str, Any]:
    """Take back the one that was kept as `number`.

    Raises:
        Refusal: it is taken back already, or is no lesson.
    """
    row = work.sql.first(store.WORD, the_id=number)
    if row is None or row.what not in (_LESSON, _NOTE):
        raise Refusal("common/old_button")
    return _taken_back(work, row)


def _keep(work: Work, name: str, what: str, key: str, text: str, by: int) -> int:
    note(work, name, what, key, text, by)
    return int(work.sql.value(store.HAS_WORD, the_name=name, the_what=what, the_key=key))


def _taken_back(work: Work, row: Any) -> dict[str, Any]:
    work.sql.run(store.NO_WORD, the_id=row.id)
    phase = row.key.rpartition("/")[0] if row.what == _NOTE else ""
    return {"name": row.name, "text": row.detail, "phase": phase}


def last_lessons(work: Work) -> list[dict[str, str]]:
    """The last of all campaigns, the newest first, as {campaign, text}."""
    rows = work.sql.all(store.LAST_WORDS, the_what=_LESSON, most=LAST)
    return [{"campaign": r.name, "text": r.detail} for r in rows]


def learnt(words: list[Any]) -> dict[str, Any]:
    """Of one campaign's words: its lessons as texts, and the notes of its phases as {phase, text}."""
    return {
        "lessons": [w.detail for w in words if w.what == _LESSON],
        "notes": notes(words),
    }


def notes(words: list[Any]) -> list[dict[str, str]]:
    """The notes of a campaign's phases, the oldest first, as {phase, text}."""
    return [{"phase": w.key.rpartition("/")[0], "text": w.detail} for w in words if w.what == _NOTE]


def _parted(work: Work, said: str) -> tuple[str, str]:
    """A launched campaign and the text behind its name; of names that begin alike the longest."""
    launched = [r.name for r in work.sql.all(store.ALL)]
    said = said.strip()
    for name in sorted(launched, key=len, reverse=True):
        rest = said.removeprefix(name)
        if said.startswith(name) and (not rest or not rest[0].isalnum()):
            text = rest.lstrip(" :：,，\n").strip()[:LONGEST]
            if not text:
                raise Refusal("common/usage")
            return name, text
    if not said:
        raise Refusal("common/usage")
    name = said.replace("：", ":").partition(":")[0].strip()[:60]
    raise Refusal("campaigns/none", name=name, near=close(name, launched))


def _mark(text: str) -> str:
    """The same words are kept once."""
    return f"{zlib.crc32(_plain(text).encode()):08x}"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
