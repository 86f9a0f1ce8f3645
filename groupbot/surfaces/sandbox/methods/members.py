"""Who is in a chat, and sanctions."""

from __future__ import annotations

from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.methods.entry import allowed
from groupbot.surfaces.sandbox.world import PERMISSIONS, ChatRoom, Json

_ALONE = {
    "can_change_info",
    "can_pin_messages",
    "can_edit_tag",
    "can_manage_topics",
}  # not needed to count as unrestricted
_SHORT, _LONG = 30, 366 * 86400  # seconds; outside of these a sanction is for ever


def get_chat_member(call: Call) -> Json:
    room = call.room()
    return call.world.member_json(room, _known(call, "user not found"))


def get_chat_administrators(call: Call) -> list[Json]:
    room = call.room()
    if room.type == "private":
        raise bad("there are no administrators in the private chat")
    users = call.world.users
    return [
        call.world.member_json(room, u)
        for u, m in room.members.items()
        if m.staff and (u == call.bot.user or not users[u]["is_bot"])
    ]


def get_chat_member_count(call: Call) -> int:
    return sum(m.inside for m in call.room().members.values())


def restrict_chat_member(call: Call) -> bool:
    room = call.room()
    if room.type != "supergroup":
        raise bad("method is available only for supergroups")
    user = _target(call, room)
    can = allowed(call)
    free = can >= set(PERMISSIONS) - _ALONE
    inside = call.world.member(room, user).inside
    call.world.set_member(
        room,
        user,
        call.bot.user,
        status=("member" if inside else "left") if free else "restricted",
        permissions=set(PERMISSIONS) if free else can,
        until=0 if free else _until(call),
        is_member=inside,
    )
    return True


def ban_chat_member(call: Call) -> bool:
    """Whoever is banned sees the chat no more; what they said stays for the others. `revoke_messages` speaks
    of the removed person's own view, and no method of a bot removes all messages of somebody at once
    (tdlib/telegram-bot-api#698)."""
    room = call.room()
    if room.type == "private":
        raise bad("can't ban members in private chats")
    user = _target(call, room)
    was_inside = call.world.member(room, user).inside
    until = _until(call) if room.type == "supergroup" else 0
    call.world.set_member(room, user, call.bot.user, status="kicked", until=until, is_member=False)
    if was_inside:
        call.world.post(room, call.bot.user, left_chat_member=call.world.person(user))
    return True


def unban_chat_member(call: Call) -> bool:
    room = call.room()
    if room.type != "supergroup":
        raise bad("method is available for supergroup and channel chats only")
    user = _target(call, room)
    m = call.world.member(room, user)
    if m.status == "kicked" or (m.inside and not call.flag("only_if_banned")):
        call.world.set_member(room, user, call.bot.user, status="left", until=0, is_member=False)
    return True


def leave_chat(call: Call) -> bool:
    room = call.room()
    if room.type == "private":
        raise bad("chat member status can't be changed in private chats")
    gone: Json = {"status": "left", "is_member": False, "rights": set()}
    call.world.set_member(room, call.bot.user, call.bot.user, **gone)
    return True


def _known(call: Call, unknown: str) -> int:
    user = call.number("user_id")
    if user <= 0:
        raise bad("invalid user_id specified")
    if user not in call.world.users:
        raise bad(unknown)
    return user


def _target(call: Call, room: ChatRoom) -> int:
    """The person to sanction, if the bot may."""
    user = _known(call, "PARTICIPANT_ID_INVALID")
    if user == call.bot.user:
        raise bad("can't restrict self")
    call.right(room, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    status = call.world.member(room, user).status
    if status == "creator":
        raise bad("can't remove chat owner")
    if status == "administrator":
        raise bad("user is an administrator of the chat")
    return user


def _until(call: Call) -> int:
    until, now = call.number("until_date"), call.world.clock.now()
    return until if now + _SHORT <= until <= now + _LONG else 0


def get_user_chat_boosts(call: Call) -> Json:
    room, user = call.room(), call.number("user_id")
    if not call.world.member(room, call.bot.user).staff:
        raise bad("CHAT_ADMIN_REQUIRED")
    if user not in call.world.users:
        raise bad("user not found")
    now = call.world.clock.now()
    return {
        "boosts": [b for b in room.boosts if b["source"]["user"]["id"] == user and b["expiration_date"] > now]
    }


METHODS = {
    "getUserChatBoosts": get_user_chat_boosts,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "restrictChatMember": restrict_chat_member,
    "banChatMember": ban_chat_member,
    "unbanChatMember": unban_chat_member,
    "leaveChat": leave_chat,
}
