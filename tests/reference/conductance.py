#!/usr/bin/env python3
"""Conductance matrices for tests/physics/transport_cut_cells.c from independent code: second-order triangles that follow the outlines (scikit-fem, gmsh).

Prints the header that the test includes, with the numbers of the finer of two meshes; how far the coarser one is off goes to stderr.
Needs: pip install scikit-fem gmsh meshio (gmsh needs libglu1-mesa, libxft2, libxcursor1, libxinerama1 on Debian). Takes about two minutes.
Usage: python3 tests/reference/conductance.py > tests/reference/conductance.h
"""

import sys
import tempfile

import gmsh
import meshio
import numpy as np
import scipy.sparse.linalg
import skfem

# Lengths in um. The decks of the test describe the same films: contacts are disks.
RADIUS = 0.1
TURN = np.deg2rad(20)
SQUARE = 0.6 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ np.array([[np.cos(TURN), np.sin(TURN)], [-np.sin(TURN), np.cos(TURN)]])
CASES = {
    "disk": (None, [(-0.707107, 0.707107), (0.707107, 0.707107), (-0.707107, -0.707107), (0.707107, -0.707107)]),
    "shifted": (None, [(-0.7133, 0.6989), (0.7011, 0.7177), (-0.6907, -0.7055), (0.7119, -0.7003)]),
    "square": (SQUARE, [(-0.3845, 0.1793), (0.1793, 0.3845), (-0.1793, -0.3845), (0.3845, -0.1793)]),
}
DIRECTIONS = {"x": (1, 0, 0), "45": (np.sqrt(0.5), np.sqrt(0.5), 0), "z": (0, 0, 1)}
THICKNESS, CONDUCTIVITY, AMR = 30e-9, 5e6, 0.04  # m, S/m


def tensor(m):
    """Sigma = sigma_perp 1 + sigma_delta m m^T, of which the mean over all directions of m is CONDUCTIVITY."""
    ratio = (2 - AMR) / (2 + AMR)
    perpendicular = CONDUCTIVITY / (1 + (ratio - 1) / 3)
    return perpendicular * (np.eye(2) + (ratio - 1) * np.outer(m[:2], m[:2]))


def triangulate(corners, contacts, coarse, fine):
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    shapes = gmsh.model.occ
    if corners is None:
        film = shapes.addDisk(0, 0, 0, 1, 1)
    else:
        points = [shapes.addPoint(x, y, 0) for x, y in corners]
        lines = [shapes.addLine(a, b) for a, b in zip(points, points[1:] + points[:1])]
        film = shapes.addPlaneSurface([shapes.addCurveLoop(lines)])
    shapes.cut([(2, film)], [(2, shapes.addDisk(x, y, 0, RADIUS, RADIUS)) for x, y in contacts])
    shapes.synchronize()
    fields = []
    for x, y in contacts:
        field = gmsh.model.mesh.field.add("Ball")
        for name, value in {"XCenter": x, "YCenter": y, "Radius": 1.6 * RADIUS, "Thickness": 4 * RADIUS, "VIn": fine, "VOut": coarse}.items():
            gmsh.model.mesh.field.setNumber(field, name, value)
        fields.append(field)
    smallest = gmsh.model.mesh.field.add("Min")
    gmsh.model.mesh.field.setNumbers(smallest, "FieldsList", fields)
    gmsh.model.mesh.field.setAsBackgroundMesh(smallest)
    gmsh.option.setNumber("Mesh.MeshSizeExtendFromBoundary", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMax", coarse)
    gmsh.option.setNumber("Mesh.ElementOrder", 2)
    gmsh.model.mesh.generate(2)
    with tempfile.NamedTemporaryFile(suffix=".msh") as file:
        gmsh.write(file.name)
        read = meshio.read(file.name)
    gmsh.finalize()
    triangles = read.cells_dict["triangle6"]
    used, renumbered = np.unique(triangles, return_inverse=True)
    return skfem.MeshTri2(np.ascontiguousarray(read.points[used, :2].T), np.ascontiguousarray(renumbered.reshape(triangles.shape).T))


def conductance(mesh, contacts, sigma):
    basis = skfem.Basis(mesh, skfem.ElementTriP2(), intorder=6)

    @skfem.BilinearForm
    def form(u, v, _):
        return sum(sigma[a, b] * v.grad[a] * u.grad[b] for a in range(2) for b in range(2))

    stiffness = form.assemble(basis)
    boundary = mesh.boundary_facets()
    ends = mesh.p[:, mesh.facets[:, boundary]]
    held = [basis.get_dofs(boundary[np.all(np.hypot(ends[0] - x, ends[1] - y) < RADIUS * (1 + 1e-6), axis=0)]).all() for x, y in contacts]
    free = np.setdiff1d(np.arange(basis.N), np.concatenate(held))
    solve = scipy.sparse.linalg.splu(stiffness[free][:, free].tocsc()).solve
    G = np.zeros((len(contacts), len(contacts)))
    for k, vertices in enumerate(held):
        potential = np.zeros(basis.N)
        potential[vertices] = 1
        potential[free] = solve(-(stiffness @ potential)[free])
        reaction = stiffness @ potential
        G[:, k] = [THICKNESS * reaction[other].sum() for other in held]
    return G


def main():
    print("/* Made by tests/reference/conductance.py: G, S, of four contacts, by body-fitted second-order elements. */")
    print("#pragma once\n#include <petscsys.h>\n")
    print("static const PetscReal REFERENCE[%d][%d][16] = {" % (len(CASES), len(DIRECTIONS)))
    for case, (corners, contacts) in CASES.items():
        meshes = [triangulate(corners, contacts, coarse, fine) for coarse, fine in ((0.03, 0.006), (0.015, 0.003))]
        print("    {")
        for name, m in DIRECTIONS.items():
            before, G = (conductance(mesh, contacts, tensor(m)) for mesh in meshes)
            print("%s %s: coarser mesh off by %.1e of the largest" % (case, name, abs(G - before).max() / abs(G).max()), file=sys.stderr, flush=True)
            print("        /* %s, m along %s */" % (case, name))
            print("        {" + ", ".join("%.9e" % value for value in G.ravel()) + "},")
        print("    },")
    print("};")


if __name__ == "__main__":
    main()
