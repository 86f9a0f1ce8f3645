"""Contacts elsewhere: WeChat, QQ, WhatsApp, telephone numbers, "write me at @…"."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from groupbot.features.rules.domain import fold
from groupbot.features.rules.domain.facts import Facts, Finding, Policy
from groupbot.features.rules.domain.phrases import TRIGGER, Entry

ID, VERSION = "contact", 1

_WECHAT = [
    "微信",
    "薇信",
    "威信",
    "徽信",
    "葳信",
    "维信",
    "溦信",
    "薇芯",
    "微芯",
    "v信",
    "微x",
    "薇x",
    "vx",
    "wx",
    "wechat",
    "weixin",
    "wxid",
    "绿泡泡",
    "вичат",
]
_QQ = [
    "qq",
    "qq号",
    "qq群",
    "扣扣",
    "抠抠",
    "扣群",
    "企鹅号",
]
# one sign that stands for the messenger; it counts where nothing but an id follows, "卫 zhang_88"
_SIGNS = "微薇徽威卫维葳溦徾蔚签❤♥♡"
_OTHER = [
    "whatsapp",
    "whats",
    "app",
    "watsapp",
    "вотсап",
    "ватсап",
    "вацап",
    "viber",
    "вайбер",
    "line",
    "id",
    "kakao",
    "kakaotalk",
]
_PHONE = [
    "电话",
    "手机",
    "手机号",
    "联系电话",
    "tel",
    "phone",
    "call",
    "звоните",
    "звони",
    "тел",
    "телефон",
]
_WRITE = [
    "пиши",
    "пишите",
    "писать",
    "напиши",
    "напишите",
    "связь",
    "контакт",
    "маяч",
    "маякни",
    "обращайся",
    "обращайтесь",
    "dm",
    "write",
    "text",
    "contact",
    "联系",
    "私聊",
    "私信",
    "加我",
]
_ADDRESSES = [
    "wa.me",
    "whatsapp.com",
    "u.wechat.com",
    "weixin.qq.com",
    "line.me",
    "viber.click",
]

TRIGGERS = tuple(
    Entry(w, kinds=TRIGGER)
    for w in dict.fromkeys(
        (*_WECHAT, *_QQ, *_OTHER, *_PHONE, *_WRITE, *_ADDRESSES, "加", "+")  # 加v123456 is one word
    )
)


def _any(words: list[str]) -> str:
    made = sorted({re.escape(fold.phrase(w)) for w in words}, key=len, reverse=True)
    return "(?:" + "|".join(made) + ")"


_INTENT = r"(?:加|＋|\+|添加|联系|私|扫|add|пиши(?:те)?(?: мне)? в|write(?: me)? on|find me on)"
_EDGE = r"(?<![a-zа-я0-9])"
_ASKING = re.compile(r"[吗么?？]|怎么|如何|可以|能不能|多少|谨防|冒充|假冒|骗子|别信|不加|别加|不要加")
_NAMED = re.compile("[0-9_](?<=[a-z-].)")  # begins with a set, so it scans fast
_BREAK = rf"[^a-z0-9а-я{fold.HAN}]"
_SIGNED = re.compile(
    rf"(?<![{fold.HAN}a-z0-9])(?:[{_SIGNS}]{_BREAK}{{0,3}}[信芯心星号x同]?{_BREAK}{{0,4}}"
    rf"|(?:[➕✚✙+]|(?:v|w|vx|wx|v ?o|w ?o|w ?x)(?={_BREAK})){_BREAK}{{0,4}})"
    r"(?P<id>(?=[a-z_-]{0,19}[0-9_])[a-z][a-z0-9_-]{4,19})(?![a-z0-9])"  # with a digit or _ in it: no word
)
_HAN_ANY = re.compile(f"[{fold.HAN}]")
_HAN_DIGITS = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_DIGITS = str.maketrans(_HAN_DIGITS, "00123456789123456789")
_COUNTED = re.compile(f"[0-9_{_HAN_DIGITS}]")  # in folded text every number and every id has one of these
_SPELT = re.compile(rf"[{_HAN_DIGITS}0-9](?:[ -]?[{_HAN_DIGITS}0-9]){{7,14}}")
_LONG = re.compile(r"\d[\d\s()./+-]{5,}\d")
_MOBILE = re.compile(
    r"(?<![\d.,])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|(?<![\d.,])(?:\+7|8)[ -]?\(?9\d{2}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"
    r"|(?<![\d.,])\+\d{1,3}[ (-]{0,2}\d{2,4}[ )-]{0,2}\d{2,4}[ -]?\d{2,4}(?:[ -]?\d{2,4})?(?!\d)"
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """An id behind a messenger's name, a number to call, a handle to write to, somebody to be added. Made
    when a text is first looked at: to fold the words takes the table of `fold`, 2 MB."""
    app = _any(
        [*_WECHAT, *_QQ, "whatsapp", "watsapp", "вотсап", "ватсап", "вацап", "viber", "вайбер", "kakaotalk"]
    )
    numbered = re.compile(
        rf"(?:{_EDGE}{app}|加[vq薇微]|{_EDGE}\+[vq])(?P<mark>[^a-z0-9а-я]{{0,6}}(?:号码?|id|no|is)?[^a-z0-9а-я]{{0,4}})"
        r"(?P<id>\+?[a-z0-9][a-z0-9_-]{4,19})"
    )
    call = re.compile(
        rf"{_EDGE}{_any(_PHONE)}(?![a-zа-я])[^a-z0-9а-я]{{0,8}}(?:номер|号码|号)?[^a-z0-9а-я]{{0,4}}"
        r"(?P<id>\+?\d[\d ()-]{5,16}\d)"
    )
    handle = re.compile(rf"{_any(_WRITE)}[^@]{{0,14}}(?P<id>@[a-z][a-z0-9_]{{3,31}})")
    wanted = re.compile(
        rf"{_INTENT}(?:我的?|个|下|一下|本人)?[^a-z0-9а-я{fold.HAN}]{{0,3}}(?:{app}(?![a-z])|v(?![a-z])|薇(?!信)|微(?!信|笑|商|博|波|量))(?!了(?!解)|过)"
    )
    return numbered, call, handle, wanted


def check(facts: Facts, policy: Policy) -> Finding | None:
    """Pure digits count as a telephone number where they have the shape of one or a word says so; a name
    of a messenger counts with an id beside it, or with "add" right before it and no question asked."""
    for url in facts.message.urls:
        low = url.lower()
        if low.startswith(("tel:", "weixin:", "viber:", "whatsapp:")) or any(a in low for a in _ADDRESSES):
            return Finding(ID, VERSION, url[:64], "url")
    if facts.hits and any(h.entry.kinds & TRIGGER for h in facts.hits):
        for form in facts.forms:
            found = _in(form)
            if found:
                return facts.finding(ID, VERSION, found)
    if not _COUNTED.search(facts.folded):
        return None
    if _LONG.search(facts.folded):
        m = _MOBILE.search(facts.folded)
        if m:
            return facts.finding(ID, VERSION, m[0])
    if len(facts.forms) > 1:
        m = _MOBILE.search(facts.forms[1])
        if m:
            return facts.finding(ID, VERSION, m[0])
    if not facts.folded.isascii():
        said = _signed(facts.folded) or _spelt(facts.forms[0])
        if said:
            return facts.finding(ID, VERSION, said)
    return None


def _signed(text: str) -> str:
    """An id behind one sign that stands for a messenger, among Chinese words."""
    m = _SIGNED.search(text) if _NAMED.search(text) and _HAN_ANY.search(text) else None
    return m[0] if m else ""


def _spelt(text: str) -> str:
    """A number in Chinese numerals, which nobody writes who wants to be counted with: eight digits or more,
    no date, no counting up or down, not one digit again and again."""
    for m in _SPELT.finditer(text):
        said = re.sub("[ -]", "", m[0])
        if sum(c in _HAN_DIGITS for c in said) < 3:
            continue
        number = said.translate(_DIGITS)
        steps = {int(b) - int(a) for a, b in pairwise(number)}
        if len(steps) > 1 and not (len(number) == 8 and number.startswith(("19", "20"))):
            return m[0]
    return ""


def _in(form: str) -> str:
    numbered, call, handle, wanted = _patterns()
    for m in numbered.finditer(form):
        name, mark = m["id"], m["mark"]
        if any(c.isdigit() for c in name) or "_" in name or any(c in mark for c in "::号=") or "id" in mark:
            return m[0]
    for pattern in (call, handle):
        if found := pattern.search(form):
            return found[0]
    found = wanted.search(form)
    if found and not _ASKING.search(form):
        return found[0]
    return next((a for a in _ADDRESSES if a in form), "")
