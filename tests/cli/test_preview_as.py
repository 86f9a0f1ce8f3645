"""A template previewed as a member of a chat has what that member and chat have, beside either database."""

from pathlib import Path

import pytest

from groupbot.cli import main
from groupbot.cli.templates import had
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features.ledger import service as ledger
from groupbot.features.members import service as members
from groupbot.features.members import store as people
from tests.cli.test_audience import workspace

__all__ = ["workspace"]
HELLO = """---
fills: [shop, chat]
sample: {name: Anna, points: 5, prize: tea}
---
{{ name }} of {{ shop }} ({{ chat.tier }}): {{ points }} points, {{ prize }}
"""


def fill(work: Work) -> None:
    work.chat = 1
    work.add(people.PEOPLE, 7, "Mei", "Lin", "meilin", None, False, work.now)
    work.add(people.BEFORE, 1, 7)
    ledger.award(work, 7, 42, by=9, key="test")


def test_a_preview_as_a_member_in_a_chat_fills_what_they_really_have(
    workspace: Path, writer: Writer, capsys: pytest.CaptureFixture[str]
) -> None:
    writer.write(fill)
    place = workspace / "content_templates" / "posts"
    place.mkdir()
    (place / "hello.zh.html.j2").write_text(HELLO, "utf-8")
    title = writer.write(lambda w: members.profiles(w)[0].title)
    for said in ("Mei Lin", "@meilin", "7"):
        args = ["preview", "posts/hello", "--chat", title, "--member", said]
        with pytest.raises(SystemExit) as done:
            main(["templates", *args, "--workspace", str(workspace)])
        assert done.value.code in (0, None)
        assert capsys.readouterr().out == f"Mei Lin of {title} (store): 42 points, tea\n"

    def look(work: Work) -> None:
        had(work, members.profiles(work)[0], "Mei Li", {})

    with pytest.raises(Misfit) as e:
        writer.write(look)
    assert (e.value.what, e.value.next) == (f"no member 'Mei Li' in {title}", "did you mean Mei Lin?")
