#!/usr/bin/env python3
"""The spin-transfer film (Yu et al. 2021): runs its decks from several random starts and prints what is published and required beside what every start gives,
with the untrained film and xi = 1 as controls. Exit code 1 when a required figure is missed.

Usage: maze.py HOPFILM [--seeds 1 2 3 4] [--only GROUP...] [--at-once 2] [--out DIR] [--missing | --show]     (DIR: runs/reproduce-maze)
"""

import sys

import maze_figures as figures
import maze_nodes_figures as nodes

from device import Deck, Device, Group

FILM = "Aex, Ku, polarization, nonadiabaticity and conductivity of the film, the 20 ns in which the random start becomes a maze, cells of 4 nm"
NETWORK = (
    "+-0.03 V on the four contacts (the paper gives a voltage for the synapse only), 50 ns per pattern, contacts of 0.4 of an edge, xi of the untrained "
    "film beside "
    f"the paper's 1; {FILM}."
)
NODES = (
    "contacts half a pitch wide on a square lattice of 120 nm, the patterns, between unlike neighbours the mean field of the synapse (0.05 V on 400 nm), 50 ns "
    f"of pulses per pattern, xi of the untrained film; {FILM.replace('4 nm', '6 nm')}."
)
# The decks' voltages are those of a + electrode, half of what lies between the contacts.
ADIABATIC = "film.material.nonadiabaticity=0"
# The second maze of maze-nine is the first once more.
SAME_MAZE = ["schedule.4.initial.random.seed={seed}"]
WIDE = [  # twice the distances at the same field
    "film.size=[720 nm, 720 nm]",
    "electrodes.0.shape.disk.diameter=120 nm",
    "electrodes.0.lattice.pitch=[240 nm, 240 nm]",
    "schedule.1.train.voltage=15 mV",
    "schedule.6.train.voltage=15 mV",
]
RUNS = {
    "synapse-50mV": Deck("maze-synapse"),
    "synapse-100mV": Deck("maze-synapse", ["schedule.1.train.voltage=50 mV"]),
    "retention": Deck("maze-retention"),  # the pulses of maze-hopfield, and a pause after each
    "controls-nonadiabatic": Deck("maze-controls"),
    "controls-nonadiabatic-0.6": Deck("maze-controls", ["film.material.nonadiabaticity=0.6"]),
    "controls-interfacial": Deck("maze-controls", [ADIABATIC, "film.material.Dbulk=0", "film.material.Dinterfacial=6.5e-3 A"]),
    "controls-negative-amr": Deck("maze-controls", [ADIABATIC, "film.material.amr_ratio=-1.5"]),
    "controls-uniform": Deck("maze-controls", [ADIABATIC, "coupling.current=uniform"]),
    "controls-frozen": Deck("maze-controls", [ADIABATIC, "coupling.refresh=frozen"]),
    "resistance": Deck("maze-resistance"),
    "refresh-stage": Deck("maze-synapse", ["coupling.refresh=stage"]),
    "refresh-5ps": Deck("maze-synapse", ["coupling.refresh=interval", "coupling.every=5 ps"]),
    "refresh-50ps": Deck("maze-synapse", ["coupling.refresh=interval", "coupling.every=50 ps"]),
    "pinning-2": Deck("maze-pinning", ["film.material.Ku_variation=2 %"]),
    "pinning-5": Deck("maze-pinning", ["film.material.Ku_variation=5 %"]),
    "pinning-10": Deck("maze-pinning", ["film.material.Ku_variation=10 %"]),
    "pinning-30": Deck("maze-pinning", ["film.material.Ku_variation=30 %"]),
    "hall": Deck("maze-hall"),
    "nine": Deck("maze-nine", SAME_MAZE),
    "nine-strong": Deck("maze-nine", [*SAME_MAZE, "schedule.1.train.voltage=15 mV", "schedule.6.train.voltage=15 mV"]),
    "nine-wide": Deck("maze-nine", [*SAME_MAZE, *WIDE]),
    "letters": Deck("maze-letters"),
}
# The maze of the synapse before its pulse, on other cells; 133 of them for 3 nm.
for cell in figures.CELLS:
    RUNS[f"grid-{cell}nm"] = Deck("maze-grid", ["film.initial.file.path={synapse-50mV}/run.h5", "film.initial.file.frame=2", f"film.cell={cell} nm"])
GROUPS = {
    "synapse": Group(["synapse-50mV", "synapse-100mV"], "every", figures.synapse, f"0.1 V; {FILM}."),
    "hopfield": Group(["retention"], "every", figures.hopfield, NETWORK),
    "controls": Group([name for name in RUNS if name.startswith("controls-")], "every", figures.controls, f"0.1 V, the size of each change; {FILM}."),
    "resistance": Group(["resistance"], "every", figures.resistance, NETWORK),
    "refresh": Group(["refresh-stage", "synapse-50mV", "refresh-5ps", "refresh-50ps"], "first", figures.refresh),
    "pinning": Group(
        ["synapse-50mV", *(name for name in RUNS if name.startswith("pinning-"))],
        "first",
        figures.pinning,
        f"the deviations and the size of the grains; {FILM}.",
    ),
    "hall": Group(["synapse-50mV", "hall"], "first", figures.hall, f"the anomalous Hall conductivity of 1e5 S/m; {FILM}."),
    "nodes": Group(["nine", "nine-strong", "nine-wide", "letters"], "every", nodes.nodes, NODES),
    "grid": Group(["synapse-50mV", *(f"grid-{cell}nm" for cell in figures.CELLS)], "every", figures.grid),
}

if __name__ == "__main__":
    sys.exit(Device("maze", RUNS, GROUPS, [1, 2, 3, 4], __doc__).main())
