"""Who comes in and what everybody may do: join requests, permissions, promotion, sender chats."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.world import PERMISSIONS, RIGHTS, ChatRoom
from groupbot.surfaces.sandbox.world.places import QUERY_SECONDS

_MEDIA = {
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
}


def approve_chat_join_request(call: Call) -> bool:
    return _decide(call, accept=True)


def decline_chat_join_request(call: Call) -> bool:
    return _decide(call, accept=False)


def _decide(call: Call, *, accept: bool) -> bool:
    room = call.room()
    call.right(room, "can_invite_users", "not enough rights")
    user = call.number("user_id")
    if user not in call.world.users:
        raise bad("USER_ID_INVALID")
    if call.world.member(room, user).inside:
        raise bad("USER_ALREADY_PARTICIPANT")
    if user not in room.requests:
        raise bad("HIDE_REQUESTER_MISSING")
    call.world.decide(room, user, call.bot.user, accept=accept)
    return True


def answer_chat_join_request_query(call: Call) -> bool:
    """Bot API 10.1: within ten seconds."""
    query, result = call.text("chat_join_request_query_id"), call.text("result")
    if result not in ("approve", "decline", "queue"):
        raise bad("invalid join request query result specified")
    for room in call.world.chats.values():
        for user, asked in list(room.requests.items()):
            late = call.world.clock.now() - asked["at"] > QUERY_SECONDS
            if query and asked["query"] == query and not late:
                asked["query"] = ""
                if result != "queue":
                    call.world.decide(room, user, call.bot.user, accept=result == "approve")
                return True
    raise bad("query is too old and response timeout expired or query ID is invalid")


def allowed(call: Call) -> set[str]:
    """The permissions of a call, as Telegram completes them when they are not independent."""
    given = call.json("permissions")
    if not isinstance(given, dict):
        raise bad("can't parse permissions: expected an Object")
    can = {k for k, v in given.items() if v and k in PERMISSIONS}
    if not call.flag("use_independent_chat_permissions"):
        if can & {"can_send_other_messages", "can_add_web_page_previews"}:
            can |= _MEDIA
        if can & _MEDIA or "can_send_polls" in can:
            can.add("can_send_messages")
    return can


def set_chat_permissions(call: Call) -> bool:
    room = call.room()
    if room.type not in ("group", "supergroup"):
        raise bad("can't change private chat permissions")
    call.right(room, "can_restrict_members", "not enough rights to change chat permissions")
    can = allowed(call)
    if can == room.permissions:
        raise bad("CHAT_NOT_MODIFIED")
    room.permissions = can
    call.world.changed("permissions", chat=room.id, permissions=sorted(can))
    return True


def promote_chat_member(call: Call) -> bool:
    room = call.room()
    if room.type == "private":
        raise bad("can't promote members in private chats")
    user = call.number("user_id")
    if user not in call.world.users:
        raise bad("PARTICIPANT_ID_INVALID")
    if user == call.bot.user:
        raise bad("can't promote self")
    call.right(room, "can_promote_members", "not enough rights")
    member, mine = call.world.member(room, user), call.world.member(room, call.bot.user).rights
    if member.status == "creator":
        raise bad("can't remove chat owner")
    if not member.inside:
        raise bad("USER_NOT_PARTICIPANT")
    if member.status == "administrator" and member.by != call.bot.user:
        raise bad("CHAT_ADMIN_REQUIRED")
    rights = {r for r in RIGHTS if call.flag(r)}
    if rights - mine:
        raise bad("RIGHT_FORBIDDEN")
    call.world.promote(room.id, user, call.bot.user, rights)
    room.members[user].anonymous = call.flag("is_anonymous") and bool(rights)
    return True


def set_custom_title(call: Call) -> bool:
    room = call.room()
    if room.type != "supergroup":
        raise bad("method is available only for supergroups")
    call.right(room, "can_promote_members", "not enough rights to change custom title of the user")
    member, title = call.world.member(room, call.number("user_id")), call.text("custom_title")
    if member.status != "administrator":
        raise bad("user is not an administrator")
    if member.by != call.bot.user:
        raise bad("not enough rights to change custom title of the user")
    if len(title) > 16:
        raise bad("ADMIN_RANK_INVALID")
    member.title = title
    return True


def set_member_tag(call: Call) -> bool:
    """Bot API 9.5: of regular members alone; 0-16 characters, no emoji."""
    room = call.room()
    if room.type not in ("group", "supergroup"):
        raise bad("method is available only for groups and supergroups")
    call.right(room, "can_manage_tags", "not enough rights to change the tag of the user")
    user, tag = call.number("user_id"), call.text("tag").strip()
    if user not in call.world.users:
        raise bad("PARTICIPANT_ID_INVALID")
    member = call.world.member(room, user)
    if member.staff:
        raise bad("user is an administrator of the chat")
    if not member.inside:
        raise bad("USER_NOT_PARTICIPANT")
    if len(tag) > 16:
        raise bad("RANK_INVALID")
    if any(_pictured(letter) for letter in tag):
        raise bad("RANK_EMOJI_NOT_ALLOWED")
    call.world.set_member(room, user, call.bot.user, tag=tag)
    return True


def _pictured(letter: str) -> bool:
    """Is it an emoji, or a piece of one?"""
    joins = letter in "\u200d\u20e3\ufe0f"
    return joins or unicodedata.category(letter) == "So" or 0x1F000 <= ord(letter) <= 0x1FAFF


def ban_chat_sender_chat(call: Call) -> bool:
    room, chat = _sender_chat(call)
    room.banned_chats.add(chat)
    return True


def unban_chat_sender_chat(call: Call) -> bool:
    room, chat = _sender_chat(call)
    room.banned_chats.discard(chat)
    return True


def _sender_chat(call: Call) -> tuple[ChatRoom, int]:
    room = call.supergroup("method is available for supergroup and channel chats only")
    chat = call.number("sender_chat_id")
    call.right(room, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    if chat >= 0:
        raise bad("invalid sender_chat_id specified")
    if chat not in call.world.chats:
        raise bad("PARTICIPANT_ID_INVALID")
    return room, chat


METHODS: dict[str, Callable[[Call], Any]] = {
    "approveChatJoinRequest": approve_chat_join_request,
    "declineChatJoinRequest": decline_chat_join_request,
    "answerChatJoinRequestQuery": answer_chat_join_request_query,
    "setChatPermissions": set_chat_permissions,
    "promoteChatMember": promote_chat_member,
    "setChatAdministratorCustomTitle": set_custom_title,
    "setChatMemberTag": set_member_tag,
    "banChatSenderChat": ban_chat_sender_chat,
    "unbanChatSenderChat": unban_chat_sender_chat,
}
