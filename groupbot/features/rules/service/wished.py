"""What a lock or an entry of a list asks for, done where the group's face allows it."""

from __future__ import annotations

from datetime import datetime

from groupbot.core.effects import Ban, Button, Restrict
from groupbot.engine.work import LATE, Work
from groupbot.features.members import service as members
from groupbot.features.rules.domain import flood, ladder, wishes
from groupbot.features.rules.domain.cases import Case, Undo
from groupbot.features.rules.domain.checks import BY_ID, FLOOD
from groupbot.features.rules.domain.facts import Policy
from groupbot.features.rules.service.telling import helper, tell_member, tell_staff


def sentence(
    work: Work, case: Case, policy: Policy, standing: ladder.Standing, *, basic: bool
) -> ladder.Sentence:
    """The sentence of a case: by its wish where it has one, else by the ladder, or a flood's mode."""
    if case.wish:
        wish = wishes.read(case.wish)
        return wishes.sentence(policy.tier, wish, standing, at=case.at, now=work.now, basic=basic)
    rule, late = BY_ID[case.rule], work.now - case.at > LATE
    said = ladder.sentence(
        policy.tier,
        standing,
        at=case.at,
        now=work.now,
        late=late,
        basic=basic,
        strong=case.strong,
        rate=case.rule == FLOOD,
        only_flag=rule.only_flag,
        autoban=policy.autoban,
    )
    if case.rule == FLOOD and case.person:
        said = flood.instead(
            said,
            policy.limits.mode,
            tier=policy.tier,
            kind=case.carrier,
            newcomer=standing.newcomer,
            late=late,
            basic=basic,
        )
    if rule.gentle and said.action != ladder.FLAG:
        return ladder.Sentence(ladder.REMOVE, number=0)
    return said


def stays(case: Case) -> bool:
    """Does the message stay where it is?"""
    return bool(case.wish) and wishes.read(case.wish).keep


def carry_out(
    work: Work,
    case: Case,
    policy: Policy,
    said: ladder.Sentence,
    until: datetime | None,
    topic: int | None,
) -> None:
    """Mute or ban as asked; the member is told of a mute, those who decide of both."""
    if said.action == ladder.BAN:
        ban = Ban(chat=case.chat, member=case.actor, until=until, why=case.why)
        members.by_itself(work, ban, shadow=case.shadow)
    else:
        mute = Restrict(chat=case.chat, member=case.actor, until=until, why=case.why)
        members.by_itself(work, mute, shadow=case.shadow)
        tell_member(
            work,
            case,
            "pause",
            topic,
            article=policy.articles.get(case.rule, 0),
            span=int(said.span.total_seconds()) if said.span else 0,
            until=until,
            helper=helper(work, case.chat),
        )
    undo = Button("undo", Undo(case.id, case.chat))
    tell_staff(work, case, "wish", (undo,), shadow=case.shadow, act=said.action, until=until)
