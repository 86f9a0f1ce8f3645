"""Arithmetic of training: a minimum by L-BFGS, evidence made a probability, a threshold chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Floats = Any  # an array of numpy


def _dot(a: Floats, b: Floats) -> float:
    """A product of vectors on one core: many would wait for each other longer than they work."""
    return float((a * b).sum())


def minimum(loss: Callable[[Floats], tuple[float, Floats]], x: Floats, steps: int = 80) -> Floats:
    """L-BFGS with backtracking (Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4)."""
    past: list[tuple[Floats, Floats]] = []
    f, g = loss(x)
    for _ in range(steps):
        d = g.copy()
        kept = []
        for s, y in reversed(past):
            rho = 1 / _dot(y, s)
            a = rho * _dot(s, d)
            kept.append((a, rho))
            d -= a * y
        d *= _dot(*past[-1]) / _dot(past[-1][1], past[-1][1]) if past else 1 / np.abs(g).sum() ** 0.5
        for (a, rho), (s, y) in zip(reversed(kept), past, strict=True):
            d += s * (a - rho * _dot(y, d))
        size, slope = 1.0, _dot(g, d)
        while True:
            x2 = x - size * d
            f2, g2 = loss(x2)
            if f2 <= f - 1e-4 * size * slope or size < 1e-6:
                break
            size /= 2
        s, y = x2 - x, g2 - g
        if _dot(s, y) > 1e-10:
            past = [*past[-7:], (s, y)]
        still = abs(f - f2) < 1e-5 * abs(f)
        x, f, g = x2, f2, g2
        if still:
            break
    return x


def calibrated(z: Floats, y: Floats) -> tuple[float, float]:
    """Slope and offset that make evidence a probability (Platt, 1999, with his corrected targets)."""
    good, bad = y.sum(), (1 - y).sum()
    t = np.where(y > 0, (good + 1) / (good + 2), 1 / (bad + 2))

    def loss(v: Floats) -> tuple[float, Floats]:
        x = v[0] * z + v[1]
        p = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
        return float((np.logaddexp(0, x) - t * x).sum()), np.array([((p - t) * z).sum(), (p - t).sum()])

    slope, offset = minimum(loss, np.array([1.0, 0.0]))
    return max(0.05, float(slope)), float(offset)


def threshold(z: Floats, y: Floats, precision: float, most_false: float) -> float:
    """The least evidence above which precision is kept and no more than `most_false` of ham is hit."""
    order = np.argsort(-z, kind="stable")
    hits, false = np.cumsum(y[order]), np.cumsum(1 - y[order])
    ok = (hits >= precision * (hits + false)) & (false <= most_false * (1 - y).sum())
    at = np.where(ok)[0]
    if not len(at):
        return float(z.max()) + 1.0
    i = int(at[-1])
    below = float(z[order[i + 1]]) if i + 1 < len(z) else float(z[order[i]])
    return (float(z[order[i]]) + below) / 2
