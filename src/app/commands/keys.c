/* `hopfilm keys`, every deck key from the table that validates decks; and that table put together. */
#include "../app.h"
#include "hf_texts.h"
#include <stdlib.h>
#include <string.h>

PetscErrorCode HfAppCreateKeys(HfKeys *keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysCreate(keys));
  PetscCall(HfExperimentRegisterKeys(*keys));
  PetscCall(HfOutputRegisterKeys(*keys));
  PetscFunctionReturn(0);
}

enum { MOST_EXAMPLES = 4 };

/* Whether one of the keys printed, each at the start of a line, begins with the name of the example. */
static PetscBool is_about(const char *printed, const char *name, size_t length) {
  for (const char *line = printed; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
    if (!strncmp(line, name, length) && (name[length - 1] == ':' || !*line || strchr(" .[", line[length]))) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Examples of the keys printed: pieces of src/app/examples.yaml, whose first two lines are its head. */
static void print_examples(const char *printed) {
  int n = 0;
  for (const char *piece = strstr(HF_TEXT_EXAMPLES, "\n# film") + 1; piece && n < MOST_EXAMPLES;) {
    const char *name = piece + strlen("# "), *body = strchr(piece, '\n') + 1, *end = strstr(body, "\n# ");
    if (is_about(printed, name, strcspn(name, "\n"))) {
      printf("%s", n++ ? "" : "\nFor example:\n");
      for (const char *line = body; *line && line <= (end ? end : line); line = strchr(line, '\n') + 1)
        printf("  %.*s\n", (int)strcspn(line, "\n"), line);
    }
    piece = end ? end + 1 : NULL;
  }
}

static PetscErrorCode print_matching(HfKeys keys, const char *pattern, PetscInt *found) {
  char *text = NULL;
  size_t size;
  FILE *memory = open_memstream(&text, &size);

  PetscFunctionBeginUser;
  PetscCheck(memory, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for the keys");
  PetscCall(HfKeysPrintMatching(keys, pattern, memory, found));
  fclose(memory);
  fputs(text, stdout);
  print_examples(text);
  free(text);
  PetscFunctionReturn(0);
}

PetscErrorCode HfCommand_keys(MPI_Comm comm, const HfOptions *options) {
  PetscErrorCode code = 0;
  PetscMPIInt rank;
  PetscInt found = 1;
  HfKeys keys;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HfAppCreateKeys(&keys));
  if (!rank && options->json_schema)
    code = HfKeysPrintJsonSchema(keys, stdout);
  else if (!rank && options->argument)
    code = print_matching(keys, options->argument, &found);
  else if (!rank)
    code = HfKeysPrint(keys, stdout);
  PetscCall(HfKeysDestroy(&keys));
  PetscCallMPI(MPI_Bcast(&found, 1, MPIU_INT, 0, comm));
  PetscCheckFault(found, comm, HF_ERR_DECK, "no key matches \"%.100s\"; `hopfilm keys` lists them all", options->argument);
  PetscFunctionReturn(code);
}
