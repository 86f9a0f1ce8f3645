"""What the checks find, however it is written, and what they leave alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.events import Chat, Message
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain.checks import RULES
from groupbot.features.rules.domain.facts import Finding, Policy, inspect
from groupbot.features.rules.domain.fold import fold, original, table
from groupbot.features.rules.domain.policy import ALLOWED, PHRASES, make
from groupbot.surfaces.telegram.intake import decode

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)


def policy(phrases: list[str] | None = None, allowed: list[str] | None = None) -> Policy:
    """Every rule on."""

    def get(setting: Setting) -> Any:
        given = {PHRASES.key: phrases, ALLOWED.key: allowed, **{r.setting.key: True for r in RULES}}
        return given.get(setting.key) or setting.fallback("consumer")

    return make("consumer", get)


def said(text: str, **more: Any) -> Message:
    return Message(
        at=AT,
        chat=Chat(-1, "supergroup", username="ourgroup"),
        message_id=1,
        text=text,
        carriers=(("text", text),) if text else (),
        **more,
    )


def find(text: str, rules: Policy | None = None, **more: Any) -> Finding | None:
    return inspect(said(text, **more), rules or policy())


# --- contacts
@pytest.mark.parametrize(
    "text",
    [
        "加薇信 jdd886 领返利",
        "加微信jdd886",
        "微信号:abc_shop",
        "VX:jdd886",
        "vx jdd886",
        "Wechat id jdd886",
        "QQ 12345678",
        "扣扣群 123456789",
        "加我微信",
        "+v jdd886",
        "+q 12345678",
        "加Q:12345678 领券",
        "加V:jdd886",
        "加Q12345678",
        "加vjdd886",
        "+q12345678",
        "电话 13800138000",
        "13800138000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "8 (912) 345-67-89",
        "+44 20 7946 0958",
        "call 02079460958",
        "wa.me/447946095812",
        "WhatsApp +447946095812",
        "Пишите в вотсап",
        "Пиши: @some_name",
        "write me @some_name",
        "звоните 83822123456",
        "一手货源 卫 zhang_88",
        "要的来 徽♥ daili07",
        "先看后付 ➕ tx_2027",
        "想学的 V wz_daoshi",
        "电微同步 一三九 零四七一 八八二五",
        "找 一五8零二一九九零四",
    ],
)
def test_contact_is_found(text: str) -> None:
    found = find(text)
    assert found is not None
    assert found.rule == "contact"
    assert found.matched in text


@pytest.mark.parametrize(
    "text",
    [
        "怎么加店长微信?",
        "微信支付好用吗",
        "他在当地很有威信",
        "今天的活动在几点开始",
        "订单 20270130123 到了",
        "2027-01-30 10:00:00",
        "1000-2000 元",
        "общий доход 19 000 000 рублей",
        "напиши в личку",
        "wechat payment is fine",
        "press ctrl+q 12345678 times",
        "a+q=12345",
        "加油,今天加班到 21:30",
        "有人冒充客服让我加微信,别信",
        "快递员加我微信了,说明天补送",
        "一二三四五六七八,跟着口令跳",
        "二零二七一一二二开业",
        "恭喜发财八八八八八八八八",
        "稍微 model_x1 不太一样",
        "请签 form_2 那张表",
        "v some_name is a flag",
        "1+1=2, 5+ items 10000",
        "we met @some_name there",
        "a line of 100 people",
    ],
)
def test_ordinary_talk_is_no_contact(text: str) -> None:
    assert find(text) is None


# --- addresses
@pytest.mark.parametrize(
    ("text", "rule", "strong"),
    [
        ("t.me/+AbCdEfGh", "invites", True),
        ("https://t.me/joinchat/AbCdEfGh", "invites", True),
        ("https://t.me/addlist/AbCdEfGh", "invites", True),
        ("tg://join?invite=AbCdEfGh", "invites", True),
        ("t.me/othergroup", "invites", False),
        ("tg://resolve?domain=othergroup", "invites", False),
        ("othergroup.t.me", "invites", False),
        ("T.ME/OtherGroup", "invites", False),
        ("ｔ.ｍｅ/othergroup", "invites", False),
        ("see example.com", "links", False),
        ("see https://example.wat/x", "links", False),
        ("clck.ru/abc", "links", False),
        ("пример.рф", "links", False),
        ("exаmple.com", "links", False),
        ("example。com", "links", False),
    ],
)
def test_address_is_found(text: str, rule: str, strong: bool) -> None:
    found = find(text)
    assert found is not None
    assert (found.rule, found.strong) == (rule, strong)


@pytest.mark.parametrize(
    "text",
    [
        "t.me/ourgroup/12",
        "t.me/c/123456/7",
        "t.me/addstickers/Cats",
        "report.pdf",
        "так.и.есть",
        "конец.Начало",
        "3.14",
        "e.g. this",
        "好。对",
        "mail is allowed.example.com",
        "https://shop.allowed.example.com/a?b=c",
        "t.me/friends_of_ours",
    ],
)
def test_address_is_let_pass(text: str) -> None:
    assert find(text, policy(allowed=["allowed.example.com", "@friends_of_ours"])) is None


def test_evidence_is_the_address_without_the_sentence_around_it() -> None:
    found = find('(see "https://example.com/a?b=1").')
    assert found is not None
    assert found.matched == "https://example.com/a?b=1"


def test_address_behind_words_is_found() -> None:
    assert find("look here", urls=("https://example.com/x",)) == Finding(
        "links", 1, "https://example.com/x", "url"
    )
    assert find("look here", urls=("tg://user?id=7",)) is None


def test_forward_and_story_and_unknown_are_found() -> None:
    assert find("hello", forwarded="channel:-100") == Finding("forwards", 1, "channel:-100", "forward")
    assert find("", kind="unknown") == Finding("unknown", 1, "", "unknown")


# --- phrases
BASE = ["刷单返现", "加薇信", "casino bonus", "ставки на спорт"]
HIDDEN = "\u200b\u200d\u2060\ufeff\u00ad\u3164"


@given(st.sampled_from(BASE), st.text(HIDDEN, min_size=1, max_size=2), st.integers(1, 3))
def test_hidden_characters_hide_nothing(text: str, hidden: str, step: int) -> None:
    written = "".join(c + (hidden if i % step == 0 else "") for i, c in enumerate(text))
    found = find(f"看 {written} now", policy(BASE))
    assert found is not None
    assert len(found.matched) <= 64


@given(st.sampled_from(BASE), st.sampled_from([" ", ".", "·", "-", "_", "*", "|", "、"]))
def test_letters_pulled_apart_are_found(text: str, gap: str) -> None:
    word = text.split(" ")[0]
    found = find(gap.join(word), policy([word]))
    assert found is not None
    assert found.rule == "phrases"


@given(st.sampled_from(BASE), st.data())
def test_full_width_and_case_are_found(text: str, data: st.DataObject) -> None:
    def other(c: str) -> str:
        ways = [c, c.upper()] + ([chr(ord(c) + 0xFEE0)] if "!" <= c <= "~" else [])
        return data.draw(st.sampled_from(ways))

    assert find("".join(map(other, text)), policy(BASE)) is not None


@pytest.mark.parametrize(
    ("listed", "written"),
    [
        ("刷单返现", "刷單返現"),
        ("刷單返現", "刷单返现"),
        ("casino", "cаsinо"),
        ("casino", "ⓒⓐⓢⓘⓝⓞ"),
        ("casino", "𝐜𝐚𝐬𝐢𝐧𝐨"),
        ("casino", "ᴄᴀsɪɴᴏ"),
        ("casino", "🅲🅰🆂🅸🅽🅾"),
        ("casino", "c̶a̶s̶i̶n̶o̶"),
        ("casino", "càsíno"),
        ("курьер", "кypьеp"),
        ("еще", "ещё"),
        ("two words", "two\n  words"),
    ],
)
def test_other_spelling_is_found(listed: str, written: str) -> None:
    found = find(f"ok {written} ok", policy([listed]))
    assert found is not None
    assert found.rule == "phrases"


def test_alphabetic_phrase_needs_whole_words_and_han_does_not() -> None:
    rules = policy(["ass", "返现", "vx群"])
    assert find("a class of glass", rules) is None
    assert find("kick ass", rules) is not None
    assert find("大家来拿返现啊", rules) is not None
    assert find("进vx群吧", rules) is not None


def test_spam_mark_makes_a_phrase_strong_and_first() -> None:
    found = find("返现 and casino", policy(["返现", "!casino"]))
    assert found == Finding("phrases", 1, "casino", "text", True)


def test_longest_evidence_is_64_characters() -> None:
    found = find("微" + " " * 3 + "信" + ":" + "a1" * 40, policy())
    assert found is None or len(found.matched) <= 64
    assert len(original("x" * 200, "x" * 100)) == 64


CLEAN = {
    "han": "大家好,今天店里新到了一批山楂,欢迎来尝尝。周末的活动下午三点开始,记得带上会员卡!",
    "latin": "Good morning everybody, the meeting starts at 3 p.m. Bring 2 friends, it costs 15.50 each.",
    "cyrillic": "Доброе утро, соседи! Завтра в 10:00 субботник, берите перчатки. А я принесу чай и булочки.",
    "arabic": "صباح الخير جميعا، الاجتماع يبدأ الساعة الثالثة، أحضروا أصدقاءكم معكم.",
    "devanagari": "सुप्रभात, बैठक तीन बजे शुरू होगी, कृपया समय पर आएं और चाय साथ लाएं।",
    "hangul": "안녕하세요, 모임은 오후 세 시에 시작합니다. 친구들과 함께 오세요!",
    "thai": "สวัสดีทุกคน การประชุมเริ่มบ่ายสามโมง อย่าลืมพาเพื่อนมาด้วย",
    "kana": "おはようございます。会議は三時に始まります。お友だちもどうぞ。",
}


@pytest.mark.parametrize("script", CLEAN)
def test_clean_text_of_any_script_passes(script: str) -> None:
    assert find(CLEAN[script], policy(["返现", "casino", "ставки", "xxx", "vx"])) is None


def test_every_digit_is_folded_to_one_of_ten() -> None:
    kept = [hex(c) for c in range(0x110000) if chr(c).isdecimal() and fold(chr(c)) not in "0123456789"]
    assert kept == []


def test_whatever_stands_in_the_table_is_set_right_in_any_text() -> None:
    kept = [hex(c) for c in table() if fold(f"a{chr(c)}b") == f"a{chr(c)}b"]
    assert kept == []


@given(st.text(max_size=200))
def test_folding_takes_any_text_and_a_second_time_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert find(text, policy(["返现"])) is None or text != ""


# --- carriers
USER = {"id": 7, "is_bot": False, "first_name": "A"}
SPAM = "加薇信 jdd886"
CARRIERS: dict[str, dict[str, Any]] = {
    "text": {"text": SPAM},
    "photo": {"photo": [{"file_id": "x"}], "caption": SPAM},
    "video": {"video": {"file_id": "x"}, "caption": SPAM},
    "document": {"document": {"file_id": "x", "file_name": SPAM}},
    "audio": {"audio": {"file_id": "x", "title": SPAM}},
    "audio performer": {"audio": {"file_id": "x", "performer": SPAM}},
    "contact": {"contact": {"phone_number": "+8613800138000", "first_name": "A"}},
    "contact card": {"contact": {"phone_number": "1", "first_name": "A", "vcard": SPAM}},
    "poll": {"poll": {"id": "1", "question": SPAM, "options": []}},
    "poll option": {"poll": {"id": "1", "question": "?", "options": [{"text": "a"}, {"text": SPAM}]}},
    "venue": {"venue": {"title": SPAM, "address": "x"}},
    "game": {"game": {"title": "x", "description": SPAM}},
    "invoice": {"invoice": {"title": "x", "description": SPAM}},
    "checklist": {"checklist": {"title": "x", "tasks": [{"id": 1, "text": SPAM}]}},
    "rich message": {"rich_message": {"blocks": [{"text": {"text": SPAM}}]}},
    "button": {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": SPAM, "url": "https://t.me/x"}]]}},
    "quote": {"text": "x", "quote": {"text": SPAM, "position": 0}},
    "external reply": {"text": "x", "external_reply": {"poll": {"question": SPAM}}},
    "forward": {"text": SPAM, "forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1}},
    "a carrier of tomorrow": {"hologram": {"layers": [{"words": SPAM}]}},
    "split over carriers": {"poll": {"id": "1", "question": "加薇信", "options": [{"text": "jdd886"}]}},
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("edited", [False, True])
def test_rule_decides_the_same_in_every_carrier(carrier: str, edited: bool) -> None:
    message = {
        "message_id": 1,
        "date": 1800000000,
        "chat": {"id": -1, "type": "supergroup", "title": "T"},
        "from": USER,
        **CARRIERS[carrier],
    }
    if edited:
        message["edit_date"] = 1800000001
    raw = json.dumps({"update_id": 1, "edited_message" if edited else "message": message}).encode()
    _, event = decode(raw, AT)
    assert isinstance(event, Message)
    found = inspect(event, policy())
    assert found is not None
    assert found.rule == "contact"
