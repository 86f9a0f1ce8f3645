"""How a message is broken into lines when it is drawn."""

from groupbot.engine.picture import _folded


def test_no_line_of_a_drawn_message_begins_with_a_stop() -> None:
    assert _folded("第一批山楂到店现切试吃到本周日。", 30) == ["第一批山楂到店现切试吃到本周日。"]
    assert _folded("第一批山楂到店,现切试吃到周日。晚", 30) == ["第一批山楂到店,现切试吃到周日。", "晚"]
