"""A command given in private that acts on a group: what becomes of its effects."""

from __future__ import annotations

from msgspec import Struct

from groupbot.core.effects import Button, Delete, Restrict, Send
from groupbot.core.text import Entity
from groupbot.engine.away import Away

AWAY = Away(person=5, message=40, home=1, chat=2, title="West Lake")


class Named(Struct, frozen=True, tag="t.named"):
    """Says its chat."""

    chat: int


class Nameless(Struct, frozen=True, tag="t.less"):
    """Does not."""


def test_answer_goes_to_the_person_and_keeps_only_buttons_that_name_their_chat() -> None:
    said = Send(
        chat=2,
        text="done",
        reply_to=40,
        topic=7,
        lifetime=60,
        buttons=((Button("a", Named(2)), Button("b", Nameless())), (Button("c", Nameless()),)),
    )
    assert AWAY.turn(said) == Send(user=5, text="done", reply_to=40, buttons=((Button("a", Named(2)),),))


def test_post_and_act_stay_in_the_group() -> None:
    for effect in (Send(chat=2, text="card"), Restrict(chat=2, member=9), Send(chat=3, reply_to=40)):
        assert AWAY.turn(effect) == effect


def test_nothing_of_the_group_is_deleted_for_the_private_command() -> None:
    assert AWAY.turn(Delete(chat=2, messages=(40,))) == Delete(chat=1, messages=(40,))
    assert AWAY.turn(Delete(chat=2, messages=(41,))) == Delete(chat=2, messages=(41,))


def test_answer_names_the_group_and_keeps_its_marks() -> None:
    made = AWAY.head(Send(user=5, text="x", entities=(Entity("code", 0, 1),)))
    assert isinstance(made, Send)
    assert made.text == "▸ West Lake\nx"
    assert made.entities == (Entity("bold", 2, 9), Entity("code", 12, 1))
    assert AWAY.head(Send(user=6, text="x")) == Send(user=6, text="x")
    assert AWAY.head(Send(user=5, text="x" * 4090)) == Send(user=5, text="x" * 4090)
    picture = Send(user=5, text="x" * 1020, photo="draw:A")  # the words beneath one have less room
    assert AWAY.head(picture) == picture
