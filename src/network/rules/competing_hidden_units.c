/* Unsupervised learning by competing hidden units (Krotov & Hopfield 2019). K hidden units see the patterns v, one after the other, through weights W:

     I_m = sum_j W_mj v_j                             the input of unit m
     W_mj <- W_mj + eta g_m (v_j - I_m W_mj)          g = 1 of the strongest input, -Delta of the second, 0 of the others

   The strongest follows Oja's rule, so that its weights stay bounded; the second is pushed away. A unit that wins one pattern alone ends with W = v/sqrt(N);
   of two units, each of which wins one of two orthogonal patterns, the one of x ends with (x - Delta x')/sqrt(N (1 + Delta^2)).

   Read-out as a memory: hidden units that win a pattern in a last pass, with the signs of which and the same weights back they drive the nodes, by the
   energy of dense_associative_memory.c over the rows of W sqrt(N) instead of the patterns. Units that never win keep their random start.

   Assumptions: the case p = 2 of that paper, in which the length that stays bounded is Euclidean, R = 1, its anti-Hebbian learning of the second unit with
   Delta = 0.4, UNITS hidden units per pattern, EPOCHS with a rate that falls linearly from RATE/sqrt(N), normal random starts of variance 1. With starts of
   length 1 a unit that has learned wins every pattern that is similar, and E, C, P end in one unit. Starts are drawn in the frame of the first pattern, so that
   inverting a node in all patterns changes nothing but its sign.

   Measured by inputs/learners/plasticity.yaml on E, C, P, three starts: exact recovery 0.98(2), 0.96, 0.92 from 1, 2, 4 flips. A start now and then leaves a
   letter without a unit of its own. With many more units the second is one that wins nothing, and W is the patterns themselves: what is gained over the dense
   associative memory comes from pushing away units that hold other patterns. */
#include "rules.h"

#define UNITS  8
#define EPOCHS 2000
#define RATE   0.1
#define PAUSES 1e7 /* operations between two of them */

/* The units with the largest and the second largest input; the second is -1 of a single one. Their inputs in input[2]. */
static void rank_two(PetscInt n, PetscInt n_units, const PetscReal W[], const PetscReal v[], PetscInt unit[2], PetscReal input[2]) {
  unit[0] = unit[1] = -1;
  input[0] = input[1] = 0.0;
  for (PetscInt m = 0; m < n_units; ++m) {
    PetscReal sum = 0.0;

    for (PetscInt j = 0; j < n; ++j) sum += W[m * n + j] * v[j];
    if (unit[0] < 0 || sum > input[0]) {
      unit[1] = unit[0];
      input[1] = input[0];
      unit[0] = m;
      input[0] = sum;
    } else if (unit[1] < 0 || sum > input[1]) {
      unit[1] = m;
      input[1] = sum;
    }
  }
}

PetscErrorCode HfRuleCompete(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_units, PetscReal W[]) {
  const PetscReal g[2] = {1.0, -context->anti_hebbian};
  const PetscInt between = (PetscInt)PetscMax(1, PAUSES / ((PetscReal)n * n_units * n_patterns));
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  for (PetscInt epoch = 0; epoch < EPOCHS && !code; ++epoch) {
    const PetscReal eta = RATE / PetscSqrtReal((PetscReal)n) * (1.0 - (PetscReal)epoch / EPOCHS);

    for (PetscInt p = 0; p < n_patterns; ++p) {
      const PetscReal *v = x + p * n;
      PetscInt unit[2];
      PetscReal input[2];

      rank_two(n, n_units, W, v, unit, input);
      for (int k = 0; k < 2 && unit[k] >= 0; ++k)
        for (PetscInt j = 0; j < n; ++j) W[unit[k] * n + j] += eta * g[k] * (v[j] - input[k] * W[unit[k] * n + j]);
    }
    if (context->pause && epoch % between == 0) code = context->pause(context->pause_of);
  }
  PetscFunctionReturn(code);
}

/* The rows of W that win a pattern come first, times sqrt(n); returns their number. */
static PetscInt keep_winners(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt n_units, PetscReal W[], PetscBool won[]) {
  PetscInt kept = 0;

  for (PetscInt m = 0; m < n_units; ++m) won[m] = PETSC_FALSE;
  for (PetscInt p = 0; p < n_patterns; ++p) {
    PetscInt unit[2];
    PetscReal input[2];

    rank_two(n, n_units, W, x + p * n, unit, input);
    won[unit[0]] = PETSC_TRUE;
  }
  for (PetscInt m = 0; m < n_units; ++m) {
    if (!won[m]) continue;
    for (PetscInt j = 0; j < n; ++j) W[kept * n + j] = W[m * n + j] * PetscSqrtReal((PetscReal)n);
    ++kept;
  }
  return kept;
}

static PetscErrorCode network(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], HfNetwork *network) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  const PetscInt n_units = UNITS * n_patterns;
  PetscErrorCode code;
  PetscBool *won;
  PetscReal *W;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n * n_units, &W, n_units, &won));
  for (PetscInt m = 0; m < n_units; ++m)
    for (PetscInt j = 0; j < n; ++j) {
      HfRandomNormal(c->seed, HF_STREAM_LEARNER, m, j, 1, &W[m * n + j]);
      W[m * n + j] *= x[j];
    }
  code = HfRuleCompete(c, n, n_patterns, x, n_units, W);
  if (!code) PetscCall(HfNetworkCreateDense(n, keep_winners(n, n_patterns, x, n_units, W, won), W, c->degree, network));
  PetscCall(PetscFree2(W, won));
  PetscFunctionReturn(code);
}

const HfRule HfRule_CompetingHiddenUnits = {.name = "competing-hidden-units",
                                            .doc = "the learning rule of Krotov and Hopfield 2019, whose hidden units compete for the patterns, read "
                                                   "as a dense associative memory of what the winners "
                                                   "learned",
                                            .citation = "krotov-hopfield-2019",
                                            .on_request = PETSC_TRUE,
                                            .network = network};
