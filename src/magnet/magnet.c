/* The magnetization of the film: keys, materials, terms and torques of each region.

     (1+alpha^2) dm/dt = -gamma0 [ m x H + alpha m x (m x H) ],   H = sum of terms (A/m), m = M/Ms a unit vector per cell
   A term is one file in fields/, a torque one in torques/; here they are registered and set up. */
#include "fields/stored.h"
#include "fields/zeeman.h"
#include "magnet_impl.h"

#define HF_TERM(name) extern const HfTermType HfTermType_##name;
#include "fields/fields.def"
#undef HF_TERM
const HfTermType *const hf_term_types[] = {
#define HF_TERM(name) &HfTermType_##name,
#include "fields/fields.def"
#undef HF_TERM
};
const PetscInt hf_term_type_count = sizeof(hf_term_types) / sizeof(hf_term_types[0]);

#define HF_TORQUE(name) extern const HfTorqueType HfTorqueType_##name;
#include "torques/torques.def"
#undef HF_TORQUE
const HfTorqueType *const hf_torque_types[] = {
#define HF_TORQUE(name) &HfTorqueType_##name,
#include "torques/torques.def"
#undef HF_TORQUE
};
const PetscInt hf_torque_type_count = sizeof(hf_torque_types) / sizeof(hf_torque_types[0]);

static const HfKey keys[] = {
    {"film.material", HF_TYPE, "material", NULL, "", 0, "What the film is made of"},
    {"film.regions[].material", HF_TYPE, "material", "=film.material", "", 0, "What the region is made of"},
    {"material:", HF_SECTION, NULL, "", "", 0, "A magnetic, conducting material"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};
static const HfKey material_keys[] = {
    {"Ms", HF_QUANTITY, "A/m", NULL, ">0", 0, "Saturation magnetization"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfMagnetRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscCall(HfKeysAdd(table, "material:", material_keys));
  for (PetscInt k = 0; k < hf_term_type_count; ++k)
    if (hf_term_types[k]->keys) PetscCall(HfKeysAdd(table, hf_term_types[k]->prefix, hf_term_types[k]->keys));
  for (PetscInt k = 0; k < hf_torque_type_count; ++k)
    if (hf_torque_types[k]->keys) PetscCall(HfKeysAdd(table, hf_torque_types[k]->prefix, hf_torque_types[k]->keys));
  PetscCall(HfInitialRegisterKeys(table));
  PetscCall(HfIntegratorRegisterKeys(table));
  PetscFunctionReturn(0);
}

PetscReal HfMaterialConstant(const HfMaterial *material, const char *key) {
  const PetscReal value = HfReal(material->node, key);
  return HfUnitIndex(material->node, key) ? 0.5 * HF_MU0 * material->Ms * value : value;
}

static PetscErrorCode read_materials(HfMagnet magnet) {
  HfNode film = HfNodeFind(HfDeckRoot(magnet->deck), "film");
  const PetscInt n = HfGridGetInfo(magnet->grid)->n_regions;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n, &magnet->materials));
  for (PetscInt r = 0; r < n; ++r) {
    HfMaterial *material = &magnet->materials[r];
    const PetscBool listed = (PetscBool)(r > 0 && HfHas(film, "regions") && r <= HfCount(film, "regions"));

    material->node = HfChild(listed ? HfItem(film, "regions", r - 1) : film, "material");
    material->Ms = HfReal(material->node, "Ms");
    material->Aex = HfMaterialConstant(material, "Aex");
    material->alpha = HfReal(material->node, "alpha");
    material->gamma0 = HfReal(material->node, "gamma0");
  }
  magnet->site = (HfSite){magnet->grid, magnet->deck, n, magnet->materials};
  PetscFunctionReturn(0);
}

