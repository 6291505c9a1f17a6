"""The window. PySide6 lives here only; widgets hold no truth, they bind to the workspace."""
