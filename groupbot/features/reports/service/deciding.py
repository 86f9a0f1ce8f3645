"""Staff decide about a report: each act is a case with its number."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from groupbot.core.effects import Ban, Button, Restrict, Send
from groupbot.engine.keeping import FORMER
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.log import service as log
from groupbot.features.log.domain import Record
from groupbot.features.members import service as members
from groupbot.features.moderation import service as moderation
from groupbot.features.reports import domain, store
from groupbot.features.reports.service import cards
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import HAND, Appeal, Case
from groupbot.features.rules.service import lessons
from groupbot.features.rules.service.recording import record
from groupbot.features.rules.service.removing import take_away
from groupbot.features.rules.service.telling import down_the_ladder, helper


class Done(Struct, frozen=True):
    """What was done, and its case (number 0 for dismissed). `kept`: the message was put away and no more, for
    a `ban` or a longer `mute` stands already. A warning is number `n` of `limit`; what followed the last
    (as /warnmode names it, for `span` seconds) is case `then`."""

    act: str
    number: int = 0
    kept: str = ""
    n: int = 0
    limit: int = 0
    follow: str = ""
    span: int = 0
    then: int = 0


def decide(work: Work, id_: int, act: str, by: int) -> Done:
    """`act`: delete, warn, mute, ban or dismiss; all but the last take the message away.

    Raises:
        Refusal: decided already, or the sender is staff by now, or had themselves forgotten and only the
            message can be put away.
    """
    row = work.sql.first(store.GET, the_id=id_)
    if row is None:
        raise Refusal("reports/gone")
    if row.decided_at is not None:
        raise Refusal("reports/decided", by=_name(work, row.decided_by), result=row.result)
    if act != "dismiss" and row.actor > 0 and members.is_staff(work, row.chat_id, row.actor):
        raise Refusal("reports/not_staff")
    if row.actor <= FORMER and act not in ("delete", "dismiss"):
        raise Refusal("reports/former")
    case, done = (None, Done(act)) if act == "dismiss" else _act(work, row, act, by)
    act = done.act
    made = case.id if case is not None else None
    work.sql.run(store.DECIDE, the_id=id_, who=by, now=work.now, the_result=act, the_case=made)
    lessons.decided(work, row.chat_id, row.message_id, removed=act != "dismiss")
    if case is None and row.hidden is not None:
        with suppress(Refusal):  # it was taken back, or forgotten, before
            rules.undo(work, row.hidden, by)
    kind = "dismissed" if case is None else f"report_{act}"
    log.note(
        work,
        Record(
            row.chat_id, "reports", kind, work.now, by, row.actor, row.text, number=done.number, id=made or 0,
            until=work.now + domain.MUTE if act == "mute" else None,
        ),
    )  # fmt: skip
    cards.show(work, work.sql.first(store.GET, the_id=id_))
    _tell_reporters(work, row, act)
    return done


def _name(work: Work, person: int | None) -> str:
    return members.name(work, person) if person else ""


def _act(work: Work, row: Any, act: str, by: int) -> tuple[Case, Done]:
    """The case has no reason: a reporter's words are for those who decide, and would name the reporter."""
    votes = work.sql.all(store.VOTES, the_id=row.id)
    until = work.now + domain.MUTE + domain.MARGIN if act == "mute" else None
    kept, ends = rules.stronger(work, row.chat_id, row.actor, until) if act == "mute" else ("", None)
    if kept:
        act, until = "delete", ends
    case = Case(
        row.chat_id, HAND, 1, row.text, "reply", row.actor, row.actor > 0 or row.actor <= FORMER, False,
        row.message_id, None, work.now, by=by,
    )  # fmt: skip
    case = record(work, case, "remove" if act == "delete" else act, None if kept else until)
    why = f"reported by {len(votes)}, {case.why}"
    if row.hidden is None:
        take_away(work, row.chat_id, (row.message_id,), why)
    if act == "mute":
        work.say(Restrict(chat=row.chat_id, member=row.actor, until=until, why=why))
    elif act == "ban":
        work.say(Ban(chat=row.chat_id, member=row.actor, why=why))
    done, told = Done(act, case.number, kept), case
    if act == "warn":
        made = moderation.counted(work, case, by, bans=members.is_staff(work, row.chat_id, by))
        follow = made.follow
        done = structs.replace(done, n=made.n, limit=made.limit, follow=follow.word, span=follow.seconds)
        if made.then is not None:
            act, told, until = follow.act, made.then, made.until
            done = structs.replace(done, then=told.number)
    _tell_sender(work, row, told, structs.replace(done, act=act), until)
    return case, done


def _tell_sender(work: Work, row: Any, case: Case, done: Done, until: datetime | None) -> None:
    """Who is out of the group reads it in private or not at all."""
    data = {
        "act": done.act,
        "title": members.title(work, row.chat_id),
        "number": case.number,
        "text": row.text,
        "until": until,
        "kept": done.kept,
        "n": done.n,
        "limit": done.limit,
        "held": rules.held(work, row.chat_id, row.actor),
        "helper": helper(work, row.chat_id),
    }
    if row.actor > 0 and done.act not in ("ban", "kick") and done.kept != "ban":
        down_the_ladder(work, case, "reports/told", "moderation/told_public", row.topic, data)
    elif row.actor > 0 and members.reachable(work, row.actor):
        button = ((Button("appeal", Appeal(case.id)),),)
        work.say(Send(user=row.actor, template="reports/told", data=data, buttons=button, why=case.why))


def _tell_reporters(work: Work, row: Any, act: str) -> None:
    for vote in work.sql.all(store.VOTES, the_id=row.id):
        if members.reachable(work, vote.reporter):
            p = members.profile(work, row.chat_id)
            title = p.title if p is not None else ""
            data = {"title": title, "act": act, "hidden": row.hidden is not None}
            work.say(Send(user=vote.reporter, template="reports/outcome", data=data))
