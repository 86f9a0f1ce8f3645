"""The rules in the group's own words: written in the admins' dialect, shown in the group or in private."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from groupbot.core.effects import Button, Send
from groupbot.core.events import Message, Person
from groupbot.core.fillings import read
from groupbot.engine import custom
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain.policy import TEXT
from groupbot.features.rules.service.week import set_text, show

PRIVATE = Setting("privaterules", False, "The rules are shown in private", choices=(True, False))
BUTTON = Setting("rulesbutton", "", "The words on the button that opens the rules")
LABEL = 64  # characters


def write(work: Work, chat: int, text: str, by: int | None) -> None:
    """Keep the rules as an admin typed them; what does not render is refused and the old ones stay.

    Raises:
        Refusal: nothing, too long, or the line that does not render.
    """
    if text.strip():
        try:
            custom.check(work, read(text), "rules")
        except Misfit as e:
            _, _, line = e.where.rpartition(":")
            raise Refusal(
                "notes/broken", cause=e.what, line=int(line) if line.isdecimal() else 0, next=e.next
            ) from None
    set_text(work, chat, text, by)


def source(work: Work, chat: int) -> str:
    """The rules as an admin typed them."""
    return str(members.get(work, chat, TEXT))


def reset(work: Work, chat: int, by: int | None) -> None:
    """No words of the group's own any more."""
    members.put(work, TEXT, "", chat=chat, by=by)


def set_button(work: Work, chat: int, label: str, by: int | None) -> None:
    """The words of the button; "" for those that ship.

    Raises:
        Refusal: too long.
    """
    if len(label) > LABEL:
        raise Refusal("rules/too_long", most=LABEL)
    members.put(work, BUTTON, " ".join(label.split()), chat=chat, by=by)


def label(work: Work, chat: int) -> str:
    """The words on the button that opens the rules."""
    return str(members.get(work, chat, BUTTON)) or ("群规" if work.lang == "zh" else "Rules")


def shown(work: Work, chat: int, person: Person | None) -> Send:
    """The rules as a message without an address, filled in for whoever asks."""
    data = show(work, chat)
    said, buttons = _worded(work, chat, str(data["text"]), person)
    return Send(template="rules/rules", data={**data, "text": said}, buttons=buttons)


def plain(work: Work, chat: int) -> str:
    """The rules in words alone, without marks."""
    text = str(show(work, chat)["text"])
    place = members.place(work, chat)
    try:
        data = custom.fillings([], place.title if place else "")
        return custom.render(work, read(text).pieces[0], data).text
    except Misfit:
        return text


def _worded(work: Work, chat: int, text: str, person: Person | None) -> tuple[Any, Any]:
    piece = read(text).pieces[0]
    place = members.place(work, chat)
    data = custom.fillings([person] if person is not None else [], place.title if place else "")
    try:
        return Markup(custom.markup(work, piece, data)), custom.keyboard(piece)
    except Misfit:  # written before it was checked, or by another hand
        return text, ()


def privately(work: Work, event: Message) -> bool:
    """Where the rules are shown in private: sent there, or a button that leads there. False elsewhere."""
    if not members.get(work, work.chat, PRIVATE):
        return False
    person = event.sender
    if person is not None and not event.anonymous and members.reachable(work, person.id):
        _send(work, work.chat, person)
        return True
    url = f"https://t.me/{work.me.username}?start=rules_{work.chat}"
    work.say(
        Send(
            chat=work.chat,
            template="rules/in_private",
            buttons=((Button(label(work, work.chat), url=url),),),
            reply_to=event.message_id,
            topic=event.topic,
            lifetime=60,
        )
    )
    return True


def started(work: Work, person: int, payload: str) -> None:
    """A link to a group's rules was followed.

    Raises:
        Refusal: they are not in the group.
        Unsure: Telegram alone knows whether they are.
    """
    number = payload.removeprefix("rules_")
    if number == payload or not (number.isascii() and number.isdigit() and len(number) < 16):
        return
    chat, outside = int(number), Refusal("rules/members_only")
    if not members.inside(work, chat, person, outside):
        raise outside
    known = work.cached("members.people").get(person)
    _send(work, chat, known if isinstance(known, Person) else Person(person, members.name(work, person)))


def _send(work: Work, chat: int, person: Person) -> None:
    made = shown(work, chat, person)
    work.say(Send(user=person.id, template=made.template, data=made.data, buttons=made.buttons))
