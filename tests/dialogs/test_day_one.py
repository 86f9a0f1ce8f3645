"""Each command of the first day is there, and a conversation says it and looks at what came of it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from groupbot.engine.plugins import load
from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk
from tests.dialogs.acting import acts, member, tier
from tests.dialogs.day_one import ACTS, DAY_ONE, SHOWS
from tests.dialogs.test_moving import sends_file
from tests.features.moving.rose import EXPORT

HERE = Path(__file__).parent
SAYING = {"says", "says_in", "sends"}  # what Talk and the tests' own helpers are called that say something


def sayings(test: ast.AST) -> Iterator[tuple[str, int]]:
    """What a test says, as far as it is written out, with its line."""
    for node in ast.walk(test):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SAYING:
            continue
        for arg in [*node.args, *(k.value for k in node.keywords)]:
            for part in ast.walk(arg):
                first = part.values[0] if isinstance(part, ast.JoinedStr) and part.values else part
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, node.lineno


def looked_at(source: str) -> set[str]:
    """What the tests of a file say and then look at: an assert stands on the saying's line or below it."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_"):
            last = max((n.end_lineno or 0 for n in ast.walk(node) if isinstance(n, ast.Assert)), default=0)
            found |= {said for said, line in sayings(node) if line <= last}
    return found


def missing(entries: dict[str, str], said: set[str]) -> list[str]:
    """Entries that no test says: a command without arguments may be said with some."""
    return [
        entry
        for entry in entries
        if not any(
            s == entry or s.replace("!", "/", 1).startswith(f"{entry} ") or (entry == "#" and s[:1] == "#")
            for s in said
        )
    ]


def test_every_command_of_the_first_day_has_a_route() -> None:
    names = {n for r in load().routers for c in r.commands for n in (c.name, *c.aliases)}
    asked = {e.split()[0].removeprefix("/") for e in DAY_ONE if e.startswith("/")}
    assert len(asked) >= 70
    assert sorted(asked - names) == []


def test_every_command_of_the_first_day_is_said_in_a_dialog_test() -> None:
    said = {s for path in HERE.glob("test_*.py") for s in looked_at(path.read_text("utf-8"))}
    assert missing(DAY_ONE, said) == []


def test_a_saying_that_nobody_looks_at_or_with_another_argument_does_not_count() -> None:
    source = (
        "async def test_a(chat):\n    await chat.says(1, '/pin')\n    assert chat.last()\n"
        "    await chat.says(1, '/purge')\n"
        "async def test_b(chat):\n    await chat.says(1, f'/warn {x}')\n    assert 1\n    note('/kick')\n"
    )
    entries = dict.fromkeys(["/pin loud", "/pin", "/purge", "/warn", "/kick"], "")
    assert missing(entries, looked_at(source)) == ["/pin loud", "/purge", "/kick"]


async def test_silent_acts_leave_no_word_in_the_group_but_one_in_the_log(chat: Talk) -> None:
    log = chat.channel("Log", chat.owner)
    chat.world.add_bot_to(TOKEN, log, chat.owner, set(RIGHTS))
    place = {"id": log, "type": "channel", "title": "Log"}
    origin = {"type": "channel", "date": int(chat.world.clock.now()), "chat": place, "message_id": 1}
    await chat.says(chat.owner, "/setlog", forward_origin=origin)
    assert chat.last() == "日志从现在起发到「Log」。"
    await chat.says(chat.owner, "/silentactions on")
    await chat.wait(minutes=2)
    li, wu = member(chat, "Li"), member(chat, "Wu")
    hers, his = await chat.says(li, "come to my shop"), await chat.says(wu, "come to mine")
    said = await chat.says(chat.owner, "/swarn adverts", reply_to=hers)
    assert (chat.stands(said), chat.stands(hers), chat.status(li)) == (False, True, "member")
    said = await chat.says(chat.owner, "/skick adverts", reply_to=his)
    assert (chat.stands(said), chat.stands(his), chat.status(wu)) == (False, True, "left")
    assert chat.bot_texts() == []
    assert [a[:3] for a in acts(chat)] == [(1, "warn", li), (2, "kick", wu)]
    assert "Wu" in chat.last(log) and "adverts" in chat.last(log)


async def test_captcha_with_the_rules_accepted_or_out(chat: Talk) -> None:
    await chat.says(chat.owner, "/setrules Be kind.")
    await chat.says(chat.owner, "/captcha on")
    await chat.says(chat.owner, "/captcharules on")
    assert "群规" in chat.last()
    await chat.says(chat.owner, "/captchakick on")
    await chat.says(chat.owner, "/captchakicktime 10m")
    assert "10分钟内没完成的请出,可以再来。还要同意群规。" in chat.last()
    li = chat.person("Li", joins=False)
    await chat.joins(li)
    assert chat.status(li) == "restricted"
    await chat.wait(minutes=5)
    await chat.wait(minutes=5, seconds=10)
    assert chat.status(li) == "kicked"
    await chat.wait(minutes=2)
    assert chat.status(li) == "left"
    await chat.says(chat.owner, "/captchakick off")
    await chat.joins(li)
    await chat.wait(minutes=5)
    await chat.wait(minutes=5, seconds=10)
    assert chat.status(li) == "restricted"


