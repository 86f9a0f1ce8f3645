"""What makes a writer the bot's: who it is, what it knows and may, how what it says is rendered.

The running bot has all of it, and so has a command that acts as the bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from groupbot.engine import vault
from groupbot.engine.addresses import moved
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Outcome
from groupbot.engine.keeping import PrivacyDesk
from groupbot.engine.keys import sealing_key
from groupbot.engine.me import me_of
from groupbot.engine.plugins import Registry
from groupbot.engine.upgrades import in_reach
from groupbot.engine.writer import Writer
from groupbot.features.members.service import Knowledge, hushed
from groupbot.features.staff import service as staff
from groupbot.settings import Settings
from groupbot.surfaces.telegram.intake import decode


async def fit_out(
    writer: Writer,
    settings: Settings,
    registry: Registry,
    content: Content,
    username: str,
    after: Callable[[Outcome], Awaitable[None]] | None = None,
) -> tuple[Dispatch, PrivacyDesk]:
    """The writer acts as its bot from here on; what hands it events, and what keeps promises to people."""
    key = await writer.submit(sealing_key)
    knowledge = Knowledge(settings.operators, staff.on_shift)
    privacy = PrivacyDesk(writer, registry.routers, settings.folder, knowledge.voice)
    writer.me = me_of(
        registry,
        writer.me.id,
        username,
        kept=tuple(privacy.kept),
        vault=await asyncio.to_thread(vault.key_file, settings.folder),
        **settings.of_the_bot,
    )
    writer.content = content
    writer.render = in_reach(hushed(content.renderer(knowledge.voice, key)), moved)
    return Dispatch(
        writer, registry, knowledge, decode=decode, username=username, key=key, after=after
    ), privacy
