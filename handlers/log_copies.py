"""/logcopies: what rules put away is copied to the log before it goes."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Work, reply, sender_of, switched
from groupbot.features.log import service as log
from groupbot.features.log.domain import COPIES
from groupbot.features.members import service as members

router = Router("log_copies", about="Copies of what rules put away", settings=(COPIES,))


@router.command(
    "logcopies",
    rare=True,
    about="What rules put away is copied to the log first",
    who="admin",
    right="info delete",
    usage="/logcopies on|off",
    example="/logcopies on",
)
def logcopies(cmd: Command, work: Work) -> None:
    """Only with a log, for those who look at a case later; off until somebody wants it."""
    if cmd.args:
        on = switched(cmd.args)
        if on and not log.has_destination(work, work.chat, "automated"):
            raise Refusal("log/none")
        members.put(work, COPIES, on, chat=work.chat, by=sender_of(cmd) or None)
    reply(work, cmd, "log/copies", on=bool(members.get(work, work.chat, COPIES)))
