/* Requests by signals, noted in flags of this rank; the ranks agree on them when they next check. A second request to stop does not wait for the end of a
   long item: the run gets GRACE more seconds to reach a step and save its state; then the process ends, and the launcher ends the others. Launchers and
   batch systems may deliver one signal twice: what follows within SAME seconds is the same request. A limit on CPU time (XCPU) is announced every second
   until it kills: however often, that is one request.

   The watch ends a process that makes no progress, as when another rank, a node or the network no longer answers: MPI then waits for ever, and no flag
   is looked at. It takes two alarms in a row, so that a job that the batch system suspended meanwhile gets time to go on. */
#define _GNU_SOURCE
#include <hopfilm/base.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { SAME = 1, GRACE = 2 }; /* s */

static volatile sig_atomic_t caught[HF_N_SIGNALS];

static volatile sig_atomic_t twice;
static struct timespec first;                    /* request to stop */
static volatile sig_atomic_t watched, half_over; /* s between the alarms of the watch; the first has come */

static void end_now(int number) {
  static const char asked[] = "hopfilm: ended at once, asked twice; the same command goes on from the last checkpoint\n";
  static const char stalled[] =
      "hopfilm: ended, no progress within output.max_stall: a rank, a node, the network or the file system no longer answers; the "
      "same command goes on from the last checkpoint\n";

  if (!twice && !half_over) {
    half_over = 1;
    alarm((unsigned)watched);
    return;
  }
  (void)!write(STDERR_FILENO, twice ? asked : stalled, (twice ? sizeof asked : sizeof stalled) - 1);
  _exit(HF_EXIT_STOPPED);
}

void HfSignalsWatch(double seconds) {
  if (twice) return;
  half_over = 0;
  watched = (sig_atomic_t)(seconds > 0 ? PetscMin(1 + seconds / 2, 1e9) : 0);
  alarm((unsigned)watched);
  if (twice) alarm(GRACE); /* asked meanwhile */
}

static double since_first(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return difftime(now.tv_sec, first.tv_sec) + 1e-9 * (double)(now.tv_nsec - first.tv_nsec);
}

static void note(int number) {
  const HfSignal which = number == SIGUSR1 ? HF_SIGNAL_CHECKPOINT : number == SIGUSR2 ? HF_SIGNAL_FLUSH : HF_SIGNAL_STOP;

  if (which == HF_SIGNAL_STOP && !caught[which])
    clock_gettime(CLOCK_MONOTONIC, &first);
  else if (which == HF_SIGNAL_STOP && number != SIGXCPU && since_first() > SAME && !twice) {
    twice = 1;
    alarm(GRACE);
  }
  caught[which] = 1;
}

/* nohup(1) is looked for before any library starts: UCX, below MPICH, takes the signal for itself as soon as it is loaded. */
static volatile sig_atomic_t hang_up_ignored;
static void look_for_nohup(void) {
  struct sigaction now;

  hang_up_ignored = sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}
__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(void) = look_for_nohup;

PetscBool HfSignalHangUpIgnored(void) { return hang_up_ignored ? PETSC_TRUE : PETSC_FALSE; }

void HfSignalsCatch(PetscBool hang_up) {
  const int numbers[] = {SIGTERM, SIGINT, SIGQUIT, SIGXCPU, SIGUSR1, SIGUSR2};
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};

  for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; ++k) sigaction(numbers[k], &action, NULL);
  if (!hang_up) action.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &action, NULL);
  action.sa_handler = end_now; /* comes from note() and the watch alone */
  sigaction(SIGALRM, &action, NULL);
  signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of the write */
  signal(SIGPIPE, SIG_IGN); /* nobody reads the terminal's lines any more: the log has them */
}

PetscBool HfSignalCaught(HfSignal which) { return caught[which] ? PETSC_TRUE : PETSC_FALSE; }
void HfSignalClear(HfSignal which) { caught[which] = 0; }
