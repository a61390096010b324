/* Pair-based spike-timing-dependent plasticity (Song, Miller & Abbott 2000). The conductance g of a synapse changes with the lag D = t_post - t_pre of two
   spikes by

     W(D) = A+ exp(-D/tau+)   D > 0        -A- exp(D/tau-)   D < 0        0   D = 0

   and stays between 0 and 1; the changes of all pairs of spikes add up. On uncorrelated spikes it acts by the integral of the window,
   A+ tau+ - A- tau-, on spikes of normally distributed lags by their mean of W, for which the unit test has the closed form.

   Every node has two neurons, of which one fires in a pattern: the first for +, the second for -. It fires once, at a normally distributed time with the
   standard deviation `jitter`; presentations are so far apart that their spikes do not pair. Node i gets from node j

     w_ij = g(+,+) + g(-,-) - g(+,-) - g(-,+),      then the mean over both directions, zero diagonal

   as conductances are positive; the differences of both directions, by which such networks replay sequences, are left out. Without noise of the lags, and
   away from the bounds, w is the outer product.

   Assumptions: the window measured on hippocampal neurons (Bi & Poo 2001: changes relative to the start after 60 pairs), every synapse starts at 1/2. Its integral is
   positive. With that of Song, Miller & Abbott, tau+ = tau- and A+ < A-, the mean over both directions falls for every lag, and patterns are unlearned.

   Measured by inputs/learners/plasticity.yaml on E, C, P, three starts: 0.33, as the outer product. */
#include "rules.h"

#define A_PLUS    0.777
#define A_MINUS   0.273
#define TAU_PLUS  16.8 /* ms */
#define TAU_MINUS 33.7 /* ms */
#define PAIRS     60.0
#define START     0.5

PetscReal HfStdpWindow(PetscReal lag) {
  if (lag > 0.0) return A_PLUS * PetscExpReal(-lag / TAU_PLUS);
  return lag < 0.0 ? -A_MINUS * PetscExpReal(lag / TAU_MINUS) : 0.0;
}

/* One presentation of the pattern v: g[2n][2n], of postsynaptic and presynaptic neurons 2i (+) and 2i + 1 (-). */
static void fire(PetscInt n, const PetscReal v[], const PetscReal t[], PetscReal g[]) {
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) {
      PetscReal *synapse = g + (2 * i + (v[i] < 0.0)) * 2 * n + 2 * j + (v[j] < 0.0);

      *synapse = PetscMin(1.0, PetscMax(0.0, *synapse + START * HfStdpWindow(t[i] - t[j]) / PAIRS));
    }
}

static PetscReal drive(PetscInt n, const PetscReal g[], PetscInt i, PetscInt j) {
  const PetscReal *plus = g + (size_t)(2 * i) * (size_t)(2 * n) + 2 * j, *minus = plus + 2 * n;
  return (plus[0] + minus[1]) - (plus[1] + minus[0]);
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscReal w[]) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  const size_t n_synapses = 4 * (size_t)n * (size_t)n;
  PetscErrorCode code = 0;
  PetscReal *g, *t;

  PetscFunctionBeginUser;
  HfCite("bi-poo-2001");
  PetscCall(PetscMalloc2(n_synapses, &g, n, &t));
  for (size_t e = 0; e < n_synapses; ++e) g[e] = START;
  for (PetscInt k = 0; k < c->epochs * n_patterns && !code; ++k) {
    for (PetscInt i = 0; i < n; ++i) {
      HfRandomNormal(c->seed, HF_STREAM_LEARNER, k, i, 1, &t[i]);
      t[i] *= c->jitter;
    }
    fire(n, x + k % n_patterns * n, t, g);
    if (c->pause) code = c->pause(c->pause_of);
  }
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) w[i * n + j] = i == j ? 0.0 : 0.5 * (drive(n, g, i, j) + drive(n, g, j, i));
  PetscCall(PetscFree2(g, t));
  PetscFunctionReturn(code);
}

const HfRule HfRule_Stdp = {
    .name = "stdp",
    .doc = "pair-based spike-timing-dependent plasticity of spikes that the patterns set off, with the window of Bi and Poo; both "
           "directions of a pair averaged",
    .citation = "song-2000",
    .on_request = PETSC_TRUE,
    .learn = learn};
