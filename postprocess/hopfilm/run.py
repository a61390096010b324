"""A run directory as Python values: summary.yaml and run.h5. SI units throughout.

run = Run("runs/four-node-patterns")
run.G[k]            conductance matrix of probe k, at run.time[k], while run.pattern[k] was applied
run.gauges[name][k] conductance of a gauge at probe k
run.n               length of a pattern: number of electrodes, or of pixels that a wiring assigns to several electrodes; G is between these
run.pulses          the intervals of time during which one pattern was applied
run.field("m", -1)  the last magnetization, [y][x][component]
"""

import os
from collections import namedtuple
from functools import cached_property

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")  # a file may be read while its run writes

import h5py
import numpy as np
import yaml

from .layout import arrays, long_name

# probes[0] is the last probe before the pulse, where the conductances start from; all others were taken during it
Pulse = namedtuple("Pulse", "pattern step epoch start end probes")

# the cells whose fields were saved: film or not, [y][x]; their sides and the lower left corner of the part they cover (m)
Saved = namedtuple("Saved", "mask cell origin")

SIGNS = {"+": "+", "#": "+", "1": "+", "-": "-", ".": "-", "0": "-"}  # spellings in a deck


def text(value):
    """An HDF5 string as str."""
    return value.decode() if isinstance(value, bytes) else str(value)


def signs(pattern):
    return np.array([1 if c == "+" else -1 for c in pattern])


def state_text(index, n):
    """The state with this index: the first electrode is the highest bit; ----, ---+, ..."""
    return "".join("+" if index >> (n - 1 - k) & 1 else "-" for k in range(n))


def state_index(pattern):
    return int("".join("1" if c == "+" else "0" for c in pattern), 2)


def mirror(pattern):
    return pattern.translate(str.maketrans("+-", "-+"))


def pairs(n):
    return [(i, j) for i in range(n) for j in range(i + 1, n)]


