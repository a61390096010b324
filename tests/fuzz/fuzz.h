/* What every fuzz target needs. A target is libFuzzer's LLVMFuzzerTestOneInput: bytes in, and whatever they are, no crash, no leak, no error
   but the faults that are reported to a user. The main program is libFuzzer's own (CMake option HOPFILM_FUZZ) or replay.c, which runs given files once. */
#pragma once
#include <hopfilm/output.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed); /* mutate_lines.c: whole lines and values of decks */

/* A call that must succeed or end in a fault reported to the user: true when it succeeded. Anything else aborts. */
PetscBool HfFuzzSucceeds(PetscErrorCode code);
/* The keys of a whole deck, made once. */
HfKeys HfFuzzKeys(void);
/* A NUL-terminated copy; free() it. */
char *HfFuzzText(const uint8_t *data, size_t size);
/* A file in memory that holds the bytes: its path, valid until the next call. */
const char *HfFuzzFile(const uint8_t *data, size_t size);
