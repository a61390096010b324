/* The magnet: the lists of terms and torques, their creation, fields from outside.

     (1+alpha^2) dm/dt = -gamma0 [ m x H + alpha m x (m x H) ] + other torques,   H = sum of terms (A/m), m = M/Ms a unit vector per cell
   A term is one file in fields/, a torque one in torques/; here they are listed and created. */
#include "magnet_impl.h"

#define HF_TERM(name) extern const HfTermType HfTermType_##name;
#include "fields/fields.def"
#undef HF_TERM
static const HfTermType *const term_types[] = {
#define HF_TERM(name) &HfTermType_##name,
#include "fields/fields.def"
#undef HF_TERM
};

#define HF_TORQUE(name) extern const HfTorqueType HfTorqueType_##name;
#include "torques/torques.def"
#undef HF_TORQUE
static const HfTorqueType *const torque_types[] = {
#define HF_TORQUE(name) &HfTorqueType_##name,
#include "torques/torques.def"
#undef HF_TORQUE
};

const HfMagnetTypes hf_built_in_types = {PETSC_STATIC_ARRAY_LENGTH(term_types), PETSC_STATIC_ARRAY_LENGTH(torque_types), term_types, torque_types};

PetscErrorCode HfMagnetRegisterKeys(HfKeys table, const HfMagnetTypes *types) {
  PetscFunctionBeginUser;
  if (!types) types = &hf_built_in_types;
  PetscCall(HfMaterialsRegisterKeys(table));
  PetscCall(HfInterfacesRegisterKeys(table));
  for (PetscInt k = 0; k < types->n_terms; ++k)
    if (types->terms[k]->keys) PetscCall(HfKeysAdd(table, types->terms[k]->prefix, types->terms[k]->keys));
  for (PetscInt k = 0; k < types->n_torques; ++k)
    if (types->torques[k]->keys) PetscCall(HfKeysAdd(table, types->torques[k]->prefix, types->torques[k]->keys));
  PetscCall(HfInitialRegisterKeys(table));
  PetscCall(HfIntegratorRegisterKeys(table));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_terms(HfMagnet magnet, const HfMagnetTypes *types) {
  const PetscInt n_regions = magnet->film.n_regions;

  PetscFunctionBeginUser;
  magnet->n_terms = types->n_terms;
  PetscCall(PetscCalloc1(magnet->n_terms, &magnet->terms));
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];

    term->type = types->terms[k];
    term->film = &magnet->film;
    PetscCall(PetscCalloc2(n_regions, &term->active, n_regions, &term->p));
    if (term->type->settings) PetscCall((*term->type->settings)(term));
    for (PetscInt r = 0; r < n_regions; ++r) PetscCall((*term->type->region_settings)(term, r, term->p[r], &term->active[r]));
    if (HfTermActive(term)) HfCite(term->type->citation);
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode create_torques(HfMagnet magnet, const HfMagnetTypes *types) {
  const PetscInt n_regions = magnet->film.n_regions;

  PetscFunctionBeginUser;
  magnet->n_torques = types->n_torques;
  PetscCall(PetscCalloc1(magnet->n_torques, &magnet->torques));
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    HfTorque *torque = &magnet->torques[k];

    torque->type = types->torques[k];
    torque->film = &magnet->film;
    PetscCall(PetscCalloc2(n_regions, &torque->active, n_regions, &torque->p));
    if (torque->type->settings) PetscCall((*torque->type->settings)(torque));
    for (PetscInt r = 0; r < n_regions; ++r) PetscCall((*torque->type->region_settings)(torque, r, torque->p[r], &torque->active[r]));
    if (HfTorqueActive(torque) && !torque->type->current_driven) HfCite(torque->type->citation);
  }
  PetscFunctionReturn(0);
}

