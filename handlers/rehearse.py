"""/rehearse: what a rule would have hit, before it is switched on."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Work
from groupbot.features.members import service as members
from groupbot.features.moving.domain.keeping import KEEP_TEXT, SETTINGS
from groupbot.features.moving.service import rehearsing

router = Router(
    "rehearse",
    about="Tries a rule on the past before it is on",
    keeps="message texts, only where the group switched keep_text on; 7 days at most",
    settings=SETTINGS,
)


router.observe(rehearsing.keep, idle=("members.value", KEEP_TEXT.key))


@router.every(seconds=3600)
def forget(work: Work) -> None:
    """Drops kept texts in time."""
    rehearsing.forget(work)


@router.every(seconds=1)
def go_on(work: Work) -> bool:
    """One more slice of a rehearsal."""
    return rehearsing.go_on(work)


@router.command(
    "rehearse",
    about="What a rule would have removed, before it is on",
    who="admin",
    usage='/rehearse RULE|lock TYPE|"WORDS" [7d]',
    example="/rehearse lock url 7d",
)
def rehearse(cmd: Command, work: Work) -> None:
    """A rule as it is set here, or a lock or an entry of a blocklist that is not set yet (`lock url`,
    `"cheap*"`). The answer holds members' words: it comes in private."""
    if cmd.sender is None or cmd.message.sender_chat is not None:
        raise Refusal("common/admin_only")
    if not cmd.args:
        raise Refusal("common/usage")
    rehearsing.rehearse(work, work.chat, cmd.args, members.alone(work, cmd.sender.id))
    if work.away is None:
        work.say(
            Send(
                chat=work.chat,
                template="members/see_private",
                reply_to=cmd.message.message_id,
                topic=cmd.message.topic,
                lifetime=60,
            )
        )
