/* A film driven through its own electrodes: its current turns the texture, and the texture redirects the current.

     div(Sigma[m] grad phi) = 0,  phi = V_k on electrode k  ->  j = -Sigma grad phi  ->  spin-transfer torque on m

   The magnet calls for a new current as often as `coupling.refresh` says. Every solve starts from the cubic polynomial in time through the last four
   solutions and keeps the preconditioner of an earlier texture while it serves, so that a refresh takes a few iterations of conjugate gradients.
   Two controls remove the effect of the texture on the current: `refresh: frozen` keeps the current of the texture in which the voltage was switched on,
   and `current: uniform` takes the current of a film with an isotropic conductivity. */
#include "device_impl.h"

#define PAST 4 /* solutions that the start of the next one is extrapolated from: a cubic polynomial in time */

typedef struct {
  HfCurrentRefresh refresh;
  PetscBool frozen, uniform; /* the controls */
  PetscReal every;           /* s */
} Settings;

struct HfCoupling_ {
  HfGrid grid;
  HfElectrodes electrodes;
  HfMagnet magnet;
  HfPotential film;
  Settings settings;
  PetscReal conductivity; /* S/m, of the film for a uniform current */
  PetscReal *V;           /* of the electrodes */
  PetscBool acts;         /* these voltages are on, and their current acts on the texture */
  Vec j;                  /* in the film, A/m^2, 2 components */
  PetscInt n_past;
  Vec past[PAST]; /* potentials at times[] (s), the newest first */
  PetscReal times[PAST];
  PetscInt64 refreshes, iterations, most; /* since the voltages came on; most: iterations of one refresh, the first excepted */
};

