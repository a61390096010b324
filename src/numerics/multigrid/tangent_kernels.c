/* The tangential system of each cell, (g + beta u x - P K P) x = y with x and y tangent to u: its inverse, and Gauss-Seidel with it. The hot loops of the
   cycle; n is a multiple of HF_LANES.

   In the tangent plane P K P = l P + w w^T, where l is the smaller one of its eigenvalues. With g' = g - l the inverse of a 2 x 2 matrix gives
     x = [(g' - w.w) y - beta u x y + w (w.y)]/det,   det = g'^2 + beta^2 - g' w.w
   inverse: (g' - w.w)/det, beta/det and, with K, 1/det, w. An unstable state can make det small or negative: its magnitude is kept above a part of
   g'^2 + beta^2. */
#include "tangent_multigrid_impl.h"
#include <float.h>

#define DET_FLOOR   1e-3F                             /* of |det| relative to g'^2 + beta^2 */
#define MULTIPLE(n) ((n) & ~(PetscInt)(HF_LANES - 1)) /* n, as the compiler has to know it */

static inline float reciprocal(float det, float square) {
  const float least = DET_FLOOR * square + FLT_MIN;
  return 1 / (fabsf(det) > least ? det : least);
}

HF_KERNEL void HfTangentInvert(PetscInt n, float turn, float damp, const float *restrict couplings, const float *restrict t, const float *restrict d,
                               const float *restrict along, float *restrict inverse) {
  float *restrict i0 = inverse, *restrict i1 = inverse + n;

  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float g = couplings[k] + along[k] + damp * d[k], beta = turn * t[k], square = g * g + beta * beta;
    const float scale = reciprocal(square, square);
    i0[k] = g * scale;
    i1[k] = beta * scale;
  }
}

HF_KERNEL void HfTangentInvertTensor(PetscInt n, float turn, float damp, const float *restrict couplings, const float *restrict t,
                                     const float *restrict d, const float *restrict along, const float *restrict u, const float *restrict K,
                                     float *restrict inverse) {
  const float *restrict xx = K, *restrict xy = K + n, *restrict xz = K + 2 * n, *restrict yy = K + 3 * n, *restrict yz = K + 4 * n,
                        *restrict zz = K + 5 * n;
  float *restrict i0 = inverse, *restrict i1 = inverse + n, *restrict i2 = inverse + 2 * n, *restrict wx = inverse + 3 * n,
                  *restrict wy = inverse + 4 * n, *restrict wz = inverse + 5 * n;

  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    /* e, f: a basis of the tangent plane that is smooth but for the sign of u_z (Duff et al., J. Comput. Graph. Tech. 6, 1 (2017)) */
    const float ux = u[k], uy = u[n + k], uz = u[2 * n + k], sign = uz < 0 ? -1.0F : 1.0F, a = -1 / (sign + uz), c = ux * uy * a;
    const float ex = 1 + sign * ux * ux * a, ey = sign * c, ez = -sign * ux, fx = c, fy = sign + uy * uy * a, fz = -uy;
    const float kx = xx[k] * ex + xy[k] * ey + xz[k] * ez, ky = xy[k] * ex + yy[k] * ey + yz[k] * ez, kz = xz[k] * ex + yz[k] * ey + zz[k] * ez;
    const float lx = xx[k] * fx + xy[k] * fy + xz[k] * fz, ly = xy[k] * fx + yy[k] * fy + yz[k] * fz, lz = xz[k] * fx + yz[k] * fy + zz[k] * fz;
    const float ee = ex * kx + ey * ky + ez * kz, ef = fx * kx + fy * ky + fz * kz, ff = fx * lx + fy * ly + fz * lz;
    const float half = 0.5F * (ee - ff), radius = sqrtf(half * half + ef * ef), p = sqrtf(fabsf(radius + half)), size = sqrtf(fabsf(radius - half)),
                q = ef < 0 ? -size : size;
    const float ww = 2 * radius, g = couplings[k] + along[k] + damp * d[k] - 0.5F * (ee + ff) + radius, beta = turn * t[k];
    const float square = g * g + beta * beta, scale = reciprocal(square - g * ww, square);

    i0[k] = (g - ww) * scale;
    i1[k] = beta * scale;
    i2[k] = scale;
    wx[k] = p * ex + q * fx;
    wy[k] = p * ey + q * fy;
    wz[k] = p * ez + q * fz;
  }
}

