"""The language a report is told in: English texts of code, and what the catalogue makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from groupbot.engine import addresses, words
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members


@dataclass(frozen=True, slots=True)
class Tongue:
    """`say` gives an English text in this language, as it is where the catalogue has none."""

    lang: str
    say: Callable[[str], str]

    def __call__(self, text: str, **values: Any) -> str:
        return self.say(text).format(**values)

    def name(self, kind: str, word: str) -> str:
        """A word of a list, `figure.active`: the word itself where the catalogue has none."""
        key = f"{kind}.{word}"
        found = self.say(key)
        return word if found == key else found

    def names(self, kind: str, known: Sequence[str]) -> str:
        """Several of them."""
        return self.comma.join(self.name(kind, word) for word in known)

    @property
    def comma(self) -> str:
        """What stands between the things of a list."""
        return ", " if self.lang == "en" else "、"


ENGLISH = Tongue("en", str)


def tongue(lang: str) -> Tongue:
    """zh or en.

    Raises:
        Misfit: another one.
    """
    if lang not in words.LANGUAGES:
        raise Misfit(f"{lang} is no language of a report", next="use --lang zh or --lang en")
    return Tongue(lang, words.catalog(lang, [folder("content_templates")]).gettext)


def of_groups(work: Work, chats: Sequence[int], lang: str = "", ops: int = 0) -> Tongue:
    """As said; else one group's own; else, of all, the one of the operators' chat (its Telegram id is `ops`),
    or where that is not known the one most of the groups speak.

    Raises:
        Misfit: no such language.
    """
    if lang:
        return tongue(lang)
    if len(chats) == 1:
        return tongue(members.voice(work, chats[0], None)[0])
    return tongue(spoken(work, chats, ops))


def tongue_of_all(work: Work, lang: str, ops: int) -> Tongue:
    """Of what is told of all groups together: as said, else the operators'.

    Raises:
        Misfit: no such language.
    """
    return tongue(lang or spoken(work, [p.chat for p in members.profiles(work)], ops))


def spoken(work: Work, chats: Sequence[int], ops: int) -> str:
    """The language of the operators' chat, else the one most of the groups speak."""
    own = addresses.known(work, ops) if ops else None
    heard = Counter(members.voice(work, chat, None)[0] for chat in ([own.id] if own else chats))
    return heard.most_common(1)[0][0] if heard else "zh"
