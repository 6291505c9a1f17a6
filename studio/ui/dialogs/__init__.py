"""Windows that ask or tell; none of them stands between the artist and the first stroke."""
