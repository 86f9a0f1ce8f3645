"""What people wished for themselves, and what becomes of what is kept of them."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import Hot, among
from groupbot.features.members.store.tables import (
    connection,
    consent,
    member_segment,
    membership,
    person,
    profile,
    setting,
    staff,
)

b = sa.bindparam
_later = consent.alias("later")
_NEWEST = ~sa.exists().where(
    _later.c.person_id == consent.c.person_id, _later.c.kind == consent.c.kind, _later.c.id > consent.c.id
)
WISHES = Hot(lambda: sa.select(consent.c.person_id, consent.c.kind).where(consent.c.given.is_(True), _NEWEST))
QUIET_WITHIN = Hot(
    lambda: (
        sa.select(consent.c.person_id)
        .where(
            consent.c.given.is_(True),
            among(consent.c.kind, "quiet", "optout"),
            _NEWEST,
            consent.c.at > b("since"),
            consent.c.at <= b("until"),
        )
        .distinct()
    )
)
BACK_IN = Hot(
    lambda: sa.select(sa.func.max(consent.c.at, type_=consent.c.at.type)).where(
        consent.c.person_id == b("who"), consent.c.kind == "optout", consent.c.given.is_(False)
    )
)
CONSENT = Hot(lambda: sa.insert(consent).values({n: b(n) for n in ("person_id", "kind", "given", "at")}))

KEPT = (
    Kept(person, "id", "gone", knows=True),
    Kept(member_segment, "person_id", "gone", by="chat_id"),
    Kept(member_segment, "by_id", "nobody", by="chat_id", hide=("attributes",)),
    Kept(membership, "person_id", "gone", by="id"),
    Kept(membership, "added_by", "nobody", by="id"),
    Kept(
        staff,
        "person_id",
        "gone",
        by="chat_id",
        stays=lambda now: among(staff.c.status, "creator", "administrator", "kicked"),
        why="standing",
    ),
    Kept(profile, "owner_id", "nobody", hide=("told", "rights")),
    Kept(profile, "added_by", "nobody", hide=("told", "rights")),
    Kept(setting, "by_id", "nobody", hide=("value",)),
    Kept(connection, "person_id", "gone"),
    Kept(consent, "person_id", "gone"),
)
