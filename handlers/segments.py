"""/segment: which customers a group is for, how its members are described, and who would fit elsewhere."""

from __future__ import annotations

from groupbot import Command, Router, Send, Work, reply, sender_of
from groupbot.features.members import service as members
from groupbot.features.moderation.service.whom import aimed, hush

router = Router(
    "segments",
    about="Customers alike in one group",
    keeps="how administrators describe a member (kind, scale, closeness, course), while they are one; 180 "
    "days after",
)


@router.command(
    "segment", about="Which customers this group is for", who="admin", right="info", rare=True,
    usage="/segment [WORDS | off], as an answer to a member for them alone", example="/segment large loyal",
)  # fmt: skip
def segment(cmd: Command, work: Work) -> None:
    """Shows and sets, in private: nobody else reads how somebody is described."""
    asks = sender_of(cmd)
    private = members.alone(work, asks)
    found = aimed(work, cmd)
    if found is not None and found.actor > 0 and found.actor != work.bot_id:
        words, person = found.rest.strip(), found.actor
        made = members.segmenting.of_member(work, work.chat, person)
        if words:
            made = members.segmenting.describe_member(work, work.chat, person, words, asks)
        name = members.name(work, person)
        work.say(
            Send(user=private, template="members/segment_of", data={"name": name, "segment": list(made)})
        )
        if cmd.chat.type != "private" and not members.bot_lacks(work, work.chat, ("delete",)):
            hush(work, cmd)
            return
    else:
        if cmd.args.strip():
            members.segmenting.describe_chat(work, work.chat, cmd.args)
        whole = members.segmenting.overview(work, work.chat, asks)
        work.say(Send(user=private, template="members/segment", data=whole))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")
