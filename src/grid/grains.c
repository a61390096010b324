/* Grains: a Voronoi map of the plane from a seed number.

     grain(x, y) = the point nearest to (x, y), one point in each square of a lattice, uniform in its square
   so that grains have the area of a square on average and seldom half or twice of it, as in a film that was grown. The lattice passes through the
   origin and a point is a random number of its square: the map depends neither on the ranks nor on the cells nor on how far the film reaches.
   A square's own point is at most sqrt(2) sides away from anywhere in it, and squares three further on are more than two away: five by five are
   looked at. Squares of a periodic film, of which there are two at least, are stretched by a quarter at most, and their sides differ by a factor
   of 5/3 at most: still less than sqrt(3), up to which five by five are enough. */
#include <hopfilm/grid.h>

#define SQUARES (HF_GRAIN_ROW / 2) /* to either side of the origin */

/* The lattice of squares. Along a periodic direction the film is a whole number of them, which are stretched to fit; beyond it the same squares follow. */
typedef struct {
  PetscReal side[2]; /* m */
  PetscInt64 seed;
  PetscInt64 period[2]; /* squares of the film; 0: not periodic */
} Lattice;

static Lattice plane(PetscReal size, PetscInt64 seed) { return (Lattice){{size, size}, seed, {0, 0}}; }

static Lattice lattice_of(HfGrid grid, PetscReal size, PetscInt64 seed) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal length[2] = {(PetscReal)g->nx * g->dx, (PetscReal)g->ny * g->dy};
  Lattice lattice = plane(size, seed);

  for (int d = 0; d < 2; ++d) {
    if (!g->periodic[d]) continue;
    lattice.period[d] = PetscMax(1, (PetscInt64)round(length[d] / size));
    lattice.side[d] = length[d] / (PetscReal)lattice.period[d];
  }
  return lattice;
}

static PetscInt64 number_of(PetscInt64 column, PetscInt64 row) { return (row + SQUARES) * HF_GRAIN_ROW + column + SQUARES; }
static PetscInt64 column_of(PetscInt64 grain) { return grain % HF_GRAIN_ROW - SQUARES; }
static PetscInt64 row_of(PetscInt64 grain) { return grain / HF_GRAIN_ROW - SQUARES; }

static PetscInt64 wrap(PetscInt64 k, PetscInt64 period) { return period ? (k % period + period) % period : k; }

/* The grain of which this one is the image: itself, where the lattice is not periodic. */
static PetscInt64 original(const Lattice *lattice, PetscInt64 grain) {
  return number_of(wrap(column_of(grain), lattice->period[0]), wrap(row_of(grain), lattice->period[1]));
}

static void centre_of(const Lattice *lattice, PetscInt64 grain, PetscReal at[2]) {
  HfRandomUniform(lattice->seed, HF_STREAM_GRAINS, HF_GRAIN_PLACE, original(lattice, grain), 2, at);
  at[0] = lattice->side[0] * ((PetscReal)column_of(grain) + at[0]);
  at[1] = lattice->side[1] * ((PetscReal)row_of(grain) + at[1]);
}

void HfGrainCentre(PetscReal size, PetscInt64 seed, PetscInt64 grain, PetscReal at[2]) {
  const Lattice lattice = plane(size, seed);
  centre_of(&lattice, grain, at);
}

/* The distance, in sides, from a place `part` of the way through its square to the square `k` further on. */
static PetscReal gap(PetscInt k, PetscReal part) { return k > 0 ? (PetscReal)k - part : k < 0 ? part - (PetscReal)k - 1 : 0; }

/* Squares around a row of cells: the points of their grains, and the numbers of those that occur. */
typedef struct {
  PetscInt64 column, row;   /* of the first square */
  PetscInt64 columns, rows; /* number of squares, where cells are larger than grains more than there are cells in a row */
  PetscReal (*at)[2];       /* the points of the grains, m */
  PetscInt n, n_regions;    /* numbers of a grain, of which each region has its own */
  PetscReal *numbers;       /* [square][region][n] */
  PetscBool *known;         /* [square][region] */
} Band;

static PetscInt64 band_square(const Band *band, PetscInt64 grain) {
  return (row_of(grain) - band->row) * band->columns + column_of(grain) - band->column;
}

/* band: where the points are known already; NULL: nowhere. */
static PetscInt64 nearest_grain(const Lattice *lattice, const Band *band, PetscReal x, PetscReal y) {
  const PetscReal *side = lattice->side, column = floor(x / side[0]), row = floor(y / side[1]), u = x / side[0] - column, v = y / side[1] - row;
  PetscReal least = PETSC_MAX_REAL;
  PetscInt64 nearest = -1;

  for (PetscInt ring = 0; ring <= 2; ++ring) {
    for (PetscInt b = -ring; b <= ring; ++b) {
      for (PetscInt a = -ring; a <= ring; ++a) {
        const PetscInt64 grain = number_of((PetscInt64)column + a, (PetscInt64)row + b);
        PetscReal own[2], distance;
        const PetscReal *at = own;

        if (PetscMax(PetscAbsInt(a), PetscAbsInt(b)) < ring) continue;
        if (PetscSqr(side[0] * gap(a, u)) + PetscSqr(side[1] * gap(b, v)) > least) continue;
        if (band)
          at = band->at[band_square(band, grain)];
        else
          centre_of(lattice, grain, own);
        distance = PetscSqr(at[0] - x) + PetscSqr(at[1] - y);
        if (distance < least) {
          least = distance;
          nearest = grain;
        }
      }
    }
  }
  return nearest;
}

PetscInt64 HfGrainAt(PetscReal size, PetscInt64 seed, PetscReal x, PetscReal y) {
  const Lattice lattice = plane(size, seed);
  return nearest_grain(&lattice, NULL, x, y);
}

