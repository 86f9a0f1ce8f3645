"""Content: templates found, checked and rendered.

`<feature>/<name>.<lang>.html.j2` with YAML front matter. The operator's folder lies over the shipped
one; a broken edit keeps the last good version. Text leaves as plain text and entities.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from jinja2.exceptions import TemplateSyntaxError
from msgspec import structs

from groupbot.core import taps
from groupbot.core.effects import Answer, Button, Edit, Effect, Rows, Send
from groupbot.core.events import Tap
from groupbot.core.text import CAPTION_LIMIT, QUESTION_LIMIT, TEXT_LIMIT, TOAST_LIMIT, Formatted, clip
from groupbot.engine import words
from groupbot.engine.front import SUFFIX as SUFFIX
from groupbot.engine.front import absent, check_front, labels_of, posted, read, split_front, spoken
from groupbot.engine.jinja_limits import LimitedEnvironment
from groupbot.engine.media import carried
from groupbot.engine.prepared import prepare
from groupbot.engine.rendering import Rendered, Source, render_source, version
from groupbot.engine.work import Work
from groupbot.errors import Misfit

log = structlog.get_logger(__name__)
_MARKUP = frozenset("{<&#")
RECHECK = 0.5  # seconds between looks at a file's date
KEPT = 1024  # texts kept of one template
_SPOKEN = (Send, Edit, Answer)  # asked of every effect: `A | B` would be made anew each time
_PLAIN = frozenset((int, str, type(None)))  # no bool: True and 1 are one key


class Content:
    """All templates of one bot. `folders` from the most special to the shipped one."""

    def __init__(self, folders: list[Path], *, languages: tuple[str, ...] = ("zh", "en")) -> None:
        self.folders = folders
        self.languages = languages
        self._envs = {
            lang: LimitedEnvironment(words.filters(lang), words.globals_(lang), lang) for lang in languages
        }
        for lang, env in self._envs.items():
            env.install_gettext_translations(words.catalog(lang, folders), newstyle=False)  # type: ignore[attr-defined]
        self._catalogs = {lang: words.catalog(lang, folders) for lang in languages}
        self._found: dict[tuple[str, str], list[Source]] = {}
        self._rescued: dict[Path, Source] = {}  # the last good version of what is broken since the start
        self._kept: dict[tuple[str, str], list[Source]] = {}  # earlier versions, as `name@digest`

    def gettext(self, lang: str, message: str) -> str:
        """A text of code in a language."""
        return self._catalogs[lang].gettext(message) if message else ""

    # --- finding
    def sources(self, name: str, lang: str) -> list[Source]:
        """The versions of a template that may serve, best first; looked up again when a file changed."""
        key = (name, lang)
        if "@" in name and key in self._kept:
            return self._kept[key]
        known = self._found.get(key)
        now = time.monotonic()
        if known and now - known[0].checked < RECHECK:  # all were looked at together
            return known
        found = []
        for code in dict.fromkeys((lang, *reversed(self.languages))):
            for folder in self.folders:
                path = folder / f"{name}.{code}{SUFFIX}"
                old = next((s for s in known or () if s.path == path), None)
                fresh = self._load(path, code, old)
                if fresh is not None:
                    fresh.checked = now
                    found.append(fresh)
        found = spoken(found, lang)
        if not found:
            raise absent(name, lang, self.folders)
        self._found[key] = found
        return found

    def _load(self, path: Path, lang: str, old: Source | None) -> Source | None:
        try:
            stat = path.stat()
        except OSError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_size)
        if old is not None and old.stamp == stamp:
            return old
        try:
            fresh = self.compile(path, lang, stamp)
            if (old or path in self._rescued) and isinstance(fresh.front.get("sample"), dict):
                render_source(fresh, fresh.front["sample"])  # a name written wrong is a broken edit too
            return fresh
        except Misfit as e:
            old = old or self._rescued.get(path)
            log.error(
                "template.broken",
                where=e.where,
                error=e.what,
                keeps="the last good version" if old else "the next one",
            )
            if old is None:
                return None
            old.stamp, old.trouble = stamp, e.line()
            return old

    def compile(self, path: Path, lang: str, stamp: tuple[int, int] = (0, 0)) -> Source:
        """Read and compile one file.

        Raises:
            Misfit: names file and line.
        """
        return self.made_of(read(path), path, lang, stamp)

    def made_of(self, text: str, path: Path, lang: str, stamp: tuple[int, int] = (0, 0)) -> Source:
        """Compile a text that stands, or stood, at `path`.

        Raises:
            Misfit: names file and line.
        """
        env = self._envs.get(lang) or next(iter(self._envs.values()))
        front, body, first_line = split_front(text, path)
        try:
            labels = {
                k: env.from_string(str(v)) if set(str(v)) & _MARKUP else str(v).strip()
                for k, v in labels_of(front, path).items()
            }
            # blank lines keep the line numbers of errors those of the file
            template = env.from_string("{#" + "\n" * (first_line - 1) + "#}" + body)
            known = {k: t for k, t in labels.items() if isinstance(t, str)}
            plain = None if len(known) < len(labels) or front.get("defaults") else prepare(env, body)
        except TemplateSyntaxError as e:
            raise Misfit(str(e.message), where=f"{path}:{e.lineno}", next="mend this line") from None
        return Source(path, front, template, labels, stamp, text=text, digest=version(text), prepared=plain)

    def rescue(self, path: Path, lang: str, text: str) -> None:
        """What stood at `path` before a broken edit: said while the file is broken."""
        known = self._rescued.get(path)
        if known is None or known.text != text:
            try:
                self._rescued[path] = self.made_of(text, path, lang)
            except Misfit:
                return
            self._found.clear()

    def keep(self, name: str, lang: str, text: str) -> str:
        """Have an earlier version of a template at hand; the name it is said by.

        Raises:
            Misfit: it does not compile any more.
        """
        named = f"{name}@{version(text)[:12]}"
        if (named, lang) not in self._kept:
            path = self.folders[0] / f"{name}.{lang}{SUFFIX}"
            self._kept[named, lang] = [self.made_of(text, path, lang)]
        return named

    def text(self, text: str, lang: str, name: str = "text") -> Source:
        """A text of an admin as a template of its own, called `name` in errors.

        Raises:
            Misfit: names the line.
        """
        env = self._envs.get(lang) or next(iter(self._envs.values()))
        try:
            return Source(Path(name), {}, env.from_string(text), {}, (0, 0))
        except TemplateSyntaxError as e:
            raise Misfit(str(e.message), where=f"{name}:{e.lineno}", next="mend this line") from None

    # --- rendering
    def render(self, name: str, lang: str, data: dict[str, Any], zone: str = "UTC") -> Rendered:
        """Text and labels. A version that fails is passed over for the next one, and named in the log.

        Raises:
            Misfit: no version renders; names file and line.
        """
        trouble: Misfit | None = None
        sources = self.sources(name, lang)
        best = sources[0]
        if best.prepared is not None:
            text = best.prepared.said(data, zone)
            if text is not None:
                return Rendered(Formatted(text), best.labels, best.front)  # type: ignore[arg-type]
        key: Any = None
        if _PLAIN.issuperset(map(type, data.values())):  # a function of plain data: a crowd hears the same
            key = (zone, *data.items())
            known = best.said.get(key)
            if known is not None:
                return known
        with words.in_zone(zone):
            for source in sources:
                try:
                    made = render_source(source, data)
                    if key is not None and source is best:
                        if len(best.said) >= KEPT:
                            best.said.clear()
                        best.said[key] = made
                    return made
                except Misfit as e:
                    log.error("template.failed", where=e.where, error=e.what)
                    trouble = trouble or e
        assert trouble is not None
        raise trouble

    def renderer(
        self, voice: Callable[[Work, int | None, int | None], tuple[str, str]], key: bytes
    ) -> Callable[[Work, Effect], Effect]:
        """The function that fills in said effects: text, labels, sealed buttons."""

        def fill(work: Work, effect: Effect) -> Effect:
            if not isinstance(effect, _SPOKEN):
                return effect
            if effect.template is None:
                if isinstance(effect, Answer) or not effect.buttons:
                    return effect
                return structs.replace(effect, buttons=_sealed(effect, key, {}))
            chat = work.chat if isinstance(effect, Answer) else effect.chat
            user, tap = effect.user, work.event
            if isinstance(effect, Answer) and isinstance(tap, Tap) and tap.chat.type == "private":
                user = tap.sender.id if tap.sender else None  # also where a group's answer was waited for
            lang, zone = voice(work, chat, user)
            made = self.render(effect.template, effect.lang or lang, effect.data, zone)
            if isinstance(effect, Answer):
                text = clip(made.formatted, TOAST_LIMIT).text
                return structs.replace(effect, text=text, template=None, data={})
            limit = _room(effect)
            fits = clip(made.formatted, limit)
            return structs.replace(
                effect,
                text=fits.text,
                entities=fits.entities,
                template=None,
                data={},
                buttons=_sealed(effect, key, made.labels),
            )

        return fill

    # --- checking
    def check_own(self) -> list[Misfit]:
        """`check` of the first folder alone: templates that come with us were checked before they came."""
        return self._check(self.folders[:1])

    def check(self) -> list[Misfit]:
        """Every template compiled and rendered with its sample; what is wrong with each."""
        return self._check(self.folders)

    def _check(self, folders: Sequence[Path]) -> list[Misfit]:
        wrong = []
        for folder in folders:
            for path in sorted(folder.rglob(f"*{SUFFIX}")):
                lang = path.name.removesuffix(SUFFIX).rpartition(".")[2]
                if lang not in self.languages:
                    wrong.append(
                        Misfit(
                            f"language {lang!r} is not one of {', '.join(self.languages)}",
                            where=str(path),
                        )
                    )
                    continue
                try:
                    source = self.compile(path, lang)
                    check_front(source.front, path)
                    carried(posted(source.front), self.folders, f"{path}:1")
                    render_source(source, source.front.get("sample") or {})
                except Misfit as e:
                    wrong.append(e)
        return wrong


def _room(effect: Send | Edit) -> int:
    """How long a text may be there, in UTF-16 units."""
    if isinstance(effect, Edit):
        return TEXT_LIMIT
    return QUESTION_LIMIT if effect.poll else CAPTION_LIMIT if effect.media else TEXT_LIMIT


def _sealed(effect: Send | Edit, key: bytes, labels: dict[str, str]) -> Rows:
    if not effect.buttons:
        return ()
    scope = (effect.chat if effect.user is None else -effect.user) or 0
    return tuple([tuple([_seal(b, scope, key, labels) for b in row]) for row in effect.buttons])


def _seal(button: Button, scope: int, key: bytes, labels: dict[str, str]) -> Button:
    label = labels.get(button.label, button.label)
    if button.tap is None:
        return button if label == button.label else structs.replace(button, label=label)
    kind = type(button.tap).__struct_config__.tag
    data = taps.pack(button.tap, str(kind), scope, key)
    return structs.replace(button, label=label, data=data, tap=None)
