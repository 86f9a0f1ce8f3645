"""/lottery, /draws, /verify and the buttons under a draw."""

from __future__ import annotations

from groupbot import (
    Answer,
    BoostChanged,
    Boosts,
    Button,
    Command,
    GiftOffers,
    Message,
    Refusal,
    Router,
    Send,
    Tap,
    Work,
)
from groupbot.features.coupons import service as coupons
from groupbot.features.engagement import service as engagement
from groupbot.features.lottery import service
from groupbot.features.lottery.domain import (
    SETTINGS,
    Cancel,
    Claim,
    Draft,
    Enter,
    Freed,
    GiftAgain,
    GiftByHand,
    GiftOrder,
    parse,
)
from groupbot.features.members import service as members

router = Router(
    "lottery",
    about="Draws that anybody can check",
    keeps="who took part and who won, without names in the public record; 180 days after the draw; coupon "
    "codes sealed, until they are shown to the winner",
    settings=SETTINGS,
)


def _redraw(work: Work, who: int) -> None:
    for fn in (service.redraw, service.redraw_void, service.redraw_claims, service.gifts.redraw_gifts):
        fn(work, who)


router.keeps_of(*service.KEPT, redraw=_redraw)
_CLOSE, _CANCEL, _EDIT = ("close", "开奖"), ("cancel", "取消"), ("edit", "修改")
_ENTRIES = ("entries", "名单")


@router.command(
    "lottery",
    about="Hold a draw",
    who="admin",
    right="info",
    usage="/lottery PRIZE x3 [+ 50points x10] [+ coupon3 x5] [+ gift:EMOJI x2] [24h] [full50|manual] "
    "[active3] [invites1] [points10] [captcha] [boost] [keyword:WORD|#TAG] [tickets:invites] "
    "· close · edit ... · cancel · entries [csv]",
    example="/lottery Gift box x3 24h",
)
def lottery(cmd: Command, work: Work) -> None:
    """`prize x3 [24h]` opens a draw; `close` ends it now, `edit` and `cancel` before anybody is drawn."""
    first, _, rest = cmd.args.partition(" ")
    act, by = first.lower(), 0 if cmd.message.anonymous or cmd.sender is None else cmd.sender.id
    if not act:
        if not by:
            raise Refusal("common/usage")
        service.drafting.begin(work, by, topic=cmd.message.topic)
    elif act in _CLOSE:
        service.close(work, _named(rest))
    elif act in _CANCEL:
        _ask_cancel(cmd, work, service.the_open(work, _named(rest)).id)
    elif act in _ENTRIES:
        form = "csv" if rest.lower().endswith("csv") else "json"
        service.entrants(work, _named(rest.lower().removesuffix(form).strip()), to=by, form=form)
    else:
        order = parse(rest if act in _EDIT else cmd.args)
        if order is None:
            raise Refusal("common/usage")
        if order.unasked:
            away = work.away is not None
            service.gifts.ask(
                work,
                work.chat,
                act="edit" if act in _EDIT else "open",
                line=rest if act in _EDIT else cmd.args,
                by=by,
                topic=None if away else cmd.message.topic,
                reply_to=None if away else cmd.message.message_id,
            )
        elif act in _EDIT:
            service.edit(work, None, order, by=by)
        else:
            service.open_lottery(work, order, by=by, topic=cmd.message.topic, hold=coupons.hold)


def _named(word: str) -> int | None:
    """The draw's number, if one is given.

    Raises:
        Refusal: the word is none.
    """
    if word and not _number(word):
        raise Refusal("common/usage")
    return _number(word) if word else None


