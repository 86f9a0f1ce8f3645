"""Lines of an order file, and how a customer is known without their number being kept. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation

import msgspec
from msgspec import Struct

from groupbot.core.codes import fold

CHANNELS = {
    "online": "online", "store": "store", "group": "group",
    "网店": "online", "线上": "online", "门店": "store", "线下": "store", "群": "group", "社群": "group",
}  # fmt: skip
STATUSES = {
    "placed": "placed", "paid": "paid", "shipped": "shipped", "done": "done", "cancelled": "cancelled",
    "refunded": "refunded", "已下单": "placed", "已付款": "paid", "已发货": "shipped", "已完成": "done",
    "已取消": "cancelled", "已退款": "refunded",
}  # fmt: skip
COLUMNS = {  # everything else of a file is left where it is: above all what pays
    "order": "number", "channel": "channel", "at": "at", "customer": "customer", "product": "product",
    "units": "units", "amount": "amount", "status": "status", "store": "store",
    "订单号": "number", "渠道": "channel", "时间": "at", "顾客": "customer", "商品": "product",
    "数量": "units", "金额": "amount", "状态": "status", "门店": "store",
}  # fmt: skip
NEEDED = ("number", "at", "customer")
LONGEST = 80  # letters of a number, a product, a store
CODE_LIFE = timedelta(days=30)
STEPS = ("placed", "paid", "shipped", "done", "cancelled", "refunded")  # an order goes forward through them
WINDOW = timedelta(minutes=5)  # how far the clock of who signs may be from ours
MOST_ORDERS, MOST_LINES = 200, 1000  # of one delivery: the bot beside it waits no longer


class Line(Struct, frozen=True):
    """One line of a file: some units of a product in an order. `amount` in cents (or what a hundredth of the
    currency is called), None where the file has none."""

    number: str
    channel: str
    at: datetime
    customer: str
    product: str = ""
    units: int = 1
    amount: int | None = None
    status: str = "done"
    store: str = ""


def columns_of(header: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """({our name: the file's name}, columns not taken).

    Raises:
        ValueError: names a column that is needed and missing.
    """
    found: dict[str, str] = {}
    rest = []
    for name in header:
        ours = COLUMNS.get(name.strip().lstrip("\ufeff").lower())
        if ours is None or ours in found:
            rest.append(name.strip())
        else:
            found[ours] = name
    for name in NEEDED:
        if name not in found:
            raise ValueError(next(k for k, v in COLUMNS.items() if v == name))
    return found, rest


def line_of(raw: Mapping[str, str | None], columns: Mapping[str, str], zone: tzinfo) -> Line:
    """A line as written; a time without a zone is on the clock of `zone`.

    Raises:
        ValueError: the field that does not fit, as `field: what it says`.
    """
    said = {ours: " ".join((raw.get(name) or "").split()) for ours, name in columns.items()}
    for name, text in said.items():
        if not text.isprintable():
            raise ValueError(f"{columns[name]}: {text[:40]!r}")
    for name in ("number", "customer"):
        if not 0 < len(said[name]) <= LONGEST:
            raise ValueError(f"{columns[name]}: {said[name][:40]!r}")
    at = _time(said["at"], zone)
    if at is None:
        raise ValueError(f"{columns['at']}: {said['at'][:40]!r}")
    channel = CHANNELS.get(said.get("channel", "").lower() or "online")
    status = STATUSES.get(said.get("status", "").lower() or "done")
    if channel is None or status is None:
        wrong = "channel" if channel is None else "status"
        raise ValueError(f"{columns[wrong]}: {said[wrong][:40]!r}")
    return Line(
        number=said["number"],
        channel=channel,
        at=at,
        customer=said["customer"],
        product=said.get("product", "")[:LONGEST],
        units=_units(said.get("units", ""), columns),
        amount=_cents(said.get("amount", ""), columns),
        status=status,
        store=said.get("store", "")[:LONGEST],
    )


def _time(text: str, zone: tzinfo) -> datetime | None:
    text = text.replace("/", "-")
    try:
        if len(text) <= 10:
            found = datetime.combine(date.fromisoformat(text), time(12))
        else:
            found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _units(text: str, columns: Mapping[str, str]) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6):
        raise ValueError(f"{columns['units']}: {text[:40]!r}")
    return int(text)


def _cents(text: str, columns: Mapping[str, str]) -> int | None:
    if not text:
        return None
    try:
        found = Decimal(text.strip("¥￥$€").replace(",", "")) * 100
        if not 0 <= found < 10**12:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(f"{columns['amount']}: {text[:40]!r}") from None
    return int(found)


def mark(key: bytes, what: str, text: str) -> str:
    """How a customer's number or a code is found again without being kept: a keyed hash."""
    return hmac.digest(key, f"order:{what}:{fold(text)}".encode(), hashlib.sha256).hex()[:32]


def together(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """Lines by order, (channel, number); two of one product in one order become one."""
    orders: dict[tuple[str, str], dict[str, Line]] = {}
    for line in lines:
        of = orders.setdefault((line.channel, line.number), {})
        was = of.get(line.product)
        if was is not None:
            amount = line.amount if was.amount is None else was.amount + (line.amount or 0)
            line = Line(
                line.number, line.channel, line.at, line.customer, line.product, was.units + line.units,
                amount, line.status, line.store,
            )  # fmt: skip
        of[line.product] = line
    return {key: list(of.values()) for key, of in orders.items()}


def signed(secret: str, at: str, signature: str, body: bytes, now: datetime) -> datetime | None:
    """When who knows the secret says these bytes were sent: HMAC-SHA-256, in hex, over `at` (Unix seconds), a
    full stop and the body, within `WINDOW` of now. None: not signed so."""
    made = hmac.digest(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hex()
    if not hmac.compare_digest(made.encode(), signature.encode()):
        return None
    if not (at.isascii() and at.isdigit() and len(at) <= 11):
        return None
    sent = datetime.fromtimestamp(int(at), UTC)
    return sent if abs(now - sent) <= WINDOW else None


class _Part(Struct):
    product: str | int = ""
    units: str | int = ""
    amount: str | int | float | None = None


class _Order(Struct):
    """What is read of an order as the shop tells it; any other field is dropped where it is decoded."""

    order: str | int
    at: str
    customer: str | int
    channel: str = ""
    status: str = ""
    store: str = ""
    lines: list[_Part] = []


class _Delivery(Struct):
    orders: list[_Order]


_OURS = {ours: name for name, ours in COLUMNS.items() if name.isascii()}


def delivered(body: bytes) -> dict[tuple[str, str], list[Line]]:
    """Orders of a delivery, `{"orders": [{"order", "at", "customer", …, "lines": [{"product", …}]}]}`, by
    (channel, number): each field as in a file, but times with their zone.

    Raises:
        ValueError: what does not fit; nothing of the delivery is to be taken.
    """
    try:
        orders = msgspec.json.decode(body, type=_Delivery).orders
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise ValueError(str(e)) from None
    if not 0 < len(orders) <= MOST_ORDERS or sum(len(o.lines) for o in orders) > MOST_LINES:
        raise ValueError(f"orders: 1 to {MOST_ORDERS} of {MOST_LINES} lines at most")
    found: dict[tuple[str, str], list[Line]] = {}
    for place, o in enumerate(orders):
        try:
            lines = [_line(o, part) for part in o.lines or [_Part()]]
            ((key, of),) = together(lines).items()
            if key in found:
                raise ValueError(f"order: {key[1]!r} twice")
        except ValueError as e:
            raise ValueError(f"orders[{place}].{e}") from None
        found[key] = of
    return found


def _line(o: _Order, part: _Part) -> Line:
    said = {f: getattr(o, f) for f in o.__struct_fields__ if f != "lines"}
    said |= {f: getattr(part, f) for f in part.__struct_fields__}
    raw = {name: "" if value is None else str(value) for name, value in said.items()}
    if _time(raw["at"], UTC) != _time(raw["at"], _AFAR):
        raise ValueError(f"at: {raw['at'][:40]!r} has no zone")
    return line_of(raw, _OURS, UTC)


_AFAR = timezone(timedelta(hours=1))
