"""/store: which store a group is of."""

from __future__ import annotations

from groupbot import Command, Router, Work, reply
from groupbot.features.stores import service

router = Router("stores", about="A store and the groups of its customers")


@router.command(
    "store", about="Which store this group is of", who="admin", right="info", rare=True,
    usage="/store [NAME | off]", example="/store West Lake",
)  # fmt: skip
def store(cmd: Command, work: Work) -> None:
    """One store may have several groups; the codes of its counters and shifts are made by /qr."""
    name = cmd.args.strip()
    if name.lower() == "off":
        service.part(work)
    elif name:
        service.pair(work, name)
    found, others = service.of(work, work.chat)
    reply(work, cmd, "stores/paired", name=found, others=others)
