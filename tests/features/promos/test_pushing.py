"""Template and plan files that operators send: where they belong, what they would change, and live."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from groupbot.core.events import Chat, Fetched
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit, Refusal
from groupbot.features.campaigns import service as campaigns
from groupbot.features.care import service as care
from groupbot.features.members import service as members
from groupbot.features.promos import service, store
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.domain.pushing import kind_of, target
from groupbot.features.promos.service.kinds import place
from groupbot.features.promos.service.pushing import propose
from groupbot.features.quiz import service as quiz
from groupbot.features.scenes import service as scenes
from tests.features.promos.test_publish import chats, plan, take_in

KINDS = (care.KIND, scenes.KIND, campaigns.KIND, quiz.KIND)
KNOWN = ("promos/card.zh.html.j2", "shop/card.zh.html.j2", "promos/greeting.zh.html.j2")


@pytest.mark.parametrize(
    ("name", "said", "path"),
    [
        ("春节.yaml", "", "春节.yaml"),
        ("a.yml", "anything", "a.yaml"),
        ("greeting.zh.html.j2", "", "promos/greeting.zh.html.j2"),
        ("card.zh.html.j2", "shop", "shop/card.zh.html.j2"),
        ("card.zh.html.j2", "/shop/card", "shop/card.zh.html.j2"),
        ("new.en.html.j2", "mine/spring", "mine/spring/new.en.html.j2"),
    ],
)
def test_a_file_goes_where_its_name_and_caption_say(name: str, said: str, path: str) -> None:
    assert target(name, said, KNOWN) == path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("card.zh.html.j2", ""), ("new.zh.html.j2", ""), ("../card.zh.html.j2", "promos"), ("a.txt", ""),
        ("card.zh.html.j2", "../etc"), ("card.zh.html.j2", "plans"), (".hidden.yaml", ""),
    ],
)  # fmt: skip
def test_a_file_whose_place_is_not_clear_is_asked_about(name: str, said: str) -> None:
    with pytest.raises(Wrong):
        target(name, said, KNOWN)


@pytest.fixture
def shelf(writer: Writer, tmp_path: Path) -> Path:
    writer.content = Content([tmp_path, folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")
    writer.me = structs.replace(writer.me, ops_chat=-777, operators=(1,))
    return tmp_path


def push(writer: Writer, path: str, text: str) -> dict[str, Any]:
    writer.write(lambda w: propose(w, path, text, 1))
    (found,) = writer.write(lambda w: service.fresh(w, KINDS))
    return found


def decide(writer: Writer, number: int, *, live: bool = True) -> dict[str, Any]:
    return writer.write(lambda w: service.decide(w, number, 1, KINDS, live=live))


def test_a_template_goes_live_by_a_press_and_the_version_before_is_kept(writer: Writer, shelf: Path) -> None:
    old = "---\nsample: {price: 59}\n---\n山楂 {{ price }}元\n"
    (shelf / "shop").mkdir()
    (shelf / "shop" / "offer.zh.html.j2").write_text(old, "utf-8")
    new = old.replace("山楂", "山楂陈皮")
    found = push(writer, "shop/offer.zh.html.j2", new)
    assert (found["wrong"], found["diff"], found["preview"]) == (
        [], ["-山楂 {{ price }}元", "+山楂陈皮 {{ price }}元"], "山楂陈皮 59元",
    )  # fmt: skip
    assert decide(writer, found["id"])["live"] is True
    assert (shelf / "shop" / "offer.zh.html.j2").read_text("utf-8") == new
    kept = writer.write(lambda w: w.sql.all(store.VERSIONS, the_name="shop/offer", the_lang="zh"))
    assert [r.text for r in kept] == [old]
    with pytest.raises(Refusal, match="push_over"):
        decide(writer, found["id"])
    assert push(writer, "shop/offer.zh.html.j2", new)["same"] is True


def test_a_file_that_changed_meanwhile_is_not_overwritten(writer: Writer, shelf: Path) -> None:
    found = push(writer, "shop/offer.zh.html.j2", "one")
    (shelf / "shop").mkdir()
    (shelf / "shop" / "offer.zh.html.j2").write_text("by hand", "utf-8")
    with pytest.raises(Refusal, match="push_changed"):
        decide(writer, found["id"])
    assert (shelf / "shop" / "offer.zh.html.j2").read_text("utf-8") == "by hand"
    other = push(writer, "shop/other.zh.html.j2", "two")
    assert decide(writer, other["id"], live=False)["live"] is False
    assert not (shelf / "shop" / "other.zh.html.j2").exists()


def test_a_broken_template_is_named_with_its_line_and_cannot_go_live(writer: Writer, shelf: Path) -> None:
    chats(writer)
    take_in(writer, plan("weekend", pool=("promos/greeting",), data={"text": "hi"}))
    found = push(writer, "promos/greeting.zh.html.j2", "---\nsample: {text: a}\n---\n{{ txt }}")
    assert (found["id"], found["wrong"], found["plans"]) == (
        0, ["promos/greeting.zh.html.j2:4: 'txt' is undefined: did you mean text? -> mend the name"],
        ["weekend"],
    )  # fmt: skip


def test_plans_are_checked_with_all_that_belongs_to_them_and_then_taken_in(
    writer: Writer, shelf: Path
) -> None:
    chats(writer)
    text = (
        "- {name: 小年, audience: 门店, kind: greeting, template: promos/greeting, data: {text: 快乐},"
        " start: 2027-02-01 10:00}\n"
    )
    wrong = push(writer, "plans/year.yaml", text.replace("门店,", "店,").replace("10:00", "23:00"))
    assert (wrong["id"], wrong["wrong"]) == (
        0,
        ["plans/year.yaml:1: 小年: no audience '店' -> did you mean 门店?"],
    )
    found = push(writer, "plans/year.yaml", text)
    assert (found["wrong"], found["preview"], found["plans"]) == ([], "小年 → 门店 1", ["小年"])
    decide(writer, found["id"])
    assert writer.write(service.sync) == []
    assert "小年" in [r.name for r in writer.write(lambda w: w.sql.all(store.PLANS))]


def test_what_is_fetched_is_shown_and_what_cannot_be_read_is_said(writer: Writer, shelf: Path) -> None:
    chats(writer)

    def come(work: Work, ref: int, **more: str) -> dict[str, Any] | None:
        work.chat = 1
        return service.arrived(
            work, Fetched(at=work.now, chat=Chat(-777, "supergroup"), ref=f"promos.push:{ref}", **more), KINDS
        )

    writer.write(lambda w: service.receive(w, "hello.zh.html.j2", "mine", "FILE", 1))
    found = writer.write(lambda w: come(w, 1, text="hello"))
    assert found is not None
    assert (found["file"], found["preview"]) == ("mine/hello.zh.html.j2", "hello")
    assert writer.write(lambda w: come(w, 1, text="again")) is None
    writer.write(lambda w: service.receive(w, "hello.zh.html.j2", "mine", "FILE", 1))
    lost = writer.write(lambda w: come(w, 2, trouble="not_text"))
    assert lost == {"id": 0, "file": "mine/hello.zh.html.j2", "trouble": "not_text"}
    with pytest.raises(Refusal, match="push_where"):
        writer.write(lambda w: service.receive(w, "hello.zh.html.j2", "", "FILE", 1))


# --- a YAML file is what stands in it
RECIPE = "- {name: hello, when: joined, steps: [{to: private, template: care/day0}]}\n"
SCENE = "- {name: picnic, phrases: [picnic], template: scenes/card, data: {text: Come}}\n"
CAMPAIGN = (
    "- {name: Spring, reason: tea, audience: 门店, start: 2027-02-14, end: 2027-02-20, contact: Zhou,"
    " stop: {leaves: 2%, complaints: 5}, phases: [{name: taste}]}\n"
)
PACK = "- {name: a, kind: tier, about: b, posts: [{week: 1, day: MO, at: '10:00', template: packs/c}]}\n"
PLAN = "- {name: 小年, audience: 门店, kind: greeting, template: promos/greeting, start: 2027-02-01 10:00}\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (RECIPE, "recipes/x.yaml"), (SCENE, "scenes/x.yaml"), (CAMPAIGN, "plans/campaigns/x.yaml"),
        (PACK, "plans/packs/x.yaml"), (PLAN, "plans/x.yaml"),
        (RECIPE.replace("when", "wen"), "recipes/x.yaml"),  # a slip does not make it something else
    ],
)  # fmt: skip
def test_a_yaml_file_belongs_where_files_of_its_kind_stand(text: str, path: str) -> None:
    assert place(text, "x.yaml", KINDS) == path


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.yaml", "- name: a\n  steps: [\n", "x.yaml:3: not YAML"),
        ("x.yaml", "- {name: a, colour: red}\n", "x.yaml:1: neither plans, packs, recipes, scenes, cam"),
        ("x.yaml", "- {name: a}\n", "x.yaml:1: neither"),
        ("x.yaml", "", "x.yaml:1: neither"),
        ("x.yaml", "just words", "x.yaml:1: neither"),
        ("x.yaml", "colour: red\nquiz: []\n", "x.yaml:1: neither"),
        ("x.yaml", "stores: {tier: store}\n", "x.yaml:1: audiences, which stand in one file -> send"),
    ],
)  # fmt: skip
def test_a_file_that_is_nothing_known_is_refused_with_the_next_step(name: str, text: str, said: str) -> None:
    with pytest.raises(Misfit) as e:
        place(text, name, KINDS)
    assert (e.value.line().startswith(said), bool(e.value.next)) == (True, True)


def test_of_two_kinds_that_fit_alike_neither_is_taken() -> None:
    with pytest.raises(Wrong):
        kind_of([{"name": "a", "b": 1}], {"x": ("name", "b"), "y": ("name", "b")})


@pytest.mark.parametrize(
    ("text", "path", "wrong"),
    [
        (RECIPE, "recipes/x.yaml", ("when: joined", "wen: joined")),
        (RECIPE, "recipes/x.yaml", ("care/day0", "care/day99")),
        (SCENE, "scenes/x.yaml", ("[picnic]", "[火锅]")),  # a shipped scene has it
        (SCENE, "scenes/x.yaml", ("scenes/card", "scenes/cart")),
        (CAMPAIGN, "plans/campaigns/x.yaml", ("门店", "店")),
    ],
)
def test_what_comes_is_checked_by_its_own_reader_and_lands_in_its_folder(
    writer: Writer, shelf: Path, text: str, path: str, wrong: tuple[str, str]
) -> None:
    chats(writer)

    def come(said: str) -> dict[str, Any]:
        writer.write(lambda w: service.receive(w, "x.yaml", "", "FILE", 1))
        number = writer.write(lambda w: w.sql.value(store.LAST_PUSH))
        found = writer.write(
            lambda w: service.arrived(
                w,
                Fetched(at=w.now, chat=Chat(-777, "supergroup"), ref=f"promos.push:{number}", text=said),
                KINDS,
            )
        )
        assert found is not None
        return found

    bad = come(text.replace(*wrong))
    at = (path, "scenes/kitchen.yaml:")  # or where it is in the way of another
    assert (bad["id"], bad["file"], bad["wrong"][0].startswith(at)) == (0, path, True)
    found = come(text)
    assert (found["file"], found["wrong"]) == (path, [])
    assert found["preview"] in ("hello", "picnic", "Spring")
    assert decide(writer, found["id"])["file"] == path
    assert (shelf / path).read_text("utf-8") == text
    lost = come("just words")
    assert (lost["id"], lost["file"], lost["wrong"][0].startswith("x.yaml:1: neither")) == (0, "x.yaml", True)


def test_audiences_that_leave_a_plan_without_its_own_are_not_put_live(writer: Writer, shelf: Path) -> None:
    (shelf / "plans").mkdir()
    (shelf / "plans" / "audiences.yaml").write_text("ours: {tier: store}\n", "utf-8")
    (shelf / "plans" / "a.yaml").write_text(PLAN.replace("门店", "ours"), "utf-8")
    chats(writer)
    bad = push(writer, "plans/audiences.yaml", "mine: {tier: store}\n")
    assert (bad["id"], [w.partition(" -> ")[0] for w in bad["wrong"]]) == (
        0,
        ["plans/a.yaml:1: 小年: no audience 'ours'"],
    )
    good = push(writer, "plans/audiences.yaml", "ours: {tier: store}\nmine: {tier: dealer}\n")
    assert (good["wrong"], good["preview"].splitlines()[-2:]) == ([], ["ours 1", "mine 0"])


def test_a_book_of_a_quiz_goes_live_by_a_press_and_a_wrong_one_is_named_with_its_line(
    writer: Writer, shelf: Path
) -> None:
    book = "title: 山楂\nquestions:\n  - ask: 哪种是红的?\n    options: [山楂, 李子]\n    right: 1\n"
    assert place(book, "haw.yaml", KINDS) == "quizzes/haw.yaml"
    wrong = push(writer, "quizzes/haw.yaml", book.replace("right: 1", "right: 3"))["wrong"]
    assert wrong == [
        "quizzes/haw.yaml:5: question 1: right is the number of an option, from 1 -> right: 1 is '山楂'"
    ]
    found = push(writer, "quizzes/haw.yaml", book)
    assert (found["wrong"], found["preview"], found["file"]) == ([], "haw", "quizzes/haw.yaml")
    decide(writer, found["id"])
    assert writer.write(quiz.status)["books"][0] == {"name": "haw", "title": "山楂", "n": 1}
