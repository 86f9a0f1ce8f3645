"""/report and @admin: members ask for a look, staff decide by buttons."""

from __future__ import annotations

from msgspec import structs

from groupbot import Answer, Command, Router, Send, Tap, Work, sender_of, switched
from groupbot.core.setting import SWITCHES
from groupbot.features.reports import domain, service
from groupbot.features.reports.domain import SETTINGS

router = Router(
    "reports",
    about="Reports by members, decided by people",
    needs={"delete", "restrict"},
    keeps="reports and who made them, 180 days; the start of what was reported (64 characters), 30 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT, erase=service.erase, redraw=service.redraw)


@router.command(
    "report",
    about="Report the message you reply to",
    usage="/report [REASON]",
    example="/report adverts",
    words=("@admin", "@admins", "举报"),
)
def report(cmd: Command, work: Work) -> None:
    """As a reply: staff have a look; your command goes."""
    service.report(work, cmd)


@router.command(
    "reports",
    about="Open reports; on and off",
    who="helper",
    right="delete",
    usage="/reports [on|off]",
    example="/reports",
    admin_args=SWITCHES,
)
def reports(cmd: Command, work: Work) -> None:
    """The reports that wait for a decision; administrators switch reporting on and off."""
    if cmd.args:
        service.switch(work, work.chat, switched(cmd.args), sender_of(cmd) or None)
    work.say(
        Send(
            chat=work.chat,
            template="reports/open",
            data=service.state(work, work.chat),
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    """Forgets what is old."""
    service.sweep(work)


def _decide(tap: Tap, work: Work, act: str) -> None:
    assert tap.sender is not None
    id_ = getattr(tap.data, "id", 0)
    done = service.decide(work, id_, act, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="reports/done", data=structs.asdict(done)))


@router.tap(domain.PutAway, who="helper", right="delete", bot_right="delete")
def put_away(tap: Tap, work: Work) -> None:
    _decide(tap, work, "delete")


@router.tap(domain.Warn, who="helper", right="restrict", bot_right="delete")
def warn(tap: Tap, work: Work) -> None:
    _decide(tap, work, "warn")


@router.tap(domain.Mute, who="helper", right="restrict", bot_right="restrict delete")
def mute(tap: Tap, work: Work) -> None:
    _decide(tap, work, "mute")


@router.tap(domain.Ban, who="admin", right="restrict", bot_right="restrict delete")
def ban(tap: Tap, work: Work) -> None:
    _decide(tap, work, "ban")


@router.tap(domain.Dismiss, who="helper", right="delete")
def dismiss(tap: Tap, work: Work) -> None:
    _decide(tap, work, "dismiss")
