/* Gauss-Legendre quadrature of low order, exact to round-off where its integrand is smooth. The nodes are a table: PetscDTGaussQuadrature() computes them
   at every call, which takes 50 (order 2) to 900 times (order 10) as long (PETSc 3.18), and the kernels of cell.c and leads.c need them several times
   for every displacement on the grid. */
#include "oersted_impl.h"

/* Gauss-Legendre nodes >= 0 and weights on [-1,1], order 1 to HF_GAUSS_MOST. */
static const PetscReal gauss[HF_GAUSS_MOST + 1][5][2] = {
    {{0.0, 0.0}},
    {{0.0, 2.0}},
    {{0.577350269189625765, 1.0}},
    {{0.774596669241483377, 0.555555555555555556}, {0.0, 0.888888888888888889}},
    {{0.861136311594052575, 0.347854845137453857}, {0.339981043584856265, 0.652145154862546143}},
    {{0.906179845938663993, 0.236926885056189088}, {0.538469310105683091, 0.478628670499366468}, {0.0, 0.568888888888888889}},
    {{0.932469514203152028, 0.171324492379170345}, {0.661209386466264514, 0.360761573048138608}, {0.238619186083196909, 0.467913934572691047}},
    {{0.949107912342758525, 0.129484966168869693},
     {0.741531185599394440, 0.279705391489276668},
     {0.405845151377397167, 0.381830050505118945},
     {0.0, 0.417959183673469388}},
    {{0.960289856497536232, 0.101228536290376259},
     {0.796666477413626740, 0.222381034453374471},
     {0.525532409916328986, 0.313706645877887287},
     {0.183434642495649805, 0.362683783378361983}},
    {{0.968160239507626090, 0.081274388361574412},
     {0.836031107326635794, 0.180648160694857404},
     {0.613371432700590397, 0.260610696402935462},
     {0.324253423403808929, 0.312347077040002840},
     {0.0, 0.330239355001259763}},
    {{0.973906528517171720, 0.066671344308688138},
     {0.865063366688984511, 0.149451349150580593},
     {0.679409568299024406, 0.219086362515982044},
     {0.433395394129247191, 0.269266719309996355},
     {0.148874338981631211, 0.295524224714752870}},
};

void HfGaussNodes(int n, PetscReal l, PetscReal at[], PetscReal weight[]) {
  for (int k = 0; k < (n + 1) / 2; ++k) {
    at[k] = -0.5 * l * gauss[n][k][0];
    at[n - 1 - k] = 0.5 * l * gauss[n][k][0];
    weight[k] = weight[n - 1 - k] = 0.5 * l * gauss[n][k][1];
  }
}

/* The error falls as rho^(-2n), rho + 1/rho = 2 (2d/l). */
int HfGaussOrder(PetscReal d, PetscReal l) {
  const PetscReal a = 2.0 * d / l;
  const PetscReal rho = a > 1.0 ? a + PetscSqrtReal(a * a - 1.0) : 1.0;
  PetscReal error = 1.0;
  int n = 0;

  while (error > 1e-14 && n <= HF_GAUSS_MOST) {
    error /= rho * rho;
    ++n;
  }
  return n;
}
