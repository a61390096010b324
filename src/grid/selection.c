/* The cells that fields are saved on: every stride-th along x and y of those whose centres lie in a rectangle.

   A stride s cuts a side into blocks of s cells, of which the middle one is kept (the one before the middle where s is even), so that the cells kept
   lie evenly in the rectangle; the last block may be cut short, and is left out when its middle is not there. */
#include "field_file.h"

static const HfKey selection_keys[] = {
    {"stride", HF_INTS, NULL, "1", ">=1", 0, "Every so many cells along x and y one is kept in the fields of run.h5: one number or two, [4, 2]"},
    {"region", HF_SECTION, NULL, "", "", 0,
     "The rectangle whose cells are kept in the fields of run.h5, by their centres; all of the film when left out"},
    {"region.size", HF_QUANTITIES, "m", NULL, ">0", 2, "Extent along x and y"},
    {"region.at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Centre; the origin is the film's centre"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfSelectionRegisterKeys(HfKeys keys, const char prefix[]) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, prefix, selection_keys));
  PetscFunctionReturn(0);
}

HfSelection HfSelectionAll(HfGrid grid) {
  const HfGridInfo *g = HfGridGetInfo(grid);

  return (HfSelection){{0, 0}, {1, 1}, {g->nx, g->ny}};
}

PetscBool HfSelectionSame(const HfSelection *a, const HfSelection *b) {
  for (int d = 0; d < 2; ++d)
    if (a->first[d] != b->first[d] || a->stride[d] != b->stride[d] || a->count[d] != b->count[d]) return PETSC_FALSE;
  return PETSC_TRUE;
}

/* Column within this rank's box of a column of the selection. */
static PetscInt column_of(const HfSelection *selection, const HfGridInfo *g, PetscInt a) {
  return selection->first[0] + a * selection->stride[0] - g->xs;
}

