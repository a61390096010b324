/* A field on other cells of the same film, from whatever file.

     v(x, y) = bilinear between the centres of the four cells around (x, y), linear beyond the outermost centres
   Cells that are zero are void there and weigh nothing: next to them the others are averaged with the weights that are left, without going beyond
   a centre; where all four are void the nearest of the sixteen around is taken. A value depends on its place alone. */
#include "resample.h"

#define WHOLE 1e-9 /* of a cell: nearer than this to a centre is at the centre */

/* Between which cells a place is: cell, cell + 1 and the weight of the second. */
typedef struct {
  PetscInt cell;
  PetscReal weight;
  PetscBool outside;
} Between;

static Between between(const HfOverlay *o, const HfGridInfo *g, int d, PetscInt i) {
  const PetscInt n = o->n[d], n_here = d ? g->ny : g->nx;
  PetscReal at = ((PetscReal)i + 0.5) * (PetscReal)n / (PetscReal)n_here - 0.5;
  PetscBool outside = PETSC_FALSE;
  PetscInt cell;

  if (o->placed) {
    at = (((PetscReal)i + 0.5 - 0.5 * (PetscReal)n_here) * (d ? g->dy : g->dx) - o->offset[d]) / o->cell[d] + 0.5 * (PetscReal)(n - 1);
    if (PetscAbsReal(at - round(at)) < WHOLE) at = round(at);
    outside = (PetscBool)(at < -0.5 - WHOLE || at > (PetscReal)n - 0.5 + WHOLE);
  }
  cell = (PetscInt)PetscMax(0, PetscMin(floor(at), (PetscReal)(n - 2)));
  return (Between){cell, n > 1 ? at - (PetscReal)cell : 0, outside};
}

void HfOverlayRows(const HfOverlay *o, const HfGridInfo *g, PetscInt *first, PetscInt *last) {
  *first = PetscMax(0, between(o, g, 1, g->ys).cell - 1);
  *last = PetscMin(o->n[1] - 1, between(o, g, 1, g->ys + g->ym - 1).cell + 2);
}

/* NULL where there is no cell or a void one. */
static const double *value_at(const HfPatch *s, PetscInt i, PetscInt j) {
  const double *value = s->values + ((ptrdiff_t)(j - s->first) * s->overlay->n[0] + i) * s->dof;

  if (i < 0 || i >= s->overlay->n[0] || j < s->first || j > s->last) return NULL;
  if (s->overlay->zeros_count) return value;
  for (PetscInt c = 0; c < s->dof; ++c)
    if (value[c] != 0) return value;
  return NULL;
}

static void take_nearest(const HfPatch *s, Between x, Between y, double out[]) {
  PetscReal least = PETSC_MAX_REAL;

  for (PetscInt b = -1; b <= 2; ++b) {
    for (PetscInt a = -1; a <= 2; ++a) {
      const double *value = value_at(s, x.cell + a, y.cell + b);
      const PetscReal distance = PetscSqr((PetscReal)a - x.weight) + PetscSqr((PetscReal)b - y.weight);

      if (!value || distance >= least) continue;
      least = distance;
      for (PetscInt c = 0; c < s->dof; ++c) out[c] = value[c];
    }
  }
}

static void take(const HfPatch *s, Between x, Between y, double out[]) {
  const double *value[4];
  PetscReal weight[4], sum = 0;
  PetscBool whole = PETSC_TRUE;

  for (int k = 0; k < 4; ++k) {
    value[k] = value_at(s, x.cell + (s->overlay->n[0] > 1 ? k % 2 : 0), y.cell + (s->overlay->n[1] > 1 ? k / 2 : 0));
    whole = (PetscBool)(whole && value[k]);
  }
  if (!whole) {
    x.weight = PetscMax(0, PetscMin(x.weight, 1));
    y.weight = PetscMax(0, PetscMin(y.weight, 1));
  }
  for (PetscInt c = 0; c < s->dof; ++c) out[c] = 0;
  if (x.outside || y.outside) return;
  for (int k = 0; k < 4; ++k) {
    weight[k] = (k % 2 ? x.weight : 1 - x.weight) * (k / 2 ? y.weight : 1 - y.weight);
    if (value[k]) sum += weight[k];
  }
  if (sum > 0)
    for (int k = 0; k < 4; ++k)
      for (PetscInt c = 0; c < s->dof && value[k]; ++c) out[c] += weight[k] / sum * value[k][c];
  else
    take_nearest(s, x, y, out);
}

void HfPatchTake(const HfPatch *patch, const HfGridInfo *g, double rows[]) {
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      take(patch, between(patch->overlay, g, 0, g->xs + i), between(patch->overlay, g, 1, g->ys + j), rows + (j * g->xm + i) * patch->dof);
}
