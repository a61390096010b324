/* Initial states of the magnetization, type "initial:" of the deck: their list, and m from one of them. A kind is one file in starts/ and one line in
   starts/starts.def. */
#include "start.h"

#define HF_START(name) extern const HfStart HfStart_##name;
#include "starts/starts.def"
#undef HF_START
static const HfStart *const starts[] = {
#define HF_START(name) &HfStart_##name,
#include "starts/starts.def"
#undef HF_START
};

PetscErrorCode HfInitialRegisterKeys(HfKeys table) {
  static const HfKey keys[] = {
      {"film.initial", HF_TYPE, "initial", "{random: {seed: 1}}", "", 0, "Magnetization at the start"},
      {"initial:", HF_VARIANT, NULL, "", "", 0, "A state of the magnetization"},
      {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
  };

  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(starts); ++k) {
    char prefix[64];

    PetscCall(PetscSNPrintf(prefix, sizeof(prefix), "initial:%s", starts[k]->row[0].path));
    PetscCall(HfKeysAdd(table, "initial:", starts[k]->row));
    PetscCall(HfKeysAdd(table, prefix, starts[k]->keys));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfInitialSettingsRead(HfDeck deck, HfNode node, HfInitialSettings *initial) {
  const char *name;
  HfNode values = HfVariant(node, &name);

  PetscFunctionBeginUser;
  *initial = (HfInitialSettings){.node = node};
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(starts); ++k)
    if (!strcmp(name, starts[k]->row[0].path)) initial->start = starts[k];
  PetscCheck(initial->start, PETSC_COMM_SELF, PETSC_ERR_PLIB, "initial state '%s' is in the key table but not in starts.def", name);
  PetscCall((*initial->start->settings)(deck, values, initial));
  PetscFunctionReturn(0);
}

PetscErrorCode HfStartDirectionSettings(HfDeck deck, HfNode values, const char *key, PetscInt n, PetscReal direction[3]) {
  PetscReal length;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < 3; ++c) direction[c] = c < n ? HfRealAt(values, key, c) : 0;
  length = PetscSqrtReal(HfStartDot(direction, direction));
  if (!(length > 0)) PetscCall(HfDeckError(deck, HfChild(values, key), "%s has no direction: one of its numbers must differ from 0", key));
  for (PetscInt c = 0; c < 3; ++c) direction[c] /= length > 0 ? length : 1;
  PetscFunctionReturn(0);
}

/* ---- m from them ---- */
static PetscErrorCode fill(HfMagnet magnet, const HfInitialSettings *initial, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(m, &a));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscInt i = k % g->xm, j = g->ys + k / g->xm;
    const HfStartCell cell = {HfCellX(g, i), HfCellY(g, j), HfCellNumber(g, i, j)};
    (*initial->start->direction)(initial, &cell, a + 3 * k);
  }
  PetscCall(VecRestoreArrayWrite(m, &a));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_file(HfMagnet magnet, const HfInitialSettings *initial, Vec m, char note[], PetscBool *done) {
  char path[PETSC_MAX_PATH_LEN], why[HF_WHY_LENGTH];
  HfFieldSource source = initial->source;

  PetscFunctionBeginUser;
  PetscCall(HfDeckFilePath(magnet->film.deck, initial->file, path, sizeof(path)));
  source.path = path;
  PetscCall(HfFieldReadSource(magnet->film.grid, &source, m, note, why));
  *done = (PetscBool)!why[0];
  if (why[0]) PetscCall(HfDeckError(magnet->film.deck, initial->file, "%s", why));
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
    for (PetscInt i = 0; i < g->xm; ++i) {
      PetscScalar *cell = a + 3 * ((j - g->ys) * g->xm + i);
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
  char *note = magnet->initial_note[!initial];

  PetscFunctionBeginUser;
  if (!initial) initial = &magnet->initial;
  note[0] = '\0';
  if (initial->start->citation) HfCite(initial->start->citation);
  if (initial->start->direction)
    PetscCall(fill(magnet, initial, m));
  else
    PetscCall(read_file(magnet, initial, m, note, &done));
  if (done) PetscCall(finish(magnet, m, &without));
  if (without)
    PetscCall(HfDeckError(magnet->film.deck, initial->node, "initial state '%s' gives no direction in %" PetscInt_FMT " cells of the film%s",
                          initial->start->row[0].path, without,
                          initial->start->direction ? "" : ": zero vectors of a file lie outside of its film; give film.shape the same outline"));
  PetscFunctionReturn(0);
}

const char *HfMagnetInitialNote(HfMagnet magnet, PetscBool of_film) { return magnet->initial_note[of_film]; }

/* ---- perturbations ---- */
enum { WAVES = 4 }; /* along x and along y */

/* A vector whose components have the variance 1 at a cell, on average over the film: at x and y, relative to the size of the grid. */
static void add_waves(const HfGridInfo *g, PetscReal a[WAVES * WAVES][3], PetscReal x, PetscReal y, PetscReal v[3]) {
  const PetscReal kx = (g->periodic[0] ? 2 : 1) * PETSC_PI, ky = (g->periodic[1] ? 2 : 1) * PETSC_PI;
  const PetscReal scale = 1 / (1 + 0.5 * (WAVES - 1)); /* the mean square of a cosine is 1/2, but that of the constant 1 */

  for (int p = 0; p < WAVES; ++p)
    for (int q = 0; q < WAVES; ++q) {
      const PetscReal wave = scale * PetscCosReal(kx * p * x) * PetscCosReal(ky * q * y);
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
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscInt i = k % g->xm, j = g->ys + k / g->xm;
    PetscReal v[3], along = 0;

    if (HfRegionAt(g, regions, i, j) < 0) continue;
    HfRandomNormal(seed, HF_STREAM_PERTURBATION, number, HfCellNumber(g, i, j), 3, v);
    add_waves(g, waves, ((PetscReal)(g->xs + i) + 0.5) / (PetscReal)g->nx, ((PetscReal)j + 0.5) / (PetscReal)g->ny, v);
    for (int c = 0; c < 3; ++c) along += v[c] * a[3 * k + c];
    for (int c = 0; c < 3; ++c) v[c] -= along * a[3 * k + c];
    for (int c = 0; c < 3; ++c) a[3 * k + c] += 0.5 * angle * v[c]; /* two components are left, each of variance 2 */
  }
  PetscCall(VecRestoreArray(m, &a));
  PetscCall(HfMagnetNormalize(magnet, m));
  PetscFunctionReturn(0);
}
