"""Approval pins content: what was approved is what is said.

With an ops chat a live plan is posted only where it was approved, in the versions of its templates that were
approved. A changed plan or template, or a chat that joined the audience, waits for a new approval. An
audience of more than five groups needs a second operator, where there are two. A post that costs Stars waits
for a word in any case, which is given on the sum; above the limit in the settings there is none. So does a
trend, which the mood of a day can turn against.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct

from groupbot.engine.content import Content
from groupbot.engine.rendering import Source
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan, explain, stars
from groupbot.features.promos.domain.expert import is_template
from groupbot.features.promos.domain.trend import TREND

ALONE = 5  # groups that one operator may approve for
Pins = dict[str, str]
_STOPS = "stopped"  # the key of the plans that were ever stopped


class Standing(Struct, frozen=True):
    """How far a plan's approval is. `chats` are those it may be said in, `whom` those it is meant for;
    `by` who approved this content; `pins` the versions of its templates to say."""

    print: str
    chats: frozenset[int]
    whom: tuple[int, ...]
    by: tuple[int, ...]
    pins: Pins
    stopped: bool = False
    stars: int = 0  # what one post costs at most
    short: bool = False  # the newest word is for other versions, and was not enough for them

    @property
    def missing(self) -> list[int]:
        """Chats of the audience it may not be said in yet."""
        return [c for c in self.whom if c not in self.chats]


def asks(work: Work, plan: Plan) -> bool:
    """Does the plan wait for an operator's word?"""
    return bool(work.me.ops_chat or plan.asks or plan.paid or plan.kind == TREND)


def needed(work: Work, chats: int) -> int:
    """How many operators must approve a plan for so many groups."""
    return 2 if chats > ALONE and len(work.me.operators) > 1 else 1


def templates(plan: Plan) -> tuple[str, ...]:
    """Every template a plan may say."""
    return (*plan.pool, plan.instead) if is_template(plan.instead) else plan.pool


def versions(work: Work, plan: Plan) -> Pins:
    """The versions of the plan's templates now, by `name.lang`; "" where there is none."""
    found: Pins = {}
    content = work.content
    if content is None:
        return found
    for name in templates(plan):
        for lang in content.languages:
            source = source_of(content, name, lang)
            found[f"{name}.{lang}"] = source.digest if source is not None else ""
    return found


def source_of(content: Content, name: str, lang: str) -> Source | None:
    """A template as it is now; None where its file is gone, or leaves this language out."""
    try:
        return content.sources(name, lang)[0]
    except Misfit:
        return None


def print_of(plan: Plan, pins: Pins) -> str:
    """One hash over the plan and the templates' versions: equal prints, equal posts."""
    return hashlib.sha256(msgspec.json.encode([plan, sorted(pins.items())])).hexdigest()


def standing(work: Work, plan_id: int, plan: Plan) -> Standing:
    """How far the plan's approval is, for its content as it is now."""
    pins = versions(work, plan)
    key = print_of(plan, pins)
    mark = work.cached("promos.seen").get("chats")  # moves with every chat's profile
    known = work.cached("promos.standing").get(plan_id)
    if known is not None and known[0] == (key, mark):
        return known[1]  # type: ignore[no-any-return]
    whom = tuple(p.chat for p in members.profiles(work) if explain(plan.whom, p)[0])
    rows = work.sql.all(store.APPROVALS, plan=plan_id, the_print=key)
    stopped = any(r.verdict == "stop" for r in rows)
    agreed = [r for r in rows if r.verdict != "stop"]
    said, free = _agreed(work, agreed)
    price = stars(len(whom)) if plan.paid else 0
    barred = stopped or price > work.me.stars
    made = Standing(
        key,
        frozenset() if barred else free,
        whom,
        tuple(dict.fromkeys(r.person_id for r in agreed)),
        said if agreed else pins,
        stopped,
        price,
        bool(free) and said != agreed[-1].pins,
    )
    work.put("promos.standing", plan_id, ((key, mark), made))
    return made


def _agreed(work: Work, rows: Sequence[Any]) -> tuple[Pins, frozenset[int]]:
    """The newest versions that operators' words are enough for, and the chats that may hear them. Without
    any: those of the newest word, and no chat."""
    for newest in reversed(rows):
        same = [r for r in rows if r.pins == newest.pins]
        want = needed(work, max(len(set(r.chats)) for r in same))
        words = Counter(chain.from_iterable(r.chats for r in same))
        free = frozenset(c for c, n in words.items() if n >= want)
        if free:
            return dict(newest.pins), free
    return dict(rows[-1].pins) if rows else {}, frozenset()


