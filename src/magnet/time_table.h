/* A table in time from a text file: `t v1 ... vn` per line, linear in between, constant before and after. */
#pragma once
#include <hopfilm/deck.h>
typedef struct HfTimeTable_ *HfTimeTable;
/* Reads the file that the deck names at `node`; what is wrong with it is reported to the deck and *table stays NULL. Collective. */
PetscErrorCode HfTimeTableRead(HfDeck deck, HfNode node, PetscInt n, HfTimeTable *table);
void HfTimeTableAt(HfTimeTable table, PetscReal t, PetscReal values[]);
PetscErrorCode HfTimeTableDestroy(HfTimeTable *table);
