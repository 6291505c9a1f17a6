"""The renderer: layers of signed distances and noise, painted back to front, batched, on any torch device.

Coordinates: x runs right from 0 to the aspect ratio, y down from 0 to 1; lengths are shares of the height.
"""
