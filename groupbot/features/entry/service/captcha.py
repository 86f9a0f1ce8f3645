"""The captcha's course: a newcomer is waited for, and passes, fails, leaves or is let in by a person.

Two rules stand over everything: whoever is muted for another reason is not freed by passing, and a kick
never shortens or lifts an administrator's ban.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Admit, Ban, Restrict
from groupbot.core.events import Joined, JoinRequest, Left, Person, Standing
from groupbot.engine.work import Work
from groupbot.features.entry import store
from groupbot.features.entry.domain import (
    AWAY,
    CAPTCHA,
    KEEP,
    KICKED,
    LET,
    MUTE_TIME,
    REQUEST_LIFE,
    Turned,
)
from groupbot.features.entry.service import greeting, unanswered
from groupbot.features.entry.service.line import redraw_later
from groupbot.features.entry.service.posing import pose
from groupbot.features.entry.service.telling import Other, RulesOf, asked, decide, tell
from groupbot.features.entry.service.waiting import begin, end, ending_of, longer, recent
from groupbot.features.members import service as members
from groupbot.features.members.domain import ADMIN_STATUS


def joined(work: Work, event: Joined, person: Person, other: Other, *, approved: bool) -> None:
    """Somebody came in: greet them, or wait for them to show that they are a person.

    Administrators, approved people, bots, and whoever an administrator brought or let in are not asked. Nor
    who came while the bot was away: they are in and have been writing, to silence them now would be our fault
    on their back; those responsible read of them instead.
    """
    if person.is_bot:
        return
    asked = bool(members.get(work, work.chat, CAPTCHA)) and event.chat.type == "supergroup"
    if asked and event.service:
        return  # the member update tells the same, and more
    old = work.sql.first(store.OF, chat=work.chat, who=person.id) if asked else None
    if old is not None and old.request and old.state == "waiting":
        end(work, old, "freed")  # they are in without the answer: nobody waits for it
    by = event.sender.id if event.sender and event.sender.id != person.id else 0
    brought = by and (by == work.bot_id or members.is_staff(work, work.chat, by))
    if asked and not (approved or brought or members.is_staff(work, work.chat, person.id)):
        if work.late:
            unanswered.tell_later(work, work.chat, person.id, late=True)
            return
        if old is None or not (old.request and old.state == "passed" and recent(work, old)):
            _begin(work, person.id, old, other, restricted=event.restricted)
            return
    if not work.late and greeting.once(work, person.id, "welcome", event.at):
        greeting.greet(work, "welcome", work.chat, person.id)


def _begin(work: Work, person: int, old: Any, other: Other, *, restricted: bool) -> None:
    ours = old is not None and old.state in ("waiting", "left", "failed") and old.muted and not old.held
    held = (restricted and not ours) or other(work, work.chat, person) is not None
    ends = ending_of(work, work.chat, request=False)
    free = members.get(work, work.chat, MUTE_TIME)
    until = work.now + timedelta(seconds=free) if free else None
    mute = Restrict(chat=work.chat, member=person, until=until, why="captcha: not yet answered")
    muted = not held and members.by_itself(work, mute)
    begin(work, work.chat, person, ends, muted=muted, held=held)
    redraw_later(work, work.chat)


def requested(work: Work, event: JoinRequest, rules: RulesOf, other: Other, *, approved: bool) -> None:
    """Somebody asks to come in: with the captcha on they are asked in private and let in when they pass.
    Without it, or when it is too late to write to them, people decide as ever."""
    person = event.sender
    if person is None or not members.get(work, work.chat, CAPTCHA):
        return
    old = work.sql.first(store.OF, chat=work.chat, who=person.id)
    sanction = other(work, work.chat, person.id)
    let = old is not None and old.state == LET and sanction is None
    if approved or let:
        why = "approved" if approved else "let in by staff"
        work.say(Admit(chat=work.chat, member=person.id, accept=True, query=event.query, why=why))
        if let:
            end(work, old, "passed")
        return
    if event.query:
        work.say(Admit(chat=work.chat, member=person.id, accept=None, query=event.query))
    if (sanction and sanction.kind == "ban") or work.now - event.at >= REQUEST_LIFE or not event.private:
        return
    if old is not None and old.state == "waiting" and old.request:
        return  # told again of the same
    ends = ending_of(work, work.chat, request=True)
    begin(work, work.chat, person.id, ends, muted=False, held=False, private=event.private)
    pose(work, work.sql.first(store.OF, chat=work.chat, who=person.id).id, rules)


# --- how it ends
def passed(work: Work, row: Any, other: Other) -> None:
    """The newcomer is a person: the captcha's mute is lifted, unless there is another reason for it."""
    end(work, row, "passed")
    if row.request:
        data = {"title": members.title(work, row.chat_id)}
        decide(work, row, "entry/admitted", data, accept=True, why="captcha passed")
        return
    lift(work, row, other, "captcha passed")
    greeting.greet(work, "welcome", row.chat_id, row.person_id)


