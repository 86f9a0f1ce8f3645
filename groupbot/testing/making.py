"""The bot of a conversation: made quickly, for there are hundreds of them in a run."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from groupbot.app import App
from groupbot.engine.clock import Clock
from groupbot.engine.content import Content
from groupbot.engine.menus import menus
from groupbot.engine.plugins import Registry
from groupbot.engine.plugins import load as load_handlers
from groupbot.engine.revision import ensure
from groupbot.engine.schedule import Heartbeat
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, QUIET_SETUP
from groupbot.settings import Settings


@cache
def migrated() -> bytes:
    """A new database as a file; made once a process, for the way through all migrations is long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        ensure(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def _shipped() -> Registry:
    """The shipped handlers; looked for once a process."""
    return load_handlers()


class _Still(Heartbeat):
    """Beats when a conversation's time is moved, never by itself: what comes when is the same each time."""

    def start(self) -> None:
        """Nothing; see `Talk.wait`."""


def app_of(settings: Settings, clock: Clock, *, still: bool) -> App:
    """A bot that shares with the process's other ones what they only read. `still`: its heart beats only
    when time is moved."""
    own = (settings.folder / "handlers").is_dir()
    app = App(settings, clock=clock, registry=None if own else _shipped())
    if still:
        app.make_heart = _Still
    return app


def prepare(work: Work, setup_line: bool, language: str, content: Content | None) -> None:
    """What a conversation begins with; with `content` the menus count as told."""
    if content is not None:
        menus(work, content)
        work.effects.clear()
    members.put(work, QUIET_SETUP, setup_line)
    if language:
        members.put(work, LANGUAGE, language)
