/* Rows on their way between the caller's interleaved doubles, the two colours of a row, and the next level: passes over a row that stays in the cache. */
#include "tangent_multigrid_impl.h"
#include <float.h>

#define MULTIPLE(n) ((n) & ~(PetscInt)(HF_LANES - 1)) /* n, as the compiler has to know it */

/* Interleaved doubles are read and written in pieces of so many pairs, which stay in the first cache between the steps. */
enum { PIECE = 128 };

HF_KERNEL void HfTangentSplit(PetscInt nx, PetscInt n, const PetscReal *restrict a, const float *restrict w_even, const float *restrict w_odd,
                              float *restrict even, float *restrict odd) {
  float joined[6 * PIECE], row[3][2 * PIECE];

  for (PetscInt first = 0; first < n; first += PIECE) {
    const PetscInt pairs = PetscMin(PIECE, n - first), numbers = PetscMin(6 * pairs, 3 * nx - 6 * first);
    const PetscReal *restrict from = a + 6 * first;

    HF_CELLS
    for (PetscInt i = 0; i < numbers; ++i) joined[i] = (float)from[i];
    for (PetscInt i = PetscMax(0, numbers); i < 6 * pairs; ++i) joined[i] = 0;
    HF_CELLS
    for (PetscInt i = 0; i < 2 * MULTIPLE(pairs); ++i) {
      row[0][i] = joined[3 * i];
      row[1][i] = joined[3 * i + 1];
      row[2][i] = joined[3 * i + 2];
    }
    for (int c = 0; c < 3; ++c) {
      const float *restrict p = row[c], *restrict v = w_even + first, *restrict w = w_odd + first;
      float *restrict e = even + c * n + first, *restrict o = odd + c * n + first;

      HF_CELLS
      for (PetscInt k = 0; k < MULTIPLE(pairs); ++k) {
        e[k] = v[k] * p[2 * k];
        o[k] = w[k] * p[2 * k + 1];
      }
    }
  }
}

HF_KERNEL void HfTangentSplitScalar(PetscInt nx, PetscInt n, const PetscReal *restrict a, const float *restrict w_even, const float *restrict w_odd,
                                    float *restrict even, float *restrict odd) {
  float row[2 * PIECE];

  for (PetscInt first = 0; first < n; first += PIECE) {
    const PetscInt pairs = PetscMin(PIECE, n - first), numbers = PetscMin(2 * pairs, nx - 2 * first);
    const PetscReal *restrict from = a + 2 * first;
    const float *restrict v = w_even + first, *restrict w = w_odd + first;
    float *restrict e = even + first, *restrict o = odd + first;

    HF_CELLS
    for (PetscInt i = 0; i < numbers; ++i) row[i] = (float)from[i];
    for (PetscInt i = PetscMax(0, numbers); i < 2 * pairs; ++i) row[i] = 0;
    HF_CELLS
    for (PetscInt k = 0; k < MULTIPLE(pairs); ++k) {
      e[k] = v[k] * row[2 * k];
      o[k] = w[k] * row[2 * k + 1];
    }
  }
}

HF_KERNEL void HfTangentJoin(PetscInt nx, PetscInt n, const float *restrict even, const float *restrict odd, PetscReal *restrict a) {
  float joined[6 * PIECE], row[3][2 * PIECE];

  for (PetscInt first = 0; first < n; first += PIECE) {
    const PetscInt pairs = PetscMin(PIECE, n - first), numbers = PetscMin(6 * pairs, 3 * nx - 6 * first);
    PetscReal *restrict to = a + 6 * first;

    for (int c = 0; c < 3; ++c) {
      const float *restrict e = even + c * n + first, *restrict o = odd + c * n + first;
      float *restrict p = row[c];

      HF_CELLS
      for (PetscInt k = 0; k < MULTIPLE(pairs); ++k) {
        p[2 * k] = e[k];
        p[2 * k + 1] = o[k];
      }
    }
    HF_CELLS
    for (PetscInt i = 0; i < 2 * MULTIPLE(pairs); ++i) {
      joined[3 * i] = row[0][i];
      joined[3 * i + 1] = row[1][i];
      joined[3 * i + 2] = row[2][i];
    }
    HF_CELLS
    for (PetscInt i = 0; i < numbers; ++i) to[i] = joined[i];
  }
}

HF_KERNEL void HfTangentInterleave(PetscInt n, int components, const float *restrict even, const float *restrict odd, float *restrict out) {
  for (int c = 0; c < components; ++c) {
    const float *restrict p = even + c * n, *restrict q = odd + c * n;
    float *restrict to = out + c * 2 * n;

    HF_CELLS
    for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
      to[2 * k] = p[k];
      to[2 * k + 1] = q[k];
    }
  }
}

