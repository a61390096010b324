/* A film in boxes for HfTangentMultigrid, which works on whole rows: what comes and goes cell by cell is sent among the ranks of boxes beside each other,
   3 numbers per cell to the preconditioner and 3 back. Where there are more ranks than rows, coarse levels leave most ranks without rows as well; with whole
   rows the finest one does, too, and the V-cycle is the same on any number of ranks. */
#include "tangent_multigrid_impl.h"

enum { FIELDS = 11 };
enum { U, ALONG, Q, X, N_ROWS };
static const PetscInt dofs[N_ROWS] = {3, 1, 3, 3};

struct HfTangentBoxes_ {
  HfGrid grid;
  const HfGridInfo *rows;
  Vec box[4];       /* by number of components; holds the caller's arrays while they travel */
  Vec row[N_ROWS];  /* the same in whole rows */
  PetscReal *fixed; /* HfTangentRow, [field][row][nx], while levels are made */
};

static void row_of(PetscReal *fields, PetscInt stride, PetscInt at, PetscReal *out[FIELDS]) {
  for (PetscInt k = 0; k < FIELDS; ++k) out[k] = fields + k * stride + at;
}

static HfTangentRow row_from(PetscReal *const f[FIELDS]) {
  return (HfTangentRow){.weight = f[0], .east = f[1], .north = f[2], .turn = f[3], .damp = f[4], .K = {f[5], f[6], f[7], f[8], f[9], f[10]}};
}

static PetscErrorCode to_rows(HfTangentBoxes boxes, const PetscReal cells[], PetscInt which) {
  const PetscInt dof = dofs[which];

  PetscFunctionBeginUser;
  PetscCall(VecPlaceArray(boxes->box[dof], (const PetscScalar *)cells));
  PetscCall(HfGridToWholeRows(boxes->grid, dof, boxes->box[dof], boxes->row[which]));
  PetscCall(VecResetArray(boxes->box[dof]));
  PetscFunctionReturn(0);
}

/* The caller's rows of boxes, gathered into whole rows. */
static PetscErrorCode gather_fixed(HfTangentBoxes boxes, HfTangentFill fill_row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(boxes->grid);
  const PetscInt n = g->xm * g->ym, n_rows = boxes->rows->nx * boxes->rows->ym;
  const PetscScalar *from;
  PetscReal *cells, *field[FIELDS];

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(FIELDS * n, &cells));
  PetscCall(PetscMalloc1(FIELDS * n_rows, &boxes->fixed));
  for (PetscInt j = 0; j < g->ym; ++j) {
    HfTangentRow row;

    row_of(cells, n, j * g->xm, field);
    row = row_from(field);
    PetscCall((*fill_row)(g->ys + j, &row, context));
  }
  for (PetscInt k = 0; k < FIELDS; ++k) {
    PetscCall(to_rows(boxes, cells + k * n, ALONG));
    PetscCall(VecGetArrayRead(boxes->row[ALONG], &from));
    PetscCall(PetscArraycpy(boxes->fixed + k * n_rows, from, n_rows));
    PetscCall(VecRestoreArrayRead(boxes->row[ALONG], &from));
  }
  PetscCall(PetscFree(cells));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesCreate(HfGrid grid, HfTangentFill fill_row, void *context, PetscBool with_q, HfTangentBoxes *out) {
  HfTangentBoxes boxes;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&boxes));
  *out = boxes;
  boxes->grid = grid;
  boxes->rows = HfGridGetInfo(HfGridWholeRows(grid));
  for (PetscInt dof = 1; dof <= 3; dof += 2) PetscCall(HfGridCreateCellVec(grid, dof, &boxes->box[dof]));
  for (int k = 0; k < N_ROWS; ++k)
    if (k != Q || with_q) PetscCall(HfGridCreateCellVec(HfGridWholeRows(grid), dofs[k], &boxes->row[k]));
  PetscCall(gather_fixed(boxes, fill_row, context));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesFillRow(PetscInt j, const HfTangentRow *row, void *context) {
  HfTangentBoxes boxes = context;
  const PetscInt nx = boxes->rows->nx;
  PetscReal *const to[FIELDS] = {row->weight, row->east, row->north, row->turn, row->damp, row->K[0],
                                 row->K[1],   row->K[2], row->K[3],  row->K[4], row->K[5]};
  PetscReal *from[FIELDS];

  PetscFunctionBeginUser;
  row_of(boxes->fixed, nx * boxes->rows->ym, nx * (j - boxes->rows->ys), from);
  for (int k = 0; k < FIELDS; ++k) PetscCall(PetscArraycpy(to[k], from[k], nx));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesLevelsMade(HfTangentBoxes boxes) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(boxes->fixed));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesDestroy(HfTangentBoxes *boxes) {
  PetscFunctionBeginUser;
  if (!*boxes) PetscFunctionReturn(0);
  for (PetscInt dof = 1; dof <= 3; dof += 2) PetscCall(VecDestroy(&(*boxes)->box[dof]));
  for (int k = 0; k < N_ROWS; ++k) PetscCall(VecDestroy(&(*boxes)->row[k]));
  PetscCall(PetscFree((*boxes)->fixed));
  PetscCall(PetscFree(*boxes));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesTakeState(HfTangentBoxes boxes, const PetscReal **u, const PetscReal **uh, const PetscReal **q) {
  PetscFunctionBeginUser;
  PetscCall(to_rows(boxes, *u, U));
  PetscCall(to_rows(boxes, *uh, ALONG));
  if (boxes->row[Q]) PetscCall(to_rows(boxes, *q, Q));
  PetscCall(VecGetArrayRead(boxes->row[U], u));
  PetscCall(VecGetArrayRead(boxes->row[ALONG], uh));
  if (boxes->row[Q]) PetscCall(VecGetArrayRead(boxes->row[Q], q));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesReturnState(HfTangentBoxes boxes, const PetscReal **u, const PetscReal **uh, const PetscReal **q) {
  PetscFunctionBeginUser;
  PetscCall(VecRestoreArrayRead(boxes->row[U], u));
  PetscCall(VecRestoreArrayRead(boxes->row[ALONG], uh));
  if (boxes->row[Q]) PetscCall(VecRestoreArrayRead(boxes->row[Q], q));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTangentBoxesApply(HfTangentBoxes boxes, HfTangentMultigrid mg, const PetscReal b[], PetscReal x[]) {
  const PetscScalar *from;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(to_rows(boxes, b, U));
  PetscCall(VecGetArrayRead(boxes->row[U], &from));
  PetscCall(VecGetArrayWrite(boxes->row[X], &to));
  PetscCall(HfTangentApplyRows(mg, from, to));
  PetscCall(VecRestoreArrayWrite(boxes->row[X], &to));
  PetscCall(VecRestoreArrayRead(boxes->row[U], &from));
  PetscCall(VecPlaceArray(boxes->box[3], x));
  PetscCall(HfGridFromWholeRows(boxes->grid, 3, boxes->row[X], boxes->box[3]));
  PetscCall(VecResetArray(boxes->box[3]));
  PetscFunctionReturn(0);
}
