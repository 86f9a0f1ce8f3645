"""Texts kept so that a rule can be tried on them, and what is being tried. Pure."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.core.setting import Setting, seconds
from groupbot.errors import Refusal
from groupbot.features.rules.domain import blocklist, entries, locks
from groupbot.features.rules.domain.checks import BY_ID, RULES
from groupbot.features.rules.domain.matching import Unfit

KEEP_TEXT = Setting(
    "keep_text", False, "Message texts are kept for some days, to try rules on", choices=(True, False)
)
KEEP_DAYS = Setting(
    "keep_text_days", 7, "Days that texts are kept, if they are", least=1, most=7, unit="days"
)
SETTINGS = (KEEP_TEXT, KEEP_DAYS)
LONGEST = timedelta(days=7)
_LOCK, _BLOCK = ("lock", "locks"), ("block", "blocklist", "addblocklist")
# locks that lengths and times tell of, where no text is kept; the units are UTF-16
FORMED = {"all": 0, "long": 1000}


class Trial(Struct, frozen=True):
    """What is tried: a rule as the group has it, or with `what` only these: names of locks, or entries of
    the blocklist, whether they are set or not. `seconds` back from now; 0: as far as texts are kept."""

    rule: str
    what: tuple[str, ...] = ()
    seconds: int = 0

    @property
    def said(self) -> str:
        """As it is called: `links`, `lock url`, `"cheap*"`."""
        if not self.what:
            return self.rule
        return f"lock {' '.join(self.what)}" if self.rule == locks.ID else " ".join(self.what)


def trial_of(text: str) -> Trial:
    """What an administrator wants tried: `links 7d`, `lock url gif 7d`, `"cheap*" 2d`, `block exact:hi`.

    Raises:
        Refusal: no such rule or lock, one that no message shows, an entry that cannot be taken, or no
            span of at most seven days.
    """
    rest, _, last = text.rpartition(" ")
    span = seconds(last) if rest else 0
    head = rest.strip() if span else text.strip()
    if (span or 0) > LONGEST.total_seconds():
        raise Refusal("common/usage")
    first, _, more = head.partition(" ")
    word, back = first.lower(), int(span or LONGEST.total_seconds())
    if word in BY_ID and not more:
        return Trial(word, (), back)
    if word in _LOCK and more:
        return Trial(locks.ID, _locks(more), back)
    listed = more if word in _BLOCK and more else head
    if listed is head and not (head[:1] in '"“”„«「(' or ":" in first or "*" in first):
        raise Refusal("rehearse/unknown", rule=head[:40], rules=[r.id for r in RULES])
    try:
        found = entries.read(listed)
    except Unfit as e:
        raise Refusal("blocklist/unfit", reason=e.reason) from None
    return Trial(blocklist.ID, tuple(dict.fromkeys(b.line for b in found)), back)


def _locks(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for name in text.replace(",", " ").replace("，", " ").replace("、", " ").split():
        one = locks.named(name)
        if one is None:
            raise Refusal("locks/unknown", name=name[:40], near="")
        if one.check is None:
            raise Refusal("rehearse/unseen", name=one.id)
        found.append(one.id)
    return tuple(dict.fromkeys(found))