HF_KERNEL void HfTangentRestrict(PetscInt n, PetscInt fine, const float *restrict low, const float *restrict high, const float *restrict u_even,
                                 const float *restrict u_odd, float *restrict even, float *restrict odd) {
  const float *restrict a = low, *restrict b = low + fine, *restrict c = low + 2 * fine;
  const float *restrict d = high, *restrict e = high + fine, *restrict f = high + 2 * fine;

  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float px = a[2 * k] + d[2 * k], qx = a[2 * k + 1] + d[2 * k + 1], py = b[2 * k] + e[2 * k], qy = b[2 * k + 1] + e[2 * k + 1],
                pz = c[2 * k] + f[2 * k], qz = c[2 * k + 1] + f[2 * k + 1];
    const float up = u_even[k] * px + u_even[n + k] * py + u_even[2 * n + k] * pz, uq = u_odd[k] * qx + u_odd[n + k] * qy + u_odd[2 * n + k] * qz;

    even[k] = px - up * u_even[k];
    even[n + k] = py - up * u_even[n + k];
    even[2 * n + k] = pz - up * u_even[2 * n + k];
    odd[k] = qx - uq * u_odd[k];
    odd[n + k] = qy - uq * u_odd[n + k];
    odd[2 * n + k] = qz - uq * u_odd[2 * n + k];
  }
}

/* Bilinear, 9/16 of the parent, 3/16 of the two cells beside it on this side, 1/16 of the one across; void ones, in which x is zero, count as the parent.
   The tangential part by |u|^2 t - (u.t) u, which is zero where u is: in void cells. */
HF_KERNEL void HfTangentProlong(PetscInt n, PetscInt coarse, int side, const float *restrict parent, const float *restrict other,
                                const float *restrict film_parent, const float *restrict film_other, const float *restrict u, const float *restrict x,
                                float *restrict out) {
  const PetscInt d = side ? 1 : -1;

#define CORRECTION(c)                                                                                                                                \
  (0.0625F * (weight * parent[(c)*coarse + k] + 3 * (other[(c)*coarse + k] + parent[(c)*coarse + k + d]) + other[(c)*coarse + k + d]))
  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float weight = 16 - 3 * (film_other[k] + film_parent[k + d]) - film_other[k + d];
    const float tx = CORRECTION(0), ty = CORRECTION(1), tz = CORRECTION(2), ux = u[k], uy = u[n + k], uz = u[2 * n + k];
    const float along = ux * tx + uy * ty + uz * tz, square = ux * ux + uy * uy + uz * uz;

    out[k] = x[k] + square * tx - along * ux;
    out[n + k] = x[n + k] + square * ty - along * uy;
    out[2 * n + k] = x[2 * n + k] + square * tz - along * uz;
  }
}

HF_KERNEL void HfTangentSum(PetscInt n, PetscInt stride, const float *restrict weight, const float *restrict u, const float *restrict along,
                            float *restrict sum) {
  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    sum[k] += weight[k] * u[k];
    sum[stride + k] += weight[k] * u[n + k];
    sum[2 * stride + k] += weight[k] * u[2 * n + k];
    sum[3 * stride + k] += along[k];
  }
}

HF_KERNEL void HfTangentSquare(PetscInt n, const float *restrict weight, const float *restrict q, float *restrict Q) {
  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float v = weight[k], x = q[k], y = q[n + k], z = q[2 * n + k];

    Q[k] = v * x * x;
    Q[n + k] = v * x * y;
    Q[2 * n + k] = v * x * z;
    Q[3 * n + k] = v * y * y;
    Q[4 * n + k] = v * y * z;
    Q[5 * n + k] = v * z * z;
  }
}

HF_KERNEL void HfTangentSumTensor(PetscInt n, PetscInt stride, const float *restrict Q, float *restrict sum) {
  for (int c = 0; c < 6; ++c) {
    const float *restrict from = Q + c * n;
    float *restrict to = sum + c * stride;

    HF_CELLS
    for (PetscInt k = 0; k < MULTIPLE(n); ++k) to[k] += from[k];
  }
}

HF_KERNEL void HfTangentAdd(PetscInt n, const float *restrict a, const float *restrict b, float *restrict to) {
  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) to[k] = a[k] + b[k];
}

HF_KERNEL void HfTangentTakeTensor(PetscInt n, PetscInt stride, int side, const float *restrict sum, float *restrict Q) {
  for (int c = 0; c < 6; ++c) {
    const float *restrict from = sum + c * stride + side;
    float *restrict to = Q + c * n;

    HF_CELLS
    for (PetscInt k = 0; k < MULTIPLE(n); ++k) to[k] = from[2 * k];
  }
}

/* Where the sum is too short to have a direction, u is z. */
HF_KERNEL void HfTangentAverage(PetscInt n, PetscInt stride, int side, const float *restrict sum, const float *restrict weight, float *restrict u,
                                float *restrict along) {
  const float *restrict x = sum + side, *restrict y = sum + stride + side, *restrict z = sum + 2 * stride + side,
                        *restrict h = sum + 3 * stride + side;

  HF_CELLS
  for (PetscInt k = 0; k < MULTIPLE(n); ++k) {
    const float sx = x[2 * k], sy = y[2 * k], sz = z[2 * k], square = sx * sx + sy * sy + sz * sz;
    const PetscBool film = weight[k] > 0, known = square > 1e-8F * weight[k] * weight[k];
    const float scale = known ? 1 / sqrtf(square + FLT_MIN) : 0;

    u[k] = scale * sx;
    u[n + k] = scale * sy;
    u[2 * n + k] = known ? scale * sz : film ? 1.0F : 0.0F;
    along[k] = h[2 * k];
  }
}
