"""Is a short answer a word of thanks, or one that says the answer helped? Pure."""

from __future__ import annotations

import re

LONGEST = 24  # letters: in longer ones thanks are manners as often as not
_ZH = (
    r"(?:好的?|嗯|哦|ok|太|真的?|非常|十分|果然|已经|终于|行|对|是的|试了|亲测)*"
    r"(?:谢谢|多谢|感谢|谢了|谢啦|感恩|3q|搞定|解决|有用|管用|有效|明白|懂|学到|学会|知道|清楚)"
    r"(?:你|您|大家|各位|老师|大佬|亲|姐|哥|了|啦|咯|哈|啊|呀|呢|的|谢谢|感谢|多谢)*"
)
_EN = (
    r"(?:(?:ok|okay|great|perfect|oh|ah|yes|many|that|it|this|all|wow)\s*)*"
    r"(?:thanks|thank you|thankyou|thx|tysm|ty|cheers|works|worked|helps|helped|solved|fixed)"
    r"(?:\s+(?:a lot|so much|very much|you|all|man|mate|everyone|now|it|me|for that|thanks|thank you))*"
)
_SAID = re.compile(rf"(?:{_ZH}|{_EN})", re.IGNORECASE)
_DRESS = re.compile(r"[^\w\s]+|_+")  # signs and emoji


def thanked(text: str) -> bool:
    """Whether an answer that says this thanks for what it answers, or says that it helped."""
    if len(text) > LONGEST or "?" in text or "？" in text:
        return False
    plain = " ".join(_DRESS.sub(" ", text).split())
    return _SAID.fullmatch(plain) is not None or _SAID.fullmatch(plain.replace(" ", "")) is not None
