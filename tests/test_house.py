"""The house rules, as tests. Each fails when it checks nothing."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from alembic.script import ScriptDirectory

import groupbot
from groupbot import cli, settings
from groupbot.cli._manual import page
from groupbot.cli._settings import described
from groupbot.core.setting import Setting
from groupbot.engine.content import SUFFIX, Content, render_source
from groupbot.engine.keeping.store import ENGINE
from groupbot.engine.migrate import config
from groupbot.engine.plugins import Registry, load
from groupbot.engine.shipped import folder
from groupbot.engine.words import LANGUAGES

ROOT = Path(__file__).parents[1]
# past 300 lines and not yet packages; this list only shrinks
LONGER = {
    "groupbot/cli/_tour.py",
}


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return load()


def tracked(pattern: str) -> list[Path]:
    """The project's files of a kind, without what tools left."""
    found = [
        p for top in ("groupbot", "handlers", "tests", "migrations") for p in (ROOT / top).rglob(pattern)
    ]
    return [p for p in found if "__pycache__" not in p.parts]


def test_contracts_hold_and_there_are_some() -> None:
    made = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    kept = re.search(r"Contracts: (\d+) kept, 0 broken", made.stdout)
    assert kept is not None, made.stdout[-3000:]
    assert int(kept[1]) >= 9
    assert made.returncode == 0


def test_every_public_name_is_importable_and_the_list_is_sorted() -> None:
    names = groupbot.__all__
    assert len(names) >= 20
    assert [n for n in names if getattr(groupbot, n, None) is None] == []
    assert names == sorted(names)
    assert set(names) - {"API"} == set(groupbot._HOME)
    with pytest.raises(AttributeError, match="groupbot has no 'Nothing'"):
        _ = groupbot.Nothing


def test_every_setting_is_described_and_the_page_of_settings_is_current() -> None:
    assert len(settings.known()) >= 10
    assert [n for n, f in settings.known().items() if not f.about] == []
    page = ROOT / "docs" / "settings.md"
    assert page.read_text("utf-8") == described(), (
        "write it anew: python -m groupbot.cli._settings > docs/settings.md"
    )


def test_every_router_and_command_says_what_it_is_for(shipped: Registry) -> None:
    assert shipped.misfits == []
    assert len(shipped.routers) >= 3
    assert [r.name for r in shipped.routers if not r.about] == []
    routes = [c for r in shipped.routers for c in r.commands]
    assert len(routes) >= 3
    assert [c.name for c in routes if not c.about] == []


def test_every_command_line_of_help_is_there_in_every_language(shipped: Registry) -> None:
    """About, usage and example stand in English in the handlers; the catalogues hold the rest."""
    routes = [c for r in shipped.routers for c in r.commands]
    said = {s for c in routes for s in (c.about, c.usage, c.example) if s}
    assert len(said) >= 30
    assert sorted(s for s in said if not s.replace("·", "").isascii()) == []
    catalog = polib.pofile(folder("content_templates") / "locale" / "zh.po")
    known = {m.msgid for m in catalog.translated_entries()}
    assert sorted(said - known) == []


def test_what_each_feature_keeps_is_told_in_every_language(shipped: Registry) -> None:
    """It stands in /mydata, as do the names of the tables and of their columns."""
    said = {s for r in shipped.routers if r.kept or r.export for s in (r.about, r.keeps) if s}
    assert len(said) >= 60
    for kept in (*ENGINE, *(k for r in shipped.routers for k in r.kept)):
        names = {kept.table.name, *(c.name for c in kept.table.columns if c.name not in kept.hide)}
        said |= {name.replace("_", " ") for name in names}
    catalog = polib.pofile(folder("content_templates") / "locale" / "zh.po")
    assert sorted(said - {m.msgid for m in catalog.translated_entries()}) == []


