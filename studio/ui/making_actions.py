"""What can be done with a picture in the making and on the live canvas, as data; part of `actions.ACTIONS`."""

from __future__ import annotations

from studio.ui.action_spec import ActionSpec
from studio.ui.action_spec import action as _a

MAKING_ACTIONS: tuple[ActionSpec, ...] = (
    _a(
        "making_pause",
        "&Pause or Go On",
        "Generate/In the Making",
        "K",
        "Hold the picture in the making between two steps; paint into it, then let it go on",
        icon="pause",
        needs="making",
    ),
    _a(
        "making_steer",
        "&Change It Now",
        "Generate/In the Making",
        "Ctrl+Alt+Return",
        "The picture in the making goes on with prompt, guidance and mask as they are now; "
        "without a mask of its own, what you mask goes on changing and the rest stays",
        icon="steer",
        needs="making",
    ),
    _a(
        "making_end",
        "&Stop Here and Keep",
        "Generate/In the Making",
        "Shift+K",
        "End the picture after its present step; what is there becomes a result",
        icon="end_here",
        needs="making",
    ),
    _a(
        "making_back",
        "Step &Back",
        "Generate/In the Making",
        "Alt+,",
        "See the picture one step earlier",
        needs="timeline",
        group=True,
    ),
    _a(
        "making_forward",
        "Step &Forward",
        "Generate/In the Making",
        "Alt+.",
        "See the picture one step later",
        needs="timeline",
    ),
    _a(
        "making_fork",
        "Fo&rk From This Step",
        "Generate/In the Making",
        "Ctrl+Shift+B",
        "Go on from the shown step with prompt, guidance, sampler and mask as they are now; costs the remaining steps",
        icon="fork",
        needs="fork",
        group=True,
    ),
    _a(
        "making_fork_seed",
        "Fork With Another See&d",
        "Generate/In the Making",
        "Ctrl+Alt+B",
        "Go on from the shown step with new noise: the earlier the step, the more becomes different",
        icon="fork_seed",
        needs="fork",
    ),
    _a(
        "making_keep_step",
        "&Keep This Step",
        "Generate/In the Making",
        "Ctrl+Shift+Return",
        "Make the shown step a result, in full",
        icon="step_keep",
        needs="earlier_step",
    ),
    _a(
        "live_canvas",
        "&Live Canvas",
        "Generate/Live Canvas",
        "Ctrl+K",
        "Let the model work out what you paint, whenever the pen is up",
        icon="live",
        check=True,
    ),
    _a(
        "live_accept",
        "&Keep Live Picture",
        "Generate/Live Canvas",
        "Ctrl+Alt+J",
        "Make the live picture a layer and end the live canvas",
        icon="accept",
        needs="live_picture",
    ),
    _a(
        "live_end",
        "&End",
        "Generate/Live Canvas",
        "Alt+Shift+K",
        "End the live canvas and throw its picture away",
        icon="discard",
        needs="live",
    ),
)