static PetscErrorCode create_terms(HfMagnet magnet) {
  const HfSite *site = &magnet->site;

  PetscFunctionBeginUser;
  magnet->n_terms = hf_term_type_count;
  PetscCall(PetscCalloc1(magnet->n_terms, &magnet->terms));
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    HfTerm *term = &magnet->terms[k];

    term->type = hf_term_types[k];
    PetscCall(PetscCalloc2(site->n_regions, &term->active, site->n_regions, &term->p));
    if (term->type->create) PetscCall((*term->type->create)(term, site));
    for (PetscInt r = 0; r < site->n_regions; ++r) PetscCall((*term->type->set_up)(term, site, r, term->p[r], &term->active[r]));
    if (HfTermActive(magnet, k)) HfCite(term->type->citation);
  }
  magnet->n_torques = hf_torque_type_count;
  PetscCall(PetscCalloc1(magnet->n_torques, &magnet->torques));
  for (PetscInt k = 0; k < magnet->n_torques; ++k) {
    HfTorque *torque = &magnet->torques[k];

    torque->type = hf_torque_types[k];
    PetscCall(PetscCalloc2(site->n_regions, &torque->active, site->n_regions, &torque->p));
    if (torque->type->create) PetscCall((*torque->type->create)(torque, site));
    for (PetscInt r = 0; r < site->n_regions; ++r) {
      PetscCall((*torque->type->set_up)(torque, site, r, torque->p[r], &torque->active[r]));
      if (torque->active[r]) HfCite(torque->type->citation);
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCreate(HfGrid grid, HfDeck deck, HfMagnet *out) {
  HfMagnet magnet;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&magnet));
  *out = magnet;
  magnet->grid = grid;
  magnet->deck = deck;
  PetscCall(read_materials(magnet));
  PetscCall(create_terms(magnet));
  PetscCall(HfRowsCreate(&magnet->site, magnet->terms, magnet->n_terms, HfMagnetFeelsCurrent(magnet), &magnet->rows));
  PetscCall(HfSweepCreate(grid, &magnet->sweep));
  PetscCall(HfIntegratorCreate(magnet));
  PetscCall(HfMaterialsWarn(magnet));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetDestroy(HfMagnet *out) {
  HfMagnet magnet = *out;

  PetscFunctionBeginUser;
  if (!magnet) PetscFunctionReturn(0);
  PetscCall(HfIntegratorDestroy(&magnet->integrator));
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
  PetscCall(PetscFree(magnet->materials));
  PetscCall(HfRowsDestroy(&magnet->rows));
  PetscCall(HfSweepDestroy(&magnet->sweep));
  PetscCall(VecDestroy(&magnet->uniform_current));
  PetscCall(PetscFree(*out));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetCreateState(HfMagnet magnet, Vec *m) {
  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(magnet->grid, 3, m));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetUniformField(HfMagnet magnet, const PetscReal H[3]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type == &HfTermType_zeeman) HfTermZeemanSet(&magnet->terms[k], magnet->site.n_regions, H);
  ++magnet->inputs;
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetSetStoredField(HfMagnet magnet, Vec field) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type == &HfTermType_stored) PetscCall(HfTermStoredSet(&magnet->terms[k], magnet->site.n_regions, field));
  ++magnet->inputs;
  PetscFunctionReturn(0);
}

PetscBool HfTermActive(HfMagnet magnet, PetscInt k) {
  for (PetscInt r = 0; r < magnet->site.n_regions; ++r)
    if (magnet->terms[k].active[r]) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscBool HfTorqueActive(HfMagnet magnet, PetscInt k) {
  for (PetscInt r = 0; r < magnet->site.n_regions; ++r)
    if (magnet->torques[k].active[r]) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscBool HfTermsWhole(HfMagnet magnet) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (magnet->terms[k].type->whole && HfTermActive(magnet, k)) return PETSC_TRUE;
  return PETSC_FALSE;
}

PetscReal HfMagnetExchangeConstant(HfMagnet magnet, PetscInt region) {
  const HfMaterial *material = &magnet->materials[region];
  return material->Aex * (2 / (HF_MU0 * material->Ms));
}

PetscInt HfMagnetTermCount(HfMagnet magnet) {
  PetscInt n = 0;
  for (PetscInt k = 0; k < magnet->n_terms; ++k) n += HfTermActive(magnet, k);
  return n;
}

const char *HfMagnetTermName(HfMagnet magnet, PetscInt which) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (HfTermActive(magnet, k) && which-- == 0) return magnet->terms[k].type->name;
  return NULL;
}

void HfMagnetStatistics(HfMagnet magnet, PetscInt64 *steps, PetscInt64 *rejected, PetscInt64 *evaluations) {
  if (steps) *steps = magnet->steps;
  if (rejected) *rejected = magnet->rejected;
  if (evaluations) *evaluations = magnet->evaluations;
}