def test_every_setting_of_a_chat_is_described_in_every_language(shipped: Registry) -> None:
    settings = shipped.settings.values()
    assert len(settings) >= 30
    assert sorted(s.key for s in settings if not s.about.isascii() or not s.module) == []
    catalog = polib.pofile(folder("content_templates") / "locale" / "zh.po")
    known = {m.msgid for m in catalog.translated_entries()}
    assert sorted({s.about for s in settings} - known) == []


def test_page_of_group_settings_is_current(shipped: Registry) -> None:
    made = (ROOT / "docs" / "group-settings.md").read_text("utf-8")
    assert made == page(shipped.settings), (
        "write it anew: python -m groupbot.cli._manual > docs/group-settings.md"
    )


def test_every_setting_declared_is_named_by_a_router(shipped: Registry) -> None:
    """A setting that no router names is in no menu, no file and no page."""
    declared: dict[str, str] = {}
    for module in list(sys.modules.values()):
        if module.__name__.startswith("groupbot.features."):
            for name, value in vars(module).items():
                if isinstance(value, Setting):
                    declared[value.key] = f"{module.__name__}.{name}"
    assert len(declared) >= 60
    assert {k: where for k, where in declared.items() if k not in shipped.settings} == {}


def test_step_names_are_unique(shipped: Registry) -> None:
    """Quarantine records a step by its name: two of one name could not be told apart."""
    names = [n for n, _ in [*shipped.observers, *shipped.guards]]
    names += [n for pairs in shipped.happenings.values() for n, _ in pairs]
    assert len(names) >= 2
    assert sorted(names) == sorted({*names})


def test_every_template_exists_in_every_language_and_renders_with_its_sample() -> None:
    content = Content([folder("content_templates")])
    assert [m.line() for m in content.check()] == []
    names: dict[str, set[str]] = {}
    for path in folder("content_templates").rglob(f"*{SUFFIX}"):
        stem, _, lang = path.name.removesuffix(SUFFIX).rpartition(".")
        names.setdefault(f"{path.parent.name}/{stem}", set()).add(lang)
    assert len(names) >= 10
    assert {n: found for n, found in names.items() if found != set(LANGUAGES)} == {}


_ROWS = re.compile(r"{% for [^%]* in (\w+)(?:\.items\(\))? %}(.*?){% (?:else|endfor) %}", re.S)


def test_lists_in_templates_have_two_rows_in_their_sample_and_a_line_for_each() -> None:
    """A newline behind a closing tag is eaten: without a blank line the rows run together."""
    content = Content([folder("content_templates")])
    lists, wrong = 0, []
    for path in sorted(folder("content_templates").rglob(f"*{SUFFIX}")):
        source = content.compile(path, path.name.removesuffix(SUFFIX).rpartition(".")[2])
        sample = source.front.get("sample") or {}
        for name, row in _ROWS.findall(path.read_text("utf-8")):
            if "\n" not in row:  # names in one sentence
                continue
            lists += 1
            rows, kind = list(sample[name]), type(sample[name])
            heights = []
            for n in (1, 2):
                some = rows[:n] if kind is list else {k: sample[name][k] for k in rows[:n]}
                text = render_source(source, {**sample, name: some}).formatted.text
                heights.append(len(text.splitlines()))
            if len(rows) < 2 or heights[1] <= heights[0]:
                wrong.append(f"{path.name}: {name} {heights}")
    assert lists >= 20
    assert wrong == []


_SAID = re.compile(r"{%.*?%}|</?(?:pre|blockquote)[^>]*>")


def seams(text: str) -> list[str]:
    """Lines of a template that run into the next: words, a closing tag whose newline is eaten, words."""
    lines = text.splitlines()
    return [
        f"{one} ⏎ {two}"
        for one, two in itertools.pairwise(lines)
        if one.endswith("%}")
        and _SAID.sub("", one).strip()
        and (_SAID.sub("", two).strip() or two[:4] == "<pre")
        and "{{ '\\n' }}" not in one + two
    ]


