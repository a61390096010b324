/* Oersted field by Biot and Savart's law:
     H(r) = (1/4pi) int j(r') x (r - r') / |r - r'|^3 d^3r'
   over the gold cells, j uniform within a cell, r in the film's mid-plane above or below the centres of the cells. The sum over the cells is a
   convolution of j (2 components) with the field of one cell (cell.c), done by FFT. This is the field of the layer alone; that of its
   leads is in leads.c. */
#include "oersted_impl.h"

typedef struct {
  PetscReal lx, ly, lz; /* a gold cell */
  PetscReal z;          /* from the mid-plane of the gold to that of the film */
  HfConvolution convolution;
} BiotSavart;

static PetscErrorCode cell_field(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const BiotSavart *b = (const BiotSavart *)context;
  PetscReal H_x[3], H_y[3];

  PetscFunctionBeginUser;
  HfOerstedCell(x, y, b->z, b->lx, b->ly, b->lz, H_x, H_y);
  for (int a = 0; a < 3; ++a) {
    K[2 * a] = H_x[a];
    K[2 * a + 1] = H_y[a];
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode create_biot_savart(HfGrid grid, const HfOerstedGeometry *geometry, void **data) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  BiotSavart *b;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&b));
  b->lx = g->dx;
  b->ly = g->dy;
  b->lz = geometry->thickness;
  b->z = -geometry->side * (geometry->gap + 0.5 * (geometry->thickness + g->thickness));
  PetscCall(HfConvolutionCreate(grid, HF_CONVOLUTION_DOUBLE, 3, 2, cell_field, b, &b->convolution));
  *data = b;
  PetscFunctionReturn(0);
}

static PetscErrorCode apply_biot_savart(void *data, Vec j, Vec H) {
  PetscFunctionBeginUser;
  PetscCall(HfConvolutionApply(((BiotSavart *)data)->convolution, j, H));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy_biot_savart(void **data) {
  BiotSavart *b = (BiotSavart *)*data;

  PetscFunctionBeginUser;
  if (b) PetscCall(HfConvolutionDestroy(&b->convolution));
  PetscCall(PetscFree(*data));
  PetscFunctionReturn(0);
}

const HfOerstedModel HfOersted_BiotSavart = {.name = "biot-savart",
                                             .doc = "Biot-Savart integral over the gold cells, closed form per cell, by FFT",
                                             .citation = "nagy-2000",
                                             .create = create_biot_savart,
                                             .apply = apply_biot_savart,
                                             .destroy = destroy_biot_savart};
