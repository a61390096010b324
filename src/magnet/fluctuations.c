/* Time integration at finite temperature, by Heun's method (HfHeunIntegrate): the fields that fluctuate are drawn for every step. Steps do not adapt to the
   state: their length follows from the material, the temperature and the fields that act in a piece of a phase (integrator.c), shortened so that it is a
   whole number of them. They are numbered through the whole run: the number determines the field that is drawn. */
#include "magnet_impl.h"

/* Largest rotations of m in a step, rad, of which the shortest step results. DEFAULT: mean values in equilibrium are right within 1 %, and m turns through
   100 rad in a constant field with an error below 0.02 rad. A step of the deck may be longer: beyond SLOW, m precesses too fast by more than 0.2 %, which is
   a warning; beyond LONGEST, mean values are wrong by more than 5 %, soon Heun's method is not stable any more, and the step is refused. */
enum { DEFAULT, SLOW, LONGEST, KINDS };
static const PetscReal PRECESSION[KINDS] = {0.03, 0.1, 0.4};   /* about the fields that act on m as a whole: too fast by its square/6 */
static const PetscReal EXCHANGE[KINDS] = {0.2, 0.4, 0.6};      /* about all fields, differences between neighbours included */
static const PetscReal GAIN[KINDS] = {0.01, 0.05, 0.05};       /* gain of the energy of a wave by Heun's method, relative to its loss by damping */
static const PetscReal DIFFUSION[KINDS] = {0.003, 0.05, 0.05}; /* mean square at random about one axis, rad^2: the film is colder by that part */
#define LEAST_ALPHA 1e-4                                       /* damping below which the gain is not made up for by shorter steps */

/* The deck's step (s), 0 when it is left open. */
static PetscBool fluctuates(HfMagnet magnet, PetscReal *step, HfNode *place) {
  PetscBool any = PETSC_FALSE;

  *step = 0;
  *place = NULL;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    PetscReal own;
    HfNode own_place;

    if (!term->type->fluctuates || !(*term->type->fluctuates)(term, &own, &own_place)) continue;
    any = PETSC_TRUE;
    if (own > 0 && (*step == 0 || own < *step)) *step = own;
    if (!*place || own == *step) *place = own_place;
  }
  return any;
}

PetscBool HfMagnetFluctuates(HfMagnet magnet) {
  PetscReal step;
  HfNode place;
  return fluctuates(magnet, &step, &place);
}

PetscBool HfMagnetIsNoisy(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->draw && HfTermActive(&magnet->terms[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* What turns m in a region at times from ... to: as a whole and by everything together, rad/s, and at random, rad^2/s. */
typedef struct {
  PetscReal whole, all, random;
} Rates;

static Rates region_rates(HfMagnet magnet, PetscInt region, PetscReal from, PetscReal to, PetscReal further) {
  const HfMaterial *material = &magnet->film.materials[region];
  const PetscReal factor = 1 / PetscSqrtReal(1 + PetscSqr(material->alpha));
  PetscReal whole = further, all = further, noise = 0, torque = 0; /* torque: of differences of m */

  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    PetscReal field, stiffness;

    if (!term->active[region]) continue;
    field = term->type->largest_field ? (*term->type->largest_field)(term, region, from, to) : 0;
    stiffness = term->type->stiffness ? (*term->type->stiffness)(term->p[region]) : 0;
    whole += field;
    all += PetscMax(field, stiffness);
    if (term->type->draw) noise += (*term->type->noise)(term, region);
  }
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    const HfTorque *current = &magnet->torques[k];
    PetscReal most;

    if (!current->active[region] || !current->type->largest || (!current->j && current->type->current_driven)) continue;
    most = (*current->type->largest)(current, region);
    if (current->type->straight)
      torque += most;
    else { /* m precesses about it as about a field */
      whole += most / material->gamma0;
      all += most / material->gamma0;
    }
  }
  return (Rates){.whole = factor * material->gamma0 * whole,
                 .all = factor * (material->gamma0 * all + torque),
                 .random = PetscSqr(factor * material->gamma0) * noise};
}

/* Heun's method multiplies a wave that turns by y in a step by 1 + y^4/8, and damping by 1 - alpha y. */
static PetscReal largest_rotation(int kind, PetscReal alpha) {
  return PetscMin(EXCHANGE[kind], PetscPowReal(8 * GAIN[kind] * PetscMax(alpha, LEAST_ALPHA), 1.0 / 3));
}

/* 1/h, 1/s, of the step of each kind that suits the film at times from ... to, with a further field (A/m). Collective: fields
   that differ from cell to cell are known rank by rank. */
static PetscErrorCode step_rates(HfMagnet magnet, PetscReal from, PetscReal to, PetscReal further, PetscReal per_second[KINDS]) {
  PetscFunctionBeginUser;
  for (int kind = 0; kind < KINDS; ++kind) {
    per_second[kind] = 0;
    for (PetscInt r = 0; r < magnet->film.n_regions; ++r) {
      const Rates rates = region_rates(magnet, r, from, to, further);
      const PetscReal rotation = largest_rotation(kind, magnet->film.materials[r].alpha);

      per_second[kind] = PetscMax(per_second[kind], rates.all / rotation);
      per_second[kind] = PetscMax(per_second[kind], rates.whole / PetscMin(PRECESSION[kind], rotation));
      per_second[kind] = PetscMax(per_second[kind], rates.random / DIFFUSION[kind]);
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, per_second, KINDS, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->film.grid)));
  PetscFunctionReturn(0);
}

