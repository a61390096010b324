/* Letters as a supervised task of a network of resistors, by coupled learning (Stern et al. 2021) and equilibrium propagation (Scellier & Bengio 2017); the
   equations stand at the head of src/network/learners/coupled_learning.c.

   Every pixel j is an input twice, at +v_j and -v_j, since conductances cannot be negative (Kendall et al. 2020), and every pixel i an output, joined to both
   inputs of all other pixels by the conductances k+_ij and k-_ij. The free potential of an output is

     V_i = sum_j w_ij v_j,     w_ij = (k+_ij - k-_ij) / sum_j (k+_ij + k-_ij),     |V_i| <= 1

   so that the network that has learned is one of pair weights w, not symmetric, which recalls and names as every other one. Free phase: the inputs show a
   pattern x with a part of its pixels flipped; clamped phase: the outputs are nudged towards TARGET x_i as well. All patterns share one step, and show other
   flipped pixels in the next.

   Assumptions: a tenth of the pixels (at least one) is flipped, k = 1 at the start and never below SMALLEST, EPOCHS steps; the rate is such that an output
   that is off by e comes closer by RATE e. */
#include "../learners/learners.h"
#include "rules.h"

#define EPOCHS   400
#define FLIPPED  0.1
#define NUDGE    0.1
#define RATE     0.2
#define SMALLEST 1e-3
#define TARGET   0.5

/* Inputs +v_j, inputs -v_j, outputs: node j, n + j and 2n + i; link (i n + j) 2 from input +v_j to output i, and the next one from -v_j. */
static PetscErrorCode create_layer(PetscInt n, HfClamp clamp, PetscReal nudge, HfContrast *contrast) {
  HfContrastGraph graph = {.n_nodes = 3 * n, .n_inputs = 2 * n, .n_outputs = n};
  PetscInt *ends, *nodes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(4 * n * n, &ends, 3 * n, &nodes));
  for (PetscInt k = 0; k < 3 * n; ++k) nodes[k] = k;
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) {
      if (i == j) continue;
      for (PetscInt s = 0; s < 2; ++s, ++graph.n_links) {
        ends[2 * graph.n_links] = s * n + j;
        ends[2 * graph.n_links + 1] = 2 * n + i;
      }
    }
  graph.ends = ends;
  graph.inputs = nodes;
  graph.outputs = nodes + 2 * n;
  PetscCall(HfContrastCreate(&graph, clamp, nudge, contrast));
  PetscCall(PetscFree2(ends, nodes));
  PetscFunctionReturn(0);
}

/* One step of all k for all patterns, with the pixels of step `epoch` flipped; v[2n], target[n] and slope[n_links] are work space. */
static PetscErrorCode step_layer(const HfRuleContext *context, HfContrast contrast, PetscInt epoch, PetscInt n, PetscInt n_patterns,
                                 const PetscReal x[], PetscReal rate, PetscReal v[], PetscReal target[], PetscReal slope[], PetscReal k[]) {
  const PetscReal flipped = PetscMax(1.0, PetscFloorReal(FLIPPED * n));
  const PetscInt n_links = 2 * n * (n - 1);

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(slope, n_links));
  PetscCall(HfContrastSet(contrast, k));
  for (PetscInt p = 0; p < n_patterns; ++p) {
    PetscReal value, error;

    PetscCall(HfNoise(HF_NOISE_FLIPS, flipped, n, x + p * n, context->seed, HF_STREAM_LESSON, (PetscInt64)epoch * n_patterns + p, v));
    for (PetscInt i = 0; i < n; ++i) {
      v[n + i] = -v[i];
      target[i] = TARGET * x[p * n + i];
    }
    PetscCall(HfContrastAdd(contrast, v, target, slope, &value, &error));
  }
  for (PetscInt e = 0; e < n_links; ++e) k[e] = PetscMax(SMALLEST, k[e] - rate / n_patterns * slope[e]);
  PetscFunctionReturn(0);
}

static void weigh(PetscInt n, const PetscReal k[], PetscReal w[]) {
  for (PetscInt i = 0, e = 0; i < n; ++i) {
    PetscReal sum = 0.0;

    for (PetscInt j = 0; j < n; ++j) {
      w[i * n + j] = i == j ? 0.0 : k[e] - k[e + 1];
      if (i == j) continue;
      sum += k[e] + k[e + 1];
      e += 2;
    }
    for (PetscInt j = 0; j < n; ++j) w[i * n + j] /= sum;
  }
}

PetscErrorCode HfRuleResistors(const HfRuleContext *context, PetscBool equilibrium, PetscInt n, PetscInt n_patterns, const PetscReal x[],
                               HfNetwork *network) {
  const HfRuleContext *c = context ? context : &HF_RULE_DEFAULTS;
  const PetscReal scale = equilibrium ? 2.0 * n : 1.0, nudge = NUDGE * scale; /* beside the conductances of an output */
  PetscReal *v, *target, *slope, *k, *w;
  PetscErrorCode code = 0;
  HfContrast contrast;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc5(2 * n, &v, n, &target, 2 * n * n, &slope, 2 * n * n, &k, n * n, &w));
  for (PetscInt e = 0; e < 2 * n * (n - 1); ++e) k[e] = 1.0;
  PetscCall(create_layer(n, equilibrium ? HF_CLAMP_EQUILIBRIUM : HF_CLAMP_COUPLED, nudge, &contrast));
  for (PetscInt epoch = 0; epoch < EPOCHS && !code; ++epoch) {
    PetscCall(step_layer(c, contrast, epoch, n, n_patterns, x, RATE * scale / nudge, v, target, slope, k));
    if (c->pause) code = c->pause(c->pause_of);
  }
  weigh(n, k, w);
  if (!code) PetscCall(HfNetworkCreate(n, w, network));
  PetscCall(HfContrastDestroy(&contrast));
  PetscCall(PetscFree5(v, target, slope, k, w));
  PetscFunctionReturn(code);
}

static PetscErrorCode learn(const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[], HfNetwork *network) {
  return HfRuleResistors(context, PETSC_FALSE, n, n_patterns, x, network);
}

const HfRule HfRule_CoupledLearning = {
    .name = "coupled-learning",
    .doc = "resistors from every pixel and its negative to all others, each of which compares its voltage with free and with nudged outputs",
    .citation = "stern-2021",
    .on_request = PETSC_TRUE,
    .network = learn};
