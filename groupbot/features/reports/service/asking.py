"""A member reports a message."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Delete, Send
from groupbot.core.events import ANONYMOUS_ADMIN, CHANNEL_SENDER, TELEGRAM_SERVICE, Command
from groupbot.engine.replies import sender_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.log import service as log
from groupbot.features.log.domain import Record
from groupbot.features.members import service as members
from groupbot.features.moderation.service.whom import reply_of
from groupbot.features.reports import domain, store
from groupbot.features.reports.service import cards
from groupbot.features.rules.domain.cases import Case
from groupbot.features.rules.service import lessons
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.rules.service.recording import record
from groupbot.features.rules.service.removing import take_away


def switch(work: Work, chat: int, on: bool, by: int | None) -> None:
    """May members report here?"""
    members.put(work, domain.ON, on, chat=chat, by=by)


def report(work: Work, cmd: Command) -> None:
    """Report the message replied to; the command's message goes.

    Raises:
        Refusal: reports are off, nothing is replied to, an administrator reports or is reported, the
            reporter did too often or too often without cause, or the message was decided already.
    """
    reporter, (actor, name) = _reporter(work, cmd), _reported(work, cmd)
    message = reply_of(cmd)
    row = work.sql.first(store.OF_MESSAGE, chat=work.chat, message=message)
    if row is not None and row.decided_at is not None:
        by = members.name(work, row.decided_by) if row.decided_by else ""
        raise Refusal("reports/decided", by=by, result=row.result)
    _may(work, reporter)
    if row is None:
        row = _new(work, cmd, message, actor, name)
    vote = {"report_id": row.id, "reporter": reporter, "chat_id": work.chat, "at": work.now}
    reason = " ".join(cmd.args.split())[: domain.REASON]
    if not work.sql.run(store.VOTE, reason=reason, **vote):
        raise Refusal("reports/again")
    work.say(Delete(chat=work.chat, messages=(cmd.message.message_id,), why="reports are not for all to see"))
    _thank(work, cmd, reporter)
    votes = work.sql.all(store.VOTES, the_id=row.id)
    p = members.profile(work, work.chat)
    tier = p.tier if p is not None else None
    what = domain.step(
        len(votes),
        int(members.get(work, work.chat, domain.NOTIFY)),
        int(members.get(work, work.chat, domain.HIDE)),
        tier,
    )
    if what == "hide" and row.hidden is None and policy_of(work, work.chat).mode == "on":
        _hide(work, row)
        row = work.sql.first(store.GET, the_id=row.id)
    if what != "wait":
        cards.ask(work, row)


def _reporter(work: Work, cmd: Command) -> int:
    if not members.get(work, work.chat, domain.ON):
        raise Refusal("reports/off")
    if cmd.sender is None or cmd.message.sender_chat is not None:
        raise Refusal("reports/staff" if cmd.message.anonymous else "reports/only_people")
    if members.is_staff(work, work.chat, cmd.sender.id):
        raise Refusal("reports/staff")
    return cmd.sender.id


def _reported(work: Work, cmd: Command) -> tuple[int, str]:
    """Who wrote the message replied to, and what they are called."""
    m = cmd.message
    if not reply_of(cmd):
        raise Refusal("reports/reply_first")
    if m.reply_chat is not None:
        if m.reply_chat.id == m.chat.id or m.reply_automatic:
            raise Refusal("reports/not_staff")
        return m.reply_chat.id, m.reply_chat.title
    who = m.reply_person
    if who is None or who.id in (ANONYMOUS_ADMIN, CHANNEL_SENDER, TELEGRAM_SERVICE):
        raise Refusal("reports/not_staff")
    if who.id == work.bot_id or members.is_staff(work, work.chat, who.id):
        raise Refusal("reports/not_staff")
    if cmd.sender is not None and who.id == cmd.sender.id:
        raise Refusal("reports/yourself")
    return who.id, who.name


def _may(work: Work, reporter: int) -> None:
    wrong = work.sql.value(
        store.WITHOUT_CAUSE, chat=work.chat, who=reporter, since=work.now - domain.ABUSE_WINDOW
    )
    if domain.barred(int(wrong or 0), int(members.get(work, work.chat, domain.ABUSE))):
        raise Refusal("reports/barred")
    most = int(members.get(work, work.chat, domain.PER_HOUR))
    lately = work.sql.value(store.LATELY, chat=work.chat, who=reporter, since=work.now - domain.HOUR)
    if int(lately or 0) >= most > 0:
        raise Refusal("reports/too_many", most=most)


def _new(work: Work, cmd: Command, message: int, actor: int, name: str) -> Any:
    made = work.sql.returning(
        store.NEW,
        chat_id=work.chat,
        message_id=message,
        topic=cmd.message.topic,
        actor=actor,
        name=name if actor < 0 else "",
        text=" ".join(cmd.message.reply_text.split())[: domain.CLIP],
        at=work.now,
        cards=[],
    )[0]
    row = work.sql.first(store.GET, the_id=made.id)
    lessons.reported(work, message, actor, cmd.message.reply_text, cmd.message.topic)
    by = sender_of(cmd) or None
    log.note(work, Record(work.chat, "reports", "report", work.now, by, actor, row.text), send=False)
    return row


def _thank(work: Work, cmd: Command, reporter: int) -> None:
    """To the reporter alone where that can be, else one short line that names nobody."""
    topic = cmd.message.topic
    if members.reachable(work, reporter):
        work.say(Send(user=reporter, template="reports/thanks"))
    else:
        public = Send(chat=work.chat, topic=topic, template="reports/thanks", lifetime=20)
        work.say(
            Send(chat=work.chat, topic=topic, template="reports/thanks", only_for=reporter, fallback=public)
        )


def _hide(work: Work, row: Any) -> None:
    """Put the message away until staff have looked: a case like those of rules, but counted by people."""
    case = Case(
        row.chat_id,
        domain.RULE,
        domain.VERSION,
        row.text,
        "reply",
        row.actor,
        row.actor > 0,
        False,
        row.message_id,
        None,
        work.now,
    )
    case = record(work, case, "human", None)
    work.sql.run(store.HIDDEN, the_id=row.id, the_case=case.id)
    take_away(work, row.chat_id, (row.message_id,), f"{case.why}: put away until staff decide")
    if row.actor > 0 and members.reachable(work, row.actor):
        p = members.profile(work, row.chat_id)
        title = p.title if p is not None else ""
        work.say(Send(user=row.actor, template="reports/put_away", data={"title": title, "text": row.text}))


def state(work: Work, chat: int) -> dict[str, Any]:
    """Are reports on here, and the newest that wait for a decision."""
    found = work.sql.all(store.OPEN, chat=chat)
    rows = [
        {
            "text": r.text if r.hidden is None else "",  # the whole group reads this
            "at": r.at,
            "link": cards.link(work, r),
            "hidden": r.hidden is not None,
        }
        for r in found
    ]
    return {"on": bool(members.get(work, chat, domain.ON)), "rows": rows}


def sweep(work: Work) -> None:
    """Forget what was said after 30 days, and reports after 180."""
    work.sql.run(store.FORGET_REASON, before=work.now - domain.KEEP_TEXT)
    work.sql.run(store.FORGET_TEXT, before=work.now - domain.KEEP_TEXT)
    work.sql.run(store.FORGET_VOTES, before=work.now - domain.KEEP)
    work.sql.run(store.FORGET, before=work.now - domain.KEEP)
