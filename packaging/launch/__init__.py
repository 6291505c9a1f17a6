"""What start.py does: a virtual environment, its libraries, the system's libraries, then the studio.

Plain standard library, Python 3.11 or newer. `packaging/` itself is a folder of programs and must never become
a package: it would shadow PyPI's `packaging`, which the engine needs.
"""
