"""What people do with a case: take it back, let it stand, ask for another look, ask why."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Ban, Button, Edit, Promote, Restrict, Send
from groupbot.engine.taking_back import spare
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.rules import store
from groupbot.features.rules.domain.cases import HAND, REMOVED, Case, Settled, Undo, Uphold, case_of
from groupbot.features.rules.service import lessons
from groupbot.features.rules.service.judging import parts
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.removing import take_away
from groupbot.features.rules.service.returning import banned, held, in_force, longest
from groupbot.features.rules.service.telling import helper, tell_member, tell_staff
from groupbot.features.spam.domain import settings as spam_settings


def _row(work: Work, id_: int) -> Any:
    row = work.sql.first(store.GET, the_id=id_)
    if row is None:
        raise Refusal("rules/no_case")
    return row


def by_number(work: Work, chat: int, number: int) -> int:
    """The id of a chat's case.

    Raises:
        Refusal: there is no such case.
    """
    row = work.sql.first(store.BY_NUMBER, chat=chat, n=number)
    if row is None:
        raise Refusal("rules/no_case")
    return int(row.id)


def undo(work: Work, id_: int, by: int) -> Case:
    """Take a case back: a mute or ban ends now, a removal that failed so far is tried no more, it counts no
    longer, the member is told privately.

    Raises:
        Refusal: it was taken back already.
    """
    row = _row(work, id_)
    case = case_of(row)
    if not work.sql.run(store.UNDONE, the_id=id_, who=by, now=work.now):
        raise Refusal("rules/undone_before", number=case.number)
    if case.message_id:
        spare(work, case.chat, case.message_id)
    why = f"undo of case {case.number} by {by}"
    if row.action in ("mute", "ban") and _lasts(work, row):
        _end(work, case, row.action, why)
    elif row.action == "promote":
        work.say(Promote(chat=case.chat, member=case.actor, why=why))
    if row.appeal == "open":
        work.sql.run(store.APPEAL, the_id=id_, state="granted")
    if (row.action in REMOVED or row.action == "warn") and not case.shadow:
        out = row.action in ("ban", "kick")
        _tell(work, case, "rules/undone", still=held(work, case.chat, case.actor), out=out)
    work.emit(Settled(case, "undone", by))
    _teach(work, case, spam_=False)
    return case


def _lasts(work: Work, row: Any) -> bool:
    return not row.shadow and (row.until is None or row.until > work.now)


def _end(work: Work, case: Case, action: str, why: str) -> None:
    """The mute or ban of a case ends. Telegram holds the newest one said: where another stands, the longest
    is said again if this was the newest. A ban stands above all mutes."""
    chat, who = case.chat, case.actor
    if action == "mute" and banned(work, chat, who):
        return
    others = in_force(work, chat, who, action)
    if any(r.id > case.id for r in others):
        return
    until = longest(others).until if others else None
    if action == "mute":
        work.say(Restrict(chat=chat, member=who, until=until, free=not others, why=why))
    else:
        work.say(Ban(chat=chat, member=who, until=until, free=not others, why=why))


NEEDED = {"mute": "restrict", "ban": "restrict", "promote": "promote"}  # to take a case back


def undo_by_hand(work: Work, id_: int, by: int) -> Case:
    """Take a case back as a person does: only what they might do themselves, and the bot.

    Raises:
        Refusal: they or the bot may not, or it was taken back already.
    """
    row = _row(work, id_)
    right = NEEDED.get(row.action, "")
    if row.action == "promote" and not members.may(work, row.chat_id, by, right):
        raise Refusal("common/no_right", lacks=[right])
    live = row.action == "promote" or _lasts(work, row)
    if right and live:
        members.needs(work, row.chat_id, right)
    return undo(work, id_, by)


def _teach(work: Work, case: Case, *, spam_: bool) -> None:
    """What people decide about a case of the spam score is a lesson to it; so is that what was taken away by
    hand, and taught, was a mistake."""
    if case.rule == spam_settings.ID or (not spam_ and case.rule == HAND and case.message_id):
        lessons.decided(work, case.chat, case.message_id, removed=spam_)


def wrong(work: Work, id_: int, by: int) -> Case:
    """A shadow case was a mistake: it is marked, nothing else happens."""
    case = case_of(_row(work, id_))
    if not work.sql.run(store.UNDONE, the_id=id_, who=by, now=work.now):
        raise Refusal("rules/undone_before", number=case.number)
    _teach(work, case, spam_=False)
    return case


def uphold(work: Work, id_: int, by: int) -> Case:
    """After an appeal a case stands; the member is told.

    Raises:
        Refusal: no appeal waits for an answer, or the case was taken back meanwhile.
    """
    row = _row(work, id_)
    if row.undone_at is not None:
        raise Refusal("rules/undone_before", number=row.number)
    if row.appeal != "open":
        raise Refusal("rules/decided_before", number=row.number)
    work.sql.run(store.APPEAL, the_id=id_, state="upheld")
    if row.action != "warn":  # a warning that is decided is used up: it led to what the limit asks for
        work.sql.run(store.DECIDED, the_id=id_, who=by, now=work.now)
    case = case_of(row)
    _tell(work, case, "rules/upheld")
    work.emit(Settled(case, "upheld", by))
    _teach(work, case, spam_=True)
    return case


def collect(work: Work, id_: int, by: int) -> Case:
    """A flagged message is removed after all; its sender is told."""
    case = _decide(work, id_, by)
    work.sql.run(store.BECOMES, the_id=id_, the_action="remove", ends=None)
    take_away(work, case.chat, parts(work, case), f"{case.why}, decided by {by}")
    policy = policy_of(work, case.chat)
    _teach(work, case, spam_=True)
    if case.rule != "unknown":
        tell_member(work, case, "removed", article=policy.articles.get(case.rule, 0), nth=1, rest=False)
    work.emit(Settled(case, "removed", by))
    return case


def show_out(work: Work, id_: int, by: int) -> Case:
    """A flagged bot that a member brought is shown out."""
    case = _decide(work, id_, by)
    work.sql.run(store.BECOMES, the_id=id_, the_action="kick", ends=None)
    out = f"{case.why}, decided by {by}"
    work.say(Ban(chat=case.chat, member=case.actor, kick=True, why=out))
    work.emit(Settled(case, "kick", by))
    return case


def let_pass(work: Work, id_: int, by: int) -> Case:
    """A flagged message may stand."""
    case = _decide(work, id_, by)
    work.sql.run(store.UNDONE, the_id=id_, who=by, now=work.now)
    work.emit(Settled(case, "passed", by))
    _teach(work, case, spam_=False)
    return case


def _decide(work: Work, id_: int, by: int) -> Case:
    row = _row(work, id_)
    if row.undone_at is not None and row.decided_at is None:  # to let pass is both
        raise Refusal("rules/undone_before", number=row.number)
    if row.action != "flag" or not work.sql.run(store.DECIDED, the_id=id_, who=by, now=work.now):
        raise Refusal("rules/decided_before", number=row.number)
    return case_of(row)


def settled(work: Work, case: Case, kinds: tuple[str, ...], by: int, result: str) -> None:
    """The private messages about a case lose their buttons and say what became of it."""
    for kind in kinds:
        work.say(
            Edit(
                user=by,
                ref=f"rules:{case.id}:{kind}:{by}",
                template="rules/settled",
                data={"result": result, "number": case.number},
            )
        )


def taken_back(work: Work, case: Case, person: int | None = None) -> None:
    """The line that told of an act by hand, in the group or to this person who did it from private, loses
    its button and says that it was taken back."""
    work.say(
        Edit(
            chat=case.chat if person is None else None,
            user=person,
            ref=f"hand:{case.id}",
            template="rules/undo_done",
            data={"number": case.number},
        )
    )


def appeal(work: Work, id_: int, who: int) -> bool:
    """The member asks for another look: those who decide are asked privately. False when nobody of them
    can be reached.

    Raises:
        Refusal: not the sender's own case, taken back already, or asked before.
    """
    row = _row(work, id_)
    case = case_of(row)
    if row.actor != who:
        raise Refusal("rules/not_yours")
    if row.undone_at is not None:
        raise Refusal("rules/undone_before", number=case.number)
    if row.appeal is not None:
        raise Refusal("rules/appealed_before", number=case.number)
    work.sql.run(store.APPEAL, the_id=id_, state="open")
    asked = tell_staff(
        work,
        case,
        "appeal",
        (Button("undo", Undo(case.id, case.chat)), Button("uphold", Uphold(case.id, case.chat))),
        until=row.until if row.until is not None and row.until > work.now else None,
    )
    return asked > 0


def _tell(work: Work, case: Case, template: str, **more: Any) -> None:
    if case.person and members.reachable(work, case.actor):
        p = members.profile(work, case.chat)
        work.say(
            Send(
                user=case.actor,
                template=template,
                data={
                    "number": case.number,
                    "title": p.title if p is not None else "",
                    "helper": helper(work, case.chat),
                    **more,
                },
                why=case.why,
            )
        )


def own_cases(work: Work, who: int, chat: int | None = None) -> list[dict[str, Any]]:
    """A member's last five cases, in one chat or in all, newest first."""
    rows = work.sql.all(store.OF_PERSON, who=who, chat=chat or 0, one=1 if chat else 0)
    return [
        {
            "title": r.title,
            "number": r.number,
            "rule": r.rule,
            "matched": r.matched,
            "at": r.at,
            "action": r.action,
            "until": r.until,
            "over": r.until is not None and r.until <= work.now,
            "undone": r.undone_at is not None,
            "article": policy_of(work, r.chat_id).articles.get(r.rule, 0),
            "reason": r.reason,
            "helper": helper(work, r.chat_id),
        }
        for r in rows
    ]