class Run:
    def __init__(self, directory):
        self.directory = os.path.normpath(directory)
        path = os.path.join(self.directory, "run.h5")
        if not os.path.exists(path):
            raise SystemExit(f"{directory}: no run.h5 here; is it a run directory?")
        self.h5 = h5py.File(path, "r")
        self.summary = self._yaml("summary.yaml")
        self.results = self.summary.get("results") or []
        self._film()
        self._conductance()

    def _yaml(self, name):
        path = os.path.join(self.directory, name)
        if not os.path.exists(path):
            return {}
        with open(path) as file:
            return yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}

    def read_text(self, name):
        path = os.path.join(self.directory, name)
        if not os.path.exists(path):
            return ""
        with open(path, errors="replace") as file:
            return file.read()

    def array(self, path):
        """A dataset; None if the run has none of that name."""
        return self.h5[path][()] if path in self.h5 else None

    @cached_property
    def settings(self):
        """The deck with includes and every default filled in."""
        return self._yaml("deck.yaml")

    @property
    def own_current(self):
        """The film is driven by the current through itself, not by the field of a gold layer."""
        return bool(self.settings) and not self.settings.get("gold")

    @property
    def title(self):
        return self.settings.get("title") or os.path.basename(os.path.abspath(self.directory))

    @property
    def provenance(self):
        group = self.h5.get("provenance")
        return {k: text(v) for k, v in group.attrs.items()} if group is not None else {}

    @property
    def deck(self):
        deck = self.array("provenance/deck")
        return text(deck) if deck is not None else ""

    def steps(self, name):
        """The entries of the summary for one kind of step."""
        return [entry for entry in self.results if entry.get("step") == name]

    # ---- film and electrodes ----
    def _film(self):
        film = self.h5["film"]
        self.mask = film["mask"][()]
        self.cell = np.array(film.attrs["cell_size"], float)
        self.origin = np.array(film.attrs["origin"], float)
        self.thickness = float(film.attrs["thickness"])
        magnet_alone = "electrodes" not in film
        self.electrodes = np.full(np.add(self.mask.shape, 1), -1) if magnet_alone else film["electrodes"][()]
        self.node_names = [] if magnet_alone else [text(name) for name in film["electrode_names"][()]]
        self.positions = np.zeros((0, 2)) if magnet_alone else film["electrode_positions"][()]
        self.n_nodes = len(self.node_names)
        self.wiring = self.array("film/wiring")  # signed pixel of each electrode, from 1; None: its own
        self.wirings = {int(item): group["wiring"][()].astype(int) for item, group in self.h5.get("wire", {}).items()}  # found by these items of the schedule
        self.n = self.n_nodes if self.wiring is None else int(np.abs(self.wiring).max())
        self.names = self.node_names if self.wiring is None else [str(k + 1) for k in range(self.n)]

    def wiring_at(self, item):
        """The wiring when this item of the schedule ran."""
        before = [k for k in self.wirings if k <= item]
        return self.wirings[max(before)] if before else self.wiring

    def node_signs(self, pattern):
        """The sign of each electrode's voltage for a text of signs; zeros without one, and if the wiring changed during the run."""
        if len(pattern) != self.n or len(self.wirings) > 1:
            return np.zeros(self.n_nodes, int)
        x = signs(pattern)
        return x if self.wiring is None else np.sign(self.wiring) * x[np.abs(self.wiring) - 1]

    @cached_property
    def links(self):
        """Pairs of neighbouring electrodes, nearest in the plane."""
        apart = np.linalg.norm(self.positions[:, None] - self.positions[None], axis=-1)
        np.fill_diagonal(apart, np.inf)
        near = apart < 1.1 * apart.min() if self.n_nodes > 1 else np.zeros((1, 1), bool)
        return [(int(i), int(j)) for i, j in zip(*np.nonzero(near)) if i < j]

    @property
    def pair_names(self):
        long = any(len(name) > 1 for name in self.names)
        return [self.names[i] + ("–" if long else "") + self.names[j] for i, j in pairs(self.n)]

    # ---- patterns ----
    @cached_property
    def patterns(self):
        """{name: rows of + and -} of the deck's patterns, except those given as image files."""
        found = {}
        for name, value in (self.settings.get("patterns") or {}).items():
            rows = str(value).split()
            if rows and all(set(row) <= set(SIGNS) for row in rows):
                found[str(name)] = ["".join(SIGNS[c] for c in row) for row in rows]
        return found

    def pattern_name(self, pattern):
        """The deck's name of a text of signs, "" if it has none."""
        fitting = [name for name, rows in self.patterns.items() if "".join(rows) == pattern]
        return next((name for name in fitting if name in self.trained_names), fitting[0] if fitting else "")

    def pattern_label(self, pattern):
        """A pattern in a title: its signs if they are few, else its name in the deck or how many are +."""
        return pattern.replace("-", "−") if len(pattern) <= 12 else self.pattern_name(pattern) or f"{pattern.count('+')} of {len(pattern)} +"

    @cached_property
    def trained_names(self):
        steps = [step.get("train") or {} for step in self.settings.get("schedule") or [] if isinstance(step, dict)]
        return {str(name) for step in steps for name in step.get("patterns") or []}

    def picture_shape(self, n):
        """(rows, columns) of a picture of n pixels: as the patterns of the deck, as the electrodes are placed, or about square."""
        for rows in self.patterns.values():
            if len(rows) > 1 and len({len(row) for row in rows}) == 1 and len(rows) * len(rows[0]) == n:
                return len(rows), len(rows[0])
        across, up = (len(np.unique(np.round(self.positions[:, axis] / (1e-3 * self.cell[axis])))) for axis in (0, 1))
        if across * up == n == self.n_nodes:
            return up, across
        columns = max(k for k in range(1, int(n**0.5) + 1) if n % k == 0)
        return n // columns, columns

    # ---- conductance in time ----
    def _conductance(self):
        self.time = self.array("conductance/time")
        self.G0 = self.array("conductance/G0")
        self.gauges = {name: values[()] for name, values in arrays(self.h5.get("gauges", {})).items()}
        self.pattern, self.pulses = [], []
        if self.time is None:
            self.time = np.zeros(0)
            return
        self.step = self.array("training/step")
        self.epoch = self.array("training/epoch")
        self.pattern = [text(p) for p in self.array("training/pattern")]
        first = 0
        for k in range(1, len(self.time) + 1):
            if k < len(self.time) and all(a[k] == a[first] for a in (self.pattern, self.step, self.epoch)):
                continue
            if self.pattern[first] and self.time[k - 1] > self.time[max(first - 1, 0)]:
                own_start = first == 0 or self.time[first] == self.time[first - 1]
                probes = np.arange(first if own_start else first - 1, k)
                self.pulses.append(Pulse(self.pattern[first], int(self.step[first]), int(self.epoch[first]), self.time[probes[0]], self.time[k - 1], probes))
            first = k

    @cached_property
    def G(self):
        """Conductance matrices (S), [probe][terminal][terminal]; read when first used, since of many electrodes they fill gigabytes."""
        G = self.array("conductance/G")
        return np.zeros((0, self.n, self.n)) if G is None else G

    def pair_traces(self):
        """|G_ij| of all pairs, [probe][pair]."""
        return np.stack([np.abs(self.G[:, i, j]) for i, j in pairs(self.n)], axis=-1)

    # ---- fields ----
    @cached_property
    def saved(self):
        """The part of the film whose fields were saved: output.stride and output.region of the deck leave cells out."""
        names = self.field_names()
        attributes = self.h5[f"fields/{names[0]}"].attrs if names else {}
        if "stride" not in attributes:
            return Saved(self.mask, self.cell, self.origin)
        first, stride = np.array(attributes["first_cell"]), np.array(attributes["stride"])
        ny, nx = self.h5[f"fields/{names[0]}"].shape[1:3]
        mask = self.mask[first[1] :: stride[1], first[0] :: stride[0]][:ny, :nx]
        return Saved(mask, self.cell * stride, self.origin + (first + 0.5 - 0.5 * stride) * self.cell)

    def field_names(self):
        return [name for name, item in self.h5.get("fields", {}).items() if getattr(item, "ndim", 0) == 4]

    @property
    def current_map(self):
        """(field, title of its scale, what it shows) of the film's current that reports draw: per volt, or where that was not kept the one that flows.
        None without either. Before `j_per_volt`, `j` was that of +-1 V; its description then says no voltage."""
        names = self.field_names()
        per_volt = "j_per_volt" if "j_per_volt" in names else "j" if "j" in names and "flows" not in long_name(self.h5["fields/j"]) else None
        if per_volt:
            return per_volt, "|j| (% A/m²) at ±1 V", "the current that ±1 V would drive"
        return ("j", "|j| (% A/m²) as driven", "the current that flows, at the voltage of the pulse") if "j" in names and self.own_current else None

    def currents(self, frames):
        """{frame: values} of that map."""
        return {k: self.field(self.current_map[0], k) for k in frames if k is not None}

    def field_times(self, name):
        times = self.array(f"fields/time/{name}")
        return np.zeros(0) if times is None else times

    def field(self, name, frame):
        dataset = self.h5[f"fields/{name}"]
        return dataset[frame % dataset.shape[0]]

    def frame_after(self, name, probe):
        """The first frame taken after a probe and before the next one, of the state that was probed. None if there is none."""
        count = self.array(f"fields/probe/{name}")
        found = np.nonzero(count == probe + 1)[0] if count is not None else []
        return int(found[0]) if len(found) else None

    def frame_before(self, name, probe):
        """The last frame taken before a probe and after the one before it, as that of an initial state. None if there is none."""
        count = self.array(f"fields/probe/{name}")
        found = np.nonzero(count == probe)[0] if count is not None else []
        return int(found[-1]) if len(found) else None

    def untrained_frame(self, pulse):
        """The frame of m of the untrained film before this pulse. None if it was not kept."""
        probe = self.untrained_probe(pulse)
        if probe is None:
            return None
        after = self.frame_after("m", probe)
        if after is not None and self.field_times("m")[after] <= self.time[probe] * (1 + 1e-9):
            return after
        return self.frame_before("m", probe)

    def pattern_of_frame(self, name, frame):
        """The pattern that was applied when the frame was taken, or last before; "" if none."""
        count = self.array(f"fields/probe/{name}")
        return self.pattern[count[frame] - 1] if count is not None and count[frame] > 0 else ""

    def memories(self, initial=1):
        """One per pattern trained since the run's n-th initial state: its last pulse, and the frames of m and current_map at its end (None: not kept)."""
        groups = self.pulse_groups()
        if not groups:
            return []
        last = {}
        for pulse in groups[min(initial, len(groups)) - 1]:
            last.pop(pulse.pattern, None)
            last[pulse.pattern] = pulse
        current = self.current_map[0] if self.current_map else "j_per_volt"
        return [(pulse, self.frame_after("m", pulse.probes[-1]), self.frame_after(current, pulse.probes[-1])) for pulse in last.values()]

    def pulse_groups(self):
        """The pulses of each initial state. A probe without pattern, of the untrained film, stands before every group."""
        groups, untrained = [], None
        for pulse in self.pulses:
            mark = self.untrained_probe(pulse)
            if mark != untrained or not groups:
                groups.append([])
                untrained = mark
            groups[-1].append(pulse)
        return groups

    def untrained_probe(self, pulse):
        """Index of the last probe of the untrained film before this pulse, None if there was none."""
        before = [k for k in range(pulse.probes[-1]) if not self.pattern[k]]
        return before[-1] if before else None

    def pulse_of(self, entry):
        """The pulse whose memory an entry of the summary (with `item`, `trained`, `epoch`) refers to."""
        found = [p for p in self.pulses if p.pattern == entry["trained"] and p.step + 1 < entry["item"] and p.epoch + 1 == entry.get("epoch", p.epoch + 1)]
        return found[-1] if found else None

    # ---- results of steps ----
    def pulse_of_fit(self, entry):
        found = [p for p in self.pulses if p.pattern == entry["to"] and p.step + 1 < entry["item"]]
        return found[-1] if found else None

    def fit_models(self, entry):
        """{index of the pair: (times, |G| of the fitted rule)} for an entry of step `fit`."""
        group = f"fit/{entry['item']}/"
        time, listed, model = (self.array(group + name) for name in ("time", "pairs", "model"))
        if model is None:
            return {}
        order = pairs(self.n)
        return {order.index((int(i) - 1, int(j) - 1)): (time.ravel(), np.abs(model[k])) for k, (i, j) in enumerate(listed)}

    def energies(self, entry):
        """Energies of all states for an entry of step `energies`, and of the untrained film with the same weights (None if unknown)."""
        trained = self.array("energy/" + entry["dataset"])
        if "dataset_untrained" in entry:
            return trained, self.array("energy/" + entry["dataset_untrained"])
        pulse = self.pulse_of(entry)
        mark = self.untrained_probe(pulse) if pulse else None
        if trained is None or mark is None:
            return trained, None
        difference = self.G[mark] - self.G[pulse.probes[-1]]  # whatever was subtracted from G to make the weights cancels here
        np.fill_diagonal(difference, 0)
        states = np.array([signs(state_text(k, self.n)) for k in range(len(trained))])
        return trained, trained - np.einsum("ki,ij,kj->k", states, difference, states)
