/* The film driven through its own electrodes: its current turns the texture, and the texture steers the current.

     div(Sigma[m] grad phi) = 0, phi = V_k on electrode k  ->  j = -Sigma grad phi  ->  spin-transfer torque on m
   The magnet says when the current has to follow (`coupling.refresh`). Every solve starts from the polynomial, cubic in time, through the last four
   solutions, and keeps the preconditioner of an earlier texture while that serves: a refresh is a few iterations of conjugate gradients.
   Two controls take the second arrow away: `refresh: frozen` keeps the current of the texture in which the voltage came on, and `current: uniform` is
   that of a film whose conductivity is isotropic. */
#include "device_impl.h"

static const HfKey keys[] = {
    {"coupling", HF_SECTION, NULL, "{}", "", 0, "How the current in a film without gold follows its texture"},
    {"coupling.refresh", HF_CHOICE, NULL, "step", "stage|step|interval|frozen", 0,
     "The potential is solved again for every stage of a step, for every step, or after every interval; frozen: never while a voltage is on (a "
     "control)"},
    {"coupling.every", HF_QUANTITY, "s", "5 ps", ">0", 0, "That interval"},
    {"coupling.current", HF_CHOICE, NULL, "texture", "texture|uniform", 0,
     "The current that acts on the texture: of the film's own conductivity, or of an isotropic one that no texture steers (a control)"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfCouplingRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCouplingCreate(HfDevice d) {
  HfNode root = HfDeckRoot(d->deck), section = HfNodeFind(root, "coupling");
  HfCoupling *c = &d->coupling;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(section, "refresh"), "frozen", &c->frozen));
  PetscCall(PetscStrcmp(HfText(section, "current"), "uniform", &c->uniform));
  if (c->uniform && d->conductor.by_region)
    PetscCall(
        HfDeckError(d->deck, HfNodeFind(section, "current"), "a uniform current is that of one conductivity, but `film.regions` have their own"));
  for (PetscInt k = 0; HfCurrentRefreshNames[k]; ++k) {
    PetscBool same;
    PetscCall(PetscStrcmp(HfText(section, "refresh"), HfCurrentRefreshNames[k], &same));
    if (same) c->mode = (HfCurrentRefresh)k;
  }
  c->every = HfReal(section, "every");
  PetscCall(PetscCalloc1(HfElectrodesCount(d->electrodes), &c->V));
  PetscCall(HfGridCreateCellVec(d->grid, 2, &c->j));
  for (int k = 0; k < HF_PAST; ++k) PetscCall(HfPotentialCreateVector(d->film, &c->past[k]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCouplingDestroy(HfDevice d) {
  HfCoupling *c = &d->coupling;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(c->V));
  PetscCall(VecDestroy(&c->j));
  for (int k = 0; k < HF_PAST; ++k) PetscCall(VecDestroy(&c->past[k]));
  PetscFunctionReturn(0);
}

/* Weights of the values at times[n] for the value at t (Lagrange); returns the sum of their magnitudes, which is what errors grow by. */
static PetscReal lagrange(PetscInt n, const PetscReal times[], PetscReal t, PetscReal weights[]) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < n; ++k) {
    weights[k] = 1;
    for (PetscInt l = 0; l < n; ++l)
      if (l != k) weights[k] *= (t - times[l]) / (times[k] - times[l]);
    sum += PetscAbsReal(weights[k]);
  }
  return sum;
}

/* Weights of the past solutions; a step that is long against those before it gets a polynomial of lower degree. */
static void start_weights(const HfCoupling *c, PetscReal t, PetscReal weights[HF_PAST]) {
  const PetscReal most = 20; /* 15 for equal steps, all four solutions */

  for (PetscInt n = c->n_past; n > 0; --n)
    if (lagrange(n, c->times, t, weights) <= most) {
      for (PetscInt k = n; k < HF_PAST; ++k) weights[k] = 0;
      return;
    }
}

