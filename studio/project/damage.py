"""What readers of a broken file raise to the one who knows its name."""

from __future__ import annotations

from studio.core.errors import ProjectError


class DamagedError(ProjectError):
    """message completes the sentence "“name” is damaged: ...". Never reaches the artist as it is."""
