"""Admins' dialect ↔ templates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from groupbot.core.fillings import Draft, Link, Piece, kept, marked, read, write
from groupbot.core.text import Entity, parse


@pytest.mark.parametrize(
    ("typed", "template"),
    [
        ("Hi {first}, welcome to {chatname}!", "Hi {{ first }}, welcome to {{ chatname }}!"),
        ("{mention} {username} {fullname} {id} {count} {last}",
         "{{ mention }} {{ username }} {{ fullname }} {{ id }} {{ count }} {{ last }}"),
        ("*bold* _it_ __under__ ~gone~ ||psst|| `x<y`",
         "<b>bold</b> <i>it</i> <u>under</u> <s>gone</s> <tg-spoiler>psst</tg-spoiler> <code>x&lt;y</code>"),
        ("*a _b_ {first}*", "<b>a <i>b</i> {{ first }}</b>"),
        ("```\na*b*\n```", "<pre>\na*b*\n</pre>"),
        ("snake_case_name 2*3*4 a ~ b", "snake_case_name 2<b>3</b>4 a ~ b"),
        (r"\*no\* \_no\_ \{first}", "*no* _no_ {first}"),
        ("[site](https://x.org/a_(b)?q=1&r=2)", '<a href="https://x.org/a_(b)?q=1&amp;r=2">site</a>'),
        ("1 < 2 & <b>yes</b> <script>", "1 &lt; 2 &amp; <b>yes</b> &lt;script&gt;"),
        ("{{ first|upper }} {% if count %}x{% endif %}", "{{ first|upper }} {% if count %}x{% endif %}"),
        ("{unknown} {#x", "{unknown} {{ '{#' }}x"),
        ("老王,{first}来了", "老王,{{ first }}来了"),
        ("{{ first", "{{ first"),
        ("`{first} {% x %}`", "<code>{{ first }} {% x %}</code>"),
    ],
)  # fmt: skip
def test_text_is_turned_into_a_template(typed: str, template: str) -> None:
    assert read(typed) == Draft((Piece(template),))


def test_buttons_and_flags_leave_the_text() -> None:
    draft = read(
        "Hello {preview}{nonotif}\n[Shop](buttonurl://shop.example)\n[A \\[x\\]](buttonurl:https://a.b/c?d=e:same)\n"
        "[Menu](buttonurl://#menu)[Red](buttonurl#danger://x.org:same){rules:same}"
    )
    assert draft.flags == ("preview", "nonotif")
    assert draft.pieces == (
        Piece(
            "Hello",
            (
                Link("Shop", "shop.example"),
                Link("A [x]", "https://a.b/c?d=e", same=True),
                Link("Menu", "#menu"),
                Link("Red", "x.org", same=True, style="danger"),
                Link("", "rules", same=True),
            ),
        ),
    )
    assert [len(row) for row in draft.pieces[0].rows] == [2, 3]


def test_alternatives_are_pieces() -> None:
    draft = read("one [x](buttonurl://x.org)\n%%%\ntwo\n%%%\n")
    assert draft.pieces == (Piece("one", (Link("x", "x.org"),)), Piece("two"))
    assert read(write(draft)) == draft


def test_marks_made_in_the_app_are_kept() -> None:
    text = "/x 👋 Hi {first}, see site and x_y"
    at = {w: len(text[: text.index(w)].encode("utf-16-le")) // 2 for w in ("Hi", "{first}", "site", "x_y")}
    marks = (
        Entity("bot_command", 0, 2),
        Entity("bold", at["Hi"], 10),
        Entity("italic", at["{first}"], 7),
        Entity("text_link", at["site"], 4, url="https://x.org/?a&b"),
        Entity("code", at["x_y"], 3),
    )
    assert read(marked(text, marks)) == Draft(
        (
            Piece(
                "/x 👋 <b>Hi <i>{{ first }}</i></b>, see "
                '<a href="https://x.org/?a&amp;b">site</a> and <code>x_y</code>'
            ),
        )
    )
    assert marked("plain", ()) == "plain"


def test_a_draft_survives_json() -> None:
    draft = read("*hi* {first} [x](buttonurl://x.org) {protect}", ("photo", "file-id"))
    assert kept(draft.plain()) == draft
    assert kept({"pieces": [{"text": "hi", "buttons": []}]}) == Draft((Piece("hi"),))


@pytest.mark.parametrize(
    "typed",
    [
        "Hi *{first}*, _see_ [site](https://x.org?a=b&c=d)!",
        "<b>a</b>b and <i>x</i>y",
        "a\\*b\\_c \\[no\\](x) ``",
        "{rules}\n[A](buttonurl://a.org)\n[B](buttonurl://b.org:same)",
        "<blockquote>quoted</blockquote> {# no {#",
        '<a href="https://x.org/(((">odd</a>',
    ],
)
def test_what_is_written_back_reads_the_same(typed: str) -> None:
    draft = read(typed)
    assert read(write(draft)) == draft


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab *_~|`[](){}\\<>/&;#%\n:.", max_size=24))
def test_any_text_round_trips(typed: str) -> None:
    draft = read(typed)
    assert read(write(draft)) == draft


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40).filter(lambda t: "{" not in t and "[" not in t and "<" not in t))
def test_marks_always_nest(typed: str) -> None:
    parse(read(typed).pieces[0].text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="a{}#%\\ `", max_size=12).filter(lambda t: "{{" not in t and "{%" not in t))
def test_braces_that_are_only_said_never_open_a_tag(typed: str) -> None:
    Environment().parse(read(typed).pieces[0].text)
