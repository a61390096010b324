/* The convolution of a film in boxes: redistributed among the ranks of boxes beside each other, whose whole rows the transforms along x need. The ranks of
   such a row of boxes exchange all of their cells, once there and once back, which is little beside the transposition of padded spectra among all ranks. */
#include "convolution_impl.h"

struct HfConvBoxes_ {
  HfGrid grid;
  const HfGridInfo *g;
  PetscInt n_in, n_out;
  Vec in, out; /* in whole rows */
  Vec made;    /* the result in boxes */
};

PetscErrorCode HfConvBoxesCreate_Private(HfGrid grid, PetscInt n_out, PetscInt n_in, HfConvBoxes *out) {
  HfConvBoxes boxes;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&boxes));
  *out = boxes;
  boxes->grid = grid;
  boxes->g = HfGridGetInfo(grid);
  boxes->n_in = n_in;
  boxes->n_out = n_out;
  PetscCall(HfGridCreateCellVec(HfGridWholeRows(grid), n_in, &boxes->in));
  PetscCall(HfGridCreateCellVec(HfGridWholeRows(grid), n_out, &boxes->out));
  PetscCall(HfGridCreateCellVec(grid, n_out, &boxes->made));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvBoxesDestroy_Private(HfConvBoxes *boxes) {
  PetscFunctionBeginUser;
  if (!*boxes) PetscFunctionReturn(0);
  PetscCall(VecDestroy(&(*boxes)->in));
  PetscCall(VecDestroy(&(*boxes)->out));
  PetscCall(VecDestroy(&(*boxes)->made));
  PetscCall(PetscFree(*boxes));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvBoxesConvolve_Private(HfConvBoxes boxes, HfConvolution convolution, Vec in) {
  PetscFunctionBeginUser;
  PetscCall(HfGridToWholeRows(boxes->grid, boxes->n_in, in, boxes->in));
  PetscCall(HfConvolutionApplyRows_Private(convolution, boxes->in, boxes->out));
  PetscCall(HfGridFromWholeRows(boxes->grid, boxes->n_out, boxes->out, boxes->made));
  PetscFunctionReturn(0);
}

PetscErrorCode HfConvBoxesCopy_Private(HfConvBoxes boxes, Vec out) {
  PetscFunctionBeginUser;
  PetscCall(VecCopy(boxes->made, out));
  PetscFunctionReturn(0);
}

void HfConvBoxesRow_Private(HfConvBoxes boxes, PetscInt j, PetscReal *const out[]) {
  const HfGridInfo *g = boxes->g;
  const PetscInt n = boxes->n_out;
  const PetscScalar *made;

  (void)VecGetArrayRead(boxes->made, &made);
  for (PetscInt i = 0; i < g->xm; ++i)
    for (PetscInt c = 0; c < n; ++c) out[c][i] = made[n * ((j - g->ys) * g->xm + i) + c];
  (void)VecRestoreArrayRead(boxes->made, &made);
}
