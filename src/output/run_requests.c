/* What is asked of a run while it goes on: signals to any rank, a file STOP in the run directory, the time limit, a checkpoint that is due. Rank 0
   looks at clock and directory; one reduction of a few numbers tells all ranks the same. It also says after how many steps to look again, about every
   tenth of a second, so that nobody notices. */
#include "output_impl.h"
#include <string.h>
#include <unistd.h>

enum { CHECKPOINT, STOP, FLUSH, STEPS, N_ASKED };
enum { NO_STOP, STOP_FILE, STOP_TIME, STOP_SIGNAL };
static const double PERIOD = 0.1;     /* s */
static const double PART = 0.01;      /* of the wall time may go into checkpoints, or those that are not due by time wait */
static const double FIRST = 5;        /* the first one costs about so many times what it takes to publish run.h5, which is done before */
static const double LOOK_EVERY = 0.5; /* s between looks into the directory */

static PetscBool stop_file(HfOutput output, double now) {
  char path[PETSC_MAX_PATH_LEN];

  if (now - output->looked < LOOK_EVERY) return PETSC_FALSE;
  output->looked = now;
  HfOutputPath(output, "STOP", path);
  return access(path, F_OK) == 0 || (output->ensemble_stop[0] && access(output->ensemble_stop, F_OK) == 0) ? PETSC_TRUE : PETSC_FALSE;
}

/* Steps that take about PERIOD, from those of the last time; never many more at once. */
static PetscInt steps_to_next(HfOutput output, double now, double period) {
  const double passed = now - output->attended, wanted = output->attend_steps * period / PetscMax(passed, 1e-9);

  output->attend_steps = PetscMax(1, PetscMin(wanted, 4 * output->attend_steps));
  output->attended = now;
  return (PetscInt)PetscMin(output->attend_steps, 1e6);
}

/* This one and that at the end are paid for by the time that has passed. */
static PetscBool is_cheap(const HfOutput output, double now) {
  const double cost = output->checkpoint_cost > 0 ? output->checkpoint_cost : FIRST * output->publish_cost;

  return output->checkpoint_costs + 2 * cost <= PART * (now - output->launched) ? PETSC_TRUE : PETSC_FALSE;
}

static void look(HfOutput output, PetscBool at_step, PetscBool last, int asked[N_ASKED]) {
  const double now = MPI_Wtime(), every = output->settings.checkpoint_every, since = now - output->checkpointed;
  const double reserve = 1 + 3 * output->checkpoint_cost;

  if (every > 0 && (since >= every || last || (at_step && is_cheap(output, now)))) asked[CHECKPOINT] = 1;
  if (stop_file(output, now)) asked[STOP] = STOP_FILE;
  if (output->settings.max_walltime > 0 && now - output->launched + reserve >= output->settings.max_walltime) asked[STOP] = STOP_TIME;
  asked[STEPS] = at_step ? 1 : (int)steps_to_next(output, now, every > 0 ? PetscMin(PERIOD, 0.3 * every) : PERIOD);
}

static PetscErrorCode tell_stop(HfOutput output, int reason) {
  static const char *const reasons[] = {"", "a file STOP is in the run directory", "output.max_walltime is near", "asked by a signal"};
  char line[128], path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(line, sizeof line, "stopping: %s", reasons[reason]));
  HfOutputSay(output, line);
  HfOutputPath(output, "STOP", path);
  if (!output->rank && reason == STOP_FILE) unlink(path); /* it is obeyed */
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputAttend(void *context, PetscBool at_step, PetscBool last, HfRequest *request) {
  HfOutput output = context;
  int asked[N_ASKED] = {0};

  PetscFunctionBeginUser;
  if (!output->rank) look(output, at_step, last, asked);
  if (HfSignalCaught(HF_SIGNAL_CHECKPOINT)) asked[CHECKPOINT] = 1;
  if (HfSignalCaught(HF_SIGNAL_STOP)) asked[STOP] = STOP_SIGNAL;
  if (HfSignalCaught(HF_SIGNAL_FLUSH)) asked[FLUSH] = 1;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, asked, N_ASKED, MPI_INT, MPI_MAX, output->comm));
  HfSignalDone(HF_SIGNAL_CHECKPOINT);
  HfSignalDone(HF_SIGNAL_FLUSH);
  *request = (HfRequest){.checkpoint = asked[CHECKPOINT] ? PETSC_TRUE : PETSC_FALSE,
                         .stop = asked[STOP] && !last ? PETSC_TRUE : PETSC_FALSE,
                         .steps = PetscMax(1, asked[STEPS])};
  if (request->stop) PetscCall(tell_stop(output, asked[STOP]));
  if (asked[FLUSH] && !request->checkpoint && !request->stop) PetscCall(HfOutputPublish(output));
  PetscFunctionReturn(0);
}
