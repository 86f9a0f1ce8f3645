"""What the bot knows of chats and people; the facts dispatch asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.core.events import (
    ANONYMOUS_ADMIN,
    BotStanding,
    Event,
    Joined,
    Left,
    Message,
    Person,
    Reaction,
    Standing,
    Tap,
)
from groupbot.engine.addresses import place_of, set_state
from groupbot.engine.words import language_of
from groupbot.engine.work import Work
from groupbot.features.members import store
from groupbot.features.members.domain import (
    ADMIN_STATUS,
    LANGUAGE,
    WORDS,
    ZONE,
    Profile,
    Setting,
    is_fresh,
    name_of,
    zone_for,
)

_IN = ("member", "administrator", "creator", "restricted")


class Knowledge:
    """The facts of dispatch. `operators` are the ids of the operators."""

    def __init__(self, operators: tuple[int, ...] = ()) -> None:
        self.operators = frozenset(operators)

    def authority(self, work: Work, chat: int, person: int, who: str) -> bool | None:
        """May this person act as `who` here? None: unknown or older than sixty seconds."""
        if person in self.operators:
            return True
        if who == "operator":
            return False
        fact = standing(work, chat, person)
        if fact is None or not is_fresh(fact[1], work.now):
            return None
        return bool(fact[0] == "creator" if who == "owner" else fact[0] in ADMIN_STATUS)

    def voice(self, work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
        """Language and time zone of a chat, or of a person in private."""
        return voice(work, chat, user)

    def reachable(self, work: Work, person: int) -> bool:
        """Has this person started the bot?"""
        return reachable(work, person)

    def words_on(self, work: Work, chat: int) -> bool:
        """Do whole-message words count as commands here?"""
        return bool(get(work, chat, WORDS))


# --- observing
def note_people(event: Event, work: Work) -> None:
    """Keep the people of an event, their membership and their standing up to date."""
    kind = type(event)
    if kind is Message:
        _spoke(work, event)  # type: ignore[arg-type]
    elif isinstance(event, Joined):
        for person in event.people:
            _joined(work, event, person)
    elif isinstance(event, Left):
        _seen(work, event.person, event.at)
        work.flush()  # the join may still be in the buffer
        work.sql.run(store.GONE, chat=work.chat, who=event.person.id, at=event.at, was_removed=event.removed)
        work.put("members.here", (work.chat, event.person.id), False)
        work.drop("members.joined", (work.chat, event.person.id))
        _keep_standing(work, event.person.id, "left", (), event.at)
    elif isinstance(event, Standing):
        if event.status:
            _seen(work, event.person, event.at)
            _keep_standing(work, event.person.id, event.status, tuple(sorted(event.rights)), work.now)
    elif isinstance(event, BotStanding):
        _bot_standing(work, event)
    elif isinstance(event, Tap | Reaction) and event.sender is not None:
        _seen(work, event.sender, event.at)
        if event.chat.type != "private":
            _here(work, event.sender.id)


def _spoke(work: Work, m: Message) -> None:
    sender = m.sender
    if sender is None or sender.id == ANONYMOUS_ADMIN or m.sender_chat is not None:
        return
    _seen(work, sender, m.at)
    if m.chat.type == "private":
        if not work.cached("members.started").get(sender.id):
            work.flush()  # the person's own row may still be in the buffer
        if work.sql.run(store.STARTED, the_id=sender.id, at=m.at):
            work.put("members.started", sender.id, True)
    elif not sender.is_bot:
        _here(work, sender.id)


def _seen(work: Work, p: Person, at: datetime) -> None:
    known = work.cached("members.people")
    if known.get(p.id) != p:
        work.add(store.PEOPLE, p.id, p.first_name, p.last_name, p.username, p.language, p.is_bot, at)
        work.put("members.people", p.id, p)


def _here(work: Work, person: int) -> None:
    """Somebody acted here: if we never saw them join, they were here before us."""
    key = (work.chat, person)
    if work.cached("members.here").get(key):
        return
    row = work.sql.first(store.HERE, chat=work.chat, who=person)
    if row is None:
        work.add(store.MEMBERS, work.chat, person, None, "before", None, None, None)
    work.put("members.here", key, True)
    work.put("members.joined", key, None if row is None else row.joined_at)


def _joined(work: Work, event: Joined, person: Person) -> None:
    _seen(work, person, event.at)
    if person.is_bot:
        return
    key = (work.chat, person.id)
    here = work.cached("members.here").get(key)
    if here is None:
        here = work.sql.first(store.HERE, chat=work.chat, who=person.id) is not None
    if here:
        return  # the service message and the member update tell of the same join
    by = event.sender.id if event.sender and event.sender.id != person.id else None
    link = event.link
    evidence = "link" if link else "added" if by else "own"
    work.add(
        store.MEMBERS,
        work.chat,
        person.id,
        event.at,
        evidence,
        link.url if link else None,
        link.name if link else None,
        by,
    )
    work.put("members.here", key, True)
    work.put("members.joined", key, event.at)


def _keep_standing(work: Work, person: int, status: str, rights: tuple[str, ...], at: datetime) -> None:
    if (
        status not in ADMIN_STATUS
        and standing(work, work.chat, person) is None
        and work.event is not None
        and not isinstance(work.event, Standing)
    ):
        return  # ordinary members need no staff row
    work.sql.run(
        store.KEEP_STAFF,
        chat_id=work.chat,
        person_id=person,
        status=status,
        rights=list(rights),
        checked_at=at,
    )
    work.put("members.staff", (work.chat, person), (status, at, rights))


def _bot_standing(work: Work, e: BotStanding) -> None:
    if e.chat.type == "private":
        return
    if e.status in _IN:
        work.sql.run(
            store.NEW_PROFILE,
            chat_id=work.chat,
            added_by=e.sender.id if e.sender else None,
            added_at=e.at,
            status=e.status,
            rights=sorted(e.rights),
        )
        set_state(work, work.chat, "active")
    else:
        set_state(work, work.chat, "kicked")
    work.drop("members.profile", work.chat)


# --- people
def standing(work: Work, chat: int, person: int) -> tuple[str, datetime, tuple[str, ...]] | None:
    """(status, checked at, rights) as last known, or None."""
    cache = work.cached("members.staff")
    if chat not in cache:  # a chat's few staff at once: nobody else has a row
        for row in work.sql.all(store.STAFF, chat=chat):
            work.put("members.staff", (chat, row.person_id), (row.status, row.checked_at, tuple(row.rights)))
        work.put("members.staff", chat, True)
    return cache.get((chat, person))


def is_staff(work: Work, chat: int, person: int) -> bool:
    """An administrator of the chat as last known (no age limit: for exemptions, not for authority)."""
    fact = standing(work, chat, person)
    return fact is not None and fact[0] in ADMIN_STATUS


def staff_of(work: Work, chat: int) -> list[Any]:
    """The human administrators of a chat as last known, the creator first."""
    return work.sql.all(store.STAFF_OF, chat=chat)


def reachable(work: Work, person: int) -> bool:
    """Has this person started the bot in private?"""
    cache = work.cached("members.started")
    if person not in cache:
        row = work.sql.first(store.PERSON, the_id=person)
        work.put("members.started", person, row is not None and row.started_at is not None)
    return bool(cache[person])


def name(work: Work, person: int) -> str:
    """The name people know somebody by; '…' for one never seen."""
    known = work.cached("members.people").get(person)
    if known is not None:
        return str(known.name)
    row = work.sql.first(store.PERSON, the_id=person)
    return "…" if row is None else name_of(row.first_name, row.last_name)


def joined_at(work: Work, chat: int, person: int) -> datetime | None:
    """When this person joined; None when they were here before the bot (which passes every tenure)."""
    cache = work.cached("members.joined")
    key = (chat, person)
    if key not in cache:
        row = work.sql.first(store.HERE, chat=chat, who=person)
        work.put("members.joined", key, None if row is None else row.joined_at)
    return cache[key]  # type: ignore[no-any-return]


def is_here(work: Work, chat: int, person: int) -> bool:
    """Is this person a member now, as far as seen?"""
    known = work.cached("members.here").get((chat, person))
    return bool(known) if known is not None else work.sql.first(store.HERE, chat=chat, who=person) is not None


# --- chats
def profile(work: Work, chat: int) -> Profile | None:
    """A chat's place in the matrix, or None for chats that are no groups of ours."""
    cache = work.cached("members.profile")
    if chat not in cache:
        row = work.sql.first(store.PROFILE, chat=chat)
        work.put("members.profile", chat, None if row is None else _profile(row))
    return cache[chat]  # type: ignore[no-any-return]


