"""Model families: one module each, named here. A module offers `load(folder, placement) -> Model`.

Modules are named, not imported, so that a process that never draws with a family never pays for importing it.
"""

from __future__ import annotations

FAMILIES: dict[str, str] = {
    "sd": "studio.engine.families.sd",
    "sdxl": "studio.engine.families.sd",
}
