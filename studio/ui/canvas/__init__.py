"""The widget artists paint on: what it shows, how input reaches the tools, and nothing that changes pixels itself."""
