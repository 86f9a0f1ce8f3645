"""A message is judged: found, recorded, and done with what its group's face allows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Ask, Ban, Button, Restrict
from groupbot.core.events import Message
from groupbot.core.events import Standing as StandingEvent
from groupbot.engine.words import zone
from groupbot.engine.work import LATE, Work
from groupbot.features.approvals import service as approvals
from groupbot.features.members import service as members
from groupbot.features.members.domain import ADMIN_STATUS
from groupbot.features.rules import store
from groupbot.features.rules.domain import ladder
from groupbot.features.rules.domain.cases import REMOVED, Case, Collect, LetPass, Undo, case_of
from groupbot.features.rules.domain.checks import FLOOD, FLOOD_VERSION
from groupbot.features.rules.domain.facts import Finding, Policy, facts_of, judged
from groupbot.features.rules.service import commenting, flooding, newcomers, wished
from groupbot.features.rules.service.adverts import advert
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.recording import record
from groupbot.features.rules.service.removing import take_away
from groupbot.features.rules.service.returning import outlasted
from groupbot.features.rules.service.telling import helper, tell_member, tell_staff
from groupbot.features.spam.domain import settings as spam_settings

_ALBUMS, _RUNS, _ASKED, _TOPICS = "rules.albums", "rules.runs", "rules.asked", "rules.topics"
ASK_AGAIN = timedelta(seconds=5)


def judge(work: Work, event: Message) -> bool:
    """True when the message is removed. Clean messages cost no SQL."""
    if event.chat.type not in ("group", "supergroup"):
        return False
    policy = policy_of(work, work.chat, event.topic)
    if policy.mode == "off" or event.sender is None or event.automatic_forward or event.anonymous:
        return False
    if event.sender.id == work.bot_id:
        return False
    if event.album is not None and _of_album(work, event):
        return True
    facts = facts_of(event, policy)
    finding = None if facts is None else judged(facts, policy)
    if finding is None and policy.locks is not None and policy.locks.comments:
        finding = commenting.check(work, event, policy)
    earlier: tuple[int, ...] = ()
    if policy.spam and finding is None and facts is not None:
        finding = advert(work, event, _actor(event)[0], policy, facts)
    if policy.flood and not event.edited:
        folded = "" if facts is None else flooding.words_of(event, facts.folded)
        flood, earlier = flooding.count(work, event, policy, _actor(event)[0], folded)
        finding = finding or flood
    if finding is None and event.sender_chat is None:
        if policy.care is not None:
            finding = newcomers.check(work, event, policy.care, event.sender.id)
        if finding is None and policy.trust and not event.edited:
            approvals.spoke_clean(work, work.chat, event.sender.id, policy.trust)
    return finding is not None and _found(work, event, policy, finding, earlier)


def _actor(event: Message) -> tuple[int, bool]:
    if event.sender_chat is not None:
        return event.sender_chat.id, False
    assert event.sender is not None
    return event.sender.id, True


def _of_album(work: Work, event: Message) -> bool:
    """One album is one message: remember its ids; what follows a removed part goes with it."""
    key = (work.chat, event.album)
    ids, why = work.cached(_ALBUMS).get(key) or ((), "")
    if event.message_id not in ids:
        work.put(_ALBUMS, key, ((*ids, event.message_id), why))
    if why:
        take_away(work, work.chat, (event.message_id,), why)
    return bool(why)


def _found(
    work: Work, event: Message, policy: Policy, finding: Finding, earlier: tuple[int, ...] = ()
) -> bool:
    actor, person = _actor(event)
    shadow = policy.tier is None or policy.mode != "on"
    if policy.spam_train and finding.rule == spam_settings.ID:
        shadow = True
    ordinary = _ordinary(work, event, policy, actor, person)
    if ordinary is False:
        return False
    before = _judged_before(work, event, actor, shadow)
    if before is not None and (
        shadow or before.action not in ("flag", "exempt") or before.rule == finding.rule
    ):
        if shadow or before.action not in REMOVED or before.undone_at is not None:
            return False
        take_away(work, work.chat, (event.message_id,), case_of(before).why)
        return True
    case = Case(
        work.chat,
        finding.rule,
        finding.version,
        finding.matched[:64],
        finding.carrier[:40],
        actor,
        person,
        finding.strong,
        event.message_id,
        event.album[:64] if event.album else None,
        event.at,
        shadow,
        wish=finding.wish,
        notice=finding.notice,
        kind=event.kind[:16],
    )
    if finding.rule == FLOOD and flooding.goes_on(work, case, policy):
        return _same_flood(work, case, policy) if ordinary else _waits(work, case)
    if earlier:
        work.put(_RUNS, (work.chat, event.message_id), earlier)
    if ordinary is None:
        record(work, case, "pending", None)
        if event.topic is not None:
            work.put(_TOPICS, (work.chat, event.message_id), event.topic)
        asked = work.cached(_ASKED).get((work.chat, actor))
        if asked is None or abs(work.now - asked) > ASK_AGAIN:  # it may have been set back since
            work.put(_ASKED, (work.chat, actor), work.now)
            work.say(Ask(chat=work.chat, member=actor))
        return False
    return execute(work, case, policy, event.topic)


def _judged_before(work: Work, event: Message, actor: int, shadow: bool) -> Any:
    """The case this message has already: its own, or that of another part of its album."""
    own = work.sql.first(store.BY_MESSAGE, chat=work.chat, message=event.message_id, in_shadow=shadow)
    if own is not None or event.album is None:
        return own
    key = event.album[:64]
    return work.sql.first(store.BY_ALBUM, who=actor, chat=work.chat, the_album=key, in_shadow=shadow)


def _ordinary(work: Work, event: Message, policy: Policy, actor: int, person: bool) -> bool | None:
    """An ordinary member? False: staff or approved, exempt. None: not known yet (was here before the
    bot)."""
    if approvals.approved(work, work.chat, actor):
        return False
    if policy.trust and person:
        approvals.found_fault(work, work.chat, actor)
    if not person:
        return True
    fact = members.standing(work, work.chat, actor)
    if fact is not None:
        return fact[0] not in ADMIN_STATUS
    joined = members.joined_at(work, work.chat, actor)
    return True if joined is not None and event.at - joined < ladder.NEWCOMER else None


def _same_flood(work: Work, case: Case, policy: Policy) -> bool:
    if case.shadow or ladder.FACE.get(policy.tier or "", ladder.FLAG) == ladder.FLAG:
        return False
    take_away(work, case.chat, (case.message_id,), f"rule {FLOOD} v{FLOOD_VERSION}, same flood")
    return True


def _waits(work: Work, case: Case) -> bool:
    """More of a flood whose sender is not known yet: it stands, and goes with its case."""
    for row in work.sql.all(store.PENDING, chat=case.chat, who=case.actor):
        if row.rule == FLOOD:
            key = (case.chat, row.message_id)
            work.put(_RUNS, key, (*work.cached(_RUNS).get(key, ()), case.message_id))
    return False


def execute(work: Work, case: Case, policy: Policy, topic: int | None = None) -> bool:
    """Sentence a case and say what follows. True when the message is removed."""
    counted = work.sql.all(store.COUNTED, chat=case.chat, who=case.actor, since=case.at - policy.expiry)
    place = members.place(work, case.chat)
    joined = members.joined_at(work, case.chat, case.actor) if case.person else None
    often = ladder.escalated(
        ((r.at, r.rule) for r in counted), case.rule, case.at, policy.window, policy.window_n
    )
    standing = ladder.Standing(
        max(len(counted), 2) if often else len(counted),
        max((r.until for r in counted if r.until is not None), default=None),
        joined is not None and case.at - joined < ladder.NEWCOMER,
        case.person,
    )
    basic = place is not None and place.type == "group"
    said = wished.sentence(work, case, policy, standing, basic=basic)
    until = case.at + said.span if said.span is not None else None
    if said.action in (ladder.MUTE, ladder.BAN) and outlasted(work, case, said.action, until):
        said, until = ladder.Sentence(ladder.AGAIN, number=said.number), None
    case = record(work, case, said.action, until)
    if said.action == ladder.FLAG:
        _flag(work, case)
        return False
    gone = not wished.stays(case)
    if gone:
        _remove(work, case)
    _sentence(work, case, policy, said, until, counted, topic)
    return gone and not case.shadow


def _flag(work: Work, case: Case) -> None:
    kind = "unknown" if case.rule == "unknown" else "flag"
    tell_staff(
        work,
        case,
        kind,
        (Button("take", Collect(case.id, case.chat)), Button("pass", LetPass(case.id, case.chat))),
        shadow=case.shadow,
    )


def _remove(work: Work, case: Case) -> None:
    ids = parts(work, case)
    if case.album is not None and not case.shadow:
        work.put(_ALBUMS, (case.chat, case.album), (ids, case.why))
    take_away(work, case.chat, ids, case.why, shadow=case.shadow)


def parts(work: Work, case: Case) -> tuple[int, ...]:
    """The messages of a case: one, those of its album seen so far, or a whole flood."""
    seen = work.cached(_ALBUMS).get((case.chat, case.album)) if case.album is not None else None
    run = work.cached(_RUNS).get((case.chat, case.message_id), ()) if case.rule == FLOOD else ()
    return tuple(sorted({*(seen[0] if seen else ()), *run, case.message_id}))


def _sentence(
    work: Work,
    case: Case,
    policy: Policy,
    said: ladder.Sentence,
    until: Any,
    counted: list[Any],
    topic: int | None,
) -> None:
    article = policy.articles.get(case.rule, 0)
    undo = Button("undo", Undo(case.id, case.chat))
    if said.action == ladder.AGAIN:
        return
    if case.wish and said.action in (ladder.MUTE, ladder.BAN):
        wished.carry_out(work, case, policy, said, until, topic)
        return
    if said.action == ladder.BAN:
        ban = Ban(chat=case.chat, member=case.actor, until=until, why=case.why)
        members.by_itself(work, ban, shadow=case.shadow)
        tell_staff(work, case, "ban", (undo,), shadow=case.shadow)
        return
    if said.action == ladder.MUTE:
        mute = Restrict(chat=case.chat, member=case.actor, until=until, why=case.why)
        members.by_itself(work, mute, shadow=case.shadow)
        here = zone(work.zone)
        today = all(r.at.astimezone(here).date() == case.at.astimezone(here).date() for r in counted)
        tell_member(
            work,
            case,
            "muted",
            topic,
            article=article,
            nth=said.number,
            today=today,
            span=int(said.span.total_seconds()) if said.span else 0,
            until=until,
            helper=helper(work, case.chat),
        )
        tell_staff(work, case, "mute", (undo,), shadow=case.shadow, until=until, nth=said.number)
        return
    rest = policy.tier == "consumer" and said.number == 2 and not said.basic and not case.wish
    if work.now - case.at <= LATE:
        tell_member(work, case, "removed", topic, article=article, nth=said.number, rest=rest)
    if said.basic:
        tell_staff(work, case, "basic", (undo,), shadow=case.shadow, nth=said.number)
    elif said.action == ladder.HUMAN and not any(
        r.action == ladder.HUMAN and case.at - r.at < ladder.HOUR for r in counted
    ):  # asked about this member less than an hour ago: the cases are on record, the question is the same
        tell_staff(work, case, "human", (undo,), shadow=case.shadow, nth=said.number)


def standing_known(work: Work, event: StandingEvent) -> None:
    """Telegram told who a sender is: cases that waited for it are decided. Staff are exempt; when
    Telegram did not answer, a person is asked."""
    for row in work.sql.all(store.PENDING, chat=work.chat, who=event.person.id):
        case = case_of(row)
        topic = work.cached(_TOPICS).get((case.chat, case.message_id))
        work.drop(_TOPICS, (case.chat, case.message_id))
        policy = policy_of(work, case.chat, topic)
        if event.status in ADMIN_STATUS or commenting.cleared(case, event.status):
            record(work, case, "exempt", None)
        elif not event.status and members.standing(work, case.chat, case.actor) is None:
            record(work, case, ladder.FLAG, None)
            _flag(work, case)
        else:
            execute(work, case, policy, topic)
