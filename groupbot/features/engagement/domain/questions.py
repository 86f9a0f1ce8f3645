"""Does a message ask something? Read as it comes, for its text is not kept. Pure."""

from __future__ import annotations

import re

LONGEST = 200  # letters: what is longer is an advert or a story more often than a question
_ADDRESS = re.compile(r"://\S+|\bt\.me/\S+")
_MARK = re.compile("[?？؟]")
_HINT = re.compile("[请想问求怎如多哪几什啥为有能可是要行谁咋吗么呢]")  # a set alone scans fast
_ZH = re.compile(
    r"请问|想问|问一下|问下|求助|怎么|如何|多少|哪里|哪儿|哪个|哪家|几点|几号|几天|什么时候|啥时候|为什么|为啥|有没有"
    r"|能不能|可不可以|是不是|要不要|行不行|谁知道|谁有|有谁|有人知道|咋|[吗么][\s。.!！~～]*$|(?<![的了们油])呢[\s。.]*$"
)
_EN = re.compile(
    r"(?:(?:hi|hey|hello|so|and|but|guys|all|everyone)\b[,!\s]*)*"
    r"(?:how (?:do|does|can|could|much|many|long|to)|what(?:['’]s| is| are| does| do| time)"
    r"|where(?:['’]s| is| are| can| do| does)|when(?:['’]s| is| are| do| does| will)"
    r"|who (?:knows?|has|can|is)"
    r"|why (?:is|are|do|does|did)|which (?:one|is|are)|do(?:es)? any(?:body|one)?"
    r"|any(?:body|one) (?:know|have|tried|here)|(?:is|are) there"
    r"|c(?:an|ould) (?:(?:any|some)(?:body|one)?|i|you|we))\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether it has a question mark or the words of a question, Chinese or English, outside of addresses."""
    if len(text) > LONGEST:
        return False
    if "://" in text or "t.me/" in text:
        text = _ADDRESS.sub(" ", text)
    if _MARK.search(text) is not None or _EN.match(text) is not None:
        return True
    return _HINT.search(text) is not None and _ZH.search(text) is not None
