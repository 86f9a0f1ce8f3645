"""Settings that inherit, on either database."""

from __future__ import annotations

from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service
from groupbot.features.rules.service import policy_of
from tests.features.members.group import group

N = Setting("n", 1, "…", by_tier={"store": 2})


def test_the_nearest_level_wins_and_gives_way_when_it_is_taken_back(writer: Writer) -> None:
    def play(work: Work) -> None:
        chat = group(work)
        seen = [service.get(work, chat, N, 7)]
        service.set_profile(work, chat, tier="store", region="East", tags=("b", "a"))
        seen.append(service.get(work, chat, N, 7))
        for n, where in enumerate(
            ({}, {"tier": "store"}, {"segment": "region:East"}, {"segment": "tag:a"}, {"segment": "tag:b"}),
            10,
        ):
            service.put(work, N, n, **where)  # type: ignore[arg-type]
            seen.append(service.get(work, chat, N, 7))
        service.put(work, N, 20, chat=chat)
        seen.append(service.get(work, chat, N, 7))
        service.put(work, N, 30, chat=chat, topic=7)
        seen.append(service.get(work, chat, N, 7))
        assert seen == [1, 2, 10, 11, 12, 13, 14, 20, 30]
        assert (service.get(work, chat, N), service.get(work, chat, N, 8)) == (20, 20)
        kinds = [(v.kind, v.name, v.value) for v in service.levels(work, chat, N, 7)]
        assert kinds == [
            ("topic", "7", 30),
            ("chat", "", 20),
            ("tag", "b", 14),
            ("tag", "a", 13),
            ("region", "East", 12),
            ("tier", "store", 11),
            ("default", "", 10),
            ("shipped", "store", 2),
        ]
        service.unset(work, N, chat=chat, topic=7)
        service.unset(work, N, chat=chat)
        service.unset(work, N, segment="tag:b")
        assert service.get(work, chat, N, 7) == 13

    writer.write(play)


def test_layers_are_the_very_same_until_something_changes(writer: Writer) -> None:
    def play(work: Work) -> None:
        one, two = group(work), group(work, -1002, "East Gate")
        for chat in (one, two):
            service.set_profile(work, chat, tier="store")
        before = service.layers(work, one)
        assert service.layers(work, one) is before
        assert service.layers(work, one, 7) is before  # no topic of the chat set anything
        assert service.layers(work, two)[1] is before[1]
        service.put(work, N, 5, chat=one, topic=7)
        after = service.layers(work, one)
        assert after is not before and service.layers(work, one, 8) is after
        topic = service.layers(work, one, 7)
        assert topic is not after and topic[0] == {"n": 5}
        assert service.layers(work, one, 7) is topic

    writer.write(play)


def test_policy_of_a_topic_is_its_own_and_kept(writer: Writer) -> None:
    def play(work: Work) -> None:
        chat = group(work)
        service.set_profile(work, chat, tier="store")
        policy = policy_of(work, chat)
        assert policy_of(work, chat, 7) is policy
        service.put(work, Setting("rules_burst", 10, "…"), 3, chat=chat, topic=7)
        assert (policy_of(work, chat).limits.burst, policy_of(work, chat, 7).limits.burst) == (10, 3)
        assert policy_of(work, chat, 7) is policy_of(work, chat, 7)
        assert policy_of(work, chat, 8) is policy_of(work, chat)

    writer.write(play)


def test_topics_of_one_chat_are_not_those_of_another(writer: Writer) -> None:
    def play(work: Work) -> None:
        chats = [group(work, -1000 - n, f"G{n}") for n in range(12)]
        service.put(work, N, 5, chat=chats[0], topic=3)
        service.put(work, N, 6, chat=chats[-1], topic=4)
        assert [sorted(service.topics(work, c)) for c in (chats[0], chats[1], chats[-1])] == [[3], [], [4]]

    writer.write(play)
