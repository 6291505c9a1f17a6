"""Imported on a thread once the window is complete: what stands inside functions so that it need not hold up the
first stroke. The first use of a tool, of the mask menu or of Generate finds it there."""

from __future__ import annotations

import studio.document.merging
import studio.project.edit_journal
import studio.project.structure
import studio.tools.color_picker
import studio.tools.context_frame
import studio.tools.crop
import studio.tools.fill
import studio.tools.frame
import studio.tools.gradient
import studio.tools.lasso
import studio.tools.marquee
import studio.tools.mix
import studio.tools.move
import studio.tools.pan
import studio.tools.polygon_lasso
import studio.tools.retouch
import studio.tools.shape
import studio.tools.smudge
import studio.tools.text
import studio.tools.transform
import studio.tools.wand
import studio.ui.panels.brushes
import studio.ui.panels.completion
import studio.ui.panels.vocabulary
import studio.workspace.baking
import studio.workspace.brush_shelf
import studio.workspace.build_request
import studio.workspace.forecast
import studio.workspace.live_picture
import studio.workspace.masks
import studio.workspace.paint_over
import studio.workspace.picture
import studio.workspace.remasking  # noqa: F401
