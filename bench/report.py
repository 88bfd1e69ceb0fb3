"""What was measured, in words, a table and a picture."""

import math
import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Results = list[dict[str, Any]]
PICTURE = "images/performance.svg"
INTRODUCTION = """# How fast it is

Written by `make bench`; not edited by hand. Two servers with the same data are measured in turns: FabClean as it is shipped, with
everything switched on (authorisation, the revocation check, businesses, audit, limits), and a floor: the same answers through the
bare driver and orjson in a bare WSGI callable under the same gunicorn, which checks nobody's right to anything. Sixteen connections,
two worker processes each. Every answer is looked at while it is measured. What counts is the share; absolute figures are those of one
machine and say little about another.
"""


def write(results: Results, target: Path) -> None:
    lines = [INTRODUCTION, f"Measured {datetime.now(UTC):%Y-%m-%d} on {_machine()}.", "", *_table(results), "", *_growth(results)]
    lines += ["", f"![The share of the floor, by workload and size]({PICTURE})", ""]
    target.write_text("\n".join(lines))
    picture = target.parent / PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(_picture(results))


def _machine() -> str:
    return f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def _table(results: Results) -> list[str]:
    head = "| engine | orders | | what | a second | spread | p50 ms | p99 ms | floor | share | worker MB |"
    rows = [
        f"| {row['engine']} | {row['orders']:,} | {row['workload']} | {row['what']} | {row['ours']:,.0f} | {row['ours_spread']:.0%} "
        f"| {row['ours_p50']} | {row['ours_p99']} | {row['floor']:,.0f} | **{row['share']:.2f}** | {row['megabytes']} |"
        for row in results
    ]
    return [head, "|---|---:|---|---|---:|---:|---:|---:|---:|---:|---:|", *rows]


def _growth(results: Results) -> list[str]:
    """The exponent of time against size: 0 is flat, 1 is proportional."""
    sizes = sorted({row["orders"] for row in results})
    if len(sizes) < 2:
        return []
    lines = [f"Growth of an answer's time from {sizes[0]:,} to {sizes[-1]:,} orders, as an exponent (0 is flat, 1 is proportional):", ""]
    found = {(row["engine"], row["workload"], row["orders"]): row["ours"] for row in results}
    for engine in sorted({row["engine"] for row in results}):
        parts = []
        for workload in dict.fromkeys(row["workload"] for row in results):
            small, large = (found.get((engine, workload, size)) for size in (sizes[0], sizes[-1]))
            if small and large:
                parts.append(f"{workload} {math.log(small / large) / math.log(sizes[-1] / sizes[0]):.2f}")
        lines.append(f"- {engine}: {', '.join(parts)}")
    return lines


def _picture(results: Results) -> str:
    """A bar for each share; the line is the floor. Drawn here, because the figures are few and the file should be small."""
    step, left, top, scale = 18, 210, 40, 320
    height = top + step * len(results) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + scale + 90} {height}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{left}" y="24" fill="#222">Share of the floor (cut off at 1)</text>',
        f'<line x1="{left + scale}" y1="{top - 6}" x2="{left + scale}" y2="{height - 14}" stroke="#999"/>',
    ]
    for place, row in enumerate(results):
        y = top + place * step
        label = f"{row['engine']} {row['orders']:,} {row['workload']}"
        width = round(min(row["share"], 1) * scale)
        parts.append(f'<text x="{left - 8}" y="{y + 11}" text-anchor="end" fill="#222">{label}</text>')
        parts.append(f'<rect x="{left}" y="{y + 2}" width="{width}" height="{step - 6}" fill="#0f6b5c"/>')
        parts.append(f'<text x="{left + width + 6}" y="{y + 11}" fill="#222">{row["share"]:.2f}</text>')
    return "\n".join([*parts, "</svg>", ""])
