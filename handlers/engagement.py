"""Counts what happens, and shows a group its week."""

from __future__ import annotations

from groupbot import Asked, Command, Refusal, Router, Send, Work, person_of, reply, sender_of
from groupbot.core.events import Service
from groupbot.engine.picture.charts import chart
from groupbot.features.attitude import service as attitude
from groupbot.features.engagement import reports, service
from groupbot.features.engagement.domain import DIGEST, FEW, NUDGE, Week
from groupbot.features.engagement.domain.purpose import GOODS, PURPOSE, said
from groupbot.features.members import service as members
from groupbot.features.quiz.domain import Voted
from groupbot.features.rules.domain.cases import Removed

router = Router(
    "engagement",
    about="Counts what happens, never what was said",
    keeps="who wrote, reacted, asked, thanked for an answer or mentioned whom when, no text; 180 days;"
    " who did how much on which day, until /forget; what a forum's topics are called",
    settings=(DIGEST, NUDGE, PURPOSE, GOODS),
)
router.keeps_of(*service.KEPT, erase=service.erase)


router.observe(service.note)


@router.every(seconds=3600)
def sweep(work: Work) -> bool:
    """Forgets who did what when, 180 days later; the sums stay."""
    return service.sweep(work)


@router.on(Removed)
def forget(gone: Removed, work: Work) -> None:
    """What was taken away does not count."""
    for message_id in gone.messages:
        service.removed(work, gone.chat, message_id)


@router.on(Service)
def topic_named(event: Service, work: Work) -> None:
    """Topics have names in a report."""
    service.topic_named(event, work)


@router.on(Asked)
def asked(word: Asked, work: Work) -> None:
    """What an activation asked for is no talk."""
    service.asked(work, word.message)


@router.on(Voted)
def voted(vote: Voted, work: Work) -> None:
    """A vote counts where the poll stands."""
    service.voted(work, vote.chat, vote.person, vote.at, vote.ref)


def _week(cmd: Command, work: Work) -> Week:
    return reports.week_of(work, work.chat)


@router.command("stats", about="This group's week in numbers", who="admin", words=("统计",), reads=_week)
def stats(cmd: Command, week: Week, work: Work) -> None:
    """Seven days in a table; gone after five minutes."""
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
                "grade": week.grade,
                "least": FEW,
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


def _review(cmd: Command, work: Work) -> reports.Review:
    span = {"周": "week", "月": "month"}.get(cmd.args.strip(), cmd.args.strip().lower() or "week")
    if span not in reports.SPANS:
        raise Refusal("common/usage")
    return reports.review(work, work.chat, span)


@router.command(
    "review",
    about="The last week or month: a picture here, every number in private",
    who="admin",
    usage="/review [week|month]",
    example="/review month",
    reads=_review,
)
def review(cmd: Command, found: reports.Review, work: Work) -> None:
    """What the group may read, gone after five minutes; the rest to who asked, where they can be reached."""
    person = person_of(cmd)
    told = "anonymous"
    if person is not None:
        try:
            told = "sent" if members.alone(work, person) else ""
        except Refusal:
            told = "start"
    work.say(
        Send(
            chat=work.chat,
            template="engagement/review",
            data={**found.open, "details": told, "username": work.me.username},
            photo=chart(found.picture),
            topic=cmd.message.topic,
            reply_to=cmd.message.message_id,
            lifetime=300,
        )
    )
    if told == "sent":
        for part in ("details", "posts"):  # together they may be longer than one message
            work.say(Send(user=person, template=f"engagement/review_{part}", data=found.more))
        file = f"review-{found.more['first']}-{found.more['last']}.csv"
        told_in = "engagement/review_sheet"
        work.say(Send(user=person, template=told_in, data=found.open, document=file, content=found.sheet))
        if found.twin is not None:
            work.say(Send(user=person, template="engagement/twin", data=found.twin))
        if found.ways is not None:
            work.say(Send(user=person, template="engagement/ways", data=found.ways))
            asked = attitude.state(work, work.chat)
            if asked["last"] is not None:
                work.say(Send(user=person, template="attitude/state", data=asked))


@router.command(
    "purpose",
    about="What this group is mainly for, and what shows it",
    who="admin",
    right="info",
    usage="/purpose [sell|brand] [often|seldom]",
    example="/purpose sell often",
    rare=True,
)
def purpose(cmd: Command, work: Work) -> None:
    """Shows and sets, in private; warns where the goods suit the other aim."""
    private = members.alone(work, sender_of(cmd))
    try:
        words = said(cmd.args)
    except ValueError:
        raise Refusal("common/usage") from None
    for setting in (PURPOSE, GOODS):
        if setting.key in words:
            members.put(work, setting, words[setting.key], chat=work.chat, by=sender_of(cmd))
    data = {"title": members.title(work, work.chat), **reports.purpose_of(work, work.chat)}
    work.say(Send(user=private, template="engagement/purpose", data=data))
    if cmd.chat.type != "private":
        reply(work, cmd, "members/see_private")


@router.every(seconds=900)
def guard(work: Work) -> bool:
    """Once a day: joins that look bought make no number larger."""
    return service.look_for_hired(work)


@router.every(seconds=300, reads=reports.stage_steps)
def stages(judged: reports.Judged, work: Work) -> bool:
    """Once a week, from its own Monday on: at which stage of its life each group is."""
    return reports.keep_stage(judged, work)


@router.every(seconds=600, reads=reports.digest_steps)
def weekly(step: reports.Step, work: Work) -> bool:
    """The week of all groups, to the operators on Monday morning."""
    return reports.digest(step, work)


@router.every(seconds=3600, reads=reports.score_steps)
def scores(step: reports.Scored | reports.Stood, work: Work) -> bool:
    """Each group's health of the last whole week is kept."""
    return reports.keep_score(step, work)


@router.every(seconds=3600)
def nudge(work: Work) -> bool:
    """Who answers for a group and is silent in it is reminded, once."""
    return reports.nudge(work)


@router.every(seconds=3600)
def glow(work: Work) -> bool:
    """Who answers for a quiet group is told once that people come to it by themselves."""
    return reports.glow(work)


@router.every(seconds=3600)
def newcomers(work: Work) -> bool:
    """Who answers for a group is told of first words of newcomers that nobody answered within a day."""
    return reports.newcomers(work)
