"""Photos, videos and other files, stickers, albums, polls, copies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox import pictures
from groupbot.surfaces.sandbox.markup import units
from groupbot.surfaces.sandbox.methods.call import ApiError, Call, Upload, bad
from groupbot.surfaces.sandbox.methods.posting import TEXT, posted, posted_together
from groupbot.surfaces.sandbox.methods.text import formatted, keyboard
from groupbot.surfaces.sandbox.world import Json
from groupbot.surfaces.sandbox.world.things import SERVICE

PHOTO_BYTES, FILE_BYTES = 10 << 20, 50 << 20
ALBUM = 10
_MAY = {
    "photo": ("can_send_photos", "photos"),
    "video": ("can_send_videos", "videos"),
    "animation": ("can_send_other_messages", "animations"),
    "document": ("can_send_documents", "documents"),
    "audio": ("can_send_audios", "music files"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "video_note": ("can_send_video_notes", "video notes"),
    "sticker": ("can_send_other_messages", "stickers"),
}
_WORDLESS = ("sticker", "video_note")


def sender(kind: str) -> Callable[[Call], Json]:
    """sendPhoto, sendVideo, …"""

    def send(call: Call) -> Json:
        room = call.room()
        text, marks = formatted(call, "caption")
        content = held(call, kind, call.text(kind))
        words = {} if kind in _WORDLESS else {"caption": text or None, "caption_entities": marks or None}
        return posted(call, room, _MAY[kind], **content, **words)

    return send


def held(call: Call, kind: str, given: str) -> Json:
    """The part of a message that holds the file a call names or brings."""
    name, data = _given(call, kind, given)
    if kind == "photo":
        if len(data) > PHOTO_BYTES:
            raise bad(
                f"file of size {len(data)} bytes is too big for a photo; the maximum size is "
                f"{PHOTO_BYTES} bytes"
            )
        if given not in call.world.files and pictures.size(data) is None:
            raise bad("IMAGE_PROCESS_FAILED")
        return {"photo": call.world.photo(data, name)}
    if len(data) > FILE_BYTES:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "sticker":
        known = next((f for f, (_, d) in call.world.files.items() if d == data), "")
        made = call.world.sticker()
        return {"sticker": made | ({"file_id": known} if known.startswith("CAAC") else {})}
    return call.world.of_file(kind, data, **({} if kind in ("voice", "video_note") else {"file_name": name}))


def _given(call: Call, kind: str, given: str) -> Upload:
    part = given.removeprefix("attach://") if given.startswith("attach://") else kind
    if part in call.files:
        name, data = call.files[part]
        if not data:
            raise bad("file must be non-empty")
        return name, data
    if given in call.world.files:
        path, data = call.world.files[given]
        return path.rpartition("/")[2].partition("_")[2] or kind, data
    if given.startswith(("http://", "https://")):
        raise ApiError(501, "Not Implemented: the sandbox does not fetch files")
    if not given:
        raise bad(f"there is no {kind} in the request")
    raise bad("wrong remote file identifier specified: Wrong string length")


def send_media_group(call: Call) -> list[Json]:
    room = call.room()
    media = call.json("media")
    if not isinstance(media, list):
        raise bad("can't parse media JSON object")
    if not media:
        raise bad("there are no messages to send")
    if len(media) > ALBUM:
        raise bad("too many messages to send as an album")
    parts: list[Json] = []
    for item in media:
        kind = str(item.get("type"))
        if kind not in ("photo", "video", "document", "audio"):
            raise bad(f"type of file {kind} can't be used in an album")
        inner = Call(call.world, call.bot, call.method, item, call.files, call.limits)
        text, marks = formatted(inner, "caption")
        words = {"caption": text or None, "caption_entities": marks or None}
        parts.append(held(call, kind, str(item.get("media") or "")) | words)
    group, call.world._next_query = str(13_000_000_000 + call.world._next_query), call.world._next_query + 1
    kind, shared = next(iter(parts[0])), group if len(parts) > 1 else None
    return posted_together(call, room, _MAY[kind], [{**part, "media_group_id": shared} for part in parts])


# --- polls
def send_poll(call: Call) -> Json:
    room = call.room()
    question, given = call.text("question"), call.json("options") or []
    options = [str(o.get("text", "") if isinstance(o, dict) else o) for o in given]
    quiz = call.text("type") == "quiz"
    if not question:
        raise bad("poll question must be non-empty")
    if units(question) > 300:
        raise bad("poll question length must not exceed 300")
    if not options:
        raise bad("poll must have at least 1 option")
    if len(options) > 12:
        raise bad("poll can't have more than 12 options")
    if not all(options):
        raise bad("poll options must be non-empty")
    if any(units(o) > 100 for o in options):
        raise bad("poll options length must not exceed 100")
    more: dict[str, Any] = {
        "is_anonymous": call.text("is_anonymous") == "" or call.flag("is_anonymous"),
        "type": "quiz" if quiz else "regular",
        "allows_multiple_answers": call.flag("allows_multiple_answers"),
        "is_closed": call.flag("is_closed"),
    }
    right = call.json("correct_option_ids") or []
    if quiz:
        if not right or any(not 0 <= int(i) < len(options) for i in right):
            raise bad("wrong correct option ID specified")
        more["correct_option_ids"] = right
        if call.text("explanation"):
            more["explanation"] = call.text("explanation")
    if call.number("open_period"):
        more["open_period"] = call.number("open_period")
    poll = call.world.poll(question, options, **more)
    made = posted(call, room, ("can_send_polls", "polls"), poll=poll)
    call.world.polls[poll["id"]] = (room.id, made["message_id"])
    return made


def stop_poll(call: Call) -> Json:
    room = call.room()
    message = call.message(room, "message with poll to stop not found")
    if "poll" not in message:
        raise bad("message is not a poll")
    if message["from"]["id"] != call.bot.user:
        raise bad("poll can't be stopped")
    poll: Json = message["poll"]
    over = message["date"] + poll.get("open_period", float("inf"))
    if poll["is_closed"] or call.world.clock.now() >= over:
        poll["is_closed"] = True
        raise bad("poll has already been closed")
    poll["is_closed"] = True
    markup = keyboard(call)
    message.pop("reply_markup", None)
    if markup:
        message["reply_markup"] = markup
    call.world.changed("edited", message=message)
    call.world.tell("poll", poll, room, only=call.bot)
    return poll


# --- copies
_HEAD = frozenset(
    (
        "message_id",
        "date",
        "chat",
        "from",
        "sender_chat",
        "message_thread_id",
        "is_topic_message",
        "reply_to_message",
        "reply_markup",
        "media_group_id",
        "edit_date",
        "forward_origin",
        "via_bot",
        "is_automatic_forward",
    )
)


def copy_message(call: Call) -> Json:
    room, found = call.room(), _source(call, call.number("message_id"))
    if found is None:
        raise bad("message to copy not found")
    content = _content(found)
    if call.params.get("caption") is not None:
        text, marks = formatted(call, "caption")
        content |= {"caption": text, "caption_entities": marks or None}
    if keyboard(call) is None and found.get("reply_markup"):
        content["reply_markup"] = found["reply_markup"]
    kind = next((k for k in _MAY if k in content), "")
    markup = content.pop("reply_markup", None)
    made = posted(call, room, _MAY.get(kind, TEXT), **content)
    if markup:
        made["reply_markup"] = markup
    return {"message_id": made["message_id"]}


def copy_messages(call: Call) -> list[Json]:
    """Those that cannot be found or copied are passed over."""
    room = call.room()
    ids = call.json("message_ids")
    if not isinstance(ids, list) or not ids:
        raise bad("message identifiers are not specified")
    if len(ids) > 100:
        raise bad("too many message identifiers specified")
    found = [m for m in (_source(call, int(i)) for i in ids) if m and not any(k in m for k in SERVICE)]
    if not found:
        raise bad("there are no messages to copy")
    sent = posted_together(call, room, TEXT, [_content(m) for m in found])
    return [{"message_id": m["message_id"]} for m in sent]


def _source(call: Call, message_id: int) -> Json | None:
    source = call.world.chats.get(call.number("from_chat_id"))
    if source is None:
        raise bad("chat not found")
    return source.messages.get(message_id)


def _content(message: Json) -> Json:
    if any(k in message for k in SERVICE):
        raise bad("message can't be copied")
    return {k: v for k, v in message.items() if k not in _HEAD and not k.startswith("_")}


METHODS: dict[str, Callable[[Call], Any]] = {
    **{f"send{kind.title().replace('_', '')}": sender(kind) for kind in _MAY},
    "sendMediaGroup": send_media_group,
    "sendPoll": send_poll,
    "stopPoll": stop_poll,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
}
