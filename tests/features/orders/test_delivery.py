"""Orders the shop signs: read strictly, taken once, never back."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.orders import service
from groupbot.features.orders.domain import Line, delivered, signed, together
from tests.conftest import START
from tests.features.members.group import starts

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SECRET = "k" * 32
ORDER = {"order": "A1", "at": "2026-11-22T14:03:00+08:00", "customer": 138}


def body(*orders: dict[str, Any]) -> bytes:
    return json.dumps({"orders": orders}).encode()


def sign(at: str, what: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + what, hashlib.sha256).hexdigest()


def test_a_signature_fits_its_bytes_its_time_and_its_secret_alone() -> None:
    what, at = body(ORDER), str(int(NOW.timestamp()))
    assert signed(SECRET, at, sign(at, what), what, NOW) == NOW
    for seconds, good in ((300, True), (-300, True), (301, False), (-301, False)):
        found = signed(SECRET, at, sign(at, what), what, NOW + timedelta(seconds=seconds))
        assert (found == NOW) is good
    good = sign(at, what)
    for given, signature, said in (
        (at, good, what + b" "),
        (str(int(at) + 1), good, what),
        (at, sign(at, what, SECRET[1:]), what),
        (at, good.upper(), what),
        (at, good[:-1], what),
        (at, "", what),
        (at, "\xe4" * 64, what),
        ("", sign("", what), what),
        ("-5", sign("-5", what), what),
        ("1e9", sign("1e9", what), what),
        ("9" * 20, sign("9" * 20, what), what),
    ):
        assert signed(SECRET, given, signature, said, NOW) is None


def test_a_delivery_is_read_and_what_it_does_not_need_is_nowhere() -> None:
    lines = [
        {"product": "HAW", "units": 2, "amount": 59.9, "card": "6222"},
        {"product": "TEA", "amount": "8"},
    ]
    (found,) = delivered(body(ORDER | {"lines": lines, "card_no": "6222", "address": "x"})).values()
    at = datetime(2026, 11, 22, 6, 3, tzinfo=UTC)
    assert found == [
        Line("A1", "online", at, "138", "HAW", 2, 5990),
        Line("A1", "online", at, "138", "TEA", 1, 800),
    ]
    (bare,) = delivered(body(ORDER | {"channel": "store", "status": "refunded"})).values()
    assert bare == [Line("A1", "store", at, "138", status="refunded")]


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (b"no json", "JSON is malformed"),
        (b"\xff", "JSON is malformed|utf-8"),
        (b"[]", "Expected `object`"),
        (body(), "orders: 1 to 200"),
        (body(*[ORDER | {"order": str(n)} for n in range(201)]), "orders: 1 to 200"),
        (body(ORDER | {"lines": [{}] * 1001}), "of 1000 lines"),
        (body({"order": "A1", "at": "2026-11-22T14:03:00Z"}), "missing required field `customer`"),
        (body(ORDER | {"at": "2026-11-22T14:03:00"}), r"orders\[0\].at: .* has no zone"),
        (body(ORDER | {"at": "2026-11-22"}), r"orders\[0\].at: .* has no zone"),
        (body(ORDER | {"at": "soon"}), r"orders\[0\].at: 'soon'"),
        (body(ORDER, ORDER), r"orders\[1\].order: 'A1' twice"),
        (body(ORDER | {"status": "lost"}), r"orders\[0\].status: 'lost'"),
        (body(ORDER | {"lines": [{"units": -1}]}), r"orders\[0\].units: '-1'"),
        (body(ORDER | {"lines": [{"amount": 1e30}]}), r"orders\[0\].amount"),
        (body(ORDER | {"order": "A\0"}), r"orders\[0\].order: 'A.x00'"),
        (body(ORDER | {"order": "x" * 81}), r"orders\[0\].order"),
    ],
)
def test_what_does_not_fit_is_named(what: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        delivered(what)


def test_what_was_sent_before_takes_nothing_back(writer: Writer) -> None:
    """A replay within the window, one held up, two of one second; a file counts whatever was sent."""

    def fn(work: Work) -> tuple[list[str], list[Any], list[str]]:
        starts(work, 501)
        ((_, code),) = service.codes(work, ["c1"])
        service.bind(work, 501, code)
        one = Line("A1", "online", START - timedelta(hours=1), "c1", "NEW", 1, 1000, "paid")
        shipped, told = replace(one, status="shipped"), []

        def hear(line: Line, second: int) -> None:
            sent = (START + timedelta(seconds=second)).replace(microsecond=0)
            found = service.hear(work, list(together([line]).values()), sent=sent)
            assert found.pop("parked") == ["NEW"]
            told.append(next(word for word, n in found.items() if n))

        for line, second in (
            (one, 1), (one, 1), (shipped, 5), (one, 1), (one, 4), (one, 5), (shipped, 5), (shipped, 9),
            (one, 8),
        ):  # fmt: skip
            hear(line, second)
        service.know(work, [("NEW", "New tea", False)])
        status = work.sql.plain("SELECT status FROM v_order")[0][0]
        service.bring(work, [[replace(one, status="refunded")]])
        left = work.sql.plain("SELECT status FROM v_order")
        said = [e.data["status"] for e in work.effects if type(e) is Send]
        return told, [status, [tuple(r) for r in left]], said

    assert writer.write(fn) == (
        ["new", "known", "changed", "stale", "stale", "stale", "known", "known", "stale"],
        ["shipped", []],
        ["paid", "shipped", "refunded"],
    )


def test_an_order_told_without_its_lines_keeps_those_known(writer: Writer) -> None:
    """Only how it stands came. What the shop tells of lines is the whole order; a file may be half read."""
    haw, new = {"product": "HAW", "units": 2, "amount": 59}, {"product": "NEW"}
    two = ("HAW", 2, 5900), ("NEW", 1, None)

    def fn(work: Work) -> list[object]:
        told: list[object] = []

        def holds(found: dict[str, Any]) -> None:
            rows = work.sql.plain("SELECT product, units, amount FROM order_line ORDER BY product")
            counted = work.sql.plain("SELECT COUNT(*) FROM v_order")[0][0]
            word = next(w for w in ("new", "changed", "known", "stale") if found[w])
            told.append((word, [tuple(r) for r in rows], counted))

        for second, more in enumerate([
            {"status": "placed"}, {"lines": [haw, new], "status": "paid"}, {"status": "shipped"},
            {"status": "shipped"}, {"lines": [haw]},
        ]):  # fmt: skip
            orders = delivered(body(ORDER | more)).values()
            holds(service.hear(work, list(orders), sent=START + timedelta(seconds=second)))
        ((line,),) = orders
        for product in ("TEA", ""):
            holds({"stale": 0} | service.bring(work, [[replace(line, product=product)]]))
        return told

    assert writer.write(fn) == [
        ("new", [("", 1, None)], 1),  # nothing is known of what is in it
        ("changed", [*two], 0),  # and now that it is parked
        ("changed", [*two], 0),
        ("known", [*two], 0),
        ("changed", [two[0]], 0),
        ("changed", [two[0], ("TEA", 2, 5900)], 0),
        ("known", [two[0], ("TEA", 2, 5900)], 0),
    ]
