"""A chat's facts and its invite links."""

from __future__ import annotations

from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.world import PERMISSIONS, Json
from groupbot.surfaces.sandbox.world.things import GIFTS


def get_chat(call: Call) -> Json:
    room = call.room()
    made = room.brief() | {"accent_color_id": 0, "max_reaction_count": 11}
    made["accepted_gift_types"] = dict.fromkeys(GIFTS, False)
    if room.type != "private":
        made["permissions"] = {p: p in room.permissions for p in PERMISSIONS}
    if room.linked:
        made["linked_chat_id"] = room.linked
    if room.pinned:
        made["pinned_message"] = call.world.reply_part(room, room.pinned[-1])
    return made


def create_chat_invite_link(call: Call) -> Json:
    room = call.room()
    call.right(room, "can_invite_users", "not enough rights to manage chat invite link")
    if len(call.text("name")) > 32:
        raise bad("invite link name is too long")
    if call.flag("creates_join_request") and call.number("member_limit"):
        raise bad("member limit can't be specified for links requiring administrator approval")
    made: Json = {
        "invite_link": f"https://t.me/+{abs(room.id) % 10**9:09d}{len(room.links) + 1:04d}",
        "creator": call.world.person(call.bot.user),
        "creates_join_request": call.flag("creates_join_request"),
        "is_primary": False,
        "is_revoked": False,
    }
    made |= {k: call.number(k) for k in ("expire_date", "member_limit") if call.number(k)}
    if call.text("name"):
        made["name"] = call.text("name")
    room.links[made["invite_link"]] = made
    return made


def revoke_chat_invite_link(call: Call) -> Json:
    room = call.room()
    call.right(room, "can_invite_users", "not enough rights to manage chat invite link")
    link = room.links.get(call.text("invite_link"))
    if link is None:
        raise bad("INVITE_HASH_EXPIRED")
    link["is_revoked"] = True
    return link


METHODS = {
    "getChat": get_chat,
    "createChatInviteLink": create_chat_invite_link,
    "revokeChatInviteLink": revoke_chat_invite_link,
}
