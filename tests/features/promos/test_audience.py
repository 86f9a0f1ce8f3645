"""Who is in an audience, and why."""

import pytest

from groupbot.features.members.domain import Profile
from groupbot.features.promos.domain import Audience, Wrong, audience_of, explain

EAST = audience_of("门店·华东", {"tier": "store", "region": "华东", "tags": ["早市"], "except": "西湖店"})


def profile(**fields: object) -> Profile:
    usual = {"chat": 1, "title": "断桥店", "tier": "store", "region": "华东", "tags": ("早市",)}
    return Profile(**{**usual, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, (True, "tier store, region 华东, tag 早市")),
        ({"region": "华南"}, (False, "region is 华南, not 华东")),
        ({"region": None}, (False, "region is not set, not 华东")),
        ({"tags": ()}, (False, "has no tag 早市")),
        ({"title": "西湖店"}, (False, "named under except")),
        ({"tier": None}, (False, "not set up yet")),
        ({"state": "kicked"}, (False, "the bot is not there (kicked)")),
    ],
)
def test_explain_says_why(changes: dict[str, object], answer: tuple[bool, str]) -> None:
    assert explain(EAST, profile(**changes)) == answer


def test_an_empty_audience_is_every_chat_that_is_set_up() -> None:
    assert explain(Audience("all"), profile()) == (True, "every chat that is set up")


@pytest.mark.parametrize(
    ("raw", "what", "step"),
    [
        ({"teir": "store"}, "east: no field 'teir'", "did you mean tier?"),
        ({"tier": "stroe"}, "east: no tier 'stroe'", "did you mean store?"),
        ({"type": "socials"}, "east: no type 'socials'", "did you mean social?"),
        ({"tags": {"a": 1}}, "tags is not a word or a list of words", "write tags: [one, two]"),
        ("store", "east is not a mapping", "write {tier: store, region: …}"),
    ],
)
def test_a_typo_suggests_the_nearest(raw: object, what: str, step: str) -> None:
    with pytest.raises(Wrong) as e:
        audience_of("east", raw)
    assert (e.value.what, e.value.next) == (what, step)


def test_chats_by_title_are_in_and_no_others() -> None:
    made = audience_of("pilot", {"chats": ["West", "East"], "tier": "store"})
    assert made.chats == ("West", "East")
    assert explain(Audience("pilot", chats=("Elsewhere",)), profile()) == (False, "not named under chats")
    title = profile().title
    assert explain(Audience("pilot", chats=(title,)), profile()) == (True, "named under chats")
