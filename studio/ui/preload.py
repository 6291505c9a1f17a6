"""Imported on a thread while the window already answers: what the first stroke and `Workbench.complete` will need."""

from __future__ import annotations

import cv2  # noqa: F401 - first of all: the artist may paint before the panels are there

import studio.project.archive
import studio.project.journal
import studio.project.metadata
import studio.ui.panels.candidates
import studio.ui.panels.live_bar
import studio.ui.panels.status
import studio.ui.panels.timeline
import studio.ui.panels.tool_options
import studio.ui.sidebar
import studio.ui.widgets.notices  # noqa: F401