def lift(work: Work, row: Any, other: Other, why: str) -> None:
    """Give back what the captcha took; of another mute only what is left of it stays."""
    if not row.muted:
        return
    sanction = other(work, row.chat_id, row.person_id)
    if sanction is not None:
        if sanction.kind == "mute" and not row.held:
            mute = Restrict(chat=row.chat_id, member=row.person_id, until=sanction.until)
            work.say(mute)
        return
    if not row.held:
        work.say(Restrict(chat=row.chat_id, member=row.person_id, free=True, why=why))


def failed(work: Work, row: Any, other: Other) -> None:
    """Too many wrong answers: come again later; or, where nobody is sent away, a person decides."""
    if row.request:
        _decline(work, row, "captcha failed", late=False)
    elif not (row.ending == "kick" and _kick(work, row, other, "captcha failed")):
        stays(work, row, other)
        helper = next((members.name(work, p) for p in members.responsible(work, row.chat_id)), "")
        data = {"title": members.title(work, row.chat_id), "helper": helper}
        tell(work, row, "entry/failed", {**data, "muted": not members.human_decides(work, row.chat_id)})


def _decline(work: Work, row: Any, why: str, *, late: bool) -> None:
    """A request is turned down: on record, as whoever is sent away is."""
    end(work, row, "failed")
    data = {"title": members.title(work, row.chat_id), "late": late}
    decide(work, row, "entry/declined", data, accept=False, why=why)
    work.emit(Turned(row.chat_id, row.person_id, why, None, "decline"))


def let_in(work: Work, chat: int, person: int, other: Other) -> None:
    """Staff took back what the captcha did: who was left muted may write; whose request was turned down is
    let in unasked the next time, and hears of it."""
    row = work.sql.first(store.OF, chat=chat, who=person)
    if row is None or row.state != "failed":
        return
    work.sql.run(store.END, the_id=row.id, the_state=LET if row.request else "freed", now=work.now)
    if not row.request:
        lift(work, row, other, "taken back")
    elif members.reachable(work, person):
        tell(work, row, "entry/may_ask", {"title": members.title(work, chat)})


def stays(work: Work, row: Any, other: Other) -> None:
    """Somebody did not pass and is not sent away. Where only a person decides they may write all the same,
    and that person is told, if the group wants it so."""
    end(work, row, "failed")
    if members.human_decides(work, row.chat_id):
        lift(work, row, other, "a person decides here")
        if row.ending in ("tell", "kick"):
            unanswered.tell_later(work, row.chat_id, row.person_id)
    elif row.muted and not row.held:
        work.emit(Turned(row.chat_id, row.person_id, "captcha failed", None, "hold"))


def _kick(work: Work, row: Any, other: Other, why: str) -> bool:
    """Send away for a minute. Telegram ends that by itself: nothing of ours ever lifts a ban. Whoever is
    muted for another reason stays, for coming back would free them."""
    if row.held or other(work, row.chat_id, row.person_id) is not None:
        return False
    until = work.now + KICKED
    if not members.by_itself(
        work, Ban(chat=row.chat_id, member=row.person_id, kick=True, until=until, why=why)
    ):
        return False
    end(work, row, "kicked")
    work.emit(Turned(row.chat_id, row.person_id, why, until))
    tell(work, row, "entry/kicked", {"title": members.title(work, row.chat_id)})
    return True


