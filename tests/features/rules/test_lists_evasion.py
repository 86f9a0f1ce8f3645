"""Entries and locks decide as with plain text in every carrier and disguise (RELIABILITY G32), and leave
ordinary talk of six scripts alone."""

from __future__ import annotations

from groupbot.features.rules.domain.facts import Policy, inspect
from tests.features.rules.talk import TALK
from tests.features.rules.test_entries import listed
from tests.features.rules.test_evasion import CARRIERS, CHINESE, ENGLISH, VARIANTS
from tests.features.rules.test_locks import body, policy

LISTS: dict[str, Policy] = {
    "plain": listed(f'"{ENGLISH}"', CHINESE),
    "one letter": listed('"cas?no bonus"', '"刷?返现"'),
    "no space": listed('"cas* bon*"', '"刷*现"'),
    "anything": listed('"casino ** bonus"', '"casino **bonus"', '"刷**现"'),
    "lookalike": listed('lookalike:"casino bonus"', "lookalike:刷单返现"),
    "expression": listed('re:"casino +bonus"', "re:刷单返现"),
}


def decided(rules: Policy) -> tuple[int, int]:
    """How many of all carriers × disguises × two texts are hit, of how many."""
    hit = total = 0
    for carry in CARRIERS.values():
        for disguise in VARIANTS.values():
            for text in (ENGLISH, CHINESE):
                total += 1
                hit += inspect(body(carry(disguise(text))), rules) is not None
    return hit, total


def test_entries_hit_in_every_carrier_and_disguise() -> None:
    assert len(CARRIERS) >= 45
    assert len(VARIANTS) >= 25
    missed = {}
    for name, rules in LISTS.items():
        hit, total = decided(rules)
        if hit < total * 0.99:
            missed[name] = hit / total
    assert missed == {}


def harmless() -> list[tuple[str, str]]:
    """The ordinary lines that entries of any kind or the locks on signs and addresses hit, by script."""
    locked = policy(
        "invitelink", "botlink", "email", "phone", "mention", "cashtag", "zalgo", "url", "command"
    )
    lists = [
        *LISTS.values(),
        listed("lookalike:paypal", "lookalike:casino", '"free * money"', "加*微信", "*coin"),
    ]
    return [
        (script, line)
        for script, said in TALK.items()
        for line in said
        for rules in (*lists, locked)
        if inspect(body({"text": line}), rules) is not None
    ]


def test_ordinary_talk_of_six_scripts_is_let_be() -> None:
    """At most one line in a thousand."""
    assert len(TALK) >= 6
    assert min(map(len, TALK.values())) >= 150
    hits = harmless()
    assert len(hits) <= sum(map(len, TALK.values())) / 1000, hits


def test_lock_of_addresses_sees_them_in_every_carrier() -> None:
    rules = policy("url")
    missed = [
        name for name, carry in CARRIERS.items() if inspect(body(carry("see example.com/x")), rules) is None
    ]
    assert missed == []
