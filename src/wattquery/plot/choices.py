"""Names of sizes and styles of pictures, for those who only offer them: nothing here loads matplotlib."""

__all__ = ["SIZES", "STYLES"]

SIZES = ("column", "page", "slide")
"""One column of a paper, a page, a slide."""

STYLES = ("default", "grey", "dark")
"""Coloured, grey, and light on dark."""
