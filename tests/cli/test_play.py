"""`groupbot play` as a person meets it: a process, its page, its terminal."""

from __future__ import annotations

import json
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from groupbot.cli import _starter
from groupbot.cli._stage import span
from groupbot.engine.content import RECHECK
from tests.cli.test_init_new import bare

pytestmark = pytest.mark.xdist_group("alone")
PATIENCE = 240.0


def put(path: Path, text: str) -> None:
    """In one step, so that nobody sees half of it."""
    part = path.with_name(path.name + ".new")
    part.write_text(text, "utf-8")
    part.replace(path)


class Played:
    """A running `groupbot play`: its lines, its page."""

    def __init__(self, folder: Path, *args: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "groupbot", "play", *args],
            cwd=folder,
            env=bare() | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self.until("  open http").split()[1]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))

    def until(self, start: str) -> str:
        """The next line that starts so."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                line = self._queue.get(timeout=0.1)
            except queue.Empty:
                if self.process.poll() is not None and self._queue.empty():
                    break
                continue
            self.lines.append(line)
            if line.startswith(start):
                return line
        raise AssertionError(f"no line {start!r} in {self.lines}")

    def type(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def state(self) -> Any:
        with urllib.request.urlopen(f"{self.url}/sandbox/state", timeout=PATIENCE) as answer:
            return json.load(answer)

    def act(self, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/sandbox/act", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["result"]

    def chat(self, title: str) -> Any:
        return next(c for c in self.state()["chats"] if c.get("title") == title)

    def person(self, name: str) -> int:
        return int(next(u["id"] for u in self.state()["users"] if u["first_name"] == name))

    def says(self, name: str, text: str, title: str = "山楂粉丝群") -> None:
        self.act(do="say", user=self.person(name), chat=self.chat(title)["id"], text=text)

    def hears(self, text: str, title: str = "山楂粉丝群") -> Any:
        """The bot's message with this text."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            room = self.chat(title)
            for message in reversed(room["messages"]):
                if message.get("text") == text and message["from"]["is_bot"]:
                    return message
            time.sleep(0.1)
        raise AssertionError([m.get("text") for m in room["messages"]])

    def end(self, sig: int = signal.SIGINT) -> int:
        self.process.send_signal(sig)
        code = self.process.wait(timeout=PATIENCE)
        self._reader.join(timeout=5)
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(timeout=5)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    _starter.write(tmp_path, _starter.handler_files("riddle"))
    return tmp_path


@pytest.fixture
def start(workspace: Path) -> Iterator[Callable[..., Played]]:
    """Start `groupbot play` in the workspace; what still runs in the end is ended."""
    every: list[Played] = []

    def begin(*args: str) -> Played:
        every.append(Played(workspace, *args))
        return every[-1]

    yield begin
    for made in every:
        made.close()


