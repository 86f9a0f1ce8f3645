"""HTML as Telegram reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.surfaces.sandbox.markup import MarkupError, client_entities, parse_html, units

Mark = tuple[str, int, int]


def flat(source: str) -> tuple[str, list[Mark]]:
    text, marks = parse_html(source)
    return text, [(m["type"], m["offset"], m["length"]) for m in marks]


@pytest.mark.parametrize(
    ("source", "text", "marks"),
    [
        ("plain", "plain", []),
        ("<b>a</b> <strong>b</strong>", "a b", [("bold", 0, 1), ("bold", 2, 1)]),
        ("<B>a</b>", "a", [("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", n, 1) for n in range(3)]),
        (
            '<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>',
            "ab",
            [("spoiler", 0, 1), ("spoiler", 1, 1)],
        ),
        ("<b>a<i>b</i>c</b>", "abc", [("bold", 0, 3), ("italic", 1, 1)]),
        ("<b><i>a</i></b>", "a", [("italic", 0, 1), ("bold", 0, 1)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("红包<b>🧧</b>好", "红包🧧好", [("bold", 2, 2)]),
        ("👨‍👩‍👧<code>x</code>", "👨‍👩‍👧x", [("code", 8, 1)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("<pre>a</pre>", "a", [("pre", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("  <b> a </b>  ", "a", [("bold", 0, 1)]),
        ("&lt;b&gt; &amp; &quot; &#65;&#x42; &nbsp;", '<b> & " AB &nbsp;', []),
        ("a & b", "a & b", []),
        ("<a>no link</a>", "no link", []),
    ],
)
def test_html_is_parsed(source: str, text: str, marks: list[Mark]) -> None:
    assert flat(source) == (text, marks)


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ('<a href="https://a.cn/?x=1&amp;y=2">a</a>', {"type": "text_link", "url": "https://a.cn/?x=1&y=2"}),
        ("<a href='tg://user?id=42'>a</a>", {"type": "text_mention", "user": {"id": 42}}),
        ('<pre><code class="language-python">a</code></pre>', {"type": "pre", "language": "python"}),
        ('<tg-emoji emoji-id="5368">a</tg-emoji>', {"type": "custom_emoji", "custom_emoji_id": "5368"}),
    ],
)
def test_html_tag_with_an_argument(source: str, mark: dict[str, object]) -> None:
    assert parse_html(source) == ("a", [{"offset": 0, "length": 1} | mark])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("红<x>", 'Unsupported start tag "x" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("1<2", "Unclosed start tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b ", 'Empty attribute name in the tag "b" at byte offset 0'),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, text: str) -> None:
    with pytest.raises(MarkupError) as failed:
        parse_html(source)
    assert str(failed.value) == text


@given(st.text(alphabet="<>/ab &;=\"'c😀 本"))
def test_html_either_parses_within_bounds_or_is_refused(source: str) -> None:
    try:
        text, marks = parse_html(source)
    except MarkupError:
        return
    assert all(0 <= m["offset"] < m["offset"] + m["length"] <= units(text) for m in marks)


def test_clients_mark_what_they_know() -> None:
    text = "🧧/start@bot 看 https://a.cn/x, @mei_1 #红包 mail@a.cn"
    found = [(e["type"], e["offset"], e["length"]) for e in client_entities(text)]
    assert found == [
        ("bot_command", 2, 10),
        ("url", 15, 14),
        ("mention", 31, 6),
        ("hashtag", 38, 3),
        ("email", 42, 9),
    ]
