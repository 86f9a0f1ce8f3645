"""Files in the operators' chat: a template goes live by an operator's press; media kept by a name."""

from pathlib import Path
from typing import Any

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from tests.dialogs.test_media_posts import PNG
from tests.dialogs.test_planning import WEN, Ops, ops, presses

__all__ = ["ops"]


async def sends(ops: Ops, name: str, data: bytes, caption: str = "", by: int = WEN) -> int:
    world = ops.talk.world
    message = world.say(by, ops.ops, "", caption=caption, **world.of_file("document", data, file_name=name))
    await ops.talk.settle()
    return int(message["message_id"])


def words(ops: Ops) -> list[str]:
    return [t for t in ops.talk.bot_texts(ops.ops) if t]


async def test_a_file_sent_to_the_operators_chat_goes_live_by_a_press(ops: Ops, tmp_path: Path) -> None:
    text = "---\nsample: {price: 59}\n---\n山楂 <b>{{ price }}</b>元"
    await sends(ops, "haw.zh.html.j2", text.encode())
    assert words(ops)[-1].startswith("不知道这份文件放哪儿:haw.zh.html.j2 is new")
    await sends(ops, "haw.zh.html.j2", text.replace("{{ price", "{{ prise").encode(), "shop")
    assert "did you mean price?" in words(ops)[-1]
    await sends(ops, "haw.zh.html.j2", text.encode(), "shop")
    assert words(ops)[-1].startswith("shop/haw.zh.html.j2 · 检查过了,待上线\n+---\n")
    assert "山楂 59元" in words(ops)[-1]
    live = tmp_path / "content_templates" / "shop" / "haw.zh.html.j2"
    assert not live.exists()
    assert await presses(ops, "上线") == "shop/haw.zh.html.j2:Wen已上线"
    assert live.read_text("utf-8") == text
    assert words(ops)[-1] == "shop/haw.zh.html.j2:Wen已上线"
    # other files are left alone, and a picture is kept by a name
    before = len(words(ops))
    await sends(ops, "photo.jpg", PNG)
    assert len(words(ops)) == before
    world = ops.talk.world
    photo = world.say(WEN, ops.ops, "", photo=world.photo(PNG))
    await ops.talk.settle()
    world.say(WEN, ops.ops, "/media spring", reply_to=photo["message_id"])
    await ops.talk.settle()
    assert words(ops)[-1] == "记下了。帖子里写 photo: saved:spring 就会带上它。"
    world.say(WEN, ops.ops, "/media")
    await ops.talk.settle()
    assert words(ops)[-1] == "saved:spring 图片"


async def test_a_poll_becomes_a_template_and_a_quiz_is_asked_for_its_answer(ops: Ops, tmp_path: Path) -> None:
    world, posts = ops.talk.world, tmp_path / "content_templates" / "posts"

    async def kept(chat: int, name: str, **body: Any) -> None:
        poll = world.carry(WEN, chat, "poll", body=body)
        await ops.talk.settle()
        world.say(WEN, chat, f"/media {name}", reply_to=poll["message_id"])
        await ops.talk.settle()

    await kept(ops.ops, "drink", question="喝 {{ 什么 }} & <茶>?", options=["绿茶", "红茶: 热的"])
    assert words(ops)[-1].startswith("posts/drink.zh.html.j2 · 检查过了,待上线\n")
    assert "喝 {{ 什么 }} & <茶>?" in words(ops)[-1]
    assert await presses(ops, "上线") == "posts/drink.zh.html.j2:Wen已上线"
    source = Content([tmp_path / "content_templates", folder("content_templates")])
    made = source.render("posts/drink", "zh", {})
    assert made.formatted.text == "喝 {{ 什么 }} & <茶>?"
    # a quiz: what is right is not told to bots in a group
    fruit = {
        "question": "哪种晒干泡茶?",
        "options": ["李子", "山楂"],
        "type": "quiz",
        "correct_option_ids": [1],
    }
    await kept(ops.ops, "fruit", **fruit)
    assert words(ops)[-1].startswith("哪种晒干泡茶?\n哪个答案是对的?")
    await presses(ops, "山楂")
    assert "Wen 说,答案是「山楂」。" in words(ops)
    assert words(ops)[-1].startswith("posts/fruit.zh.html.j2 · 检查过了,待上线\n")
    await presses(ops, "上线")
    live = "---\npoll:\n  options:\n  - 李子\n  - 山楂\n  right: 2\n---\n哪种晒干泡茶?\n"
    assert (posts / "fruit.zh.html.j2").read_text("utf-8") == live
    # in private the sender's own quiz is told whole
    world.say(WEN, WEN, "/start")
    await kept(WEN, "leaf", **fruit)
    assert "template: posts/leaf" in ops.talk.last(WEN)
    assert words(ops)[-1].startswith("posts/leaf.zh.html.j2 · 检查过了,待上线\n")
