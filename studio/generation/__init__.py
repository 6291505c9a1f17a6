"""The words the window and the engine share. numpy and the standard library only: no torch, no Qt."""
