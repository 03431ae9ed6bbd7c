"""Sphinx: the guides as they are, the Python package by its docstrings, the C headers by what doxygen found in them.

Sources are read from the root of the project, so that a link between two documents is the same here and in the tree.
The build (../meson.build) has the package on PYTHONPATH and says where doxygen's XML is: LOCI_DOXYGEN.
"""

import importlib.util
import os
import pathlib

import loci

project = "Loci"
author = "The Loci authors"
project_copyright = author
version = release = loci.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "breathe"]
root_doc = "docs/site/index"
include_patterns = ["*.md", "docs/*.md", "docs/site/**", "examples/edge/README.md"]

# The guides. Headings have the anchors that other readers of Markdown give them.
myst_heading_anchors = 3

# The Python package. What it can do without need not be there to describe it.
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "special-members": "__call__, __getitem__, __iter__"}
autodoc_mock_imports = [name for name in ("torch", "sklearn", "pandas") if importlib.util.find_spec(name) is None]
napoleon_use_rtype = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

# The C library.
breathe_projects = {"loci": os.environ["LOCI_DOXYGEN"]}
breathe_default_project = "loci"
breathe_domain_by_extension = {"h": "c"}
breathe_show_enumvalue_initializer = True

html_theme = "sphinx_rtd_theme"
html_theme_options = {"navigation_depth": 3}
html_static_path = ["static"]
html_css_files = ["site.css"]
html_title = f"Loci {version}"
html_copy_source = False
html_show_sphinx = False


def plain_property(app, what, name, obj, options, lines) -> None:
    """A property's first line is a sentence. Napoleon would take what is before a colon there for its type, but not in
    an empty comment."""
    if what == "property":
        lines[:0] = ["..", ""]


def marked_examples(app, what, name, obj, options, lines) -> None:
    """A paragraph that is further in than a sentence before it is an example; docstrings do not say so in markup."""
    for i in range(len(lines) - 1, 1, -1):
        before = lines[i - 2]
        if lines[i].startswith("    ") and not lines[i - 1] and before[:1].strip() and not before.endswith(":"):
            lines[i - 1 : i] = ["", ".. code-block:: python", ""]


def start_page(app, failed) -> None:
    """The site is opened by index.html in its folder, wherever its pages are."""
    if failed is None and app.builder.name == "html":
        page = f"{root_doc}.html"
        text = f'<!doctype html><meta http-equiv="refresh" content="0; url={page}"><a href="{page}">Loci</a>\n'
        pathlib.Path(app.outdir, "index.html").write_text(text, "utf-8")


def setup(app) -> None:
    app.connect("autodoc-process-docstring", plain_property, priority=100)
    app.connect("autodoc-process-docstring", marked_examples, priority=100)
    app.connect("build-finished", start_page)
