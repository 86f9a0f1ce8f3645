"""Acts on members by hand: ban, mute, kick and warn, with d (delete), s (silent) and t (timed)."""

from __future__ import annotations

from groupbot import Command, Router, Work
from groupbot.features.moderation import service
from groupbot.features.moderation.domain.acts import WARNS

router = Router(
    "moderation",
    about="Bans, breaks and warnings by hand",
    needs={"delete", "restrict"},
    keeps="cases with who acted and the reason given, 180 days",
    settings=WARNS,
)
_WHOM = "[@name|id] [REASON]"


def _act(
    name: str, act: str, about: str, *, timed: bool = False, gone: bool = False, silent: bool = False
) -> None:
    """One command of the family: who may needs the right, and so does the bot."""
    rights = "restrict delete" if gone or silent else "restrict"
    span = "SPAN " if timed else "[SPAN] " if act != "kick" else ""

    def run(cmd: Command, work: Work) -> None:
        service.sanction(work, cmd, act, timed=timed, delete=gone, silent=silent)

    router.command(
        name,
        about=about,
        who="admin",
        right="restrict delete" if gone else "restrict",
        bot_right=rights,
        usage=f"/{name} [@name|id] {span}[REASON]",
        example=f"/{name} @li {'2d 3h ' if timed else ''}adverts",
        hidden=timed or gone or silent,
    )(run)


_act("ban", "ban", "Remove somebody from the group")
_act("tban", "ban", "Remove somebody for a time", timed=True)
_act("dban", "ban", "Remove somebody and the message replied to", gone=True)
_act("sban", "ban", "Remove somebody without a word", silent=True)
_act("mute", "mute", "Give somebody a break from writing")
_act("tmute", "mute", "Give somebody a break for a time", timed=True)
_act("dmute", "mute", "Give somebody a break and delete the message replied to", gone=True)
_act("smute", "mute", "Give somebody a break without a word", silent=True)
_act("kick", "kick", "Take somebody out; they may come back")
_act("dkick", "kick", "Take somebody out and delete the message replied to", gone=True)
_act("skick", "kick", "Take somebody out without a word", silent=True)


@router.command(
    "unban", about="Let somebody come back", who="admin", right="restrict", bot_right="restrict",
    usage=f"/unban {_WHOM}", example="/unban @li",
)  # fmt: skip
def unban(cmd: Command, work: Work) -> None:
    service.lift(work, cmd, "unban")


@router.command(
    "unmute", about="Let somebody write again", who="admin", right="restrict", bot_right="restrict",
    usage=f"/unmute {_WHOM}", example="/unmute @li",
)  # fmt: skip
def unmute(cmd: Command, work: Work) -> None:
    service.lift(work, cmd, "unmute")


# --- warnings
@router.command(
    "warn", about="Warn somebody", who="admin", right="restrict",
    usage=f"/warn {_WHOM}", example="/warn @li adverts",
)  # fmt: skip
def warn(cmd: Command, work: Work) -> None:
    service.warn(work, cmd)


@router.command(
    "dwarn", about="Warn somebody and delete the message replied to", who="admin", right="restrict delete",
    bot_right="delete", usage=f"/dwarn {_WHOM}", example="/dwarn adverts", hidden=True,
)  # fmt: skip
def dwarn(cmd: Command, work: Work) -> None:
    service.warn(work, cmd, delete=True)


@router.command(
    "swarn", about="Warn somebody without a word in the group", who="admin", right="restrict",
    bot_right="delete", usage=f"/swarn {_WHOM}", example="/swarn @li adverts", hidden=True,
)  # fmt: skip
def swarn(cmd: Command, work: Work) -> None:
    service.warn(work, cmd, silent=True)


@router.command(
    "unwarn", about="Take the newest warning back", who="admin", right="restrict", aliases=("rmwarn",),
    usage="/unwarn [@name|id]", example="/unwarn @li",
)  # fmt: skip
def unwarn(cmd: Command, work: Work) -> None:
    service.unwarn(work, cmd)


@router.command(
    "resetwarns", about="Take all warnings back", who="admin", right="restrict", aliases=("resetwarn",),
    usage="/resetwarns [@name|id]", example="/resetwarns @li", hidden=True,
)  # fmt: skip
def resetwarns(cmd: Command, work: Work) -> None:
    service.unwarn(work, cmd, every=True)


@router.command("warns", about="The warnings that count", usage="/warns [@name|id]", example="/warns @li")
def warns(cmd: Command, work: Work) -> None:
    """One's own; administrators see anybody's."""
    service.show(work, cmd)


@router.command(
    "warnlimit", about="How many warnings there are", who="admin", right="restrict",
    aliases=("setwarnlimit", "warnings"), usage="/warnlimit [2-20]", example="/warnlimit 3", hidden=True,
)  # fmt: skip
def warnlimit(cmd: Command, work: Work) -> None:
    service.set_limit(work, cmd)


@router.command(
    "warnmode", about="What follows the last warning", who="admin", right="restrict",
    aliases=("setwarnmode", "warningmode"), usage="/warnmode [ask|kick|mute|ban|tmute SPAN|tban SPAN]",
    example="/warnmode tmute 1d", hidden=True,
)  # fmt: skip
def warnmode(cmd: Command, work: Work) -> None:
    service.set_mode(work, cmd)


@router.command(
    "warntime", about="How long a warning counts", who="admin", right="restrict",
    aliases=("setwarntime",), usage="/warntime [SPAN|off]", example="/warntime 30d", hidden=True,
)  # fmt: skip
def warntime(cmd: Command, work: Work) -> None:
    service.set_time(work, cmd)
