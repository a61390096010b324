/* signals.c: what the outside asks of a run, noted in flags of this rank; the ranks agree on them when they next look. */
#include <hopfilm/base.h>
#include <signal.h>

static volatile sig_atomic_t caught[HF_N_SIGNALS];

static void note(int number) {
  const HfSignal which = number == SIGUSR1 ? HF_SIGNAL_CHECKPOINT : number == SIGUSR2 ? HF_SIGNAL_FLUSH : HF_SIGNAL_STOP;

  if (which == HF_SIGNAL_STOP && caught[which]) { /* asked twice: at once, back to the last checkpoint */
    signal(number, SIG_DFL);
    raise(number);
  }
  caught[which] = 1;
}

void HfSignalsCatch(void) {
  const int numbers[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};

  for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) sigaction(numbers[k], &action, NULL);
  signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of the write */
}

PetscBool HfSignalCaught(HfSignal which) { return caught[which] ? PETSC_TRUE : PETSC_FALSE; }
void HfSignalDone(HfSignal which) { caught[which] = 0; }
