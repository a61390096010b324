/* The keys of the deck itself. */
#include "deck_impl.h"

PetscErrorCode HfDeckRegisterKeys(HfKeys keys) {
  static const HfKey rows[] = {
      {"hopfilm", HF_CHOICE, NULL, NULL, "1", 0, "Version of the deck format"},
      {"title", HF_TEXT, NULL, "", "", 0, "What the run is about, in one line"},
      {"include", HF_TEXTS, NULL, "", "", 0,
       "Decks, relative to this one, whose keys apply where this one has none; later ones override earlier ones; lists are replaced"},
      {"petsc", HF_FREE, NULL, "", "", 0, "Options passed to PETSc, without the leading dash"},
      {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}};

  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", rows));
  PetscCall(HfEnsembleRegisterKeys(keys));
  PetscFunctionReturn(0);
}
