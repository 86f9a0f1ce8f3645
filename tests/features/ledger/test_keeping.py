"""What the books tell a person about themselves, and how they forget whose a movement was."""

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service, store
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.ledger.service.keeping import MOST
from tests.conftest import START

MEI, LI, NOBODY = 4711, 471, -(1 << 60)


def give(work: Work, key: str, amount: int, *, person: int = MEI, chat: int = 1) -> None:
    service.transfer(work, key, "gift", (issuer(chat), -amount), (member(chat, person), amount), ref="tea")


def keys(writer: Writer) -> list[str]:
    rows = writer.write(lambda w: w.sql.all(sa.select(store.txn.c.key).order_by(store.txn.c.id)))
    return [r.key for r in rows]


def test_a_person_is_told_every_movement_of_every_wallet(writer: Writer) -> None:
    for chat, amount in ((1, 5), (2, 7), (1, 9)):
        writer.write(lambda w, c=chat, a=amount: give(w, f"g:{c}:{a}", a, chat=c))
    writer.write(lambda w: give(w, "other", 1, person=LI))

    def line(chat: int, amount: int) -> dict[str, object]:
        return {"chat_id": chat, "at": START, "kind": "gift", "ref": "tea", "amount": amount}

    assert writer.write(service.movements, MEI) == {
        "movements_of_points": [line(1, 5), line(1, 9), line(2, 7)]
    }
    assert writer.write(service.movements, NOBODY) == {}


def test_a_name_leaves_the_books_wherever_it_stands_in_a_key_and_nothing_else_does(writer: Writer) -> None:
    for key in (f"claim:17:{MEI}", f"back:earn:1:{MEI}:9", f"x:{MEI}0", "plain"):
        writer.write(give, key, 1)
    writer.write(lambda w: give(w, f"claim:17:{LI}", 1, person=LI))
    assert not writer.write(service.erase, MEI, NOBODY)
    assert keys(writer) == [
        f"claim:17:{NOBODY}",
        f"back:earn:1:{NOBODY}:9",
        f"x:{MEI}0",
        "plain",
        f"claim:17:{LI}",
    ]


def test_names_go_slice_by_slice_until_none_is_left(writer: Writer) -> None:
    """The first wallet fills one slice, the second none."""

    def fill(work: Work) -> None:
        for n in range(MOST + 1):
            give(work, f"claim:{n}:{MEI}", 1)
        give(work, f"claim:x:{MEI}", 1, chat=2)

    writer.write(fill)
    assert [writer.write(service.erase, MEI, NOBODY) for _ in range(2)] == [True, False]
    assert [k for k in keys(writer) if str(MEI) in k] == []
    assert writer.write(service.recount).faults == ()
