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

PetscInt64 HfGrainAt(PetscReal size, PetscInt64 seed, PetscReal x, PetscReal y) {
  const PetscReal column = floor(x / size), row = floor(y / size), u = x / size - column, v = y / size - row;
  PetscReal least = PETSC_MAX_REAL;
  PetscInt64 nearest = -1;

  for (PetscInt ring = 0; ring <= 2; ++ring) {
    for (PetscInt b = -ring; b <= ring; ++b) {
      for (PetscInt a = -ring; a <= ring; ++a) {
        const PetscInt64 grain = number_of((PetscInt64)column + a, (PetscInt64)row + b);
        PetscReal at[2], distance;

        if (PetscMax(PetscAbsInt(a), PetscAbsInt(b)) < ring) continue;
        if (PetscSqr(size) * (PetscSqr(gap(a, u)) + PetscSqr(gap(b, v))) > least) continue;
        HfGrainCentre(size, seed, grain, at);
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