def test_play_takes_changes_in_moves_the_clock_and_ends_clean(
    start: Callable[..., Played], workspace: Path
) -> None:
    played = start("--port", "0")
    assert [c["title"] for c in played.state()["chats"] if c.get("title")] == [
        "华东经销商群",
        "西湖店会员群",
        "山楂粉丝群",
    ]
    played.says("Mei", "/riddle")
    first = played.hears("你好,Mei!")
    note = _note(played, first["message_id"])
    assert (note["chat"], note["text"]) == (first["chat"]["id"], "answer to /riddle")

    text = workspace / "content_templates" / "riddle" / "hello.zh.html.j2"
    put(text, text.read_text("utf-8").replace("你好", "早上好"))
    assert played.until("✓") == "✓ content_templates/riddle/hello.zh.html.j2: taken in"
    time.sleep(2 * RECHECK)  # what was looked at just now serves so long
    played.says("小赵", "/riddle")
    played.hears("早上好,小赵!")

    handler = workspace / "handlers" / "riddle.py"
    good = handler.read_text("utf-8")
    put(handler, good + "\nbroken = nobody\n")
    line = good.count("\n") + 2
    assert played.until("✗") == f"✗ {handler}:{line}: NameError: name 'nobody' is not defined"
    played.says("阿飞", "/riddle")
    played.hears("早上好,阿飞!")
    put(handler, good.replace('command("riddle"', 'command("puzzle"'))
    assert played.until("✓") == "✓ handlers/riddle.py: taken in"
    played.says("橙子", "/puzzle")
    played.hears("早上好,橙子!")

    put(text, text.read_text("utf-8").replace("{{ name }}", "{{ nam }}"))
    assert played.until("✗").startswith(f"✗ {text}:5: ")
    put(text, text.read_text("utf-8").replace("{{ nam }}", "{{ name }}"))
    played.until("✓")

    plans = workspace / "content_templates" / "plans" / "audiences.yaml"
    plans.parent.mkdir()
    put(plans, "门店·华东: {tier: stor}\n")
    assert played.until("✗").startswith(f"✗ {plans}:1: ")

    file = workspace / "groupbot.toml"
    put(file, "stars = 3\n")
    assert played.until("✓") == "✓ groupbot.toml: stars taken in, the bot began anew"
    put(file, "stars = 3\nrate = fast\n")
    assert played.until("✗") == "✗ groupbot.toml:2: rate: invalid value -> write a number, for example 29.5"
    assert played.until("  the version") == "  the version before goes on; save again when it is mended"
    put(file, "stars = 3\ntoken = 'x'\n")
    assert played.until("•").startswith("• groupbot.toml: nothing in it is new here")
    played.says("Nina", "/puzzle")
    played.hears("早上好,Nina!")
    put(file, "ops_chat = -1001234\n")
    assert played.until("✓") == "✓ groupbot.toml: ops_chat, stars taken in, the bot began anew"
    assert played.chat("运营群")["id"] == -1001234
    played.says("小周", "/outbox", "运营群")
    played.hears("没有要处理的:该发的都发了。", "运营群")
    file.unlink()
    assert played.until("✓") == "✓ groupbot.toml: ops_chat taken in, the bot began anew"

    before = played.state()["now"]
    played.type("+1d")
    played.until("it is ")
    assert played.state()["now"] - before >= 86400
    played.act(do="clock", seconds=7200)  # the page's own button
    asked = int(played.state()["now"])
    played.says("Nina", "/ping")
    said, deadline = "", time.monotonic() + PATIENCE
    while not said and time.monotonic() < deadline:
        texts = [m.get("text") or "" for m in played.chat("山楂粉丝群")["messages"]]
        said = next((t for t in texts if t.startswith("在的,")), "")
    meanwhile = range(asked, int(played.state()["now"]) + 1)
    assert said in {time.strftime("在的,%H:%M。", time.gmtime(t + 8 * 3600)) for t in meanwhile}
    assert played.end() == 0
    assert played.lines[-1] == "ended"
    assert [x for x in played.lines if "Traceback" in x] == [], "\n".join(played.lines)
    assert sorted(p.name for p in workspace.iterdir() if not p.name.startswith(".groupbot-play.db")) == [
        "content_templates",
        "handlers",
        "tests",
        "vault.key",
    ]


def test_play_takes_the_next_port_when_one_is_busy_and_ends_by_sigterm(start: Callable[..., Played]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        played = start("--port", str(port))
        assert played.lines[0] == f"port {port} is busy, took {played.url.rpartition(':')[2]}"
        assert played.end(signal.SIGTERM) == 0


def test_play_keep_goes_on_with_the_last_database(start: Callable[..., Played]) -> None:
    first = start("--port", "0")
    first.says("Mei", "/riddle")
    message = first.hears("你好,Mei!")
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    first.act(do="press", user=first.person("Mei"), chat=message["chat"]["id"],
              message_id=message["message_id"], data=data)  # fmt: skip
    first.type("+2d")
    first.until("it is ")
    first.says("阿飞", "/riddle")
    first.hears("你好,阿飞!")
    assert first.end() == 0
    again = start("--port", "0", "--keep")
    again.says("小赵", "/riddle")
    message = again.hears("你好,小赵!")
    assert again.state()["now"] > time.time() + 86400
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    query = again.act(do="press", user=again.person("小赵"), chat=message["chat"]["id"],
                      message_id=message["message_id"], data=data)  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not (toast := again.act(do="answer", query=query))["answered"] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert toast["text"] == "第 2 次招手"
    assert again.end() == 0


def test_play_in_a_folder_that_is_not_there_names_the_next_step(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "groupbot", "play", "nowhere"],
        cwd=tmp_path, env=bare(), capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.strip().endswith("-> groupbot init nowhere")


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("+1d", timedelta(days=1)),
        (" +3h ", timedelta(hours=3)),
        ("+1d12h30m", timedelta(days=1, hours=12, minutes=30)),
        ("1d", timedelta()),
        ("+", timedelta()),
        ("+1d soon", timedelta()),
        ("+3650d", timedelta(days=3650)),
        ("+3650d1s", timedelta()),
        ("+3000000d", timedelta()),
        ("+99999999999d", timedelta()),
        pytest.param(f"+{'9' * 5000}d", timedelta(), id="longer than int() reads"),
    ],
)
def test_span_reads_how_far_to_move(text: str, by: timedelta) -> None:
    assert span(text) == by


def _note(played: Played, message_id: int) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for note in played.state()["acts"]:
            if note.get("message_id") == message_id and "riddle" in note.get("text", ""):
                return note
        time.sleep(0.1)
    raise AssertionError(played.state()["acts"])
