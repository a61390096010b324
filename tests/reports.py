#!/usr/bin/env python3
"""Reports as a reader meets them, in headless Chromium: on a desk and on a phone, in a light and in a dark page.

Expected: nothing is fetched and no error reported; nothing wider than the page; every picture has a text in its place; curves can be zoomed, the film plays,
and a click on a curve moves it; colours follow the scheme of the page.

Usage: reports.py HOPFILM [FOLDER for screenshots]
"""

import os
import subprocess
import sys
import tempfile
import time

from browser import CHROMIUM, Browser
from launch import environment

HERE = os.path.dirname(os.path.abspath(__file__))
# A film that learns two patterns, with every kind of figure that is quick: curves, film, energies, a window of xi, what rests leave.
DECK = """include: {here}/bad-decks/part-base.yaml
title: Two patterns and what rests leave of them, with a title so long that it needs several lines on a phone
schedule:
  - train: {{patterns: ["++--", "+-+-"], voltage: 1 V, pulse: 0.1 ns, probe_every: 0.01 ns}}
  - energies: {{weights: [midrange, scaled], xi: [0.98, 0.99, 1.0]}}
  - recall: {{method: synchronous, weights: midrange}}
"""
ENSEMBLE = """include: {here}/bad-decks/part-base.yaml
title: Four members
ensemble:
  axes:
    - {{key: film.initial.random.seed, values: ["1", "2"]}}
    - {{key: film.material.alpha, values: ["0.2", "0.3", "0.4"]}}
schedule:
  - train: {{patterns: ["++--", "+-+-"], voltage: 1 V, pulse: 0.05 ns}}
  - energies: {{weights: scaled}}
"""
failures = []


def check(condition, text):
    print(("ok     " if condition else "FAILED ") + text, flush=True)
    if not condition:
        failures.append(text)


def command(*words):
    done = subprocess.run(words, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    if done.returncode:
        sys.exit(f"{' '.join(words)}:\n{done.stdout.decode(errors='replace')[-2000:]}")


def report_of(program, deck, folder, name):
    path = os.path.join(folder, name + ".yaml")
    with open(path, "w") as file:
        file.write(deck.format(here=HERE))
    out = os.path.join(folder, name)
    command(program, "run", path, "--out", out)
    command(sys.executable, "-B", os.path.join(HERE, "..", "postprocess", "report.py"), out)
    return os.path.join(out, "report.html")


def check_page(page, name, width):
    page.wait("document.documentElement.dataset.charts === 'ready'")
    widest = page.run("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    check(widest <= width, f"{name}: the page is {widest} px wide where there are {width}")
    bare = page.run(
        "[...document.querySelectorAll('img')].filter(i => !i.alt.trim()).length + [...document.querySelectorAll('canvas, .chart')].filter(i => "
        "!i.getAttribute('aria-label').trim()).length"
    )
    check(bare == 0 and page.run("document.querySelectorAll('img').length") > 0, f"{name}: {bare} pictures without a text in their place")
    broken = page.run("[...document.images].filter(i => !i.naturalWidth).length")
    check(broken == 0, f"{name}: {broken} pictures that do not load")
    lines = page.run("document.querySelectorAll('.scatterlayer .trace').length")
    check(lines > 0, f"{name}: {lines} curves are drawn by Plotly")
    verdicts = page.run("[...document.querySelectorAll('.verdicts > li')].map(li => li.querySelector('p').textContent)")
    check(len(verdicts) > 0 and all(v.strip().endswith(".") for v in verdicts), f"{name}: {len(verdicts)} verdicts")
    check(page.problems == [], f"{name}: no errors and no requests {page.problems[:2]}")


def check_zoom(page, name):
    page.run("document.querySelector('.js-plotly-plot').scrollIntoView({block: 'center'})")
    before, box = page.run(
        "(g => [g.layout.xaxis.range.slice(), (r => [r.x, r.y, r.width, "
        "r.height])(g.querySelector('.nsewdrag').getBoundingClientRect())])(document.querySelector('.js-plotly-plot'))"
    )
    across = [box[0] + share * box[2] for share in (0.3, 0.6)]
    y = [box[1] + share * box[3] for share in (0.3, 0.7)]
    for kind, x, height, buttons in (("mousePressed", across[0], y[0], 1), ("mouseMoved", across[1], y[1], 1), ("mouseReleased", across[1], y[1], 0)):
        page.call("Input.dispatchMouseEvent", type=kind, x=x, y=height, button="left", buttons=buttons, clickCount=1)
    page.wait(f"document.querySelector('.js-plotly-plot').layout.xaxis.range[0] > {before[0]}", 10)
    check(True, f"{name}: dragging zooms a curve")
    said = "document.querySelector('.js-plotly-plot .hoverlayer').textContent.trim()"
    for k in range(60):  # along the curve until a point is near
        if page.run(said):
            break
        page.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + (k + 0.5) / 60 * box[2], y=box[1] + 0.5 * box[3])
        time.sleep(0.05)
    check(page.run(said), f"{name}: pointing at a curve names its value")


def pixels(page):
    return page.run(
        "(c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].reduce((h, v) => (h * 31 + v) % 1000003, "
        "7))(document.querySelector('.film canvas'))"
    )


def check_film(page, name):
    page.wait("document.querySelector('.film').dataset.state === 'ready'")
    count = page.run("Number(document.querySelector('.film input').max) + 1")
    at = "Number(document.querySelector('.film input').value)"
    last = pixels(page)
    page.run("document.querySelector('.film button').click()")
    page.wait(f"{at} > 0 || {count} < 3", 10)
    page.run("document.querySelector('.film button').click()")
    check(count >= 3, f"{name}: the film has {count} frames and plays")
    page.run("(s => { s.value = 0; s.dispatchEvent(new Event('input')); })(document.querySelector('.film input'))")
    first, words = pixels(page), page.run("document.querySelector('.film output').textContent")
    check(first != last and f"frame 1 of {count}" in words, f"{name}: scrubbing shows another picture: {words}")
    shown = page.run("[...document.querySelectorAll('.now')].some(line => !line.hidden)")
    check(shown, f"{name}: the curves mark the time of the film")


def main():
    program = os.path.abspath(sys.argv[1])
    if not CHROMIUM:
        sys.exit("found no Chromium: bash jobs/install-packages.sh --test installs it on Debian")
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        reports = {"run": report_of(program, DECK, folder, "run"), "ensemble": report_of(program, ENSEMBLE, folder, "ensemble")}
        for kind, path in reports.items():
            for width, dark in ((1400, False), (390, True)):
                name = f"{kind}, {width} px, {'dark' if dark else 'light'}"
                page = browser.open(path, width, dark=dark)
                check_page(page, name, width)
                paper = page.run("getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).reduce((a, b) => a + Number(b), 0)")
                check((paper < 150) == dark, f"{name}: the page is {'dark' if dark else 'light'}")
                if kind == "run":
                    check_film(page, name)
                if kind == "ensemble":
                    axes = page.run("[...document.querySelectorAll('.xtitle')].map(t => t.textContent)")
                    check(axes and set(axes) == {"Gilbert damping α"}, f"{name}: the axes are in words: {set(axes)}")
                if width == 1400:
                    check_zoom(page, name)
                if len(sys.argv) > 2:
                    page.screenshot(os.path.join(sys.argv[2], name.replace(", ", "-") + ".png"))
    print(f"reports in a browser: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
