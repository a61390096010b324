/* The grid from a deck: section `film`, keys size, cell, thickness, shape, regions. */
#include "grid_impl.h"

PetscErrorCode HfShapeRegisterKeys(HfKeys keys);

static const HfKey film_keys[] = {
    {"film", HF_SECTION, NULL, NULL, "", 0, "The magnetic film"},
    {"film.size", HF_QUANTITIES, "m", NULL, ">0", 2, "Extent along x and y; a whole number of cells each. The origin is the centre"},
    {"film.cell", HF_QUANTITY, "m", NULL, ">0", 0, "Side of the square cells"},
    {"film.thickness", HF_QUANTITY, "m", NULL, ">0", 0, "Thickness of the film: one layer of cells"},
    {"film.shape", HF_TYPE, "shape", "", "", 0, "Outline of the film; the whole rectangle when left out"},
    {"film.regions", HF_LIST, NULL, "", "", 0, "Parts of the film with another material; a later region wins over an earlier one"},
    {"film.regions[].name", HF_TEXT, NULL, NULL, "", 0, "Name of the region"},
    {"film.regions[].shape", HF_TYPE, "shape", NULL, "", 0, "Where it is; only inside film.shape"},
    {"film.grains", HF_SECTION, NULL, "", "", 0, "Grains, for what varies from one to the next; the same on any cells and any number of ranks"},
    {"film.grains.size", HF_QUANTITY, "m", NULL, ">0", 0, "Square root of the mean area of a grain"},
    {"film.grains.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the grains and of all that varies with them"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfGridRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", film_keys));
  PetscCall(HfShapeRegisterKeys(keys));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridSettingsCells(HfDeck deck, PetscReal cells[2]) {
  HfNode film = HfChild(HfDeckRoot(deck), "film");

  PetscFunctionBeginUser;
  for (int d = 0; d < 2; ++d) cells[d] = HfRealAt(film, "size", d) / HfReal(film, "cell");
  PetscFunctionReturn(0);
}

typedef struct {
  HfShape outline; /* NULL: all of the rectangle */
  PetscInt n;
  HfShape *regions;
  PetscReal tolerance;
} Layout;

static PetscInt region_of(PetscReal x, PetscReal y, void *context) {
  const Layout *layout = context;

  if (layout->outline && !HfShapeContains(layout->outline, x, y, layout->tolerance)) return -1;
  for (PetscInt k = layout->n - 1; k >= 0; --k)
    if (HfShapeContains(layout->regions[k], x, y, layout->tolerance)) return k + 1;
  return 0;
}

/* How many cells fit an extent; an error when that is not a whole number. */
static PetscErrorCode count_cells(HfDeck deck, HfNode film, int d, PetscInt *n) {
  const PetscReal size = HfRealAt(film, "size", d), cell = HfReal(film, "cell"), ratio = size / cell, whole = round(ratio);
  HfNode place = HfNodeItem(HfChild(film, "size"), d);

  PetscFunctionBeginUser;
  *n = 0;
  if (ratio < 1 - 1e-9) { /* once, for the shorter side */
    if (d == (HfRealAt(film, "size", 1) < HfRealAt(film, "size", 0)))
      PetscCall(
          HfDeckError(deck, HfChild(film, "cell"), "film.cell (%g m) is larger than the film (%g m along %c)", (double)cell, (double)size, "xy"[d]));
  } else if (PetscAbsReal(ratio - whole) > 1e-6 * ratio) {
    PetscCall(HfDeckError(deck, place, "film.size along %c is %.6g cells; it must be a whole number: use %g m or %g m", "xy"[d], (double)ratio,
                          (double)(floor(ratio) * cell), (double)(ceil(ratio) * cell)));
  } else if (whole > 1e6) {
    PetscCall(
        HfDeckError(deck, HfChild(film, "cell"), "film.cell gives %.3g cells along %c; more than a million is not meant", (double)whole, "xy"[d]));
  } else
    *n = (PetscInt)whole;
  PetscFunctionReturn(0);
}

/* Grains are numbered; there are numbers for a billion along each side. */
static PetscErrorCode check_grains(HfDeck deck, HfNode film) {
  const PetscReal most = PetscMax(HfRealAt(film, "size", 0), HfRealAt(film, "size", 1));
  HfNode grains = HfHas(film, "grains") ? HfChild(film, "grains") : NULL;

  PetscFunctionBeginUser;
  if (grains && !(most / HfReal(grains, "size") < 1e9))
    PetscCall(HfDeckError(deck, HfChild(grains, "size"), "grains of %g m in a film of %g m: more than a billion along it is not meant",
                          (double)HfReal(grains, "size"), (double)most));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreateFromDeck(HfDeck deck, HfGrid *grid) {
  HfNode film = HfNodeFind(HfDeckRoot(deck), "film");
  Layout layout = {NULL, 0, NULL, 0};
  PetscInt n[2];

  PetscFunctionBeginUser;
  *grid = NULL;
  layout.tolerance = 1e-9 * HfReal(film, "cell");
  for (int d = 0; d < 2; ++d) PetscCall(count_cells(deck, film, d, &n[d]));
  PetscCall(check_grains(deck, film));
  if (HfHas(film, "shape")) PetscCall(HfShapeCreate(deck, HfChild(film, "shape"), &layout.outline));
  if (HfHas(film, "regions")) {
    layout.n = HfCount(film, "regions");
    if (layout.n > HF_MAX_REGIONS)
      PetscCall(HfDeckError(deck, HfChild(film, "regions"), "%" PetscInt_FMT " regions; at most %d", layout.n, HF_MAX_REGIONS));
    PetscCall(PetscCalloc1(layout.n, &layout.regions));
    for (PetscInt k = 0; k < layout.n; ++k) PetscCall(HfShapeCreate(deck, HfChild(HfItem(film, "regions", k), "shape"), &layout.regions[k]));
  }
  if (n[0] && n[1] && !HfDeckErrorCount(deck)) {
    const PetscReal cell[2] = {HfRealAt(film, "size", 0) / (PetscReal)n[0], HfRealAt(film, "size", 1) / (PetscReal)n[1]};

    PetscMPIInt size;

    PetscCallMPI(MPI_Comm_size(HfDeckComm(deck), &size));
    if (3 * (PetscReal)(n[0] + 2) * (PetscReal)(n[1] + 2) > (PetscReal)PETSC_MAX_INT) {
      PetscCall(HfDeckError(deck, HfChild(film, "cell"),
                            "film.cell gives %" PetscInt_FMT " x %" PetscInt_FMT
                            " cells: more than this build of PETSc, with indices of %d bits, can number",
                            n[0], n[1], (int)(8 * sizeof(PetscInt))));
    } else if (size > n[1]) {
      PetscCall(HfDeckError(deck, HfChild(film, "size"),
                            "%d ranks for %" PetscInt_FMT " rows of cells: every rank needs a row; use at most %" PetscInt_FMT " ranks", size, n[1],
                            n[1]));
    } else {
      PetscCall(HfGridCreate(HfDeckComm(deck), n[0], n[1], cell[0], cell[1], HfReal(film, "thickness"), region_of, &layout, grid));
      if (!HfGridGetInfo(*grid)->n_film) {
        PetscCall(HfDeckError(deck, HfChild(film, "shape"), "film.shape covers no cell"));
        PetscCall(HfGridDestroy(grid));
      }
    }
  }
  PetscCall(HfShapeDestroy(&layout.outline));
  for (PetscInt k = 0; k < layout.n; ++k) PetscCall(HfShapeDestroy(&layout.regions[k]));
  PetscCall(PetscFree(layout.regions));
  PetscFunctionReturn(0);
}
