/* A frame of a field as an OVF 2.0 file: one layer of cells. What is outside the film is zero, as OOMMF has it.

   Own code (60 lines) beside the library: OOMMF and mumax3 have no writer that can be linked, and that of discretisedfield is Python. */
#include "ovf.h"
#include <string.h>

/* valueunits is a list of words: a unit has no blanks. */
static void one_word(const char unit[], char word[64]) {
  snprintf(word, 64, "%s", unit[0] ? unit : "1");
  for (char *c = word; *c; ++c)
    if (*c == ' ') *c = '*';
}

static void write_header(const HfFieldFrame *frame, FILE *file) {
  static const char axes[] = "xyz";
  char unit[64];

  one_word(frame->unit, unit);
  fprintf(file, HF_OVF_TITLE_2 "\n# Segment count: 1\n# Begin: Segment\n# Begin: Header\n# Title: %s\n", frame->name);
  fprintf(file, "# Desc: Total simulation time: %.17g s\n# meshtype: rectangular\n# meshunit: m\n# valuedim: %d\n# valuelabels:", frame->time,
          (int)frame->dof);
  for (PetscInt c = 0; c < frame->dof; ++c) frame->dof > 1 ? fprintf(file, " %s_%c", frame->name, axes[c]) : fprintf(file, " %s", frame->name);
  fprintf(file, "\n# valueunits:");
  for (PetscInt c = 0; c < frame->dof; ++c) fprintf(file, " %s", unit);
  fprintf(file, "\n");
  for (int d = 0; d < 3; ++d) {
    const double low = d < 2 ? frame->corner[d] : 0;
    const int n = d < 2 ? (int)frame->n[d] : 1;

    fprintf(file, "# %cmin: %.17g\n# %cmax: %.17g\n# %cbase: %.17g\n", axes[d], low, axes[d], low + n * frame->step[d], axes[d],
            low + 0.5 * frame->step[d]);
    fprintf(file, "# %cnodes: %d\n# %cstepsize: %.17g\n", axes[d], n, axes[d], frame->step[d]);
  }
  fprintf(file, "# End: Header\n");
}

/* The least significant byte first, on any machine. */
static void put_number(double value, int bytes, FILE *file) {
  const float single = (float)value;
  uint64_t bits = 0;
  uint32_t few;

  if (bytes == 4) {
    memcpy(&few, &single, sizeof few);
    bits = few;
  } else
    memcpy(&bits, &value, sizeof bits);
  for (int k = 0; k < bytes; ++k) putc((int)(bits >> (8 * k) & 255), file);
}

PetscBool HfOvfWrite(const HfFieldFrame *frame, int bytes, FILE *file) {
  const HfOvfData data = (HfOvfData)bytes;
  const size_t n = (size_t)frame->n[0] * (size_t)frame->n[1];
  const double *value = frame->values;

  write_header(frame, file);
  fprintf(file, "# Begin: %s\n", HF_OVF_DATA_NAME(data));
  if (data != HF_OVF_TEXT) put_number(bytes == 4 ? (double)HF_OVF_CHECK_4 : HF_OVF_CHECK_8, bytes, file);
  for (size_t k = 0; k < n; ++k)
    for (PetscInt c = 0; c < frame->dof; ++c, ++value)
      data == HF_OVF_TEXT ? (void)fprintf(file, "%.17g%c", *value, c + 1 < frame->dof ? ' ' : '\n') : put_number(*value, bytes, file);
  fprintf(file, "%s# End: %s\n# End: Segment\n", data == HF_OVF_TEXT ? "" : "\n", HF_OVF_DATA_NAME(data));
  return ferror(file) ? PETSC_FALSE : PETSC_TRUE;
}
