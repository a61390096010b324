/* Section `film` of the deck: extent, cells, outline, regions and grains; the grid that they make. */
#include "grid_impl.h"
#include "region_map.h"

static const HfKey film_keys[] = {
    {"film", HF_SECTION, NULL, NULL, "", 0, "The magnetic film"},
    {"film.size", HF_QUANTITIES, "m", NULL, ">0", 2, "Extent along x and y; a whole number of cells each. The origin is the centre"},
    {"film.cell", HF_QUANTITY, "m", NULL, ">0", 0, "Side of the square cells"},
    {"film.thickness", HF_QUANTITY, "m", NULL, ">0", 0, "Thickness of the film, which is one layer of cells"},
    {"film.periodic", HF_TEXTS, NULL, "", "x|y", 0,
     "Directions in which the film repeats itself without end: `x`, `y` or `[x, y]`. Exchange, Dzyaloshinskii-Moriya interaction, grains and `demag: "
     "full` "
     "go on across these edges"},
    {"film.shape", HF_TYPE, "shape", "", "", 0, "Outline of the film; the whole rectangle when left out"},
    {"film.regions", HF_LIST, NULL, "", "", 0, "Parts of the film with another material; where regions overlap, the later one counts"},
    {"film.regions[].name", HF_TEXT, NULL, NULL, "", 0, "Name of the region"},
    {"film.regions[].shape", HF_TYPE, "shape", "", "", 0,
     "Outline of the region; what lies outside film.shape is left out. Without it the region has a colour in film.region_map"},
    {"film.grains", HF_SECTION, NULL, "", "", 0,
     "Grains, for quantities that vary from grain to grain; they depend neither on the cells nor on the number of ranks"},
    {"film.grains.size", HF_QUANTITY, "m", NULL, ">0", 0, "Square root of the mean area of a grain"},
    {"film.grains.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the grains and of all quantities that vary with them"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfGridRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", film_keys));
  PetscCall(HfKeysAdd(keys, "", hf_region_map_keys));
  PetscCall(HfShapeRegisterKeys(keys));
  PetscFunctionReturn(0);
}

void HfFilmSettingsRead(HfDeck deck, HfFilmSettings *film) {
  HfNode section = HfChild(HfDeckRoot(deck), "film");

  *film = (HfFilmSettings){.cell = HfReal(section, "cell"), .thickness = HfReal(section, "thickness")};
  for (int d = 0; d < 2; ++d) film->size[d] = HfRealAt(section, "size", d);
  for (PetscInt k = 0; HfHas(section, "periodic") && k < HfCount(section, "periodic"); ++k)
    film->periodic[HfTextAt(section, "periodic", k)[0] == 'y'] = PETSC_TRUE;
  if (HfHas(section, "regions")) film->n_regions = HfCount(section, "regions");
  if (HfHas(section, "grains")) {
    film->grain_size = HfReal(HfChild(section, "grains"), "size");
    film->grain_seed = HfInteger(HfChild(section, "grains"), "seed");
  }
}

HfNode HfMaterialSettings(HfDeck deck, PetscInt region) {
  HfNode section = HfChild(HfDeckRoot(deck), "film"), own = NULL;

  if (region > 0 && HfHas(section, "regions") && region <= HfCount(section, "regions"))
    own = HfChild(HfItem(section, "regions", region - 1), "material");
  return own ? own : HfChild(section, "material");
}

typedef struct {
  HfShape outline; /* NULL: all of the rectangle */
  PetscInt n;
  HfShape *regions; /* NULL: from the map */
  HfRegionMap map;
  PetscReal tolerance;
} Layout;

/* Pixels of the map outside of the film are its outline. */
static PetscErrorCode outline_settings(HfDeck deck, Layout *layout) {
  HfNode section = HfChild(HfDeckRoot(deck), "film");
  const HfRegionMap *map = &layout->map;
  unsigned char *pixels;

  PetscFunctionBeginUser;
  if (!map->has_outside) PetscFunctionReturn(0);
  if (layout->outline) {
    PetscCall(
        HfDeckError(deck, HfChild(section, "shape"),
                    "film.region_map has pixels outside of the film, and film.shape is given too: keep one outline, the map without such pixels or "
                    "no film.shape"));
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(map->columns * map->rows, &pixels));
  for (PetscInt k = 0; k < map->columns * map->rows; ++k) pixels[k] = map->region[k] >= 0;
  PetscCall(HfShapeCreateFromPixels(map->columns, map->rows, map->size, pixels, &layout->outline));
  PetscFunctionReturn(0);
}

static PetscErrorCode layout_settings(HfDeck deck, const HfFilmSettings *film, Layout *layout) {
  HfNode section = HfChild(HfDeckRoot(deck), "film");
  const PetscInt errors = HfDeckErrorCount(deck);
  PetscBool map_is_right;

  PetscFunctionBeginUser;
  *layout = (Layout){.n = film->n_regions, .tolerance = 1e-9 * film->cell};
  if (HfHas(section, "shape")) PetscCall(HfShapeCreate(deck, HfChild(section, "shape"), &layout->outline));
  PetscCall(PetscCalloc1(layout->n, &layout->regions));
  PetscCall(HfRegionMapSettingsRead(deck, film, &layout->map));
  map_is_right = (PetscBool)(HfDeckErrorCount(deck) == errors); /* what is wrong in it is said once */
  for (PetscInt k = 0; k < layout->n; ++k) {
    HfNode region = HfItem(section, "regions", k);
    const PetscBool has_shape = HfHas(region, "shape");

    if (has_shape) PetscCall(HfShapeCreate(deck, HfChild(region, "shape"), &layout->regions[k]));
    if (has_shape == (PetscBool)layout->map.named[k] && (has_shape || map_is_right))
      PetscCall(HfDeckError(deck, has_shape ? HfChild(region, "shape") : region,
                            has_shape ? "region %s has a shape and a colour in film.region_map: give one of them"
                                      : "region %s has no place: give it a `shape`, or a colour in film.region_map",
                            HfText(region, "name")));
  }
  PetscCall(outline_settings(deck, layout));
  PetscFunctionReturn(0);
}

static PetscErrorCode layout_destroy(Layout *layout) {
  PetscFunctionBeginUser;
  PetscCall(HfShapeDestroy(&layout->outline));
  for (PetscInt k = 0; k < layout->n; ++k) PetscCall(HfShapeDestroy(&layout->regions[k]));
  PetscCall(PetscFree(layout->regions));
  PetscCall(HfRegionMapDestroy(&layout->map));
  PetscFunctionReturn(0);
}

static PetscInt region_of(PetscReal x, PetscReal y, void *context) {
  const Layout *layout = context;

  if (layout->outline && !HfShapeContains(layout->outline, x, y, layout->tolerance)) return -1;
  for (PetscInt k = layout->n - 1; k >= 0; --k)
    if (layout->regions[k] && HfShapeContains(layout->regions[k], x, y, layout->tolerance)) return k + 1;
  return layout->map.region ? HfRegionMapAt(&layout->map, x, y) : 0;
}

/* The number of cells along side d, 0 and an error when it is not a whole number. */
static PetscErrorCode check_cells(HfDeck deck, const HfFilmSettings *film, int d, PetscInt *n) {
  HfNode section = HfChild(HfDeckRoot(deck), "film");
  const PetscReal ratio = film->size[d] / film->cell, whole = round(ratio);

  PetscFunctionBeginUser;
  *n = 0;
  if (ratio < 1 - 1e-9) { /* once, for the shorter side */
    if (d == (film->size[1] < film->size[0]))
      PetscCall(HfDeckError(deck, HfChild(section, "cell"), "film.cell (%g m) is larger than the film (%g m along %c)", (double)film->cell,
                            (double)film->size[d], "xy"[d]));
  } else if (PetscAbsReal(ratio - whole) > 1e-6 * ratio) {
    PetscCall(HfDeckError(deck, HfNodeItem(HfChild(section, "size"), d),
                          "film.size along %c is %.6g cells; it must be a whole number: use %g m or %g m", "xy"[d], (double)ratio,
                          (double)(floor(ratio) * film->cell), (double)(ceil(ratio) * film->cell)));
  } else if (whole > 1e6) {
    PetscCall(
        HfDeckError(deck, HfChild(section, "cell"), "film.cell gives %.3g cells along %c; at most a million are allowed", (double)whole, "xy"[d]));
  } else
    *n = (PetscInt)whole;
  PetscFunctionReturn(0);
}

/* The number of ranks, at least `size`, where BLAS can count the numbers of each that shares n[0] x n[1] cells. */
static PetscErrorCode enough_for_blas(const PetscReal n[2], PetscMPIInt size, PetscMPIInt *enough) {
  PetscInt rows;

  PetscFunctionBeginUser;
  *enough = size;
  PetscCall(HfGridMostRows((PetscInt)n[1], size, &rows));
  while (3 * n[0] * (PetscReal)rows > (PetscReal)INT_MAX) PetscCall(HfGridMostRows((PetscInt)n[1], ++*enough, &rows));
  PetscFunctionReturn(0);
}

/* The numbers of a Vec of three components are counted by PetscInt, those of a rank also by the int of BLAS, with which PETSc adds them up. */
PetscErrorCode HfFilmCheckIndices(HfDeck deck) {
  const HfNode cell = HfChild(HfChild(HfDeckRoot(deck), "film"), "cell");
  HfFilmSettings film;
  PetscReal n[2];
  PetscMPIInt size, enough;

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  PetscCallMPI(MPI_Comm_size(HfDeckComm(deck), &size));
  for (int d = 0; d < 2; ++d) n[d] = round(film.size[d] / film.cell);
  if (!(n[0] <= 1e6 && n[1] <= 1e6)) PetscFunctionReturn(0); /* an error of its own: check_cells() */
  if (3 * (n[0] + 2) * (n[1] + 2) > (PetscReal)PETSC_MAX_INT) {
    PetscCall(HfDeckError(deck, cell,
                          "film.cell gives %.0f x %.0f cells: more than this build of PETSc, with indices of %d bits, can number; use one of 64-bit "
                          "indices (--with-64-bit-indices; Debian: libpetsc64-real-dev) or larger cells",
                          (double)n[0], (double)n[1], (int)(8 * sizeof(PetscInt))));
    PetscFunctionReturn(0);
  }
  PetscCall(enough_for_blas(n, size, &enough));
  if (enough > size)
    PetscCall(HfDeckError(deck, cell, "film.cell gives %.0f x %.0f cells on %d rank%s: more than BLAS can count on a rank; use at least %d ranks",
                          (double)n[0], (double)n[1], (int)size, size == 1 ? "" : "s", (int)enough));
  PetscFunctionReturn(0);
}

/* What the grid cannot hold: too many regions, grains, cells or ranks; n[2]: cells along x and y, 0 where check_cells found an error. */
static PetscErrorCode check_limits(HfDeck deck, const HfFilmSettings *film, const PetscInt n[2]) {
  HfNode section = HfChild(HfDeckRoot(deck), "film");
  const PetscReal most = PetscMax(film->size[0], film->size[1]);
  PetscMPIInt size;
  PetscInt64 boxes[2];

  PetscFunctionBeginUser;
  if (film->grain_size > 0 && !(most / film->grain_size < 1e9)) /* grains are numbered: a billion along each side */
    PetscCall(HfDeckError(deck, HfChild(HfChild(section, "grains"), "size"),
                          "grains of %g m in a film of %g m: at most a billion along it are allowed", (double)film->grain_size, (double)most));
  for (int d = 0; d < 2; ++d) /* grains of a periodic film are stretched to a whole number of them */
    if (film->periodic[d] && film->grain_size > 0 && film->size[d] < 1.5 * film->grain_size)
      PetscCall(HfDeckError(deck, HfChild(HfChild(section, "grains"), "size"),
                            "grains of %g m in a film that repeats itself after %g m along %c: it has to be 1.5 grains long at least",
                            (double)film->grain_size, (double)film->size[d], "xy"[d]));
  if (film->n_regions > HF_MAX_REGIONS)
    PetscCall(HfDeckError(deck, HfChild(section, "regions"), "%" PetscInt_FMT " regions; at most %d", film->n_regions, HF_MAX_REGIONS));
  PetscCallMPI(MPI_Comm_size(HfDeckComm(deck), &size));
  if (!n[0] || !n[1] || HfDeckErrorCount(deck)) PetscFunctionReturn(0);
  PetscCall(HfFilmCheckIndices(deck));
  if (!HfGridBoxes((const PetscInt64[]){n[0], n[1]}, size, boxes))
    PetscCall(HfDeckError(deck, HfChild(section, "size"), HF_TOO_MANY_RANKS, size, n[0], n[1],
                          (PetscInt)HfGridMostRanks((const PetscInt64[]){n[0], n[1]}, size)));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_not_empty(HfDeck deck, HfGrid *grid) {
  PetscFunctionBeginUser;
  if (HfGridGetInfo(*grid)->n_film) PetscFunctionReturn(0);
  PetscCall(HfDeckError(deck, HfChild(HfChild(HfDeckRoot(deck), "film"), "shape"), "film.shape covers no cell"));
  PetscCall(HfGridDestroy(grid));
  PetscFunctionReturn(0);
}

/* Every region has cells: one that lies between the centres of cells, off the film, or below later regions would act on nothing. */
static PetscErrorCode check_regions_settings(HfDeck deck, const HfFilmSettings *film, HfGrid grid) {
  HfNode section = HfChild(HfDeckRoot(deck), "film");
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  PetscInt *cells;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(film->n_regions + 1, &cells));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      if (HfRegionAt(g, regions, i, j) >= 0) ++cells[HfRegionAt(g, regions, i, j)];
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, cells, (PetscMPIInt)(film->n_regions + 1), MPIU_INT, MPI_SUM, HfGridComm(grid)));
  for (PetscInt k = 0; k < film->n_regions; ++k)
    if (!cells[k + 1])
      PetscCall(HfDeckError(
          deck, HfHas(HfItem(section, "regions", k), "shape") ? HfChild(HfItem(section, "regions", k), "shape") : HfItem(section, "regions", k),
          "region %s covers the centre of no cell of the film, or later regions cover all of it; the film reaches from (%g, %g) to (%g, %g) m "
          "in cells of %g m",
          HfText(HfItem(section, "regions", k), "name"), (double)g->x0, (double)g->y0, (double)-g->x0, (double)-g->y0, (double)g->dx));
  PetscCall(PetscFree(cells));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGridCreateFromDeck(HfDeck deck, HfGrid *grid) {
  HfFilmSettings film;
  Layout layout;
  PetscInt n[2];

  PetscFunctionBeginUser;
  *grid = NULL;
  HfFilmSettingsRead(deck, &film);
  for (int d = 0; d < 2; ++d) PetscCall(check_cells(deck, &film, d, &n[d]));
  PetscCall(layout_settings(deck, &film, &layout));
  PetscCall(check_limits(deck, &film, n));
  if (n[0] && n[1] && !HfDeckErrorCount(deck)) {
    const PetscReal cell[2] = {film.size[0] / (PetscReal)n[0], film.size[1] / (PetscReal)n[1]};

    PetscCall(HfGridCreatePeriodic(HfDeckComm(deck), n[0], n[1], cell[0], cell[1], film.thickness, film.periodic, region_of, &layout, grid));
    (*grid)->outline = layout.outline; /* the grid's own from now on */
    layout.outline = NULL;
    PetscCall(check_not_empty(deck, grid));
    if (*grid) PetscCall(check_regions_settings(deck, &film, *grid));
  }
  PetscCall(layout_destroy(&layout));
  PetscFunctionReturn(0);
}
