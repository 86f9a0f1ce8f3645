"""What comes in during a raid: joins, requests, words; the heartbeat that removes; the breaker."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs

from groupbot.core.effects import Admit, Button, Delete
from groupbot.core.events import BotStanding, Joined, JoinRequest, Message
from groupbot.engine.work import Work
from groupbot.features.approvals import service as approvals
from groupbot.features.guarding import store
from groupbot.features.guarding.domain.raid import CALM, CHUNK, HANDS, recent, wave
from groupbot.features.guarding.domain.settings import RAID_AUTO
from groupbot.features.guarding.domain.taps import Start
from groupbot.features.guarding.service import raids, telling
from groupbot.features.guarding.service.records import (
    OPEN,
    Raid,
    all_open,
    catch,
    caught,
    keep,
    lacks_right,
    let_in,
    litter,
    littered,
    open_raid,
    was_let_in,
)
from groupbot.features.members import service as members

_JOINS, _PROPOSED = "guarding.joins", "guarding.proposed"
REGULAR = timedelta(days=1)  # who was a member for so long and left by themselves is no raider


def joined(work: Work, event: Joined) -> bool:
    """True when those who joined do not stay: nobody greets or examines them."""
    if event.chat.type not in ("group", "supergroup"):
        return False
    by = event.sender.id if event.sender else 0
    people = [p.id for p in event.people if not p.is_bot and p.id != work.bot_id]
    if not people:
        return False
    raid = open_raid(work, work.chat)
    if by and by not in people and members.is_staff(work, work.chat, by):
        if raid is not None:
            for person in people:
                let_in(work, raid, person, event.at)
        return False
    if raid is None:
        return event.chat.type == "supergroup" and not work.late and _gathers(work, event, people)
    # a raid that began by itself began with the wave: who came with it but was heard of late belongs to it
    before = timedelta(minutes=1) if raid.by is None else timedelta(seconds=1)
    if event.at >= raid.until or event.at < raid.began - before:
        return False
    if work.late and raid.by is None:  # after an outage a day of joins arrives in one second
        return False
    stays = [p for p in people if _known(work, p) or (event.service and was_let_in(work, raid, p, event.at))]
    for person in people:
        if person not in stays and catch(work, raid, person, event.at):
            keep(work, structs.replace(raid, last=max(raid.last, event.at)))
    if stays:
        return False
    litter(work, work.chat, event.message_id)
    return True


def _known(work: Work, person: int) -> bool:
    """Approved here, or a member of before: no raider."""
    return approvals.approved(work, work.chat, person) or members.stayed(work, work.chat, person, REGULAR)


def _gathers(work: Work, event: Joined, people: list[int]) -> bool:
    """Count joins; from so many in a minute on it is a raid."""
    least = int(members.get(work, work.chat, RAID_AUTO))
    if not least:
        return False
    known = work.cached(_JOINS).get(work.chat, ())
    joins = recent(known, [(event.at, p) for p in people])
    if joins is not known:
        work.put(_JOINS, work.chat, joins)
    taken = wave(joins, least)
    if not taken:
        return False
    p = members.profile(work, work.chat)
    if p is None or p.tier != "consumer":  # where only people decide, they are asked
        _propose(work, len(joins))
        return False
    raid = raids.start(work, work.chat, None, None)
    at = {person: when for when, person in joins}
    for person in taken:
        if not _known(work, person):
            catch(work, raid, person, at[person])
    work.drop(_JOINS, work.chat)
    litter(work, work.chat, event.message_id)
    return True


def _propose(work: Work, n: int) -> None:
    last = work.cached(_PROPOSED).get(work.chat)
    if last is not None and work.now - last < CALM:
        return
    work.put(_PROPOSED, work.chat, work.now)
    telling.propose(work, work.chat, n, Button("start", Start(work.chat)))


def asked(work: Work, event: JoinRequest) -> bool:
    """A request to come in is declined while a raid is on. True when it was."""
    raid = open_raid(work, work.chat)
    if raid is None or event.sender is None or event.at >= raid.until or (work.late and raid.by is None):
        return False
    if approvals.approved(work, work.chat, event.sender.id):
        return False
    catch(work, raid, event.sender.id, event.at, request=True)
    keep(work, structs.replace(raid, last=max(raid.last, event.at)))
    work.say(Admit(chat=work.chat, member=event.sender.id, accept=False, query=event.query, why=raid.why))
    return True


def said(work: Work, event: Message) -> bool:
    """True for words of somebody a raid has caught: they go, but with dealers; what they edit is judged by
    the rules, for it may be of before, and what they said since has gone. Without a raid this is one look-up.
    """
    known = work.cached(OPEN)
    if work.chat not in known and "loaded" in known:
        return False
    raid = open_raid(work, work.chat)
    if raid is None or event.sender is None or event.sender_chat is not None or event.edited:
        return False
    if not caught(work, raid, event.sender.id) or members.tier(work, work.chat) == "dealer":
        return False
    litter(work, work.chat, event.message_id)
    return True


# --- the heartbeat
def sweep(work: Work) -> bool:
    """Each second: remove who was caught, take away what they left, end what is over. True when there is
    more to do at once."""
    more = False
    for raid in [r for r in all_open(work).values() if r is not None]:
        raid = _breaker(work, raid)
        for _ in range(HANDS):
            more = raids.remove(work, raid)
            if not more:
                break
        telling.ask(work, raid)
        if telling.owed(work, raid):
            telling.tell_group(work, raid)
        over = work.now >= raid.until or (raid.by is None and work.now - raid.last > CALM)
        if over:
            raids.end(work, raid)
    for chat, messages in littered(work).items():
        for i in range(0, len(messages), CHUNK):
            work.say(Delete(chat=chat, messages=messages[i : i + CHUNK], why="antiraid"))
    return more


def _breaker(work: Work, raid: Raid) -> Raid:
    """Without the right to remove nothing is tried, and those responsible hear of it once; with the right
    back, who was missed in the last two minutes is removed."""
    broken = lacks_right(work, raid.chat)
    if broken == raid.broken:
        return raid
    if broken:
        work.sql.run(store.UNDO_REMOVED, the_raid=raid.id, since=work.now - timedelta(minutes=2))
        if not raid.told:
            telling.tell(work, raid, "broken", ())
    work.sql.run(store.BREAK, the_id=raid.id, is_broken=broken, is_told=raid.told or broken)
    return keep(work, structs.replace(raid, broken=broken, told=raid.told or broken))


def rights_changed(work: Work, event: BotStanding) -> None:
    """The bot's own rights changed while a raid is on."""
    raid = open_raid(work, work.chat)
    if raid is not None:
        _breaker(work, raid)


def forget(work: Work) -> None:
    """Raids are forgotten after 180 days, with whom they removed."""
    work.sql.run(store.FORGET_RAIDERS, before=work.now - raids.KEEP)
    work.sql.run(store.FORGET_RAIDS, before=work.now - raids.KEEP)
