"""What an artist can do, as verbs without widgets: the window binds to it, the terminal and the tests drive it."""
