/* The main program of a fuzz target without a fuzzer: runs it on every file named, and on every file of every folder named.
   Usage: fuzz_TARGET FILE|FOLDER...   prints how many, and the slowest in CPU seconds; fails when one takes longer than the limit. */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* s; a second is the aim, a full machine takes its share. Under the sanitizers tests/run.sh asks for the whole stack of every allocation, which makes it
   sixty times as much. */
#ifdef HF_SANITIZED
static const double LONGEST = 60;
#else
static const double LONGEST = 5;
#endif
static int n_run, n_slow;
static double slowest;
static char slowest_name[PETSC_MAX_PATH_LEN];

static void run(const char *path, size_t size) {
  FILE *file = fopen(path, "rb");
  uint8_t *data = malloc(size + 1);
  double seconds = (double)clock() / CLOCKS_PER_SEC;

  if (!file || !data || fread(data, 1, size, file) != size) {
    fprintf(stderr, "cannot read %s\n", path);
    exit(1);
  }
  fclose(file);
  printf("%s\n", path); /* the last one printed is the one that crashed */
  fflush(stdout);
  LLVMFuzzerTestOneInput(data, size);
  free(data);
  seconds = (double)clock() / CLOCKS_PER_SEC - seconds;
  ++n_run;
  if (seconds > LONGEST) ++n_slow;
  if (seconds < slowest) return;
  slowest = seconds;
  snprintf(slowest_name, sizeof(slowest_name), "%s", path);
}

static void walk(const char *path) {
  struct stat status;
  struct dirent **entries;
  int n;

  if (stat(path, &status)) {
    fprintf(stderr, "cannot find %s\n", path);
    exit(1);
  }
  if (!S_ISDIR(status.st_mode)) {
    run(path, (size_t)status.st_size);
    return;
  }
  n = scandir(path, &entries, NULL, alphasort);
  for (int k = 0; k < n; ++k) {
    char inner[PETSC_MAX_PATH_LEN];
    if (entries[k]->d_name[0] != '.' && snprintf(inner, sizeof(inner), "%s/%s", path, entries[k]->d_name) < (int)sizeof(inner)) walk(inner);
    free(entries[k]);
  }
  if (n >= 0) free(entries);
}

int main(int argc, char **argv) {
  if (LLVMFuzzerInitialize(&argc, &argv)) return 1;
  for (int k = 1; k < argc; ++k) walk(argv[k]);
  printf("%d inputs, slowest %.3f s of CPU: %s\n", n_run, slowest, slowest_name);
  if (n_slow) fprintf(stderr, "%d inputs took more than %g s\n", n_slow, LONGEST);
  return n_slow > 0;
}
