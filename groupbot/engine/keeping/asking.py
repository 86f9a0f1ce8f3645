"""What people ask of the privacy desk. Asking is a row; the desk does the rest."""

from __future__ import annotations

from collections.abc import Iterable

from groupbot.engine.keeping import declared, journal, store
from groupbot.engine.keys import sealing_key
from groupbot.engine.work import Work


def ask_erasure(work: Work, person: int) -> int:
    """Have a person erased; the number of the receipt. Asked twice it is the same, unless the first is
    carried out but for what waits: what became known of them since goes by a number of its own."""
    row = work.sql.first(store.TO_ERASE, who=person)
    if row is not None:
        return int(row.id)
    made = work.sql.returning(
        store.NEW,
        code=work.rng.randbytes(16).hex(),
        person_id=person,
        seal=journal.seal(sealing_key(work), person),
        state="asked",
        asked_at=work.now,
        counts={},
        written=False,
    )[0]
    return int(made.id)


def erasing(work: Work) -> set[int]:
    """Everybody who asked to be erased and is not yet, or not of all."""
    return {int(r.person_id) for r in work.sql.all(store.OPEN) if r.person_id is not None}


def erased(work: Work, people: Iterable[int]) -> set[int]:
    """Who of these people ever asked to be erased: known by the seal alone once they are."""
    seals = {r.seal for r in work.sql.all(store.SEALS)}
    key = sealing_key(work) if seals else b""
    return {p for p in people if journal.seal(key, p) in seals} if seals else set()


def staying(work: Work, person: int) -> list[str]:
    """Why something of a person would not go at once: the reasons, each once."""
    found: set[str] = set()
    for kept in work.me.kept:
        for waiting in (True, False):
            if kept.table is not store.erasure and declared.left(
                work, kept, person, 0, 1 << 62, waiting=waiting
            ):
                found.add(kept.why)
        plain = not (kept.stays or kept.waits) and kept.why and kept.table is not store.erasure
        if plain and (kept.by or declared.named(work, kept, person)):
            found.add(kept.why)
    return sorted(found)


def ask_export(work: Work, person: int) -> bool:
    """Have a person's data sent to them; False when that is under way already."""
    if work.sql.first(store.ASKED, who=person) is not None:
        return False
    work.sql.run(store.ASK, person_id=person, asked_at=work.now)
    return True
