/* Time integration at finite temperature. */
#pragma once
#include "evaluate.h"

PetscBool HfMagnetFluctuates(HfMagnet magnet); /* a term fluctuates: the deck has a temperature */
PetscReal HfHeunStep(HfMagnet magnet);         /* s, the deck's or chosen; shortened to fit a phase */
/* As HfMagnetAdvance() with thermal fluctuations, from step phase.done of the phase; HF_ERR_DIVERGED with *reached the time of the last good state. Collective. */
PetscErrorCode HfHeunAdvance(HfMagnet magnet, Vec m, PetscReal t0, PetscReal t1, HfMagnetMonitor monitor, void *context, PetscReal *reached);
