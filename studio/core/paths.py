"""Where the studio keeps things. UNDERPAINT_HOME moves every user folder below one directory (tests, portable use)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "underpaint"
HOME_VARIABLE = "UNDERPAINT_HOME"


def _user_dir(kind: str, default: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / kind if home else Path(default)


def config_dir() -> Path:
    """Settings, window layout."""
    return _user_dir("config", platformdirs.user_config_dir(APP_NAME, appauthor=False))


def data_dir() -> Path:
    """Journals, finished candidates, models the artist added."""
    return _user_dir("data", platformdirs.user_data_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """What can be computed again."""
    return _user_dir("cache", platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def log_file() -> Path:
    return data_dir() / "underpaint.log"


def resources_dir() -> Path:
    """Icons, themes and the starter model: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).resolve()
    installed = here.parents[1] / "resources"
    return installed if installed.is_dir() else here.parents[2] / "resources"
