"""`groupbot settings`: out, changed, in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.cli import main
from groupbot.core.events import Chat, Joined, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.migrate import upgrade
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.entry import service as entry
from groupbot.features.entry import store as entry_store
from groupbot.features.entry.domain import CAPTCHA
from groupbot.features.log.store import log_record
from groupbot.features.members import service
from groupbot.features.promos.domain.budget import GAP
from groupbot.features.rules.domain.checks import BY_ID
from groupbot.features.rules.domain.newcomers import ID as NEWCOMER
from groupbot.features.rules.domain.policy import BURST, CARE_SINCE, PHRASES
from groupbot.features.rules.service.policy import policy_of
from groupbot.settings import load
from tests.features.members.group import group

BOT = 700000001


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one group, 西湖店会员群, that set two things itself."""
    made = load(tmp_path)
    tables()
    upgrade(made.database)
    writer = Writer(made.database, bot_id=BOT)

    def fill(work: Work) -> None:
        chat = group(work, -1004000000001, "西湖店会员群")
        service.put(work, BURST, 12, chat=chat)
        service.put(work, PHRASES, ["刷单"], chat=chat, topic=7)

    writer.write(fill)
    writer.close()
    return tmp_path


def own(workspace: Path) -> dict[int | None, dict[str, Any]]:
    """What the group set itself."""
    writer = Writer(load(workspace).database, bot_id=BOT, guest=True)

    def look(work: Work) -> dict[int | None, dict[str, Any]]:
        chat = resolve(work, Chat(-1004000000001, "supergroup", "西湖店会员群")).id
        return {None: service.own(work, chat), 7: service.own(work, chat, 7)}

    try:
        return writer.write(look)
    finally:
        writer.close()


