/* Preloaded into the ranks of an MPICH on UCX, whose waiting ranks never give their core to others (MPIR_CVAR_POLLS_BEFORE_YIELD has no effect there): with more
   ranks than cores every message would cost a time slice. A rank that finds no message a few times in a row yields. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>

#define POLLS 10 /* some microseconds: a rank on a core of its own answers within them */

unsigned ucp_worker_progress(void *worker) {
  static unsigned (*progress)(void *);
  static unsigned empty;
  unsigned found;

  if (!progress) progress = (unsigned (*)(void *))dlsym(RTLD_NEXT, "ucp_worker_progress");
  found = progress(worker);
  empty = found ? 0 : empty + 1;
  if (empty % POLLS == POLLS - 1) sched_yield();
  return found;
}
