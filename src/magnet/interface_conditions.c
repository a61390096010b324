/* What stands in for a neighbour that is missing or of another material, so that kernels are the same at edges as inside the film.

   Exchange and Dzyaloshinskii-Moriya interaction of a bond along n from cell i to j, in one material, per cell volume:
     e = A |m_j - m_i|^2/d^2 + C.(m_j x m_i)/d            bulk C = D n, interfacial C = D n x z
   At an edge there is the half bond inside the film, between two materials there are both half bonds; m at the face where they end is that of least
   energy. So
     no neighbour     e = -|C x m_i|^2/(8 A)              half of what a whole bond would gain: dm/dn = (C/2A) x m at the face
     other material   A -> A_ij = 2 A_i A_j/(A_i + A_j),  C/2A -> the mean of both C/2A,  and in each cell -|(C_i - C_j) x m|^2/(16 (A_i + A_j))
   to second order in d. The ghost g is the one with which the kernels of cell i, (2A/d^2) (g - m_i) - (C/d) x g, give minus the derivative of that by m_i.
   In units of 2A_i/d^2, with the twist u = d C/(2A) of a cell to the next:
     g - u_i x g = m_i + w (m_j - m_i) - w (u_i + u_j)/2 x m_j - s q x (q x m_i),      w = A_ij/A_i, q ~ u_i - (A_j/A_i) u_j
   and w = 0, q = u_i, s = 1/2 without neighbour: m_i turned about u_i by atan |u_i|, but for terms of fourth order. Bulk: dm/dn = (D/2A) n x m.
   A cell with edges on both sides is a narrow strip, its energy -|C x m|^2/(4A) that of a strip that twists across freely.
   Without the half bonds the last cell would be wrong to first order; with a ghost m_i + d (C/2A) x m_i they would count twice.
   Boundary condition: Rohart and Thiaville, Phys. Rev. B 88, 184422 (2013). */
#include "magnet_impl.h"

/* u = d C/(2A) of a region along the outward normal of a side. */
static void twist(HfMagnet magnet, PetscInt region, PetscInt side, PetscReal u[3]) {
  const PetscReal normal[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscReal Aex = magnet->film.materials[region].Aex;

  u[0] = u[1] = u[2] = 0;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->active[region] && term->type->chirality) (*term->type->chirality)(term->p[region], normal[side], u);
  }
  for (int c = 0; c < 3; ++c) u[c] *= Aex > 0 ? (side < 2 ? g->dx : g->dy) / (2 * Aex) : 0; /* Aex = 0 with C is an error of the deck */
}

/* a += f v x, the matrix of the cross product. */
static void add_cross(PetscReal a[3][3], PetscReal f, const PetscReal v[3]) {
  for (int c = 0; c < 3; ++c) {
    const int d = (c + 1) % 3, e = (c + 2) % 3;
    a[d][e] -= f * v[c];
    a[e][d] += f * v[c];
  }
}

/* (1 - u x) g = a  solved for g: the inverse is (1 + u x + u u^T)/(1 + u^2). */
static void solve(const PetscReal u[3], PetscReal a[3][3]) {
  const PetscReal square = u[0] * u[0] + u[1] * u[1] + u[2] * u[2];
  PetscReal inverse[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, g[3][3];

  add_cross(inverse, 1, u);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) inverse[r][c] = (inverse[r][c] + u[r] * u[c]) / (1 + square);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) g[r][c] = inverse[r][0] * a[0][c] + inverse[r][1] * a[1][c] + inverse[r][2] * a[2][c];
  memcpy(a, g, sizeof(g));
}

PetscReal HfInterfaceExchange(HfMagnet magnet, PetscInt own, PetscInt other) {
  const PetscReal a = magnet->film.materials[own].Aex, b = magnet->film.materials[other].Aex;

  return own == other ? a : a > 0 && b > 0 ? 2 * a * b / (a + b) : 0;
}

void HfInterfaceMake(HfMagnet magnet, PetscInt own, PetscInt other, PetscInt side, HfInterface *condition) {
  const PetscReal a = magnet->film.materials[own].Aex, b = other < 0 ? 0 : magnet->film.materials[other].Aex;
  const PetscBool joined = (PetscBool)(other == own || (a > 0 && b > 0));
  PetscReal u[3], v[3] = {0, 0, 0}, q[3], square, w = 0, s = 0.5;

  *condition = (HfInterface){.neighbour = joined};
  if (other == own) {
    for (int c = 0; c < 3; ++c) condition->other[c][c] = 1;
    return;
  }
  twist(magnet, own, side, u);
  if (joined) {
    twist(magnet, other, side, v);
    w = HfInterfaceExchange(magnet, own, other) / a;
    s = a / (4 * (a + b));
  }
  for (int c = 0; c < 3; ++c) q[c] = joined ? u[c] - b / a * v[c] : u[c];
  square = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c) condition->own[r][c] = -s * q[r] * q[c];
    condition->own[r][r] += 1 - w + s * square;
    condition->other[r][r] = w;
  }
  add_cross(condition->other, -0.5 * w, u);
  add_cross(condition->other, -0.5 * w, v);
  solve(u, condition->own);
  solve(u, condition->other);
}
