"""A change of stage, told once to who answers for the group: what changed, by which figures, and what could
be done. Nothing is done by itself. Groups that only observe stand in the operators' digest alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine import words
from groupbot.engine.addresses import ops_chat
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.care.domain import ON
from groupbot.features.engagement import reports
from groupbot.features.engagement.reports import Stage
from groupbot.features.engagement.reports.nudge import AWAKE, local
from groupbot.features.lifecycle.domain import ACTS
from groupbot.features.lifecycle.service.playbooks import KIND, of_stage
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import explain
from groupbot.features.promos.service import files, packs, pushing

A_DAY = 3  # changes one person is told of in a day; the others wait for the next
_TOLD = "lifecycle.told"  # person -> (day, how many)


class SwitchOn(Struct, frozen=True, tag="lc.on"):
    """[Switch it on]: a recipe of care in chat `chat`."""

    chat: int
    recipe: str


class Drafts(Struct, frozen=True, tag="lc.pack"):
    """[Draft its posts]: those of a pack for chat `chat`, shown to the operators."""

    chat: int
    pack: str


def tell(work: Work) -> None:
    """Everybody who is awake and was not told of too much today hears of what changed; the operators do
    where nobody can be reached."""
    promos.reread(work, KIND)
    ops = ops_chat(work)
    for change in reports.untold(work):
        profile = members.profile(work, change.chat)
        if profile is None or not profile.there:
            continue
        if not profile.set_up:
            continue
        here = local(work, change.chat)
        people = members.people_to_ask(work, change.chat)
        if not AWAKE[0] <= here.hour < AWAKE[1] or not (people or ops):
            continue
        today = here.date().isoformat()
        if any(_so_far(work, p, today) >= A_DAY for p in people):
            continue
        if reports.told(work, change.chat, change.week):
            for person in people:
                work.put(_TOLD, person, (today, _so_far(work, person, today) + 1))
                work.say(_message(work, change, Send(user=person)))
            if not people:
                work.say(_message(work, change, Send(chat=ops)))


def _so_far(work: Work, person: int, today: str) -> int:
    day, n = work.cached(_TOLD).get(person, ("", 0))
    return int(n) if day == today else 0


def _message(work: Work, change: Stage, place: Send) -> Send:
    lang = members.voice(work, place.chat, place.user)[0]
    data, buttons = shown(work, change, lang)
    why = f"{change.was} to {change.stage}"
    return Send(
        chat=place.chat, user=place.user, template="lifecycle/stage", data=data, buttons=buttons, why=why
    )


def shown(work: Work, change: Stage, lang: str) -> tuple[dict[str, Any], Rows]:
    """What `lifecycle/stage` says, and a button for each act that one press begins."""
    profile = members.profile(work, change.chat)
    assert profile is not None
    playbook = of_stage(work, change.stage, profile)
    acts: list[dict[str, Any]] = []
    rows: list[tuple[Button, ...]] = []
    on = members.get(work, change.chat, ON)
    for n, act in enumerate(playbook.acts[:ACTS] if playbook is not None else (), 1):
        done = act.do == "recipe" and act.what in on
        why = act.why.get(lang) or next(iter(act.why.values()))
        acts.append({"n": n, "do": act.do, "what": act.what, "why": why, "done": done})
        if act.do == "recipe" and not done:
            rows.append((Button(f"on{n}", SwitchOn(change.chat, act.what)),))
        elif act.do == "pack" and promos.place_of_pushes(work):
            rows.append((Button(f"draft{n}", Drafts(change.chat, act.what)),))
    data = {
        "title": profile.title,
        "was": change.was if change.was != change.stage else "",
        "stage": change.stage,
        "since": change.since.isoformat(),
        "active": list(change.active),
        "known": change.known,
        "acts": acts,
    }
    return data, tuple(rows)


def draft(work: Work, chat: int, name: str, by: int) -> str:
    """The posts of a pack, as drafts for the narrowest audience that a group is of, shown to the operators,
    who put them live; which audience.

    Raises:
        Refusal: no such pack, no audience, or nobody to show them to.
    """
    content, profile = work.content, members.profile(work, chat)
    if content is None or profile is None or not promos.place_of_pushes(work):
        raise Refusal("lifecycle/no_drafts", name=name, why="nobody")
    pack = packs.read(content.folders)[0].get(name)
    if pack is None:
        raise Refusal("lifecycle/no_drafts", name=name, why="pack")
    inside = {
        n: sum(explain(a, p)[0] for p in members.profiles(work))
        for n, a in files.read(content.folders).audiences.items()
        if explain(a, profile)[0]
    }
    if not inside:
        raise Refusal("lifecycle/no_drafts", name=name, why="audience")
    whom = min(inside, key=lambda n: (inside[n], n != pack.audience, n))
    lang = members.voice(work, chat, None)[0]
    today = work.now.astimezone(words.zone(members.voice(work, chat, None)[1])).date()
    first = today + timedelta(days=7 - today.weekday())
    text = packs.drafted(content, pack, whom, first, lang)
    pushing.propose(work, f"{files.FOLDER}/{pack.name}-{whom}.yaml", text, by)
    return whom
