"""The explorer in a headless browser; see ``conftest.py``."""
