"""Memory of a rank at its peak (VmHWM), measured in short runs of all kinds of films with checkpoints, beside what `hopfilm check --ranks` plans for them;
a group of program.py. Some minutes on two cores."""

import os
import re
import subprocess
import sys
import tempfile

from launcher import commit_of_program, environment, mpiexec

MOST = 0.15
SIZES, RANKS = (512, 1024), (1, 2)
PEAK = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); print('peak_kB', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); "
PEAK += "sys.exit(code)"
FILM = """hopfilm: 1
title: Memory
film:
  size: [{size} nm, {size} nm]
  cell: 5 nm
  thickness: 5 nm
  material: {{Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m3, axis: [0, 0, 1], alpha: 0.3, conductivity: 5e6 S/m, amr_ratio: 0.04, polarization: 0.4}}
  initial: {{random: {{seed: 1}}}}
output: {{fields: [m], checkpoint_every_simulated: {often} ps}}
"""
HOLD = "schedule: [{{hold: {{time: {time} ps}}}}]\n"
CONTACTS = """electrodes:
  - {{name: a, shape: {{rectangle: {{size: [0 nm, {size} nm]}}}}, at: [-{half} nm, 0 nm]}}
  - {{name: b, shape: {{rectangle: {{size: [0 nm, {size} nm]}}}}, at: [{half} nm, 0 nm]}}
"""
DRIVEN = "schedule: [{{hold: {{time: {time} ps, pattern: '+-', voltage: 10 mV}}}}]\n"
GOLD = "gold: {{thickness: 50 nm, gap: 30 nm, conductivity: 4.1e7 S/m}}\n"
KINDS = {  # deck, simulated time in ps
    "local, 5dp": (FILM + HOLD + "integrator: {{method: 5dp}}\n", 0.3),
    "local, auto": (FILM + HOLD, 0.3),
    "local, bdf": (FILM + HOLD + "integrator: {{method: bdf}}\n", 0.02),
    "demag, 5dp": (FILM + HOLD + "demag: full\nintegrator: {{method: 5dp}}\n", 0.2),
    "demag, auto": (FILM + HOLD + "demag: full\n", 0.2),
    "demag single, 5dp": (FILM + HOLD + "demag: full\ndemag_precision: single\nintegrator: {{method: 5dp}}\n", 0.2),
    "potential, 5dp": (FILM + CONTACTS + DRIVEN + "integrator: {{method: 5dp}}\n", 0.05),
    "gold, 5dp": (FILM + CONTACTS + DRIVEN + GOLD + "integrator: {{method: 5dp}}\n", 0.1),
    "potential, auto": (FILM + CONTACTS + DRIVEN, 0.05),
    "gold, auto": (FILM + CONTACTS + DRIVEN + GOLD, 0.1),
    "relax, then 5dp": (FILM + "integrator: {{method: 5dp}}\nschedule: [{{relax: {{max_time: 1 ps}}}}, {{hold: {{time: {time} ps}}}}]\n", 0.2),
    "relax, local": (FILM + "schedule: [{{relax: {{max_time: 2 ps}}}}]\n", 0.1),
}


def text_of(program, ranks, *words, folder):
    done = subprocess.run(
        mpiexec(ranks, sys.executable, "-c", PEAK, program, *words),
        cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900,
    )  # fmt: skip
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {' '.join(words)}\n{text}")
    return text


def memory(options, table):
    with tempfile.TemporaryDirectory() as folder:
        deck = os.path.join(folder, "deck.yaml")
        for kind, (text, time) in KINDS.items():
            for n, ranks in ((n, ranks) for n in SIZES for ranks in RANKS):
                with open(deck, "w") as file:
                    file.write(text.format(size=5 * n, half=2.5 * n, time=time, often=time / 2))
                said = text_of(options.program, ranks, "run", deck, "--out", os.path.join(folder, "out"), "--force", folder=folder)
                peak = 1024e-6 * max(map(int, re.findall(r"peak_kB (\d+)", said)))
                said = text_of(options.program, 1, "check", deck, "--ranks", str(ranks), folder=folder)
                planned = 1e-6 * float(re.search(r"memory_bytes_per_rank +([\d.e+]+)", said)[1])
                off = planned / peak - 1
                said = f"{peak:.0f} MB a rank, planned {planned:.0f}: {100 * off:+.0f} %"
                table.add(f"{kind}, {n}^2 cells, {ranks} ranks", "<= 15 %", said, abs(off) <= MOST)
                print(f"{kind}\t{n}\t{ranks}\t{peak:.0f}\t{planned:.0f}\t{100 * off:+.0f}", flush=True)
    return {commit_of_program(options.program)}
