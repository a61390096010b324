/* What `hopfilm export` reads and writes; private to the program. Everything on one rank. */
#pragma once
#include "app.h"

/* The part of a run.h5 that is exported. */
typedef struct {
  int64_t dataset;         /* of the field; HDF5's hid_t */
  PetscInt n_frames, dof;  /* of the field */
  double *times;           /* [n_frames], s */
  char unit[64];           /* of the field */
  PetscInt first[2], n[2]; /* the cells that are exported, of those that were saved; x, y */
  double corner[2], step[3];
  char *inside; /* [y][x]: 1 for film that is meant */
  double *values;
} HfExportSource;

/* Opens DIR/run.h5; why[256]: "" or what is wrong. region: -1, all; 0, film without region; else from 1. box: NULL or x0, y0, x1, y1, m. */
PetscErrorCode HfExportOpen(const char directory[], const char field[], PetscInt region, const PetscReal box[], HfExportSource *source,
                            char why[256]);
/* False when it cannot be read. */
PetscBool HfExportRead(HfExportSource *source, const char field[], PetscInt frame, HfFieldFrame *read);
PetscErrorCode HfExportClose(HfExportSource *source);

/* False when a file cannot be written. */
PetscBool HfExportVtk(const HfFieldFrame *frame, FILE *file);
PetscBool HfExportCsvHead(const HfFieldFrame *frame, FILE *file);
PetscBool HfExportCsv(const HfFieldFrame *frame, FILE *file);
