"""/checkin, /me and /top."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot import Answer, Button, Command, Refusal, Router, Send, Tap, Work, person_of, reply
from groupbot.features.checkin import service
from groupbot.features.checkin.domain import SETTINGS, CheckIn
from groupbot.features.engagement import service as engagement
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.quiz import service as quiz
from groupbot.features.ranks import service as ranks

BACK, REPORT = ("back", "补签"), ("report", "报告")

router = Router(
    "checkin",
    about="Check-ins, streaks and boards",
    keeps="on which days who signed in, for as long as the group uses points",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)


@router.command(
    "checkin",
    about="Sign in for today",
    usage="/checkin · admins: /checkin report · /checkin back 2027-01-28 (in reply)",
    example="/checkin",
    words=("签到", "打卡"),
    aliases=("sign",),
    admin_args=dict.fromkeys(BACK, "info") | dict.fromkeys(REPORT, ""),
)
def checkin(cmd: Command, work: Work) -> None:
    """Once a day; the answer carries a button for whoever reads it. Administrators sign somebody in for a
    day they missed, and see whether it became a habit."""
    act, _, rest = cmd.args.strip().partition(" ")
    if act.lower() in REPORT:
        reply(work, cmd, "checkin/report", alone=True, **service.report(work))
        return
    if act.lower() in BACK:
        _back(cmd, work, rest.strip())
        return
    if cmd.sender is None or cmd.message.anonymous or cmd.message.sender_chat is not None:
        raise Refusal("checkin/people_only")
    engagement.speak_first(work, work.chat, cmd.sender)
    done = service.check_in(work, cmd.sender.id, cmd.at)
    button = Button("me_too", CheckIn())
    told = _told(done)
    del told["balance"]  # the group reads this
    reply(work, cmd, "checkin/done", buttons=((button,),), name=cmd.sender.name, **told)


@router.tap(CheckIn)
def me_too(tap: Tap, work: Work) -> None:
    """The button under somebody's check-in."""
    if tap.sender is None or tap.sender.is_bot:
        raise Refusal("checkin/people_only")
    engagement.speak_first(work, work.chat, tap.sender)
    done = service.check_in(work, tap.sender.id, work.now)
    work.say(Answer(query_id=tap.query_id, template="checkin/toast", data=_told(done)))


@router.command("me", about="My points, streak and place", words=("我的",))
def me(cmd: Command, work: Work) -> None:
    """What I have and where I stand this month."""
    if cmd.sender is None or cmd.message.anonymous:
        raise Refusal("checkin/people_only")
    person, chat = cmd.sender.id, work.chat
    board = ledger.board(work, chat, ledger.month_start(work, chat))
    place = next((i for i, (who, _) in enumerate(board, 1) if who == person), 0)
    row = service.streak_of(work, chat, person)
    data: dict[str, Any] = {
        "name": cmd.sender.name,
        "balance": ledger.points_of(work, chat, person),
        "earned": dict(board).get(person, 0),
        "place": place,
        "rank": ranks.of(work, chat, person),
        "streak": row.streak,
        "best": row.best,
        "days": row.days,
    }
    if members.reachable(work, person):
        work.say(Send(user=person, template="checkin/me", data=data))
    else:
        reply(work, cmd, "checkin/me", alone=True, **data)


@router.command(
    "top",
    about="Who earned most",
    usage="/top [quiz] [last|all]",
    example="/top last",
    words=("排行",),
)
def top(cmd: Command, work: Work) -> None:
    """This month's board, the last one, or since ever. Boards are views: nothing is reset."""
    start, words = ledger.month_start(work, work.chat), cmd.args.lower().split()
    of_quiz = words[:1] in (["quiz"], ["答题"])
    word = " ".join(words[of_quiz:])
    if word not in ("", "last", "all", "上月", "全部"):
        raise Refusal("common/usage")
    since, until = start, None
    if word in ("last", "上月"):
        before = start - timedelta(days=1)
        since, until = before.replace(day=1), start
    span = "all" if word in ("all", "全部") else "last" if until else "month"
    if of_quiz:
        _quiz_board(cmd, work, since, until, span)
        return
    rows = ledger.board(work, work.chat, None if span == "all" else since, until)
    shown = [r for r in rows if not members.is_staff(work, work.chat, r[0])][:10]
    lines = [{"name": members.name(work, who), "points": n} for who, n in shown]
    reply(work, cmd, "checkin/top", lines=lines, span=span, month=since.month)


def _quiz_board(cmd: Command, work: Work, since: datetime, until: datetime | None, span: str) -> None:
    """The season of quiz answers: a month, as the board of points."""
    begin = since.replace(year=2000) if span == "all" else since
    rows = quiz.board(work, begin, until or work.now + timedelta(days=1))
    shown = [r for r in rows if not members.is_staff(work, work.chat, r[0])][:10]
    lines = [{"name": members.name(work, who), "right": n, "first": k} for who, n, k in shown]
    reply(work, cmd, "quiz/top", lines=lines, span=span, month=since.month)


@router.every(seconds=300)
def beat(work: Work) -> None:
    service.beat(work)


def _back(cmd: Command, work: Work, day: str) -> None:
    whom = cmd.message.reply_person
    if whom is None or whom.is_bot or not day:
        raise Refusal("common/usage")
    done = service.back_date(work, whom.id, day, by=person_of(cmd) or 0)
    reply(work, cmd, "checkin/back", name=whom.name, day=day, points=done.points, streak=done.streak)


def _told(done: service.Done) -> dict[str, Any]:
    return {
        "points": done.points,
        "streak": done.streak,
        "place": done.place,
        "balance": done.balance,
        "forgiven": done.forgiven,
        "again": done.again,
    }
