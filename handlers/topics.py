"""Topics of a forum: where the bot says what nobody asked for; new, renamed, closed, reopened, deleted."""

from __future__ import annotations

from groupbot import Command, Router, Tap, Work
from groupbot.features.members.domain import ACTION_TOPIC
from groupbot.features.moderation.service import forum as service

router = Router(
    "topics",
    about="Topics of a forum, and which of them takes my notices",
    settings=(ACTION_TOPIC,),
)


@router.command("actiontopic", rare=True, about="Where my greetings and notices go in a forum", who="admin")
def actiontopic(cmd: Command, work: Work) -> None:
    service.show(work, cmd)


@router.command(
    "setactiontopic",
    rare=True,
    about="My greetings and notices go to the topic this is said in",
    who="admin",
    right="info",
    usage="/setactiontopic [off]",
    example="/setactiontopic",
)
def setactiontopic(cmd: Command, work: Work) -> None:
    service.choose(work, cmd)


@router.command(
    "newtopic",
    rare=True,
    about="Open a new topic",
    who="admin",
    right="topics",
    bot_right="topics",
    usage="/newtopic NAME",
    example="/newtopic Lost and found",
)
def newtopic(cmd: Command, work: Work) -> None:
    service.make(work, cmd)


@router.command(
    "renametopic",
    rare=True,
    about="Rename the topic this is said in",
    who="admin",
    right="topics",
    bot_right="topics",
    usage="/renametopic NAME",
    example="/renametopic Spring sale",
)
def renametopic(cmd: Command, work: Work) -> None:
    service.rename(work, cmd)


@router.command(
    "closetopic",
    rare=True,
    about="Close the topic this is said in",
    who="admin",
    right="topics",
    bot_right="topics",
)
def closetopic(cmd: Command, work: Work) -> None:
    service.turn(work, cmd, "close")


@router.command(
    "reopentopic",
    rare=True,
    about="Open the topic this is said in again",
    who="admin",
    right="topics",
    bot_right="topics",
)
def reopentopic(cmd: Command, work: Work) -> None:
    service.turn(work, cmd, "reopen")


@router.command(
    "deletetopic",
    rare=True,
    about="Delete the topic this is said in, after asking",
    who="admin",
    right="delete",
    bot_right="delete",
)
def deletetopic(cmd: Command, work: Work) -> None:
    service.ask_delete(work, cmd)


@router.tap(service.DeleteTopic, who="admin", right="delete", bot_right="delete")
def deleted(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, service.DeleteTopic) and tap.sender is not None
    service.delete(work, tap.data, tap.sender.id)
