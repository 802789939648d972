"""Settings of the documentation site. ``make docs`` (tools/docs_site.py) lays out its pages and builds it."""

from importlib.metadata import version as version_of

project = "siting"
author = "the siting contributors"
project_copyright = author
release = version_of("siting")
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
highlight_language = "text"
# quotes in a text on files are those that are typed
smartquotes = False
exclude_patterns = ["README.md"]
# fragments of files in the exercises are no whole programs
suppress_warnings = ["misc.highlighting_failure"]

autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = True
autodoc_preserve_defaults = True
# annotations name what is no public class of this package
nitpicky = False

html_theme = "pydata_sphinx_theme"
html_title = "siting"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_sidebars = {"gallery": []}
html_copy_source = False
html_show_sourcelink = False
# a browser fetches no summaries of pages that are opened from a folder
html_show_search_summary = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 7,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["sphinx-version"],
    "footer_end": [],
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
