/* rules.c: the list of learning rules. */
#include "rules.h"

static const HfRule *const RULES[] = {
#define HF_RULE(name) &HfRule_##name,
#include "rules.def"
#undef HF_RULE
};

PetscInt HfRuleCount(void) { return (PetscInt)PETSC_STATIC_ARRAY_LENGTH(RULES); }

const HfRule *HfRuleGet(PetscInt k) { return RULES[k]; }

const HfRule *HfRuleFind(const char *name) {
  for (PetscInt k = 0; k < HfRuleCount(); k++)
    if (!strcmp(RULES[k]->name, name)) return RULES[k];
  return NULL;
}