/* The solution for time t gets its place as the newest one, past[0], filled with the start vector. */
static PetscErrorCode make_place(HfCoupling *c, PetscReal t) {
  const PetscReal close = 1e-10 * PetscAbsReal(t);
  PetscReal weights[HF_PAST] = {0};
  PetscInt oldest;
  Vec place;

  PetscFunctionBeginUser;
  while (c->n_past > 0 && c->times[0] > t + close) { /* a step was taken back */
    place = c->past[0];
    --c->n_past;
    for (PetscInt k = 0; k < HF_PAST - 1; ++k) {
      c->past[k] = c->past[k + 1];
      c->times[k] = c->times[k + 1];
    }
    c->past[HF_PAST - 1] = place;
  }
  if (c->n_past > 0 && c->times[0] >= t - close) PetscFunctionReturn(0);
  start_weights(c, t, weights);
  oldest = PetscMin(c->n_past, HF_PAST - 1);
  place = c->past[oldest];
  if (c->n_past == HF_PAST)
    PetscCall(VecScale(place, weights[oldest]));
  else
    PetscCall(VecZeroEntries(place));
  PetscCall(VecMAXPY(place, oldest, weights, c->past));
  for (PetscInt k = oldest; k > 0; --k) {
    c->past[k] = c->past[k - 1];
    c->times[k] = c->times[k - 1];
  }
  c->past[0] = place;
  c->times[0] = t;
  c->n_past = oldest + 1;
  PetscFunctionReturn(0);
}

static PetscErrorCode refresh(PetscReal t, Vec m, void *context) {
  HfDevice d = context;
  HfCoupling *c = &d->coupling;
  PetscInt64 before, after;

  PetscFunctionBeginUser;
  PetscCall(make_place(c, t));
  HfPotentialStatistics(d->film, NULL, &before, NULL);
  PetscCall(HfPotentialSetMagnetization(d->film, m));
  PetscCall(HfPotentialSolve(d->film, c->V, c->past[0], NULL));
  PetscCall(HfPotentialCurrentDensity(d->film, c->past[0], c->j));
  HfPotentialStatistics(d->film, NULL, &after, NULL);
  ++c->refreshes;
  c->iterations += after - before;
  if (c->refreshes > 1) c->most = PetscMax(c->most, after - before);
  PetscFunctionReturn(0);
}

/* The current of the same contacts on a film that is nothing but its mean conductivity. */
static PetscErrorCode uniform_current(HfDevice d) {
  const HfGridInfo *g = HfGridGetInfo(d->grid);
  HfPotential plain;
  Vec phi;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialCreateIsotropic(d->grid, d->electrodes, d->conductor.conductivity, g->thickness, &plain));
  PetscCall(HfPotentialCreateVector(plain, &phi));
  PetscCall(HfPotentialSolve(plain, d->coupling.V, phi, NULL));
  PetscCall(HfPotentialCurrentDensity(plain, phi, d->coupling.j));
  PetscCall(VecDestroy(&phi));
  PetscCall(HfPotentialDestroy(&plain));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCouplingDrive(HfDevice d, const PetscReal V[]) {
  HfCoupling *c = &d->coupling;
  const PetscBool moves = (PetscBool)(V && HfMagnetFeelsCurrent(d->magnet)), follows = (PetscBool)(moves && !c->frozen && !c->uniform);

  PetscFunctionBeginUser;
  c->n_past = 0;
  c->refreshes = c->iterations = c->most = 0;
  if (moves) {
    PetscCall(PetscArraycpy(c->V, V, HfElectrodesCount(d->electrodes)));
    if (c->uniform)
      PetscCall(uniform_current(d));
    else
      PetscCall(refresh(d->time, d->m, d));
  }
  PetscCall(HfMagnetSetCurrentDensity(d->magnet, moves ? c->j : NULL));
  PetscCall(HfMagnetSetCurrentUpdate(d->magnet, follows ? refresh : NULL, d, c->mode, c->every));
  PetscFunctionReturn(0);
}

void HfDeviceCouplingStatistics(HfDevice d, PetscInt64 *refreshes, PetscReal *mean, PetscInt64 *most) {
  const HfCoupling *c = &d->coupling;

  *refreshes = c->refreshes;
  *mean = c->refreshes > 0 ? (PetscReal)c->iterations / (PetscReal)c->refreshes : 0;
  *most = c->most;
}
