"""Files: projects, pictures, their metadata, and the journal of what is not saved yet. Knows no window and no model.

One way out: everything is written by `atomic.replace_file`. One way in for pictures: `formats.images.decode`.
"""
