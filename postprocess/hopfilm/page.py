"""The page that carries a report: one HTML file, nothing fetched from outside, that prints well."""
import re
from html import escape

STYLE = """
:root { --ink: #22262b; --soft: #5c636b; --faint: #9aa1a9; --line: #dfe2e6; --wash: #f6f7f8; --accent: #c4361c; --good: #00724f; --key: #0b5c94 }
* { box-sizing: border-box }
html { font: 17px/1.55 "Source Serif 4", "Source Serif Pro", Charter, "Iowan Old Style", Georgia, serif; color: var(--ink); background: #fff }
body { max-width: 62rem; margin: 0 auto; padding: 3.2rem 1.6rem 5rem }
h1 { font-size: 2.1rem; line-height: 1.15; font-weight: 600; margin: 0 0 .5rem; letter-spacing: -.01em }
h2 { font-size: 1.35rem; font-weight: 600; margin: 3.2rem 0 .4rem; padding-top: .9rem; border-top: 1px solid var(--line) }
h3 { font-size: 1.02rem; font-weight: 600; margin: 1.9rem 0 .3rem }
p { margin: .45rem 0 .8rem; max-width: 44rem }
a { color: var(--key) }
.facts { color: var(--soft); font-size: .9rem; margin: 0 0 1rem }
.facts b { font-weight: 600; color: var(--ink) }
nav { font-size: .88rem; margin: 1.1rem 0 0; color: var(--soft) }
nav a { text-decoration: none; margin-right: 1.1rem; white-space: nowrap }
nav a:hover { text-decoration: underline }
figure { margin: 1.1rem 0 1.5rem }
figure img { display: block; max-width: 100%; height: auto }
figcaption { color: var(--soft); font-size: .86rem; line-height: 1.45; margin-top: .55rem; max-width: 46rem }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.4rem 1.8rem; align-items: start }
.pair figure { margin: .6rem 0 }
.scroll { overflow-x: auto; margin: .7rem 0 1.3rem }
table { border-collapse: collapse; font-size: .86rem; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums }
th, td { text-align: left; padding: .3rem 1.1rem .3rem 0; vertical-align: baseline }
th { font-weight: 600; color: var(--soft); border-bottom: 1.5px solid var(--ink); vertical-align: bottom }
td { border-bottom: 1px solid var(--line) }
tr:last-child td { border-bottom: 1.5px solid var(--ink) }
td.n, th.n { text-align: right } td.n { white-space: nowrap }
td.control { color: var(--soft) }
table.wide { width: 100% }
code, .pattern, pre { font-family: "DejaVu Sans Mono", "SFMono-Regular", Menlo, Consolas, monospace; font-size: .84em }
.pattern { white-space: nowrap; letter-spacing: .02em }
.bad { color: var(--accent); font-weight: 600 }
.good { color: var(--good) }
.badge { display: inline-block; font-size: .78rem; padding: .02rem .55rem; border-radius: 1rem; border: 1px solid currentColor; vertical-align: .25rem; margin-left: .5rem; font-weight: 400 }
pre { background: var(--wash); padding: .9rem 1.1rem; line-height: 1.5; overflow-x: auto; white-space: pre-wrap; word-break: break-word; font-size: .74rem; border-left: 3px solid var(--line) }
pre .c { color: var(--faint); font-style: italic } pre .k { color: var(--key) } pre .s { color: #8a4b08 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.3rem; font-size: .86rem; margin: .6rem 0 1.2rem }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
sub, sup { line-height: 0; font-size: .72em }
details summary { cursor: pointer; color: var(--soft); font-size: .88rem }
footer { margin-top: 3rem; font-size: .8rem; color: var(--faint) }
@media (max-width: 46rem) { html { font-size: 15.5px } .pair { grid-template-columns: 1fr } body { padding-top: 1.6rem } }
@media print {
  html { font-size: 9.5pt } body { max-width: none; padding: 0 } nav { display: none }
  figure, table, .pair > * { break-inside: avoid } h2, h3 { break-after: avoid } pre { font-size: 6.8pt; border-left-width: 1pt }
  .scroll { overflow: visible } a { color: inherit; text-decoration: none }
}
@page { margin: 16mm 15mm }
"""


class Raw(str):
    """Text that is HTML already."""


def cell(value):
    return value if isinstance(value, Raw) else escape(str(value))


def pattern(text):
    return Raw(f'<span class="pattern">{escape(text.replace("-", "−"))}</span>')


def number(value, form=".3g"):
    if value == 0 and form[-1] in "eg":
        return "0"
    return format(value, form).replace("-", "−").replace("e−0", "e−").replace("e+0", "e")


def mark(right, text):
    """A result in colour: right or wrong."""
    return Raw(f'<span class="{"good" if right else "bad"}">{cell(text)}</span>')


def table(head, rows, numeric=(), controls=(), wide=False):
    """head: titles; rows: cells; numeric, controls: the columns set flush right, and in grey."""
    if not rows:
        return ""

    def classes(k):
        names = [name for name, columns in (("n", numeric), ("control", controls)) if k in columns]
        return f' class="{" ".join(names)}"' if names else ""

    titles = "".join(f"<th{classes(k)}>{cell(title)}</th>" for k, title in enumerate(head))
    body = "".join("<tr>" + "".join(f"<td{classes(k)}>{cell(value)}</td>" for k, value in enumerate(row)) + "</tr>\n" for row in rows)
    return f'<div class="scroll"><table{" class=wide" if wide else ""}><thead><tr>{titles}</tr></thead><tbody>\n{body}</tbody></table></div>\n'


def picture(uri, caption="", alt=""):
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{uri}" alt="{escape(alt or re.sub("<[^>]*>", "", caption))}">{words}</figure>\n'


def facts(pairs):
    return "<dl>" + "".join(f"<dt>{cell(k)}</dt><dd>{cell(v)}</dd>" for k, v in pairs if str(v)) + "</dl>\n"


def yaml_code(source):
    """A deck with its keys, texts and comments told apart."""
    lines = []
    for line in source.rstrip().split("\n"):
        comment = re.search(r"""^(?:[^"'#]|"[^"]*"|'[^']*')*?((?:^|(?<=\s))#.*)$""", line)
        code, rest = (line[:comment.start(1)], line[comment.start(1):]) if comment else (line, "")
        code = escape(code, quote=False)
        code = re.sub(r'("[^"]*"(?!\s*:)|\'[^\']*\'(?!\s*:))', r'<span class="s">\1</span>', code)
        code = re.sub(r'(^|[{,\[]|- )(\s*)([A-Za-z_][\w. -]*|"[^"]*")(?=:(\s|$))', r'\1\2<span class="k">\3</span>', code)
        lines.append(code + (f'<span class="c">{escape(rest, quote=False)}</span>' if rest else ""))
    return "<pre>" + "\n".join(lines) + "</pre>\n"


def page(title, lead, sections, foot):
    """sections: [(anchor, title, html)]; those without html are left out."""
    sections = [s for s in sections if s[2]]
    links = "".join(f'<a href="#{anchor}">{escape(name)}</a>' for anchor, name, _ in sections)
    body = "".join(f'<section id="{anchor}"><h2>{escape(name)}</h2>\n{html}</section>\n' for anchor, name, html in sections)
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n<header><h1>{escape(title)}</h1>{lead}<nav>{links}</nav></header>\n"
            f"{body}<footer>{foot}</footer></body></html>\n")
