"""Files that operators write or bring along, as a fuzzer damages them: each with its reader, and whether what
was written is taken (True), or refused as stated (False)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC
from io import BytesIO
from pathlib import Path

from groupbot.cli import _export, _lines, orders
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit
from groupbot.features.campaigns.service import files as campaigns
from groupbot.features.care.service import recipes
from groupbot.features.lifecycle.service import playbooks
from groupbot.features.orders import domain
from groupbot.features.promos.service import files as plans
from groupbot.features.promos.service import packs
from groupbot.features.quiz.service.books import read as quizzes
from groupbot.features.scenes.service import shelf as scenes

EXPORT = {
    "name": "West Lake",
    "type": "private_supergroup",
    "id": 42,
    "messages": [
        {"id": 1, "type": "service", "date": "2026-11-01T10:00:00", "date_unixtime": "1793527200",
         "actor": "Mei", "actor_id": "user5001", "action": "join_group_by_link", "text": ""},
        {"id": 2, "type": "message", "date": "2026-11-01T10:00:09", "date_unixtime": "1793527209",
         "from": "Mei", "from_id": "user5001", "reply_to_message_id": 1,
         "text": ["see ", {"type": "link", "text": "https://t.me/+abc"}, " 山楂"], "media_type": "sticker"},
        {"id": 3, "type": "message", "date": "2026-11-01T10:01:00", "date_unixtime": "1793527260",
         "from": None, "from_id": "channel9", "text": "59元", "photo": "a.jpg",
         "edited": "2026-11-01T10:02:00"},
    ],
}  # fmt: skip
ORDERS = (
    "channel,order,at,customer,product,units,amount,status\n门店,1,2026-11-01 10:00,c1,tea,2,59.00,paid\n"
)
DELIVERY = {
    "orders": [
        {"channel": "store", "order": "1", "at": "2026-11-01T10:00:00+08:00", "customer": "c1",
         "lines": [{"product": "tea", "units": 2, "amount": "59.00"}]}
    ]
}  # fmt: skip
SHELVES: dict[str, Callable[[list[Path]], list[Misfit]]] = {
    "plans": lambda where: plans.read(where).misfits,
    "plans/packs": lambda where: packs.read(where)[1],
    "scenes": lambda where: scenes.read(where)[1],
    "recipes": lambda where: recipes.read(where)[1],
    "playbooks": lambda where: playbooks.read(where)[1],
    "quizzes": lambda where: quizzes(where)[1],
    "plans/campaigns": lambda where: campaigns.read(where).misfits,
}


class Papers:
    """A folder in which they are written."""

    def __init__(self, place: Path, rng: random.Random, worn: Callable[[str, random.Random], str]) -> None:
        self.place, self.rng, self.worn, self.n = place, rng, worn, 0
        found = {name: sorted((folder("content_templates") / name).glob("*.yaml")) for name in SHELVES}
        self.shelves = {name: [p.read_text("utf-8") for p in paths] for name, paths in found.items()}
        (place / "plans").mkdir(parents=True, exist_ok=True)
        audiences = (folder("content_templates") / "plans" / "audiences.yaml").read_text("utf-8")
        (place / "plans" / "audiences.yaml").write_text(audiences, "utf-8")

    def shelf(self) -> bool:
        """A file of plans, packs, scenes, recipes, playbooks, quizzes or campaigns."""
        name = self.rng.choice(sorted(self.shelves))
        path = self.place / name / f"p{self.n}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.n += 1
        text = self.rng.choice(self.shelves[name])
        path.write_text(text if self.rng.random() < 0.25 else self.worn(text, self.rng), "utf-8")
        wrong = SHELVES[name]([self.place])
        path.unlink()
        return not wrong

    def brought(self) -> bool:
        """An export of Telegram Desktop's, a table of orders, a delivery of them."""
        which = self.rng.randrange(4)
        try:
            if which == 0:
                text = self.worn(json.dumps(EXPORT, ensure_ascii=False), self.rng)
                for _, messages in _export.chats(BytesIO(text.encode("utf-8", "replace"))):
                    list(messages)
            elif which == 1:
                _lines.read(self._written("result.json", json.dumps(EXPORT, ensure_ascii=False)))
            elif which == 2:
                orders._read(self._written("orders.csv", ORDERS), UTC)
            else:
                domain.delivered(self.worn(json.dumps(DELIVERY), self.rng).encode("utf-8", "replace"))
        except (Misfit, ValueError):
            return False
        return True

    def _written(self, name: str, text: str) -> Path:
        path = self.place / name
        path.write_text(self.worn(text, self.rng), "utf-8", newline="", errors="replace")
        return path