def _ask_cancel(cmd: Command, work: Work, number: int) -> None:
    work.say(
        Send(
            chat=work.chat,
            template="lottery/cancel",
            data={"id": number},
            buttons=((Button("cancel", Cancel(work.chat, number)),),),
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.tap(Cancel, who="admin", right="info")
def cancel(tap: Tap, work: Work) -> None:
    """The confirmation: nothing is called off by a slip of the finger."""
    assert isinstance(tap.data, Cancel) and tap.sender is not None
    home, work.chat = work.chat, tap.data.chat
    try:
        service.cancel(work, tap.data.lottery, by=tap.sender.id)
    finally:
        work.chat = home
    work.say(Answer(query_id=tap.query_id, template="lottery/cancelled", data={"id": tap.data.lottery}))


@router.command("draws", about="Draws here", words=("抽奖",))
def draws(cmd: Command, work: Work) -> None:
    """What is open now, and how to check the last one."""
    staff = cmd.message.anonymous or (
        cmd.sender is not None and members.is_staff(work, work.chat, cmd.sender.id)
    )
    work.say(
        Send(
            chat=work.chat,
            template="lottery/status",
            data={**service.status(work), "staff": staff},
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.command("verify", about="Check a draw", where="any", usage="/verify [NUMBER]", example="/verify 17")
def verify(cmd: Command, work: Work) -> None:
    """All inputs of a draw that is over."""
    number = _number(cmd.args) if cmd.args else None
    if number == 0 or (number is None and cmd.chat.type == "private"):
        raise Refusal("common/usage")
    service.verify(work, cmd, number)


@router.on(GiftOffers)
def offered(event: GiftOffers, work: Work) -> None:
    service.gifts.offered(work, event)


@router.on(GiftOrder)
def gifts_ordered(told: GiftOrder, work: Work) -> None:
    """An order with gifts, now that their price is known."""
    if told.act == "draft":
        service.drafting.priced(work, told, coupons.hold)
        return
    order = parse(told.line)
    assert order is not None
    if told.act == "edit":
        service.edit(
            work, None, service.gifts.had(work, order, told, service.the_open(work, None).id), by=told.by
        )
    else:
        order = service.gifts.had(work, order, told)
        service.open_lottery(work, order, by=told.by, topic=told.topic, hold=coupons.hold)


@router.tap(GiftAgain, who="admin", right="info")
def gift_again(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, GiftAgain)
    service.gifts.again(work, tap, tap.data)


@router.tap(GiftByHand, who="admin", right="info")
def gift_by_hand(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, GiftByHand)
    service.gifts.by_hand(work, tap, tap.data)


@router.on(Boosts)
def boosts(event: Boosts, work: Work) -> None:
    service.boosts.told(work, event)


@router.on(BoostChanged)
def boost_changed(event: BoostChanged, work: Work) -> None:
    service.boosts.changed(work, event)


@router.tap(Enter)
def enter(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Enter)
    engagement.speak_first(work, work.chat, tap.sender)
    service.enter(work, tap.data.lottery, tap)


@router.tap(Claim, always=True)
def claim(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Claim)
    coupon = service.claim(work, tap.data.lottery, tap)
    if coupon and tap.sender is not None:
        coupons.hand(work, coupon, tap.sender.id)


@router.on(Freed)
def freed(told: Freed, work: Work) -> None:
    """Coupons nobody won."""
    home, work.chat = work.chat, told.chat
    try:
        coupons.release(work, told.refs)
    finally:
        work.chat = home


@router.on(Message, idle="lottery.words")
def heard(message: Message, work: Work) -> None:
    """The keyword or hashtag of an open draw; in private, the next answer of a set-up."""
    if not message.text:
        return
    private = message.chat.type == "private"
    try:
        if private:
            service.drafting.heard(work, message)
        else:
            service.heard(work, message)
    except Refusal as no:  # before any write; a message has no toast, so it is said here
        work.say(
            Send(
                chat=work.chat,
                template=no.template,
                data=no.data,
                reply_to=message.message_id,
                topic=message.topic,
                lifetime=None if private else 60,
            )
        )


@router.tap(Draft, who="admin", right="info")
def draft(tap: Tap, work: Work) -> None:
    """The set-up's buttons; who is no administrator there any more publishes nothing."""
    assert isinstance(tap.data, Draft) and tap.sender is not None
    told = service.drafting.press(work, tap.sender.id, tap.data, coupons.hold)
    if told:
        work.say(Answer(query_id=tap.query_id, template=told, data={"open": True}))


@router.every(seconds=1)
def end(work: Work) -> None:
    service.boosts.ask_again(work)
    service.end_due(work)


@router.every(seconds=3)
def gifts(work: Work) -> None:
    """What became of gifts."""
    service.gifts.settle(work)


@router.every(seconds=3)
def redraw(work: Work) -> None:
    service.redraw_stale(work)


@router.every(seconds=60)
def lapse(work: Work) -> None:
    """Reminders, seats nobody came for, and rounds that never came."""
    service.remind_due(work)
    service.lapse_due(work)
    service.out_of_patience(work)


@router.every(seconds=3600, reads=service.over)
def sweep(found: int | None, work: Work) -> bool:
    return service.sweep(found, work)


def _number(word: str) -> int:
    """A draw's number; 0 when the word is none."""
    word = word.strip().removeprefix("#")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 16 else 0
