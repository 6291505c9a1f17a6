"""Imported on a thread while the window already answers: what the first stroke and `Workbench.complete` will need."""

from __future__ import annotations

import studio.project.archive
import studio.project.journal
import studio.project.metadata
import studio.ui.panels.candidates
import studio.ui.panels.status
import studio.ui.panels.tool_options
import studio.ui.sidebar
import studio.ui.widgets.notices  # noqa: F401
