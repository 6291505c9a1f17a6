"""Small widgets the panels share; none of them knows the workspace."""
