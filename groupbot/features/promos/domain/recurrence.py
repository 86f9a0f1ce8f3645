"""What RFC 5545 (3.3.10) forbids in a rule and a lenient reader lets pass with another meaning. Pure.

Looked at as a plan is read, not as it runs: a plan that is kept already goes on as it was understood.
"""

from __future__ import annotations

from groupbot.features.promos.domain.audience import Wrong, nearest

_PARTS = (
    "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY",
    "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST", "BYEASTER",
)  # fmt: skip
_NOT_IN = {"BYMONTHDAY": ("WEEKLY",), "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
           "BYWEEKNO": ("DAILY", "WEEKLY", "MONTHLY")}  # fmt: skip
_INSTEAD = {
    "BYMONTHDAY": "FREQ=MONTHLY;BYMONTHDAY=5",
    "BYYEARDAY": "FREQ=YEARLY;BYYEARDAY=100",
    "BYWEEKNO": "FREQ=YEARLY;BYWEEKNO=20",
}
_MOST = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366, "BYMONTH": 12}


def checked(text: str) -> str:
    """The rule as it was written.

    Raises:
        Wrong: a part that is none or stands twice, COUNT with UNTIL, a number out of its range, or a part
            that this FREQ does not take; with what was expected and an example.
    """
    parts: dict[str, str] = {}
    for part in text.upper().split(";"):
        name, equals, value = (p.strip() for p in part.partition("="))
        if not part.strip():
            continue
        if not equals or not value:
            raise _wrong(f"{part.strip()!r}, expected NAME=VALUE", "FREQ=WEEKLY;BYDAY=MO,TH")
        if name not in _PARTS:
            raise Wrong("rrule", f"rrule: no part {name!r}", nearest(name, _PARTS))
        if name in parts:
            raise _wrong(f"{name} twice, expected once", f"{name}={value}")
        parts[name] = value
    freq = parts.get("FREQ", "")
    if text.strip() and not freq:
        raise _wrong("no FREQ, expected how often it comes", "FREQ=WEEKLY;BYDAY=MO,TH")
    if "COUNT" in parts and "UNTIL" in parts:
        kept = ";".join(f"{k}={v}" for k, v in parts.items() if k != "UNTIL")
        raise _wrong("COUNT and UNTIL, expected one of them (RFC 5545)", kept)
    if parts.get("UNTIL", "").endswith("Z"):
        wall = parts["UNTIL"].removesuffix("Z")
        raise _wrong("UNTIL in UTC, expected each group's wall clock", f"UNTIL={wall}")
    for name in ("COUNT", "INTERVAL"):
        if name in parts and not (parts[name].isdecimal() and int(parts[name])):
            raise _wrong(f"{name}={parts[name]}, expected a whole number above 0", f"{name}=2")
    for name, most in _MOST.items():
        for value in parts.get(name, "").split(",") if name in parts else ():
            n = value.removeprefix("-").removeprefix("+")
            if not n.isdecimal() or not 0 < int(n) <= most or (name == "BYMONTH" and n != value):
                both = "" if name == "BYMONTH" else f", or -1 to -{most} from the end"
                raise _wrong(f"{name}={value}, expected 1 to {most}{both}", f"{name}=1")
    for name, never in _NOT_IN.items():
        if name in parts and freq in never:
            raise _wrong(f"{name} with FREQ={freq}, which does not take it (RFC 5545)", _INSTEAD[name])
    numbered = next((d for d in parts.get("BYDAY", "").split(",") if len(d.strip()) > 2), "")
    if numbered and numbered.strip("+-0123456789") != numbered:
        if freq not in ("MONTHLY", "YEARLY"):
            said = f"BYDAY={numbered} with FREQ={freq}, a numbered day goes with MONTHLY or YEARLY"
            raise _wrong(said, f"FREQ=MONTHLY;BYDAY={numbered}")
        if "BYWEEKNO" in parts:
            raise _wrong(f"BYDAY={numbered} with BYWEEKNO, expected a day without a number", "BYDAY=MO")
    if "BYSETPOS" in parts and not any(n.startswith("BY") and n != "BYSETPOS" for n in parts):
        raise _wrong("BYSETPOS alone, expected another BY… beside it", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1")
    return text


def _wrong(what: str, example: str) -> Wrong:
    return Wrong("rrule", f"rrule: {what}", f"write {example}")
