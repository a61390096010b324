/* A table in time from a text file: `t v1 ... vn` per line, linear in between, constant before and after. */
#pragma once
#include <hopfilm/deck.h>
typedef struct HfTimeTable_ *HfTimeTable;
/* Reads the file that the deck names at `node`; what is wrong with it is reported to the deck and *table stays NULL. Collective. */
PetscErrorCode HfTimeTableRead(HfDeck deck, HfNode node, PetscInt n, HfTimeTable *table);
void HfTimeTableAt(HfTimeTable table, PetscReal t, PetscReal values[]);
/* Time of the first line after t, s; PETSC_INFINITY: there is none. A line at t but for round-off is not after it. */
PetscReal HfTimeTableNextKnot(HfTimeTable table, PetscReal t);
/* By how much the slope of each value changes at t, 1/s: 0 where there is no line. */
void HfTimeTableBend(HfTimeTable table, PetscReal t, PetscReal bend[]);
/* Largest 2-norm of the values at times from ... to. */
PetscReal HfTimeTableLargest(HfTimeTable table, PetscReal from, PetscReal to);
PetscErrorCode HfTimeTableDestroy(HfTimeTable *table);
