/* Demagnetizing tensor of rectangular cells, averaged over the cell that feels the field (Newell, Williams, Dunlop 1993):

     N_ab(r) = -(1/4 pi V) int int d_a d_b 1/|r + u - v| d^3u d^3v        over both cells of volume V = lx ly lz

   Near: the sextuple integral in closed form is a second difference, with the weights -1, 2, -1 along each axis, of
     f(x,y,z) = y (z^2 - x^2)/2 asinh(y/sqrt(x^2+z^2)) + z (y^2 - x^2)/2 asinh(z/sqrt(x^2+y^2)) - x y z atan(y z/(x R)) + (2x^2 - y^2 - z^2) R/6
   for xx (yy and zz by permutation) and, for xy, of
     g(x,y,z) = x y z asinh(z/sqrt(x^2+y^2)) + y (3z^2 - y^2)/6 asinh(x/sqrt(y^2+z^2)) + x (3z^2 - x^2)/6 asinh(y/sqrt(x^2+z^2))
                - z^3/6 atan(x y/(z R)) - z y^2/2 atan(x z/(y R)) - z x^2/2 atan(y z/(x R)) - x y R/3.
   f and g grow as R^3 while N falls as 1/R^3, so R^3/V times the round-off is lost: the sum is done in long double, and only where R^3 < FAR V.

   Far: only w = u - v enters, whose density along each axis is the triangle (1 - |w|/l)/l. So N is the mean of the point dipole's tensor
     (delta_ab r^2 - 3 r_a r_b) V/(4 pi r^5)
   over that density, by Gauss quadrature for this weight: n nodes along an axis leave a relative error of about (l/R)^(2n). */
#include "newell.h"

#define FAR       1e4
#define MAX_NODES 6

/* Nodes >= 0 and weights for (1 - |u|) on [-1,1]; 1 to MAX_NODES nodes. */
static const PetscReal triangle[MAX_NODES + 1][3][2] = {
    {{0.0, 0.0}},
    {{0.0, 1.0}},
    {{0.408248290463863016, 0.5}},
    {{0.632455532033675866, 0.208333333333333333}, {0.0, 0.583333333333333333}},
    {{0.750925143304447385, 0.0988663045798756268}, {0.262229842652747964, 0.401133695420124373}},
    {{0.821440599738381528, 0.0516582577654906218}, {0.449920352459841963, 0.23947324070545739}, {0.0, 0.417737003058103976}},
    {{0.865738294978819096, 0.0294965616553093465}, {0.576614808248487335, 0.147481233705272848}, {0.194263676775038892, 0.323022204639417805}},
};

typedef long double Long;

static Long safe_asinh(Long a, Long b) { return b > 0.0L ? asinhl(a / b) : 0.0L; } /* its factor is 0 where b is */
static Long safe_atan(Long a, Long b) { return b != 0.0L ? atanl(a / b) : 0.0L; }

static Long f(Long x, Long y, Long z) {
  const Long x2 = x * x, y2 = y * y, z2 = z * z, R = sqrtl(x2 + y2 + z2);
  return 0.5L * y * (z2 - x2) * safe_asinh(y, sqrtl(x2 + z2)) + 0.5L * z * (y2 - x2) * safe_asinh(z, sqrtl(x2 + y2)) -
         x * y * z * safe_atan(y * z, x * R) + (2.0L * x2 - y2 - z2) * R / 6.0L;
}

static Long g(Long x, Long y, Long z) {
  const Long x2 = x * x, y2 = y * y, z2 = z * z, R = sqrtl(x2 + y2 + z2);
  return x * y * z * safe_asinh(z, sqrtl(x2 + y2)) + y * (3.0L * z2 - y2) / 6.0L * safe_asinh(x, sqrtl(y2 + z2)) +
         x * (3.0L * z2 - x2) / 6.0L * safe_asinh(y, sqrtl(x2 + z2)) - z2 * z / 6.0L * safe_atan(x * y, z * R) -
         0.5L * z * y2 * safe_atan(x * z, y * R) - 0.5L * z * x2 * safe_atan(y * z, x * R) - x * y * R / 3.0L;
}

