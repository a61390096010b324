/* The parts of a run by which PETSc's -log_view lists its time. */
#include <hopfilm/base.h>

static const char *const names[] = {"HfRightHandSide", "HfConvolution", "HfPotential", "HfProbe", "HfOutput"};
static PetscLogEvent events[sizeof names / sizeof names[0]]; /* process-wide, as PETSc's own table of events is */
static PetscBool registered = PETSC_FALSE;

static PetscErrorCode register_events(void) {
  PetscClassId class;

  PetscFunctionBeginUser;
  if (registered) PetscFunctionReturn(0);
  PetscCall(PetscClassIdRegister("hopfilm", &class));
  for (size_t k = 0; k < sizeof names / sizeof names[0]; ++k) PetscCall(PetscLogEventRegister(names[k], class, &events[k]));
  registered = PETSC_TRUE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfProfileBegin(HfProfile part) {
  PetscFunctionBeginUser;
  PetscCall(register_events());
  PetscCall(PetscLogEventBegin(events[part], 0, 0, 0, 0));
  PetscFunctionReturn(0);
}

PetscErrorCode HfProfileEnd(HfProfile part) {
  PetscFunctionBeginUser;
  PetscCall(PetscLogEventEnd(events[part], 0, 0, 0, 0));
  PetscFunctionReturn(0);
}
