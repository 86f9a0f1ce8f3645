"""Plans under operators' hands: /plan, /schedule, /post, approvals, and what the operators' chat is told."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec import Struct, structs

from groupbot import Answer, Button, Command, Edit, Refusal, Router, Send, Tap, Work, sender_of
from groupbot.engine.addresses import in_ops
from groupbot.features.experts import service as experts
from groupbot.features.members import service as members
from groupbot.features.operations.domain import Restored
from groupbot.features.promos import service

router = Router(
    "planning",
    about="Plans approved by operators",
    keeps="who approved which plan when, and the versions of templates that were approved",
)
router.keeps_of(*service.KEPT)
LACKING = 5  # groups without an expert that are named
KEY = 12  # digits of a print that a button carries


class Approve(Struct, frozen=True, tag="pl.yes"):
    """This plan, as it was shown."""

    plan: int
    key: str


class Earlier(Struct, frozen=True, tag="pl.old"):
    """This plan, in the versions approved before."""

    plan: int
    key: str


class Halt(Struct, frozen=True, tag="pl.stop"):
    """Not this plan."""

    plan: int
    key: str


class Turn(Struct, frozen=True, tag="pl.page"):
    """Another page of the list."""

    page: int


class ApproveAll(Struct, frozen=True, tag="pl.all"):
    """Everything that waits on this page, as it was shown."""

    page: int
    key: str


@router.every(seconds=3)
def tell(work: Work) -> None:
    """Tells the operators' chat what waits for a word, which edit is broken, and how a broadcast goes."""
    service.let_go(work)
    for send in service.watch(work):
        slots = send.data["slots"]
        rows = tuple((Button("stop", Halt(s["id"], "")),) for s in slots[:1])
        work.say(structs.replace(send, buttons=rows))
    for send in service.ask(work):
        work.say(_with_buttons(send))
    for run in service.running(work):
        how = Send if run["first"] else Edit
        work.say(how(**run["to"], template="promos/progress", data=run["data"], ref=run["ref"]))


@router.on(Restored)
def let_pass(happening: Restored, work: Work) -> None:
    """What came due since the backup was taken is not posted again."""
    service.let_pass(work)


@router.command(
    "plan", about="Plans, and what waits for approval", who="operator", where="any",
    usage="/plan [NAME]", example="/plan Weekend offer", hidden=True,
)  # fmt: skip
def plan(cmd: Command, work: Work) -> None:
    """The list of plans page by page, or one of them."""
    if not cmd.args:
        work.say(Send(**_place(cmd, work), **_page(work, 0), ref=_list_ref(cmd, work)))
        return
    found = next((i for i in service.items(work) if i.plan.name == cmd.args.strip()), None)
    if found is None:
        raise Refusal("promos/no_plan", name=cmd.args.strip()[:60])
    data = service.described(work, found) | {"id": found.id, "key": found.standing.print}
    if found.plan.expert is not None:
        data["sessions"] = experts.by_slot(work, found.id, service.clock_of(work, found))
    work.say(_with_buttons(Send(**_place(cmd, work), template="promos/review", data=data)))


@router.command(
    "schedule", about="What is posted next, in all groups", who="operator", where="any", hidden=True
)
def schedule(cmd: Command, work: Work) -> None:
    """The next posts over all groups."""
    work.say(Send(**_place(cmd, work), template="promos/schedule", data={"next": service.schedule(work)}))


@router.command(
    "core", about="Core messages: how often members met them", who="operator", where="any", hidden=True
)
def core(cmd: Command, work: Work) -> None:
    """The messages of four weeks with their posts, and how many members met each how often."""
    data, known = service.exposures(work), service.remembered(work)
    for row in data["rows"]:
        row["recall"] = known.get(row["message"])
    work.say(Send(**_place(cmd, work), template="promos/core", data=data))


@router.command(
    "post", about="A post at once in all groups of an audience", who="operator", where="any",
    usage="/post AUDIENCE TEXT", example="/post stores Closed on Monday", hidden=True,
)  # fmt: skip
def post(cmd: Command, work: Work) -> None:
    """Shows the post with its audience; it leaves after a button."""
    _post(cmd, work, paid=False)


@router.command(
    "paidpost", about="The same at once for Stars: 0.1 a group", who="operator", where="any",
    usage="/paidpost AUDIENCE TEXT", example="/paidpost stores Closed on Monday", hidden=True,
)  # fmt: skip
def paid_post(cmd: Command, work: Work) -> None:
    """Shows the post with its price; it leaves after a button, at up to 1,000 groups a second."""
    _post(cmd, work, paid=True)


def _post(cmd: Command, work: Work, *, paid: bool) -> None:
    audience, _, text = cmd.args.strip().partition(" ")
    if not audience or not text.strip():
        raise Refusal("common/usage")
    place = _place(cmd, work)
    plan_id = service.post(work, audience, text.strip(), paid=paid)
    found = next(i for i in service.items(work) if i.id == plan_id)
    data = service.described(work, found) | {"id": found.id, "key": found.standing.print}
    work.say(_with_buttons(Send(**place, template="promos/review", data=data)))


@router.tap(Approve, who="operator")
def approve(tap: Tap, work: Work) -> None:
    """An operator approves a plan."""
    _word(tap, work, "yes")


@router.tap(Earlier, who="operator")
def earlier(tap: Tap, work: Work) -> None:
    """An operator has the earlier versions said."""
    _word(tap, work, "old")


