"""Memory, set for a process that keeps much and drops little."""

from __future__ import annotations

import ctypes
import gc
import sys


def settle() -> None:
    """After start-up: what is loaded now stays, and is not walked again; young values are looked at every
    50,000 allocations instead of every 700, for a batch makes many and frees them all; what importing and
    compiling left over goes back to the system (glibc only)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    if sys.platform == "linux":
        try:
            ctypes.CDLL(None).malloc_trim(0)
        except AttributeError:  # another C library
            pass
