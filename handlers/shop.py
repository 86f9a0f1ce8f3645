"""/shop: what points buy; /handover: staff give it out."""

from __future__ import annotations

from groupbot import Answer, Button, Command, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.features.members import service as members
from groupbot.features.shop import service
from groupbot.features.shop.domain import Buy, Sure, parse

router = Router(
    "shop",
    about="Items for points, handed over by staff",
    keeps="who ordered what and when it was handed over, for as long as the group uses points",
)
router.keeps_of(*service.KEPT)


@router.command(
    "shop",
    about="What points buy",
    usage="/shop | /shop add PRICE STOCK NAME | /shop drop NUMBER",
    example="/shop add 80 5 Hawthorn tea",
    words=("兑换", "商城"),
    admin_args={"add": "info", "drop": "info"},
)
def shop(cmd: Command, work: Work) -> None:
    """The shelf, with a button for each thing; administrators fill it."""
    verb, _, rest = cmd.args.partition(" ")
    if verb.lower() == "add":
        item = parse(rest)
        if item == "":
            raise Refusal("common/usage")
        if isinstance(item, str):
            raise Refusal("redpacket/bad_number", word=item)
        number = service.put_up(work, item)
        reply(work, cmd, "shop/added", number=number, name=item.name, price=item.price, stock=item.stock)
        return
    if verb.lower() == "drop":
        if not rest.strip().isdecimal() or len(rest) > 12:
            raise Refusal("common/usage")
        service.take_down(work, int(rest))
        reply(work, cmd, "shop/dropped", number=int(rest))
        return
    rows = service.shelf(work)
    buttons = tuple((Button(f"{r.name} · {r.price}", Buy(r.id)),) for r in rows if r.stock > 0)
    reply(
        work,
        cmd,
        "shop/shelf",
        buttons=buttons,
        lifetime=300,
        items=[{"id": r.id, "name": r.name, "price": r.price, "stock": r.stock} for r in rows],
        staff=cmd.sender is not None and members.is_staff(work, work.chat, cmd.sender.id),
        waiting=service.open_orders(work),
    )


@router.tap(Buy)
def buy(tap: Tap, work: Work) -> None:
    """Asks once more: points are spent."""
    assert isinstance(tap.data, Buy)
    person = _person(tap)
    row = service.look(work, tap.data.item, person)
    data = {
        "name": row.name,
        "price": row.price,
        "who": members.name(work, person),
    }
    button = Button("sure", Sure(row.id, person))
    work.say(
        Send(
            chat=work.chat,
            template="shop/sure",
            data=data,
            buttons=((button,),),
            topic=tap.topic,
            lifetime=60,
        )
    )


@router.tap(Sure)
def sure(tap: Tap, work: Work) -> None:
    """The same person again: paid, ordered, the code shown to them alone."""
    assert isinstance(tap.data, Sure)
    person = _person(tap)
    if person != tap.data.person:
        raise Refusal("shop/not_yours")
    done = service.buy(work, tap.data.item, person)
    work.say(Answer(query_id=tap.query_id, template="shop/bought", data=done, alert=True))
    if members.reachable(work, person):
        work.say(Send(user=person, template="shop/bought", data=done))


@router.command("orders", about="What waits for me in the shop", hidden=True, words=("我的兑换",))
def orders(cmd: Command, work: Work) -> None:
    """Open orders and their codes, in private."""
    if cmd.sender is None or cmd.message.anonymous:
        raise Refusal("checkin/people_only")
    person = members.alone(work, cmd.sender.id)
    work.say(Send(user=person, template="shop/orders", data={"orders": service.orders(work, person)}))


@router.command(
    "handover",
    about="Confirm that an order was handed over",
    who="admin",
    usage="/handover CODE [back]",
    example="/handover K7M2QX",
    hidden=True,
)
def handover(cmd: Command, work: Work) -> None:
    """Handed over, or with `back` the points returned."""
    code, _, how = cmd.args.partition(" ")
    if not code or how.strip().lower() not in ("", "back", "退"):
        raise Refusal("common/usage")
    by = sender_of(cmd)
    done = service.settle(work, code, by=by, back=bool(how.strip()))
    reply(work, cmd, "shop/settled_now", **done)
    if members.reachable(work, done["person"]):
        work.say(Send(user=done["person"], template="shop/settled_yours", data=done))


def _person(tap: Tap) -> int:
    if tap.sender is None or tap.sender.is_bot:
        raise Refusal("checkin/people_only")
    return tap.sender.id
