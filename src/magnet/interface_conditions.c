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
   A factor f of the key film.interfaces lets the face itself give way: f A_ij |m_j - m_i|^2/d^2 is the energy of the two half bonds and a spring between the
   values of m on both sides of the face, whose stiffness is f/(1 - f) of theirs, in series. The least energy, Dzyaloshinskii-Moriya interaction included, is
     f (other material) + (1 - f) (no neighbour)
   and so is the ghost: 0 is an edge for both, 1 a film without the key, more than 1 a stiffer bond.
   Without the half bonds the last cell would be wrong to first order; with a ghost m_i + d (C/2A) x m_i they would count twice.
   Boundary condition: Rohart and Thiaville, Phys. Rev. B 88, 184422 (2013). */
#include "magnet_impl.h"

static const HfKey keys[] = {
    {"film.interfaces", HF_LIST, NULL, "", "", 0, "Interfaces between regions whose exchange differs from that of two materials in contact"},
    {"film.interfaces[].between", HF_TEXTS, NULL, NULL, "", 2, "Names of the two regions; `film` is what no region covers"},
    {"film.interfaces[].exchange", HF_NUMBER, NULL, NULL, ">=0", 0,
     "Exchange across the interface relative to that of the materials, whose Aex is the harmonic mean of both: 0 separates the regions, 1 changes "
     "nothing. Dzyaloshinskii-Moriya interaction across it is multiplied alike"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfInterfacesRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

/* The regions of a name: 0, what no region covers, is `film`. *any: there are some. */
static PetscErrorCode regions_settings(const HfFilm *film, HfNode interface, PetscInt which, PetscBool is[], PetscBool *any) {
  const char *name = HfTextAt(interface, "between", which);
  HfNode section = HfNodeFind(HfDeckRoot(film->deck), "film");
  HfSuggestion suggestion;
  char hint[HF_PATH_LENGTH];

  PetscFunctionBeginUser;
  HfSuggestionStart(&suggestion, name);
  *any = is[0] = (PetscBool)!strcmp(name, "film");
  for (PetscInt r = 1; r < film->n_regions; ++r) {
    const char *other = HfText(HfItem(section, "regions", r - 1), "name");

    HfSuggestionTry(&suggestion, other, strlen(other));
    is[r] = (PetscBool)!strcmp(name, other);
    if (is[r] && is[0])
      PetscCall(HfDeckError(film->deck, HfNodeItem(HfChild(interface, "between"), which),
                            "`film` is what no region covers, but a region has this name; call it otherwise"));
    *any = (PetscBool)(*any || is[r]);
  }
  HfSuggestionTry(&suggestion, "film", 4);
  HfSuggestionText(&suggestion, hint);
  if (!*any) PetscCall(HfDeckError(film->deck, HfNodeItem(HfChild(interface, "between"), which), "there is no region \"%s\"%s", name, hint));
  PetscFunctionReturn(0);
}

/* How many cells of regions a[] have a neighbour of regions b[], on all ranks. */
static PetscErrorCode count_contacts(const HfFilm *film, const PetscBool a[], const PetscBool b[], PetscInt *n) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const int8_t *regions = HfGridRegions(film->grid);

  PetscFunctionBeginUser;
  *n = 0;
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscInt own = HfRegionAt(g, regions, i, j), around[4] = {HfRegionAt(g, regions, i - 1, j), HfRegionAt(g, regions, i + 1, j),
                                                                      HfRegionAt(g, regions, i, j - 1), HfRegionAt(g, regions, i, j + 1)};

      for (int k = 0; k < 4; ++k) *n += own >= 0 && around[k] >= 0 && a[own] && b[around[k]];
    }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, n, 1, MPIU_INT, MPI_SUM, HfGridComm(film->grid)));
  PetscFunctionReturn(0);
}