PetscInt64 HfGridGrainAt(HfGrid grid, PetscReal size, PetscInt64 seed, PetscReal x, PetscReal y) {
  const Lattice lattice = lattice_of(grid, size, seed);
  return original(&lattice, nearest_grain(&lattice, NULL, x, y));
}

PetscErrorCode HfGridGrains(HfGrid grid, PetscReal size, PetscInt64 seed, PetscInt64 grains[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal reach = PetscMax(-g->x0, -g->y0);
  const Lattice lattice = lattice_of(grid, size, seed);

  PetscFunctionBeginUser;
  PetscCheck(size > 0 && reach / size < (PetscReal)(SQUARES - 4), HfGridComm(grid), PETSC_ERR_ARG_OUTOFRANGE, "grains of %g m in a film of %g m",
             (double)size, (double)(2 * reach));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      grains[j * g->xm + i] = HfRegionAt(g, HfGridRegions(grid), i, g->ys + j) < 0
                                  ? -1
                                  : original(&lattice, nearest_grain(&lattice, NULL, HfCellX(g, i), HfCellY(g, g->ys + j)));
  PetscFunctionReturn(0);
}

/* ---- means over cells that may be larger than grains ---- */
#define POINTS 8 /* along the side of a grain, at least */

static PetscErrorCode band_create(const HfGridInfo *g, const Lattice *lattice, PetscInt n, Band *band) {
  const PetscReal *side = lattice->side;
  PetscInt64 squares;

  PetscFunctionBeginUser;
  *band = (Band){.column = (PetscInt64)floor(g->x0 / side[0]) - 3, .n = n, .n_regions = g->n_regions};
  band->columns = (PetscInt64)ceil(-g->x0 / side[0]) + 3 - band->column;
  band->rows = (PetscInt64)ceil(g->dy / side[1]) + 7;
  squares = band->columns * band->rows;
  PetscCall(PetscMalloc1(squares, &band->at));
  PetscCall(PetscMalloc1(squares * g->n_regions * n, &band->numbers));
  PetscCall(PetscMalloc1(squares * g->n_regions, &band->known));
  PetscFunctionReturn(0);
}

static PetscErrorCode band_destroy(Band *band) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(band->at));
  PetscCall(PetscFree(band->numbers));
  PetscCall(PetscFree(band->known));
  PetscFunctionReturn(0);
}

/* The squares within reach of places from y on. */
static PetscErrorCode band_move(Band *band, const Lattice *lattice, PetscReal y) {
  PetscFunctionBeginUser;
  band->row = (PetscInt64)floor(y / lattice->side[1]) - 3;
  for (PetscInt64 k = 0; k < band->columns * band->rows; ++k)
    centre_of(lattice, number_of(band->column + k % band->columns, band->row + k / band->columns), band->at[k]);
  PetscCall(PetscArrayzero(band->known, band->columns * band->rows * band->n_regions));
  PetscFunctionReturn(0);
}

static const PetscReal *band_numbers(Band *band, const Lattice *lattice, PetscInt64 grain, PetscInt region, HfGrainNumbers numbers, void *context) {
  const PetscInt64 place = band_square(band, grain) * band->n_regions + region;

  if (!band->known[place]) (*numbers)(original(lattice, grain), region, band->numbers + band->n * place, context);
  band->known[place] = PETSC_TRUE;
  return band->numbers + band->n * place;
}

PetscErrorCode HfGridGrainMeans(HfGrid grid, PetscReal size, PetscInt64 seed, PetscInt n, HfGrainNumbers numbers, void *context, PetscReal means[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt along_x = PetscMax(2, (PetscInt)ceil(POINTS * g->dx / size)), along_y = PetscMax(2, (PetscInt)ceil(POINTS * g->dy / size));
  const Lattice lattice = lattice_of(grid, size, seed);
  Band band;

  PetscFunctionBeginUser;
  PetscCall(band_create(g, &lattice, n, &band));
  PetscCall(PetscArrayzero(means, (size_t)n * (size_t)(g->xm * g->ym)));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    PetscCall(band_move(&band, &lattice, g->y0 + (PetscReal)j * g->dy));
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscInt region = HfRegionAt(g, HfGridRegions(grid), i, j);
      PetscReal *mean = means + (ptrdiff_t)n * ((j - g->ys) * g->xm + i);

      for (PetscInt k = 0; k < along_x * along_y && region >= 0; ++k) {
        const PetscReal x = g->x0 + ((PetscReal)(g->xs + i) + ((PetscReal)(k % along_x) + 0.5) / (PetscReal)along_x) * g->dx;
        const PetscReal y = g->y0 + ((PetscReal)j + ((PetscReal)(k / along_x) + 0.5) / (PetscReal)along_y) * g->dy;
        const PetscReal *of_grain = band_numbers(&band, &lattice, nearest_grain(&lattice, &band, x, y), region, numbers, context);

        for (PetscInt c = 0; c < n; ++c) mean[c] += of_grain[c] / (PetscReal)(along_x * along_y);
      }
    }
  }
  PetscCall(band_destroy(&band));
  PetscFunctionReturn(0);
}

PetscReal HfGrainNormal(PetscInt64 seed, HfGrainQuantity quantity, PetscInt64 grain) {
  PetscReal value;
  HfRandomNormal(seed, HF_STREAM_GRAINS, quantity, grain, 1, &value);
  return value;
}

PetscReal HfGrainUniform(PetscInt64 seed, HfGrainQuantity quantity, PetscInt64 grain) {
  PetscReal value;
  HfRandomUniform(seed, HF_STREAM_GRAINS, quantity, grain, 1, &value);
  return value;
}
