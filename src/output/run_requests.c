/* Requests to a running simulation: signals to any rank, a file STOP in the run directory, the time limit, a checkpoint that is due.

   Rank 0 looks at the clock and the directory; one reduction of a few integers makes all ranks agree. It also sets the number of time steps until the
   next inquiry, about a tenth of a second, so that the cost is not noticeable. */
#include "output_impl.h"
#include <string.h>
#include <unistd.h>

enum { CHECKPOINT, STOP, FLUSH, STEPS, N_REQUESTS };
enum { NO_STOP, STOP_FILE, STOP_TIME, STOP_SIGNAL };
static const double PERIOD = 0.1;              /* wall time between inquiries, s */
static const double LOOK_EVERY = 0.5;          /* wall time between looks for a file STOP, s */
static const double CHECKPOINT_SHARE = 0.01;   /* of the wall time may go into checkpoints at the end of schedule items */
static const double FIRST_TO_PUBLISH_COST = 5; /* estimate for the first checkpoint, relative to the cost of publishing run.h5, which comes before */

static PetscBool stop_file_exists(const HfRun *run, HfControl *control, double now) {
  char path[PETSC_MAX_PATH_LEN];

  if (now - control->looked < LOOK_EVERY) return PETSC_FALSE;
  control->looked = now;
  HfRunPath(run, "STOP", path);
  return access(path, F_OK) == 0 || (control->ensemble_stop[0] && access(control->ensemble_stop, F_OK) == 0) ? PETSC_TRUE : PETSC_FALSE;
}

/* Time steps that take about `period`, extrapolated from those `made` since the last inquiry; at most four times as many as those. */
static PetscInt steps_to_next(HfControl *control, double now, double period, PetscInt made) {
  const double passed = now - control->attended, wanted = (double)made * period / PetscMax(passed, 1e-9);

  control->attended = now;
  return (PetscInt)PetscMax(1, PetscMin(PetscMin(wanted, 4.0 * (double)made), 1e6));
}

/* Whether this checkpoint and the one at the end stay within their share of the wall time. */
static PetscBool is_cheap(const HfControl *control, double now) {
  const double cost = control->checkpoint_cost > 0 ? control->checkpoint_cost : FIRST_TO_PUBLISH_COST * control->publish_cost;

  return control->checkpoint_costs + 2 * cost <= CHECKPOINT_SHARE * (now - control->launched) ? PETSC_TRUE : PETSC_FALSE;
}

static void look(HfOutput output, PetscBool at_step, PetscBool last, PetscInt made, int requests[N_REQUESTS]) {
  HfControl *control = &output->control;
  const double now = MPI_Wtime(), every = output->settings.checkpoint_every, limit = output->settings.max_walltime;
  const double since = now - control->checkpointed, reserve = 1 + 3 * control->checkpoint_cost;

  if (every > 0 && (since >= every || last || (at_step && is_cheap(control, now)))) requests[CHECKPOINT] = 1;
  if (stop_file_exists(&output->run, control, now)) requests[STOP] = STOP_FILE;
  if (limit > 0 && now - control->launched + reserve >= limit) requests[STOP] = STOP_TIME;
  requests[STEPS] = (int)steps_to_next(control, now, every > 0 ? PetscMin(PERIOD, 0.3 * every) : PERIOD, PetscMax(1, made));
  if (at_step) requests[STEPS] = 1; /* those of the next item may take a thousand times as long */
}

static PetscErrorCode report_stop(HfOutput output, int reason) {
  static const char *const reasons[] = {"", "there is a file STOP in the run directory", "output.max_walltime is near", "requested by a signal"};
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  HfLogLine(&output->log, "stopping: %s", reasons[reason]);
  HfRunPath(&output->run, "STOP", path);
  if (!output->run.rank && reason == STOP_FILE) unlink(path); /* so that the next run is not stopped by it */
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputAttend(void *context, PetscBool at_step, PetscBool last, HfRequest *request) {
  HfOutput output = context;
  HfControl *control = &output->control;
  int requests[N_REQUESTS] = {[STOP] = control->stop}; /* kept: not every integrator can pause when it is asked to */

  PetscFunctionBeginUser;
  if (!output->run.rank) look(output, at_step, last, request->steps, requests);
  if (HfSignalCaught(HF_SIGNAL_CHECKPOINT)) requests[CHECKPOINT] = 1;
  if (HfSignalCaught(HF_SIGNAL_STOP)) requests[STOP] = STOP_SIGNAL;
  if (HfSignalCaught(HF_SIGNAL_FLUSH)) requests[FLUSH] = 1;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, requests, N_REQUESTS, MPI_INT, MPI_MAX, output->run.comm));
  if (output->settings.max_stall > 0) HfSignalsWatch(output->settings.max_stall);
  HfSignalClear(HF_SIGNAL_FLUSH);
  *request = (HfRequest){.checkpoint = requests[CHECKPOINT] ? PETSC_TRUE : PETSC_FALSE,
                         .stop = requests[STOP] && !last ? PETSC_TRUE : PETSC_FALSE,
                         .steps = PetscMax(1, requests[STEPS])};
  if (request->stop && !control->stop) PetscCall(report_stop(output, requests[STOP]));
  if (request->stop) control->stop = requests[STOP];
  if (requests[FLUSH] && !output->resume.replaying && !request->checkpoint && !request->stop) PetscCall(HfOutputPublish(output));
  PetscFunctionReturn(0);
}
