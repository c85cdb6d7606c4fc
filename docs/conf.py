"""How the documents are built: `make docs`, or `sphinx-build -W --keep-going -b html docs docs/_build/html`.

Nothing is fetched from a network and nothing is written outside the build folder. Tables of the package (quantities,
presets, columns of a catalog) are made from the package itself each time, by the directive ``package-table``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import wattquery

sys.path.insert(0, str(Path(__file__).parent))

# It stands beside this file, which is not on the path of a build.
import package_tables

project = "wattquery"
author = "The wattquery developers"
project_copyright = author
version = release = wattquery.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = "py:obj"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_numpy_docstring = True
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"wattquery {release}"
html_copy_source = False
html_show_sphinx = False


class PackageTable(SphinxDirective):
    """A table that the package fills, by the name of a function in ``package_tables``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        table = package_tables.TABLES[self.arguments[0]]
        return self.parse_text_to_nodes("\n".join(table()))


def without_last_blank_line(app: Sphinx, page: str, source: list[str]) -> None:
    """Drop the blank line that ends an example: doctest needs it to see that the output is over, readers do not."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


def with_plain_types(app: Sphinx, what: str, name: str, subject: object, options: object, lines: list[str]) -> None:
    """Write types of attributes such that no name ends with an underscore, which would be a link to nowhere."""
    lines[:] = [line.replace("numpy.object_", "object") if ":vartype" in line else line for line in lines]


def with_explorers(app: Sphinx, exception: Exception | None) -> None:
    """Put two explorers beside the pages: that of the paper's models, and that of current hardware under a load."""
    if exception is not None or app.builder.name != "html":
        return
    for name, preset in (("paper", "v2-code"), ("default", "default")):
        wattquery.explore(preset, Path(app.outdir) / f"explorer-{name}.html", replace=True)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", with_plain_types, priority=900)  # after napoleon, which writes them
    app.connect("source-read", without_last_blank_line)
    app.connect("build-finished", with_explorers)
    app.add_directive("package-table", PackageTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
