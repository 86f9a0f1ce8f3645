"""What must hold, looked at from outside: the wire, the world and the rows. The bot's own code is asked for
four things alone: what an outbox row shall do, which updates a block names (`among`), what there is still
to do, and how large its memory is."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from groupbot.core.effects import Send
from groupbot.engine.seen import among
from groupbot.surfaces.sandbox.world import ChatRoom, Forbidden
from tests.simulation.ground import SECRET, TOKEN
from tests.simulation.tally import nothing_lost, repeated
from tests.simulation.telegram import ROW

if TYPE_CHECKING:
    from tests.simulation.sim import Sim
    from tests.simulation.telegram import Call

GOT = re.compile(r"(?:抢到|You got|got) ([\d,]+)")
LOUD = frozenset(
    (
        "misfit",
        "step.failed",
        "outbox.failed",
        "outbox.unbookable",
        "outbox.unreadable",
        "tick.failed",
        "ask.nowhere",
        "plugin.failed",
        "process.ended",
    )
)
FREE = frozenset(
    ("answercallbackquery", "getchatmember", "getchat", "getme", "getchatadministrators", "setmycommands")
)
ON_MEMBERS = frozenset(("restrictchatmember", "banchatmember", "unbanchatmember"))
SOON = 12.0  # seconds in which a forbidden message is gone, and an answer there, when nothing goes wrong
BEARABLE = 86400.0


class Checks:
    """The checkers of one run. Each names itself in what it finds wrong."""

    sim: Sim

    def begin_checks(self) -> None:
        self.calls: list[Call] = []
        self.given: deque[dict[str, Any]] = deque(maxlen=40)
        self.extras: list[dict[str, Any]] = []
        self.held: list[dict[str, Any]] = []
        self.reached: set[int] = set()
        self.malformed_ids: set[int] = set()
        self.held_ids: set[int] = set()
        self.planned_ids: set[int] = set()  # updates whose handler was refused a row on purpose
        self.cards: set[str] = set()  # names of what was shown
        self.upgraded: set[int] = set()
        self.held_before: dict[int, set[tuple[str, object]]] = {}  # of a group that was upgraded
        self.strange: set[int] = set()  # upgraded while the bot was out: nobody ever tells it which they were
        self.innocents: dict[tuple[int, int], float] = {}
        self.forbids: dict[tuple[int, int], float] = {}
        self.approved: set[int] = set()
        self.presses: list[tuple[int, int, int, str]] = []
        self.pressed: dict[str, tuple[int, int, int]] = {}
        self.forged: set[str] = set()
        self.landings: Counter[int] = Counter()
        self.entries: dict[int, Any] = {}
        self.stages: set[tuple[int, str, str]] = set()  # (update, handle or refusal, route)
        self.froze = 0.0  # when time last passed and nobody ran
        self.last_row: dict[tuple[int, int], int] = {}
        self.last_act: dict[tuple[int, int], int] = {}
        self.said_to: Counter[tuple[int, int, str]] = Counter()
        self.silent: dict[tuple[int, int], float] = {}  # (life, chat) → until when Telegram wants silence
        self.refusals: dict[int, float] = {}  # outbox row → until when it was told to wait
        self.silent_since: dict[tuple[int, int], float] = {}
        self.born: dict[int, float] = {}
        self.looked = 0
        self.dan_changed = 0.0
        self.newcomers: set[int] = set()  # who was away or silenced once
        self.calm_since = 1e18

    # --- told by the others
    def innocent(self, message: dict[str, Any]) -> None:
        """Nothing may remove this."""
        if message["from"]["id"] not in self.newcomers:
            self.innocents[message["chat"]["id"], message["message_id"]] = self.sim.loop.time()

    def not_innocent(self, message: dict[str, Any]) -> None:
        self.innocents.pop((message["chat"]["id"], message["message_id"]), None)

    def spared(self, room: ChatRoom) -> None:
        """From here a person has things removed, or the bot cannot: what stands there is judged no more."""
        for kept in (self.innocents, self.forbids):
            for key in [k for k in kept if k[0] == room.id]:
                del kept[key]

    def able(self, room: ChatRoom) -> bool:
        """May the bot delete here?"""
        m = self.sim.world.member(room, self.sim.bot)
        return m.inside and "can_delete_messages" in m.rights

    def forbid(self, message: dict[str, Any]) -> None:
        """This must go."""
        sim, chat = self.sim, message["chat"]["id"]
        room = sim.world.chats[chat]
        who = message["from"]["id"]
        if who in self.approved or who in sim.ever_staff or not self.able(room) or "sender_chat" in message:
            return
        if chat in self.strange or (sim.homes.get(chat) in sim.resting and not sim.calm):
            return
        self.forbids[chat, message["message_id"]] = sim.loop.time()

    def pressing(self, user: int, room: ChatRoom, message: int, data: str) -> None:
        query = self.sim.world.press(user, room.id, message, data)
        self.presses.append((user, room.id, message, data))
        self.pressed[query] = (user, room.id, message)

    def forging(self, user: int, room: ChatRoom, data: str) -> None:
        """A press that no client could make."""
        w = self.sim.world
        own = next(
            (m for m in reversed(list(room.messages.values())) if m["from"]["id"] == self.sim.bot), None
        )
        if own is None:
            return
        query = str(900_000_000_000 + len(self.forged))
        w.queries[query] = {"user": user, "at": w.clock.now(), "answered": False, "bot": TOKEN}
        body = {"id": query, "from": w.person(user), "message": dict(own), "chat_instance": "1", "data": data}
        self.forged.add(query)
        w.tell("callback_query", body, room)

    def leaving(self, entry: Any, life: int) -> None:
        """An outbox row is being performed."""
        self.entries[entry.id] = entry
        stage, _, name = entry.cause.partition(":")
        if stage in ("handle", "refusal") and entry.update:
            other = (entry.update, "refusal" if stage == "handle" else "handle", name)
            if other in self.stages:
                self.sim.wrong("half done", f"update {entry.update} {name}: refused, and yet {entry.kind}")
            self.stages.add((entry.update, stage, name))
        self._in_time(entry)

    def _in_time(self, entry: Any) -> None:
        """A word in passing (an answer, what lives for a minute) is not said when five minutes are over."""
        sim, effect = self.sim, entry.effect
        if not isinstance(effect, Send) or effect.post or entry.due is None or sim.stepped:
            return
        late = (sim.clock.now() - entry.due).total_seconds()
        passing = effect.not_after is None and (effect.reply_to is not None or effect.lifetime is not None)
        if passing and late > 305 and sim.loop.time() - self.froze > 5:
            sim.wrong("post policy", f"row {entry.id} leaves {late:.0f} s after it was said: {entry.cause}")

    def landed(self, row: int, result: Any, params: dict[str, Any]) -> None:
        """A message of the bot's stands in a chat."""
        sim = self.sim
        entry = self.entries.get(row)
        if entry is None or not isinstance(result, dict):
            return
        self.landings[row] += 1
        effect = entry.effect
        if not isinstance(effect, Send):
            return
        if self.landings[row] > 1 and not effect.again:
            sim.wrong(
                "post policy",
                f"row {row} landed {self.landings[row]} times: {effect.cause} {effect.text[:60]!r}",
            )
        self.cards.add(effect.ref or "")
        chat = int(params.get("chat_id") or 0)
        key = (chat, entry.lane)
        if effect.due is None and not effect.again and not effect.fallback and not sim.stepped:
            if row < self.last_row.get(key, 0):
                sim.wrong(
                    "order",
                    f"row {row} after {self.last_row[key]} in {chat}, lane {entry.lane}: {effect.cause}",
                )
            self.last_row[key] = row
        if (
            effect.reply_to
            and effect.text
            and not effect.again
            and "notes" not in effect.cause
            and not effect.cause.endswith(":get")
        ):
            twice = (chat, effect.reply_to, effect.text)
            self.said_to[twice] += 1
            if self.said_to[twice] > 1 and not effect.cause.startswith("tick"):
                sim.wrong(
                    "answered twice",
                    f"message {effect.reply_to} in {chat}: {effect.cause} {effect.text[:60]!r}",
                )
        if effect.not_after is not None and not sim.stepped and sim.clock.now() > effect.not_after:
            late = (sim.clock.now() - effect.not_after).total_seconds()
            if late > 30 + sim.faults.slow and sim.loop.time() - self.froze > 5:
                sim.wrong("post policy", f"row {row} landed {late:.0f} s after its end: {effect.cause}")
        if SECRET in str(params):
            sim.wrong("secrets", f"the token is said in {chat}")

    def refused(self, chat: int, seconds: float, row: int, *, own: bool = False) -> None:
        """Telegram said 429, to an outbox row or (0) to a question."""
        sim = self.sim
        life = sim.process.number
        until = sim.loop.time() + seconds
        if row:
            self.refusals[row] = until
        self.silent_since[life, chat] = sim.loop.time()
        self.silent[life, chat] = max(until, self.silent.get((life, chat), 0.0))
        if own and sim.loop.time() - self.born.get(life, sim.loop.time()) > 61 and not sim.stepped:
            sim.wrong("budget", f"429 of our own making in {chat}, {seconds} s")

    def called(self, call: Call) -> None:
        """A call had its answer."""
        sim = self.sim
        self.calls.append(call)
        sim.note(call.method, (call.chat, call.code, sorted(call.params.items())))
        if call.code == 501:
            sim.wrong("simulation", f"not modelled: {call.method}")
        if call.ok and call.row and call.method in ON_MEMBERS:
            self._acted(call, int(call.params.get("user_id") or 0))

    def _acted(self, call: Call, member: int) -> None:
        """What is done to a member is done in the order it was said, also where a call was lost."""
        entry, key = self.entries.get(call.row), (call.chat, member)
        if entry is None or getattr(entry.effect, "due", None) is not None or self.sim.stepped:
            return
        if call.row < self.last_act.get(key, 0):
            self.sim.wrong("order", f"row {call.row} after {self.last_act[key]}: {call.method} of {member}")
        self.last_act[key] = call.row

    def asked_now(self, low: str, chat: int) -> None:
        """A call leaves."""
        sim = self.sim
        until = self.silent.get((sim.process.number, chat), 0.0)
        begun = self.silent_since.get((sim.process.number, chat), 0.0)
        left_before = sim.loop.time() - begun < 0.05  # it was on its way already
        if low not in FREE and chat and sim.loop.time() < until - 0.001 and not left_before:
            sim.wrong("budget", f"{low} in {chat} {until - sim.loop.time():.1f} s before its silence ends")

    def heard(self, kind: str, body: dict[str, Any]) -> None:
        """The world changed."""
        sim = self.sim
        if kind == "member":
            who = body["member"]["user"]["id"]
            if who == sim.dan:
                self.dan_changed = sim.loop.time()
            if body["by"] == sim.bot and who in sim.decoys.values():
                sim.wrong("authority", f"a member's command made decoy {who} {body['member']['status']}")
            if body["member"]["status"] in ("left", "kicked", "restricted"):
                self.newcomers.add(who)
        elif kind == "removed" and body["by"] == sim.bot:
            key = (body["chat"], body["message_id"])
            if self.innocents.pop(key, None) is not None:
                effect = getattr(self.entries.get(ROW.get()), "effect", None)
                why = f"{getattr(effect, 'cause', '')} {getattr(effect, 'why', '')}"
                sim.wrong(
                    "innocent",
                    f"removed {key}: {sim.world.chats[key[0]].removed[key[1]].get('text')!r} {why}",
                )
            said = self.forbids.pop(key, None)
            if said is not None and sim.calm and sim.loop.time() - said > SOON and said > self.calm_since:
                sim.wrong("deadline", f"{key} stood {sim.loop.time() - said:.1f} s")

    def heard_log(self, method: str, event: dict[str, Any]) -> None:
        """A log line of the bot's."""
        sim = self.sim
        if self.process_dead():
            return
        if sim.loud:
            sim.log.append(f"{sim.loop.time():.3f} log {method} {event}")
        name = str(event.get("event"))
        if SECRET in str(event):
            sim.wrong("secrets", f"the token in the log: {name}")
        if name in LOUD and not self._planned(event):
            sim.wrong(name, " ".join(f"{k}={v}" for k, v in event.items() if k != "event"))

    def born_again(self, life: int) -> None:
        """A new life knows of the silences whose refusal was booked."""
        if self.sim.stepped:
            return
        for row, chat in self.committed(
            "SELECT o.id, c.telegram_id FROM outbox o JOIN chat c ON c.id = o.chat_id WHERE"
            " o.state = 'waiting' AND o.error LIKE '%Flood control%'"
        ):
            self.silent_since[life, chat] = 0.0
            self.silent[life, chat] = max(self.refusals.get(row, 0.0), self.silent.get((life, chat), 0.0))

    def process_dead(self) -> bool:
        process = getattr(self.sim, "process", None)
        return process is None or process.dead

    def _planned(self, event: dict[str, Any]) -> bool:
        return event.get("update") in self.malformed_ids | self.planned_ids

    # --- looking
    def look(self, *, final: bool) -> None:
        """At the rows, between two transactions."""
        sim = self.sim
        self.looked = sim.events
        ask = self.committed
        self._ledger(ask)
        self._packets(ask)
        self._actors(ask)
        self._memory()
        if final and not sim.failures:
            self._updates(ask)
            self._owed(ask)
            repeated(sim)
            nothing_lost(sim)
            self._presses()
            self._shown(ask)
            self._slots(ask)
            self._standing(ask)
            self._secret()

    def committed(self, sql: str) -> list[Any]:
        """Rows as they stand committed."""
        return self.sim.ground.database.execute(sql).fetchall()

    def _ledger(self, ask: Any) -> None:
        sim = self.sim
        for chat, total in ask(
            "SELECT chat_id, sum(balance) FROM account GROUP BY chat_id HAVING sum(balance) <> 0"
        ):
            sim.wrong("ledger", f"chat {chat} sums to {total}")
        for (txn,) in ask("SELECT txn_id FROM posting GROUP BY txn_id HAVING sum(amount) <> 0"):
            sim.wrong("ledger", f"transfer {txn} does not sum to zero")
        for row in ask(
            "SELECT a.id, a.kind, a.balance, coalesce(sum(p.amount), 0) FROM account a LEFT JOIN posting p"
            " ON p.account_id = a.id GROUP BY a.id HAVING a.balance <> coalesce(sum(p.amount), 0)"
        ):
            sim.wrong("ledger", f"account {row} differs from its postings")
        for row in ask("SELECT id, kind, balance FROM account WHERE balance < 0 AND kind <> 'issuer'"):
            sim.wrong("ledger", f"account {row} is below zero")
        for (txn,) in ask("SELECT id FROM txn WHERE key = '' OR kind = ''"):
            sim.wrong("ledger", f"transfer {txn} has no cause")
        for row in ask(
            "SELECT r.key, p.account_id FROM txn r JOIN txn t ON r.key = 'reverse:' || t.key"
            " JOIN posting p ON p.txn_id IN (r.id, t.id)"
            " GROUP BY r.id, p.account_id HAVING sum(p.amount) <> 0"
        ):
            sim.wrong("ledger", f"transfer {row} is no mirror of what it takes back")
        for row in ask(
            "SELECT p.txn_id FROM posting p JOIN account a ON a.id = p.account_id GROUP BY p.txn_id"
            " HAVING count(DISTINCT a.chat_id) > 1"
        ):
            sim.wrong("tenant", f"transfer {row} crosses chats")

    def _packets(self, ask: Any) -> None:
        sim = self.sim
        for pid, n, total, state, claims, claimed, pot in ask(
            "SELECT k.id, k.n, k.total, k.state,"
            " (SELECT count(*) FROM packet_claim c WHERE c.packet_id = k.id),"
            " (SELECT coalesce(sum(amount), 0) FROM packet_claim c WHERE c.packet_id = k.id),"
            " (SELECT coalesce(sum(balance), 0) FROM account a WHERE a.kind = 'pot' AND a.owner_id = k.id"
            "  AND a.chat_id = k.chat_id) FROM packet k"
        ):
            if claims > n or claimed > total:
                sim.wrong("claims", f"packet {pid}: {claims} of {n} shares, {claimed} of {total} points")
            if state == "live" and pot < total - claimed:
                sim.wrong("claims", f"packet {pid} live: pot {pot}, but {total - claimed} are owed")
            if state == "expired" and pot:
                sim.wrong("claims", f"packet {pid} is over, and {pot} points are still in it")
            if state == "drained" and (claims != n or claimed != total):
                sim.wrong("claims", f"packet {pid} drained with {claims} of {n}, {claimed} of {total}")
        for row in ask(
            "SELECT c.packet_id, c.person_id FROM packet_claim c JOIN packet k ON k.id = c.packet_id"
            " WHERE NOT EXISTS (SELECT 1 FROM txn t JOIN posting p ON p.txn_id = t.id JOIN account a"
            "  ON a.id = p.account_id WHERE t.kind = 'packet' AND a.kind = 'member'"
            "  AND a.owner_id = c.person_id"
            "  AND a.chat_id = k.chat_id AND p.amount = c.amount)"
        ):
            sim.wrong("claims", f"claim {row} was not paid")
        for row in ask(
            "SELECT r.id, r.by_id, r.points, (SELECT coalesce(sum(p.amount), 0) FROM txn t JOIN posting p"
            " ON p.txn_id = t.id JOIN account a ON a.id = p.account_id WHERE a.kind = 'member'"
            " AND a.owner_id = r.by_id AND t.key IN ('referral:' || r.id, 'referral:' || r.id || ':back')"
            ") paid"
            " FROM referral r WHERE r.by_id = r.person_id OR r.points <> paid"
        ):
            sim.wrong("claims", f"referral {row} was not paid as it says, or to oneself")
        for row in ask(
            "SELECT contest_id, person_id FROM contest_entry WHERE out IS NULL"
            " GROUP BY 1, 2 HAVING count(*) > 1"
        ):
            sim.wrong("claims", f"{row} entered a contest twice")
        for row in ask("SELECT lottery_id, person_id FROM lottery_entry GROUP BY 1, 2 HAVING count(*) > 1"):
            sim.wrong("claims", f"{row} entered twice")

    def _actors(self, ask: Any) -> None:
        """Who may not, did not."""
        sim = self.sim
        staff = sim.ever_staff
        for (by,) in ask("SELECT DISTINCT by_id FROM verdict WHERE by_id IS NOT NULL"):
            if by and by > 0 and by not in staff and by != sim.bot:
                sim.wrong("authority", f"case by {by}, who is no administrator")
        for (by,) in ask("SELECT DISTINCT sender_id FROM packet WHERE payer = 'house'"):
            if by and by not in staff:
                sim.wrong("authority", f"house packet by {by}, who is no administrator")
        if ask("SELECT 1 FROM shop_item WHERE name = 'gold'") or ask(
            "SELECT 1 FROM lottery_prize WHERE name = 'gold'"
        ):
            sim.wrong("authority", "a member filled the shop or held a draw")

    def _memory(self) -> None:
        sim = self.sim
        if self.process_dead():
            return
        app = sim.process.app
        outbox = getattr(app, "outbox", None)
        if outbox is None:
            return
        sizes = {
            "hand": (len(outbox.hand.entries), 700),
            "tasks": (len(outbox._tasks), 700),
            "results": (len(outbox._results), 200),
            "opened": (len(app.dispatch._opened), 4096),
            "timers": (len(sim.loop._scheduled), 3000),
            "pacer": (len(outbox.pacer._chats), 2000),
        }
        for name, (size, most) in sizes.items():
            if size > most:
                sim.wrong("memory", f"{name}: {size} > {most}")

    def _updates(self, ask: Any) -> None:
        """Nothing that reached the bot is lost."""
        sim = self.sim
        seen = {id_ for row in ask("SELECT block, ids FROM update_block") for id_ in among(*row)}
        aside = {r[0] for r in ask("SELECT update_id FROM quarantine")}
        told = set(range(100_000_001, sim.world.bots[TOKEN].next_update))
        gone = told - self.reached - self.held_ids - sim.world.expired
        if gone:
            sim.wrong("lost update", f"{sorted(gone)[:5]} were confirmed unread")
        young = {u for u in self.reached if u not in seen and u not in aside and u not in sim.world.expired}
        young -= self.malformed_ids  # put aside, where even the id could not be read
        if young and sim.loop.time() - 1000 < 70 * 3600:
            sim.wrong("lost update", f"{sorted(young)[:5]} of {len(self.reached)}")
        for number, stage, step, error in ask("SELECT update_id, stage, step, error FROM quarantine"):
            if number not in self.malformed_ids | self.planned_ids:
                sim.wrong("quarantine", f"update {number} {stage} {step}: {error}")
        if ask("SELECT 1 FROM inbox"):
            sim.wrong(
                "liveness", f"parked events remain: {ask('SELECT chat_id, update_id FROM inbox LIMIT 5')}"
            )

    def _waiting(self) -> list[Any]:
        return self.committed(
            "SELECT id, kind, cause, due, until, tries, error FROM outbox WHERE state = 'waiting' LIMIT 5"
        )

    def owes(self) -> bool:
        """Do messages or removals wait that were refused for a while?"""
        soon = (self.sim.clock.now() + timedelta(seconds=600)).strftime("%Y-%m-%d %H:%M:%S")
        found = self.committed(
            "SELECT 1 FROM outbox o LEFT JOIN chat c ON c.id = o.chat_id WHERE o.state = 'waiting'"
            " AND (o.kind = 'send' OR o.kind = 'delete' AND o.done_at IS NOT NULL)"
            f" AND o.due < datetime('{soon}') AND o.payload NOT LIKE '%\"due\":\"%'"
            " AND coalesce(c.state, 'active') IN ('active', 'limited') LIMIT 1"
        )
        return bool(found)

    def unrest(self) -> str:
        """What there is still to do."""
        sim = self.sim
        outbox = getattr(sim.process.app, "outbox", None)
        if outbox is None or sim.process.dead:
            return "the bot does not run"
        return (
            f"queue {len(sim.queue)}, polling {sim.world.bots[TOKEN].poller is not None}, "
            f"depth {outbox.depth}, held {list(outbox.hand.held)[:5]}, "
            f"hand {[(e.id, e.kind, e.target.telegram_id) for e in outbox.hand.entries[:5]]}, "
            f"busy {list(outbox.hand.busy)[:5]}, tasks {len(outbox._tasks)}, results {len(outbox._results)}, "
            f"rows {self._waiting()}"
        )

    def _owed(self, ask: Any) -> None:
        """The outbox has done what was due."""
        sim = self.sim
        now = sim.clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        for row in ask("SELECT id, kind, cause FROM outbox WHERE state = 'sending'"):
            sim.wrong("liveness", f"row {row} is still leaving")
        for row in ask(
            "SELECT o.id, o.kind, o.cause, o.due, o.tries, o.error FROM outbox o"
            " LEFT JOIN chat c ON c.id = o.chat_id"
            f" WHERE o.state = 'waiting' AND o.due < datetime('{now}', '-30 seconds')"
            " AND coalesce(c.state, 'active') IN ('active', 'limited')"
        ):
            sim.wrong("liveness", f"row {row} still waits")
        for row in ask(
            "SELECT o.id, o.kind, o.cause FROM outbox o JOIN chat c ON c.id = o.chat_id"
            " WHERE o.state = 'waiting' AND c.state = 'merged'"
        ):
            sim.wrong("liveness", f"row {row} waits in a chat that is another one's now")
        for row in ask(
            "SELECT id, kind, cause, due FROM outbox WHERE state = 'waiting' AND due <= said_at"
            f" AND due > datetime('{now}', '30 seconds') AND payload NOT LIKE '%\"due\":\"%'"
        ):
            sim.wrong("liveness", f"row {row} waits for a time at which a wrong clock said it")
        for row in ask(
            "SELECT id, kind, ref FROM outbox o WHERE state = 'parked' AND NOT EXISTS (SELECT 1 FROM outbox s"
            " WHERE s.ref = o.ref AND s.kind = 'send' AND (s.state IN ('waiting', 'sending', 'unknown')"
            " OR s.state = 'dead' AND s.payload <> ''))"
        ):
            sim.wrong("liveness", f"row {row} is parked for nothing")
        for row in ask("SELECT id, cause, error FROM outbox WHERE state = 'unknown' AND kind <> 'send'"):
            if "topic" not in str(row):
                sim.wrong("post policy", f"row {row} could have been done again")
        for row in ask(
            "SELECT id, telegram_id, state FROM chat WHERE state NOT IN ('active', 'limited', 'merged')"
        ):
            if row[1] < 0 and row[1] in sim.homes and not sim.world.chats[row[1]].migrated_to:
                sim.wrong("liveness", f"chat {row} is not active, though the bot is there again")

    def _presses(self) -> None:
        """One person has one amount of a packet, and a forged press gets nothing."""
        sim = self.sim
        got: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        for query, who in self.pressed.items():
            text = str(sim.world.queries[query].get("text", ""))
            found = GOT.match(text)
            if found:
                got[who].add(int(found[1].replace(",", "")))
        claims = set(self.committed("SELECT person_id, amount FROM packet_claim"))
        for who, amounts in got.items():
            if len(amounts) > 1:
                sim.wrong("claims", f"{who} was told {sorted(amounts)} for one packet")
            if any((who[0], amount) not in claims for amount in amounts):
                sim.wrong("claims", f"{who} was told {sorted(amounts)}, and no claim says so")
        for query in self.forged:
            text = str(sim.world.queries[query].get("text", ""))
            if GOT.match(text):
                sim.wrong("authority", f"a forged press was taken: {text!r}")

    def _shown(self, ask: Any) -> None:
        """What was shown exists."""
        for name in ("packet", "lottery"):
            rows = {r[0] for r in ask(f"SELECT id FROM {name}")}
            for ref in self.cards:
                kind, _, number = ref.partition(":")
                if kind in (name, f"red{name}") and number.isdigit() and int(number) not in rows:
                    self.sim.wrong("claims", f"{ref} was shown and is not there")

    def _slots(self, ask: Any) -> None:
        """Planned posts: each slot once, none forgotten."""
        sim = self.sim
        now = sim.clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")
        for row in ask(
            "SELECT chat_id, plan_id, due FROM plan_slot WHERE state = 'waiting'"
            f" AND due < datetime('{now}', '-60 seconds')"
        ):
            sim.wrong("liveness", f"slot {row} is overdue")
        for ref, n in ask(
            "SELECT ref, count(*) FROM outbox WHERE lane = 3 AND ref IS NOT NULL AND kind = 'send'"
            " GROUP BY ref, chat_id HAVING count(*) > 1"
        ):
            sim.wrong("post policy", f"{ref} was said {n} times")

    def _standing(self, ask: Any) -> None:
        """What must go has gone."""
        sim = self.sim
        staff = ",".join(map(str, sim.ever_staff))
        human = set(  # where Telegram could not say who they are, a person is asked; or one took it back
            ask("SELECT a.telegram_id, v.message_id FROM verdict v"
                " JOIN chat_address a ON a.chat_id = v.chat_id"
                f" WHERE v.action NOT IN ('remove', 'mute', 'ban', 'kick') OR v.undone_by IN ({staff})")
        )  # fmt: skip
        for (chat, message), said in self.forbids.items():
            room = sim.world.chats[chat]
            sender = room.messages.get(message, {}).get("from", {}).get("id")
            if (chat, message) in human or sender in sim.ever_staff | self.approved:  # by when it was read
                continue
            if (
                not room.migrated_to
                and message in room.messages
                and sim.world.clock.now() - room.messages[message]["date"] < 47 * 3600
            ):
                sim.wrong("moderation", f"{chat}/{message} stands since {sim.loop.time() - said:.0f} s: "
                          f"{room.messages[message].get('text')!r}")  # fmt: skip

    def _secret(self) -> None:
        if SECRET.encode() in self.sim.ground.database.serialize():
            self.sim.wrong("secrets", "the token stands in the database")

    # --- when nothing goes wrong
    async def probe(self) -> None:
        """The bot, left alone, does its work in seconds."""
        sim, w = self.sim, self.sim.world
        self.calm_since = sim.loop.time()
        asked: list[tuple[ChatRoom, int]] = []
        for room in sim.groups():
            who = next(
                (u for u in sim.plain(room) if u not in self.approved and u not in sim.ever_staff), None
            )
            if who is None:
                who = w.add_user("Probe", language="en")
                room.members[who] = type(room.members[sim.owner])()
            w.member(room, who).status = "member"
            room.permissions |= set(w.member(room, sim.owner).permissions)
            try:
                w.member(room, who).permissions |= room.permissions
                self.forbid(w.say(who, room.id, f"probe {sim.words[sim.home(room)]}"))
                said = w.say(sim.owner, room.id, "/ping")
                asked.append((room, said["message_id"]))
            except Forbidden as e:
                sim.wrong("simulation", f"the probe may not speak: {e}")
        await asyncio.sleep(SOON)
        for (chat, message), said in list(self.forbids.items()):
            if said >= self.calm_since and message in w.chats[chat].messages:
                sim.wrong("deadline", f"{chat}/{message} stands {sim.loop.time() - said:.0f} s in calm: "
                          f"{w.chats[chat].messages[message].get('text')!r}")  # fmt: skip
        for room, number in asked:
            mine = [
                c
                for c in self.calls[-400:]
                if c.chat == room.id and str(number) in str(c.params.get("reply_parameters"))
            ]
            if not any(c.ok for c in mine):
                sim.wrong(
                    "liveness", f"/ping {number} in {room.title} was not answered in {SOON:.0f} s of calm"
                )
        await sim._quiet(30)
