"""Tables of draws and their statements."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.sql import Bulk
from groupbot.engine.storage import Hot, among
from groupbot.features.lottery.store.boosts import BOOST, CLOSING, KEEP_BOOST, UNSURE
from groupbot.features.lottery.store.facts import COUPONS, DAYS, HIRED, INVITED, JOIN_CHECK, SAID
from groupbot.features.lottery.store.gifts import (
    BECAME,
    GIFT,
    GIFT_OF,
    NEW_GIFT,
    OWED,
    OWED_AGAIN,
    PROMISED,
    SETTLED,
    WON_SEATS,
)
from groupbot.features.lottery.store.kept import KEPT, WON
from groupbot.features.lottery.store.tables import award, code, entry, lottery, prize, redraw

_also_here = (BOOST, CLOSING, COUPONS, DAYS, HIRED, INVITED, JOIN_CHECK, KEEP_BOOST, KEPT, SAID, UNSURE, WON)
_and_gifts = (BECAME, GIFT, GIFT_OF, NEW_GIFT, OWED, OWED_AGAIN, PROMISED, SETTLED, WON_SEATS)
b = sa.bindparam
_ENTRY = ("lottery_id", "person_id", "entry", "at")
ENTRIES = Bulk("lottery_entry", sa.insert(entry).values({n: b(n) for n in _ENTRY}), _ENTRY, key=2)
_NEW = (
    "chat_id",
    "topic",
    "by_id",
    "prize",
    "seats",
    "rules",
    "rules_hash",
    "commitment",
    "server_seed",
    "salt",
    "tenure_hours",
    "claim_hours",
    "opened_at",
    "closes_at",
    "full",
    "tickets",
    "conditions",
)
NEW = Hot(
    lambda: sa.insert(lottery).values({n: b(n) for n in _NEW}).values(state="open").returning(lottery.c.id)
)
LOTTERY = Hot(lambda: sa.select(lottery).where(lottery.c.id == b("the_id")))
UNDRAWN = Hot(
    lambda: (
        sa.select(lottery.c.id, lottery.c.prize, lottery.c.state, lottery.c.closes_at)
        .where(lottery.c.chat_id == b("chat"), among(lottery.c.state, "open", "frozen"))
        .order_by(lottery.c.id)
    )
)
OPEN_IN = Hot(
    lambda: (
        sa.select(lottery.c.id)
        .where(lottery.c.chat_id == b("chat"), lottery.c.state == "open")
        .order_by(lottery.c.id.desc())
    )
)
LAST_IN = Hot(
    lambda: (
        sa.select(lottery.c.id)
        .where(lottery.c.chat_id == b("chat"), lottery.c.state != "open")
        .order_by(lottery.c.id.desc())
        .limit(1)
    )
)
LAST_CLOSED = Hot(  # the last that was not called off: it can be checked, or soon
    lambda: (
        sa.select(lottery.c.id)
        .where(lottery.c.chat_id == b("chat"), ~among(lottery.c.state, "open", "void"))
        .order_by(lottery.c.id.desc())
        .limit(1)
    )
)
FREEZE = Hot(
    lambda: (
        sa.update(lottery)
        .where(lottery.c.id == b("the_id"), lottery.c.state == "open")
        .values(state="frozen", frozen_at=b("at"), root=b("the_root"), round=b("the_round"))
    )
)
END = Hot(
    lambda: (
        sa.update(lottery)
        .where(lottery.c.id == b("the_id"), lottery.c.state == "frozen")
        .values(state=b("becomes"), ended_at=b("at"), seed=b("the_seed"), beacon=b("the_beacon"))
    )
)
VOID = Hot(
    lambda: (
        sa.update(lottery)
        .where(lottery.c.id == b("the_id"), lottery.c.state == "open")
        .values(state="void", ended_at=b("at"))
    )
)
EDIT = Hot(
    lambda: (
        sa.update(lottery)
        .where(lottery.c.id == b("the_id"), lottery.c.state == "open")
        .values(
            {
                n: b("new_" + n)
                for n in ("prize", "seats", "rules", "rules_hash", "closes_at", "full", "tickets")
            }
        )
        .values(conditions=b("new_conditions"), edition=lottery.c.edition + 1)
    )
)
WAITING = Hot(
    lambda: (
        sa.select(lottery.c.id, lottery.c.round, lottery.c.frozen_at)
        .where(lottery.c.state == "frozen")
        .order_by(lottery.c.round, lottery.c.id)
        .limit(50)
    )
)
_PRIZE = ("lottery_id", "n", "kind", "name", "seats", "amount", "gift", "stars")
PRIZE = Hot(lambda: sa.insert(prize).values({n: b(n) for n in _PRIZE}))
PRIZES = Hot(lambda: sa.select(prize).where(prize.c.lottery_id == b("the_id")).order_by(prize.c.n))
NO_PRIZES = Hot(lambda: sa.delete(prize).where(prize.c.lottery_id == b("the_id")))
CODE = Hot(lambda: sa.insert(code).values({n: b(n) for n in ("lottery_id", "seat", "sealed")}))
SEALED = Hot(lambda: sa.select(code).where(code.c.lottery_id == b("the_id"), code.c.seat == b("the_seat")))
_here = sa.and_(lottery.c.id == code.c.lottery_id, among(lottery.c.state, "open", "frozen"))
_due = (award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None))
STILL_SEALED = Hot(  # what somebody may still win, or come for
    lambda: sa.select(code.c.lottery_id, code.c.seat, code.c.sealed).where(
        code.c.sealed.is_not(None),
        sa.or_(
            sa.exists().where(_here),
            sa.exists().where(award.c.lottery_id == code.c.lottery_id, award.c.seat == code.c.seat, *_due),
            sa.exists().where(
                redraw.c.lottery_id == code.c.lottery_id,
                redraw.c.seat == code.c.seat,
                redraw.c.seed.is_(None),
            ),
        ),
    )
)
SHOWN = Hot(
    lambda: (
        sa.update(code)
        .where(code.c.lottery_id == b("the_id"), code.c.seat == b("the_seat"), code.c.sealed.is_not(None))
        .values(sealed=None, shown_to=b("who"), shown_at=b("at"))
    )
)
NO_CODES = Hot(lambda: sa.delete(code).where(code.c.lottery_id == b("the_id")))
DRAWN = Hot(lambda: sa.update(lottery).where(lottery.c.id == b("the_id")).values(drawn=b("entries")))
ENTRIES_OF = Hot(
    lambda: (
        sa.select(entry.c.person_id, entry.c.entry, entry.c.at, entry.c.out, entry.c.place, entry.c.tickets)
        .where(entry.c.lottery_id == b("the_id"))
        .order_by(entry.c.entry)
    )
)
OUT = Hot(
    lambda: (
        sa.update(entry)
        .where(entry.c.lottery_id == b("the_id"), entry.c.person_id == b("who"))
        .values(out=b("why"))
    )
)
PLACE = Hot(
    lambda: (
        sa.update(entry)
        .where(entry.c.lottery_id == b("the_id"), entry.c.person_id == b("who"))
        .values(place=b("the_place"))
    )
)
TICKETS = Hot(
    lambda: (
        sa.update(entry)
        .where(entry.c.lottery_id == b("the_id"), entry.c.person_id == b("who"))
        .values(tickets=b("many"))
    )
)
_AWARD = ("lottery_id", "seat", "attempt", "person_id", "deadline", "reminded_at")
AWARD = Hot(lambda: sa.insert(award).values({n: b(n) for n in _AWARD}))
AWARDS = Hot(
    lambda: sa.select(award).where(award.c.lottery_id == b("the_id")).order_by(award.c.seat, award.c.attempt)
)
_REDRAW = ("lottery_id", "seat", "attempt", "frozen_at", "out", "root", "round")
REDRAW = Hot(lambda: sa.insert(redraw).values({n: b(n) for n in _REDRAW}).returning(redraw.c.id))
REDRAWS = Hot(lambda: sa.select(redraw).where(redraw.c.lottery_id == b("the_id")).order_by(redraw.c.id))
REDRAW_OF = Hot(lambda: sa.select(redraw).where(redraw.c.id == b("the_id")))
REDRAWN = Hot(
    lambda: (
        sa.update(redraw)
        .where(redraw.c.id == b("the_id"), redraw.c.seed.is_(None))
        .values(seed=b("the_seed"), winner=b("the_winner"), beacon=b("the_beacon"))
    )
)
REDRAWS_WAITING = Hot(
    lambda: (
        sa.select(redraw.c.id, redraw.c.lottery_id, redraw.c.round, redraw.c.frozen_at)
        .where(redraw.c.seed.is_(None))
        .order_by(redraw.c.id)
        .limit(50)
    )
)
CLAIM = Hot(
    lambda: (
        sa.update(award)
        .where(
            award.c.lottery_id == b("the_id"),
            award.c.person_id == b("who"),
            award.c.claimed_at.is_(None),
            award.c.lapsed_at.is_(None),
            award.c.deadline > b("now"),
        )
        .values(claimed_at=b("at"))
    )
)
DUE = Hot(
    lambda: (
        sa.select(lottery.c.id)
        .where(lottery.c.state == "open", lottery.c.closes_at <= b("now"))
        .order_by(lottery.c.id)
        .limit(20)
    )
)
UNCLAIMED = Hot(
    lambda: (
        sa.select(award.c.lottery_id, award.c.seat, award.c.attempt, award.c.person_id)
        .where(award.c.claimed_at.is_(None), award.c.lapsed_at.is_(None), award.c.deadline <= b("now"))
        .order_by(award.c.lottery_id, award.c.seat)
        .limit(100)
    )
)
LAPSE = Hot(
    lambda: (
        sa.update(award)
        .where(
            award.c.lottery_id == b("the_id"),
            award.c.seat == b("the_seat"),
            award.c.attempt == b("the_attempt"),
            award.c.claimed_at.is_(None),
            award.c.lapsed_at.is_(None),
        )
        .values(lapsed_at=b("at"))
    )
)
REMIND = Hot(
    lambda: (
        sa.select(award.c.lottery_id, award.c.seat, award.c.attempt, award.c.person_id, award.c.deadline)
        .where(
            award.c.claimed_at.is_(None),
            award.c.lapsed_at.is_(None),
            award.c.reminded_at.is_(None),
            award.c.deadline.between(b("now"), b("soon")),
        )
        .limit(100)
    )
)
REMINDED = Hot(
    lambda: (
        sa.update(award)
        .where(award.c.lottery_id == b("the_id"), award.c.person_id == b("who"))
        .values(reminded_at=b("at"))
    )
)
_entries = (
    sa.select(sa.func.count()).select_from(entry).where(entry.c.lottery_id == lottery.c.id).scalar_subquery()
)
STALE = Hot(lambda: sa.select(lottery.c.id).where(lottery.c.state == "open", lottery.c.drawn < _entries))
KEYWORDS = Hot(
    lambda: sa.select(lottery.c.id, lottery.c.conditions).where(
        lottery.c.chat_id == b("chat"), lottery.c.state == "open"
    )
)
