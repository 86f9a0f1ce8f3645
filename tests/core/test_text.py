"""Markup to text and entities and back, in Telegram's UTF-16 units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.text import TEXT_LIMIT, Entity, Formatted, clip, escape, mention, parse, to_html, units

plain = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=40
)  # HTML's own parser reads \r and NUL otherwise
shown = plain.filter(lambda t: t.strip() != "")
TAGS = ("b", "i", "u", "s", "code", "tg-spoiler", "blockquote")


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tagged = st.tuples(st.sampled_from(TAGS), inner).map(lambda p: f"<{p[0]}>{p[1]}</{p[0]}>")
    return tagged | st.tuples(inner, inner).map("".join)


markup = st.recursive(plain.map(escape), nested, max_leaves=8)


def cut(text: str, entity: Entity) -> str:
    raw = text.encode("utf-16-le")
    return raw[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


@given(plain)
def test_units_are_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


@given(plain)
def test_escaped_text_is_read_as_it_was(text: str) -> None:
    assert parse(escape(text)) == Formatted(text.strip())


@given(shown, shown)
def test_an_entity_covers_exactly_its_words(before: str, inner: str) -> None:
    made = parse(f"x{escape(before)}<b>{escape(inner)}</b>y")
    assert made.text == f"x{before}{inner}y"
    assert [(e.type, cut(made.text, e)) for e in made.entities] == [("bold", inner)]


@given(markup)
def test_entities_stay_inside_and_cut_no_character(text: str) -> None:
    made = parse(text)
    for e in made.entities:
        assert 0 <= e.offset < e.offset + e.length <= units(made.text)
        cut(made.text, e)


@given(markup)
def test_text_goes_to_html_and_back(text: str) -> None:
    once = parse(text)
    again = parse(to_html(once))
    assert again.text == once.text
    key = sorted((e.type, e.offset, e.length) for e in once.entities)
    assert sorted((e.type, e.offset, e.length) for e in again.entities) == key


@given(markup, st.integers(1, 60))
def test_clipped_text_keeps_the_limit_and_whole_characters(text: str, limit: int) -> None:
    whole = parse(text)
    made = clip(whole, limit)
    assert units(made.text) <= limit
    made.text.encode("utf-16-le")
    if units(whole.text) <= limit:
        assert made == whole
    else:
        assert made.text.endswith("…")
        assert whole.text.startswith(made.text[:-1])
    for e in made.entities:
        assert 0 <= e.offset < e.offset + e.length <= units(made.text)
        cut(made.text, e)


@pytest.mark.parametrize("text", ["x" * 4095 + "🎉", "🎉" * 2049, "签" * 5000])
def test_a_long_text_is_cut_at_telegrams_limit(text: str) -> None:
    made = clip(Formatted(text, (Entity("bold", 0, units(text)),)), TEXT_LIMIT)
    assert TEXT_LIMIT - 1 <= units(made.text) <= TEXT_LIMIT
    assert made.entities == (Entity("bold", 0, units(made.text)),)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<b>x", "<b> is not closed"),
        ("x</b>", r"</b> closes nothing \(line 1\)"),
        ("<b><i>x</b></i>", "</b> closes nothing"),
        ("a\n<div>x</div>", r"<div> is not a tag of Telegram's HTML \(line 2\)"),
        ("<span>x</span>", "<span> is not a tag"),
    ],
)
def test_what_telegram_would_refuse_is_named(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        parse(text)


@given(st.text(st.sampled_from("<>/&!-[]ab '=;\"?#x1"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        made = parse(text)
    except ValueError:
        return
    assert units(made.text) >= 0


@given(plain)
def test_no_name_breaks_a_mention(name: str) -> None:
    made = parse(f"hello {mention(42, name)}!")
    assert made.text == f"hello {name}!"
    assert made.entities == ((Entity("text_mention", 6, units(name), user=42),) if name else ())


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ('<a href="https://a.cn/?x=1&amp;y=2">l</a>', Entity("text_link", 0, 1, url="https://a.cn/?x=1&y=2")),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', Entity("custom_emoji", 0, 2, custom_emoji_id="5")),
        ('<span class="tg-spoiler">l</span>', Entity("spoiler", 0, 1)),
        ("<blockquote expandable>l</blockquote>", Entity("expandable_blockquote", 0, 1)),
        ("  <b>l</b>  ", Entity("bold", 0, 1)),
        ("  <b> l </b>  ", Entity("bold", 0, 1)),
    ],
)
def test_every_tag_of_telegram(text: str, entity: Entity) -> None:
    assert parse(text).entities == (entity,)


def test_code_in_pre_names_its_language() -> None:
    made = parse('<pre><code class="language-python">x</code></pre>')
    assert made.entities == (Entity("pre", 0, 1, language="python"),)


def test_a_moment_becomes_an_entity_shown_on_each_readers_clock() -> None:
    made = parse('Until <tg-time unix="1800000000" format="wdt">Fri 10:00</tg-time>.')
    assert made == Formatted("Until Fri 10:00.", (Entity("date_time", 6, 9, unix=1800000000, format="wdt"),))
    for attributes in ('format="t"', 'unix="soon"', 'unix="1" format="x"', 'unix="-5"'):
        with pytest.raises(ValueError, match="tg-time"):
            parse(f"<tg-time {attributes}>now</tg-time>")
