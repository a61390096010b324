/* Starts MPI and PETSc on one rank, without mpiexec, and turns every error that is not a fault into a crash that the fuzzer sees. */
#define _GNU_SOURCE
#include "fuzz.h"
#include <hopfilm/petsc_versions.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
  #define HF_LEAKS_CHECKED
#elif defined(__has_feature)
  #if __has_feature(address_sanitizer)
    #define HF_LEAKS_CHECKED
  #endif
#endif
#ifdef HF_LEAKS_CHECKED
  #include <sanitizer/lsan_interface.h>
#endif

static HfKeys keys;

static PetscErrorCode handle_error(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code, PetscErrorType type,
                                   const char *message, void *context) {
  if (code > HF_ERR_BASE) return code;
  fprintf(stderr, "not a fault: error %d in %s() at %s:%d: %s\n", (int)code, function, file, line, message ? message : "");
  abort();
}

static PetscErrorCode start(void) {
  char name[] = "fuzz", skip[] = "-skip_petscrc", *arguments[] = {name, skip, NULL}, **list = arguments;
  int n = 2;

  PetscFunctionBeginUser;
  unsetenv("PETSC_OPTIONS");
  PetscCall(PetscInitialize(&n, &list, NULL, NULL));
  PetscCall(PetscPopSignalHandler()); /* the fuzzer has its own */
  signal(SIGABRT, SIG_DFL);           /* Open MPI's would end the process before the fuzzer has kept the input */
  PetscCall(PetscPushErrorHandler(handle_error, NULL));
  PetscCall(HfKeysCreate(&keys));
  PetscCall(HfExperimentRegisterKeys(keys));
  PetscCall(HfOutputRegisterKeys(keys));
  PetscFunctionReturn(0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  PetscErrorCode code;
#ifdef HF_LEAKS_CHECKED
  __lsan_disable(); /* what MPI keeps until the end */
#endif
  code = start();
#ifdef HF_LEAKS_CHECKED
  __lsan_enable();
#endif
  return code != 0;
}

PetscBool HfFuzzSucceeds(PetscErrorCode code) {
  if (code && code < HF_ERR_BASE) abort();
  HfCallDepthRestore(0);
  return code ? PETSC_FALSE : PETSC_TRUE;
}

HfKeys HfFuzzKeys(void) { return keys; }

char *HfFuzzText(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (!text) abort();
  if (size) memcpy(text, data, size);
  text[size] = '\0';
  return text;
}

const char *HfFuzzFile(const uint8_t *data, size_t size) {
  static char path[64];
  static int file = -1;

  if (file < 0) file = memfd_create("fuzz", 0);
  if (file < 0 || ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size) abort();
  snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
  return path;
}
