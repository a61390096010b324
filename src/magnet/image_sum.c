/* Demagnetizing tensor of a film that is periodic along x, y, or both: the sum over the images of a cell.

     N(d) = sum over |k| <= n, |l| <= n of N(d + (k Lx, l Ly))  +  the rest,       d reduced to the image nearest to the origin
   N: that of two cells (newell.c); k or l is 0 where the film is not periodic. Images further away count as dipoles spread evenly over the plane, or the line,
   that they fill: the rest is the integral, in closed form, of the dipole's tensor
     V/(4 pi Lx Ly) (delta_ab/r^3 - 3 r_a r_b/r^5)
   over all of it but the rectangle, or section, of the images summed. That is the midpoint rule, with its error of second order: that of H falls as
   (n + 1/2)^-4 with one periodic direction and (n + 1/2)^-3 with two, where a sum cut off falls as n^-2 and n^-1. Measured, tests/physics/magnet_periodic_demag.c:
   N_zz of an infinite film is off by less than 0.04 t/L (n + 1/2)^-3, t its thickness and L the longer period; with random m of a film with t/L = 1/16, H is off by
   3.3e-4, 7.7e-5, 1.3e-5 and 2e-6 Ms with n = 1, 2, 4, 8, and 1.9e-4, 2.4e-5, 2.3e-6 and 1.8e-7 Ms with one periodic direction.
   n counts the images along the longer side; along the shorter one they reach as far, and at least four times the thickness, so that cells beyond are dipoles. */
#include "newell.h"

struct HfImageSum_ {
  PetscInt columns, rows; /* displacements that differ: 0 .. columns-1 cells along x, the rest by symmetry */
  PetscInt n[2];          /* cells of a period, 0: not periodic */
  PetscReal cell[2];
  PetscReal (*N)[4];
};

/* Integrals over a half line from x > 0 on, at a distance y beside it, of the tensor xx, xy, yy, zz. */
static void half_line(PetscReal x, PetscReal y, PetscReal S[4]) {
  const PetscReal r = PetscSqrtReal(x * x + y * y), cube = r * r * r;

  S[0] = -x / cube;
  S[1] = -y / cube;
  S[3] = 1 / (r * (r + x));
  S[2] = -S[0] - S[3];
}

/* Those over the line outside of x1 < 0 .. x2 > 0. */
static void line(PetscReal x1, PetscReal x2, PetscReal y, PetscReal S[4]) {
  PetscReal left[4], right[4];

  half_line(-x1, y, left);
  half_line(x2, y, right);
  for (int c = 0; c < 4; ++c) S[c] = right[c] + (c == 1 ? -left[c] : left[c]);
}

/* Integral of x/r^3 over y from y1 to y2. */
static PetscReal side(PetscReal x, PetscReal y1, PetscReal y2) {
  return y2 / (x * PetscSqrtReal(x * x + y2 * y2)) - y1 / (x * PetscSqrtReal(x * x + y1 * y1));
}

/* Those over the plane outside of a rectangle around the origin. */
static void plane(const PetscReal x[2], const PetscReal y[2], PetscReal S[4]) {
  S[0] = side(x[0], y[0], y[1]) - side(x[1], y[0], y[1]);
  S[2] = side(y[0], x[0], x[1]) - side(y[1], x[0], x[1]);
  S[3] = -S[0] - S[2];
  S[1] = 0;
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b) S[1] += (a == b ? 1 : -1) / PetscSqrtReal(x[a] * x[a] + y[b] * y[b]);
}

/* N of a displacement, |x| and |y| at most half a period; that of the cell with itself is left out. */
static void add_images(const HfGridInfo *g, const PetscInt images[2], PetscReal x, PetscReal y, PetscReal factor, PetscReal sum[4]) {
  const PetscReal length[2] = {(PetscReal)g->nx * g->dx, (PetscReal)g->ny * g->dy}, dipole = g->dx * g->dy * g->thickness / (4 * PETSC_PI);
  PetscReal N[4], low[2], high[2], rest[4], density = dipole;

  for (PetscInt l = -images[1]; l <= images[1]; ++l)
    for (PetscInt k = -images[0]; k <= images[0]; ++k) {
      const PetscReal u = x + (PetscReal)k * length[0], v = y + (PetscReal)l * length[1];
      if (k == 0 && l == 0 && x == 0 && y == 0) continue;
      HfNewell(u, v, g->dx, g->dy, g->thickness, N);
      for (int c = 0; c < 4; ++c) sum[c] += factor * N[c];
    }
  for (int d = 0; d < 2; ++d) {
    const PetscReal at = d ? y : x, reach = ((PetscReal)images[d] + 0.5) * length[d];
    low[d] = at - reach;
    high[d] = at + reach;
    if (g->periodic[d]) density /= length[d];
  }
  if (g->periodic[0] && g->periodic[1])
    plane((PetscReal[]){low[0], high[0]}, (PetscReal[]){low[1], high[1]}, rest);
  else if (g->periodic[0])
    line(low[0], high[0], y, rest);
  else {
    PetscReal swapped;
    line(low[1], high[1], x, rest);
    swapped = rest[0];
    rest[0] = rest[2];
    rest[2] = swapped;
  }
  for (int c = 0; c < 4; ++c) sum[c] += factor * density * rest[c];
}

