"""One HTML page per run directory, or for an ensemble: results with their controls, figures, deck and provenance. Nothing is fetched from outside.

python3 postprocess/report.py DIR [DIR...]        writes DIR/report.html
"""

import argparse
import os

from .. import ensemble_report, sections
from ..inference_section import inference
from ..page import escape, page
from ..run import Run

SECTIONS = [
    ("results", "Results", sections.headline),
    ("conductance", "Conductances while the film learns", sections.conductance),
    ("gauges", "Conductance along and across", sections.gauges),
    ("hysteresis", "Hysteresis", sections.hysteresis),
    ("textures", "Textures and currents", sections.textures),
    ("energies", "Energies of all states", sections.energies),
    ("recall", "Recall", sections.recall),
    ("gates", "Gates", sections.gates),
    ("letters", "Letters", sections.letters),
    ("inference", "Noisy patterns", inference),
    ("retention", "Without voltage", sections.retention),
    ("deck", "Deck", sections.deck),
    ("provenance", "How it was made", sections.provenance),
]


def lead(run):
    status = str(run.summary.get("status", "unknown"))
    colour = "good" if status == "done" else "bad"
    parts = [
        f"{int((run.mask > 0).sum()):,} cells".replace(",", "\u202f"),
        f"{run.n_nodes} electrodes" + (f" for {run.n} pixels" if run.wiring is not None else ""),
        f"{run.summary.get('ranks', '?')} rank" + "s" * (run.summary.get("ranks") != 1),
        f"{run.summary.get('wall_seconds', 0):.0f} s",
    ]
    started = run.provenance.get("started", "")[:10]
    return (
        f'<p class="facts"><span class="{colour}"><span class="badge" style="margin-left:0">{escape(status)}</span></span> &ensp;'
        f"<code>{escape(run.directory)}</code> · {' · '.join(parts)}{' · ' + started if started else ''}</p>"
    )


def of_run(directory):
    run = Run(directory)
    foot = f"hopfilm {escape(run.provenance.get('version', ''))} · references.bib lists the papers behind this run"
    return page(run.title, lead(run), [(anchor, title, make(run)) for anchor, title, make in SECTIONS], foot)


def of_ensemble(directory):
    found = ensemble_report.Ensemble(directory)
    sections_of = [(anchor, title, make(found)) for anchor, title, make in ensemble_report.SECTIONS]
    return page(found.title, ensemble_report.lead(found), sections_of, "hopfilm · reports of members: the same command with their directories")


def write_report(directory):
    html = of_ensemble(directory) if ensemble_report.is_ensemble(directory) else of_run(directory)
    path = os.path.join(directory, "report.html")
    temporary = path + ".new"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(html)
    os.replace(temporary, path)
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directories", nargs="+", metavar="DIR")
    for directory in parser.parse_args().directories:
        write_report(directory)