def test_no_line_of_a_template_runs_into_the_next() -> None:
    assert seams("a{% if b %} b{% endif %}\nc") == ["a{% if b %} b{% endif %} ⏎ c"]
    assert seams("a{% if b %} b{% endif %}\n\nc") == []
    wrong, tall = {}, []
    content = Content([folder("content_templates")])
    for path in sorted(folder("content_templates").rglob(f"*{SUFFIX}")):
        found = seams(path.read_text("utf-8").split("---\n", 2)[-1])
        if found:
            wrong[path.name] = found
        source = content.compile(path, path.name.removesuffix(SUFFIX).rpartition(".")[2])
        if "\n\n\n" in render_source(source, source.front.get("sample") or {}).formatted.text:
            tall.append(path.name)
    assert wrong == {}
    assert tall == []


_NAMED = re.compile(r"(?<![\w/<.:\-*}>\])])/([a-z][a-z_]{2,})\b(?![/.:])")
FOREIGN = {
    "healthz",
    "readyz",
    "metrics",
    "telegram",
    "setprivacy",
    "newbot",
    "command",
}  # no commands of ours


def test_every_command_that_texts_and_pages_name_exists(shipped: Registry) -> None:
    names = {n for r in shipped.routers for c in r.commands for n in (c.name, *c.aliases)}
    pages = [p for p in (ROOT / "docs").glob("*.md") if p.name != "plugins.md"]
    found = {
        (path.name, name)
        for path in [*folder("content_templates").rglob("*.*"), *pages]
        if path.suffix in (".j2", ".po", ".md")
        for name in _NAMED.findall(path.read_text("utf-8"))
    }
    assert len({name for _, name in found} & names) >= 150
    assert sorted(f for f in found if f[1] not in names | FOREIGN) == []


def test_every_template_named_in_code_exists() -> None:
    text = "\n".join(p.read_text("utf-8") for p in tracked("*.py") if not {"tests", "cli"} & {*p.parts})
    named = set(re.findall(r'(?:template=|Refusal\()\s*"([a-z_]+/[a-z_]+)"', text))
    assert len(named) >= 5
    there = folder("content_templates")
    assert [n for n in sorted(named) if not (there / f"{n}.en{SUFFIX}").is_file()] == []


def test_there_is_one_migration_head() -> None:
    scripts = ScriptDirectory.from_config(config(""))
    assert len(scripts.get_heads()) == 1
    assert len(list(scripts.walk_revisions())) >= 1


# buttons for administrators that name no group: where one may be run from private, they are said in the group
IN_THE_GROUP = {"help.More", "setup.Begin", "order.Confirm"}


def test_buttons_for_administrators_name_their_group(shipped: Registry) -> None:
    """A command may be said from private; a button below its answer there acts on the group that it names,
    and one that names none is left out."""
    asked = [t.type for t in shipped.taps.values() if t.who in ("admin", "owner", "helper")]
    assert len(asked) >= 40
    nameless = {t for t in asked if "chat" not in t.__struct_fields__}
    assert {f"{t.__module__.rpartition('.')[2]}.{t.__name__}" for t in nameless} == IN_THE_GROUP


def test_migrations_write_booleans_that_both_databases_take() -> None:
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    assert files
    wrong = [p.name for p in files if re.search(r"Boolean\(\), server_default=sa\.text", p.read_text())]
    assert wrong == []


def test_every_command_of_the_console_has_its_file() -> None:
    there = {p.stem for p in (ROOT / "groupbot" / "cli").glob("*.py") if not p.stem.startswith("_")}
    assert len(there) >= 5
    assert {cli.FILES.get(n, n) for n in cli.COMMANDS} == there


def test_files_are_short() -> None:
    lines = {
        p: len(p.read_text("utf-8").splitlines()) for p in [*tracked("*.py")] if "versions" not in p.parts
    }
    assert len(lines) > 100
    long = {p.relative_to(ROOT).as_posix() for p, n in lines.items() if n > 300 and "tests" not in p.parts}
    assert long <= LONGER
