/* Hints to MPI-IO (output.hints): checked in the deck, and once run.h5 is open it is told in the log which of them can have no effect.

   MPI ignores hints that it does not know in silence, and Open MPI 4.1 says of whatever it was given that it is in use. What is known of the libraries
   therefore stands here: the names are those of the MPI standard (section "File Info"), of ROMIO (MPICH and its relatives, optional in Open MPI) and of
   ompio (the default of Open MPI). */
#include "output_impl.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

typedef enum { TEXT, NUMBER } Value;
typedef struct {
  const char *name;
  Value value;
  PetscBool ompio; /* ompio reads it, too; stripes only where it was built with the file system */
} Hint;
static const Hint known_hints[] = {
    {"cb_nodes", NUMBER, PETSC_TRUE},
    {"cb_buffer_size", NUMBER, PETSC_TRUE},
    {"collective_buffering", TEXT, PETSC_TRUE},
    {"striping_factor", NUMBER, PETSC_TRUE},
    {"striping_unit", NUMBER, PETSC_TRUE},
    {"access_style", TEXT, PETSC_FALSE},
    {"cb_block_size", NUMBER, PETSC_FALSE},
    {"cb_config_list", TEXT, PETSC_FALSE},
    {"file_perm", TEXT, PETSC_FALSE},
    {"io_node_list", TEXT, PETSC_FALSE},
    {"nb_proc", NUMBER, PETSC_FALSE},
    {"num_io_nodes", NUMBER, PETSC_FALSE},
    {"direct_read", TEXT, PETSC_FALSE},
    {"direct_write", TEXT, PETSC_FALSE},
    {"ind_rd_buffer_size", NUMBER, PETSC_FALSE},
    {"ind_wr_buffer_size", NUMBER, PETSC_FALSE},
    {"start_iodevice", NUMBER, PETSC_FALSE},
    {"romio_aggregator_list", TEXT, PETSC_FALSE},
    {"romio_cb_alltoall", TEXT, PETSC_FALSE},
    {"romio_cb_ds_threshold", NUMBER, PETSC_FALSE},
    {"romio_cb_fr_alignment", NUMBER, PETSC_FALSE},
    {"romio_cb_fr_types", TEXT, PETSC_FALSE},
    {"romio_cb_pfr", TEXT, PETSC_FALSE},
    {"romio_cb_read", TEXT, PETSC_FALSE},
    {"romio_cb_write", TEXT, PETSC_FALSE},
    {"romio_ds_read", TEXT, PETSC_FALSE},
    {"romio_ds_write", TEXT, PETSC_FALSE},
    {"romio_filesystem_type", TEXT, PETSC_FALSE},
    {"romio_lustre_co_ratio", NUMBER, PETSC_FALSE},
    {"romio_lustre_coll_threshold", NUMBER, PETSC_FALSE},
    {"romio_lustre_ds_in_coll", TEXT, PETSC_FALSE},
    {"romio_min_fdomain_size", NUMBER, PETSC_FALSE},
    {"romio_no_indep_rw", TEXT, PETSC_FALSE},
};

static const Hint *find_hint(const char name[]) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(known_hints); ++k)
    if (!strcmp(known_hints[k].name, name)) return &known_hints[k];
  return NULL;
}

static PetscBool is_number(const char text[]) {
  const char *digits = text[0] == '-' ? text + 1 : text; /* -1 stripe: one on every server */

  if (!*digits) return PETSC_FALSE;
  for (; *digits; ++digits)
    if (!isdigit((unsigned char)*digits)) return PETSC_FALSE;
  return PETSC_TRUE;
}

/* ---- the deck ---- */