/* The factor of one entry between all regions of the two names. */
static PetscErrorCode interface_settings(HfFilm *film, HfNode interface, PetscBool *is[2]) {
  const PetscInt n = film->n_regions;
  PetscBool any[2], exchange = PETSC_FALSE;
  PetscInt contacts;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < 2; ++k) PetscCall(regions_settings(film, interface, k, is[k], &any[k]));
  if (!any[0] || !any[1]) PetscFunctionReturn(0);
  if (!strcmp(HfTextAt(interface, "between", 0), HfTextAt(interface, "between", 1))) {
    PetscCall(HfDeckError(film->deck, HfChild(interface, "between"), "an interface lies between two regions; this is one"));
    PetscFunctionReturn(0);
  }
  for (PetscInt a = 0; a < n; ++a)
    for (PetscInt b = 0; b < n; ++b) {
      if (!is[0][a] || !is[1][b]) continue;
      if (film->exchange_factors[a * n + b] >= 0) {
        PetscCall(HfDeckError(film->deck, HfChild(interface, "between"), "these regions have an interface in this list already"));
        PetscFunctionReturn(0);
      }
      film->exchange_factors[a * n + b] = film->exchange_factors[b * n + a] = HfReal(interface, "exchange");
      exchange = (PetscBool)(exchange || (film->materials[a].Aex > 0 && film->materials[b].Aex > 0));
    }
  PetscCall(count_contacts(film, is[0], is[1], &contacts));
  if (!contacts)
    PetscCall(HfDeckError(film->deck, HfChild(interface, "between"), "no cell of one of these regions is beside a cell of the other"));
  else if (!exchange)
    PetscCall(HfDeckError(film->deck, HfChild(interface, "exchange"), "there is no exchange between these regions: Aex of one of them is 0"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfInterfacesSettings(HfFilm *film) {
  HfNode section = HfNodeFind(HfDeckRoot(film->deck), "film");
  PetscBool *is[2];

  PetscFunctionBeginUser;
  if (!HfHas(section, "interfaces")) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(PetscSqr(film->n_regions), &film->exchange_factors));
  PetscCall(PetscMalloc2(film->n_regions, &is[0], film->n_regions, &is[1]));
  for (PetscInt k = 0; k < PetscSqr(film->n_regions); ++k) film->exchange_factors[k] = -1; /* not given */
  for (PetscInt k = 0; k < HfCount(section, "interfaces"); ++k) PetscCall(interface_settings(film, HfItem(section, "interfaces", k), is));
  for (PetscInt k = 0; k < PetscSqr(film->n_regions); ++k)
    if (film->exchange_factors[k] < 0) film->exchange_factors[k] = 1;
  PetscCall(PetscFree2(is[0], is[1]));
  PetscFunctionReturn(0);
}

static PetscReal factor(const HfFilm *film, PetscInt own, PetscInt other) {
  return film->exchange_factors ? film->exchange_factors[own * film->n_regions + other] : 1;
}

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

PetscReal HfInterfaceExchange(const HfFilm *film, PetscInt own, PetscInt other) {
  const PetscReal a = film->materials[own].Aex, b = film->materials[other].Aex;

  return own == other ? a : a > 0 && b > 0 ? factor(film, own, other) * (2 * a * b / (a + b)) : 0;
}

/* Without a factor. */
static void make(HfMagnet magnet, PetscInt own, PetscInt other, PetscInt side, HfInterface *condition) {
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
    w = 2 * a * b / (a + b) / a;
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

void HfInterfaceMake(HfMagnet magnet, PetscInt own, PetscInt other, PetscInt side, HfInterface *condition) {
  const PetscReal f = other < 0 || other == own ? 1 : factor(&magnet->film, own, other);
  HfInterface edge;

  make(magnet, own, f == 0 ? -1 : other, side, condition);
  if (f == 0 || f == 1) return;
  make(magnet, own, -1, side, &edge);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) {
      condition->own[r][c] = f * condition->own[r][c] + (1 - f) * edge.own[r][c];
      condition->other[r][c] *= f;
    }
}
