"""Watches campaigns: the word 24 hours before, phases, the limit that stops one, cues, the end, the test."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign, phase_now, too_much
from groupbot.features.campaigns.service.files import known
from groupbot.features.campaigns.service.launching import end, keys, note
from groupbot.features.campaigns.service.lessons import last_lessons, notes
from groupbot.features.campaigns.service.lots import begin_later, lot_over
from groupbot.features.campaigns.service.readiness import chats_of, gaps, shares
from groupbot.features.campaigns.service.relay import tiers
from groupbot.features.campaigns.service.review import reviewed
from groupbot.features.campaigns.service.speed import AWAKE, clock, first_hour, lost
from groupbot.features.campaigns.service.spread import MARKS, mark
from groupbot.features.campaigns.service.telling import harm, trial_read
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos

GONE = "its file is gone"
_WATCHED = timedelta(days=15)
_LATE = timedelta(hours=2)  # a cue later than this is not said any more


class CueDone(Struct, frozen=True, tag="cam.cue"):
    """[Done] below a line of the run-of-show."""

    campaign: int
    line: int  # its mark


def watch(work: Work) -> None:
    """Look at every campaign once."""
    rows = {r.name: r for r in work.sql.all(store.ALL)}
    found = known(work)
    for row in rows.values() if work.content is not None else ():
        if row.state == "live" and row.name not in found:
            _unwatched(work, row.name)
    for campaign in found.values():
        row = rows.get(campaign.name)
        chats = chats_of(work, campaign)
        wall = clock(work, chats, work.now)
        if row is None:
            _eve(work, campaign, wall)
            _late_launch(work, campaign, wall)
        elif row.state == "live":
            _run(work, campaign, row, chats, wall)
        if row is not None and row.state in ("live", "done"):  # one launched late ends before its test
            _trial(work, campaign)
        if row is not None and work.now - row.at < _WATCHED:
            _spread(work, campaign, row)
            _speed(work, campaign, row)


def _trial(work: Work, campaign: Campaign) -> None:
    """Its test, read once on the day that was fixed beforehand."""
    if campaign.test is None or work.sql.first(
        store.HAS_WORD, the_name=campaign.name, the_what="trial", the_key=campaign.test.name
    ):
        return
    found = trial_read(work, campaign)
    if found is not None and note(work, campaign.name, "trial", found["name"], str(found)):
        _tell(work, "campaigns/trial", found)


def _unwatched(work: Work, name: str) -> None:
    """It runs and nothing is known of it: its posts wait, and operators are told once."""
    opened = [key for key in keys(work, name) if not promos.shut(work, key, promos.EVERYWHERE)]
    for key in opened:
        promos.set_gate(work, key, GONE)
    if opened:
        _tell(work, "campaigns/unwatched", {"name": name})


def _eve(work: Work, campaign: Campaign, wall: datetime) -> None:
    """A day before its start: go, or what is missing."""
    start = datetime.combine(campaign.start, datetime.min.time())
    if start - timedelta(hours=24) <= wall < start and note(
        work, campaign.name, "eve", f"{campaign.start}", ""
    ):
        data = {"name": campaign.name, "gaps": gaps(work, campaign), "lessons": last_lessons(work)}
        _tell(work, "campaigns/eve", data)


def _late_launch(work: Work, campaign: Campaign, wall: datetime) -> None:
    """Its first day has come, and nobody launched it: said once, while it is not over."""
    begins = datetime.combine(campaign.start, time(AWAKE))
    if begins <= wall and wall.date() <= campaign.end and note(work, campaign.name, "late", f"{begins}", ""):
        found = {"gaps": gaps(work, campaign), "lost": lost(work, campaign)}
        _tell(work, "campaigns/late", {"name": campaign.name, "start": campaign.start, **found})


def _speed(work: Work, campaign: Campaign, row: Any) -> None:
    """Its first hour, as soon as that is over."""
    found = first_hour(work, campaign, row)
    if found is not None and note(work, campaign.name, "fast", f"{row.at:%Y-%m-%dT%H:%M:%S}", ""):
        _tell(work, "campaigns/speed", found)


def _run(work: Work, campaign: Campaign, row: Any, chats: list[int], wall: datetime) -> None:
    for each in campaign.phases[: row.phase + 1]:  # its file is back
        if promos.shut(work, f"{campaign.name}/{each.name}", promos.EVERYWHERE) == GONE:
            promos.set_gate(work, f"{campaign.name}/{each.name}", "")
    left, complaints = harm(work, chats, row)
    why = too_much(left, row.members, complaints, campaign)
    if why:
        end(work, campaign, row.phase, "stopped", why)
        note(
            work, campaign.name, "stop", f"{work.now:%Y-%m-%dT%H:%M:%S}", f"{why}: {left} left, {complaints}"
        )
        data = {"name": campaign.name, "why": why, "left": left, "complaints": complaints}
        _tell(work, "campaigns/harm", data)
        _tell_review(work, campaign)
        return
    key = lot_over(work, campaign, row)
    if key and note(work, campaign.name, "lot_over", key, ""):
        begin_later(work, campaign, row)
    if wall.date() > campaign.end:
        end(work, campaign, row.phase, "done", "over")
        note(work, campaign.name, "done", "", "")
        _tell_review(work, campaign)
        return
    phase = phase_now(campaign, wall.date(), row.phase, shares(work, campaign, chats))
    for n in range(row.phase + 1, phase + 1):
        promos.set_gate(work, f"{campaign.name}/{campaign.phases[n].name}", "")
        note(work, campaign.name, "phase", campaign.phases[n].name, "")
        carried = notes(work.sql.all(store.WORDS, the_name=campaign.name))
        data = {"name": campaign.name, "phase": campaign.phases[n].name, "notes": carried}
        _tell(work, "campaigns/phase", data)
    if phase != row.phase:
        work.sql.run(store.SET, the_name=campaign.name, to_state="live", to_phase=phase)
    for cue in campaign.run:
        if cue.at <= wall < cue.at + _LATE and note(work, campaign.name, "cue", str(cue.mark), cue.do):
            data = {"name": campaign.name, "role": cue.role, "who": cue.who, "do": cue.do, "at": cue.at}
            ref = f"campaign.cue:{row.id}:{cue.mark}"
            _tell(work, "campaigns/cue", data, ((Button("done", CueDone(row.id, cue.mark)),),), ref)


def _spread(work: Work, campaign: Campaign, row: Any) -> None:
    """How far it spread, once its hour, day, week and fortnight are over; the newest of them is told."""
    due = [m for m, span in MARKS.items() if work.now >= row.at + span]
    if due and note(work, campaign.name, "spread", f"{row.id}:{due[-1]}", ""):
        found = mark(work, campaign, row.at, due[-1])
        early = len(due) == 1  # not every group has its post by then
        down = {} if early else _plain(tiers(work, campaign, row))
        _tell(work, "campaigns/spread", {"name": campaign.name, "marks": [_plain(found)], "relay": down})


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in found.items() if k != "sql"}


def cue_done(work: Work, number: int, line: int, by: int) -> int:
    """Somebody did a line of the run-of-show, or finds it done; who did it first.

    Raises:
        Refusal: the campaign is gone.
    """
    name = next((r.name for r in work.sql.all(store.ALL) if r.id == number), None)
    if name is None:
        raise Refusal("common/old_button")
    note(work, name, "done_cue", str(line), "", by)
    words = work.sql.all(store.WORDS, the_name=name)
    return next(int(w.by_id) for w in words if w.what == "done_cue" and w.key == str(line))


def _tell_review(work: Work, campaign: Campaign) -> None:
    """What it came to, as it ends."""
    row = work.sql.first(store.ONE, the_name=campaign.name)
    _tell(work, "campaigns/review", reviewed(work, campaign, row))


def _tell(
    work: Work, template: str, data: dict[str, Any], buttons: Rows = (), ref: str | None = None
) -> None:
    """To the operators' chat; without one to each operator who started the bot."""
    to = promos.ops_chat(work)
    if to:
        work.say(Send(chat=to, template=template, data=data, buttons=buttons, ref=ref))
        return
    for person in work.me.operators:
        if members.reachable(work, person):
            own = f"{ref}:{person}" if ref else None
            work.say(Send(user=person, template=template, data=data, buttons=buttons, ref=own))