/* Half a period away there are two nearest images: the mean of both. */
static void add_symmetric(const HfGridInfo *g, const PetscInt images[2], PetscInt i, PetscInt j, PetscReal sum[4]) {
  const PetscBool two[2] = {(PetscBool)(g->periodic[0] && 2 * i == g->nx), (PetscBool)(g->periodic[1] && 2 * j == g->ny)};
  const PetscReal x = (PetscReal)i * g->dx, y = (PetscReal)j * g->dy, factor = 1 / (PetscReal)((1 + two[0]) * (1 + two[1]));

  for (int b = 0; b <= (int)two[1]; ++b)
    for (int a = 0; a <= (int)two[0]; ++a) add_images(g, images, a ? -x : x, b ? -y : y, factor, sum);
}

PetscErrorCode HfImageSumCreate(HfGrid grid, PetscInt least, HfImageSum *out) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const PetscReal length[2] = {(PetscReal)g->nx * g->dx, (PetscReal)g->ny * g->dy};
  PetscInt images[2] = {0, 0};
  PetscReal reach = 4 * g->thickness;
  HfImageSum sum;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&sum));
  *out = sum;
  sum->cell[0] = g->dx;
  sum->cell[1] = g->dy;
  for (int d = 0; d < 2; ++d)
    if (g->periodic[d]) reach = PetscMax(reach, (PetscReal)least * length[d]);
  for (int d = 0; d < 2; ++d) {
    sum->n[d] = g->periodic[d] ? (d ? g->ny : g->nx) : 0;
    if (g->periodic[d]) images[d] = (PetscInt)ceil(reach / length[d] - 1e-9);
  }
  sum->columns = sum->n[0] ? sum->n[0] / 2 + 1 : g->nx;
  sum->rows = sum->n[1] ? sum->n[1] / 2 + 1 : g->ny;
  PetscCall(PetscCalloc1(sum->columns * sum->rows, &sum->N));
  for (PetscInt k = g->rank; k < sum->columns * sum->rows; k += g->size) /* each rank a part of them, the same whichever rank it is */
    add_symmetric(g, images, k % sum->columns, k / sum->columns, sum->N[k]);
  for (PetscInt j = 0; j < sum->rows && g->size > 1; ++j) /* row by row: no count beyond an int */
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sum->N[j * sum->columns], (PetscMPIInt)(4 * sum->columns), MPIU_REAL, MPI_SUM, HfGridComm(grid)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfImageSumDestroy(HfImageSum *sum) {
  PetscFunctionBeginUser;
  if (!*sum) PetscFunctionReturn(0);
  PetscCall(PetscFree((*sum)->N));
  PetscCall(PetscFree(*sum));
  PetscFunctionReturn(0);
}

void HfImageSumAt(HfImageSum sum, PetscReal x, PetscReal y, PetscReal N[4]) {
  const PetscReal at[2] = {x, y};
  PetscReal sign = 1;
  PetscInt place[2];

  for (int d = 0; d < 2; ++d) {
    PetscInt k = (PetscInt)round(at[d] / sum->cell[d]);

    if (sum->n[d]) {
      k %= sum->n[d];
      if (2 * k > sum->n[d]) k -= sum->n[d];
      if (2 * k <= -sum->n[d]) k += sum->n[d];
      if (2 * k == sum->n[d]) sign = 0; /* N_xy is odd, and the same on both sides of the period */
    }
    if (k < 0) sign = -sign;
    if (k == 0) sign = 0;
    place[d] = PetscAbsInt(k);
  }
  for (int c = 0; c < 4; ++c) N[c] = (c == 1 ? sign : 1) * sum->N[place[1] * sum->columns + place[0]][c];
}
