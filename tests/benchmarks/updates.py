"""Made-up updates of busy groups, as Telegram sends them: text 50 %, replies 15, photos 12, stickers 8,
commands 5, joins 4, member updates 3, presses 3; groups by a Pareto law, 5,000 people, seeded."""

from __future__ import annotations

import json
import random
from typing import Any

_WORDS = """hello everyone the price today is going up who wants to join our group meeting at noon thanks
good morning check this please admin question about delivery мы сегодня привет красный конверт 红包 大家 早上好
谢谢 群主 活动 今天 明天 lol ok 👍 🎉""".split()
START = 1_800_000_000


def _text(rng: random.Random, low: int = 3, high: int = 25) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(rng.randint(low, high)))


def _user(uid: int) -> dict[str, Any]:
    return {
        "id": uid, "is_bot": False, "first_name": f"User{uid}", "last_name": "Fam", "username": f"user_{uid}",
        "language_code": "en",
    }  # fmt: skip


def _photo(rng: random.Random) -> list[dict[str, Any]]:
    return [
        {"file_id": f"AgACAgIAAxkBAAI{rng.getrandbits(100):040d}", "file_unique_id": f"AQAD{rng.getrandbits(36):012d}",
         "file_size": 1000 * s, "width": s, "height": s}
        for s in (90, 320, 800, 1280)
    ]  # fmt: skip


def one(rng: random.Random, words: random.Random, i: int, beyond: int = 0) -> dict[str, Any]:
    """One update."""
    r, group = rng.random(), min(int(rng.paretovariate(1.1)), 1000) + beyond
    m: dict[str, Any] = {
        "message_id": i, "from": _user(5_000_000_000 + rng.randint(1, 5000)), "date": START + i // 50,
        "chat": {"id": -1001000000000 - group, "title": f"Group number {group}", "username": f"group_{group}", "type": "supergroup"},
    }  # fmt: skip
    before = dict(m, message_id=i - 1, text=_text(words))
    if r < 0.50:
        m["text"] = _text(words) + (" airdrop" if words.random() < 0.01 else "")
        if rng.random() < 0.4:
            m["text"] += " https://example.org/page @user_7"
            n = len(m["text"])
            m["entities"] = [
                {"type": "url", "offset": n - 32, "length": 24},
                {"type": "mention", "offset": n - 7, "length": 7},
            ]
    elif r < 0.65:
        m |= {"reply_to_message": before, "text": _text(words)}
    elif r < 0.77:
        m |= {"photo": _photo(rng), "caption": _text(words, 1, 8)}
    elif r < 0.85:
        f = _photo(rng)[0]
        m["sticker"] = {"width": 512, "height": 512, "emoji": "🎉", "set_name": "SomeSet", "is_animated": True, "is_video": False,
                        "type": "regular", "thumbnail": f, "file_id": f["file_id"] + "S", "file_unique_id": "S", "file_size": 9000}  # fmt: skip
    elif r < 0.90:
        m["text"] = "/" + rng.choice(["cmd3", "cmd17", "unknown"]) + " arg"
        m["entities"] = [{"type": "bot_command", "offset": 0, "length": m["text"].index(" ")}]
    elif r < 0.94:
        u = _user(6_000_000_000 + rng.randint(1, 9999))
        m.update(new_chat_participant=u, new_chat_member=u, new_chat_members=[u])
    elif r < 0.97:
        u = m["from"]
        change = {"chat": m["chat"], "from": u, "date": m["date"], "old_chat_member": {"user": u, "status": "left"},
                  "new_chat_member": {"user": u, "status": "member"}}  # fmt: skip
        return {"update_id": i, "chat_member": change}
    else:
        before["from"] = {"id": 1, "is_bot": True, "first_name": "b", "username": "testbot"}
        before["reply_markup"] = {"inline_keyboard": [[{"text": "Claim", "callback_data": f"rp:{i}"}]]}
        query = {
            "id": str(i),
            "from": m["from"],
            "message": before,
            "chat_instance": "123456",
            "data": f"rp:{i}",
        }
        return {"update_id": i, "callback_query": query}
    return {"update_id": i, "message": m}


def raw(n: int, seed: int = 7, first: int = 1000, beyond: int = 0) -> list[bytes]:
    """`n` updates as bytes, numbered from `first`. The same `seed` is the same people doing the same kinds of
    things in the same groups, those `beyond` a number; what they say differs with `first`."""
    rng, words = random.Random(seed), random.Random(first)
    return [json.dumps(one(rng, words, first + i, beyond), ensure_ascii=False).encode() for i in range(n)]
