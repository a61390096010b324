/* Thermal fluctuations: a Gaussian field, drawn in every cell for every time step and constant during the step.

     < H_a > = 0,   < H_a H_b > = delta_ab 2 alpha kB T / (gamma0 mu0 Ms V dt),   V the volume of the cell, dt the step
   It has no energy. Its product with m is understood in the sense of Stratonovich, to which Heun's method converges (fluctuations.c). The numbers are a function of
   (seed, step, cell in the whole film): the same on any number of ranks and after any restart.
   Source: Brown, Phys. Rev. 130, 1677 (1963). */
#include "../term.h"

static const HfKey keys[] = {
    {"thermal", HF_SECTION, NULL, "", "", 0, "Thermal fluctuations; time then advances in steps that do not adapt, by Heun's method"},
    {"thermal.temperature", HF_QUANTITY, "K", NULL, ">=0", 0, "Temperature; 0 K: the same steps without fluctuations"},
    {"thermal.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the fluctuations"},
    {"thermal.step", HF_QUANTITY, "s", "", ">0", 0,
     "Time step; when omitted, one that keeps mean values in equilibrium within 1 %: m turns by at most 0.03 rad in the applied, Oersted, anisotropy "
     "and "
     "demagnetizing field, 0.2 rad (less at small damping) with exchange, and 0.05 rad at random. A step is refused where the field and the "
     "fluctuations "
     "require a much shorter one"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  PetscReal temperature, step; /* K; s, 0: left open */
  HfNode place;                /* of the step in the deck */
  PetscInt64 seed;
  PetscReal *H; /* of the owned cells, three numbers each, A/m */
} Thermal;

static PetscErrorCode settings(HfTerm *term) {
  HfNode root = HfDeckRoot(term->film->deck), node;
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  Thermal *thermal;

  PetscFunctionBeginUser;
  if (!HfHas(root, "thermal")) PetscFunctionReturn(0);
  node = HfChild(root, "thermal");
  HfCite("brown-1963");
  HfCite("garcia-palacios-1998");
  PetscCall(PetscNew(&thermal));
  term->state = thermal;
  thermal->temperature = HfReal(node, "temperature");
  thermal->seed = HfInteger(node, "seed");
  thermal->step = HfHas(node, "step") ? HfReal(node, "step") : 0;
  thermal->place = HfHas(node, "step") ? HfChild(node, "step") : node;
  PetscCall(PetscCalloc1(3 * g->xm * g->ym, &thermal->H));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  Thermal *thermal = term->state;

  PetscFunctionBeginUser;
  if (thermal) PetscCall(PetscFree(thermal->H));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

/* p[0]: variance of a component times dt, (A/m)^2 s. */
static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const HfMaterial *material = &term->film->materials[region];
  const Thermal *thermal = term->state;

  PetscFunctionBeginUser;
  if (thermal)
    p[0] = 2 * material->alpha * HF_BOLTZMANN * thermal->temperature / (material->gamma0 * HF_MU0 * material->Ms * g->dx * g->dy * g->thickness);
  *active = (PetscBool)(thermal && thermal->temperature > 0);
  PetscFunctionReturn(0);
}

static PetscBool fluctuates(const HfTerm *term, PetscReal *step, HfNode *place) {
  const Thermal *thermal = term->state;

  *step = thermal ? thermal->step : 0;
  *place = thermal ? thermal->place : NULL;
  return (PetscBool)(thermal != NULL);
}

static PetscReal noise(const HfTerm *term, PetscInt region) { return term->p[region][0]; }

static PetscErrorCode draw(HfTerm *term, PetscInt64 number, PetscReal dt) {
  Thermal *thermal = term->state;
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const int8_t *regions = HfGridRegions(term->film->grid);

  PetscFunctionBeginUser;
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscInt region = HfRegionAt(g, regions, i, j);
      PetscReal *H = thermal->H + 3 * ((j - g->ys) * g->xm + i), deviation;

      if (region < 0) continue;
      deviation = PetscSqrtReal(term->p[region][0] / dt);
      HfRandomNormal(thermal->seed, HF_STREAM_THERMAL, number, HfCellNumber(g, i, j), 3, H);
      for (int c = 0; c < 3; ++c) H[c] *= deviation;
    }
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const Thermal *thermal = term->state;
  const PetscInt n = span->n;
  const PetscReal *restrict h = thermal->H + 3 * HfSpanFirstCell(term->film, span);
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += h[3 * k];
    Hy[k] += h[3 * k + 1];
    Hz[k] += h[3 * k + 2];
  }
}

const HfTermType HfTermType_thermal = {
    .name = "thermal",
    .doc = "Gaussian field of variance 2 alpha kB T/(gamma0 mu0 Ms V dt) per component; no energy",
    .prefix = "",
    .keys = keys,
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .field = field,
    .fluctuates = fluctuates,
    .noise = noise,
    .draw = draw,
};
