#!/usr/bin/env python3
"""Makes the OVF files of this folder anew. Those of OVF 2.0 are written by discretisedfield (PyPI), those of OVF 1.0 from the format's specification: neither
shares code with the program that reads them in tests/parallel/grid_ovf.c.

Usage: make.py          in this folder
Cell (i, j) of 6 x 4 cells of 5 nm holds (i + 1, j - 2.5, 10 i + j), cell (0, 3) a zero vector: numbers that 4 bytes hold exactly.
"""

import struct

N = (6, 4)
CELL = 5e-9


def value(i, j):
    return (0, 0, 0) if (i, j) == (0, 3) else (i + 1, j - 2.5, 10 * i + j)


def ovf2():
    import discretisedfield as df
    import numpy as np

    region = df.Region(p1=(-15e-9, -10e-9, 0), p2=(15e-9, 10e-9, 2e-9))
    mesh = df.Mesh(region=region, n=(*N, 1))
    array = np.array([[[value(i, j)] for j in range(N[1])] for i in range(N[0])], float)
    field = df.Field(mesh, nvdim=3, value=array, unit="A/m")
    for name, representation in (("text", "txt"), ("binary4", "bin4"), ("binary8", "bin8")):
        field.to_file(f"ovf2-{name}.ovf", representation=representation)


def ovf1(name, kind, layers=1):
    """Cells in nm, values to be multiplied by -2; the most significant byte first."""
    lines = [
        "OOMMF: rectangular mesh v1.0",
        "Segment count: 1",
        "Begin: Segment",
        "Begin: Header",
        "Title: by hand",
        "Desc: a comment",
        "meshtype: rectangular",
        "meshunit: nm",
        "xbase: 2.5",
        "ybase: 2.5",
        "zbase: 1",
        "xstepsize: 5",
        "ystepsize: 5",
        "zstepsize: 2  ## a comment",
        f"xnodes: {N[0]}",
        f"ynodes: {N[1]}",
        f"znodes: {layers}",
        "xmin: 0",
        "ymin: 0",
        "zmin: 0",
        "xmax: 30",
        "ymax: 20",
        "zmax: 2",
        "Value Unit: A/m",
        "ValueMultiplier: -2",
        "ValueRangeMinMag: 0",
        "ValueRangeMaxMag: 100",
        "End: Header",
        f"Begin: {kind}",
    ]
    # with layers: what is asked for is the mean of the unit vectors, here the first layer's own, since the second is zero
    values = [tuple(-0.5 * c for c in value(i, j)) if layer == 0 else (0, 0, 0) for layer in range(layers) for j in range(N[1]) for i in range(N[0])]
    with open(name, "wb") as file:
        file.write("".join(f"# {line}\n" for line in lines).encode())
        if kind == "Data Text":
            file.write("".join(f" {x:g} {y:g}\t{z:g}\n" for x, y, z in values).encode())
        else:
            code = ">f" if kind == "Data Binary 4" else ">d"
            numbers = [1234567.0 if code == ">f" else 123456789012345.0] + [c for v in values for c in v]
            file.write(b"".join(struct.pack(code, number) for number in numbers) + b"\n")
        file.write(f"# End: {kind}\n# End: Segment\n".encode())


if __name__ == "__main__":
    ovf1("ovf1-text.ovf", "Data Text")
    ovf1("ovf1-binary4.ovf", "Data Binary 4")
    ovf1("ovf1-binary8.ovf", "Data Binary 8")
    ovf1("ovf1-layers.ovf", "Data Binary 4", layers=2)
    ovf2()
