/* Initial states of the magnetization, type "initial:" of the deck: uniform, random, vortex, file. */
#include "magnet_impl.h"
#include <string.h>

static const HfKey keys[] = {
    {"film.initial", HF_TYPE, "initial", "{random: {seed: 1}}", "", 0, "Magnetization at the start"},
    {"initial:", HF_VARIANT, NULL, "", "", 0, "A state of the magnetization"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};
static const HfKey variant_keys[] = {
    {"uniform", HF_SECTION, NULL, "", "", 0, "The same direction everywhere"},
    {"uniform.direction", HF_NUMBERS, NULL, NULL, "", 3, "Direction (x, y, z), any length"},
    {"random", HF_SECTION, NULL, "", "", 0, "An independent direction in each cell, uniform on the sphere; independent of the number of ranks"},
    {"random.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed"},
    {"vortex", HF_SECTION, NULL, "", "", 0, "A vortex: m circulates about the centre, m_z = polarity exp(-(r/core)^2)"},
    {"vortex.centre", HF_QUANTITIES, "m", "[0, 0]", "", 2, "Centre of the core"},
    {"vortex.core", HF_QUANTITY, "m", "10 nm", ">0", 0, "Radius of the core"},
    {"vortex.polarity", HF_CHOICE, NULL, "up", "up|down", 0, "Direction of the core along z"},
    {"vortex.chirality", HF_CHOICE, NULL, "anticlockwise", "anticlockwise|clockwise", 0, "Sense of rotation of m, seen from +z"},
    {"file", HF_SECTION, NULL, "", "", 0,
     "A frame of a field in a result file of the same film; interpolated when its cells differ, and normalized to unit length. Shape "
     "[frame][y][x][component], row 0 the lowest"},
    {"file.path", HF_TEXT, "file", NULL, "", 0, "The file, e.g. another run's run.h5"},
    {"file.dataset", HF_TEXT, NULL, "/fields/m", "", 0, "Name of the dataset in it"},
    {"file.frame", HF_INT, NULL, "-1", ">=-1", 0, "Frame, counted from 0; -1 is the last"},
    {"file.stretch", HF_BOOL, NULL, "false", "", 0,
     "Maps a frame of a film of another size or aspect onto this one; without it such a frame is refused"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfInitialRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscCall(HfKeysAdd(table, "initial:", variant_keys));
  PetscFunctionReturn(0);
}

typedef struct {
  PetscReal x, y;
  PetscInt64 index; /* global */
} Cell;

/* ---- the kinds: values from the deck, then the direction in each cell, of any length, zero if there is none ---- */
struct HfInitialKind_ {
  const char *name;
  PetscErrorCode (*settings)(HfDeck deck, HfNode values, HfInitialSettings *initial);
  void (*direction)(const HfInitialSettings *initial, const Cell *cell, PetscReal m[3]); /* NULL: from a file */
};

static PetscErrorCode uniform_settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 3; ++c) initial->direction[c] = HfRealAt(values, "direction", c);
  PetscFunctionReturn(0);
}

static void uniform(const HfInitialSettings *initial, const Cell *cell, PetscReal m[3]) {
  for (PetscInt c = 0; c < 3; ++c) m[c] = initial->direction[c];
}

static PetscErrorCode random_settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  initial->seed = HfInteger(values, "seed");
  PetscFunctionReturn(0);
}

static void random_direction(const HfInitialSettings *initial, const Cell *cell, PetscReal m[3]) {
  PetscReal u[2], z, r;

  HfRandomUniform(initial->seed, HF_STREAM_INITIAL, 0, cell->index, 2, u);
  z = 2 * u[0] - 1;
  r = PetscSqrtReal(PetscMax(0, 1 - z * z));
  m[0] = r * PetscCosReal(2 * PETSC_PI * u[1]);
  m[1] = r * PetscSinReal(2 * PETSC_PI * u[1]);
  m[2] = z;
}

