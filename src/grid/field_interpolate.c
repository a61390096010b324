/* A field from a file with other cells of the same film.

     v(x, y) = bilinear between the centres of the four cells around (x, y), linear beyond the outermost centres
   Cells that are zero are void there and weigh nothing: next to them the others are averaged with the weights that are left, without going beyond
   a centre; where all four are void the nearest of the sixteen around is taken. Every rank reads the rows that it needs, and a value depends on its
   place alone. */
#include "field_file.h"

/* Between which cells of n a place is that is the part (i+1/2)/n_here of the way: cell, cell + 1 and the weight of the second. */
typedef struct {
  PetscInt cell;
  PetscReal weight;
} Between;
static Between between(PetscInt n, PetscInt i, PetscInt n_here) {
  const PetscReal at = ((PetscReal)i + 0.5) * (PetscReal)n / (PetscReal)n_here - 0.5;
  const PetscInt cell = PetscMax(0, PetscMin((PetscInt)floor(at), n - 2));

  return (Between){cell, n > 1 ? at - (PetscReal)cell : 0};
}

typedef struct {
  PetscInt nx, ny, first, last, dof; /* the rows `first` to `last` are here */
  const double *values;
} Source;

/* NULL where there is no cell or a void one. */
static const double *value_at(const Source *s, PetscInt i, PetscInt j) {
  const double *value = s->values + ((j - s->first) * s->nx + i) * s->dof;

  if (i < 0 || i >= s->nx || j < s->first || j > s->last) return NULL;
  for (PetscInt c = 0; c < s->dof; ++c)
    if (value[c] != 0) return value;
  return NULL;
}

static void take_nearest(const Source *s, Between x, Between y, double out[]) {
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

static void take(const Source *s, Between x, Between y, double out[]) {
  const double *value[4];
  PetscReal weight[4], sum = 0;
  PetscBool whole = PETSC_TRUE;

  for (int k = 0; k < 4; ++k) {
    value[k] = value_at(s, x.cell + (s->nx > 1 ? k % 2 : 0), y.cell + (s->ny > 1 ? k / 2 : 0));
    whole = (PetscBool)(whole && value[k]);
  }
  if (!whole) {
    x.weight = PetscMax(0, PetscMin(x.weight, 1));
    y.weight = PetscMax(0, PetscMin(y.weight, 1));
  }
  for (PetscInt c = 0; c < s->dof; ++c) out[c] = 0;
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

/* The sides of the cells in the file; false when it does not tell. */
static PetscBool read_cell_size(hid_t file, double cell[2]) {
  hid_t attribute, space;
  PetscBool read;

  if (H5Lexists(file, "/film", H5P_DEFAULT) <= 0 || H5Aexists_by_name(file, "/film", "cell_size", H5P_DEFAULT) <= 0) return PETSC_FALSE;
  attribute = H5Aopen_by_name(file, "/film", "cell_size", H5P_DEFAULT, H5P_DEFAULT);
  space = H5Aget_space(attribute);
  read = (PetscBool)(H5Sget_simple_extent_npoints(space) == 2 && H5Aread(attribute, H5T_NATIVE_DOUBLE, cell) >= 0);
  H5Sclose(space);
  H5Aclose(attribute);
  return read;
}

/* Whether the film in the file has the size of this one. Where the file does not tell: whether its cells would be square on this film. */
static HfFieldReason check_size(const HfGridInfo *g, hid_t file, const hsize_t shape[4]) {
  const double size[2] = {(double)g->nx * g->dx, (double)g->ny * g->dy};
  double cell[2];

  if (!read_cell_size(file, cell)) {
    const double sides = size[0] / (double)shape[2] * (double)shape[1] / size[1];
    return PetscIsCloseAtTol(sides, (double)(g->dx / g->dy), 1e-6, 0) ? HF_FIELD_FINE : HF_FIELD_STRETCHED;
  }
  return PetscIsCloseAtTol((double)shape[2] * cell[0], size[0], 1e-6, 0) && PetscIsCloseAtTol((double)shape[1] * cell[1], size[1], 1e-6, 0)
             ? HF_FIELD_FINE
             : HF_FIELD_OTHER_SIZE;
}

static HfFieldReason read_stretched(const HfGridInfo *g, hid_t file, hid_t dataset, const hsize_t shape[4], hsize_t frame, double rows[]) {
  const PetscBool same = HfFieldSameCells(g, shape);
  Source s = {(PetscInt)shape[2], (PetscInt)shape[1], g->ys, g->ys + g->ym - 1, (PetscInt)shape[3], NULL};
  HfFieldReason reason;
  double *values = rows;

  if (!same) {
    s.first = PetscMax(0, between(s.ny, g->ys, g->ny).cell - 1);
    s.last = PetscMin(s.ny - 1, between(s.ny, g->ys + g->ym - 1, g->ny).cell + 2);
    if (PetscMalloc1((s.last - s.first + 1) * s.nx * s.dof, &values)) return HF_FIELD_NOT_READ;
  }
  reason = HfFieldTransfer(dataset, (const hsize_t[4]){frame, (hsize_t)s.first, 0, 0},
                           (const hsize_t[4]){1, (hsize_t)(s.last - s.first + 1), shape[2], shape[3]}, values, PETSC_FALSE) < 0
               ? HF_FIELD_NOT_READ
               : HF_FIELD_FINE;
  if (same) return reason;
  s.values = values;
  for (PetscInt j = 0; reason == HF_FIELD_FINE && j < g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i) take(&s, between(s.nx, i, g->nx), between(s.ny, g->ys + j, g->ny), rows + (j * g->nx + i) * s.dof);
  return PetscFree(values) ? HF_FIELD_NOT_READ : reason;
}

static HfFieldReason read_other_cells(const HfGridInfo *g, hid_t file, hid_t dataset, const hsize_t shape[4], hsize_t frame, double rows[]) {
  const HfFieldReason reason = check_size(g, file, shape);

  return reason == HF_FIELD_FINE ? read_stretched(g, file, dataset, shape, frame, rows) : reason;
}

PetscErrorCode HfFieldInterpolate(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, PetscBool stretch, Vec v,
                                  const char **why) {
  PetscFunctionBeginUser;
  PetscCall(HfFieldReadWith(grid, path, dataset, frame, dof, NULL, stretch ? read_stretched : read_other_cells, v, why));
  PetscFunctionReturn(0);
}
