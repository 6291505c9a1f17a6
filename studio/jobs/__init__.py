"""The window's side of generating: the queue of jobs and the link to the engine's process. No Qt, no torch."""