static void near(PetscReal x, PetscReal y, const PetscReal l[3], PetscReal N[4]) {
  static const Long weight[3] = {-1.0L, 2.0L, -1.0L};
  const Long scale = 1.0L / (4.0L * 3.141592653589793238462643L * l[0] * l[1] * l[2]);
  Long sum[4] = {0.0L, 0.0L, 0.0L, 0.0L};

  for (int i = -1; i <= 1; ++i)
    for (int j = -1; j <= 1; ++j)
      for (int k = 0; k <= 1; ++k) { /* even in z: k = -1 is k = 1 */
        const Long u = (Long)x + i * (Long)l[0], v = (Long)y + j * (Long)l[1], w = k * (Long)l[2];
        const Long factor = weight[i + 1] * weight[j + 1] * weight[k + 1] * (k ? 2.0L : 1.0L);
        sum[0] += factor * f(u, v, w);
        sum[1] += factor * g(u, v, w);
        sum[2] += factor * f(v, u, w);
        sum[3] += factor * f(w, v, u);
      }
  for (int a = 0; a < 4; ++a) N[a] = (PetscReal)(scale * sum[a]);
}

/* Number of nodes with which the relative error of N is below `wanted`; above MAX_NODES: none will do. */
static int nodes(PetscReal l_over_R, PetscReal wanted) {
  PetscReal error = 1.0;
  int n = 0;

  for (; error > wanted && n <= MAX_NODES; ++n) error *= l_over_R * l_over_R;
  return n;
}

/* Offsets and weights of n nodes along an axis of length l. */
static void spread(int n, PetscReal l, PetscReal at[], PetscReal weight[]) {
  for (int k = 0; k < (n + 1) / 2; ++k) {
    at[k] = -l * triangle[n][k][0];
    at[n - 1 - k] = l * triangle[n][k][0];
    weight[k] = weight[n - 1 - k] = triangle[n][k][1];
  }
}

/* False when the cells are too near for MAX_NODES nodes. */
static PetscBool far(PetscReal x, PetscReal y, const PetscReal l[3], PetscReal N[4]) {
  const PetscReal R2 = x * x + y * y, R = PetscSqrtReal(R2), V = l[0] * l[1] * l[2], dipole = V / (4.0 * PETSC_PI * R2 * R);
  const PetscReal wanted = 1e-17 / dipole; /* beside N = 1 of a cell in its own field: 1e7 of them stay below 1e-10 */
  PetscReal at[3][MAX_NODES], weight[3][MAX_NODES], sum[4] = {0.0, 0.0, 0.0, 0.0};
  int n[3];

  for (int a = 0; a < 3; ++a) {
    n[a] = nodes(l[a] / R, wanted);
    if (n[a] > MAX_NODES) return PETSC_FALSE;
    spread(n[a] ? n[a] : 1, l[a], at[a], weight[a]);
    if (!n[a]) n[a] = 1;
  }
  for (int k = 0; k < n[2]; ++k)
    for (int j = 0; j < n[1]; ++j)
      for (int i = 0; i < n[0]; ++i) {
        const PetscReal u = x + at[0][i], v = y + at[1][j], w = at[2][k], r2 = u * u + v * v + w * w;
        const PetscReal factor = weight[0][i] * weight[1][j] * weight[2][k] / (r2 * r2 * PetscSqrtReal(r2));
        sum[0] += factor * (r2 - 3.0 * u * u);
        sum[1] -= factor * 3.0 * u * v;
        sum[2] += factor * (r2 - 3.0 * v * v);
        sum[3] += factor * (r2 - 3.0 * w * w);
      }
  for (int a = 0; a < 4; ++a) N[a] = V / (4.0 * PETSC_PI) * sum[a];
  return PETSC_TRUE;
}

void HfNewell(PetscReal x, PetscReal y, PetscReal lx, PetscReal ly, PetscReal lz, PetscReal N[4]) {
  /* Lengths relative to the largest edge, so that no power of a length underflows; |x|, |y| so that the parities hold to the last bit. */
  const PetscReal scale = 1.0 / PetscMax(PetscMax(lx, ly), lz), l[3] = {scale * lx, scale * ly, scale * lz};
  const PetscReal u = scale * PetscAbsReal(x), v = scale * PetscAbsReal(y), R2 = u * u + v * v;

  if (!(R2 * PetscSqrtReal(R2) > FAR * l[0] * l[1] * l[2] && far(u, v, l, N))) near(u, v, l, N);
  if ((x < 0.0) != (y < 0.0)) N[1] = -N[1];
  if (x == 0.0 || y == 0.0) N[1] = 0.0;
}
