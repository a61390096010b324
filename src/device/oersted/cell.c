/* Field of one rectangular cell of uniform unit current density,
     H = (1/4pi) j x g,   g = int_cell R / |R|^3 d^3r',   R = r - r',
   where g is the attraction of a homogeneous prism. With u, v, w the components of R, summed over the eight corners with alternating signs:
     g_x = -[[[ v ln(w + |R|) + w ln(v + |R|) - u atan(v w / (u |R|)) ]]]         and cyclic
   (Nagy 1966; Nagy, Papp and Benedek 2000). ln(w + |R|) is written asinh(w / sqrt(u^2 + v^2)): the two differ by a function of u and v alone,
   which cancels in the sum over the corners, and asinh loses no digits for w < 0. The product of 0 and an undefined asinh or atan is 0.

   The terms of the corners are of size |R| and their sum of size lx ly lz / |R|^2: far away a factor |R|^3 / (lx ly lz) of the precision is lost. The corners
   are therefore summed in long double, and beyond |R|^3 = FAR lx ly lz a Gauss quadrature is used, whose order along each axis depends on the distance
   to the singularity. Both agree to about 1e-13 at that distance. */
#include "oersted_impl.h"

#define FAR 1000.0

static PetscReal gap(PetscReal x, PetscReal l) { return PetscMax(x - 0.5 * l, 0.0); }

/* x, y, z >= 0. False when the cell is too near for the orders of gauss.c. */
static PetscBool far_field(const PetscReal r[3], const PetscReal l[3], PetscReal g[3]) {
  PetscReal at[3][HF_GAUSS_MOST], weight[3][HF_GAUSS_MOST];
  int n[3];

  for (int a = 0; a < 3; ++a) {
    const int b = (a + 1) % 3, c = (a + 2) % 3;
    const PetscReal v = gap(r[b], l[b]), w = gap(r[c], l[c]);
    n[a] = HfGaussOrder(PetscSqrtReal(r[a] * r[a] + v * v + w * w), l[a]);
    if (n[a] > HF_GAUSS_MOST) return PETSC_FALSE;
    HfGaussNodes(n[a], l[a], at[a], weight[a]);
  }
  g[0] = g[1] = g[2] = 0.0;
  for (int k = 0; k < n[2]; ++k) {
    const PetscReal w = r[2] - at[2][k];
    for (int j = 0; j < n[1]; ++j) {
      const PetscReal v = r[1] - at[1][j], vw2 = v * v + w * w, weight_vw = weight[1][j] * weight[2][k];
      PetscReal sum = 0.0, sum_u = 0.0;
      for (int i = 0; i < n[0]; ++i) {
        const PetscReal u = r[0] - at[0][i], s = u * u + vw2;
        const PetscReal f = weight[0][i] / (s * PetscSqrtReal(s));
        sum += f;
        sum_u += u * f;
      }
      g[0] += weight_vw * sum_u;
      g[1] += weight_vw * v * sum;
      g[2] += weight_vw * w * sum;
    }
  }
  return PETSC_TRUE;
}

static long double asinh_ratio(long double a, long double b) { return b > 0.0L ? asinhl(a / b) : 0.0L; }
static long double u_atan(long double u, long double vw, long double distance) { return u != 0.0L ? u * atanl(vw / (u * distance)) : 0.0L; }

static void near_field(const PetscReal r[3], const PetscReal l[3], PetscReal g[3]) {
  long double sum[3] = {0.0L, 0.0L, 0.0L};

  for (int corner = 0; corner < 8; ++corner) {
    const int i = corner & 1, j = corner >> 1 & 1, k = corner >> 2;
    const long double u = (long double)r[0] + (i ? 0.5L : -0.5L) * l[0], v = (long double)r[1] + (j ? 0.5L : -0.5L) * l[1],
                      w = (long double)r[2] + (k ? 0.5L : -0.5L) * l[2];
    const long double distance = sqrtl(u * u + v * v + w * w);
    const long double log_u = asinh_ratio(u, sqrtl(v * v + w * w)), log_v = asinh_ratio(v, sqrtl(u * u + w * w)),
                      log_w = asinh_ratio(w, sqrtl(u * u + v * v));
    const long double sign = (i + j + k) % 2 ? -1.0L : 1.0L; /* that of the corner (+,+,+), i + j + k = 3, is minus */

    sum[0] += sign * (v * log_w + w * log_v - u_atan(u, v * w, distance));
    sum[1] += sign * (w * log_u + u * log_w - u_atan(v, w * u, distance));
    sum[2] += sign * (u * log_v + v * log_u - u_atan(w, u * v, distance));
  }
  for (int a = 0; a < 3; ++a) g[a] = (PetscReal)sum[a];
}

void HfOerstedCell(PetscReal x, PetscReal y, PetscReal z, PetscReal lx, PetscReal ly, PetscReal lz, PetscReal H_x[3], PetscReal H_y[3]) {
  const PetscReal displacement[3] = {x, y, z}, l[3] = {lx, ly, lz}, r[3] = {PetscAbsReal(x), PetscAbsReal(y), PetscAbsReal(z)};
  const PetscReal s = x * x + y * y + z * z;
  PetscReal g[3];

  if (!(s * PetscSqrtReal(s) > FAR * lx * ly * lz && far_field(r, l, g))) near_field(r, l, g);
  /* g_a is odd in a and even in the others, to the last bit */
  for (int a = 0; a < 3; ++a) g[a] *= displacement[a] > 0.0 ? 0.25 / PETSC_PI : displacement[a] < 0.0 ? -0.25 / PETSC_PI : 0.0;
  H_x[0] = 0.0; /* x cross g */
  H_x[1] = -g[2];
  H_x[2] = g[1];
  H_y[0] = g[2]; /* y cross g */
  H_y[1] = 0.0;
  H_y[2] = -g[0];
}
