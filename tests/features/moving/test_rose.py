"""Rose's export in and out: unchanged where nobody touched anything, and only there changed where somebody
did."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.core import fillings
from groupbot.core.setting import Setting
from groupbot.engine.plugins import load
from groupbot.features.moving.domain import rose
from groupbot.features.moving.domain.rose_fields import FIELDS, LOCKS
from tests.features.moving.rose import EXPORT

LISTS = "blocklist clean_service clean_commands disabled rules_allowed log_off"
SWITCHES = """anonadmin admin_error blocklist_delete lock_warns flood_clear welcome goodbye cleanwelcome
captcha captchakick captcharules reports disabled_admins disabled_delete anti_channel_pin clean_linked
privatenotes privaterules quietfed silent_actions"""
NUMBERS = """flood_row rules_burst rules_burst_seconds raid_seconds raid_auto captchamutetime captchakicktime
warn_limit"""
TEXTS = """rules_text rulesbutton blocklist_mode blocklist_reason flood_mode captchamode captchatext warn_mode
warn_time raid_action"""
# the settings other features declare or will, so that every row of the table is tried
EVERY = {
    s.key: s
    for s in (
        *(Setting(f"lock_{n}", "", "…") for n in LOCKS),
        *(Setting(k, [], "…") for k in LISTS.split()),
        *(Setting(k, False, "…") for k in SWITCHES.split()),
        *(Setting(k, {}, "…") for k in ("welcome_text", "goodbye_text", "lock_reasons")),
        *(Setting(k, 0, "…") for k in NUMBERS.split()),
        *(Setting(k, "", "…") for k in TEXTS.split()),
        Setting("language", "", "…", choices=("zh", "en")),
    )
}  # fmt: skip


def here(known: dict[str, Setting], taken: dict[str, Any]) -> dict[str, Any]:
    """All values that hold after an import."""
    return {k: taken.get(k, s.default) for k, s in known.items()}


@pytest.mark.parametrize("known", [EVERY, load().settings], ids=["every", "today"])
def test_export_comes_back_as_it_came(known: dict[str, Setting]) -> None:
    values = here(known, rose.take(EXPORT, known).values)
    assert rose.give(EXPORT, values, values, known) == EXPORT


def test_full_export_means_here_what_it_means_there() -> None:
    """With every setting that ships: nothing is unfit, and what was taken and given back reads the same."""
    known = load().settings
    taken = rose.take(EXPORT, known)
    assert taken.unfit == []
    first = here(known, taken.values)
    shipped = here(known, {})
    made = rose.give(None, first, shipped, known)
    again = rose.take(made, known)
    assert again.unfit == []
    assert {k: (v, first[k]) for k, v in here(known, again.values).items() if v != first[k]} == {}


@pytest.mark.parametrize(("row", "timer", "on"), [(7, 0, True), (0, 12, True), (7, 12, True), (0, 0, False)])
def test_floods_that_are_seen_there_are_seen_here(row: int, timer: int, on: bool) -> None:
    """Rose has no switch beside the limits: any limit is on, none is off, whatever ships here."""
    known = load().settings
    export = copy.deepcopy(EXPORT)
    export["data"]["antiflood"] |= {"flood_limit": row, "flood_timer_limit": timer}
    taken = rose.take(export, known)
    assert taken.values["rule_flood"] is on
    values = here(known, taken.values)
    assert rose.give(export, values, values, known) == export
    off = rose.give(export, values | {"rule_flood": False}, values, known)["data"]["antiflood"]
    assert (off["flood_limit"], off["flood_timer_limit"]) == (0, 0)


def test_every_module_of_the_export_is_filled() -> None:
    """Nothing in it that would come back right by chance, because it is what ships."""
    assert [m for m, part in EXPORT["data"].items() if not part] == []
    known = load().settings
    taken = rose.take(EXPORT, known)
    said = {
        f.path.partition(".")[0]
        for f in FIELDS
        if taken.values.get(f.key, known[f.key].default) != known[f.key].default
    }
    books = {"approvals", "federations", "filters", "notes"} & {
        "federations" if b == "federation" else b for b in taken.books
    }
    same = set(EXPORT["data"]) - said - books - {"reports", "silent_actions", "translations"}
    assert sorted(same) == []


def test_every_row_of_the_table_has_its_field_in_an_export() -> None:
    missing = [f.path for f in FIELDS if not rose._find(EXPORT["data"], f.path)[0]]
    assert missing == []


def test_export_is_understood() -> None:
    taken = rose.take(EXPORT, EVERY)
    v = taken.values
    assert taken.unfit == []
    assert v["blocklist"] == [
        '"free money" a known one',
        '"cheap*pills"',
        'prefix:"casino"',
        '"say \\"hi\\" now"',
        '"双倍返现"',
    ]
    assert (v["blocklist_mode"], v["flood_mode"], v["warn_mode"]) == ("tban 2d", "tmute 3h", "tmute 1d")
    assert (v["flood_row"], v["rules_burst"], v["rules_burst_seconds"]) == (7, 12, 20)
    assert (v["raid_seconds"], v["raid_auto"], v["warn_time"]) == (21600, 15, "30d")
    assert (v["lock_url"], v["lock_zalgo"], v["lock_photo"]) == ("on", "tmute 2h", "")
    assert v["lock_reasons"] == {"url": "please not here", "zalgo": "no noise"}
    assert (v["log_off"], v["quietfed"], v["silent_actions"]) == (["other", "settings"], True, False)
    assert (v["clean_service"], v["disabled"]) == (["join", "leave"], ["id", "info"])
    assert (v["reports"], v["admin_error"], v["rules_allowed"]) == (True, False, ["example.com"])
    assert fillings.write(fillings.kept(v["welcome_text"])) == "Hi {mention}\n[Shop](buttonurl://example.com)"
    assert fillings.kept(v["goodbye_text"]).pieces[0].text == "Bye {{ first }}!"
    assert v["raid_action"] == "ban 1h"
    assert "language" not in v  # French is not spoken here: left to the group
    assert rose.by_module(taken.left) == ["translations (1)"]


def test_what_is_written_down_comes_too_and_what_cannot_is_named() -> None:
    taken = rose.take(EXPORT, EVERY)
    assert taken.books == {
        "notes": {
            "price": {"text": "12\n{noprivate}", "media": None},
            "menu": {"text": "Our menu\n[Price](buttonurl://#price)", "media": None},
        },
        "filters": {
            "hours": {"text": "Open 9–18, {first}", "media": None},
            'exact:"good day"': {"text": "Good day\n%%%\nHello", "media": None},
        },
        "approvals": {"1000001": "supplier"},
        "federation": {"00000000-0000-0000-0000-00000000ABCD": ""},
    }
    assert taken.apart == {
        "files": ["#Price", "wave"],
        "people": ["1087968824"],
        "reasons": ["photo"],
    }


def test_books_go_back_as_they_came_but_for_what_changed() -> None:
    was = rose.take(EXPORT, EVERY).books
    now = copy.deepcopy(was)
    now["notes"]["menu"]["text"] = "New menu"
    del now["notes"]["price"]
    now["filters"]['prefix:"good night"'] = {"text": "Sleep well", "media": None}
    now["filters"]["cat"] = {"text": "", "media": ["photo", "x"]}
    now["approvals"]["1000002"] = ""
    made = rose.give(EXPORT, {}, {}, EVERY, (now, was))["data"]
    there = copy.deepcopy(EXPORT["data"])
    there["notes"]["notes"] = [{**there["notes"]["notes"][1], "text": "New menu"}]
    there["filters"]["filters"].append(
        {"data_id": "", "name": "prefix:good night", "text": "Sleep well", "type": 0}
    )
    there["approvals"]["approved"].append({"user_id": 1000002, "reason": ""})
    assert made == there


@pytest.mark.parametrize(
    ("key", "value", "path", "theirs"),
    [
        ("blocklist_mode", "mute", "blocklists.action", "mute"),
        ("flood_mode", "tban 2d", "antiflood.action_duration", 172800),
        ("warn_time", "8d", "warns.warn_for", 691200),
        ("warn_time", "off", "warns.warn_for", 0),
        ("raid_seconds", 3600, "raids.raid_mode_duration", 3600_000_000_000),
        ("lock_photo", "tmute 1h", "locks.locks.photo.locked", True),
        ("lock_url", "", "locks.locks.url.locked", False),
        ("lock_zalgo", "on", "locks.locks.zalgo.reason", "no noise"),
        ("lock_zalgo", "ban", "locks.locks.zalgo.reason", "{ban} no noise"),
        ("lock_reasons", {"url": "here not", "zalgo": "no noise"}, "locks.locks.url.reason", "here not"),
        ("lock_reasons", {"url": "please not here"}, "locks.locks.zalgo.reason", "{tmute 2h}"),
        ("log_off", ["user"], "log_channels.categories.settings", {"log": True}),
        ("raid_action", "ban 2h", "raids.raid_mode_action_duration", 7200_000_000_000),
        ("goodbye_text", fillings.read("See you, *{first}*!\n[Shop](buttonurl://example.com)").plain(),
         "greetings.goodbye.text", "See you, *{first}*!\n[Shop](buttonurl://example.com)"),
        ("reports", False, "reports.disable_reports", True),
        ("clean_service", ["pin"], "clean_service.service_types.pin", {"clean": True}),
        ("clean_service", ["pin"], "clean_service.service_types.join", {"clean": False}),
        ("disabled", ["id"], "disabled.disabled", [{"name": "id"}]),
        ("language", "zh", "translations.lang", "zh-hans"),
        ("blocklist", ['"new" why', 'prefix:"casino"'], "blocklists.filters",
         [{"name": "new", "reason": "why"}, {"name": "prefix:casino", "reason": ""}]),
    ],
)  # fmt: skip
def test_what_changed_here_changes_there_and_nothing_else(
    key: str, value: Any, path: str, theirs: Any
) -> None:
    before = here(EVERY, rose.take(EXPORT, EVERY).values)
    made = rose.give(EXPORT, {**before, key: value}, before, EVERY)
    assert rose._find(made["data"], path) == (True, theirs)
    assert rose.take(made, EVERY).values.get(key) == value
    top, inner = path.split(".")[:2]
    changed = copy.deepcopy(made)
    changed["data"][top] = EXPORT["data"][top]
    assert changed == EXPORT
    assert {k for k in made["data"][top] if made["data"][top][k] != EXPORT["data"][top][k]} <= {
        inner, "action", "action_duration",
    }  # fmt: skip


def test_group_that_never_was_hers_can_move_to_her() -> None:
    shipped = here(EVERY, {})
    made = rose.give(None, {**shipped, "warn_limit": 5, "rules_text": "Be kind."}, shipped, EVERY)
    assert made == {
        "bot_id": rose.ROSE,
        "version": 2,
        "data": {"rules": {"content": "Be kind."}, "warns": {"warn_limit": 5}},
    }


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([f.path for f in FIELDS]), _json)
@settings(max_examples=400, deadline=None)
def test_any_value_in_any_field_is_taken_or_left_and_given_back(path: str, value: Any) -> None:
    export = copy.deepcopy(EXPORT)
    rose._put(export["data"], path, value)
    values = here(EVERY, rose.take(export, EVERY).values)
    assert rose.give(export, values, values, EVERY) == export


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"data": []}',
        '{"data": {}, "version": "x"}',
        '{"data": {}, "version": 3}',
        "[" * 99_999,
    ],
)
def test_what_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(rose.NotRose):
        rose.read(text)


def test_export_is_told_from_a_file_of_ours() -> None:
    assert rose.is_rose(json.dumps(EXPORT))
    assert not rose.is_rose("settings: {rules_mode: on}")
