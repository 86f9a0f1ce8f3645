"""What a rule would have hit: on texts where the chat keeps them, else only what counts can tell.

A rehearsal goes on in slices, each in a turn of its own: the first at once, the others with the heartbeat. A
slice judges at most SLICE messages of WIDE characters (`trying`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct, convert, field, structs, to_builtins

from groupbot.core.effects import Send
from groupbot.core.events import Event, Message, Person
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.moving import store
from groupbot.features.moving.domain.keeping import FORMED, KEEP_DAYS, KEEP_TEXT, LONGEST, Trial, trial_of
from groupbot.features.moving.service import trying_floods
from groupbot.features.moving.service.tried import Tried
from groupbot.features.moving.service.trying import alone, trial
from groupbot.features.rules.domain import blocklist, locks
from groupbot.features.rules.domain.checks import BY_ID, FLOOD
from groupbot.features.rules.domain.flood import Said, followed

SLICE, WIDE = 100, 10_000  # messages judged in one turn, and characters
COUNTED = 1_500  # events looked at in one turn where no texts are kept
LONG_AGO = timedelta(hours=1)  # a rehearsal that is not done by then is given up
SHOWN = 8
_EPOCH = datetime.fromtimestamp(0, UTC)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Message).decode


class State(Struct):
    """Where a rehearsal stands: what it found, and the recent past where it looks for floods."""

    found: Tried
    floods: trying_floods.Floods = field(default_factory=trying_floods.Floods)


def keep(event: Event, work: Work) -> None:
    """Keep a member's message where the chat wants that: its words and form, of its sender only the id.
    Of who opted out nothing is kept."""
    if type(event) is not Message or event.chat.type == "private":
        return
    if not members.get(work, work.chat, KEEP_TEXT):
        return
    sender = event.sender
    if sender is None or event.automatic_forward or event.text[:1] in ("/", "!"):
        return
    if members.opted_out(work, sender.id):
        return
    if event.sender_chat is None and (sender.is_bot or members.is_staff(work, work.chat, sender.id)):
        return
    body = structs.replace(event, sender=Person(sender.id), reply_person=None, reply_file=None)
    work.add(
        store.KEPT, work.chat, event.message_id, event.at, event.topic, sender.id, _encode(body).decode()
    )


def forget_of(work: Work, person: int) -> None:
    """Drop the texts of somebody who opted out."""
    work.flush()
    work.sql.run(store.FORGET_KEPT_OF, person=person)


def forget(work: Work) -> None:
    """Drop texts older than the chat keeps them, and all where it does so no more."""
    for row in work.sql.all(store.KEPT_CHATS):
        on = members.get(work, row.chat_id, KEEP_TEXT)
        days = timedelta(days=int(members.get(work, row.chat_id, KEEP_DAYS)))
        before = work.now - min(days, LONGEST) if on else work.now + LONGEST
        work.sql.run(store.FORGET_KEPT, chat=row.chat_id, before=before)


def rehearse(work: Work, chat: int, text: str, person: int) -> None:
    """Tell an administrator in private what would have been hit in the last days: now, or as soon as all
    of it was looked at. `text` is a rule, `lock` with names, or entries of a blocklist, and a span. Another
    one that they asked for here before is given up.

    Raises:
        Refusal: as `trial_of`.
    """
    wanted = trial_of(text)
    work.flush()
    work.sql.run(store.OTHERS, chat=chat, who=person)
    row = work.sql.returning(
        store.BEGIN,
        chat_id=chat,
        person_id=person,
        rule=wanted.rule,
        at=work.now,
        since=work.now - timedelta(seconds=wanted.seconds),
        after=-(1 << 62),
        state=to_builtins(State(Tried(what=wanted.what)), str_keys=True),
    )[0]
    _go_on(work, work.sql.first(store.ONE, the_id=row.id))


def go_on(work: Work) -> bool:
    """One more slice of what is going on; True when there is more to do at once."""
    row = work.sql.first(store.GOING_ON)
    if row is not None:
        work.flush()
    return row is not None and _go_on(work, row)


def _go_on(work: Work, row: Any) -> bool:
    if work.now - row.at > LONG_AGO or row.rule not in BY_ID:
        work.sql.run(store.STOPPED, the_id=row.id)
        return True
    state = convert(row.state, State, str_keys=True)
    after = _slice(work, row, state)
    if after is not None:
        work.sql.run(store.GO_ON, the_id=row.id, now_after=after, made=to_builtins(state, str_keys=True))
        return True
    work.sql.run(store.STOPPED, the_id=row.id)
    _tell(work, row, state.found)
    return True


def _slice(work: Work, row: Any, state: State) -> int | None:
    """One slice more: up to which message (or which second), None when all was looked at."""
    if work.sql.value(store.KEPT_FIRST, chat=row.chat_id) is not None:
        return _texts(work, row, state)
    flood = row.rule == FLOOD
    if not flood and not _formed(work, row, state.found.what):
        return None
    return _counts(work, row, state, flood=flood)


def _texts(work: Work, row: Any, state: State) -> int | None:
    """Judge the next kept messages; up to which, None when all are judged."""
    rows = work.sql.all(store.KEPT_AFTER, chat=row.chat_id, after=row.after, since=row.since, most=SLICE)
    found, wide, last = state.found, 0, None
    judge = trial(work, row.chat_id, row.rule, row.since, found.what) if row.rule != FLOOD else None
    policy = alone(work, row.chat_id, FLOOD) if judge is None else None
    for r in rows:
        found.messages += 1
        if policy is not None:
            trying_floods.of_text(_decode(r.body), policy, state.floods, found, SHOWN)
        elif judge is not None and (matched := judge(r.body, found)) is not None:
            found.hit(r.person_id, r.at, matched, 0, most=SHOWN)
        last, wide = r, wide + len(r.body)
        if wide > WIDE:
            break
    if policy is not None and last is not None:
        trying_floods.prune(state.floods, last.at, policy.limits)
    return int(last.message_id) if last is not None and (wide > WIDE or len(rows) == SLICE) else None


def _counts(work: Work, row: Any, state: State, *, flood: bool) -> int | None:
    """Who wrote when and how much tells of floods, and of the locks on everything and on length. The next
    second that was not looked at, None when all were."""
    since = max(row.since, _EPOCH + timedelta(seconds=max(0, row.after)))
    rows = work.sql.all(store.SPOKEN, chat=row.chat_id, since=since, most=COUNTED)
    more = len(rows) == COUNTED
    if more and rows[0].at != rows[-1].at:  # the last second may go on
        rows = [r for r in rows if r.at != rows[-1].at]
    found, limits = state.found, alone(work, row.chat_id, FLOOD).limits
    tried = _formed(work, row, found.what)
    for r in rows:
        if r.staff:  # no flood of theirs, but nobody speaks alone then
            state.floods.row = followed(state.floods.row, r.person_id, r.at, None)
            continue
        found.messages += 1
        if flood:
            trying_floods.seen(r.person_id, Said(r.at, 0), limits, state.floods, found, SHOWN)
        elif any(r.units > FORMED[name] for name in tried):
            found.hit(
                r.person_id, r.at, "", r.units, most=SHOWN, kind="long" if "all" not in tried else "all"
            )
    if flood and rows:
        trying_floods.prune(state.floods, rows[-1].at, limits)
    return int((rows[-1].at - _EPOCH).total_seconds()) + 1 if more else None


def _formed(work: Work, row: Any, what: tuple[str, ...]) -> list[str]:
    """Locks that are tried here and can be told without texts."""
    if row.rule != locks.ID:
        return []
    tried = what or [one.id for one in locks.LOCKS if members.get(work, row.chat_id, one.setting)]
    return [name for name in tried if name in FORMED]


def _tell(work: Work, row: Any, found: Tried) -> None:
    chat, since, what = row.chat_id, row.since, found.what
    first = work.sql.value(store.KEPT_FIRST, chat=chat)
    how = "texts" if found.messages and first is not None else "counts" if found.messages else "nothing"
    cases = {
        bool(r.shadow): (r.n, r.undone)
        for r in work.sql.all(store.CASES, chat=chat, the_rule=row.rule, since=since)
        if not what
    }
    shadow, live = cases.get(True, (0, 0)), cases.get(False, (0, 0))
    work.say(
        Send(
            user=row.person_id,
            template="rehearse/report",
            data={
                "title": members.title(work, chat),
                "rule": Trial(row.rule, what).said,
                "span": int((row.at - since).total_seconds()),
                "is_on": _is_on(work, chat, row.rule, what),
                "shadow": shadow[0],
                "undone": shadow[1] + live[1],
                "live": live[0],
                "how": how,
                "kept": bool(members.get(work, chat, KEEP_TEXT)),
                "since": first if how == "texts" else None,
                "messages": found.messages,
                "all": int(work.sql.value(store.SAID, chat=chat, since=since) or 0),
                "hits": found.hits,
                "people": len(found.people),
                "untold": [] if how == "texts" else _untold(work, row, what),
                "examples": [
                    {
                        "at": e.at,
                        "matched": e.matched or members.name(work, e.who),
                        "n": e.n,
                        "kind": e.kind,
                    }
                    for e in found.examples
                ],
            },
            why=f"rehearsal of {row.rule}",
        )
    )


def _untold(work: Work, row: Any, what: tuple[str, ...]) -> list[str]:
    """What only texts could tell."""
    if row.rule == FLOOD:
        return trying_floods.untold(alone(work, row.chat_id, FLOOD).limits)
    if row.rule != locks.ID:
        return []
    tried = what or [one.id for one in locks.LOCKS if members.get(work, row.chat_id, one.setting)]
    return [name for name in tried if name not in FORMED]


def _is_on(work: Work, chat: int, rule: str, what: tuple[str, ...]) -> bool:
    if not members.get(work, chat, BY_ID[rule].setting):
        return False
    if rule == locks.ID and what:
        return all(members.get(work, chat, locks.BY_ID[name].setting) for name in what)
    return not what or set(what) <= {str(line) for line in members.get(work, chat, blocklist.ENTRIES)}
