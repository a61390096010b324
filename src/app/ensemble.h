/* What the files of the ensemble share; private to the program. */
#pragma once
#include "app.h"

/* The results of all members as a table. Of an axis that is averaged over, members with the same values of the others form a group. */
typedef struct {
  HfEnsemble ensemble;
  HfDeck deck; /* of the ensemble */
  HfKeys keys;
  const HfOptions *options;
  const char *directory;
  PetscInt n_members, n_figures, room;
  char **figures;           /* "infer-3.accuracy", in the order in which they are met */
  PetscReal *values;        /* [n_members][room], NaN where a member has none */
  const char **status;      /* [n_members], "done", "diverged", ..., "waiting" */
  char **reason;            /* [n_members], why a member failed; NULL where nothing tells */
  const PetscMPIInt *code;  /* [n_members], exit code in this job; -1: another job ran it, or none has */
  const PetscReal *seconds; /* [n_members], of this job */
  PetscInt n_groups;        /* of members that differ in nothing but the averaged axes */
  PetscInt *group;          /* [n_members], 0 .. n_groups-1 */
  PetscInt *first, *size;   /* [n_groups]: a member of it, and how many have results */
} HfEnsembleTable;

void HfEnsembleMemberName(PetscInt member, char name[32]); /* "member-001" */
void HfEnsembleMemberPath(const char *directory, PetscInt member, const char *file, char path[PETSC_MAX_PATH_LEN]);

/* ensemble_table.c: reads the members' summaries and writes ensemble.tsv, summary.yaml and ensemble.h5. Of the table all above n_members, and code and
   seconds, are given. Collective on the ranks of its deck; rank 0 works. */
PetscErrorCode HfEnsembleTables(HfEnsembleTable *table);
/* Mean, standard error of the mean (NaN of less than two), least and largest of one figure over a group; how many members have it. */
PetscInt HfEnsembleAverage(const HfEnsembleTable *table, PetscInt group, PetscInt figure, PetscReal *mean, PetscReal *error, PetscReal range[2]);

/* ensemble_h5.c: on one rank. *why: NULL or what went wrong. */
PetscErrorCode HfEnsembleH5Write(const HfEnsembleTable *table, const char **why);
