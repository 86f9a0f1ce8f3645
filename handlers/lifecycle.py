"""A group's life: what could be done at its stage, and /retire."""

from __future__ import annotations

from groupbot import Answer, Command, Edit, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.features.care import service as care
from groupbot.features.engagement import reports
from groupbot.features.lifecycle import service
from groupbot.features.lifecycle.service.retiring import Keep, Retire
from groupbot.features.lifecycle.service.telling import Drafts, SwitchOn
from groupbot.features.members import service as members

router = Router(
    "lifecycle",
    about="What could be done at a group's stage, and its end",
    keeps="who retired a group and when, while the bot knows the group",
)
router.keeps_of(*service.KEPT)


@router.every(seconds=900)
def tell(work: Work) -> None:
    """Who answers for a group hears once that its stage changed."""
    service.tell(work)


@router.command("stage", about="Where this group stands, and what could be done", who="admin", rare=True)
def stage(cmd: Command, work: Work) -> None:
    """In private: its stage, since when, the figures, a playbook."""
    person = members.alone(work, sender_of(cmd))
    found = reports.stage_of(work, work.chat, work.now.date())
    if found is None:
        raise Refusal("lifecycle/unjudged", title=members.title(work, work.chat))
    data, buttons = service.shown(work, found, members.voice(work, None, person)[0])
    work.say(Send(user=person, template="lifecycle/stage", data=data, buttons=buttons))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.tap(SwitchOn, who="admin", right="info")
def switch_on(tap: Tap, work: Work) -> None:
    """A recipe of the playbook runs from now on."""
    assert isinstance(tap.data, SwitchOn) and tap.sender is not None
    care.switch(work, tap.data.chat, tap.data.recipe, True, tap.sender.id)
    work.say(
        Answer(
            query_id=tap.query_id, template="lifecycle/switched", data={"name": tap.data.recipe}, alert=True
        )
    )


@router.tap(Drafts, who="admin", right="info")
def drafts(tap: Tap, work: Work) -> None:
    """The operators are shown the posts of a pack, as drafts."""
    assert isinstance(tap.data, Drafts) and tap.sender is not None
    whom = service.draft(work, tap.data.chat, tap.data.pack, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="lifecycle/drafted", data={"audience": whom}, alert=True))


@router.command(
    "retire",
    about="End what I do in this group, with a farewell",
    who="admin",
    right="info invite",
    usage="/retire [LINK | @GROUP | TITLE | undo]",
    example="/retire https://t.me/newgroup",
    rare=True,
    always=True,
)
def retire(cmd: Command, work: Work) -> None:
    """In private: what would happen, with a button; `undo` within a week."""
    if cmd.args.strip().lower() in ("undo", "撤销"):
        reply(work, cmd, "lifecycle/undone", **service.undo(work))
        return
    person = members.alone(work, sender_of(cmd))
    data, buttons = service.ask(work, cmd.args, person)
    ref = f"retire:{buttons[0][0].tap.number}" if buttons else None
    work.say(Send(user=person, template="lifecycle/ask", data=data, buttons=buttons, ref=ref))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.tap(Retire, who="admin", right="info invite", always=True)
def retired(tap: Tap, work: Work) -> None:
    """All of it happens now."""
    assert isinstance(tap.data, Retire) and tap.sender is not None
    data = service.retire(work, tap.data.chat, tap.data.number, tap.sender.id)
    work.say(Answer(query_id=tap.query_id))
    work.say(
        Edit(user=tap.sender.id, ref=f"retire:{tap.data.number}", template="lifecycle/retired", data=data)
    )


@router.tap(Keep, who="admin", right="info invite", always=True)
def kept(tap: Tap, work: Work) -> None:
    """Nothing happens."""
    assert isinstance(tap.data, Keep) and tap.sender is not None
    service.keep(work, tap.data.chat, tap.data.number)
    data = {"title": members.title(work, tap.data.chat)}
    work.say(Answer(query_id=tap.query_id))
    work.say(Edit(user=tap.sender.id, ref=f"retire:{tap.data.number}", template="lifecycle/kept", data=data))


@router.every(seconds=5, reads=service.export_step)
def export(step: service.Export | None, work: Work) -> bool:
    """The figures of a group that was retired, to who did it."""
    return service.exported(step, work)
