"""Messages taken away or pinned by hand."""

from __future__ import annotations

from groupbot import ChatFacts, Command, Router, Service, Tap, Work
from groupbot.features.engagement import service as engagement
from groupbot.features.members.domain import LinkedPost
from groupbot.features.moderation import service
from groupbot.features.moderation.domain.acts import ANTI_CHANNEL_PIN, CLEAN_LINKED, LINKED

router = Router(
    "cleaning",
    about="Deletes and pins messages by hand",
    needs={"delete", "pin"},
    keeps="the id of the newest pinned message and of the linked channel; what channels acted on are called",
    settings=LINKED,
)


@router.command(
    "purge", about="Delete everything since the message replied to", who="admin", right="delete",
    bot_right="delete", usage="/purge [HOW_MANY]", example="/purge 20",
)  # fmt: skip
def purge(cmd: Command, work: Work) -> None:
    service.purge(work, cmd, engagement.in_topics)


@router.command(
    "spurge", about="The same without a word", who="admin", right="delete", bot_right="delete",
    usage="/spurge [HOW_MANY]", example="/spurge 20", hidden=True,
)  # fmt: skip
def spurge(cmd: Command, work: Work) -> None:
    service.purge(work, cmd, engagement.in_topics, silent=True)


@router.command(
    "purgefrom", about="Begin of a purge", who="admin", right="delete", bot_right="delete", hidden=True,
    usage="/purgefrom", example="/purgefrom",
)  # fmt: skip
def purgefrom(cmd: Command, work: Work) -> None:
    service.purge_from(work, cmd)


@router.command(
    "purgeto", about="End of a purge", who="admin", right="delete", bot_right="delete", hidden=True,
    usage="/purgeto", example="/purgeto",
)  # fmt: skip
def purgeto(cmd: Command, work: Work) -> None:
    service.purge_to(work, cmd, engagement.in_topics)


@router.command("del", about="Delete the message replied to", who="admin", right="delete", bot_right="delete")
def delete(cmd: Command, work: Work) -> None:
    service.delete(work, cmd)


@router.every(seconds=2)
def purged(work: Work) -> None:
    """Says how purges ended."""
    service.report(work)


# --- pins
@router.command(
    "pin", about="Pin the message replied to", who="admin", right="pin", bot_right="pin",
    usage="/pin [loud]", example="/pin loud",
)  # fmt: skip
def pin(cmd: Command, work: Work) -> None:
    service.pin(work, cmd)


@router.command(
    "permapin", about="Pin words of mine", who="admin", right="pin", bot_right="pin",
    usage="/permapin TEXT", example="/permapin Rules: be kind.", hidden=True,
)  # fmt: skip
def permapin(cmd: Command, work: Work) -> None:
    service.permapin(work, cmd)


@router.command("unpin", about="Unpin a message", who="admin", right="pin", bot_right="pin")
def unpin(cmd: Command, work: Work) -> None:
    """The one replied to, else the newest."""
    service.unpin(work, cmd)


@router.command("unpinall", about="Unpin everything", who="admin", right="pin", bot_right="pin", hidden=True)
def unpinall(cmd: Command, work: Work) -> None:
    """Asks first."""
    service.ask_unpin_all(work, cmd)


@router.tap(service.UnpinAll, who="admin", right="pin", bot_right="pin")
def unpinned(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, service.UnpinAll) and tap.sender is not None
    service.unpin_all(work, tap.data.chat, tap.sender.id, private=tap.chat.type == "private")


@router.command("pinned", about="Where the newest pin is")
def pinned(cmd: Command, work: Work) -> None:
    service.pinned(work, cmd)


@router.command(
    "antichannelpin", about="Posts of the linked channel are not pinned", who="admin", right="pin",
    bot_right="pin", usage="/antichannelpin [on|off]", example="/antichannelpin on", hidden=True,
)  # fmt: skip
def antichannelpin(cmd: Command, work: Work) -> None:
    service.switch(work, cmd, ANTI_CHANNEL_PIN)


@router.command(
    "cleanlinked", about="Posts of the linked channel are removed here", who="admin", right="delete",
    bot_right="delete", usage="/cleanlinked [on|off]", example="/cleanlinked on", hidden=True,
)  # fmt: skip
def cleanlinked(cmd: Command, work: Work) -> None:
    service.switch(work, cmd, CLEAN_LINKED)


@router.on(Service)
def somebody_pinned(event: Service, work: Work) -> None:
    service.seen(work, event)


@router.on(ChatFacts)
def facts(event: ChatFacts, work: Work) -> None:
    service.facts(work, event)


@router.on(LinkedPost)
def linked_post(post: LinkedPost, work: Work) -> None:
    service.linked_post(work, post)
