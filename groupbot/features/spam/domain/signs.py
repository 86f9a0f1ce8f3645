"""The signs of an advert that do not depend on its words: links, handles, money, shouting, disguise.

Every sign is a name that people can read; `signs` says which of them a message bears.
"""

from __future__ import annotations

import re

from groupbot.features.spam.domain.lexicon import HONEST, SUBJECTS, subjects

# what stands for itself in the words as well: placeholders keep the words of an address out of them
_ADDRESS = re.compile(
    r"(?P<invite>(?:https?://)?(?:t|telegram)\.(?:me|dog)/(?:\+|joinchat/|addlist/)\S*)"
    r"|(?P<tg>(?:https?://)?(?:t|telegram)\.(?:me|dog)/\S*|tg://\S+)"
    r"|(?P<messenger>(?:https?://)?(?:wa\.me|api\.whatsapp\.com|viber\.click|line\.me|u\.wechat\.com)/\S*)"
    r"|(?P<short>(?:https?://)?(?:bit\.ly|clck\.ru|vk\.cc|goo\.gl|tinyurl\.com|is\.gd|cutt\.ly|t\.cn|t\.co|u\.to"
    r"|goo\.su|rb\.gy|taplink\.cc|linktr\.ee)/\S*)"
    r"|(?P<mail>[\w.+-]{2,40}@[\w-]+\.[a-z.]{2,12})"
    r"|(?P<link>(?:https?://|www\.)\S+|(?<![\w.@-])(?:[\w-]{1,40}\.)+(?:ru|com|net|org|info|biz|top|xyz|site|online"
    r"|shop|store|club|vip|cc|io|рф|cn|su|me|app|link|pro|ua|kz|by|uk|de)(?:/\S*|(?![\w.])))"
    r"|(?P<handle>@[a-z_][\w]{3,31})"
)
_PHONE = re.compile(r"(?<![\w.])\+?\d[\d ()x*-]{8,18}[\dx](?!\w)")
_DOT = re.compile(r"\.[a-zрс]")
_MONEY = re.compile(
    r"[$€£¥₽₴₸₿]\s?\d|\d[\d.,\s]{0,9}(?:[kк+]\s?)?(?:[$€£¥₽₴₸]|руб|р\b|р\.|тыс|т\.р|usd|eur|долл|грн|баксов|млн|миллион"
    r"|thousand|million|bucks|元|块|万|米|刀|u\b|千)"
)
_RANGE = re.compile(r"(?:от|до|from|up to|over|从|最低|高达)\s?[$€]?\d|\d\s?[-–—]\s?\d{2,}|\d[kк]?\+")
_PERCENT = re.compile(r"\d\s?[%％]|\d折|процент|percent")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\u203c\u2049]")
_SELLING = re.compile(
    "[💰💵💸🤑💎🚀🔥✅☑✔⚡👇👉👈☎📞📲📩✉💳🎁🎰🔞💋🍓🍑🍒💊❗‼❤💯📈📊🏆🎉⭐🌟➡⬇🔗📣📢🆓🥇💼💻📌🔴🟢🟡📥💌🙋]"
)
_HIDDEN = re.compile("[\u200b-\u200f\u2060-\u2064\u00ad\ufeff\u034f\u115f\u3164\u2800\u180e]")
_FANCY = re.compile("[\U0001d400-\U0001d7ff\u2460-\u24ff\uff21-\uff5a\U0001f130-\U0001f189\u1d00-\u1d22]")
_LATIN_INSIDE = re.compile(
    r"[а-яёА-ЯЁ]{2}[A-Za-z]+[а-яёА-ЯЁ]|[а-яёА-ЯЁ][A-Za-z][а-яё]{2}"
    r"|(?:\b[A-Za-z][а-яё]{2}|(?<![а-яё])[а-яё]{2,}[A-Za-z]\b)"  # as short as it can be: no going back
    r".*?(?:\b[A-Za-z][а-яё]{2,}|[а-яё]{2}[A-Za-z]\b)",
    re.S,
)
_MIXED = re.compile("[A-Za-z](?:(?<=[а-яёА-ЯЁ].)|(?=[а-яёА-ЯЁ]))")  # begins with what is rare
_DIGIT_INSIDE = re.compile(r"[а-яё][03469][а-яё]|[a-z]{2}[0134][a-z]{2}")
_ALONE = re.compile(r"[ .\-_*•|/]\w[ .\-_*•|/]{1,2}\w[ .\-_*•|/]")
_APART = re.compile(r"(?:(?<!\w)[^\W\d_][\s.\-_*•|/]{1,2}){4,}")
_PLUS = re.compile(r"(?<![\d+])\+(?!\s?\d)|[«\"“'(]\s?\+\s?[»\"”')]|плюсик|\d \+ |扣1|扣一|打1")
_SHOUT = re.compile(r"[A-ZА-ЯЁ]{4,}")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[a-z]{2}")
_CYRILLIC = re.compile("[а-я]")
_HAN_ALONE = re.compile(
    "(?<![\u3400-\u9fff])[\u3400-\u9fff](?:[\\W_]{1,3}[\u3400-\u9fff](?![\u3400-\u9fff])){2,}"
    "|(?<![\u3400-\u9fff])[加薇微威徽v+](?:[\\W_]{1,3}[薇微威徽我信v]){1,3}"
)
_ODD = re.compile(
    "[^\x00-\u04ff\u2010-\u203a\u20a0-\u20bf\u2116]"
)  # what may be an emoji, Han, fancy or hidden
_UPPER = re.compile("[A-ZА-ЯЁ]")
_GAPS = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
_HASHTAG = re.compile(r"#\w{3,}")
_LONG_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]{24}")
_WECHAT = re.compile(
    "(?:[加+十佳家茄伽嘉➕威薇徽微維卫v葳徾溦桅溦]\\W{0,3}(?:[薇微威徽溦v葳卫❤芯]|❤)|[薇溦徽葳卫威v]\\W{0,2}[信❤芯星x心亻言号]|扣扣|q{2}|企鹅|飞机|电报)"
    "\\W{0,6}(?:[:：号同]\\W{0,3})?[a-z0-9❤0-9]"
)
_TOKEN = re.compile('[\u3400-\u9fff]+|[^\\W\\d_\u3400-\u9fff]+|\\d+|[§!?💰💸🔥✅👇👉❤❗.,:;()«»"…—–*=/%&#]')


