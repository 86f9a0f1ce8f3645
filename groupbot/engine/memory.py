"""Memory, set for a process that keeps much and drops little."""

from __future__ import annotations

import ctypes
import gc
import sys

_ARENA_MAX = -8  # mallopt's name for it


def one_heap() -> None:
    """Before there are threads: all share one heap (glibc only). It else gives each its own, whose rest the
    others cannot use: 2 MB of an idle bot, whose threads take turns anyway."""
    _glibc("mallopt", _ARENA_MAX, 1)


def settle() -> None:
    """After start-up: what is loaded now stays, and is not walked again; young values are looked at every
    50,000 allocations instead of every 700, for a batch makes many and frees them all; what importing and
    compiling left over goes back to the system (glibc only)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    _glibc("malloc_trim", 0)


def _glibc(name: str, *args: int) -> None:
    if sys.platform == "linux":
        try:
            getattr(ctypes.CDLL(None), name)(*args)
        except AttributeError:  # another C library
            pass
