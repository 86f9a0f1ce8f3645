"""Names that would like to be markup (G24).

    python -m tests.benchmarks.names              # a million, a minute or two
    python -m tests.benchmarks.names 20000        # the short form
    python -m tests.benchmarks.names --record     # and keep the figure

Every shipped text that says somebody's name once is rendered with made-up names of tags, references,
template marks, links, commands, invisible and turning characters. What comes out must be what comes out with
a harmless name: the name as it is written in place of the other, every mark where it was, none more and none
less.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from groupbot.core.text import Entity, Formatted, units
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit
from tests.benchmarks.figures import record

WHOLE, LONGEST = 1_000_000, 64  # characters of a name at Telegram
FIELDS = ("name", "who", "by", "winner", "person")
PLAIN = "Qwz"  # harmless, and in no text
PIECES = (
    *("<b>", "</b>", "<i", "</a>", "<a href='tg://user?id=1'>", '<a href="https://evil.example">'),
    *("<tg-spoiler>", "<pre>", "</code>", "<tg-emoji emoji-id='1'>", "<!--", "-->", "<![CDATA[", "]]>"),
    *("<br/>", "< b>", "<\u200bb>", "&lt;", "&#60;", "&#x3c;", "&amp;lt;", "&", "&nbsp", "&quot;", "'"),
    *('"', "\\", "`", "```", "*", "__", "||", "{{ 7 * 7 }}", "{% raw %}", "{#", "#}", "{{", "%s", "{0}"),
    *("$1", "[x](http://a.b)", "tg://user?id=1", "@admin", "#tag", "/ban", "https://evil.example"),
    *("t.me/+x", "0", "小", "ж", "é", "é", "ﷺ", "𝔐", "👨\u200d👩\u200d👧", "\u202e", "\u2066", "\u2069"),
    *("\u200f", "\u200b", "\xad", "\ufeff", "\ufffd", "🇨🇳", "🏳\ufe0f\u200d🌈", " a "),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A text that says a name once: what it is rendered with, and what comes of a harmless name."""

    template: str
    lang: str
    field: str
    sample: dict[str, Any]
    before: str
    after: str
    entities: tuple[Entity, ...]

    def with_name(self, name: str) -> Formatted:
        """What must come of a name: each mark that begins or ends behind it is moved by what it is longer."""
        at, plain, long = units(self.before), units(PLAIN), units(name)
        moved = []
        for e in self.entities:
            ends = e.offset + e.length
            start = e.offset + (long - plain if e.offset >= at + plain else 0)
            end = ends + (long - plain if ends >= at + plain else 0)
            moved.append(structs.replace(e, offset=start, length=end - start))
        return Formatted(self.before + name + self.after, tuple(moved))


def texts(content: Content) -> Iterator[Said]:
    """Every shipped text that says a name of its sample once."""
    for path in sorted(content.folders[0].rglob("*.html.j2")):
        template = path.relative_to(content.folders[0]).as_posix().split(".")[0]
        lang = path.name.split(".")[1]
        sample = content.sources(template, lang)[0].front.get("sample") or {}
        for field in FIELDS:
            if not isinstance(sample.get(field), str):
                continue
            try:
                found = content.render(template, lang, sample | {field: PLAIN}).formatted
            except Misfit:
                continue
            before, *after = found.text.split(PLAIN)
            if len(after) == 1:
                yield Said(template, lang, field, sample, before, after[0], found.entities)


def made(rng: random.Random) -> str:
    """A name of up to 64 characters, without space around it, as Telegram has them."""
    name = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))[:LONGEST].strip()
    return name or made(rng)


def run(total: int, seed: int = 1) -> tuple[int, list[str]]:
    """How many texts take turns, and what was not as with a harmless name, a line each."""
    content, rng, wrong = Content([folder("content_templates")]), random.Random(seed), []
    every = list(texts(content))
    for n in range(total):
        said, name = every[n % len(every)], made(rng)
        found = content.render(said.template, said.lang, said.sample | {said.field: name}).formatted
        meant = said.with_name(name)
        if found != meant:
            wrong.append(f"{said.template}.{said.lang} {said.field}={name!r}: {found}, not {meant}")
    return len(every), wrong


def main() -> None:
    """Print how many names were tried and what they did."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("names", type=int, nargs="?", default=WHOLE, help="how many; default: %(default)s")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)
    many, wrong = run(given.names, given.seed)
    for line in wrong[:20]:
        print(line)
    print(f"{given.names:,} names in {many} texts: {len(wrong)} not as a harmless one")
    part = "" if given.names >= WHOLE else f"{given.names:,}, short"
    record("G24", f"{len(wrong)} of {given.names:,} in {many} texts", met=not wrong, part=part)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