def guarding(work: Work, plan_id: int, plan: Plan) -> Standing | None:
    """The standing its posts keep to, where the plan waits for a word or was stopped; None: any may go."""
    if asks(work, plan):
        return standing(work, plan_id, plan)
    known = work.cached("promos.standing")
    if _STOPS not in known:
        work.put("promos.standing", _STOPS, frozenset(r.plan_id for r in work.sql.all(store.STOPS)))
    found = standing(work, plan_id, plan) if plan_id in known[_STOPS] else None
    return found if found is not None and found.stopped else None


def pinned(work: Work, template: str, lang: str, pins: Pins) -> str:
    """The name to say a template by: its own, or that of the version which was approved.

    Raises:
        Misfit: that version is not kept, or does not compile any more.
    """
    content = work.content
    wanted = pins.get(f"{template}.{lang}")
    if content is None or not wanted:
        return template
    source = source_of(content, template, lang)
    if source is not None and source.digest == wanted:
        return template
    row = work.sql.first(store.VERSION, the_digest=wanted)
    if row is None:
        raise Misfit(
            f"the approved version of {template} is gone", where=template, next="approve the new one"
        )
    return content.keep(template, lang, row.text)


def earlier(work: Work, plan_id: int, plan: Plan, key: str) -> tuple[Pins, frozenset[int]] | None:
    """The versions of the templates this same plan was last approved with, by as many operators as it
    needed, and the chats that may hear them; None without any. A plan that changed itself has none: versions
    do not hold what it says."""
    found = [
        r
        for r in work.sql.all(store.ALL_APPROVALS, plan=plan_id)
        if r.print != key and r.verdict == "yes" and r.print == print_of(plan, r.pins)
    ]
    agreed = (_agreed(work, [o for o in found if o.print == r.print]) for r in reversed(found))
    return next((a for a in agreed if a[1]), None)


def approve(work: Work, plan_id: int, plan: Plan, key: str, by: int, verdict: str = "yes") -> Standing:
    """An operator's word on a plan: `yes` to it as it is now, `old` to the versions approved before, or
    `stop`. The standing that comes of it.

    Raises:
        Refusal: `promos/changed_since`: the content is not what was shown; `promos/no_old`;
            `promos/too_dear`: it costs more Stars than the settings allow.
    """
    now = standing(work, plan_id, plan)
    if now.print != key and not (len(key) < 64 and now.print.startswith(key)):
        raise Refusal("promos/changed_since", plan=plan.name)
    if verdict != "stop":
        affordable(work, now.stars)
    pins, free = versions(work, plan), frozenset[int]()
    if verdict == "old":
        before = earlier(work, plan_id, plan, now.print)
        if before is None:
            raise Refusal("promos/no_old", plan=plan.name)
        pins, free = before  # what was approved before is said on where it was
    elif verdict == "yes":
        keep_versions(work, plan)
    # these replace the words this operator gave before, which were enough for some of the chats
    kept = [c for c in now.whom if c in now.chats] if pins == now.pins else []
    work.sql.run(
        store.APPROVE,
        plan_id=plan_id,
        print=now.print,
        person_id=by,
        verdict=verdict,
        chats=[*now.whom, *kept, *(c for c in now.whom if c in free)],
        pins=pins,
        at=work.now,
    )
    work.drop("promos.standing", plan_id)
    work.drop("promos.standing", _STOPS)
    made = standing(work, plan_id, plan)
    if made.stopped:
        work.sql.run(store.UNHOLD, plan=plan_id, state="skipped", reason="stopped", at=work.now)
    elif made.chats:
        work.sql.run(store.UNHOLD, plan=plan_id, state="waiting", reason=None, at=None)
    return made


def affordable(work: Work, price: int) -> None:
    """Raises Refusal `promos/too_dear` when so many Stars are more than one post may cost."""
    if price > work.me.stars:
        raise Refusal("promos/too_dear", stars=price, limit=work.me.stars)


def keep_versions(work: Work, plan: Plan) -> None:
    """Keep the texts of the plan's templates, so that they can be said and shown later."""
    content = work.content
    for name in templates(plan) if content is not None else ():
        for lang in content.languages:  # type: ignore[union-attr]
            source = source_of(content, name, lang)  # type: ignore[arg-type]
            if source is not None:
                keep_version(work, name, lang, source.digest, source.text, work.now)


def keep_version(work: Work, name: str, lang: str, digest: str, text: str, at: datetime) -> None:
    """Keep one version, once."""
    work.sql.run(store.KEEP_VERSION, name=name, lang=lang, digest=digest, text=text, at=at)
