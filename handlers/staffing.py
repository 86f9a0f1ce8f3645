"""Administrators: made, unmade and listed; what is known of whom; what the bot cannot do."""

from __future__ import annotations

from groupbot import Command, Router, Work
from groupbot.features.moderation import service

router = Router("staffing", about="Administrators, ids, and what I cannot do here")


@router.command(
    "promote", about="Make somebody an admin", who="admin", right="promote", bot_right="promote",
    usage="/promote [@name|id] [TITLE]", example="/promote @li Helper",
)  # fmt: skip
def promote(cmd: Command, work: Work) -> None:
    service.promote(work, cmd)


@router.command(
    "demote", about="Make an admin a member again", who="admin", right="promote", bot_right="promote",
    usage="/demote [@name|id]", example="/demote @li",
)  # fmt: skip
def demote(cmd: Command, work: Work) -> None:
    service.demote(work, cmd)


@router.command(
    "title", about="The word beside an admin's name", who="admin", right="promote", bot_right="promote",
    usage="/title [@name|id] [TITLE]", example="/title @li Helper", hidden=True,
)  # fmt: skip
def title(cmd: Command, work: Work) -> None:
    service.title(work, cmd)


@router.command("admins", about="Who answers for this group", aliases=("adminlist",))
def admins(cmd: Command, work: Work) -> None:
    """Names, without calling anybody."""
    service.admins(work, cmd)


@router.command(
    "id", about="Ids of this chat and of people", usage="/id [@name|id]", example="/id @li", hidden=True
)
def ids(cmd: Command, work: Work) -> None:
    service.ids(work, cmd)


@router.command(
    "info", about="What is known of somebody", who="admin", usage="/info [@name|id]", example="/info @li"
)
def info(cmd: Command, work: Work) -> None:
    service.info(work, cmd)


@router.command("doctor", about="What I cannot do here, and why", who="admin")
def doctor(cmd: Command, work: Work) -> None:
    service.doctor(work, cmd)


@router.command(
    "anonadmin", about="Who posts as the group counts as an admin without proof", who="owner",
    usage="/anonadmin [on|off]", example="/anonadmin off", hidden=True,
)  # fmt: skip
def anonadmin(cmd: Command, work: Work) -> None:
    service.anonymous(work, cmd)
