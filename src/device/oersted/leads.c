/* Field of vertical leads: semi-infinite columns above (or below) the gold's cells that bring the current j_z dx dy into the gold.

   The mid-planes of film and gold are `z` apart. The current enters the gold evenly over its thickness t, as the horizontal current flows in it, so the field
   of a column's end is the mean over ends at all heights h = z - t/2 to z + t/2 above the film. For one end at height h, unit current density towards the
   gold, R = (u, v, -h) from the column's corners to the point of the film, and rho^2 = u^2 + v^2:
     leads on the gold's side of the film   H = -(s/4pi) z x (b - p)        s = +1: gold above the film, -1: below
     leads on the film's side               H = +(s/4pi) z x (b + p)
   b is half the field of an infinite column, a sum over its four corners with alternating signs,
     b_x = [[ v ln(rho) + u atan(v/u) ]],   b_y with u and v exchanged      (the far corners of the prism in cell.c)
   and p the g of cell.c for the part of the column between the heights 0 and h. The mean over h is a Gauss quadrature on intervals so short that it is
   exact to round-off. In the limit of a sheet, h = 0: H = -+ s/(4pi) z x b, half the field of an infinite column.

   Check by Ampere's law: around a lead whose current spreads evenly in a wide sheet the field of the sheet is I/(4 pi rho) on both sides; leads on the
   gold's side cancel it in the film and double it on the other side, leads on the film's side double it in the film. */
#include "oersted_impl.h"

/* b/(4pi) at x, y >= 0 from the centre. The terms of the corners are of size rho and their sum of size lx ly/rho: a factor rho^2/(lx ly) of the precision
   of a long double is lost. */
static void half_column(PetscReal x, PetscReal y, PetscReal lx, PetscReal ly, PetscReal b[2]) {
  long double sum[2] = {0.0L, 0.0L};

  for (int corner = 0; corner < 4; ++corner) {
    const int i = corner & 1, j = corner >> 1;
    const long double u = (long double)x + (i ? 0.5L : -0.5L) * lx, v = (long double)y + (j ? 0.5L : -0.5L) * ly;
    const long double square = u * u + v * v, log_rho = square > 0.0L ? 0.5L * logl(square) : 0.0L, sign = (i + j) % 2 ? -1.0L : 1.0L;

    sum[0] += sign * (v * log_rho + (u != 0.0L ? u * atanl(v / u) : 0.0L));
    sum[1] += sign * (u * log_rho + (v != 0.0L ? v * atanl(u / v) : 0.0L));
  }
  for (int a = 0; a < 2; ++a) b[a] = (PetscReal)sum[a] * 0.25 / PETSC_PI;
}

/* Adds to p/(4pi) the integral over the height of the end from h0 to h1. */
static void add_ends(PetscReal x, PetscReal y, PetscReal lx, PetscReal ly, PetscReal h0, PetscReal h1, PetscReal p[2]) {
  const PetscReal dx = PetscMax(x - 0.5 * lx, 0.0), dy = PetscMax(y - 0.5 * ly, 0.0), middle = 0.5 * (h0 + h1);
  const int n = HfGaussOrder(PetscSqrtReal(dx * dx + dy * dy + middle * middle), h1 - h0);
  PetscReal at[HF_GAUSS_MOST], weight[HF_GAUSS_MOST];

  if (n > HF_GAUSS_MOST) {
    add_ends(x, y, lx, ly, h0, middle, p);
    add_ends(x, y, lx, ly, middle, h1, p);
    return;
  }
  HfGaussNodes(n, h1 - h0, at, weight);
  for (int k = 0; k < n; ++k) {
    const PetscReal h = middle + at[k];
    PetscReal H_x[3], H_y[3];

    HfOerstedCell(x, y, -0.5 * h, lx, ly, h, H_x, H_y);
    p[0] -= weight[k] * H_y[2]; /* x cross g and y cross g: g_y and -g_x */
    p[1] += weight[k] * H_x[2];
  }
}

void HfOerstedColumn(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal thickness, PetscBool film_side, PetscReal H[2]) {
  const PetscReal ax = PetscAbsReal(x), ay = PetscAbsReal(y);
  PetscReal g[2], p[2] = {0.0, 0.0};

  half_column(ax, ay, lx, ly, g);
  if (z > 0.0) {
    add_ends(ax, ay, lx, ly, z - 0.5 * thickness, z + 0.5 * thickness, p);
    for (int a = 0; a < 2; ++a) g[a] += (film_side ? 1.0 : -1.0) * p[a] / thickness;
  }
  H[0] = (y > 0.0 ? -1.0 : y < 0.0 ? 1.0 : 0.0) * g[1]; /* z cross g, g odd */
  H[1] = (x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0) * g[0];
}

typedef struct {
  PetscReal lx, ly, z, thickness, sign;
  PetscBool film_side;
} Column;

static PetscErrorCode column_field(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const Column *c = (const Column *)context;

  PetscFunctionBeginUser;
  HfOerstedColumn(x, y, c->z, c->lx, c->ly, c->thickness, c->film_side, K);
  for (int a = 0; a < 2; ++a) K[a] *= c->sign;
  PetscFunctionReturn(0);
}

PetscErrorCode HfLeadsCreate(HfGrid grid, const HfOerstedGeometry *geometry, PetscBool local, HfConvolution *leads) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal from = geometry->leads == HF_LEADS_ABOVE ? 1.0 : -1.0;
  Column column = {.lx = g->dx,
                   .ly = g->dy,
                   .z = local ? 0.0 : geometry->gap + 0.5 * (geometry->thickness + g->thickness),
                   .thickness = geometry->thickness,
                   .sign = -from, /* current into the gold flows down from above */
                   .film_side = (PetscBool)(from != geometry->side)};

  PetscFunctionBeginUser;
  PetscCall(HfConvolutionCreate(grid, HF_CONVOLUTION_DOUBLE, 2, 1, column_field, &column, leads));
  PetscFunctionReturn(0);
}

PetscErrorCode HfLeadsAdd(HfGrid grid, HfConvolution leads, Vec j_z, Vec H) {
  PetscScalar *to;
  const PetscScalar *from;
  PetscInt n;
  Vec field;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(grid, 2, &field));
  PetscCall(HfConvolutionApply(leads, j_z, field));
  PetscCall(VecGetLocalSize(field, &n));
  PetscCall(VecGetArrayRead(field, &from));
  PetscCall(VecGetArray(H, &to));
  for (PetscInt cell = 0; cell < n / 2; ++cell)
    for (int a = 0; a < 2; ++a) to[3 * cell + a] += from[2 * cell + a];
  PetscCall(VecRestoreArray(H, &to));
  PetscCall(VecRestoreArrayRead(field, &from));
  PetscCall(VecDestroy(&field));
  PetscFunctionReturn(0);
}
