"""Launching and stopping: an operator's word, kept with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.files import Shelf, known
from groupbot.features.campaigns.service.lots import draw
from groupbot.features.campaigns.service.readiness import chats_of, gaps, shares, size
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import close


def find(work: Work, name: str) -> Campaign:
    """A campaign by its name.

    Raises:
        Refusal: there is none.
    """
    every = known(work)
    if name not in every:
        raise Refusal("campaigns/none", name=name[:60], near=close(name, every))
    return every[name]


def row_of(work: Work, name: str) -> Any:
    """Where a campaign stands; None before its launch."""
    return work.sql.first(store.ONE, the_name=name)


def lost(work: Work, shelf: Shelf) -> list[tuple[str, Any, str]]:
    """Campaigns that were launched and are in no file now: (name, where it stood, why it is not told)."""
    places = ", ".join(m.where for m in shelf.misfits if m.where)
    why = "no file has it" + (f"; what does not fit: {places}" if places else ": its file is gone")
    rows = [r for r in work.sql.all(store.ALL) if r.name not in shelf.campaigns]
    return [(r.name, r, why) for r in sorted(rows, key=lambda r: (r.at, r.name))]


def launched(work: Work, name: str) -> tuple[Campaign, Any]:
    """A campaign that was launched, over or not, and where it stands.

    Raises:
        Refusal: there is none of this name, or it was never launched.
    """
    campaign, row = find(work, name), row_of(work, name)
    if row is None:
        raise Refusal("campaigns/none", name=name[:60], near="")
    return campaign, row


def launch(work: Work, name: str, by: int, because: str = "", *, stops: int | None = None) -> None:
    """Open the first phase. With gaps only `because` of something, which is kept. `stops` of it were known
    to who launches by a card: one that was stopped since is not launched by it.

    Raises:
        Refusal: none of this name, running or over already, stopped since, or gaps and no reason.
    """
    campaign, row = find(work, name), row_of(work, name)
    if row is not None and row.state != "stopped":
        raise Refusal("campaigns/began", name=name, state=row.state)
    if stops is not None and stops != stopped(work.sql.all(store.WORDS, the_name=name)):
        raise Refusal("campaigns/began", name=name, state="stopped")
    missing = gaps(work, campaign)
    if any(g["code"] == "nobody" for g in missing) or (missing and not because.strip()):
        raise Refusal("campaigns/gaps", name=name, gaps=missing)
    phase = row.phase if row is not None else 0
    people = size(work, chats_of(work, campaign))
    work.sql.run(store.KEEP, name=name, state="live", phase=phase, at=work.now, members=people)
    for n, each in enumerate(campaign.phases):
        promos.set_gate(work, f"{name}/{each.name}", "" if n <= phase else "not open")
    drawn = draw(work, campaign, work.now)
    if drawn is not None:
        note(work, name, "lot", *drawn)
    noted = "; ".join(f"{g['code']} {g['where']}".strip() for g in missing)
    said = f"{because.strip()[:300]} ({noted})" if missing else ""
    note(work, name, "override" if missing else "launch", f"{work.now:%Y-%m-%dT%H:%M:%S}", said, by)


def skip(work: Work, name: str, by: int, because: str) -> None:
    """Open the next phase of a running campaign before its day, or before enough groups saw the one before.
    An operator's word, kept with its reason and what it went over.

    Raises:
        Refusal: none of this name, it does not run, every phase is open, or no reason.
    """
    campaign, row = find(work, name), row_of(work, name)
    if row is None or row.state != "live":
        raise Refusal("campaigns/none", name=name[:60], near="")
    if row.phase + 1 >= len(campaign.phases):
        raise Refusal("campaigns/no_phase", name=name, phase=campaign.phases[-1].name, why="last")
    phase = campaign.phases[row.phase + 1]
    if not because.strip():
        raise Refusal("campaigns/no_phase", name=name, phase=phase.name, why="because")
    seen = shares(work, campaign, chats_of(work, campaign))[row.phase]
    over = f"{phase.opens}|{round(100 * seen)}|{round(100 * phase.seen)}"
    promos.set_gate(work, f"{name}/{phase.name}", "")
    work.sql.run(store.SET, the_name=name, to_state="live", to_phase=row.phase + 1)
    note(work, name, "skip", phase.name, f"{over}|{because.strip()[:300]}", by)


def skips(work: Work, name: str, words: Iterable[Any]) -> list[dict[str, Any]]:
    """The phases that were opened by a word: whose, why, the day they would have opened on, and the percent
    of groups that had seen the one before, with how many were asked for (0: none)."""
    found = []
    for w in words:
        if w.what == "skip":
            opens, seen, of, because = w.detail.split("|", 3)
            found.append(
                {"phase": w.key, "who": members.name(work, w.by_id) if w.by_id else "…", "because": because,
                 "opens": date.fromisoformat(opens), "seen": int(seen), "of": int(of)}
            )  # fmt: skip
    return found


def stop(work: Work, name: str, why: str, by: int | None) -> bool:
    """Stop a campaign: nothing more of it is said. False where it did not run."""
    row = work.sql.first(store.ONE, the_name=name)
    if row is None or row.state != "live":
        return False
    campaign = known(work).get(name)
    if campaign is not None:
        end(work, campaign, row.phase, "stopped", why)
    else:  # its file is gone
        work.sql.run(store.SET, the_name=name, to_state="stopped", to_phase=row.phase)
        for key in keys(work, name):
            promos.set_gate(work, key, why)
    note(work, name, "stop", f"{work.now:%Y-%m-%dT%H:%M:%S}", why, by)
    return True


def stopped(words: Iterable[Any]) -> int:
    """How often a campaign was stopped, by what was decided of it."""
    return sum(w.what == "stop" for w in words)


def keys(work: Work, name: str) -> list[str]:
    """The phases that plans belong to, as NAME/PHASE: what is known of a campaign without its file."""
    return sorted({plan.campaign for _, plan in promos.of_campaign(work, name)})


def end(work: Work, campaign: Campaign, phase: int, state: str, why: str) -> None:
    """Shut every phase of it."""
    work.sql.run(store.SET, the_name=campaign.name, to_state=state, to_phase=phase)
    for each in campaign.phases:
        promos.set_gate(work, f"{campaign.name}/{each.name}", why or state)


def note(work: Work, name: str, what: str, key: str, detail: str, by: int | None = None) -> bool:
    """Write down what was decided or told, once under a key; False where it was before."""
    row = {"the_name": name, "the_what": what, "the_key": key}
    if work.sql.first(store.HAS_WORD, **row) is not None:
        return False
    work.sql.run(store.NEW_WORD, name=name, what=what, key=key, detail=detail, by_id=by, at=work.now)
    return True
