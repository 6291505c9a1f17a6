"""The picture as data: layers of tiles, the painted mask, the edits that change them and their history."""