def due(work: Work, other: Other, most: int = 100) -> bool:
    """Time is up for those who did not answer; True when there may be more. After an outage everybody gets
    a minute more: answers given meanwhile may still come."""
    rows = work.sql.all(store.DUE, now=work.now, most=most)
    for row in rows:
        if work.now - row.due_at > AWAY and longer(work, row):
            continue
        if row.ending == "decline" and not asked(work, row):
            end(work, row, "freed")  # the question did not arrive: people decide
        elif row.ending == "decline":
            _decline(work, row, "captcha: time is up", late=True)
        elif row.ending == "kick":
            if not _kick(work, row, other, "captcha: time is up"):
                stays(work, row, other)
        elif row.ending == "tell":
            stays(work, row, other)
        else:  # the mute had its end from the beginning: Telegram lifts it
            end(work, row, "freed")
    return len(rows) >= most


def left(work: Work, event: Left) -> None:
    """Somebody is gone: nobody waits for them any more; whoever was a member is seen off."""
    if event.person.is_bot:
        return
    row = work.sql.first(store.OF, chat=work.chat, who=event.person.id)
    if row is not None and row.state == "waiting" and not row.request:
        end(work, row, "void" if event.removed else "left")
        greeting.once(work, event.person.id, "goodbye", event.at)  # the service message tells it again
        return
    if row is not None and row.state in ("left", "kicked", "failed") and recent(work, row):
        return  # was never really in
    if not event.removed and greeting.once(work, event.person.id, "goodbye", event.at):
        greeting.greet(work, "goodbye", work.chat, event.person.id)


def standing(work: Work, event: Standing) -> None:
    """Somebody else changed a newcomer's standing: freed by an administrator, they are in; restricted by
    one, passing does not free them. Of who is banned while they ask to come in no answer is awaited."""
    ours = event.sender is None or event.sender.id == work.bot_id
    if ours and event.status != "kicked":
        return
    row = work.sql.first(store.OF, chat=work.chat, who=event.person.id)
    if row is not None and row.request and row.state == "waiting" and event.status == "kicked":
        end(work, row, "void")
    if ours or row is None or row.request or row.state not in ("waiting", "left", "failed"):
        return
    if event.status == "member" or event.status in ADMIN_STATUS:
        freed(work, work.chat, event.person.id)
    elif event.status in ("restricted", "left"):
        work.sql.run(store.HOLD, the_id=row.id)


def freed(work: Work, chat: int, person: int) -> Any:
    """Staff let a newcomer write: they are waited for no more. The row of who was, else None."""
    row = work.sql.first(store.OF, chat=chat, who=person)
    if row is None or row.request or row.state not in ("waiting", "left", "failed"):
        return None
    end(work, row, "freed")
    if row.state == "waiting":
        greeting.greet(work, "welcome", chat, person)
    return row


def approved(work: Work, chat: int, person: int, other: Other) -> None:
    """Staff trust a newcomer, who need not answer: they may write, and who asks to come in is let in."""
    row = work.sql.first(store.OF, chat=chat, who=person)
    if row is not None and row.request and row.state == "waiting":
        passed(work, row, other)
        return
    row = freed(work, chat, person)
    if row is not None:
        lift(work, row, other, "approved")


def release(work: Work, chat: int, other: Other) -> int:
    """The captcha is switched off: nobody is waited for any more; how many were. Applicants are left to
    people."""
    rows = work.sql.all(store.ALL_WAITING, chat=chat)
    for row in rows:
        end(work, row, "freed")
        if not row.request:
            lift(work, row, other, "captcha switched off")
    return len(rows)


def sweep(work: Work) -> None:
    """Forget newcomers thirty days after."""
    work.sql.run(store.FORGET, before=work.now - KEEP)
