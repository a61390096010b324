/* PETSc's options database: filled from the deck's `petsc:` section, and searched for options that nothing has read. */
#include "app.h"
#include <hopfilm/petsc_versions.h>
#include <string.h>

PetscErrorCode HfAppPetscSettings(HfDeck deck) {
  HfNode section = HfChild(HfDeckRoot(deck), "petsc");
  PetscFunctionBeginUser;
  for (PetscInt k = 0; section && k < HfNodeLength(section); ++k) {
    HfNode item = HfNodeItem(section, k);
    const char *name = HfNodeName(item), *text = HfNodeText(item);
    char option[PETSC_MAX_OPTION_NAME];
    PetscBool given;
    PetscCall(PetscSNPrintf(option, sizeof option, "-%s", name[0] == '-' ? name + 1 : name));
    PetscCall(PetscOptionsHasName(NULL, NULL, option, &given));
    if (!given) PetscCall(PetscOptionsSetValue(NULL, option, text && text[0] ? text : NULL));
  }
  PetscCall(HfPetscSettings());
  PetscFunctionReturn(0);
}

/* Options that PETSc reads at its end, or whenever it likes. */
static PetscBool is_global(const char *name) {
  static const char *const prefixes[] = {"log_",         "malloc",  "memory_",  "info",     "options_", "objects_", "citations", "get_total_flops",
                                         "skip_petscrc", "debug",   "on_error", "start_in", "fp_trap",  "history",  "help",      "version",
                                         "saws",         "viewer_", "petsc_"};
  for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; ++k) {
    if (!strncmp(name, prefixes[k], strlen(prefixes[k]))) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscErrorCode HfAppRefuseUnusedPetscOptions(MPI_Comm comm) {
  PetscInt n, n_unused = 0;
  char **names, **values, message[512] = "";
  PetscFunctionBeginUser;
  PetscCall(PetscOptionsLeftGet(NULL, &n, &names, &values));
  for (PetscInt k = 0; k < n; ++k) {
    const size_t used = strlen(message);
    if (is_global(names[k])) continue;
    PetscCall(PetscSNPrintf(message + used, sizeof message - used, "%s-%s", n_unused++ ? ", " : "", names[k]));
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &n, &names, &values));
  PetscCheckFault(!n_unused, comm, HF_ERR_DECK, "no part of this run uses the PETSc option%s %s", n_unused == 1 ? "" : "s", message);
  PetscFunctionReturn(0);
}
