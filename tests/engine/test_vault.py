"""The key of what lies sealed: whole or not there, and never made anew over one that is damaged."""

from __future__ import annotations

import errno
import multiprocessing
import os
from pathlib import Path

import pytest

from groupbot.engine import vault
from groupbot.errors import Misfit


class Killed(BaseException):
    """The process ends here."""


def _killed(*_: object, **__: object) -> None:
    raise Killed


def test_the_key_is_made_once_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    key, file = vault.key_file(tmp_path), tmp_path / vault.FILE
    assert (len(key), vault.key_file(tmp_path), file.read_text("ascii")) == (32, key, key.hex() + "\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [vault.FILE]


@pytest.mark.parametrize("step", ["fdopen", "fsync", "link"])
def test_killed_while_the_key_is_made_no_half_one_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as here:
        here.setattr(os, step, _killed)
        here.setattr(Path, "unlink", _killed)  # nothing is tidied up either
        with pytest.raises(Killed):
            vault.key_file(tmp_path)
    assert not (tmp_path / vault.FILE).exists()
    assert len(vault.key_file(tmp_path)) == 32


def test_the_key_is_on_the_disk_before_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name.partition(".")[0])
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    vault.key_file(tmp_path)
    assert synced == ["vault", tmp_path.name.partition(".")[0]]  # the file, then its name in the folder


def test_where_a_disk_knows_no_links_the_key_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    key = vault.key_file(tmp_path)
    assert (len(key), vault.key_file(tmp_path)) == (32, key)
    assert [p.name for p in tmp_path.iterdir()] == [vault.FILE]


def _made(folder: Path, start: object, told: multiprocessing.Queue[bytes]) -> None:
    start.wait()  # type: ignore[attr-defined]
    told.put(vault.key_file(folder))


def test_of_several_that_begin_at_once_all_have_the_same_key(tmp_path: Path) -> None:
    own = multiprocessing.get_context("fork")
    start, told = own.Barrier(4), own.Queue()
    processes = [own.Process(target=_made, args=(tmp_path, start, told)) for _ in range(4)]
    for process in processes:
        process.start()
    keys = {told.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(60)
    assert keys == {vault.key_file(tmp_path)}


@pytest.mark.parametrize(
    "damage",
    [b"", b"\n", b"5a" * 31, b"5a" * 33 + b"\n", b"5a" * 31 + b"5\n", b"zz" * 32, b"\xff" * 64, b"\0" * 65],
)
def test_a_damaged_key_is_named_with_what_to_do_and_left_as_it_is(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / vault.FILE
    file.write_bytes(damage)
    with pytest.raises(Misfit) as e:
        vault.key_file(tmp_path)
    assert e.value.line() == (
        f"{file}: this is no key, which is 32 bytes in hex; what was sealed under the key that was here"
        " cannot be read without it -> put it back from your backup, or, where there is none, move this file"
        " away: a new key is made"
    )
    assert file.read_bytes() == damage


def test_a_key_on_a_disk_that_is_not_there_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / vault.FILE).symlink_to(tmp_path / "stick" / vault.FILE)
    with pytest.raises(Misfit, match="this is a link to nowhere; what was sealed"):
        vault.key_file(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [vault.FILE]


def test_a_key_may_come_with_the_line_ends_of_another_machine(tmp_path: Path) -> None:
    (tmp_path / vault.FILE).write_bytes(b"5A" * 32 + b"\r\n")
    assert vault.key_file(tmp_path) == b"\x5a" * 32