@router.tap(Halt, who="operator")
def halt(tap: Tap, work: Work) -> None:
    """An operator stops a plan."""
    _word(tap, work, "stop")


@router.tap(Turn, who="operator")
def turn(tap: Tap, work: Work) -> None:
    """Another page."""
    assert isinstance(tap.data, Turn)
    work.say(Edit(**_where(tap, work), **_page(work, tap.data.page), ref=_list_ref(tap, work)))
    work.say(Answer(query_id=tap.query_id))


@router.tap(ApproveAll, who="operator")
def approve_all(tap: Tap, work: Work) -> None:
    """Every waiting plan of a page at once."""
    assert isinstance(tap.data, ApproveAll) and tap.sender is not None
    shown = _waiting(work, tap.data.page)
    if _key(shown) != tap.data.key:
        raise Refusal("promos/changed_since", plan="")
    for each in shown:
        service.approve(work, each.id, each.plan, each.standing.print, tap.sender.id)
    work.say(Edit(**_where(tap, work), **_page(work, tap.data.page), ref=_list_ref(tap, work)))
    work.say(Answer(query_id=tap.query_id, template="promos/approved_many", data={"n": len(shown)}))


def _word(tap: Tap, work: Work, verdict: str) -> None:
    assert isinstance(tap.data, Approve | Earlier | Halt) and tap.sender is not None
    plan_id, key = tap.data.plan, tap.data.key
    found = service.live(work, plan_id)
    if found is None:
        raise Refusal("promos/no_plan", name="")
    made = service.approve(work, plan_id, found, key, tap.sender.id, verdict)
    done = made.stopped or not (made.missing or made.short)
    state = "stopped" if made.stopped else "approved" if done else "second"
    data = {
        "plan": found.name,
        "state": state,
        "who": members.name(work, tap.sender.id),
        "chats": len(made.chats),
    }
    if key and done:
        work.say(
            Edit(**_where(tap, work), template="promos/reviewed", data=data, ref=_ref(plan_id, key, work))
        )
    work.say(Answer(query_id=tap.query_id, template="promos/reviewed", data=data))


def _with_buttons(send: Send, here: int = 0) -> Send:
    data = dict(send.data)
    plan_id, key = data.pop("id", None), data.pop("key", "")[:KEY]
    if plan_id is None:
        return structs.replace(send, buttons=((Button("look", Turn(0)),),))
    rows: list[tuple[Button, ...]] = []
    if data["state"] == "waits":
        rows.append((Button("spend" if data["stars"] else "approve", Approve(plan_id, key)),))
        if data["old"]:
            rows.append((Button("earlier", Earlier(plan_id, key)),))
    if data["state"] not in ("stopped", "done", "draft"):
        rows.append((Button("stop", Halt(plan_id, key)),))
    place = send.chat if send.user is None else -send.user
    return structs.replace(send, data=data, buttons=tuple(rows), ref=f"promos.review:{plan_id}:{key}:{place}")


def _page(work: Work, page: int) -> dict[str, Any]:
    """Template, data and buttons of a page of plans."""
    found = service.items(work)
    pages = max(1, -(-len(found) // service.PAGE))
    page = max(0, min(page, pages - 1))
    shown = found[page * service.PAGE : (page + 1) * service.PAGE]
    lacking = service.lacking_expert(work) if found else []
    data = {
        "plans": [
            {
                "name": i.plan.name,
                "state": i.state,
                "audience": i.plan.whom.name,
                "chats": len(i.standing.whom),
                "notes": list(i.notes),
            }
            for i in shown
        ],
        "page": page + 1,
        "pages": pages,
        "lacking": lacking[:LACKING],
        "lacking_more": max(0, len(lacking) - LACKING),
    }
    rows: list[tuple[Button, ...]] = []
    waiting = _together(shown)
    if waiting:
        rows.append((Button("approve", ApproveAll(page, _key(waiting))),))
    turns = [Button("back", Turn(page - 1))] if page else []
    turns += [Button("next", Turn(page + 1))] if page + 1 < pages else []
    if turns:
        rows.append(tuple(turns))
    return {"template": "promos/plan_list", "data": data, "buttons": tuple(rows)}


def _waiting(work: Work, page: int) -> list[Any]:
    found = service.items(work)[page * service.PAGE : (page + 1) * service.PAGE]
    return _together(found)


def _together(items: list[Any]) -> list[Any]:
    """What one button may approve: not what costs Stars, whose price is to be seen."""
    return [i for i in items if i.state == "waits" and not i.standing.stars]


def _key(items: list[Any]) -> str:
    return hashlib.sha256("".join(f"{i.id}{i.standing.print}" for i in items).encode()).hexdigest()[:KEY]


def _place(cmd: Command, work: Work) -> dict[str, Any]:
    return members.operators_place(work, sender_of(cmd), cmd.message.topic)


def _where(tap: Tap, work: Work) -> dict[str, Any]:
    if tap.chat.type == "private" and tap.sender is not None:
        return {"user": tap.sender.id}
    return {"chat": work.chat}


def _ref(plan_id: int, key: str, work: Work) -> str:
    event = work.event
    private = event is not None and event.chat.type == "private" and event.sender is not None
    place = -event.sender.id if private else work.chat  # type: ignore[union-attr]
    return f"promos.review:{plan_id}:{key}:{place}"


def _list_ref(event: Command | Tap, work: Work) -> str:
    person = event.sender.id if event.sender else 0
    return f"promos.plans:{work.chat if in_ops(work) else -person}"
