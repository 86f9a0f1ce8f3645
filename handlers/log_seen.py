"""The log of what nobody said to the bot: who comes and goes, and what people do in their own clients."""

from __future__ import annotations

from groupbot import Answer, Joined, JoinRequest, Left, Refusal, Router, Service, Standing, Tap, Work
from groupbot.features.log import service
from groupbot.features.log.domain import PinBack, RankBack, Reverse, TopicBack
from groupbot.features.members import service as members
from groupbot.features.rules.service.returning import banned

router = Router("log_seen", about="Logs who comes and goes, and what people do in their own clients")


@router.on(Standing)
def standing(event: Standing, work: Work) -> None:
    service.known(work, event)
    service.in_client(work, event)


@router.on(Joined)
def joined(event: Joined, work: Work) -> None:
    service.came(work, event)


@router.on(Left)
def left(event: Left, work: Work) -> None:
    service.went(work, event)


@router.on(JoinRequest)
def requested(event: JoinRequest, work: Work) -> None:
    service.asked(work, event)


@router.on(Service)
def told(event: Service, work: Work) -> None:
    service.in_service(work, event)


@router.every(seconds=15)
def gather(work: Work) -> None:
    """Says together who came and went in quick succession."""
    service.gather(work)


# --- taking acts in clients back; Telegram lets a bot demote nobody it did not promote
@router.tap(Reverse, who="admin", right="restrict", bot_right="restrict")
def reverse(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Reverse) and tap.sender is not None
    if tap.data.act != "ban" and banned(work, tap.data.chat, tap.data.member):
        raise Refusal("moderation/banned_already", name=members.name(work, tap.data.member))
    service.reverse(work, tap.data.chat, tap.data.member, tap.data.act, tap.sender.id)
    _done(tap, work)


@router.tap(PinBack, who="admin", right="pin", bot_right="pin")
def unpin(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, PinBack) and tap.sender is not None
    service.unpin(work, tap.data, tap.sender.id)
    _done(tap, work)


@router.tap(TopicBack, who="admin", right="topics", bot_right="topics")
def turn(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, TopicBack) and tap.sender is not None
    service.turn(work, tap.data, tap.sender.id)
    _done(tap, work)


@router.tap(RankBack, who="admin", right="promote", bot_right="promote")
def promote(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, RankBack) and tap.sender is not None
    service.promote(work, tap.data, tap.sender.id)
    _done(tap, work)


def _done(tap: Tap, work: Work) -> None:
    work.say(Answer(query_id=tap.query_id, template="log/reversed"))
