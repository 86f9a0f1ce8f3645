"""A newcomer's message that looks like an advert: the spam score's word as a finding of the rules."""

from __future__ import annotations

from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.features.rules.domain.facts import Facts, Finding, Policy
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam import service as spam
from groupbot.features.spam.domain import settings as spam_settings


def advert(work: Work, event: Message, actor: int, policy: Policy, facts: Facts) -> Finding | None:
    """What the spam score says of a newcomer's message."""
    found = spam.look(work, event, actor, texts(facts), policy.spam)
    if found is None:
        return None
    carrier = event.carriers[0][0] if event.carriers else event.kind
    return Finding(spam_settings.ID, spam_settings.VERSION, found.matched, carrier, found.strong)


def texts(facts: Facts) -> list[tuple[str, str]]:
    """A message's text and, where it has several carriers, that of each, as written and folded: a caption
    or a button's label may hide among others."""
    found = [(facts.text, facts.folded)]
    if len(facts.message.carriers) > 1:
        found += [(t, fold(t)) for _, t in facts.message.carriers[:20] if len(t) > 3]
    return found
