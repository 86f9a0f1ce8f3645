"""Segments: words of the four attributes, how alike a group is, who would fit better elsewhere."""

import pytest
import sqlalchemy as sa

from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members import store
from groupbot.features.members.domain import Profile, segments
from groupbot.features.members.service.segmenting import (
    better,
    describe_chat,
    describe_member,
    homogeneity,
    modal,
    of_member,
    overview,
    read,
)
from groupbot.features.promos.domain import Wrong, audience_of, explain
from tests.features.notices.test_notices import people
from tests.features.promos.test_publish import chats

SMALL, LARGE = ("scale:small",), ("kind:catering", "scale:large")


def test_words_are_read_in_both_languages_over_what_was_said() -> None:
    assert read("大 老友") == ("scale:large", "closeness:loyal")
    assert read("small, grow", ("kind:retail", "scale:large")) == (
        "kind:retail", "scale:small", "course:grow",
    )  # fmt: skip
    assert read("scale:Medium", ()) == ("scale:medium",)
    assert read("off", LARGE) == ()
    for wrong in ("huge", "kind:large"):
        with pytest.raises(Refusal, match="segment_words"):
            read(wrong)


def test_a_group_is_as_alike_as_its_commonest_segment_is_common() -> None:
    described = [SMALL] * 7 + [LARGE] * 3
    assert (modal(described), homogeneity(described)) == (SMALL, 0.7)
    assert (modal([]), homogeneity([])) == ((), 0.0)
    assert modal([LARGE, SMALL]) == LARGE  # of equally common ones the first by its words
    others = [("B", ("scale:large",)), ("A", LARGE), ("C", SMALL)]
    assert better(LARGE, SMALL, others) == "A"
    assert better(SMALL, SMALL, others) == ""


def test_an_audience_names_segments_and_a_typo_the_nearest_word() -> None:
    whom = audience_of("a", {"segment": ["large", "scale:medium", "loyal"]})
    assert whom.tags == ("closeness:loyal", "scale:large|medium")
    inside = Profile(1, "A", "store", attributes=("scale:large", "closeness:loyal"))
    assert explain(whom, inside) == (True, "closeness loyal, scale large")
    assert explain(whom, Profile(1, "A", "store", attributes=("scale:small", "closeness:loyal"))) == (
        False, "scale is small, not large or medium",
    )  # fmt: skip
    assert explain(whom, Profile(1, "A", "store"))[1] == "closeness is not set, not loyal"
    with pytest.raises(Wrong) as wrong:
        audience_of("a", {"segment": "larg"})
    assert wrong.value.next == "did you mean large?"


def test_settings_come_from_the_segment_between_region_and_tag(writer: Writer) -> None:
    chats(writer)
    limit = Setting("x.limit", 1, "A limit")

    def fn(work: Work) -> list[object]:
        describe_chat(work, 1, "large")
        members.set_profile(work, 1, region="E", tags=("pilot",))
        p = members.profile(work, 1)
        assert segments(p) == ["tier:store", "region:E", "scale:large", "tag:pilot"]
        found = [members.get(work, 1, limit)]
        for n, segment in enumerate(("region:E", "scale:large", "tag:pilot"), 2):
            members.put(work, limit, n, segment=segment)
            found.append(members.get(work, 1, limit))
        assert [(lv.kind, lv.name) for lv in members.levels(work, 1, limit)][:2] == [
            ("tag", "pilot"), ("scale", "large"),
        ]  # fmt: skip
        describe_chat(work, 1, "off")
        members.set_profile(work, 1, tags=())
        return [*found, members.get(work, 1, limit)]

    assert writer.write(fn) == [1, 2, 3, 4, 2]


def test_a_mixed_group_proposes_groups_that_its_admin_runs(writer: Writer) -> None:
    chats(writer, 3)
    people(writer, *range(11, 21))

    def fn(work: Work) -> list[dict[str, object]]:
        work.chat = 1
        for person in range(11, 21):
            words = "small" if person < 17 else "catering large"
            describe_member(work, 1, person, words, 7)
        describe_chat(work, 2, "catering large")
        found = [overview(work, 1, 7)]
        work.sql.run(
            store.KEEP_STAFF, chat_id=2, person_id=7, status="administrator", rights=[], checked_at=work.now
        )
        work.drop("members.staff", 2)
        found.append(overview(work, 1, 7))
        for person in (17, 18):
            describe_member(work, 1, person, "off", 7)
        found.append(overview(work, 1, 7))
        assert of_member(work, 1, 17) == ()
        return found

    alone, runs, alike = writer.write(fn)
    assert (alone["n"], alone["share"], alone["mixed"], alone["moves"]) == (10, 60, True, [])
    assert [(m["segment"], m["title"]) for m in runs["moves"]] == [  # type: ignore[attr-defined]
        (list(LARGE), "Store 2")
    ] * 4
    assert (alike["share"], alike["mixed"], alike["moves"]) == (75, False, [])


def test_a_description_goes_with_the_membership(writer: Writer) -> None:
    chats(writer)

    def fn(work: Work) -> list[object]:
        describe_member(work, 1, 99, "large", 7)  # nobody's membership: it ended long ago
        members.sweep(work)
        return list(work.sql.all(sa.select(store.member_segment.c.person_id)))

    assert writer.write(fn) == []
