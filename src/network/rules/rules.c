/* The list of learning rules, and the network of any of them. */
#include "rules.h"

static const HfRule *const RULES[] = {
#define HF_RULE(name) &HfRule_##name,
#include "rules.def"
#undef HF_RULE
};

/* Epochs as in Fig. 5 of Niu et al. 2024; half of a link remains after a pulse of 5 ns on a film with a time constant of 7 ns; small steps of unlearning, up to
   half of what was stored; a dense memory of letters does not improve beyond degree 6; Krotov & Hopfield 2019; spikes well within the window. */
const HfRuleContext HF_RULE_DEFAULTS = {
    .seed = 1, .epochs = 12, .decay = 0.5, .unlearning = 0.01, .dreams = 0.5, .degree = 6, .anti_hebbian = 0.4, .jitter = 5.0};

PetscInt HfRuleCount(void) { return (PetscInt)PETSC_STATIC_ARRAY_LENGTH(RULES); }

const HfRule *HfRuleGet(PetscInt k) { return RULES[k]; }

const HfRule *HfRuleFind(const char *name) {
  for (PetscInt k = 0; k < HfRuleCount(); ++k)
    if (!strcmp(RULES[k]->name, name)) return RULES[k];
  return NULL;
}

const HfRule *HfRuleFindFormer(const char *name) {
  for (PetscInt k = 0; k < HfRuleCount(); ++k)
    if (RULES[k]->former && !strcmp(RULES[k]->former, name)) return RULES[k];
  return NULL;
}

PetscErrorCode HfRuleLearn(const HfRule *rule, const HfRuleContext *context, PetscInt n, PetscInt n_patterns, const PetscReal x[],
                           HfNetwork *network) {
  PetscErrorCode code;
  PetscReal *w;

  PetscFunctionBeginUser;
  HfCite(rule->citation);
  if (rule->network) {
    code = rule->network(context, n, n_patterns, x, network);
    PetscFunctionReturn(code);
  }
  PetscCall(PetscMalloc1((size_t)n * n, &w));
  code = rule->learn(context, n, n_patterns, x, w);
  if (!code) PetscCall(HfNetworkCreate(n, w, network));
  PetscCall(PetscFree(w));
  PetscFunctionReturn(code);
}
