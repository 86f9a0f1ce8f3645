"""The Bot API's methods over the world: rights checked per call, Telegram's own error texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.markup import MarkupError, client_entities, parse_html, trim, units
from groupbot.surfaces.sandbox.world import PERMISSIONS, BotState, ChatRoom, Json, World

Upload = tuple[str, bytes]
NO_TEXT_BUTTON = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
DELETE_WINDOW = 48 * 3600
QUERY_WINDOW = 15.0


class ApiError(Exception):
    """An answer with ok=false."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(text: str, **parameters: Any) -> ApiError:
    """400."""
    return ApiError(400, f"Bad Request: {text}", **parameters)


class Methods:
    """One world's Bot API. `call(token, method, params, files)`."""

    def __init__(self, world: World, *, limits: Callable[[], Limits] | None = None) -> None:
        self.world = world
        self._limits: dict[str, Limits] = {}
        self._make_limits = limits or Limits

    def bot(self, token: str) -> BotState:
        """The bot of a token. Raises ApiError 401."""
        found = self.world.bots.get(token)
        if found is None:
            raise ApiError(401, "Unauthorized")
        return found

    def call(self, token: str, method: str, params: Json, files: dict[str, Upload]) -> Any:
        """The result of one call. Raises ApiError."""
        bot = self.bot(token)
        fn = getattr(self, "do_" + method.lower(), None)
        if fn is None:
            raise ApiError(501, f"Not Implemented: the sandbox does not model {method}")
        return fn(bot, params, files)

    # --- looking things up
    def room(self, bot: BotState, params: Json, *, inside: bool = True) -> ChatRoom:
        """The chat a call is for, or Telegram's error for it."""
        try:
            chat_id = int(params["chat_id"])
        except KeyError:
            raise bad("chat_id is empty") from None
        except (TypeError, ValueError):
            raise bad("chat not found") from None
        room = self.world.chats.get(chat_id)
        if room is None:
            if chat_id in self.world.users and chat_id > 0:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
            raise bad("chat not found")
        if room.migrated_to:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=room.migrated_to)
        if room.type == "private":
            if chat_id not in bot.started:
                raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
            return room
        m = self.world.member(room, bot.user)
        kind = "supergroup" if room.type == "supergroup" else "group"
        if m.status == "kicked":
            raise ApiError(403, f"Forbidden: bot was kicked from the {kind} chat")
        if inside and not m.inside:
            raise ApiError(403, f"Forbidden: bot is not a member of the {kind} chat")
        return room

    def right(self, bot: BotState, room: ChatRoom, name: str, text: str) -> None:
        """The bot must have a right here."""
        m = self.world.member(room, bot.user)
        if m.status != "creator" and name not in m.rights:
            raise bad(text)

    def message(self, room: ChatRoom, params: Json, missing: str) -> Json:
        """The message a call is for."""
        found = room.messages.get(int(params.get("message_id") or 0))
        if found is None:
            raise bad(missing)
        return found

    def _flood(self, bot: BotState, room: ChatRoom) -> None:
        limits = self._limits.setdefault(bot.token, self._make_limits())
        wait = limits.take(self.world.clock.now(), room.id, group=room.type != "private")
        if wait:
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _text(self, params: Json, key: str, limit: int, *, empty: str) -> tuple[str, list[Json]]:
        raw = str(params.get(key) or "")
        marks = params.get("entities" if key == "text" else "caption_entities")
        if params.get("parse_mode", "").upper() == "HTML":
            try:
                text, found = parse_html(raw)
            except MarkupError as e:
                raise bad(f"can't parse entities: {e}") from None
        elif params.get("parse_mode"):
            raise ApiError(501, f"Not Implemented: parse_mode {params['parse_mode']}")
        else:
            text, found = trim(raw, _json(marks) or [])
        if not text and empty:
            raise bad(empty)
        if units(text) > limit:
            raise bad("message is too long" if key == "text" else "message caption is too long")
        for mark in found:
            if "user" in mark:
                user = self.world.users.get(int(mark["user"]["id"]))
                mark["user"] = dict(user) if user else None
        found = [mark for mark in found if mark.get("user", 1) is not None]
        taken = [(e["offset"], e["offset"] + e["length"]) for e in found]
        found += [
            e
            for e in client_entities(text)
            if not any(a < e["offset"] + e["length"] and e["offset"] < b for a, b in taken)
        ]
        return text, sorted(found, key=lambda e: e["offset"])

    def _markup(self, params: Json) -> Json | None:
        given = _json(params.get("reply_markup"))
        if not given:
            return None
        rows = given.get("inline_keyboard")
        if rows is None:
            raise ApiError(501, "Not Implemented: only inline keyboards")
        for row in rows:
            for b in row:
                data = b.get("callback_data")
                if not b.get("text"):
                    raise bad(NO_TEXT_BUTTON)
                if data is not None and not 1 <= len(data.encode()) <= 64:
                    raise bad("BUTTON_DATA_INVALID")
                if data is None and not b.get("url"):
                    raise bad(NO_TEXT_BUTTON)
                if b.get("url") and not str(b["url"]).startswith(("http://", "https://", "tg://", "t.me/")):
                    raise bad(f"inline keyboard button URL '{b['url']}' is invalid: Wrong HTTP URL")
        return {"inline_keyboard": rows} if rows else None

    def _reply(self, room: ChatRoom, params: Json) -> Json | None:
        given = _json(params.get("reply_parameters")) or {}
        if not given:
            return None
        found = self.world.reply_part(room, int(given.get("message_id") or 0))
        if found is None and not given.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return found

    # --- the bot itself
    def do_getme(self, bot: BotState, p: Json, f: Any) -> Json:
        return self.world.person(bot.user) | {
            "can_join_groups": True,
            "can_read_all_group_messages": not bot.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
            "supports_guest_queries": False,
            "supports_join_request_queries": False,
        }

    def do_setmycommands(self, bot: BotState, p: Json, f: Any) -> bool:
        scope = (_json(p.get("scope")) or {}).get("type", "default")
        commands = _json(p.get("commands")) or []
        for c in commands:
            if (
                not 1 <= len(c["command"]) <= 32
                or not c["command"].replace("_", "").isalnum()
                or c["command"] != c["command"].lower()
            ):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(c["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        bot.commands[f"{scope}:{p.get('language_code') or ''}"] = commands
        self.world.changed("commands", commands=bot.commands)
        return True

    def do_getmycommands(self, bot: BotState, p: Json, f: Any) -> list[Json]:
        scope = (_json(p.get("scope")) or {}).get("type", "default")
        return bot.commands.get(f"{scope}:{p.get('language_code') or ''}", [])

    def do_deletemycommands(self, bot: BotState, p: Json, f: Any) -> bool:
        scope = (_json(p.get("scope")) or {}).get("type", "default")
        bot.commands.pop(f"{scope}:{p.get('language_code') or ''}", None)
        return True

    # --- messages
    def do_sendmessage(self, bot: BotState, p: Json, f: Any) -> Json:
        room = self.room(bot, p)
        text, marks = self._text(p, "text", 4096, empty="message text is empty")
        markup, reply = self._markup(p), self._reply(room, p)
        self._may_write(bot, room)
        self._flood(bot, room)
        return self.world.post(
            room,
            bot.user,
            tell=False,
            text=text,
            entities=marks or None,
            reply_markup=markup,
            reply_to_message=reply,
        )

    def do_sendphoto(self, bot: BotState, p: Json, files: dict[str, Upload]) -> Json:
        room = self.room(bot, p)
        text, marks = self._text(p, "caption", 1024, empty="")
        given = str(p.get("photo") or "")
        if given.startswith("attach://"):
            name, data = files[given.removeprefix("attach://")]
            sizes = self.world.photo(data, name)
        elif "photo" in files:
            sizes = self.world.photo(files["photo"][1], files["photo"][0])
        elif given in self.world.files:
            sizes = self.world.photo(self.world.files[given][1])
        else:
            raise bad("wrong remote file identifier specified: Wrong string length")
        markup, reply = self._markup(p), self._reply(room, p)
        self._may_write(bot, room)
        self._flood(bot, room)
        return self.world.post(
            room,
            bot.user,
            tell=False,
            photo=sizes,
            caption=text or None,
            caption_entities=marks or None,
            reply_markup=markup,
            reply_to_message=reply,
        )

    def _may_write(self, bot: BotState, room: ChatRoom) -> None:
        m = self.world.member(room, bot.user)
        if room.type != "private" and m.status == "restricted" and "can_send_messages" not in m.permissions:
            raise bad("not enough rights to send text messages to the chat")

    def do_editmessagetext(self, bot: BotState, p: Json, f: Any) -> Json:
        room = self.room(bot, p)
        message = self.message(room, p, "message to edit not found")
        if message["from"]["id"] != bot.user:
            raise bad("message can't be edited")
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        text, marks = self._text(p, "text", 4096, empty="message text is empty")
        markup = self._markup(p)
        if (message["text"], message.get("entities") or [], message.get("reply_markup")) == (
            text,
            marks,
            markup,
        ):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message"
            )
        self._flood(bot, room)
        message |= {"text": text, "edit_date": int(self.world.clock.now())}
        for key, value in (("entities", marks), ("reply_markup", markup)):
            if value:
                message[key] = value
            else:
                message.pop(key, None)
        self.world.changed("edited", message=message)
        return message

    def do_deletemessage(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        self._delete(bot, room, self.message(room, p, "message to delete not found"))
        return True

    def do_deletemessages(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        ids = _json(p.get("message_ids")) or []
        if not 1 <= len(ids) <= 100:
            raise bad(
                "too many message identifiers specified" if ids else "message identifiers are not specified"
            )
        for mid in ids:
            if mid in room.messages:
                self._delete(bot, room, room.messages[mid])
        return True

    def _delete(self, bot: BotState, room: ChatRoom, message: Json) -> None:
        own = message["from"]["id"] == bot.user
        m = self.world.member(room, bot.user)
        if self.world.clock.now() - message["date"] > DELETE_WINDOW and not (
            room.type == "supergroup" and "can_delete_messages" in m.rights
        ):
            raise bad("message can't be deleted for everyone")
        if not own and room.type != "private" and "can_delete_messages" not in m.rights:
            raise bad("message can't be deleted")
        self.world.remove(room, message["message_id"], bot.user)

    def do_pinchatmessage(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        self.right(bot, room, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
        message = self.message(room, p, "message to pin not found")
        room.pinned.append(message["message_id"])
        self.world.changed("pinned", chat=room.id, message_id=message["message_id"])
        return True

    def do_answercallbackquery(self, bot: BotState, p: Json, f: Any) -> bool:
        query = self.world.queries.get(str(p.get("callback_query_id")))
        late = "query is too old and response timeout expired or query ID is invalid"
        if (
            query is None
            or query["answered"]
            or self.world.clock.now() - query["at"] > QUERY_WINDOW
            or query["bot"] != bot.token
        ):
            raise bad(late)
        text = str(p.get("text") or "")
        if units(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        query |= {"answered": True, "text": text, "alert": _flag(p.get("show_alert"))}
        self.world.changed("toast", user=query["user"], text=text, alert=query["alert"])
        return True

    # --- members
    def do_getchat(self, bot: BotState, p: Json, f: Any) -> Json:
        room = self.room(bot, p)
        made = room.brief() | {"accent_color_id": 0, "max_reaction_count": 11}
        made["accepted_gift_types"] = dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        )
        if room.type != "private":
            made["permissions"] = dict.fromkeys(PERMISSIONS, True)
        made.pop("all_members_are_administrators", None)
        return made

    def do_getchatmember(self, bot: BotState, p: Json, f: Any) -> Json:
        room = self.room(bot, p)
        user = int(p.get("user_id") or 0)
        if user not in self.world.users:
            raise bad("user not found" if user else "invalid user_id specified")
        return self.world.member_json(room, user)

    def do_getchatadministrators(self, bot: BotState, p: Json, f: Any) -> list[Json]:
        room = self.room(bot, p)
        if room.type == "private":
            raise bad("there are no administrators in the private chat")
        return [
            self.world.member_json(room, u)
            for u, m in room.members.items()
            if m.status in ("creator", "administrator")
            and (u == bot.user or not self.world.users[u]["is_bot"])
        ]

    def do_getchatmembercount(self, bot: BotState, p: Json, f: Any) -> int:
        room = self.room(bot, p)
        return sum(m.inside for m in room.members.values())

    def _target(self, bot: BotState, room: ChatRoom, p: Json) -> int:
        if room.type == "private":
            raise bad("can't ban members in private chats")
        user = int(p.get("user_id") or 0)
        if user not in self.world.users:
            raise bad("PARTICIPANT_ID_INVALID")
        self.right(
            bot,
            room,
            "can_restrict_members",
            "not enough rights to restrict/unrestrict chat member",
        )
        status = self.world.member(room, user).status
        if status == "creator":
            raise bad("can't remove chat owner")
        if status == "administrator":
            raise bad("user is an administrator of the chat")
        if user == bot.user:
            raise bad("can't restrict self")
        return user

    def _until(self, p: Json) -> int:
        until, now = int(p.get("until_date") or 0), self.world.clock.now()
        return until if now + 30 <= until <= now + 366 * 86400 else 0

    def do_restrictchatmember(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        if room.type != "supergroup":
            raise bad("method is available only for supergroups")
        user = self._target(bot, room, p)
        given = _json(p.get("permissions")) or {}
        allowed = {k for k, v in given.items() if v and k in PERMISSIONS}
        free = allowed >= set(PERMISSIONS) - {"can_change_info", "can_pin_messages", "can_edit_tag"}
        inside = self.world.member(room, user).inside
        status = ("member" if inside else "left") if free else "restricted"
        self.world.set_member(
            room,
            user,
            bot.user,
            status=status,
            permissions=allowed if not free else set(PERMISSIONS),
            until=0 if free else self._until(p),
            is_member=inside,
        )
        return True

    def do_banchatmember(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        user = self._target(bot, room, p)
        was_inside = self.world.member(room, user).inside
        self.world.set_member(
            room,
            user,
            bot.user,
            status="kicked",
            until=self._until(p),
            is_member=False,
            rights=set(),
        )
        if was_inside:
            self.world.post(room, bot.user, left_chat_member=self.world.person(user))
        return True

    def do_unbanchatmember(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        user = self._target(bot, room, p)
        m = self.world.member(room, user)
        if m.status == "kicked" or (not _flag(p.get("only_if_banned")) and m.inside):
            self.world.set_member(room, user, bot.user, status="left", until=0, is_member=False)
        return True

    def do_leavechat(self, bot: BotState, p: Json, f: Any) -> bool:
        room = self.room(bot, p)
        self.world.set_member(room, bot.user, bot.user, status="left", is_member=False, rights=set())
        return True

    # --- links and files
    def do_createchatinvitelink(self, bot: BotState, p: Json, f: Any) -> Json:
        room = self.room(bot, p)
        self.right(bot, room, "can_invite_users", "not enough rights to manage chat invite link")
        n = len(room.links) + 1
        link = {
            "invite_link": f"https://t.me/+{abs(room.id) % 10**9:09d}{n:04d}",
            "creator": self.world.person(bot.user),
            "creates_join_request": _flag(p.get("creates_join_request")),
            "is_primary": False,
            "is_revoked": False,
        }
        if p.get("name"):
            link["name"] = str(p["name"])[:32]
        room.links[str(link["invite_link"])] = link
        return link

    def do_revokechatinvitelink(self, bot: BotState, p: Json, f: Any) -> Json:
        room = self.room(bot, p)
        self.right(bot, room, "can_invite_users", "not enough rights to manage chat invite link")
        link = room.links.get(str(p.get("invite_link")))
        if link is None:
            raise bad("INVITE_HASH_EXPIRED")
        link["is_revoked"] = True
        return link

    def do_getfile(self, bot: BotState, p: Json, f: Any) -> Json:
        file_id = str(p.get("file_id") or "")
        if file_id not in self.world.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        path, data = self.world.files[file_id]
        return {
            "file_id": file_id,
            "file_unique_id": path.split("/")[-1].split("_")[0],
            "file_size": len(data),
            "file_path": path,
        }

    # --- webhook settings (delivery is the server's)
    def do_setwebhook(self, bot: BotState, p: Json, f: Any) -> bool:
        url = str(p.get("url") or "")
        if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        bot.webhook = {"url": url, "secret": p.get("secret_token")} if url else {}
        if p.get("allowed_updates") is not None:
            bot.allowed = _json(p["allowed_updates"]) or None
        if _flag(p.get("drop_pending_updates")):
            bot.updates.clear()
        bot.arrived.set()
        return True

    def do_deletewebhook(self, bot: BotState, p: Json, f: Any) -> bool:
        bot.webhook = {}
        if _flag(p.get("drop_pending_updates")):
            bot.updates.clear()
        return True

    def do_getwebhookinfo(self, bot: BotState, p: Json, f: Any) -> Json:
        return {
            "url": bot.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(bot.updates),
        }


def _json(value: Any) -> Any:
    """A parameter that a form sends as JSON text."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise bad("can't parse JSON object") from None
    return value


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1")