/* Settings that belong to no single term or torque. */
static PetscErrorCode read_settings(HfMagnet magnet) {
  PetscFunctionBeginUser;
  PetscCall(HfMaterialsSettings(magnet->film.grid, magnet->film.deck, &magnet->film.materials));
  PetscCall(HfInterfacesSettings(&magnet->film));
  PetscCall(HfInitialSettingsRead(magnet->film.deck, HfNodeFind(HfDeckRoot(magnet->film.deck), "film.initial"), &magnet->initial));
  PetscCall(HfIntegratorSettingsRead(magnet->film.deck, &magnet->integrator_settings));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCreate(HfGrid grid, HfDeck deck, const HfMagnetTypes *types, HfMagnet *out) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfMagnet magnet;

  PetscFunctionBeginUser;
  if (!types) types = &hf_built_in_types;
  PetscCall(PetscNew(&magnet));
  *out = magnet;
  magnet->film = (HfFilm){.grid = grid, .deck = deck, .xm = g->xm, .ys = g->ys, .n_regions = g->n_regions};
  PetscCall(read_settings(magnet));
  magnet->friction = HfMagnetHasFriction(magnet);
  PetscCall(create_terms(magnet, types));
  PetscCall(create_torques(magnet, types));
  PetscCall(HfFluctuationSettingsCheck(magnet));
  PetscCall(HfFrictionSettingsCheck(magnet));
  PetscCall(HfRowsCreate(magnet, &magnet->rows));
  PetscCall(HfSweepCreate(grid, &magnet->sweep));
  PetscCall(HfIntegratorCreate(magnet));
  PetscCall(HfMaterialsCheck(magnet));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetDestroy(HfMagnet *out) {
  HfMagnet magnet = *out;

  PetscFunctionBeginUser;
  if (!magnet) PetscFunctionReturn(0);
  PetscCall(HfIntegratorDestroy(&magnet->integrator));
  PetscCall(HfDampingDestroy(&magnet->damping));
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    if (magnet->terms[k].type->destroy) PetscCall((*magnet->terms[k].type->destroy)(&magnet->terms[k]));
    PetscCall(PetscFree2(magnet->terms[k].active, magnet->terms[k].p));
  }
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    if (magnet->torques[k].type->destroy) PetscCall((*magnet->torques[k].type->destroy)(&magnet->torques[k]));
    PetscCall(PetscFree2(magnet->torques[k].active, magnet->torques[k].p));
  }
  PetscCall(PetscFree(magnet->terms));
  PetscCall(PetscFree(magnet->torques));
  PetscCall(PetscFree(magnet->film.materials));
  PetscCall(PetscFree(magnet->film.exchange_factors));
  PetscCall(HfRowsDestroy(&magnet->rows));
  PetscCall(HfSweepDestroy(&magnet->sweep));
  PetscCall(HfWavefrontDestroy(&magnet->wavefront));
  PetscCall(VecDestroy(&magnet->uniform_current));
  PetscCall(PetscFree(*out));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCreateState(HfMagnet magnet, Vec *m) {
  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(magnet->film.grid, 3, m));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetUniformField(HfMagnet magnet, const PetscReal H[3]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];
    if (term->type->set_uniform_field) PetscCall((*term->type->set_uniform_field)(term, H));
  }
  ++magnet->inputs;
  PetscFunctionReturn(0);
}

void HfMagnetGetUniformField(HfMagnet magnet, PetscReal H[3]) {
  for (int c = 0; c < 3; ++c) H[c] = 0;
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->get_uniform_field) (*magnet->terms[k].type->get_uniform_field)(&magnet->terms[k], H);
}

PetscErrorCode HfMagnetSetStoredField(HfMagnet magnet, Vec field) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];
    if (term->type->set_stored_field) PetscCall((*term->type->set_stored_field)(term, field));
  }
  ++magnet->inputs;
  PetscFunctionReturn(0);
}

PetscErrorCode HfVecRows(Vec v, const PetscScalar **rows) {
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(v, rows));
  PetscCall(VecRestoreArrayRead(v, &(const PetscScalar *){*rows}));
  PetscFunctionReturn(0);
}

static PetscBool any(PetscInt n, const PetscBool flags[]) {
  for (PetscInt k = 0; k < n; ++k)
    if (flags[k]) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscBool HfTermActive(const HfTerm *term) { return any(term->film->n_regions, term->active); }

PetscBool HfTorqueActive(const HfTorque *torque) { return any(torque->film->n_regions, torque->active); }

PetscBool HfTermsWhole(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->whole && HfTermActive(&magnet->terms[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscBool HfTermsVary(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (term->type->varies && HfTermActive(term) && (*term->type->varies)(term)) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscBool HfTermHasEnergy(const HfTerm *term) { return (PetscBool)(term->type->energy && HfTermActive(term)); }

PetscReal HfMagnetExchangeConstant(HfMagnet magnet, PetscInt region) {
  const HfMaterial *material = &magnet->film.materials[region];
  return material->Aex * (2 / (HF_MU0 * material->Ms));
}

PetscInt HfMagnetTermCount(HfMagnet magnet) {
  PetscInt n = 0;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) n += HfTermHasEnergy(&magnet->terms[k]);
  return n;
}

const char *HfMagnetTermName(HfMagnet magnet, PetscInt which) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (HfTermHasEnergy(&magnet->terms[k]) && which-- == 0) return magnet->terms[k].type->name;
  return NULL;
}

const char *HfMagnetTermNote(HfMagnet magnet, PetscInt which) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    const HfTerm *term = &magnet->terms[k];
    if (HfTermHasEnergy(term) && which-- == 0) return term->type->note ? (*term->type->note)(term) : "";
  }
  return "";
}

void HfMagnetStatistics(HfMagnet magnet, PetscInt64 *steps, PetscInt64 *rejected, PetscInt64 *evaluations) {
  if (steps) *steps = magnet->steps;
  if (rejected) *rejected = magnet->rejected;
  if (evaluations) *evaluations = magnet->evaluations;
}
