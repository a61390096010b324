"""Conductances in time, with the fitted learning rule where the run has one (Niu et al. 2024, Fig. 3a).

python3 postprocess/conductance.py DIR -o FILE.png [--pulse K]
"""

from .. import conductance_figures as figures
from .. import link_figures
from ..command import draw_one

MOST_NAMED = 6  # electrodes, up to which every pair has its own line; beyond, only neighbours are drawn, grouped


def draw(run, options):
    if not run.pulses:
        raise SystemExit(f"{run.directory}: the conductance was not probed while a pattern was applied")
    if run.n > MOST_NAMED:
        if not link_figures.can_draw(run):
            raise SystemExit(f"{run.directory}: too many pairs for one line each, and no conductances between neighbours in time")
        return link_figures.links_in_time(run)
    fits = [(e, run.pulse_of_fit(e)) for e in run.steps("fit")]
    if options.pulse is not None:
        pulse = run.pulses[options.pulse]
        fits = [(e, p) for e, p in fits if p == pulse]
        return fitted(run, *fits[0]) if fits else figures.switch(run, pulse)
    if fits and fits[-1][1]:
        return fitted(run, *fits[-1])
    return figures.history(run) if len(run.pulses) > 1 else figures.switch(run, run.pulses[0])


def fitted(run, entry, pulse):
    return figures.switch(run, pulse, run.fit_models(entry), figures.fit_label(entry), entry["from"])


def main():
    draw_one(__doc__, draw, pulse="the K-th pulse, from 0, -1 the last (default: the last fitted one, or all)")