PetscErrorCode HfHintsSettingsRead(HfNode section, MPI_Info *info) {
  HfNode hints = HfChild(section, "hints");

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Info_create(info));
  for (PetscInt k = 0; hints && k < HfNodeLength(hints); ++k) {
    HfNode hint = HfNodeItem(hints, k);

    if (strlen(HfNodeName(hint)) < MPI_MAX_INFO_KEY && strlen(HfNodeText(hint)) < MPI_MAX_INFO_VAL && HfNodeText(hint)[0])
      PetscCallMPI(MPI_Info_set(*info, HfNodeName(hint), HfNodeText(hint)));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfHintsSettingsCheck(HfDeck deck) {
  HfNode hints = HfChild(HfChild(HfDeckRoot(deck), "output"), "hints");

  PetscFunctionBeginUser;
  for (PetscInt k = 0; hints && k < HfNodeLength(hints); ++k) {
    HfNode hint = HfNodeItem(hints, k);
    const char *name = HfNodeName(hint), *text = HfNodeText(hint);
    const Hint *known = find_hint(name);

    if (strlen(name) >= MPI_MAX_INFO_KEY || strlen(text) >= MPI_MAX_INFO_VAL || !text[0])
      PetscCall(
          HfDeckError(deck, hint, "MPI-IO takes hints of 1 to %d characters, with names of up to %d", MPI_MAX_INFO_VAL - 1, MPI_MAX_INFO_KEY - 1));
    else if (known && known->value == NUMBER && !is_number(text))
      PetscCall(HfDeckError(deck, hint, "%s takes a whole number without a unit (of bytes, where it is a size), not %s", name, text));
    else if (!known)
      PetscCall(HfDeckWarn(deck, hint,
                           "%s is no hint of MPI-IO, ROMIO or ompio: it is passed on, but an MPI library that does not know it says nothing", name));
  }
  PetscFunctionReturn(0);
}

/* ---- the log ---- */

/* File systems whose stripes MPI-IO can set, by the numbers of statfs(2). */
static PetscBool has_stripes(const char directory[]) {
  const unsigned lustre = 0x0BD00BD0, panfs = 0xAAD7AAEA, orangefs = 0x20030528;
  struct statfs status;
  unsigned type;

  if (statfs(directory, &status)) return PETSC_TRUE; /* nothing is known */
  type = (unsigned)status.f_type;
  return (PetscBool)(type == lustre || type == panfs || type == orangefs);
}

/* Open MPI has two libraries for files; it takes ompio unless told otherwise, before version 5 also on Lustre. */
static PetscBool is_ompio(PetscBool stripes) {
#if defined(OPEN_MPI)
  const char *chosen = getenv("OMPI_MCA_io");

  return (PetscBool)(chosen ? strstr(chosen, "ompio") && chosen[0] != '^' : !(OMPI_MAJOR_VERSION < 5 && stripes));
#else
  (void)stripes;
  return PETSC_FALSE;
#endif
}

/* What the MPI library says of a hint of the opened file: "", or why it has no effect. */
static PetscErrorCode judge(MPI_Info used, const char name[], const char text[], PetscBool stripes, PetscBool ompio, char why[], size_t size) {
  const Hint *known = find_hint(name);
  char value[MPI_MAX_INFO_VAL + 1];
  int found = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Info_get(used, name, MPI_MAX_INFO_VAL, value, &found));
  why[0] = '\0';
  if (!found)
    snprintf(why, size, "the MPI library did not take it");
  else if (strcmp(value, text))
    snprintf(why, size, "the MPI library took %s instead of %s", value, text);
  else if (!strncmp(name, "striping_", 9) && !stripes)
    snprintf(why, size, "no effect: the run directory is not on a file system whose stripes MPI-IO sets (Lustre, PanFS, OrangeFS)");
  else if (ompio && known && !known->ompio)
    snprintf(why, size, "no effect: it is ROMIO's, and Open MPI uses ompio here; OMPI_MCA_io=^ompio in the environment chooses ROMIO");
  PetscFunctionReturn(0);
}

PetscErrorCode HfHintsReport(HfOutput output) {
  const MPI_Info hints = output->settings.hints;
  const PetscBool stripes = has_stripes(output->run.directory), ompio = is_ompio(stripes);
  MPI_File *file = NULL;
  MPI_Info used;
  int n;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Info_get_nkeys(hints, &n));
  if (!n || H5Fget_vfd_handle(output->results.file, H5P_DEFAULT, (void **)&file) < 0 || !file) PetscFunctionReturn(0);
  PetscCallMPI(MPI_File_get_info(*file, &used));
  for (int k = 0; k < n; ++k) {
    char name[MPI_MAX_INFO_KEY + 1], text[MPI_MAX_INFO_VAL + 1], why[2 * MPI_MAX_INFO_VAL + 128];
    int found;

    PetscCallMPI(MPI_Info_get_nthkey(hints, k, name));
    PetscCallMPI(MPI_Info_get(hints, name, MPI_MAX_INFO_VAL, text, &found));
    PetscCall(judge(used, name, text, stripes, ompio, why, sizeof why));
    HfLogLine(&output->log, "MPI-IO hint %s: %s%s%s", name, text, why[0] ? "; " : "", why);
  }
  PetscCallMPI(MPI_Info_free(&used));
  PetscFunctionReturn(0);
}
