"""The parts of the window around the canvas; the sidebar's are in the table of `studio.ui.panels.table`."""
