"""Programs that drive the real window, one per measure; each prints one line of JSON when it has ended."""