static const HfKey keys[] = {
    {"coupling", HF_SECTION, NULL, "{}", "", 0, "How the current in a film without gold follows its texture"},
    {"coupling.refresh", HF_CHOICE, NULL, "step", "stage|step|interval|frozen", 0,
     "When the potential is solved again: for every stage of a time step, for every step, or after every interval `every`; frozen, a control: never "
     "while a voltage is on"},
    {"coupling.every", HF_QUANTITY, "s", "5 ps", ">0", 0, "Simulated time between solutions with `refresh: interval`"},
    {"coupling.current", HF_CHOICE, NULL, "texture", "texture|uniform", 0,
     "The current that acts on the texture: that of the film's conductivity tensor, or, as a control, that of an isotropic film, which does not "
     "depend on "
     "the texture"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfCouplingRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfDeck deck, Settings *settings) {
  HfNode section = HfChild(HfDeckRoot(deck), "coupling");
  const char *refresh = HfText(section, "refresh");

  PetscFunctionBeginUser;
  *settings = (Settings){.frozen = (PetscBool)!strcmp(refresh, "frozen"),
                         .uniform = (PetscBool)!strcmp(HfText(section, "current"), "uniform"),
                         .every = HfReal(section, "every")};
  while (!settings->frozen && strcmp(refresh, HfCurrentRefreshNames[settings->refresh])) ++settings->refresh; /* the other choices are these names */
  if (strcmp(refresh, "interval") && HfGiven(section, "every"))
    PetscCall(HfDeckError(deck, HfChild(section, "every"), "coupling.every has no effect without `refresh: interval`; leave it out"));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_uniform(HfDeck deck, const Settings *settings, const HfConductivitySettings *conductor) {
  PetscFunctionBeginUser;
  if (settings->uniform && conductor->by_region)
    PetscCall(HfDeckError(deck, HfNodeFind(HfDeckRoot(deck), "coupling.current"),
                          "a uniform current needs one conductivity for the whole film, but `film.regions` have their own"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCouplingCreate(HfDeck deck, HfGrid grid, HfElectrodes electrodes, HfMagnet magnet, HfPotential film, HfCoupling *coupling) {
  HfConductivitySettings conductor;
  HfCoupling c;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&c));
  *coupling = c;
  c->grid = grid;
  c->electrodes = electrodes;
  c->magnet = magnet;
  c->film = film;
  PetscCall(read_settings(deck, &c->settings));
  HfConductivitySettingsRead(deck, 0, &conductor);
  PetscCall(check_uniform(deck, &c->settings, &conductor));
  c->conductivity = conductor.conductivity;
  PetscCall(PetscCalloc1(HfElectrodesCount(electrodes), &c->V));
  PetscCall(HfGridCreateCellVec(grid, 2, &c->j));
  for (int k = 0; k < PAST; ++k) PetscCall(HfPotentialCreateVector(film, &c->past[k]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCouplingDestroy(HfCoupling *coupling) {
  HfCoupling c = *coupling;

  PetscFunctionBeginUser;
  if (!c) PetscFunctionReturn(0);
  PetscCall(PetscFree(c->V));
  PetscCall(VecDestroy(&c->j));
  for (int k = 0; k < PAST; ++k) PetscCall(VecDestroy(&c->past[k]));
  PetscCall(PetscFree(*coupling));
  PetscFunctionReturn(0);
}

/* ---- the start of the next solve: extrapolation from the past solutions ---- */

/* Weights of the values at times[n] in the value at t (Lagrange); returns the sum of their magnitudes, the factor by which errors grow. */
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

/* Weights of the past solutions. After a step much longer than those before it the degree of the polynomial is lower. */
static void start_weights(const struct HfCoupling_ *c, PetscReal t, PetscReal weights[PAST]) {
  const PetscReal most = 20; /* four solutions at equal steps give 15 */

  for (PetscInt n = c->n_past; n > 0; --n)
    if (lagrange(n, c->times, t, weights) <= most) {
      for (PetscInt k = n; k < PAST; ++k) weights[k] = 0;
      return;
    }
}

/* Makes past[0] the place of the solution at time t, filled with the start vector. */
static PetscErrorCode make_place(HfCoupling c, PetscReal t) {
  const PetscReal close = 1e-10 * PetscAbsReal(t);
  PetscReal weights[PAST] = {0};
  PetscInt oldest;
  Vec place;

  PetscFunctionBeginUser;
  while (c->n_past > 0 && c->times[0] > t + close) { /* the integrator rejected a step */
    place = c->past[0];
    --c->n_past;
    for (PetscInt k = 0; k < PAST - 1; ++k) {
      c->past[k] = c->past[k + 1];
      c->times[k] = c->times[k + 1];
    }
    c->past[PAST - 1] = place;
  }
  if (c->n_past > 0 && c->times[0] >= t - close) PetscFunctionReturn(0);
  start_weights(c, t, weights);
  oldest = PetscMin(c->n_past, PAST - 1);
  place = c->past[oldest];
  if (c->n_past == PAST)
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

/* ---- the current ---- */

static PetscErrorCode refresh(PetscReal t, Vec m, void *context) {
  HfCoupling c = context;
  PetscInt64 before, after;

  PetscFunctionBeginUser;
  PetscCall(make_place(c, t));
  HfPotentialStatistics(c->film, NULL, &before, NULL);
  PetscCall(HfPotentialSetMagnetization(c->film, m));
  PetscCall(HfPotentialSolve(c->film, c->V, c->past[0], NULL));
  PetscCall(HfPotentialCurrentDensity(c->film, c->past[0], c->j));
  HfPotentialStatistics(c->film, NULL, &after, NULL);
  ++c->refreshes;
  c->iterations += after - before;
  if (c->refreshes > 1) c->most = PetscMax(c->most, after - before);
  PetscFunctionReturn(0);
}

/* The current between the same contacts in a film of isotropic conductivity. */
static PetscErrorCode uniform_current(HfCoupling c) {
  HfPotential plain;
  Vec phi;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialCreateIsotropic(c->grid, c->electrodes, c->conductivity, HfGridGetInfo(c->grid)->thickness, &plain));
  PetscCall(HfPotentialSetTolerance(plain, HfPotentialTolerance(c->film)));
  PetscCall(HfPotentialCreateVector(plain, &phi));
  PetscCall(HfPotentialSolve(plain, c->V, phi, NULL));
  PetscCall(HfPotentialCurrentDensity(plain, phi, c->j));
  PetscCall(VecDestroy(&phi));
  PetscCall(HfPotentialDestroy(&plain));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCouplingDrive(HfCoupling c, PetscReal t, Vec m, const PetscReal V[]) {
  const Settings *settings = &c->settings;
  const PetscBool acts = (PetscBool)(V && HfMagnetFeelsCurrent(c->magnet)), follows = (PetscBool)(acts && !settings->frozen && !settings->uniform);

  PetscFunctionBeginUser;
  c->n_past = 0;
  c->refreshes = c->iterations = c->most = 0;
  c->acts = acts;
  if (acts) {
    PetscCall(PetscArraycpy(c->V, V, HfElectrodesCount(c->electrodes)));
    if (settings->uniform)
      PetscCall(uniform_current(c));
    else
      PetscCall(refresh(t, m, c));
  }
  PetscCall(HfMagnetSetCurrentDensity(c->magnet, acts ? c->j : NULL));
  PetscCall(HfMagnetSetCurrentUpdate(c->magnet, follows ? refresh : NULL, c, settings->refresh, settings->every));
  PetscFunctionReturn(0);
}

Vec HfCouplingFixedCurrent(HfCoupling c) { return c->acts && (c->settings.frozen || c->settings.uniform) ? c->j : NULL; }

void HfCouplingStatistics(HfCoupling c, PetscInt64 *refreshes, PetscReal *mean, PetscInt64 *most) {
  *refreshes = c ? c->refreshes : 0;
  *mean = c && c->refreshes > 0 ? (PetscReal)c->iterations / (PetscReal)c->refreshes : 0;
  *most = c ? c->most : 0;
}

PetscErrorCode HfCouplingListCheckpoint(HfCoupling c, HfCheckpointList list) {
  char name[32];

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListGroup(list, "coupling"));
  PetscCall(HfCheckpointListAdd(list, "V", HF_CHECKPOINT_REAL, HfElectrodesCount(c->electrodes), c->V));
  PetscCall(HfCheckpointListAdd(list, "n_past", HF_CHECKPOINT_INT, 1, &c->n_past));
  PetscCall(HfCheckpointListAdd(list, "times", HF_CHECKPOINT_REAL, PAST, c->times));
  PetscCall(HfCheckpointListAdd(list, "refreshes", HF_CHECKPOINT_INT64, 1, &c->refreshes));
  PetscCall(HfCheckpointListAdd(list, "iterations", HF_CHECKPOINT_INT64, 1, &c->iterations));
  PetscCall(HfCheckpointListAdd(list, "most", HF_CHECKPOINT_INT64, 1, &c->most));
  PetscCall(HfCheckpointListAddVec(list, "j", c->j));
  for (PetscInt k = 0; k < PAST; ++k) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "past%" PetscInt_FMT, k));
    PetscCall(HfCheckpointListAddVec(list, name, c->past[k]));
  }
  PetscFunctionReturn(0);
}
