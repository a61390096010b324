/* The reduced model: known exponentials are recovered, and Eq. (3) is the potential of Eq. (2). */
#include "hf_test.h"
#include <hopfilm/network.h>

enum { PAIRS = 4, TIMES = 81 };

/* Gaussian noise of 5 % of the change on 4 x 81 samples with tau = 7.9 ns. The error of tau is about noise x tau / sqrt(samples in the first
   few tau) ~ 0.05 x 7.9 / sqrt(60) = 0.05 ns, and the noise of each trace's own start adds a few times that; the residual is the noise. */
static void test_fit_recovers_tau(void **state) {
  const double tau = 7.9e-9, start[PAIRS] = {-0.066, -0.067, -0.041, -0.046}, change[PAIRS] = {2e-3, 2.1e-3, -1.9e-3, -2e-3};
  double times[TIMES], traces[PAIRS * TIMES], model[PAIRS * TIMES], g[1];
  HfOjaFitResult result;
  for (int noisy = 0; noisy < 2; ++noisy) {
    for (int k = 0; k < PAIRS; ++k)
      for (int t = 0; t < TIMES; ++t) {
        times[t] = 30e-9 + t * 1e-9; /* a pulse that begins late in the run */
        HfRandomNormal(1, HF_STREAM_TEST, k, t, 1, g);
        traces[k * TIMES + t] = start[k] + change[k] * (1 - exp(-t * 1e-9 / tau) + (noisy && t ? 0.05 * g[0] : 0));
      }
    CHECK(HfOjaFit(PAIRS, TIMES, times, traces, model, &result));
    ASSERT_NEAR(result.tau, tau, noisy ? 0.25e-9 : 1e-11 * tau);
    ASSERT_NEAR(result.rms, noisy ? 0.05 : 0.0, noisy ? 0.006 : 1e-8);
    /* variance of 1 - exp(-t/tau) over 0..80 ns is 0.0397: R^2 = 1 - 0.0025/0.0422 with the noise */
    ASSERT_NEAR(result.r_squared, noisy ? 0.941 : 1.0, noisy ? 0.015 : 1e-12);
    for (int k = 0; k < PAIRS; ++k)
      for (int t = 0; t < TIMES; ++t) ASSERT_NEAR(model[k * TIMES + t], traces[k * TIMES + t], noisy ? 0.25 * fabs(change[k]) : 1e-9);
  }
}

/* dC/dG_ij = -[V_i V_j - 2 alpha (G_ij - Gavg)] for every single entry (Niu et al. 2024, between Eqs. 2 and 3). */
static void test_cost_is_the_potential(void **state) {
  const double V[3] = {0.7, -0.7, 0.7};
  double G[9] = {0, -0.06, -0.05, -0.063, 0, -0.055, -0.048, -0.06, 0}, G_min[9], G_max[9];
  for (int e = 0; e < 9; ++e) {
    G_min[e] = -0.064 - 0.0005 * e;
    G_max[e] = -0.045 + 0.0003 * e;
  }
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      const int e = 3 * i + j;
      const double h = 1e-4, keep = G[e], alpha = 1.4 * 1.4 / (4 * (G_max[e] - G_min[e]));
      double up, down;
      if (i == j) continue;
      G[e] = keep + h;
      up = HfOjaCost(3, V, G, G_min, G_max);
      G[e] = keep - h;
      down = HfOjaCost(3, V, G, G_min, G_max);
      G[e] = keep;
      ASSERT_NEAR((up - down) / (2 * h), -(V[i] * V[j] - 2 * alpha * (keep - 0.5 * (G_min[e] + G_max[e]))), 1e-10); /* quadratic: exact */
    }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_fit_recovers_tau), cmocka_unit_test(test_cost_is_the_potential)};
HF_TEST_MAIN(tests)