static PetscErrorCode vortex_settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 2; ++c) initial->centre[c] = HfRealAt(values, "centre", c);
  initial->core = HfReal(values, "core");
  initial->polarity = strcmp(HfText(values, "polarity"), "up") ? -1 : 1;
  initial->chirality = strcmp(HfText(values, "chirality"), "anticlockwise") ? -1 : 1;
  PetscFunctionReturn(0);
}

static void vortex(const HfInitialSettings *initial, const Cell *cell, PetscReal m[3]) {
  const PetscReal x = cell->x - initial->centre[0], y = cell->y - initial->centre[1], r = PetscSqrtReal(x * x + y * y);
  const PetscReal up = PetscExpReal(-PetscSqr(r / initial->core)), in_plane = PetscSqrtReal(1 - up * up);

  m[0] = r > 0 ? -initial->chirality * in_plane * y / r : 0;
  m[1] = r > 0 ? initial->chirality * in_plane * x / r : 0;
  m[2] = initial->polarity * up;
}

static PetscErrorCode file_settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  initial->file = HfChild(values, "path");
  initial->dataset = HfText(values, "dataset");
  initial->frame = (PetscInt)HfInteger(values, "frame");
  initial->stretch = HfFlag(values, "stretch");
  PetscFunctionReturn(0);
}

static const struct HfInitialKind_ kinds[] = {{"uniform", uniform_settings, uniform},
                                              {"random", random_settings, random_direction},
                                              {"vortex", vortex_settings, vortex},
                                              {"file", file_settings, NULL}};

PetscErrorCode HfInitialSettingsRead(HfDeck deck, HfNode node, HfInitialSettings *initial) {
  const char *name;
  HfNode values = HfVariant(node, &name);

  PetscFunctionBeginUser;
  *initial = (HfInitialSettings){.node = node};
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(kinds); ++k)
    if (!strcmp(name, kinds[k].name)) initial->kind = &kinds[k];
  PetscCheck(initial->kind, PETSC_COMM_SELF, PETSC_ERR_PLIB, "initial state '%s' is in the key table only", name);
  PetscCall((*initial->kind->settings)(deck, values, initial));
  PetscFunctionReturn(0);
}

/* ---- m from them ---- */
static PetscErrorCode fill(HfMagnet magnet, const HfInitialSettings *initial, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(m, &a));
  for (PetscInt k = 0; k < g->nx * g->ym; ++k) {
    const PetscInt i = k % g->nx, j = g->ys + k / g->nx;
    const Cell cell = {g->x0 + ((PetscReal)i + 0.5) * g->dx, g->y0 + ((PetscReal)j + 0.5) * g->dy, (PetscInt64)j * g->nx + i};
    (*initial->kind->direction)(initial, &cell, a + 3 * k);
  }
  PetscCall(VecRestoreArrayWrite(m, &a));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_file(HfMagnet magnet, const HfInitialSettings *initial, Vec m, PetscBool *done) {
  char path[PETSC_MAX_PATH_LEN];
  const char *why;

  PetscFunctionBeginUser;
  PetscCall(HfDeckFilePath(magnet->film.deck, initial->file, path, sizeof(path)));
  PetscCall(HfFieldInterpolate(magnet->film.grid, path, initial->dataset, initial->frame, 3, initial->stretch, m, &why));
  if (why) PetscCall(HfDeckError(magnet->film.deck, initial->file, "%s: %s", path, why));
  *done = (PetscBool)!why;
  PetscFunctionReturn(0);
}

