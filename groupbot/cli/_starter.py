"""What `init` and `new` write. The word `quiz` stands for the name chosen."""

from __future__ import annotations

from pathlib import Path

GITIGNORE = """\
groupbot.db*
backups/
erasures.jsonl
vault.key*
*.turn
.groupbot-play*
.env
__pycache__/
.pytest_cache/
"""
PYTEST = """\
[pytest]
testpaths = tests
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""
HANDLERS_README = """\
# handlers/

One file, one router: what members can say and press. Start with

    groupbot new handler riddle

Files are loaded by name; one that begins with `_` is left for your own modules, which its neighbours
import relatively (`from ._words import WORDS`). A broken file is named and skipped, the bot runs on.
Handlers are trusted code: they run inside the bot, with everything it may do.
"""
CONTENT_README = """\
# content_templates/

`<feature>/<name>.<zh|en>.html.j2`: what the bot says. A file here goes before the shipped one of the
same name, so you change a text by copying it here. Saved edits count within a second; a broken edit
leaves the last good version in place and is named in the log.

Between two lines `---` on top stands YAML: `sample:` (values for checks and previews) and `buttons:`
(labels). Below it Telegram's HTML: b, i, u, s, code, pre, a, blockquote, tg-spoiler.
"""
AUDIENCES = """\
# Audiences: names for sets of groups. Plans use these names, never ids. What stands here lies over the
# shipped names (经销商, 门店, 粉丝, 全部); `groupbot audience 门店` lists each group, in or out, and why.
# Take the # away and make it yours:
#
# 门店·华东: {tier: store, region: 华东, except: [西湖店会员群]}
# 旗舰店: {tier: store, tags: [旗舰]}
"""
HANDLER = '''\
"""/quiz: says hello and counts who waves back."""

from __future__ import annotations

from msgspec import Struct

from groupbot import Answer, Button, Command, Router, Send, Tap, Work

router = Router("quiz", about="Says hello", keeps="a count of waves, one number a chat")


class Wave(Struct, frozen=True, tag="@TAG@"):
    """What the button carries: nothing but its kind."""


@router.command("quiz", about="Says hello", where="any")
def quiz_said(cmd: Command, work: Work) -> None:
    """Answers with content_templates/quiz/hello and a button."""
    work.say(
        Send(
            chat=work.chat,
            template="quiz/hello",
            data={"name": cmd.sender.name if cmd.sender else "…"},
            buttons=((Button("wave", Wave()),),),
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
        )
    )


@router.tap(Wave)
def quiz_waved(tap: Tap, work: Work) -> None:
    """Counts, and answers with a toast."""
    notes = work.notes("quiz")
    count = notes.get("waves", 0) + 1
    notes.set("waves", count)
    work.say(Answer(query_id=tap.query_id, template="quiz/waved", data={"count": count}))
'''
TEMPLATES = {
    "hello.zh": '---\nsample: {name: 阿芳}\nbuttons: {wave: "👋 招手"}\n---\n你好,<b>{{ name }}</b>!\n',
    "hello.en": '---\nsample: {name: Mei}\nbuttons: {wave: "👋 Wave"}\n---\nHello, <b>{{ name }}</b>!\n',
    "waved.zh": "---\nsample: {count: 3}\n---\n第 {{ count }} 次招手\n",
    "waved.en": "---\nsample: {count: 3}\n---\nWave number {{ count }}\n",
}
_SHOP = "---\nfills: [shop]\nsample: {shop: @SHOP@}\n---\n"
POST = {
    "zh": _SHOP.replace("@SHOP@", "西湖店会员群") + "【{{ shop }}】大家好,今天上新,店里见。\n",
    "en": _SHOP.replace("@SHOP@", "West Lake") + "{{ shop }}: new things have come in today.\n",
}
PLAN = """\
# Times are wall-clock times of each group. docs/plans.md has every field.
- name: @NAME@
  audience: @AUDIENCE@
  template: posts/@NAME@
  start: @START@
  # rrule: FREQ=WEEKLY;BYDAY=MO    take the # away, and it comes again every Monday
  state: draft                     # live: it is posted
"""
CONFTEST = '''\
"""The bot under test has this workspace's handlers and templates."""

from pathlib import Path

import pytest


@pytest.fixture
def groupbot_workspace() -> Path:
    return Path(__file__).resolve().parent.parent
'''
TEST = '''\
"""A conversation with the whole bot, through the embedded Telegram."""

from groupbot.testing import Talk


async def test_quiz_says_hello_and_counts_waves(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "/quiz")
    assert chat.last() == "你好,Mei!"
    assert await chat.presses(mei, "👋") == "第 1 次招手"
    assert await chat.presses(mei, "👋") == "第 2 次招手"
'''


def write(folder: Path, files: dict[str, str]) -> tuple[list[str], list[str]]:
    """Write `files` (path → text) into `folder`; what exists is kept. (written, kept)."""
    written, kept = [], []
    for name, text in files.items():
        path = folder / name
        if path.exists():
            kept.append(name)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        written.append(name)
    return written, kept


def post_files(name: str, audience: str, start: str) -> dict[str, str]:
    """A post's texts and its plan."""
    texts = {f"content_templates/posts/{name}.{k}.html.j2": v for k, v in POST.items()}
    plan = PLAN.replace("@NAME@", name).replace("@AUDIENCE@", audience).replace("@START@", start)
    return {**texts, f"content_templates/plans/{name}.yaml": plan}


def handler_files(name: str) -> dict[str, str]:
    """A handler, its templates and its test under `name`."""
    code = HANDLER.replace("@TAG@", f"{name[:11]}.wave").replace("quiz", name)
    texts = {f"content_templates/{name}/{k}.html.j2": v for k, v in TEMPLATES.items()}
    test = TEST.replace("quiz", name)
    return {f"handlers/{name}.py": code, **texts, f"tests/test_{name}.py": test}
