"""The outbox's rows beside the chats they go to."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.addresses import REACHED, chat
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import among

PLACED = outbox.outerjoin(chat, chat.c.id == outbox.c.chat_id)
# what goes to a chat the bot was removed from waits until it is back there, be it for ever: no backlog
MAY_LEAVE = sa.or_(outbox.c.chat_id.is_(None), among(chat.c.state, *REACHED))
