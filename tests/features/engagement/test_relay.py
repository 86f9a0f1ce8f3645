"""From tier to tier: the decay of F2, a tier that breaks, and a round of notices as it was acknowledged."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.engagement.domain.relay import Hop, Place, relay
from groupbot.features.members.domain import TIERS
from groupbot.features.members.store import profile
from groupbot.features.notices.store import notice, notice_ack
from tests.conftest import START
from tests.features.members.group import group


def chain(*reached: int) -> list[Place]:
    """Ten dealers over ten stores each over ten groups of consumers each; of ten so many reached a tier."""
    made = []
    for d in range(10):
        made.append(Place(1 + d, "dealer", None, int(d < reached[0])))
        for s in range(10):
            store = 100 + 10 * d + s
            made.append(Place(store, "store", 1 + d, 3 * int(s < reached[1])))
            made += [Place(10 * store + c, "consumer", store, int(c < reached[2])) for c in range(10)]
    return made


def test_f2_decay_of_a_thousand_ways() -> None:
    found = relay(chain(7, 7, 7), TIERS)
    assert found is not None
    assert (found.paths, [h.paths for h in found.hops], found.broken) == (1000, [700, 490, 343], "")
    assert [round(h.loss, 2) for h in found.hops] == [0.3, 0.3, 0.3]
    assert found.hops[1] == Hop("store", 100, 70, 210, 490, 0.30000000000000004)
    broken = relay(chain(7, 2, 7), TIERS)
    assert broken is not None
    assert ([h.paths for h in broken.hops], broken.broken) == ([700, 140, 98], "store")


def test_ways_with_gaps_and_groups_of_one_tier() -> None:
    assert relay([Place(1, "store", None, 3), Place(2, "store", None, 0)], TIERS) is None
    assert relay([], TIERS) is None
    # a consumers' group whose store is not meant hangs on nothing; one not set up is not of the matrix
    found = relay(
        [
            Place(1, "dealer", None, 0),
            Place(2, "consumer", 9, 4),
            Place(3, "", None, 1),
            Place(4, "consumer", 1, 2),
        ],
        TIERS,
    )
    assert found is not None
    assert [(h.tier, h.groups, h.reached, h.paths) for h in found.hops] == [
        ("dealer", 1, 0, 1), ("consumer", 2, 2, 1),
    ]  # fmt: skip
    assert relay([Place(1, "dealer", 2, 1), Place(2, "consumer", 1, 1)], TIERS) is not None  # a ring ends


def test_a_round_of_notices_is_told_from_tier_to_tier(writer: Writer) -> None:
    def fn(work: Work) -> None:
        dealer = group(work, -1, "D")
        shops = [group(work, -10 - n, f"S{n}") for n in range(4)]
        fans = [group(work, -100 - n, f"C{n}") for n in range(4)]
        rows = [(dealer, "dealer", None)] + [(c, "store", dealer) for c in shops]
        rows += [(c, "consumer", up) for c, up in zip(fans, shops, strict=True)]
        for n, (chat, tier, parent) in enumerate(rows, 1):
            work.sql.run(
                sa.update(profile).where(profile.c.chat_id == chat).values(tier=tier, parent_id=parent)
            )
            row = {
                "id": n,
                "chat_id": chat,
                "by_id": 1,
                "text": "x",
                "version": 2,
                "state": "open",
                "round_id": 5,
            }
            work.sql.run(sa.insert(notice).values(**row, at=START, due=START + timedelta(days=1)))
        # the dealer, three stores, and of the consumers one; an older version does not count
        acks = [
            (1, 2, 71),
            (1, 2, 72),
            (2, 2, 73),
            (3, 2, 74),
            (4, 2, 75),
            (5, 1, 76),
            (6, 2, 77),
            (9, 1, 77),
        ]
        for number, version, person in acks:
            row = {"notice_id": number, "version": version, "person_id": person, "at": START}
            work.sql.run(sa.insert(notice_ack).values(**row))
        found = reports.of_round(work, 5)
        assert (found["paths"], found["broken"]) == (4, "consumer")
        told = [
            (h["tier"], h["groups"], h["reached"], h["people"], h["paths"], h["loss"]) for h in found["hops"]
        ]
        assert told == [("dealer", 1, 1, 2, 4, 0), ("store", 4, 3, 3, 3, 25), ("consumer", 4, 1, 1, 1, 67)]
        assert sum(r[3] for r in work.sql.plain(found["sql"])) == 6
        assert reports.of_round(work, 6) == {}
        assert [r["round"] for r in reports.rounds(work)] == [5]
        work.now += timedelta(days=120)
        assert reports.rounds(work) == []

    writer.write(fn)
