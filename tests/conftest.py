"""What every test may rely on."""

from __future__ import annotations

from hypothesis import settings

# A busy machine must not turn a slow example into a failure: nothing here is timed.
settings.register_profile("studio", deadline=None)
settings.load_profile("studio")
