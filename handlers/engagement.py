"""Counts what happens, and shows a group its week."""

from __future__ import annotations

from groupbot import Command, Event, Router, Send, Work
from groupbot.features.engagement import reports, service
from groupbot.features.rules.domain.cases import Removed

router = Router(
    "engagement",
    about="Counts what happens, never what was said",
    keeps="who wrote or reacted when, no text; 180 days",
)
router.keeps_of(*service.KEPT, erase=service.erase)


@router.observe
def note(event: Event, work: Work) -> None:
    service.note(event, work)


@router.every(seconds=3600)
def sweep(work: Work) -> bool:
    """Forgets who did what when, 180 days later; the sums stay."""
    return service.sweep(work)


@router.on(Removed)
def forget(gone: Removed, work: Work) -> None:
    """What was taken away does not count."""
    for message_id in gone.messages:
        service.removed(work, gone.chat, message_id)


@router.command("stats", about="This group's week in numbers", who="admin", words=("统计",))
def stats(cmd: Command, work: Work) -> None:
    """Seven days in a table; gone after five minutes."""
    week = reports.week_of(work, work.chat)
    work.say(
        Send(
            chat=work.chat,
            template="engagement/week",
            data={
                "title": week.title,
                "days": [
                    {
                        "day": d.day.isoformat(),
                        "messages": d.messages,
                        "active": d.active,
                        "joined": d.joined,
                        "left": d.left,
                    }
                    for d in week.days
                ],
                "messages": week.messages,
                "active": week.active,
                "known": week.known,
                "joined": week.joined,
                "left": week.left,
                "few": week.few,
                "bot_share": None if week.bot_share is None else round(100 * week.bot_share),
                "most": max(d.messages for d in week.days),
            },
            topic=cmd.message.topic,
            reply_to=cmd.message.message_id,
            lifetime=300,
        )
    )
