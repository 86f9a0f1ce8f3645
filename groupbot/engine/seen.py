"""Which updates came already: the ids of 72 hours, 32 to a row, and the toasts that answered presses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, Hot, Upsert, metadata
from groupbot.engine.work import Work

KEEP_IDS = timedelta(hours=72)
BLOCK = 32  # Telegram counts ids up, so a batch touches few rows

update_block = sa.Table(
    "update_block",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("block", sa.BigInteger, primary_key=True, autoincrement=False),  # id // 32
    sa.Column("ids", sa.BigInteger, nullable=False),  # a bit for each id % 32
    sa.Column("at", UTC_, nullable=False),
    sqlite_with_rowid=False,
)
update_answer = sa.Table(
    "update_answer",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sqlite_with_rowid=False,
)

_BLOCKS = ("bot_id", "block", "ids", "at")
_ANSWERS = ("bot_id", "update_id", "answer", "at")
BLOCKS = Bulk(
    "update_block",
    Upsert(update_block, _BLOCKS, _BLOCKS[:2], {"ids": "or", "at": "max"}),
    _BLOCKS,
    key=2,
)
ANSWERS = Bulk("update_answer", Upsert(update_answer, _ANSWERS, _ANSWERS[:2]), _ANSWERS, key=2)

_PLACES = tuple(f"n{n}" for n in range(8))
_KNOWN = Hot(
    lambda: sa.select(update_block.c.block, update_block.c.ids).where(
        update_block.c.bot_id == sa.bindparam("bot"),
        update_block.c.block.in_([sa.bindparam(p, type_=sa.BigInteger) for p in _PLACES]),
    )
)
_ANSWERED = Hot(
    lambda: sa.select(update_answer.c.answer).where(
        update_answer.c.bot_id == sa.bindparam("bot"), update_answer.c.update_id == sa.bindparam("update")
    )
)


class _Numbers(NamedTuple):
    """A table whose oldest rows have the lowest numbers."""

    highest: Hot  # number of the `most` lowest
    old: Hot

    @classmethod
    def of(cls, number: sa.Column[int]) -> _Numbers:
        c, b = number.table.c, sa.bindparam
        mine = c.bot_id == b("bot")
        return cls(
            Hot(lambda: sa.select(number).where(mine).order_by(number).offset(b("before")).limit(1)),
            Hot(lambda: sa.delete(number.table).where(mine, c.at < b("at"), number <= b("highest"))),
        )


_TOASTS = _Numbers.of(update_answer.c.update_id)
_FORGOTTEN = (_Numbers.of(update_block.c.block), _TOASTS)
_ALL = 2**63 - 1


def duplicates(work: Work, ids: Iterable[int]) -> dict[int, str | None]:
    """Which of these updates were committed before, with the answer given then."""
    asked = _blocks(ids)
    numbers = list(asked)
    found: dict[int, str | None] = {}
    for start in range(0, len(numbers), len(_PLACES)):
        part = numbers[start : start + len(_PLACES)]
        part += [part[-1]] * (len(_PLACES) - len(part))  # the statement has a fixed number of places
        for block, bits in work.sql.all(_KNOWN, bot=work.bot_id, **dict(zip(_PLACES, part, strict=True))):
            for id_ in among(block, bits & asked[block]):
                found[id_] = work.sql.value(_ANSWERED, bot=work.bot_id, update=id_)
    return found


def keep(work: Work, answers: Mapping[int, str | None]) -> None:
    """These updates are handled, with the toast of each, if there was one."""
    for block, bits in _blocks(answers).items():
        work.add(BLOCKS, work.bot_id, block, bits, work.now)
    for id_, said in answers.items():
        if said is not None:
            work.add(ANSWERS, work.bot_id, id_, said, work.now)


def among(block: int, bits: int) -> Iterator[int]:
    """The ids a row stands for."""
    while bits:
        low = bits & -bits
        yield block * BLOCK + low.bit_length() - 1
        bits ^= low


def newest(connection: sa.Connection) -> int:
    """The highest update id kept; 0: none."""
    last = sa.select(update_block.c.block, update_block.c.ids).order_by(update_block.c.block.desc()).limit(1)
    row = connection.execute(last).first()
    return max(among(*row)) if row is not None else 0


def sweep(work: Work) -> None:
    """Forget ids, and answers, after 72 hours."""
    for numbers in _FORGOTTEN:
        while _forget(work, numbers, work.now - KEEP_IDS):
            pass


def forget_answers(work: Work, most: int = 5000) -> bool:
    """Forget toasts, however new: any may name somebody who is erased, whoever pressed. A press that comes
    again is still known by its id, and gets none. True when there may be more."""
    work.flush()
    return _forget(work, _TOASTS, work.now + KEEP_IDS, most)


def _blocks(ids: Iterable[int]) -> dict[int, int]:
    bits: defaultdict[int, int] = defaultdict(int)
    for id_ in ids:
        bits[id_ // BLOCK] |= 1 << id_ % BLOCK
    return bits


def _forget(work: Work, numbers: _Numbers, before: datetime, most: int = 5000) -> bool:
    """Forget the lowest `most` as far as they are old enough; True when all were, so more may be.
    Telegram counts ids up, so the oldest are the lowest: no index on the time is kept for this. After a
    week of silence it may begin anew lower down; those above then wait their 72 hours longer."""
    highest = work.sql.value(numbers.highest, bot=work.bot_id, before=most - 1)
    up_to = _ALL if highest is None else highest
    return work.sql.run(numbers.old, bot=work.bot_id, at=before, highest=up_to) >= most