def run(workspace: Path, *args: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as done:
        main(["settings", *args, "--workspace", str(workspace)])
    return int(done.value.code or 0)


def test_settings_are_exported_changed_and_applied(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "export", "西湖店会员群") == 0
    text = capsys.readouterr().out
    assert "\n  rules_burst: 12\n" in text
    assert (
        "\ntopics:  # by number: values that hold in one topic only\n  7:\n    rules_phrases:\n    - 刷单\n"
        in text
    )
    assert text.endswith("\n# the federation this group is in, by its code\nfederation: null\n")
    file = workspace / "x.yaml"
    file.write_text(text.replace("rules_burst: 12", "rules_burst: 20"), "utf-8")
    assert run(workspace, "apply", str(file), "--yes") == 0
    assert capsys.readouterr().out == (
        "西湖店会员群:\n  rules_burst: 12 → 20\n1 values changed in 西湖店会员群\n"
    )
    assert own(workspace) == {None: {"rules_burst": 20}, 7: {"rules_phrases": ["刷单"]}}
    assert run(workspace, "apply", str(file), "--yes") == 0
    assert capsys.readouterr().out == "nothing to change in 西湖店会员群\n"


def test_notes_of_a_file_are_kept(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "export", "西湖店会员群") == 0
    text = capsys.readouterr().out
    file = workspace / "x.yaml"
    file.write_text(text.replace("notes: {}", "notes:\n  hours: open till nine"), "utf-8")
    assert run(workspace, "apply", str(file), "--yes") == 0
    assert "hours" in capsys.readouterr().out
    assert run(workspace, "export", "西湖店会员群") == 0
    assert "open till nine" in capsys.readouterr().out


def test_what_may_not_be_set_as_things_stand_is_refused_in_words(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = workspace / "x.yaml"
    file.write_text("chat: 西湖店会员群\nsettings:\n  rules_burst: 20\n  silent_actions: on\n", "utf-8")
    assert run(workspace, "apply", str(file), "--yes") == 2
    told = capsys.readouterr().err
    assert told.startswith(f"groupbot: {file}: silent_actions: Acts may only be silent where a log shows")
    assert len(told.splitlines()) == 1
    assert own(workspace)[None] == {"rules_burst": 12}


def test_what_a_file_sets_is_heard_of_as_if_it_had_been_said(workspace: Path) -> None:
    """Nobody is waited for without a captcha, first messages count from now, and the log has a line of it."""

    def waits(work: Work) -> int:
        work.chat = resolve(work, Chat(-1004000000001, "supergroup", "西湖店会员群")).id
        service.put(work, CAPTCHA, True, chat=work.chat)
        joined = Joined(at=work.now, chat=Chat(-1004000000001, "supergroup"), people=(Person(7, "P"),))
        work.event = joined
        entry.joined(work, joined, joined.people[0], lambda *_: None, approved=False)
        return work.chat

    writer = Writer(load(workspace).database, bot_id=BOT, guest=True)
    chat = writer.write(waits)
    writer.close()
    file = workspace / "x.yaml"
    file.write_text("chat: 西湖店会员群\nsettings:\n  captcha: off\n  newcomer_messages: 5\n", "utf-8")
    assert run(workspace, "apply", str(file), "--yes") == 0

    def found(work: Work) -> tuple[Any, ...]:
        newcomer = work.sql.first(entry_store.OF, chat=chat, who=7)
        told = work.sql.all(sa.select(log_record.c.actor, log_record.c.text).order_by(log_record.c.id))
        return newcomer.state, bool(service.get(work, chat, CARE_SINCE)), {tuple(r) for r in told}

    writer = Writer(load(workspace).database, bot_id=BOT, guest=True)
    try:
        assert writer.write(found) == (
            "freed",
            True,
            {(None, "captcha: on → off"), (None, "newcomer_messages: — → 5")},
        )
    finally:
        writer.close()


def test_mistake_in_a_file_changes_nothing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = workspace / "x.yaml"
    file.write_text("chat: 西湖店会员群\nsettings:\n  rule_links: on\n  rules_burst: -1\n", "utf-8")
    assert run(workspace, "apply", str(file), "--yes") == 2
    assert capsys.readouterr().err == (
        f"groupbot: {file}:4: rules_burst: expected a whole number from 0 to 1000"
        " -> for example rules_burst: 10\n"
    )
    assert own(workspace)[None] == {"rules_burst": 12}


def test_nobody_to_ask_and_unknown_groups_are_told(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workspace / "x.yaml"
    file.write_text("chat: 西湖店会员\nsettings:\n  rules_burst: 9\n", "utf-8")
    assert run(workspace, "apply", str(file)) == 2
    assert capsys.readouterr().err == "groupbot: no group '西湖店会员' -> did you mean '西湖店会员群'?\n"
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert run(workspace, "apply", str(file), "--chat", "-1004000000001") == 2
    assert "add --yes" in capsys.readouterr().err
    assert own(workspace)[None] == {"rules_burst": 12}


def test_module_that_is_not_there_is_named(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "export", "西湖店会员群", "--module", "rule") == 2
    assert capsys.readouterr().err.startswith("groupbot: no module 'rule' -> known: ")


def test_what_groups_inherit_is_set_for_all_and_for_a_segment(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def heard() -> tuple[int, int]:
        writer = Writer(load(workspace).database, bot_id=BOT, guest=True)
        try:
            seen = Chat(-1004000000001, "supergroup", "西湖店会员群")
            chat = writer.write(resolve, seen).id
            return writer.write(lambda w: (service.get(w, chat, GAP), service.get(w, chat, BURST)))
        finally:
            writer.close()

    writer = Writer(load(workspace).database, bot_id=BOT, guest=True)
    seen = Chat(-1004000000001, "supergroup", "西湖店会员群")
    writer.write(lambda w: service.set_profile(w, resolve(w, seen).id, tier="store"))
    writer.close()
    shipped = heard()
    assert run(workspace, "set", "post_gap_hours", "5") == 0
    assert run(workspace, "set", "post_gap_hours", "7", "--for", "tier:store") == 0
    assert run(workspace, "set", "rules_burst", "30", "--for", "tier:store") == 0
    assert capsys.readouterr().out.splitlines() == [
        "post_gap_hours is 5 for default",
        "post_gap_hours is 7 for tier:store",
        "rules_burst is 30 for tier:store",
    ]
    assert heard() == (7, 12)  # the group's own stands above
    assert run(workspace, "set", "post_gap_hours", "default", "--for", "tier:store") == 0
    assert heard() == (5, 12)
    assert run(workspace, "set", "post_gap_hours", "default") == 0
    assert heard() == shipped


def test_first_messages_are_counted_from_when_they_were_set_for_a_segment(workspace: Path) -> None:
    def since() -> Any:
        def look(work: Work) -> Any:
            chat = resolve(work, Chat(-1004000000001, "supergroup", "西湖店会员群")).id
            service.set_profile(work, chat, tier="store")
            service.put(work, BY_ID[NEWCOMER].setting, True, chat=chat)
            care = policy_of(work, chat, None).care
            return care and care.since

        writer = Writer(load(workspace).database, bot_id=BOT, guest=True)
        try:
            return writer.write(look)
        finally:
            writer.close()

    assert since() is None
    assert run(workspace, "set", "newcomer_messages", "5", "--for", "tier:store") == 0
    first = since()
    assert first is not None
    assert run(workspace, "set", "newcomer_messages", "6", "--for", "tier:store") == 0
    assert since() == first


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("post_gap", "5"), "no setting 'post_gap' -> nearest: post_gap_hours"),
        (("rules_burst", "many"), "rules_burst: expected a whole number from 0 to 1000 -> for example 10"),
        (("rules_burst", "5", "--for", "tier:shop"), "no tier 'shop' -> known: dealer, store, consumer"),
        (("rules_burst", "5", "--for", "stores"), "no level 'stores' -> default, tier:…, region:…, tag:…"),
    ],
)
def test_what_cannot_be_inherited_is_told(
    workspace: Path, capsys: pytest.CaptureFixture[str], said: tuple[str, ...], told: str
) -> None:
    assert run(workspace, "set", *said) == 2
    assert told in capsys.readouterr().err
