"""Invented people and three groups, for `demo` and `play`: 小周 owns all three, nobody is real."""

from __future__ import annotations

from dataclasses import dataclass

from groupbot.surfaces.sandbox.world import RIGHTS, ChatRoom, Member, World

OWNER = "小周"
SALES = "业务员小陈"
OPERATORS = "运营群"
DEALERS = (
    "老王 业务员小陈 周老板 吴姐 郑总 老冯 陈记商行 蒋老板 沈姐 老韩 杨总 朱记 秦老板 老许 何姐 "
    "吕总 老施 张记粮油 孔老板 曹姐 严总 老金 魏记 姜老板 戚姐 谢总 老邹 喻记 柏老板 窦姐"
)
SHOPPERS = (
    "阿芳 小米妈妈 丽丽 大刘 阿珍 店长阿敏 小雨 老顾 阿强 冬冬 佳佳 小何 晓梅 阿宝 团团 "
    "琴姐 小石头 阿兰 豆豆爸 青青 Lily 小可 阿伟 南南 秋秋 老丁 Sam 圆圆 阿玉 小满"
)
FANS = (
    "小赵 Mei 阿飞 橙子 Nina 可可 小鱼 阿木 Leo 糖糖 小北 夏天 Tom 七七 阿杰 "
    "小柚 星星 Anna 果果 大山 Ben 茶茶 小鹿 安安 Kate 阿远 米粒 Eva 小树 云云"
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by name, and the three groups. The store group is still a basic group."""

    owner: int
    people: dict[str, int]
    dealer: ChatRoom
    store: ChatRoom
    consumer: ChatRoom

    @property
    def rooms(self) -> tuple[ChatRoom, ChatRoom, ChatRoom]:
        """Dealer, store, consumer."""
        return self.dealer, self.store, self.consumer

    def named(self, user: int) -> str:
        """The name of a person; '…' for somebody not of the cast."""
        return next((n for n, u in self.people.items() if u == user), "…")


def cast(world: World, *, size: int = 30) -> Cast:
    """Make the people and the groups, `size` (at most 30) invented members each beside the owner.

    They were there before the bot; no bot is added. 业务员小陈 is an administrator of the dealer group.
    """
    people = {OWNER: world.add_user(OWNER, username="xiaozhou")}
    owner = people[OWNER]
    world.private(owner)
    rooms = []
    for title, kind, names in (
        ("华东经销商群", "supergroup", DEALERS),
        ("西湖店会员群", "group", SHOPPERS),
        ("山楂粉丝群", "supergroup", FANS),
    ):
        room = world.add_chat(title, owner, type=kind)
        for name in names.split()[:size]:
            people[name] = world.add_user(name, language="en" if name.isascii() else "zh-hans")
            room.members[people[name]] = Member()
        rooms.append(room)
    dealer, store, consumer = rooms
    dealer.members[people[SALES]] = Member("administrator", {RIGHTS[0], "can_delete_messages"})
    return Cast(owner, people, dealer, store, consumer)


def ops_room(world: World, token: str, chat: int, owner: int) -> None:
    """The operators' chat of the settings, once, under its own id: what is put before them is read there."""
    if chat and chat not in world.chats:
        world.add_bot_to(token, world.add_chat(OPERATORS, owner, id=chat).id, owner, set(RIGHTS))


def press_start(world: World, user: int, payload: str = "") -> None:
    """Somebody opens the private chat with the bot and presses Start."""
    world.private(user)
    for bot in world.bots.values():
        bot.started.add(user)
    world.say(user, user, f"/start {payload}".strip())