/* The step of the deck, or the default one. */
static PetscReal choose(HfMagnet magnet, PetscReal per_second) {
  const PetscReal most = magnet->integrator_settings.max_step;
  PetscReal step;
  HfNode place;

  fluctuates(magnet, &step, &place);
  return step > 0 ? step : 1 / PetscMax(per_second, 1 / most);
}

PetscErrorCode HfFluctuationStep(HfMagnet magnet, PetscReal *step) {
  PetscReal per_second[KINDS];

  PetscFunctionBeginUser;
  PetscCall(step_rates(magnet, PETSC_NINFINITY, PETSC_INFINITY, 0, per_second));
  *step = choose(magnet, per_second[DEFAULT]);
  PetscFunctionReturn(0);
}

/* A step of the deck that is longer than is allowed is an error of it. */
static PetscErrorCode check_step(HfMagnet magnet, const PetscReal per_second[KINDS], const char *where) {
  PetscReal step;
  HfNode place;

  PetscFunctionBeginUser;
  fluctuates(magnet, &step, &place);
  if (step * per_second[LONGEST] > 1 + 1e-6)
    PetscCall(
        HfDeckError(magnet->film.deck, place,
                    "a time step of %.3g s is too long %s: Heun's method needs steps of at most %.3g s for the field and the fluctuations of this "
                    "film; without `step` they are %.3g s",
                    (double)step, where, 1 / (double)per_second[LONGEST], 1 / (double)per_second[DEFAULT]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCheckAppliedField(HfMagnet magnet, const char *where, const PetscReal H[3]) {
  PetscReal per_second[KINDS], before[3];

  PetscFunctionBeginUser;
  if (!HfMagnetFluctuates(magnet)) PetscFunctionReturn(0);
  HfMagnetGetUniformField(magnet, before);
  PetscCall(HfMagnetSetUniformField(magnet, H));
  PetscCall(step_rates(magnet, PETSC_NINFINITY, PETSC_INFINITY, 0, per_second));
  PetscCall(HfMagnetSetUniformField(magnet, before));
  PetscCall(check_step(magnet, per_second, where));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCheckStoredField(HfMagnet magnet, const char *where, PetscReal H) {
  PetscReal per_second[KINDS];

  PetscFunctionBeginUser;
  if (!HfMagnetFluctuates(magnet)) PetscFunctionReturn(0);
  PetscCall(step_rates(magnet, PETSC_NINFINITY, PETSC_INFINITY, H, per_second));
  PetscCall(check_step(magnet, per_second, where));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFluctuationSettingsCheck(HfMagnet magnet) {
  static const char *const without[] = {"tolerance", "min_step", "first_step"};
  HfNode section = HfNodeFind(HfDeckRoot(magnet->film.deck), "integrator");
  PetscReal step, per_second[KINDS];
  HfNode place;

  PetscFunctionBeginUser;
  if (!fluctuates(magnet, &step, &place)) PetscFunctionReturn(0);
  if (strcmp(HfText(section, "method"), "auto"))
    PetscCall(HfDeckError(magnet->film.deck, HfChild(section, "method"),
                          "integrator.method: with `thermal` the method is Heun's; leave it out, or leave `thermal` out for a film at 0 K"));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(without); ++k)
    if (HfGiven(section, without[k]))
      PetscCall(HfDeckError(magnet->film.deck, HfChild(section, without[k]),
                            "integrator.%s has no effect with `thermal`, whose steps are not adaptive; leave it out, and give thermal.step or "
                            "integrator.max_step for shorter ones",
                            without[k]));
  if (step > magnet->integrator_settings.max_step)
    PetscCall(HfDeckError(magnet->film.deck, place, "a time step of %.3g s is longer than integrator.max_step, %.3g s", (double)step,
                          (double)magnet->integrator_settings.max_step));
  PetscCall(step_rates(magnet, PETSC_NINFINITY, PETSC_INFINITY, 0, per_second));
  PetscCall(check_step(magnet, per_second, "in the field of the deck"));
  if (step * per_second[SLOW] > 1 + 1e-6 && step * per_second[LONGEST] <= 1 + 1e-6)
    PetscCall(HfDeckWarn(magnet->film.deck, place,
                         "a time step of %.3g s is so long that m precesses too fast by more than 0.2 %%: up to %.3g s it does not", (double)step,
                         1 / (double)per_second[SLOW]));
  PetscFunctionReturn(0);
}

typedef struct {
  HfMagnet magnet;
  HfMagnetMonitor monitor;
  void *context;
  PetscReal *reached;
} Heun;

static PetscErrorCode draw(PetscReal h, void *context) {
  HfMagnet magnet = ((const Heun *)context)->magnet;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];
    if (term->type->draw && HfTermActive(term)) PetscCall((*term->type->draw)(term, magnet->thermal_steps, h));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode noisy_rate(PetscReal t, Vec m, Vec dmdt, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfUnitRightHandSide(((const Heun *)context)->magnet, HF_FIELD_NOISY, t, m, dmdt));
  PetscFunctionReturn(0);
}

static PetscErrorCode normalize(Vec m, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfMagnetNormalize(((const Heun *)context)->magnet, m));
  PetscFunctionReturn(0);
}

static PetscErrorCode step_done(const HfHeunStep *step, PetscBool *stop, void *context) {
  const Heun *self = context;
  HfMagnet magnet = self->magnet;
  const PetscReal t = step->t;

  PetscFunctionBeginUser;
  ++magnet->thermal_steps;
  ++magnet->steps;
  *self->reached = t;
  if (magnet->current.mode != HF_CURRENT_PER_STAGE && HfCurrentDue(magnet, t, PETSC_TRUE)) PetscCall(HfCurrentRefreshNow(magnet, t, step->y));
  magnet->phase.time = t;
  magnet->phase.done = step->done;
  magnet->heun_step = step;
  if (self->monitor) PetscCall((*self->monitor)(t, step->h, step->y, self->context, stop));
  magnet->heun_step = NULL;
  PetscFunctionReturn(0);
}

PetscErrorCode HfFluctuationsBegin(HfMagnet magnet, PetscReal t0, PetscReal t1) {
  PetscReal per_second[KINDS];

  PetscFunctionBeginUser;
  PetscCall(step_rates(magnet, t0, t1, 0, per_second));
  PetscCall(check_step(magnet, per_second, "in the field that acts now"));
  if (HfDeckErrorCount(magnet->film.deck)) PetscFunctionReturn(HfDeckVerdict(magnet->film.deck));
  magnet->phase.step = choose(magnet, per_second[DEFAULT]);
  magnet->phase.done = 0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfFluctuationsAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context, PetscReal *reached,
                                     PetscBool *finite) {
  Heun self = {.magnet = magnet, .monitor = monitor, .context = context, .reached = reached};
  const HfHeunProblem problem = {draw, noisy_rate, normalize, step_done, &self};

  PetscFunctionBeginUser;
  PetscCall(HfHeunIntegrate(&problem, m, t0, t1, magnet->phase.step, magnet->phase.done, finite));
  PetscFunctionReturn(0);
}