async def test_a_quiet_federation_removes_without_a_line(chat: Talk) -> None:
    li, wu = member(chat, "Li"), member(chat, "Wu")
    await chat.says(chat.owner, "/newfed East", private=True)
    code = chat.rows("SELECT code FROM federation")[0][0]
    await chat.says(chat.owner, f"/joinfed {code}")
    for who, line in ((li, 1), (wu, 0)):
        await chat.says(chat.owner, f"/fban {who} adverts", private=True)
        await chat.wait(minutes=2)
        await chat.says(who, "早")
        assert chat.status(who) == "kicked"
        assert len(chat.bot_texts()) == line, chat.bot_texts()
        await chat.says(chat.owner, "/quietfed on")
        assert "开" in chat.last()


def test_every_command_of_the_first_day_shows_its_value_or_acts() -> None:
    asked = {e if e[:1] != "/" else e.split()[0] for e in DAY_ONE}
    assert sorted(asked - SHOWS.keys() - ACTS) == []
    assert sorted(ACTS - asked) == [] and not ACTS & SHOWS.keys()


async def test_without_arguments_a_command_shows_what_is_set_and_how_to_change_it(chat: Talk) -> None:
    before = chat.rows("SELECT count(*) FROM setting")
    wrong = []
    for name, (value, change) in SHOWS.items():
        said = [len(chat.bot_texts()), len(chat.bot_texts(chat.owner))]
        await chat.says(chat.owner, name)
        new = [*chat.bot_texts()[said[0] :], *chat.bot_texts(chat.owner)[said[1] :]]
        if not any(value in text and change in text for text in new):
            wrong.append((name, new))
    assert wrong == []
    assert chat.rows("SELECT count(*) FROM setting") == before
    assert chat.rows("SELECT count(*) FROM closure") == [(0,)]  # nothing was closed by asking


async def test_before_the_rules_act_what_is_locked_or_listed_says_so(chat: Talk) -> None:
    await chat.says(chat.owner, "/setlang en")
    asked = ("/lock sticker", "/locks", "/addblocklist casino", "/blocklist", "/setflood 5", "/newcomers 5")
    waits = "Nothing comes of it before I know what kind of group this is: /setup, then /rules on."
    for said in (*asked, "/spammode on"):
        await chat.says(chat.owner, said)
        assert waits in chat.last(), said
    file = await sends_file(chat, json.dumps(EXPORT), name="rose.txt")
    await chat.says(chat.owner, "/import", reply_to=file)
    await chat.presses(chat.owner, "Apply", chat=chat.owner)
    assert chat.last(chat.owner).splitlines()[1:] == [waits]
    await tier(chat, "consumer")
    await chat.says(chat.owner, "/lock gif")
    assert "For now I only watch and note, and touch no message. /rules on starts it." in chat.last()
    await chat.says(chat.owner, "/rules on")
    for said in asked:
        await chat.says(chat.owner, said)
        assert "/rules on" not in chat.last(), said


async def test_what_is_written_is_shown_when_asked_without_arguments(chat: Talk) -> None:
    await chat.says(chat.owner, "/setrules 先来后到,*别插队*")
    await chat.says(chat.owner, "/setrules")
    assert chat.last().splitlines()[0] == "群规现在是"
    assert "*别插队*" in chat.last() and "/setrules 文字" in chat.last()
    await chat.says(chat.owner, '/addblocklist 刷单 "free * money" {tban 2w}')
    await chat.says(chat.owner, "/addblocklist 秒杀")
    await chat.says(chat.owner, "/addblocklist")
    assert '"秒杀"' in chat.last() and "/addblocklist 刷单" in chat.last() and "/rmblocklist" in chat.last()
    await chat.says(chat.owner, "/setwelcome {first},这边请")
    await chat.says(chat.owner, "/setwelcome")
    assert "这边请" in chat.last()


async def test_language_is_a_word_and_other_bots_spellings_are_known(chat: Talk) -> None:
    await chat.says(chat.owner, "/setlang en")
    assert chat.rows("SELECT value FROM setting WHERE key = 'language' AND scope = 'chat'") == [('"en"',)]
    await chat.says(chat.owner, "/language")
    assert chat.last().startswith("language is en (this group)")
    for same, first in (("/warnings", "Warnings: 3"), ("/warningmode", "Warnings: 3"), ("/logchannel", "– ")):
        await chat.says(chat.owner, same)
        assert chat.last().startswith(first), same
