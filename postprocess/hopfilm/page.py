"""The HTML of a report: one self-contained file that prints well. Templates by Jinja2, decks coloured by Pygments.

Texts in cells and names are escaped unless they are Markup; tables, pictures and whole sections are HTML in plain strings.
"""

import json
import os

import jinja2
from markupsafe import Markup, escape  # noqa: F401  (sections take both from here)
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import YamlLexer

from . import chart
from .style import DARK, image_uri

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_parts = _templates.get_template("parts.html").module


def pattern(text):
    return Markup('<span class="pattern">{}</span>').format(text.replace("-", "−"))


def number(value, form=".3g"):
    if value == 0 and form[-1] in "eg":
        return "0"
    return format(value, form).replace("-", "−").replace("e−0", "e−").replace("e+0", "e")


def mark(right, text):
    """A result in colour: right or wrong."""
    return Markup('<span class="{}">{}</span>').format("good" if right else "bad", text)


def table(head, rows, numeric=(), controls=(), wide=False):
    """head: titles; rows: lists of cells; numeric, controls: columns set flush right, and in grey; wide: over the full width of the page."""
    return str(_parts.table(head, rows, numeric, controls, wide)) if rows else ""


def embedded(value):
    """A value as JSON in a script element."""
    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("</", "<\\/"))


def drawing(figure, caption="", alt=""):
    """A figure of Matplotlib as a picture; where it consists of lines, with their data, to be zoomed and pointed at. The caption may contain HTML."""
    wide = figure.get_figwidth() > 6.5
    found = chart.panels(figure)
    return str(_parts.picture(image_uri(figure, dpi=120), Markup(caption), alt, wide, embedded(found) if found else ""))


def film(reel, alt, caption):
    """The film of the texture, made by film_reel."""
    return str(_parts.film(reel, embedded(reel), alt, Markup(caption)))


def facts(pairs):
    """A list of names and values; empty values are left out."""
    return str(_parts.facts(pairs))


def yaml_code(source):
    """A deck in which keys, strings and comments are coloured."""
    return f"<pre>{highlight(source.rstrip(), YamlLexer(), HtmlFormatter(nowrap=True))}</pre>\n"


def page(title, lead, sections, foot):
    """sections: [(anchor, title, html)]; those without html are left out."""
    shown = [(anchor, name, Markup(html)) for anchor, name, html in sections if html]
    interactive = any('class="chart"' in html for _, _, html in shown)
    return _templates.get_template("report.html").render(
        title=title, lead=Markup(lead), foot=Markup(foot), sections=shown, plotly=chart.plotly_script() if interactive else "", dark=embedded(DARK)
    )
