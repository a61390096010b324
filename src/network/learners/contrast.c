/* Free and clamped phase of a network of resistors whose energy E = sum_e k_e dV_e^2/2 is lowest at Kirchhoff's potentials. In the free phase the inputs are
   fixed; in the clamped phase the outputs are held at their targets as well, or drawn to them. */
#include "learners.h"

struct HfContrast_ {
  HfClamp clamp;
  PetscReal nudge;
  PetscInt n_nodes, n_links, n_inputs, n_outputs, n_more; /* n_more: nodes and links that the clamped phase adds */
  PetscInt *ends, *outputs;                               /* [2*(n_links + n_more)], [n_outputs] */
  PetscReal *k, *fixed, *free_p, *clamped_p;              /* [n_links + n_more], [n_inputs + n_outputs], [n_nodes], [n_nodes + n_more] */
  HfResistorNetwork free_phase, clamped_phase;
};

PetscErrorCode HfContrastCreate(const HfContrastGraph *graph, HfClamp clamp, PetscReal nudge, HfContrast *contrast) {
  const PetscInt n_more = clamp == HF_CLAMP_EQUILIBRIUM ? graph->n_outputs : 0, n_fixed = graph->n_inputs + graph->n_outputs;
  PetscInt *fixed;
  HfContrast c;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&c));
  *contrast = c;
  c->clamp = clamp;
  c->nudge = nudge;
  c->n_nodes = graph->n_nodes;
  c->n_links = graph->n_links;
  c->n_inputs = graph->n_inputs;
  c->n_outputs = graph->n_outputs;
  c->n_more = n_more;
  PetscCall(PetscMalloc2(2 * (c->n_links + n_more), &c->ends, c->n_outputs, &c->outputs));
  PetscCall(PetscMalloc4(c->n_links + n_more, &c->k, n_fixed, &c->fixed, c->n_nodes, &c->free_p, c->n_nodes + n_more, &c->clamped_p));
  PetscCall(PetscMalloc1(n_fixed, &fixed));
  PetscCall(PetscArraycpy(c->ends, graph->ends, 2 * c->n_links));
  PetscCall(PetscArraycpy(c->outputs, graph->outputs, c->n_outputs));
  PetscCall(PetscArraycpy(fixed, graph->inputs, c->n_inputs));
  PetscCall(PetscArraycpy(fixed + c->n_inputs, graph->outputs, c->n_outputs));
  for (PetscInt o = 0; o < n_more; ++o) { /* a node at V*, and the resistor that draws the output to it */
    fixed[c->n_inputs + o] = c->n_nodes + o;
    c->ends[2 * (c->n_links + o)] = c->outputs[o];
    c->ends[2 * (c->n_links + o) + 1] = c->n_nodes + o;
    c->k[c->n_links + o] = nudge;
  }
  PetscCall(HfResistorNetworkCreate(c->n_nodes, c->n_links, c->ends, c->n_inputs, fixed, &c->free_phase));
  PetscCall(HfResistorNetworkCreate(c->n_nodes + n_more, c->n_links + n_more, c->ends, n_fixed, fixed, &c->clamped_phase));
  PetscCall(PetscFree(fixed));
  PetscFunctionReturn(0);
}

PetscErrorCode HfContrastDestroy(HfContrast *contrast) {
  HfContrast c = *contrast;

  PetscFunctionBeginUser;
  if (!c) PetscFunctionReturn(0);
  PetscCall(HfResistorNetworkDestroy(&c->free_phase));
  PetscCall(HfResistorNetworkDestroy(&c->clamped_phase));
  PetscCall(PetscFree2(c->ends, c->outputs));
  PetscCall(PetscFree4(c->k, c->fixed, c->free_p, c->clamped_p));
  PetscCall(PetscFree(*contrast));
  PetscFunctionReturn(0);
}

PetscErrorCode HfContrastSet(HfContrast c, const PetscReal k[]) {
  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(c->k, k, c->n_links));
  PetscCall(HfResistorNetworkSet(c->free_phase, c->k));
  PetscCall(HfResistorNetworkSet(c->clamped_phase, c->k));
  PetscFunctionReturn(0);
}

PetscErrorCode HfContrastFree(HfContrast c, const PetscReal V[], PetscReal p[]) {
  PetscFunctionBeginUser;
  PetscCall(HfResistorNetworkSolve(c->free_phase, 1, V, NULL, p));
  PetscFunctionReturn(0);
}

PetscErrorCode HfContrastAdd(HfContrast c, const PetscReal V[], const PetscReal targets[], PetscReal slope[], PetscReal *value, PetscReal *error) {
  PetscFunctionBeginUser;
  PetscCall(HfContrastFree(c, V, c->free_p));
  PetscCall(PetscArraycpy(c->fixed, V, c->n_inputs));
  *error = 0.0;
  for (PetscInt o = 0; o < c->n_outputs; ++o) {
    const PetscReal is = c->free_p[c->outputs[o]], off = targets[o] - is;

    *error += off * off;
    c->fixed[c->n_inputs + o] = c->clamp == HF_CLAMP_COUPLED ? is + c->nudge * off : targets[o];
  }
  PetscCall(HfResistorNetworkSolve(c->clamped_phase, 1, c->fixed, NULL, c->clamped_p));
  *value = 0.0;
  for (PetscInt e = 0; e < c->n_links + c->n_more; ++e) {
    const PetscInt i = c->ends[2 * e], j = c->ends[2 * e + 1];
    const PetscReal clamped = PetscSqr(c->clamped_p[i] - c->clamped_p[j]), unclamped = e < c->n_links ? PetscSqr(c->free_p[i] - c->free_p[j]) : 0.0;

    *value += 0.5 * c->k[e] * (clamped - unclamped);
    if (slope && e < c->n_links) slope[e] += 0.5 * (clamped - unclamped);
  }
  PetscFunctionReturn(0);
}
