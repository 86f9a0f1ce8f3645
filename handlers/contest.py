"""/contest, /enter and the buttons of a vote."""

from __future__ import annotations

from groupbot import Answer, Command, Delete, Refusal, Router, Tap, Work, person_of, reply
from groupbot.features.contest import service
from groupbot.features.contest.domain import Agree, Vote, parse
from groupbot.features.engagement import service as engagement

router = Router(
    "contest",
    about="Contests members vote in",
    keeps="who entered and who voted for whom, until /forget",
)


def _redraw(work: Work, who: int) -> None:
    service.redraw(work, who)
    service.redraw_asked(work, who)


router.keeps_of(*service.KEPT, redraw=_redraw)


@router.command(
    "contest",
    about="Hold a contest with votes",
    who="admin",
    right="info",
    usage="/contest [3d] [100+50+20] TITLE · out NUMBER · cancel · audit",
    example="/contest 3d 100+50+20 The most beautiful shop",
    rare=True,
)
def contest(cmd: Command, work: Work) -> None:
    """Prizes are points of the house wallet; ties go to who entered first."""
    first, _, rest = cmd.args.partition(" ")
    act, by = first.lower(), person_of(cmd) or 0
    if act in ("cancel", "取消") and not rest:
        reply(work, cmd, "contest/cancelled", title=service.drop(work))
    elif act in ("out", "下架") and _number(rest):
        service.take_out(work, _number(rest), person=by, staff=True)
    elif act == "audit" and not rest:
        if not by:
            raise Refusal("checkin/people_only")
        service.audit(work, to=by)
    else:
        order = parse(cmd.args)
        if order is None:
            raise Refusal("common/usage")
        service.open_(work, order, by=by, topic=cmd.message.topic)


@router.command(
    "enter",
    about="Enter the contest",
    usage="/enter [WORDS] under a photo, in reply to an own photo, or alone; in reply to another's photo you "
    "nominate them · /enter back",
    example="/enter My shop in the morning",
    words=("参赛",),
)
def enter(cmd: Command, work: Work) -> None:
    """One's own photo, or a few words; `back` takes it out again."""
    person, message = person_of(cmd), cmd.message
    if person is None:
        raise Refusal("checkin/people_only")
    if cmd.args.strip().lower() in ("back", "退出"):
        service.take_out(work, service.number_of(work, person), person=person, staff=False)
        return
    other = message.reply_person
    own = other is not None and other.id == person
    pictured = (message.reply_media or ("",))[0] == "photo"
    named = other is not None and not own and not other.is_bot and pictured
    if named and message.kind != "photo":
        _nominate(cmd, work, person)
        return
    photo = message.message_id if message.kind == "photo" else message.reply_to if own and pictured else None
    if photo is None and not cmd.args.strip():
        raise Refusal("common/usage")
    reply(work, cmd, "contest/in", **service.enter(work, person, cmd.args, photo))


def _nominate(cmd: Command, work: Work, by: int) -> None:
    """Another's photo: they are asked, by a card that only they can answer."""
    whom, photo = cmd.message.reply_person, cmd.message.reply_to
    assert whom is not None and photo is not None
    asked = service.nominate(work, by, whom.id, photo)
    number, kept = asked.pop("contest"), asked.pop("photo")
    reply(
        work,
        cmd,
        "contest/nominated",
        buttons=service.answers(number, whom.id, kept),
        lifetime=86400,
        ref=service.ref_of_asking(number, kept),
        **asked,
    )


@router.tap(Agree)
def agree(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Agree)
    if tap.sender is None or tap.sender.is_bot:
        raise Refusal("checkin/people_only")
    done = service.agree(work, tap.data, tap.sender.id)
    work.say(Delete(chat=work.chat, ref=service.ref_of_asking(tap.data.contest, tap.data.photo)))
    template = "contest/in" if done is not None else "contest/declined"
    work.say(Answer(query_id=tap.query_id, template=template, data=done or {}))


@router.command("votes", about="How the contest stands", words=("投票",), hidden=True)
def votes(cmd: Command, work: Work) -> None:
    """The card once more, its buttons too."""
    data, buttons = service.show(work)
    reply(work, cmd, "contest/card", lifetime=300, buttons=buttons, **data)


@router.tap(Vote)
def vote(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Vote)
    if tap.sender is None or tap.sender.is_bot:
        raise Refusal("checkin/people_only")
    engagement.speak_first(work, work.chat, tap.sender)
    done = service.vote(work, tap.data.contest, tap.data.entry, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="contest/voted", data=done))


@router.every(seconds=5)
def close_due(work: Work) -> None:
    service.close_due(work)


def _number(word: str) -> int:
    word = word.strip().lstrip("#")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0
