"""G8 and its neighbours: what comes from outside is damaged, and nothing but the stated error follows.

    python -m tests.reliability.fuzz 1000000 [SEED]

The number is that of updates: after the Bot API's description, three in four with mutations, each tenth
through the whole bot, the others decoded. Beside them, half as many templates, patterns, button data, deep
links, imported files and settings files. Prints how many of each were made, how many were refused as they
should be, and whatever else came of one (a failure, with its seed).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import yaml

from groupbot.cli import _profiles
from groupbot.core import taps
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.content import Content
from groupbot.engine.plugins import load as load_routers
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit, Refusal
from groupbot.features import tables
from groupbot.features.federation.domain import read_list
from groupbot.features.moving.domain import file as settings_file
from groupbot.features.moving.domain import rose
from groupbot.features.rules.domain import entries
from groupbot.settings import load as load_settings
from groupbot.surfaces.telegram.intake import decode
from tests.benchmarks.figures import record
from tests.conftest import START
from tests.engine.desk import KEY
from tests.reliability import shapes
from tests.reliability.cells import sample
from tests.reliability.papers import Papers

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
LETTERS = "abz019 _-/\\\"'`{}[]()<>%#|&*+?.^$:;,~=@!\n\t\x00\u200b\u202e山楂🧧\ufeff"
SHARE = {  # of a hundred updates, and what is made besides
    "update": 90,
    "bot": 10,
    "template": 8,
    "pattern": 8,
    "button": 12,
    "link": 2,
    "import": 12,
    "settings": 8,
}
SLOW = 1.0  # seconds for one input
ROSE = {
    "bot_id": 1,
    "version": 2,
    "data": {"rules": {"content": "x"}, "locks": {"locks": {"url": {"locked": True, "reason": "y"}}}},
}
Outcome = bool  # True: taken, False: refused as stated
BATCH = 50
WARM, GROWN = 10_000, 50  # updates before memory is looked at; MB it may grow by after


def noise(rng: random.Random, most: int = 60) -> str:
    """Letters that mean something somewhere."""
    return "".join(rng.choices(LETTERS, k=rng.randrange(most)))


def worn(text: str, rng: random.Random) -> str:
    """A text with a few places cut, doubled, replaced or moved."""
    for _ in range(rng.randrange(1, 6)):
        a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        b = min(b, a + 40)
        part = rng.choice(
            ("", text[a:b] * 2, noise(rng, 8), rng.choice(("\n", "  ", "- ", ": ", "{", "}", "\x00")))
        )
        text = text[:a] + part + text[b:]
    return text


class Fuzz:
    """One kind after the other; `told` holds what should not have happened."""

    def __init__(self, place: Path, seed: int) -> None:
        self.place, self.seed, self.rng = place, seed, random.Random(seed)
        self.made: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.told: list[str] = []
        self.slowest = (0.0, "")
        self.registry = load_routers()
        self.kinds = {t.kind: t.type for t in self.registry.taps.values()}
        self.content = Content([folder("content_templates")])
        self.words = [p.read_text("utf-8") for p in sorted(folder("content_templates").rglob("*.j2"))]
        self.papers = Papers(place, self.rng, worn)
        known = self.registry.settings
        some = {s.key: s.default for s in sorted(known.values(), key=lambda s: s.key)[:12]}
        self.file = settings_file.written("West", {None: some}, {}, {k: known[k] for k in some})
        self.number = 1

    def one(self, kind: str, fn: Callable[[], Outcome]) -> None:
        """Run one; anything but an outcome is told."""
        start = time.perf_counter()
        try:
            self.refused[kind] += not fn()
        except Exception as e:  # noqa: BLE001 - what nobody stated
            self.told.append(
                f"{kind} #{self.made[kind]} seed {self.seed}: {type(e).__name__}: {str(e)[:160]}"
            )
        self.made[kind] += 1
        took = time.perf_counter() - start
        if took > self.slowest[0]:
            self.slowest = (took, kind)
        if took > SLOW:
            self.told.append(f"{kind} #{self.made[kind]} seed {self.seed}: took {took:.1f} s")

    # --- kinds
    def raw(self) -> bytes:
        """An update, three in four of them damaged."""
        self.number += 1
        made = shapes.update(self.rng, self.number)
        if self.rng.random() < 0.25:
            return json.dumps(made).encode()
        return shapes.damaged(made, self.rng)

    def update(self) -> Outcome:
        raw = self.raw()
        try:
            decode(raw, AT)
        except ValueError:
            return False
        return True

    def template(self) -> Outcome:
        text = worn(self.rng.choice(self.words), self.rng)
        path = self.place / "content_templates" / "fuzz" / "x.en.html.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
        try:
            content = Content([path.parents[1]])
            return not content.check()
        except (Misfit, jinja2.TemplateError):
            return False

    def pattern(self) -> Outcome:
        rng = self.rng
        parts = (
            "(a+)+$",
            "(.*)*",
            "[a-z]{1,1000}",
            "\\1",
            "(?i)x",
            "(?=a)",
            "**",
            "?? *",
            "\\p{Han}",
            "(" * 50,
            "a|" * 40,
        )
        text = "".join(rng.choice((rng.choice(parts), noise(rng, 12))) for _ in range(rng.randrange(1, 5)))
        try:
            for block in entries.read(
                rng.choice((f"re:{text}", f"regex:{text}", f'"{text}" reason', f"({text}, {text})", text))
            ):
                entries.checked(block)
        except (ValueError, Refusal):
            return False
        return True

    def button(self) -> Outcome:
        rng = self.rng
        kind = rng.choice(sorted(self.kinds))
        with contextlib.suppress(ValueError):
            data = worn(taps.pack(sample(self.kinds[kind]), kind, rng.choice((1, 2)), KEY), rng)
            try:
                taps.unpack(data if rng.random() < 0.9 else noise(rng), self.kinds, 3, KEY)
            except taps.Unsealed:
                return False
            raise AssertionError(f"accepted {data!r}")
        return False

    def imported(self) -> Outcome:
        rng, which = self.rng, self.rng.randrange(8)
        if which > 3:
            return self.papers.brought()
        if which == 0:
            read_list(worn("user_id,name,reason\n5001,Mei,spam\n5002,Li,\n", rng))
            return True
        if which == 1:
            read_list(worn(json.dumps([{"user_id": 5001, "reason": "spam"}, {"id": "5002"}]), rng))
            return True
        if which == 2:
            text = worn(json.dumps(ROSE), rng)
            try:
                rose.take(rose.read(text), self.registry.settings)
            except ValueError:
                return False
            return True
        path = self.place / "chats.csv"
        path.write_text(worn("chat_id,title,tier,region\n1,West,store,华东\n", rng), "utf-8", newline="")
        try:
            _profiles.read(path)
        except Misfit:
            return False
        return True

    def settings(self) -> Outcome:
        rng, which = self.rng, self.rng.randrange(3)
        if which == 0:
            text = worn(self.file, rng)
            try:
                settings_file.read(text, self.registry.settings)
            except (ValueError, yaml.YAMLError):
                return False
            return True
        if which == 1:
            (self.place / "groupbot.toml").write_text(
                worn('rate = 27.0\noperators = [1, 2]\nlisten = "127.0.0.1:1"\n', rng), "utf-8"
            )
            try:
                load_settings(self.place, [])
            except Misfit:
                return False
            return True
        return self.papers.shelf()

    # --- through the whole bot
    async def bot(self, writer: Writer, n: int, links: int) -> None:
        """Updates and deep links before the shipped routers, in batches as a poll brings them."""
        from tests.reliability.tenants import Street

        street, left = Street(writer), [("bot", n), ("link", links)]
        for kind, count in left:
            while count > 0:
                size = min(BATCH, count)
                raws = [self.raw() if kind == "bot" else self._link(street) for _ in range(size)]
                start = time.perf_counter()
                try:
                    out = await street.desk.feed(*raws)
                    self.refused[kind] += out.quarantined
                    street.desk.rows(_CLEAR)
                except Exception as e:  # noqa: BLE001
                    self.told.append(f"{kind} seed {self.seed}: {type(e).__name__}: {str(e)[:160]}")
                if time.perf_counter() - start > SLOW * 10:
                    self.told.append(
                        f"{kind} seed {self.seed}: a batch took {time.perf_counter() - start:.1f} s"
                    )
                self.made[kind] += size
                count -= size
        broken = await writer.submit(lambda w: w.sql.all(_STEPS))
        self.told += [f"bot seed {self.seed}: {r.n} of step {r.step}: {r.error[:160]}" for r in broken]

    def _link(self, street: Any) -> bytes:
        payload = self.rng.choice(
            (
                f"setup_{noise(self.rng, 6)}",
                f"t_{noise(self.rng)}",
                "note_" + noise(self.rng, 9),
                noise(self.rng),
            )
        )
        user = {"id": 72, "is_bot": False, "first_name": "Mei"}
        return json.dumps(
            street.desk.message(f"/start {payload}", user=user, chat={"id": 72, "type": "private"})
        ).encode()


def _statements() -> tuple[Any, Any]:
    import sqlalchemy as sa

    from groupbot.engine.inbox import quarantine

    q = quarantine.c
    steps = sa.select(q.step, sa.func.min(q.error).label("error"), sa.func.count().label("n"))
    return sa.select(sa.literal(1)), steps.where(q.stage != "decode").group_by(q.step)


_CLEAR, _STEPS = _statements()


def run(place: Path, writer: Writer, n: int, seed: int) -> Fuzz:
    """`n` updates, and besides them what SHARE says."""
    fuzz = Fuzz(place, seed)
    part = {kind: n * share // 100 for kind, share in SHARE.items()}
    part["update"] = n - part["bot"]
    doors = {"update": fuzz.update, "template": fuzz.template, "pattern": fuzz.pattern, "button": fuzz.button,
             "import": fuzz.imported, "settings": fuzz.settings}  # fmt: skip
    for kind, door in doors.items():
        for _ in range(part[kind]):
            fuzz.one(kind, door)
    asyncio.run(fuzz.bot(writer, part["bot"], part["link"]))
    return fuzz


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """The long form."""
    n, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        url = f"sqlite:///{place / 't.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        run(place, writer, WARM, seed + 1)  # what is loaded and kept once is no growth
        before = _peak()
        fuzz = run(place, writer, n, seed)
        writer.close()
    grown = _peak() - before
    print(f"seed {seed}: {fuzz.made.total()} inputs in {time.monotonic() - start:.0f} s")
    for kind, made in fuzz.made.items():
        print(f"  {kind:<9} {made:>8}, {fuzz.refused[kind]} refused")
    print(f"slowest {fuzz.slowest[0] * 1000:.0f} ms ({fuzz.slowest[1]}), {grown} MB more, {_peak()} in all")
    print("\n".join(fuzz.told[:40]) or "nothing but what is stated")
    if grown > GROWN:
        print(f"{grown} MB more at the end than after {WARM:,} updates, where {GROWN} are allowed")
    told = f"{n:,} updates, {fuzz.made['bot']:,} through the whole bot; {fuzz.made.total() - n:,} others"
    told = f"{told}: {len(fuzz.told)} errors, slowest {fuzz.slowest[0]:.1f} s, {grown} MB more"
    met = not fuzz.told and grown <= GROWN
    record("G8", told, met=met, seeds=str(seed), part="" if n >= 10**6 else "short")
    raise SystemExit(not met)


if __name__ == "__main__":
    main()