def canonical(folded: str) -> tuple[str, list[str]]:
    """The text with Han characters pulled apart put together again, its addresses replaced by what kind they
    are, and those kinds."""
    if not folded.isascii() and _HAN.search(folded) and _HAN_ALONE.search(folded):
        folded = _HAN_ALONE.sub(lambda m: _GAPS.sub("", m[0]), folded)
    kinds: list[str] = []

    def keep(m: re.Match[str]) -> str:
        kind = m.lastgroup or "phone"
        kinds.append(kind)
        return f" §{kind} "

    if "@" in folded or "/" in folded or _DOT.search(folded):
        # an address has no spaces: only what holds one of its marks is looked at
        parts = folded.split(" ")
        for i, part in enumerate(parts):
            if "@" in part or "." in part or "/" in part:
                parts[i] = _ADDRESS.sub(keep, part)
        folded = " ".join(parts)
    if _DIGIT.search(folded):
        folded = _PHONE.sub(keep, folded)
    return folded, kinds


def tokens(text: str) -> list[str]:
    """Words, runs of Han, numbers and the marks adverts are fond of."""
    return _TOKEN.findall(text)


def signs(raw: str, folded: str, kinds: list[str], words: list[str]) -> dict[str, str]:
    """The signs a message bears, each with the words that show it ('' when there are none). `folded` is its
    canonical text, `words` its tokens."""
    size = len(words)
    found: dict[str, str] = {}
    odd = not raw.isascii() and _ODD.search(raw) is not None
    han = odd and _HAN.search(raw) is not None
    apart = _HAN_ALONE.search(raw) if han else None
    if apart:
        found["Han characters pulled apart"] = apart[0]
    for kind in kinds:
        found[f"has {kind}"] = ""
    if len(kinds) > 1:
        found["several addresses"] = ""
    about = subjects(folded)
    for name, sign in _MANNER:
        if name in about:
            found[sign] = about.pop(name)
    for name, word in about.items():
        found[_ABOUT[name]] = word
    trade = [n for n in about if n in SUBJECTS]
    honest = len(about) - len(trade)
    contact = bool(kinds) or "contact" in about
    if trade:
        many = f"{min(len(trade), 5)} subjects of adverts" + (" in a long text" if len(raw) > 900 else "")
        found[many] = ", ".join(about[n] for n in trade[:3])
        if contact and len(trade) > 1:
            found["an offer and a way to reply"] = ", ".join(about[n] for n in trade[:3])
            if not honest:
                found["an offer, a way to reply and no small talk"] = ""
    elif not kinds:
        found["nothing of adverts"] = ""
    if "\n" in raw and not apart and not ("earning" in about or "hiring" in about or "crypto" in about):
        found["lines without an offer of gain"] = ""
    if honest and not trade:
        found["only small talk"] = ""
    digits = _DIGIT.search(folded) is not None
    plus = "+" in folded or "плюсик" in folded or "扣" in folded or "打1" in folded
    lengths = list(map(len, words))
    needs: tuple[bool, ...] = (
        digits,
        digits,
        digits or "%" in folded or "процент" in folded or "percent" in folded,
    )
    lonely = lengths.count(1) > 3 and _ALONE.search(folded) is not None  # four letters that stand alone
    long = size > 0 and max(lengths) >= 24
    needs += (plus, digits, lonely, han or "v" in folded or "qq" in folded, long, "#" in folded)
    for (name, pattern), needed in zip(_FOLDED, needs, strict=True):
        if not needed:
            continue
        m = pattern.search(folded)
        if m:
            found[name] = m[0]
    if "a number with currency" in found:
        if contact:
            found["money and a way to reply"] = ""
        if "earning" in about or "hiring" in about:
            found["money for work"] = ""
    if "hiring" in about and "earning" in about:
        found["work with earnings"] = f"{about['hiring']}, {about['earning']}"
    _look(found, raw, size, odd=odd, han=han)
    return found


