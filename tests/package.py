#!/usr/bin/env python3
"""The Python package as a user installs it: a wheel of postprocess/, in a virtual environment of its own, used outside the checkout.

Usage: package.py HOPFILM

Small decks are run; package_cases.py (pytest) checks what hopfilm.open makes of them, its docstrings' examples are tried, hopfilm-post draws a report, and
the Python of postprocess/README.md and the notebook are executed.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile

import nbclient
import nbformat
from launch import ROOT, environment, mpiexec

HERE = os.path.dirname(os.path.abspath(__file__))
ENSEMBLE = f"""include: {HERE}/bad-decks/part-base.yaml
ensemble:
  figures: ["energies-?.*", "recall-?.*"]
  axes:
    - {{key: film.initial.random.seed, from: 1, to: 3}}
    - {{key: film.cell, values: [20 nm, 40 nm]}}
    - {{key: film.material.alpha, values: ["0.3", "0.5"], with_previous: true}}
schedule:
  - train: {{patterns: ["++--"], voltage: 1 V, pulse: 0.1 ns}}
  - energies: {{weights: scaled}}
"""


def run(command, cwd, **more):
    done = subprocess.run(
        command, cwd=cwd, env={**environment(), **more}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600
    )
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {' '.join(map(str, command))}\n{done.stdout[-6000:]}")
    return done.stdout


def install(tmp):
    """Python of a new environment that has the package; it sees the system's packages, and those of this script's own environment by PYTHONPATH."""
    source, wheels, venv = (os.path.join(tmp, name) for name in ("source", "wheels", "venv"))
    shutil.copytree(os.path.join(ROOT, "postprocess"), source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", wheels, source], tmp)
    shutil.rmtree(source)
    run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", venv], tmp)
    python = os.path.join(venv, "bin", "python")
    run([*pip, "--python", python, "install", "--no-deps", "--no-index", os.path.join(wheels, os.listdir(wheels)[0])], tmp)
    return python


def readme(tmp):
    """The Python of postprocess/README.md as a script, in a folder with runs of the names it uses."""
    os.makedirs(os.path.join(tmp, "runs"))
    for name, directory in (("four-node-patterns", "four-node-small"), ("letters-seeds", "ensemble")):
        os.symlink(os.path.join("..", directory), os.path.join(tmp, "runs", name))
    with open(os.path.join(ROOT, "postprocess", "README.md"), encoding="utf-8") as file:
        blocks = re.findall("```python\n(.*?)```", file.read(), re.S)
    assert len(blocks) == 1 and "hopfilm.open" in blocks[0]
    script = os.path.join(tmp, "readme.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(blocks[0])
    return script


def execute(notebook, tmp, **more):
    """All cells of a notebook; the number of its pictures."""
    os.environ.update(more, PYDEVD_DISABLE_FILE_VALIDATION="1")  # the kernel inherits them
    cells = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(cells, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp}}).execute()
    outputs = [output for cell in cells.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not any(output.get("name") == "stderr" for output in outputs), [output["text"] for output in outputs if output.get("name") == "stderr"]
    return len(cells.cells), sum("image/png" in output.get("data", {}) for output in outputs)


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        for deck in ("four-node-small", "magnet-alone"):
            run(mpiexec(1, program, "run", os.path.join(HERE, "decks", deck + ".yaml"), "--out", os.path.join(tmp, deck)), tmp)
        with open(os.path.join(tmp, "ensemble.yaml"), "w", encoding="utf-8") as file:
            file.write(ENSEMBLE)
        run(mpiexec(1, program, "run", "ensemble.yaml", "--out", "ensemble"), tmp)

        python = install(tmp)
        shutil.copy(os.path.join(HERE, "package_cases.py"), tmp)
        found = {
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "HOPFILM": program,
            "HOPFILM_RUNS": tmp,
            "HOPFILM_RUN": os.path.join(tmp, "four-node-small"),
            "HOPFILM_ENSEMBLE": os.path.join(tmp, "ensemble"),
        }
        where = run([python, "-c", "import hopfilm; print(hopfilm.__file__, hopfilm.__version__)"], tmp).split()
        assert where[0].startswith(os.path.join(tmp, "venv")), where
        assert where[1] in run([program, "version"], tmp), "the program and the package have different versions"
        tests = run(
            [
                python,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "package_cases.py",
                "--doctest-modules",
                "--pyargs",
                "hopfilm.layout",
                "hopfilm.tables",
                "hopfilm.ensembles",
                "hopfilm.summaries",
            ],
            tmp,
            **found,
        )
        run([os.path.join(tmp, "venv", "bin", "hopfilm-post"), "report", "magnet-alone"], tmp)
        assert os.path.getsize(os.path.join(tmp, "magnet-alone", "report.html")) > 1e5
        assert "  watch " in run([python, "-m", "hopfilm"], tmp)
        run([python, readme(tmp)], tmp, MPLBACKEND="Agg", **found)
        site = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp).strip()
        cells, pictures = execute(os.path.join(ROOT, "postprocess", "hopfilm.ipynb"), tmp, **{**found, "PYTHONPATH": f"{site}:{found['PYTHONPATH']}"})
        assert pictures >= 4, f"the notebook draws {pictures} pictures"
    print(f"package: {re.findall('[0-9]+ passed', tests)[0]}; {cells} cells of the notebook, {pictures} pictures")


if __name__ == "__main__":
    main()
