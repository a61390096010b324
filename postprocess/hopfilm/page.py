"""The HTML of a report: one self-contained file that prints well. Templates by Jinja2, decks coloured by Pygments.

Texts in cells and names are escaped unless they are Markup; tables, pictures and whole sections are HTML in plain strings.
"""
import os

import jinja2
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import YamlLexer

_templates = jinja2.Environment(loader=jinja2.FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")), autoescape=True,
                                trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
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


def picture(uri, caption="", alt=""):
    """The caption may contain HTML."""
    return str(_parts.picture(uri, Markup(caption), alt))


def facts(pairs):
    """A list of names and values; empty values are left out."""
    return str(_parts.facts(pairs))


def yaml_code(source):
    """A deck in which keys, strings and comments are coloured."""
    return f"<pre>{highlight(source.rstrip(), YamlLexer(), HtmlFormatter(nowrap=True))}</pre>\n"


def page(title, lead, sections, foot):
    """sections: [(anchor, title, html)]; those without html are left out."""
    return _templates.get_template("report.html").render(title=title, lead=Markup(lead), foot=Markup(foot),
                                                         sections=[(anchor, name, Markup(html)) for anchor, name, html in sections if html])