/* Film cells of the selection, on all ranks. */
static PetscErrorCode count_film(const HfSelection *selection, HfGrid grid, PetscInt *n) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  PetscInt first, count, left, across, local = 0;

  PetscFunctionBeginUser;
  HfSelectionRows(selection, g, &first, &count);
  HfSelectionColumns(selection, g, &left, &across);
  for (PetscInt b = first; b < first + count; ++b)
    for (PetscInt a = left; a < left + across; ++a)
      local += HfRegionAt(g, regions, column_of(selection, g, a), selection->first[1] + b * selection->stride[1]) >= 0;
  PetscCallMPI(MPI_Allreduce(&local, n, 1, MPIU_INT, MPI_SUM, HfGridComm(grid)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSelectionSettingsRead(HfDeck deck, HfNode section, HfGrid grid, HfSelection *selection) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal low[2] = {g->x0, g->y0}, step[2] = {g->dx, g->dy};
  const PetscInt cells[2] = {g->nx, g->ny}, n_strides = HfCount(section, "stride");
  HfNode region = HfHas(section, "region") ? HfChild(section, "region") : NULL;
  PetscInt n_film;

  PetscFunctionBeginUser;
  *selection = HfSelectionAll(grid);
  if (n_strides < 1 || n_strides > 2) {
    PetscCall(HfDeckError(deck, HfChild(section, "stride"), "stride has %" PetscInt_FMT " numbers: one, or two for x and y, are meant", n_strides));
    PetscFunctionReturn(0);
  }
  for (int d = 0; d < 2; ++d) {
    const PetscInt stride = (PetscInt)PetscMin(HfIntegerAt(section, "stride", d < n_strides ? d : 0), (PetscInt64)cells[d]);
    PetscInt from = 0, to = cells[d] - 1, middle;

    if (region) { /* in numbers of cells, before they are whole: a region may reach far out of the film */
      const PetscReal half = 0.5 * HfRealAt(region, "size", d), at = HfRealAt(region, "at", d);
      from = (PetscInt)PetscMax(0.0, PetscMin(ceil((at - half - low[d]) / step[d] - 0.5 - 1e-9), (PetscReal)cells[d]));
      to = (PetscInt)PetscMax(-1.0, PetscMin(floor((at + half - low[d]) / step[d] - 0.5 + 1e-9), (PetscReal)(cells[d] - 1)));
    }
    if (to < from) {
      PetscCall(HfDeckError(deck, region, "region holds the centre of no cell along %c, where the film reaches from %g to %g m in cells of %g m",
                            "xy"[d], (double)low[d], (double)-low[d], (double)step[d]));
      *selection = HfSelectionAll(grid);
      PetscFunctionReturn(0);
    }
    middle = PetscMin((stride - 1) / 2, (to - from) / 2);
    selection->first[d] = from + middle;
    selection->stride[d] = stride;
    selection->count[d] = (to - from - middle) / stride + 1;
  }
  PetscCall(count_film(selection, grid, &n_film));
  if (!n_film) {
    PetscCall(HfDeckError(deck, region ? region : HfChild(section, "stride"),
                          "of the cells that %s keeps none belongs to the film: every field would be zero", region ? "region" : "stride"));
    *selection = HfSelectionAll(grid);
  }
  PetscFunctionReturn(0);
}

void HfSelectionImage(const HfSelection *selection, HfGrid grid, PetscReal origin[2], PetscReal spacing[2]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal low[2] = {g->x0, g->y0}, step[2] = {g->dx, g->dy};

  for (int d = 0; d < 2; ++d) {
    spacing[d] = (PetscReal)selection->stride[d] * step[d];
    origin[d] = low[d] + ((PetscReal)selection->first[d] + 0.5) * step[d] - 0.5 * spacing[d];
  }
}

/* Of count cells, the d-th of the selection along x (0) or y (1), those that lie among `length` ones from `start` on. */
static void owned(const HfSelection *selection, int d, PetscInt start, PetscInt length, PetscInt *first, PetscInt *count) {
  const PetscInt stride = selection->stride[d], below = start - selection->first[d], up_to = below + length;

  *first = PetscMin(below > 0 ? (below + stride - 1) / stride : 0, selection->count[d]);
  *count = PetscMin(up_to > 0 ? (up_to + stride - 1) / stride : 0, selection->count[d]) - *first;
}

void HfSelectionRows(const HfSelection *selection, const HfGridInfo *g, PetscInt *first, PetscInt *count) {
  owned(selection, 1, g->ys, g->ym, first, count);
}

void HfSelectionColumns(const HfSelection *selection, const HfGridInfo *g, PetscInt *first, PetscInt *count) {
  owned(selection, 0, g->xs, g->xm, first, count);
}

void HfSelectionTake(const HfSelection *selection, HfGrid grid, PetscInt dof, PetscInt first, PetscInt count, const double all[], double some[]) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  PetscInt left, across;

  HfSelectionColumns(selection, g, &left, &across);
  for (PetscInt b = first; b < first + count; ++b)
    for (PetscInt a = left; a < left + across; ++a) {
      const PetscInt i = column_of(selection, g, a), j = selection->first[1] + b * selection->stride[1];
      const PetscBool is_film = (PetscBool)(HfRegionAt(g, regions, i, j) >= 0);

      for (PetscInt c = 0; c < dof; ++c) *some++ = is_film ? all[((j - g->ys) * g->xm + i) * dof + c] : 0;
    }
}

PetscBool HfSelectionIsAsStored(const HfSelection *selection, HfGrid grid, PetscInt first, PetscInt count) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  int8_t signs = 0;

  if (g->xm != g->nx || selection->count[0] != g->nx || selection->stride[0] != 1 || selection->stride[1] != 1) return PETSC_FALSE;
  for (PetscInt j = selection->first[1] + first; j < selection->first[1] + first + count; ++j)
    for (PetscInt i = 0; i < g->nx; ++i) signs = (int8_t)(signs | HfRegionAt(g, regions, i, j));
  return (PetscBool)(signs >= 0);
}

void HfSelectionPut(const HfSelection *selection, const HfGridInfo *g, PetscInt dof, const double some[], double all[]) {
  PetscInt first, count, left, across;

  HfSelectionRows(selection, g, &first, &count);
  HfSelectionColumns(selection, g, &left, &across);
  for (PetscInt b = first; b < first + count; ++b)
    for (PetscInt a = left; a < left + across; ++a) {
      const PetscInt i = column_of(selection, g, a), j = selection->first[1] + b * selection->stride[1];

      for (PetscInt c = 0; c < dof; ++c) all[((j - g->ys) * g->xm + i) * dof + c] = *some++;
    }
}
