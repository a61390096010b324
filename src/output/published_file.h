/* run.h5 as it is published, opened by rank 0 alone; private to src/output. A failure makes `is_good` false and is noted; what follows it does no harm. */
#pragma once
#include "output_impl.h"
#include <hdf5_hl.h>

#define HF_PATH_GHOSTS HF_PATH_VTK "/CellData/vtkGhostType"

enum { HF_MOST_DIMENSIONS = 5 };

/* A field at the steps of the timeline. */
typedef struct {
  const char *name;  /* the recorder's */
  hsize_t shape[4];  /* frame, y, x, component */
  size_t bytes;      /* of a number: 4 or 8 */
  PetscInt64 *frame; /* [n_steps] to show, -1: the field was not saved then */
} HfFieldShown;

/* The times at which any field was saved. Of several instants at one time, as before and after a relaxation, the last is shown. */
typedef struct {
  PetscInt n_steps, n_fields;
  double *times; /* [n_steps], s, increasing */
  HfFieldShown fields[HF_MAX_FIELDS];
} HfTimeline;

typedef struct {
  HfOutput output;
  HfRun *run;
  hid_t file;
  PetscBool is_good;
  HfTimeline timeline;
} HfPublished;

PetscBool HfPublishedGood(HfPublished *file, hid_t result); /* of an HDF5 call; notes a failure */
void HfPublishedGroup(HfPublished *file, const char path[]);
void HfPublishedText(HfPublished *file, const char path[], const char name[], const char text[]); /* an attribute */
void HfPublishedWrite(HfPublished *file, const char path[], const HfTable *table, const void *values);
PetscBool HfPublishedUnits(HfPublished *file, const char path[], char units[64]);              /* of a dataset; false without */
int HfPublishedShape(HfPublished *file, const char path[], hsize_t shape[HF_MOST_DIMENSIONS]); /* the rank; 0 also for what is no array */

PetscErrorCode HfTimelineRead(HfPublished *file); /* vtk_view.c */
PetscErrorCode HfTimelineFree(HfTimeline *timeline);
PetscErrorCode HfPublishedVtk(HfPublished *file);
void HfPublishedXdmf(HfPublished *file);                 /* xdmf_view.c: into HF_NEW_XDMF */
PetscErrorCode HfPublishedDimensions(HfPublished *file); /* dimension_scales.c */
