"""A consumer group whose owner reads Chinese, set up and judging."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from groupbot.features.members import service as members
from groupbot.testing import Talk, conversation

WORDS = "加薇信 jdd886 领返利"


@asynccontextmanager
async def group(folder: Path, tier: str = "consumer", mode: str = "on") -> AsyncIterator[Talk]:
    """The group, as the wizard leaves it."""
    async with conversation(folder, language="zh") as talk:

        def write(work: Any) -> None:
            for p in members.profiles(work):
                members.set_profile(work, p.chat, tier=tier, owner=talk.owner)

        await talk.app.writer.submit(write)
        if mode != "shadow":
            await talk.says(talk.owner, f"/rules {mode}")
        yield talk
