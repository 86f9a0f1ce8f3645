"""What an ordinary post costs, and what hostile templates may take.

    python -m tests.benchmarks.templates

Ordinary: the shipped posts with their samples, rendered, parsed by Telegram's rules and cut, as a plan says
them; each time with other words, for what was said before is kept.
Hostile: every payload of the suite, compiled and rendered like an edited file (G23): none escapes, each ends
within 100 ms of CPU and 16 MB, or is refused.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.errors import Misfit
from tests.benchmarks.figures import record
from tests.engine.test_hostile import PAYLOADS, TELLTALE, said
from tests.engine.test_template_limits import HOSTILE

POSTS = ("promos/card",)  # marks, a price, a date
MOST_CPU, MOST_BYTES, MOST_RENDER = 0.1, 16_000_000, 0.3e-3


def ordinary(rounds: int = 2000) -> list[float]:
    """Seconds of each render, both languages in turn."""
    content = Content([folder("content_templates")])
    jobs = [(n, lang, content.sources(n, lang)[0].front["sample"]) for n in POSTS for lang in ("zh", "en")]
    for name, lang, sample in jobs:
        content.render(name, lang, sample)
    gc.collect()
    gc.freeze()
    took = []
    for n in range(rounds):
        name, lang, sample = jobs[n % len(jobs)]
        sample = {
            k: f"{v}{n}" if isinstance(v, str) and k not in ("until", "url") else v for k, v in sample.items()
        }
        start = time.perf_counter()
        content.render(name, lang, sample)
        took.append(time.perf_counter() - start)
    return took


def hostile(body: str, place: Path) -> tuple[bool, bool]:
    """(refused, escaped) of a payload as a file of its own."""
    content, path = Content([place]), place / "t" / "bad.en.html.j2"
    try:
        text = said(content.made_of(body, path, "en").template)
    except Misfit:
        return True, False
    return False, any(t in text for t in TELLTALE) or len(text) > 64_000


def main() -> None:
    """Print figures beside goals."""
    took = ordinary()
    median, worst = statistics.median(took), statistics.quantiles(took, n=100)[98]
    print(
        f"an ordinary post: median {median * 1e3:.3f} ms (goal {MOST_RENDER * 1e3}), p99 {worst * 1e3:.3f} ms"
    )
    bodies = [*PAYLOADS, *HOSTILE]
    refused = escaped = 0
    cpu, peaks = [], []
    with tempfile.TemporaryDirectory() as folder_:
        place = Path(folder_)
        assert hostile("{{ x }} {{ n + 1 }}", place) == (False, False)  # what is not hostile passes
        for body in bodies:
            start = time.process_time()
            no, out = hostile(body, place)
            cpu.append((time.process_time() - start, body[:60]))
            refused, escaped = refused + no, escaped + out
        tracemalloc.start()
        for body in bodies:
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            hostile(body, place)
            peaks.append((tracemalloc.get_traced_memory()[1] - before, body[:60]))
        tracemalloc.stop()
    slowest, largest = max(cpu), max(peaks)
    print(
        f"{len(bodies)} hostile ones: {escaped} escapes, {refused} refused; most CPU"
        f" {slowest[0] * 1e3:.0f} ms (goal {MOST_CPU * 1e3:.0f}: {slowest[1]!r}),"
        f" most memory {largest[0] / 1e6:.1f} MB (goal {MOST_BYTES / 1e6:.0f}: {largest[1]!r})"
    )
    bad = bool(escaped) or slowest[0] > MOST_CPU or largest[0] > MOST_BYTES
    told = f"{escaped} of {len(bodies)} escape; at most {slowest[0] * 1e3:.0f} ms, {largest[0] / 1e6:.1f} MB"
    record("G23", told, met=not bad)
    sys.exit(bad or median > MOST_RENDER)


if __name__ == "__main__":
    main()
