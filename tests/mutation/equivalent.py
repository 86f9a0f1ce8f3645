"""Mutants that change nothing anybody could see: each with the reason why. They count on neither side.

A mutant is named by its module, its function, the line (as it is written, without indent) and the fault; who
edits the line argues anew, and an entry that names no mutant any more fails a test.
"""

from __future__ import annotations

from tests.mutation.mutants import Mutant

Key = tuple[str, str, str, str]
_BOOKS = "groupbot.features.ledger"

_CACHE = "what is cached is what the next look would read again"
_NAME = "where a note stands is read and written here alone"

_NOBODY = "neither number is anybody's"
_FALSY = "who asks takes it for no either way"
_EMPTY = "where nothing was added, nothing is found below either"

_PACER = "groupbot.core.pacing"
_HAND = "groupbot.engine.outbox.hand"
_OUTBOX = "groupbot.engine.outbox"
_BATCHES = "groupbot.engine.dispatch.batches"
_ROUTES = "groupbot.engine.dispatch.routes"
_STEPS = "groupbot.engine.dispatch.steps"
_LISTED: list[tuple[Key, str]] = [
    *(
        ((_HAND, "keys_of", line, what), "any four numbers serve that differ")
        for line, what in (
            ("return {(entry.target.telegram_id, kind), (home_of(entry), kind + 2)}", "2 → 3"),
            ("return {(entry.target.telegram_id, kind), (home_of(entry), kind + 2)}", "Add → Sub"),
            ("kind = 0 if entry.lane == MODERATION else 1", "condition negated"),
            ("kind = 0 if entry.lane == MODERATION else 1", "Eq → NotEq"),
        )
    ),
    *(
        ((module, function, line, "0.0 → 1.0"), "a monotonic clock reads more than that")
        for module, function, line in (
            (_HAND, "Hand.__init__", "self._looked = self._counted = 0.0"),
            (_PACER, "Pacer.__init__", "self._blocked = 0.0"),
            (
                _PACER,
                "Pacer.silence",
                "return max(self._blocked, state.blocked if state is not None else 0.0, now) - now",
            ),
        )
    ),
    (
        (
            _PACER,
            "Pacer.__init__",
            "self._recent_429: deque[tuple[float, int]] = deque(maxlen=8)",
            "8 → 9",
        ),
        "of so many within a second the first of another chat has silenced the token",
    ),
    *(
        ((module, function, line, "True → False"), "who has not looked at the table yet works, and looks")
        for module, function, line in (
            (_OUTBOX, "Outbox.__init__", "self._working = True"),
            (_HAND, "Hand.__init__", "self.stale = True  # the table may hold rows that were not seen yet"),
        )
    ),
    (
        (_OUTBOX, "Outbox.run", "if pause > 0:", "Gt → GtE"),
        "a wait of no time",
    ),
    *(
        (
            (
                _HAND,
                "Hand._ready",
                "chats, users = _padded([h for h in homes if h > 0]), _padded([-h for h in homes if h < 0])",
                what,
            ),
            _NOBODY,
        )
        for what in ("Gt → GtE", "Lt → LtE", "0 → 1 (2)")
    ),
    (
        (
            "groupbot.engine.receipts",
            "_booked_send",
            "if isinstance(effect, Send) and r.receipt.files:",
            "And → Or",
        ),
        "without files nothing is learned of them",
    ),
    (
        (_HAND, "Hand.fill", "if room <= 0:", "LtE → Lt"),
        "without room nothing of a lane is taken",
    ),
    *(
        (
            (
                _STEPS,
                "Steps._together",
                "if len(watch) + len(guards) > 1:",
                what,
            ),
            "all in one step or each in its own: the same is done, sooner or later",
        )
        for what in ("Add → Sub", "Gt → GtE", "1 → 2", "condition negated")
    ),
    *(
        ((_STEPS, function, "if len(work.emitted) > emitted:", "Gt → GtE"), _EMPTY)
        for function in ("Steps._step", "Steps._together")
    ),
    (
        (
            _BATCHES,
            "Dispatch.batch",
            "ids = [u for item, u, _ in ready if not item.event and not item.only]",
            "And → Or",
        ),
        "what is known of the others is not asked for below",
    ),
    (
        (
            _BATCHES,
            "Dispatch.batch",
            "if out.newest is None or event.at > out.newest:",
            "Gt → GtE",
        ),
        "the same time is the same time",
    ),
    (
        (
            _BATCHES,
            "Dispatch.batch",
            "new[update_id] = _toast(work, said) if len(work.effects) > said else None",
            "Gt → GtE",
        ),
        _EMPTY,
    ),
    (
        (
            _BATCHES,
            "Dispatch._event",
            "person = event.sender.id if event.sender else 0",
            "0 → 1",
        ),
        _NOBODY,
    ),
    (
        (
            "groupbot.engine.dispatch.parking",
            "Parking._resume",
            "out.more = 0 < most < len(rows)",
            "Lt → LtE (2)",
        ),
        "the last one alone: one more look finds nothing, and ends it",
    ),
    (
        (_ROUTES, "Routes._staff", "person = cmd.sender.id if cmd.sender else 0", "0 → 1"),
        _NOBODY,
    ),
    (
        (_ROUTES, "Routes._allowed", "person = event.sender.id if event.sender else 0", "0 → 1"),
        _NOBODY,
    ),
    *(
        ((_ROUTES, function, "return False", "returns None"), _FALSY)
        for function in ("Routes._allowed", "Routes._away")
    ),
    *(
        (
            (_PACER, "Pacer.chat_wait", "while state.sent and state.sent[0] <= now - 60:", what),
            "what is a minute old is forgotten here, and counts for nothing below either",
        )
        for what in ("LtE → Lt", "60 → 61")
    ),
    (
        (
            _PACER,
            "Pacer.__init__",
            "self._changed = 0.0  # when the rate was last lowered or raised",
            "0.0 → 1.0",
        ),
        "it is asked only after a 429, which sets it",
    ),
    (
        (_PACER, "Pacer.take", "if self.rate < self.pace.rate and now - self._changed >= _CALM:", "Lt → LtE"),
        "a rate that is whole is raised to itself, and a 429 sets the time anew",
    ),
    (
        (
            "groupbot.engine.outbox.calls",
            "Calls.perform",
            "blocked=(e.blocked and entry.target.telegram_id > 0) or whispered,",
            "Gt → GtE",
        ),
        _NOBODY,
    ),
    *(
        (("groupbot.core.taps", "unpack", f"{names}.split({sign!r}, 1)".replace("'", '"'), "1 → 2"), why)
        for names, sign, why in (
            ("kind, rest = data", ":", "no letter of base64 is a colon: refused here or two lines below"),
            ("body64, seal64 = rest", ".", "no letter of base64 is a dot: refused here or below"),
        )
    ),
    (
        (f"{_BOOKS}.domain", "checked", "return (one, two) if a < b else (two, one)", "Lt → LtE"),
        "the accounts are not equal: it was asked in the line before",
    ),
    (
        (f"{_BOOKS}.domain", "checked", "if len(postings) < 2:", "Lt → LtE"),
        "two postings that come as far as this line do not fit, and are refused below as well",
    ),
    (
        (f"{_BOOKS}.domain", "checked", "if len(postings) < 2:", "2 → 3"),
        "two postings that come as far as this line do not fit, and are refused below as well",
    ),
    (
        (f"{_BOOKS}.domain", "checked", "total += amount", "Add → Sub"),
        "only whether it is zero is asked",
    ),
    (
        (f"{_BOOKS}.service.books", "made", "work.put(_KEYS, key, found)", "statement left out"),
        _CACHE,
    ),
    (
        (f"{_BOOKS}.service.books", "balance", "work.put(_ACCOUNTS, account, known)", "statement left out"),
        _CACHE,
    ),
    (
        (
            f"{_BOOKS}.service.books",
            "house_wallet",
            'transfer(work, key, "house", (issuer(chat), -amount), (account, amount), unseen=True)',
            "True → False",
        ),
        "it saves a look at what was looked at two lines before",
    ),
    (
        (
            f"{_BOOKS}.service.books",
            "nightly",
            'notes, today = work.notes("ledger.recounted", 0), work.now.date()',
            "0 → 1",
        ),
        _NAME,
    ),
    (
        (
            f"{_BOOKS}.service.boards",
            "board",
            "if r.earned > 0 and r.owner_id > 0 and not members.opted_out(work, r.owner_id)",
            "Gt → GtE (2)",
        ),
        _NOBODY,
    ),
    (
        (
            f"{_BOOKS}.service.expiry",
            "expire_old",
            'if books.halted(work) or not work.notes("ledger.expired", 0).first(today):',
            "0 → 1",
        ),
        _NAME,
    ),
]
EQUIVALENT: dict[Key, str] = dict(_LISTED)


def key(mutant: Mutant) -> Key:
    """The name of a mutant here."""
    return mutant.module, mutant.function, mutant.text, mutant.what
