"""The spam score: what holds for any text, any lesson, any file."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from importlib.resources import files

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.engine.shipped import folder
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain.model import learned, lessons, loaded, read
from groupbot.features.spam.domain.settings import HALF_LIFE, decayed
from groupbot.features.spam.domain.signs import script
from groupbot.features.spam.service import shipped
from groupbot.features.spam.service.judging import matched

ADVERT = "Ищу людей в команду, доход от 200$ в день, опыт не нужен, пишите + в лс"


def score(text: str) -> float:
    return shipped().score(read(text, fold(text)))


@given(st.text(max_size=400))
def test_any_text_has_a_score_and_reasons_that_fit_a_case(text: str) -> None:
    folded = fold(text)
    assert 0 <= shipped().score(read(text, folded)) <= 1
    reasons = shipped().reasons(text, folded)
    assert len(reasons) <= 5
    assert [abs(r.weight) for r in reasons] == sorted((abs(r.weight) for r in reasons), reverse=True)
    assert len(matched(reasons)) <= 64


@given(st.text(max_size=200))
def test_reading_a_text_again_gives_the_same(text: str) -> None:
    assert read(text, fold(text)) == read(text, fold(text))


@pytest.mark.parametrize(
    "text",
    [
        ADVERT,
        "Looking for people to join our team, $300 per day, no experience, dm me for details",
        "宝妈兼职日结,一部手机就能做,月入过万,私信我进群",
        "加 薇 jdd886 领返利",
    ],
)
def test_adverts_of_three_languages_are_adverts(text: str) -> None:
    assert score(text) >= shipped().threshold


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Всем привет, как дела?",
        "Thanks, see you tomorrow at the shop",
        "请问发票什么时候能开",
        "👍👍👍",
        "1",
    ],
)
def test_talk_is_no_advert(text: str) -> None:
    assert score(text) < shipped().threshold


def test_disguise_does_not_lower_the_score_much() -> None:
    plain = score("办证刻章,速度快,当天出,私聊")
    for disguised in (
        "办.证.刻.章,速度快,当天出,私聊",
        "办\u200b证\u200b刻\u200b章,速度快,当天出,私聊",
        "辦證刻章,速度快,當天出,私聊",
    ):
        assert score(disguised) > plain - 0.1


def test_an_explanation_names_words_and_signs() -> None:
    found = {r.what: r.shown for r in shipped().reasons(ADVERT, fold(ADVERT), most=40)}
    assert found["work with earnings"]
    assert "команду" in found


def test_longer_texts_are_read_to_a_limit() -> None:
    text = "слово дело " * 2000
    assert len(read(text, fold(text)).tokens) < 100


# --- lessons
def test_a_lesson_moves_its_message_and_leaves_a_stranger_alone() -> None:
    one, other = read("草坪帐篷搭子", "草坪帐篷搭子"), read("see you there", "see you there")
    taught = learned(one.words, True, 0.0)
    assert lessons(one, taught) == pytest.approx(5.0)
    assert lessons(other, taught) == 0.0
    back = learned(one.words, False, 1.0)
    assert lessons(one, back) == pytest.approx(-5.0)


def test_a_lesson_that_teaches_nothing_new_moves_little() -> None:
    words = read(ADVERT, fold(ADVERT)).words
    assert sum(learned(words, True, 0.999).values()) < sum(learned(words, True, 0.5).values()) / 10


def test_lessons_hold_numbers_only() -> None:
    made = learned(read(ADVERT, fold(ADVERT)).words, True, 0.2)
    assert {(type(k), type(v)) for k, v in made.items()} == {(int, float)}


def test_a_lesson_is_worth_half_after_ninety_days() -> None:
    assert decayed(2.0, timedelta()) == 2.0
    assert decayed(2.0, HALF_LIFE) == 1.0
    assert decayed(2.0, -timedelta(days=1)) == 2.0


# --- files
def test_the_shipped_model_is_small_and_survives_being_written_again() -> None:
    data = files("groupbot.features.spam").joinpath("base.model").read_bytes()
    assert len(data) < 300_000
    assert loaded(data).dumped() == data


@pytest.mark.parametrize("cut", [0, 10, 30, 2000, -1])
def test_a_damaged_model_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="spam model"):
        loaded(shipped().dumped()[:cut])


def test_scoring_loads_no_numpy() -> None:
    code = (
        "import sys; from groupbot.features.spam.service import shipped; "
        "from groupbot.features.spam.domain.model import read; shipped().score(read('a b', 'a b')); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "name"), [("привет", "cyrillic"), ("hello", "latin"), ("你好 ok", "han"), ("123", "other")]
)
def test_script_is_what_most_of_a_text_is_written_in(text: str, name: str) -> None:
    assert script(text) == name


def test_every_sign_of_the_shipped_model_has_a_chinese_name() -> None:
    catalog = polib.pofile(folder("content_templates") / "locale" / "zh.po")
    known = {m.msgid for m in catalog.translated_entries()}
    assert sorted(shipped().signs.keys() - known) == []
