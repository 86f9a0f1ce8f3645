"""/coupon, /codes and /redeem: codes that only members of the group get."""

from __future__ import annotations

from typing import Any

from groupbot import Answer, Button, Command, Delete, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.features.coupons import service
from groupbot.features.coupons.domain import MOST, TENURE, Publish, Take, parse, readable
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members

router = Router(
    "coupons",
    about="Coupon codes for members",
    keeps="who took and redeemed which coupon, until /forget; codes sealed until they are shown, afterwards"
    " only a keyed hash",
    settings=(TENURE,),
)
router.keeps_of(*service.KEPT)


@router.command(
    "coupon",
    about="Give out coupon codes",
    who="admin",
    right="info",
    usage="/coupon TITLE [7d] [use30d] [each2] [20points] · close NUMBER",
    example="/coupon Hawthorn 2 for 59 7d use30d",
    rare=True,
)
def coupon(cmd: Command, work: Work) -> None:
    """Begins a pool; its codes are asked for in private."""
    first, _, rest = cmd.args.partition(" ")
    if first.lower() == "close" and _number(rest):
        reply(work, cmd, "coupons/closed", title=service.close(work, _number(rest)))
        return
    order, by = parse(cmd.args), sender_of(cmd)
    if order is None or cmd.message.anonymous or not by:
        raise Refusal("common/usage")
    members.alone(work, by)
    number = service.draft(work, order, by=by, topic=cmd.message.topic)
    work.say(Send(user=by, template="coupons/ask", data={"number": number, "title": order.title}))


@router.command(
    "codes",
    about="Fill a pool of coupons",
    where="private",
    usage="/codes NUMBER, then one code a line · /codes NUMBER make 50",
    example="/codes 3 make 50",
    hidden=True,
)
def codes(cmd: Command, work: Work) -> None:
    """Only for who began the pool; sealed at once, and the message taken away."""
    first, _, rest = cmd.args.partition("\n")
    head = first.split()
    number, person = _number(head[0]) if head else 0, sender_of(cmd)
    row = service.of_maker(work, number, person)
    if len(head) == 3 and head[1].lower() == "make" and 0 < _number(head[2]) <= MOST:
        added, before, bad = *service.generate(work, number, _number(head[2])), 0
    elif len(head) == 1 and rest.strip():
        good, wrong = readable(rest.splitlines())
        added, before, bad = *service.add(work, number, good), len(wrong)
        work.say(Delete(chat=work.chat, messages=(cmd.message.message_id,)))
    else:
        raise Refusal("common/usage")
    button = Button("publish", Publish(row.chat_id, number))
    data = {"number": number, "title": row.title, "added": added, "before": before, "bad": bad}
    data["open"] = row.state == "open"
    rows = ((button,),) if row.state == "draft" else ()
    work.say(Send(user=person, template="coupons/filled", data=data, buttons=rows))


@router.tap(Publish, who="admin", right="info")
def publish(tap: Tap, work: Work) -> None:
    """Still an administrator there? Then into the group."""
    assert isinstance(tap.data, Publish)
    home, work.chat = work.chat, tap.data.chat
    try:
        service.publish(work, tap.data.pool)
    finally:
        work.chat = home
    work.say(Answer(query_id=tap.query_id, template="coupons/published"))


@router.tap(Take)
def take(tap: Tap, work: Work) -> None:
    """The code goes to the private chat, once."""
    assert isinstance(tap.data, Take)
    if tap.sender is None or tap.sender.is_bot:
        raise Refusal("checkin/people_only")
    engagement.speak_first(work, work.chat, tap.sender)
    done = service.take(work, tap.data.pool, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="coupons/taken", data=done))


@router.command("coupons", about="My coupons", words=("优惠券",), hidden=True)
def coupons(cmd: Command, work: Work) -> None:
    """Staff see the pools with their counts; members their own coupons, in private."""
    if cmd.sender is None or cmd.message.anonymous:
        raise Refusal("checkin/people_only")
    if members.is_staff(work, work.chat, cmd.sender.id):
        reply(work, cmd, "coupons/report", pools=service.report(work))
        return
    person = members.alone(work, cmd.sender.id)
    work.say(Send(user=person, template="coupons/mine", data={"rows": service.mine(work, person)}))


@router.command(
    "redeem",
    about="Take a coupon at the counter",
    who="helper",
    usage="/redeem CODE",
    example="/redeem K7M2QXA9PD",
    rare=True,
)
def redeem(cmd: Command, work: Work) -> None:
    """Once, and only a member's."""
    if not cmd.args.strip():
        raise Refusal("common/usage")
    done = service.redeem(work, cmd.args, by=sender_of(cmd))
    reply(work, cmd, "coupons/redeemed", **done)
    if members.reachable(work, done["person"]):
        work.say(Send(user=done["person"], template="coupons/redeemed_yours", data=done))


def offer(work: Work, chat: int, title: str) -> tuple[dict[str, Any], Take] | None:
    """A coupon that can be had in a chat now, for a post, and what the post's button does."""
    found = service.offered(work, chat, title)
    return None if found is None else (found, Take(found.pop("number")))


@router.every(seconds=5)
def close_due(work: Work) -> None:
    service.close_due(work)


def _number(word: str) -> int:
    """A pool's number; 0 when the word is none."""
    word = word.strip().lstrip("#")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 12 else 0
