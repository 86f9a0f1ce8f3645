"""Links by name: a row first, then Telegram is asked for the link, and its answer is told to who asked."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Ask, Revoke, Send
from groupbot.core.events import Invited
from groupbot.engine.picture.charts import chart
from groupbot.engine.picture.poster import Poster
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.invites import store
from groupbot.features.invites.domain import ASKS, NAME, ON, POINTS, REF, link_name
from groupbot.features.invites.service.bringing import door
from groupbot.features.members import service as members

ASKED = "invite:"  # how our links are asked for
NOBODY = 0  # owns the counters' links
PASSING = 120  # seconds an answer stands in the group
MOST = 200  # counters and shifts of a group


def printed(work: Work, counter: str, shift: str, by: int, reply_to: int | None) -> None:
    """Have the link of a counter and its shift made, or printed again.

    Raises:
        Refusal: no such name can be given, or there are too many.
    """
    try:
        name = link_name(counter, shift)
    except ValueError:
        raise Refusal("invites/bad_name") from None
    if _row(work, NOBODY, name) is None and len(counters(work, work.chat)) >= MOST:
        raise Refusal("invites/too_many", most=MOST)
    counter, shift = (" ".join(part.split()) for part in (counter, shift))  # as the name has them
    _wanted(work, NOBODY, name, counter, shift, by, reply_to)


def mine(work: Work, person: int, reply_to: int | None) -> None:
    """A member's own link: told where it is known, else made.

    Raises:
        Refusal: this group has no such links.
    """
    if not members.get(work, work.chat, ON):
        raise Refusal("invites/off")
    _wanted(work, person, "", "", "", person, reply_to)


def _wanted(
    work: Work, owner: int, name: str, counter: str, shift: str, by: int, reply_to: int | None
) -> None:
    row = _row(work, owner, name)
    if row is None:
        values = {
            "chat_id": work.chat, "owner_id": owner, "name": name, "counter": counter, "shift": shift,
            "url": "", "by_id": by, "reply_to": reply_to, "at": work.now,
        }  # fmt: skip
        work.sql.run(store.NEW, **values)
        row = work.sql.first(store.ANY, chat=work.chat, the_owner=owner, the_name=name)
    # where it was withdrawn, or was asked for by somebody else before
    work.sql.run(store.AGAIN, the_id=row.id, by=by, to_message=reply_to, now=work.now)
    if row.url:
        _tell(work, row, row.url, by, reply_to)
    else:
        asks = bool(members.get(work, work.chat, ASKS))
        called = name or f"{REF}{row.id}"
        work.say(Ask(chat=work.chat, link=called, by_request=asks, ref=f"{ASKED}{row.id}"))


def _row(work: Work, owner: int, name: str) -> Any:
    return work.sql.first(store.FIND, chat=work.chat, the_owner=owner, the_name=name)


def arrived(work: Work, event: Invited) -> None:
    """Telegram made a link, or said why not."""
    number = event.ref.removeprefix(ASKED)
    if number == event.ref or not number.isdigit():
        return
    row = work.sql.first(store.ONE, the_id=int(number))
    if row is None or row.chat_id != work.chat:
        return
    if row.off_at is not None:  # withdrawn while it was being made
        if event.url:
            work.say(Revoke(chat=work.chat, link=event.url))
        return
    if row.url:  # asked for twice before the first came: who asked last was told of that one
        if event.url not in ("", row.url):
            work.say(Revoke(chat=work.chat, link=event.url))
        return
    if event.trouble:  # told once, however often it was asked for
        work.sql.run(store.NONE_MADE, the_id=row.id, now=work.now)
        _say(work, row.by_id, "invites/no_link", row.reply_to, trouble=event.trouble)
        return
    work.sql.run(store.MADE, the_id=row.id, the_url=event.url)
    _tell(work, row, event.url, row.by_id, row.reply_to)


def _tell(work: Work, row: Any, url: str, by: int, reply_to: int | None) -> None:
    if row.owner_id:
        points = members.get(work, work.chat, POINTS)
        _say(work, by, "invites/mine", reply_to, url=url, points=points, door=door(work, row.id))
        return
    name = row.name
    # printed in the group's language, whatever the one reads who prints it
    lang = members.voice(work, work.chat, None)[0]
    content = work.content
    line = "Scan with Telegram to join the group"
    said = line if content is None else content.gettext(lang, line)
    picture = chart(Poster(url, members.title(work, work.chat), name, said, url))
    _say(work, by, "invites/printed", None, photo=picture, name=name, url=url)
    _say(work, by, "invites/to_print", None, document=picture, name=name, url=url)


def _say(
    work: Work,
    by: int,
    template: str,
    reply_to: int | None,
    *,
    photo: str | None = None,
    document: str | None = None,
    **data: Any,
) -> None:
    """To who asked in private; where that cannot be, as an answer in the group: pictures stay there."""
    alone = bool(by) and members.reachable(work, by)
    work.say(
        Send(
            chat=None if alone else work.chat,
            user=by if alone else None,
            template=template,
            data={**data, "title": members.title(work, work.chat)},
            photo=photo,
            document=document,
            reply_to=None if alone else reply_to,
            lifetime=None if alone or photo or document else PASSING,
        )
    )


def counters(work: Work, chat: int) -> list[Any]:
    """The links of counters and shifts that stand."""
    return work.sql.all(store.OF_COUNTERS, chat=chat, nobody=NOBODY)


def off(work: Work, counter: str, shift: str = "") -> str:
    """Withdraw a counter's link: what is printed leads nowhere from now on. Its name.

    Raises:
        Refusal: there is none of this name.
    """
    try:
        row = _row(work, NOBODY, link_name(counter, shift))
    except ValueError:
        row = None
    if row is None:
        raise Refusal("invites/unknown", name="/".join(filter(None, (counter.strip(), shift.strip())))[:NAME])
    work.sql.run(store.OFF, chat=work.chat, the_owner=NOBODY, the_name=row.name, now=work.now)
    if row.url:
        work.say(Revoke(chat=work.chat, link=row.url))
    return str(row.name)


def issued(work: Work) -> int:
    """How many links of this chat the bot made and nobody withdrew."""
    return len(work.sql.all(store.ISSUED, chat=work.chat))


def all_off(work: Work) -> int:
    """Withdraw every link of this chat, those that are being made too; how many there were."""
    rows = work.sql.all(store.ISSUED, chat=work.chat)
    work.sql.run(store.ALL_OFF, chat=work.chat, now=work.now)
    for row in rows:
        work.say(Revoke(chat=work.chat, link=row.url))
    return len(rows)