/* Unit length in film cells, zero in void cells; counts the film cells without a direction. */
static PetscErrorCode finish(HfMagnet magnet, Vec m, PetscInt *without) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const int8_t *regions = HfGridRegions(magnet->film.grid);
  PetscInt local = 0;
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(m, &a));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    for (PetscInt i = 0; i < g->nx; ++i) {
      PetscScalar *cell = a + 3 * ((j - g->ys) * g->nx + i);
      const PetscReal length = PetscSqrtReal(PetscSqr(cell[0]) + PetscSqr(cell[1]) + PetscSqr(cell[2]));

      if (HfRegionAt(g, regions, i, j) < 0)
        cell[0] = cell[1] = cell[2] = 0;
      else if (!(length > 0) || PetscIsInfReal(length))
        ++local;
      else
        for (int c = 0; c < 3; ++c) cell[c] /= length;
    }
  }
  PetscCall(VecRestoreArray(m, &a));
  PetscCallMPI(MPI_Allreduce(&local, without, 1, MPIU_INT, MPI_SUM, HfGridComm(magnet->film.grid)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetInitial(HfMagnet magnet, const HfInitialSettings *initial, Vec m) {
  PetscBool done = PETSC_TRUE;
  PetscInt without = 0;

  PetscFunctionBeginUser;
  if (!initial) initial = &magnet->initial;
  if (initial->kind->direction)
    PetscCall(fill(magnet, initial, m));
  else
    PetscCall(read_file(magnet, initial, m, &done));
  if (done) PetscCall(finish(magnet, m, &without));
  if (without)
    PetscCall(HfDeckError(magnet->film.deck, initial->node, "initial state '%s' gives no direction in %" PetscInt_FMT " cells of the film",
                          initial->kind->name, without));
  PetscFunctionReturn(0);
}

/* ---- perturbations ---- */
enum { WAVES = 4 }; /* along x and along y */

/* A vector whose components have the variance 1 at a cell, on average over the film: at x and y, relative to the size of the grid. */
static void add_waves(PetscReal a[WAVES * WAVES][3], PetscReal x, PetscReal y, PetscReal v[3]) {
  const PetscReal scale = 1 / (1 + 0.5 * (WAVES - 1)); /* the mean square of a cosine is 1/2, but that of the constant 1 */

  for (int p = 0; p < WAVES; ++p)
    for (int q = 0; q < WAVES; ++q) {
      const PetscReal wave = scale * PetscCosReal(PETSC_PI * p * x) * PetscCosReal(PETSC_PI * q * y);
      for (int c = 0; c < 3; ++c) v[c] += wave * a[p * WAVES + q][c];
    }
}

PetscErrorCode HfMagnetPerturb(HfMagnet magnet, PetscReal angle, PetscInt64 seed, PetscInt64 number, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const int8_t *regions = HfGridRegions(magnet->film.grid);
  PetscReal waves[WAVES * WAVES][3];
  PetscScalar *a;

  PetscFunctionBeginUser;
  for (int k = 0; k < WAVES * WAVES; ++k) HfRandomNormal(seed, HF_STREAM_PERTURBATION, number, -1 - k, 3, waves[k]);
  PetscCall(VecGetArray(m, &a));
  for (PetscInt k = 0; k < g->nx * g->ym; ++k) {
    const PetscInt i = k % g->nx, j = g->ys + k / g->nx;
    PetscReal v[3], along = 0;

    if (HfRegionAt(g, regions, i, j) < 0) continue;
    HfRandomNormal(seed, HF_STREAM_PERTURBATION, number, (PetscInt64)j * g->nx + i, 3, v);
    add_waves(waves, ((PetscReal)i + 0.5) / (PetscReal)g->nx, ((PetscReal)j + 0.5) / (PetscReal)g->ny, v);
    for (int c = 0; c < 3; ++c) along += v[c] * a[3 * k + c];
    for (int c = 0; c < 3; ++c) v[c] -= along * a[3 * k + c];
    for (int c = 0; c < 3; ++c) a[3 * k + c] += 0.5 * angle * v[c]; /* two components are left, each of variance 2 */
  }
  PetscCall(VecRestoreArray(m, &a));
  PetscCall(HfMagnetNormalize(magnet, m));
  PetscFunctionReturn(0);
}
