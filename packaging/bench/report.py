"""One table for people, one file for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

from bench.row import Row

NAME_CHARS = 62
PEERS_CHARS = 92


def table(rows: Sequence[Row]) -> str:
    """Every row in full: long names and peers are wrapped, never cut."""
    lines = [f"{'':4} {'what':{NAME_CHARS}} {'value':>10} {'unit':7} {'bar':9} measured beside it"]
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            lines.append(f"-- {group} ".ljust(len(lines[0]) + 24, "-"))
        value = "–" if row.value is None else f"{row.value:.4g}"
        names = textwrap.wrap(row.name, NAME_CHARS) or [""]
        peers = textwrap.wrap(row.peers, PEERS_CHARS) or [""]
        for index in range(max(len(names), len(peers))):
            first = index == 0
            left = f"{('ok' if row.holds else 'MISS') if first else '':4}"
            name = names[index] if index < len(names) else ""
            figures = f"{value:>10} {row.unit:7} {row.bar:9}" if first else " " * 28
            beside = peers[index] if index < len(peers) else ""
            lines.append(f"{left} {name:{NAME_CHARS}} {figures} {beside}".rstrip())
    missed = sum(not row.holds for row in rows)
    lines.append(f"{len(rows) - missed} of {len(rows)} hold")
    return "\n".join(lines)


def write_json(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([row.to_json() for row in rows], ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