/* x = D^-1 y of cell k; a macro, so that every loop is compiled for its instruction set. */
#define INVERT(yx, yy, yz)                                                                                                                           \
  {                                                                                                                                                  \
    const float i0 = inverse[k], i1 = inverse[n + k];                                                                                                \
    float rx = i0 * (yx)-i1 * (uy * (yz)-uz * (yy)), ry = i0 * (yy)-i1 * (uz * (yx)-ux * (yz)), rz = i0 * (yz)-i1 * (ux * (yy)-uy * (yx));           \
    if (tensor) {                                                                                                                                    \
      const float wx = inverse[3 * n + k], wy = inverse[4 * n + k], wz = inverse[5 * n + k];                                                         \
      const float w = inverse[2 * n + k] * (wx * (yx) + wy * (yy) + wz * (yz));                                                                      \
      rx += w * wx;                                                                                                                                  \
      ry += w * wy;                                                                                                                                  \
      rz += w * wz;                                                                                                                                  \
    }                                                                                                                                                \
    x[k] = rx;                                                                                                                                       \
    x[n + k] = ry;                                                                                                                                   \
    x[2 * n + k] = rz;                                                                                                                               \
  }

static inline __attribute__((always_inline)) void solve(PetscInt n, const PetscBool tensor, const float *restrict u, const float *restrict inverse,
                                                        const float *restrict y, float *restrict x) {
  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float ux = u[k], uy = u[n + k], uz = u[2 * n + k];
    INVERT(y[k], y[n + k], y[2 * n + k])
  }
}

HF_KERNEL void HfTangentSolve(PetscInt n, PetscBool tensor, const float *restrict u, const float *restrict inverse, const float *restrict y,
                              float *restrict x) {
  if (tensor)
    solve(n, PETSC_TRUE, u, inverse, y, x);
  else
    solve(n, PETSC_FALSE, u, inverse, y, x);
}

#define SIDES                                                                                                                                        \
  const float *restrict fw = s->f[HF_WEST], *restrict fe = s->f[HF_EAST], *restrict fs = s->f[HF_SOUTH], *restrict fn = s->f[HF_NORTH];              \
  const float *restrict xw = s->x[HF_WEST], *restrict xe = s->x[HF_EAST], *restrict xs = s->x[HF_SOUTH], *restrict xn = s->x[HF_NORTH]
#define NEIGHBOURS(c) (fw[k] * xw[(c)*n + k] + fe[k] * xe[(c)*n + k] + fs[k] * xs[(c)*n + k] + fn[k] * xn[(c)*n + k])

static inline __attribute__((always_inline)) void smooth(PetscInt n, const PetscBool tensor, const HfTangentSides *s, const float *restrict u,
                                                         const float *restrict inverse, const float *restrict b, float *restrict x) {
  SIDES;

  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float ux = u[k], uy = u[n + k], uz = u[2 * n + k], sx = NEIGHBOURS(0), sy = NEIGHBOURS(1), sz = NEIGHBOURS(2);
    const float us = ux * sx + uy * sy + uz * sz, yx = b[k] + sx - us * ux, yy = b[n + k] + sy - us * uy, yz = b[2 * n + k] + sz - us * uz;
    INVERT(yx, yy, yz)
  }
}

HF_KERNEL void HfTangentSmooth(PetscInt n, PetscBool tensor, const HfTangentSides *sides, const float *restrict u, const float *restrict inverse,
                               const float *restrict b, float *restrict x) {
  if (tensor)
    smooth(n, PETSC_TRUE, sides, u, inverse, b, x);
  else
    smooth(n, PETSC_FALSE, sides, u, inverse, b, x);
}

HF_KERNEL void HfTangentCoupled(PetscInt n, const HfTangentSides *s, const float *restrict u, float *restrict r) {
  SIDES;

  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float ux = u[k], uy = u[n + k], uz = u[2 * n + k], sx = NEIGHBOURS(0), sy = NEIGHBOURS(1), sz = NEIGHBOURS(2);
    const float us = ux * sx + uy * sy + uz * sz;
    r[k] = sx - us * ux;
    r[n + k] = sy - us * uy;
    r[2 * n + k] = sz - us * uz;
  }
}