def profiles(work: Work) -> list[Profile]:
    """Every group of this bot."""
    return [_profile(r) for r in work.sql.all(store.PROFILES, bot=work.bot_id)]


def _profile(r: Any) -> Profile:
    return Profile(
        chat=r.chat_id,
        title=r.title,
        tier=r.tier,
        region=r.region,
        parent=r.parent_id,
        type=r.type,
        aim=r.aim,
        owner=r.owner_id,
        tags=tuple(r.tags or ()),
        state=r.state,
    )


def voice(work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
    """Language and time zone of a chat, or of a person in private."""
    if user is None and chat:
        place = place_of_cached(work, chat)
        if place is not None and place.type == "private":
            user = place.telegram_id
    if user is not None:
        known = work.cached("members.people").get(user)
        code = (
            known.language
            if known is not None
            else getattr(work.sql.first(store.PERSON, the_id=user), "language", None)
        )
        language = language_of(code)
        return language, zone_for(language)
    if not chat:
        return "en", "UTC"
    place = profile(work, chat)
    key = (chat, place.tier if place is not None else None)
    known = work.cached("members.voice").get(key)
    if known is None:
        language = get(work, chat, LANGUAGE) or "zh"
        known = (language, get(work, chat, ZONE) or zone_for(language))
        work.put("members.voice", key, known)
    return known


def place_of_cached(work: Work, chat: int) -> Any:
    """The engine's place of a chat, cached by our id."""
    cache = work.cached("members.place")
    if chat not in cache:
        work.put("members.place", chat, place_of(work, chat))
    return cache[chat]


# --- settings
def get(work: Work, chat: int, setting: Setting) -> Any:
    """A setting's value here: the chat's own, else its tier's, else the default row, else as shipped."""
    own = _rows(work, "chat", str(chat))
    if setting.key in own:
        return own[setting.key]
    p = profile(work, chat)
    tier = p.tier if p is not None else None
    for scope, scope_id in (("segment", f"tier:{tier}"), ("default", "")):
        rows = _rows(work, scope, scope_id)
        if setting.key in rows:
            return rows[setting.key]
    return setting.fallback(tier)


def put(
    work: Work,
    setting: Setting,
    value: Any,
    *,
    chat: int | None = None,
    tier: str | None = None,
    by: int | None = None,
) -> None:
    """Set a setting for a chat, for all chats of a tier, or (neither) as the default."""
    scope, scope_id = (
        ("chat", str(chat)) if chat is not None else ("segment", f"tier:{tier}") if tier else ("default", "")
    )
    work.sql.run(
        store.SET,
        scope=scope,
        scope_id=scope_id,
        key=setting.key,
        value=value,
        version=1,
        at=work.now,
        by_id=by,
    )
    work.drop("members.settings", (scope, scope_id))
    for known in list(work.cached("members.voice")):
        work.drop("members.voice", known)


def _rows(work: Work, scope: str, scope_id: str) -> dict[str, Any]:
    cache = work.cached("members.settings")
    key = (scope, scope_id)
    if key not in cache:
        work.put(
            "members.settings",
            key,
            {r.key: r.value for r in work.sql.all(store.SETTINGS, s=scope, i=scope_id)},
        )
    return cache[key]  # type: ignore[no-any-return]
