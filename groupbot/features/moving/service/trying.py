"""One rule alone, with the group's lists and limits, tried on messages that were kept, the oldest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from groupbot.core.events import Message
from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.moving.service.tried import Tried
from groupbot.features.rules.domain import blocklist, locks, newcomers
from groupbot.features.rules.domain.checks import BY_ID, RULES
from groupbot.features.rules.domain.facts import Policy, facts_of, judged
from groupbot.features.rules.domain.policy import make
from groupbot.features.rules.service.adverts import texts
from groupbot.features.spam import service as spam
from groupbot.features.spam.domain import settings as spam_settings

_decode = msgspec.json.Decoder(Message).decode
USUAL = newcomers.Care(messages=5, span=timedelta(hours=24))  # where the group set nothing
Judge = Callable[[str, Tried], str | None]


def alone(work: Work, chat: int, rule: str, what: tuple[str, ...] = ()) -> Policy:
    """The group's policy with one rule in it; with `what` that rule has only these locks or entries."""
    p = members.profile(work, chat)
    others = {r.setting.key for r in RULES if r.id != rule}
    only: dict[str, Any] = {}
    if what and rule == locks.ID:
        only = {one.setting.key: "on" if one.id in what else "" for one in locks.LOCKS}
    elif what:
        only = {blocklist.ENTRIES.key: list(what)}

    def get(s: Setting) -> Any:
        if s.key == BY_ID[rule].setting.key:
            return True
        if s.key in others:
            return False
        return only[s.key] if s.key in only else members.get(work, chat, s)

    return make(p.tier if p is not None else None, get)


def trial(work: Work, chat: int, rule: str, since: datetime, what: tuple[str, ...] = ()) -> Judge:
    """What judges a kept message (its JSON) by one rule: what it matched, None for nothing."""
    policy = alone(work, chat, rule, what)
    if rule == newcomers.ID:
        return _newcomers(work, chat, msgspec.structs.replace(policy.care or USUAL, since=since))
    if rule == spam_settings.ID:
        return _adverts(work, chat, policy)

    def words(body: str, found: Tried) -> str | None:
        facts = facts_of(_decode(body), policy)
        hit = None if facts is None else judged(facts, policy)
        return None if hit is None else hit.matched

    return words


def _newcomers(work: Work, chat: int, care: newcomers.Care) -> Judge:
    """As newcomers are looked at: by hours since they joined, or their first messages if they came since."""

    def judge(body: str, found: Tried) -> str | None:
        m = _decode(body)
        joined = members.joined_at(work, chat, m.sender.id) if m.sender is not None else None
        if joined is None or m.sender is None or m.sender_chat is not None:
            return None
        who = str(m.sender.id)
        few = care.counts(joined) and found.heard.get(who, 0) < care.messages
        if not few and not care.young(joined, m.at):
            return None
        hit = newcomers.barred(m, care.bars)
        if hit is None and few and not m.edited:
            found.heard[who] = found.heard.get(who, 0) + 1
        return None if hit is None else hit.matched

    return judge


def _adverts(work: Work, chat: int, policy: Policy) -> Judge:
    """As the spam score looks at the first messages of who is not known to be here for long."""

    def judge(body: str, found: Tried) -> str | None:
        m = _decode(body)
        if m.sender is None:
            return None
        actor = m.sender_chat.id if m.sender_chat is not None else m.sender.id
        n = found.heard.get(str(actor), spam.heard(work, chat, actor))
        if n >= policy.spam or (facts := facts_of(m, policy)) is None:
            return None
        joined = members.joined_at(work, chat, actor) if actor > 0 else None
        if joined is not None and m.at - joined > spam_settings.NEWCOMER:
            return None
        spotted = spam.would_be(work, chat, texts(facts))
        if spotted is None and not m.edited:
            found.heard[str(actor)] = n + 1
        return None if spotted is None else spotted.matched

    return judge
