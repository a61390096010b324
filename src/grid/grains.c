/* Grains: a Voronoi map of the plane from a seed number.

     grain(x, y) = the point nearest to (x, y), one point in each square of a lattice, uniform in its square
   so that grains have the area of a square on average and seldom half or twice of it, as in a film that was grown. The lattice passes through the
   origin and a point is a random number of its square: the map depends neither on the ranks nor on the cells nor on how far the film reaches.
   A square's own point is at most sqrt(2) sides away from anywhere in it, and squares three further on are more than two away: five by five are
   looked at. */
#include <hopfilm/grid.h>

#define SQUARES (HF_GRAIN_ROW / 2) /* to either side of the origin */

static PetscInt64 number_of(PetscInt64 column, PetscInt64 row) { return (row + SQUARES) * HF_GRAIN_ROW + column + SQUARES; }

void HfGrainCentre(PetscReal size, PetscInt64 seed, PetscInt64 grain, PetscReal at[2]) {
  HfRandomUniform(seed, HF_STREAM_GRAINS, HF_GRAIN_PLACE, grain, 2, at);
  at[0] = size * ((PetscReal)(grain % HF_GRAIN_ROW - SQUARES) + at[0]);
  at[1] = size * ((PetscReal)(grain / HF_GRAIN_ROW - SQUARES) + at[1]);
}

/* The distance, in sides, from a place `part` of the way through its square to the square `k` further on. */
static PetscReal gap(PetscInt k, PetscReal part) { return k > 0 ? (PetscReal)k - part : k < 0 ? part - (PetscReal)k - 1 : 0; }

/* Squares around a row of cells: the points of their grains, and the numbers of those that occur. */
typedef struct {
  PetscInt64 column, row; /* of the first square */
  PetscInt columns, rows; /* number of squares */
  PetscReal (*at)[2];     /* the points of the grains, m */
  PetscInt n, n_regions;  /* numbers of a grain, of which each region has its own */
  PetscReal *numbers;     /* [square][region][n] */
  PetscBool *known;       /* [square][region] */
} Band;

static PetscInt band_square(const Band *band, PetscInt64 grain) {
  return (PetscInt)(grain / HF_GRAIN_ROW - SQUARES - band->row) * band->columns + (PetscInt)(grain % HF_GRAIN_ROW - SQUARES - band->column);
}

/* band: where the points are known already; NULL: nowhere. */
static PetscInt64 nearest_grain(PetscReal size, PetscInt64 seed, const Band *band, PetscReal x, PetscReal y) {
  const PetscReal column = floor(x / size), row = floor(y / size), u = x / size - column, v = y / size - row;
  PetscReal least = PETSC_MAX_REAL;
  PetscInt64 nearest = -1;

  for (PetscInt ring = 0; ring <= 2; ++ring) {
    for (PetscInt b = -ring; b <= ring; ++b) {
      for (PetscInt a = -ring; a <= ring; ++a) {
        const PetscInt64 grain = number_of((PetscInt64)column + a, (PetscInt64)row + b);
        PetscReal own[2], distance;
        const PetscReal *at = own;

        if (PetscMax(PetscAbsInt(a), PetscAbsInt(b)) < ring) continue;
        if (PetscSqr(size) * (PetscSqr(gap(a, u)) + PetscSqr(gap(b, v))) > least) continue;
        if (band)
          at = band->at[band_square(band, grain)];
        else
          HfGrainCentre(size, seed, grain, own);
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

PetscInt64 HfGrainAt(PetscReal size, PetscInt64 seed, PetscReal x, PetscReal y) { return nearest_grain(size, seed, NULL, x, y); }

PetscErrorCode HfGridGrains(HfGrid grid, PetscReal size, PetscInt64 seed, PetscInt64 grains[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal reach = PetscMax(-g->x0, -g->y0);

  PetscFunctionBeginUser;
  PetscCheck(size > 0 && reach / size < (PetscReal)(SQUARES - 4), HfGridComm(grid), PETSC_ERR_ARG_OUTOFRANGE, "grains of %g m in a film of %g m",
             (double)size, (double)(2 * reach));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i)
      grains[j * g->nx + i] = HfRegionAt(g, HfGridRegions(grid), i, g->ys + j) < 0
                                  ? -1
                                  : HfGrainAt(size, seed, g->x0 + ((PetscReal)i + 0.5) * g->dx, g->y0 + ((PetscReal)(g->ys + j) + 0.5) * g->dy);
  PetscFunctionReturn(0);
}

/* ---- means over cells that may be larger than grains ---- */
#define POINTS 8 /* along the side of a grain, at least */

static PetscErrorCode band_create(const HfGridInfo *g, PetscReal size, PetscInt n, Band *band) {
  PetscInt squares;

  PetscFunctionBeginUser;
  *band = (Band){.column = (PetscInt64)floor(g->x0 / size) - 3, .n = n, .n_regions = g->n_regions};
  band->columns = (PetscInt)((PetscInt64)ceil(-g->x0 / size) + 3 - band->column);
  band->rows = (PetscInt)ceil(g->dy / size) + 7;
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
static PetscErrorCode band_move(Band *band, PetscReal size, PetscInt64 seed, PetscReal y) {
  PetscFunctionBeginUser;
  band->row = (PetscInt64)floor(y / size) - 3;
  for (PetscInt k = 0; k < band->columns * band->rows; ++k)
    HfGrainCentre(size, seed, number_of(band->column + k % band->columns, band->row + k / band->columns), band->at[k]);
  PetscCall(PetscArrayzero(band->known, band->columns * band->rows * band->n_regions));
  PetscFunctionReturn(0);
}

static const PetscReal *band_numbers(Band *band, PetscInt64 grain, PetscInt region, HfGrainNumbers numbers, void *context) {
  const PetscInt place = band_square(band, grain) * band->n_regions + region;

  if (!band->known[place]) (*numbers)(grain, region, band->numbers + band->n * place, context);
  band->known[place] = PETSC_TRUE;
  return band->numbers + band->n * place;
}

PetscErrorCode HfGridGrainMeans(HfGrid grid, PetscReal size, PetscInt64 seed, PetscInt n, HfGrainNumbers numbers, void *context, PetscReal means[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscInt along_x = PetscMax(2, (PetscInt)ceil(POINTS * g->dx / size)), along_y = PetscMax(2, (PetscInt)ceil(POINTS * g->dy / size));
  Band band;

  PetscFunctionBeginUser;
  PetscCall(band_create(g, size, n, &band));
  PetscCall(PetscArrayzero(means, n * g->nx * g->ym));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j) {
    PetscCall(band_move(&band, size, seed, g->y0 + (PetscReal)j * g->dy));
    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscInt region = HfRegionAt(g, HfGridRegions(grid), i, j);
      PetscReal *mean = means + n * ((j - g->ys) * g->nx + i);

      for (PetscInt k = 0; k < along_x * along_y && region >= 0; ++k) {
        const PetscReal x = g->x0 + ((PetscReal)i + ((PetscReal)(k % along_x) + 0.5) / (PetscReal)along_x) * g->dx;
        const PetscReal y = g->y0 + ((PetscReal)j + ((PetscReal)(k / along_x) + 0.5) / (PetscReal)along_y) * g->dy;
        const PetscReal *of_grain = band_numbers(&band, nearest_grain(size, seed, &band, x, y), region, numbers, context);

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