_FOLDED = (
    ("a number with currency", _MONEY),
    ("a range of numbers", _RANGE),
    ("per cent", _PERCENT),
    ("asks for a plus", _PLUS),
    ("digits inside words", _DIGIT_INSIDE),
    ("letters pulled apart", _APART),
    ("a disguised messenger", _WECHAT),
    ("endless words", _LONG_WORD),
    ("a hashtag", _HASHTAG),
)
_FEW = {"none": 0.01, "few": 0.08, "some": 0.2}
_MARKS = ".,!?:;()…，。！？：；—–-"
_MANNER = (("you", "speaks to you"), ("we", "speaks as we"))
_ABOUT = {n: f"about {n}" for n in (*SUBJECTS, *HONEST)}
_RAW = (
    ("hidden characters", _HIDDEN),
    ("fancy letters", _FANCY),
)


def _look(found: dict[str, str], raw: str, size: int, *, odd: bool, han: bool) -> None:
    """What can be seen without reading."""
    chars = len(raw)
    if han:  # a Han character says what three letters say
        chars += 2 * len(_HAN.findall(raw))
    found[f"length {next((n for n in (15, 30, 60, 120, 240, 480, 960) if chars <= n), 'over 960')}"] = ""
    if not raw.isascii() and _MIXED.search(raw):
        m = _LATIN_INSIDE.search(raw)
        if m:
            found["letters of two alphabets"] = m[0]
    if odd:
        for name, pattern in _RAW:
            m = pattern.search(raw)
            if m:
                found[name] = m[0]
        emoji = _EMOJI.findall(raw)
        if emoji:
            n = len(emoji)
            many = "1" if n == 1 else "2-3" if n < 4 else "4-7" if n < 8 else "8 or more"
            found[f"emoji {many}"] = emoji[0]
            if n > 2 and n * 12 > chars:
                found["mostly emoji"] = emoji[0]
            m = _SELLING.search(raw)
            if m:
                found["emoji of adverts"] = m[0]
                if len(set(_SELLING.findall(raw))) > 2:
                    found["many emoji of adverts"] = m[0]
    if size > 12:
        capitals = len(_UPPER.findall(raw)) / size
        found[f"capitals {next((n for n in ('none', 'few', 'some') if capitals < _FEW[n]), 'many')}"] = ""
        marks = sum(map(raw.count, _MARKS)) / size
        found[f"commas {next((n for n in ('none', 'few', 'some') if marks < _FEW[n]), 'many')}"] = ""
        if raw[:1].islower():
            found["a long text that begins small"] = ""
        if "." not in raw and "!" not in raw and "?" not in raw and "。" not in raw:
            found["a long text without an end"] = ""
        if " ." in raw or " ," in raw:
            found["spaces before commas"] = ""
    loud = raw.count("!") + raw.count("！") + raw.count("❗")
    if loud:
        found[f"exclamation marks {'1' if loud == 1 else '2-3' if loud < 4 else '4 or more'}"] = ""
    if "?" in raw or "？" in raw:
        found["ends with a question" if raw.rstrip().endswith(("?", "？")) else "asks on the way"] = ""
    shouted = _SHOUT.findall(raw)
    if shouted:
        found["words in capitals" if len(shouted) > 2 else "a word in capitals"] = shouted[0]
        if size > 3 and sum(map(len, shouted)) * 2 > chars:
            found["all in capitals"] = ""
    if raw.rstrip().endswith(")") and raw.count(")") > raw.count("("):
        found["a smile of brackets"] = ""


def script(folded: str) -> str:
    """Han, Cyrillic, Latin or other: what most of a text is written in."""
    counts = [(len(_HAN.findall(folded)) * 2, "han"), (len(_CYRILLIC.findall(folded)), "cyrillic")]
    counts.append((len(_LATIN.findall(folded)) * 2, "latin"))
    most = max(counts)
    return most[1] if most[0] else "other"
