"""What Telegram's shelf of gifts holds at the start."""

from __future__ import annotations

from groupbot.surfaces.sandbox.world.things import Json

_GIFTS = (
    ("5170145012310081615", "💝", 15),
    ("5170233102089322756", "🧸", 15),
    ("5170250947678437525", "🎁", 25),
)
_LIMITED = ("5170690322832818290", "💍", 100)


def gift(number: str, emoji: str, stars: int, **more: int) -> Json:
    """A Gift."""
    picture = {
        "file_id": f"CAACAgIAAxUAAgift{number}",
        "file_unique_id": f"AgADg{number[-8:]}",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": True,
        "is_video": False,
        "emoji": emoji,
    }
    return {"id": number, "sticker": picture, "star_count": stars, **more}


def shelf() -> dict[str, Json]:
    """Gifts by id: three kinds without end, and one of which two are left."""
    made = [gift(*g) for g in _GIFTS] + [gift(*_LIMITED, total_count=1000, remaining_count=2)]
    return {g["id"]: g for g in made}
