/* `hopfilm info DIR|FILE.h5`: what a run was, its status, its headline results and whether it can go on: run.h5's provenance and frames, then
   summary.yaml and the checkpoints. */
#include "../app.h"
#include <hdf5.h>
#include <hopfilm/petsc_versions.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One attribute as "name value"; texts and numbers only. Long texts (the deck) are cut at their first line. */
static herr_t print_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context) {
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  const H5T_class_t kind = H5Tget_class(type);
  const hssize_t n = H5Sget_simple_extent_npoints(space);
  if (kind == H5T_STRING && n == 1) {
    char text[256] = "", *variable = NULL;
    if (H5Tis_variable_str(type) > 0) {
      if (H5Aread(attribute, type, &variable) >= 0 && variable) {
        PetscSNPrintf(text, sizeof text, "%s", variable);
        H5free_memory(variable);
      }
    } else if (H5Tget_size(type) < sizeof text)
      H5Aread(attribute, type, text);
    else
      strcpy(text, "...");
    text[strcspn(text, "\n")] = '\0';
    printf("  %-22s %s\n", name, text);
  } else if ((kind == H5T_FLOAT || kind == H5T_INTEGER) && n >= 1 && n <= 8) {
    double values[8];
    H5Aread(attribute, H5T_NATIVE_DOUBLE, values);
    printf("  %-22s", name);
    for (hssize_t k = 0; k < n; ++k) printf(" %.10g", values[k]);
    printf("\n");
  }
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return 0;
}

static herr_t print_dataset(hid_t group, const char *name, const H5L_info_t *info, void *context) {
  const hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (H5Iget_type(object) == H5I_DATASET) {
    hsize_t shape[8];
    const hid_t space = H5Dget_space(object);
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank >= 0 && rank <= 8) {
      H5Sget_simple_extent_dims(space, shape, NULL);
      printf("  %-22s", name);
      for (int k = 0; k < rank; ++k) printf("%s%llu", k ? " x " : " ", (unsigned long long)shape[k]);
      printf("\n");
    }
    H5Sclose(space);
  }
  H5Oclose(object);
  return 0;
}

/* On one rank. *why: NULL or the reason it could not. */
static void print_results_file(const char *path, const char **why) {
  hid_t file;
  struct stat status;
  *why = NULL;
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) { /* a FIFO would have to be waited for */
    *why = "it is no regular file";
    return;
  }
  H5Eset_auto(H5E_DEFAULT, NULL, NULL);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) {
    *why = access(path, R_OK) ? "it cannot be read" : "it is no complete HDF5 file (still being written, or its run was killed)";
    return;
  }
  if (H5Lexists(file, "provenance", H5P_DEFAULT) > 0) {
    const hid_t group = H5Gopen(file, "provenance", H5P_DEFAULT);
    printf("%s\n", path);
    H5Aiterate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, print_attribute, NULL);
    H5Gclose(group);
  } else
    *why = "it is no result file of hopfilm (no /provenance)";
  for (int k = 0; k < 2; ++k) {
    const char *name = k ? "conductance" : "fields";
    if (H5Lexists(file, name, H5P_DEFAULT) > 0) {
      const hid_t group = H5Gopen(file, name, H5P_DEFAULT);
      printf("%s\n", name);
      H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, print_dataset, NULL);
      H5Gclose(group);
    }
  }
  H5Fclose(file);
}

/* The summary, of its results the headlines. */
static void print_summary(HfNode summary) {
  for (PetscInt k = 0; k < HfNodeLength(summary); ++k) {
    HfNode item = HfNodeItem(summary, k);
    if (strcmp(HfNodeName(item), "results")) {
      HfAppPrintItem(item, 2, stdout);
      continue;
    }
    printf("  results (all of them in summary.yaml)\n");
    for (PetscInt i = 0; i < HfNodeLength(item); ++i) {
      HfNode headline = HfNodeFind(HfNodeItem(item, i), "headline");
      if (headline) printf("    %s\n", HfNodeText(headline));
    }
  }
}

/* A run that has not shown its run.h5 yet, or an ensemble, has a summary all the same. On one rank. */
static PetscBool is_young(const char *directory) {
  char path[PETSC_MAX_PATH_LEN];
  snprintf(path, sizeof path, "%s/run.h5", directory);
  if (!access(path, F_OK)) return PETSC_FALSE;
  snprintf(path, sizeof path, "%s/summary.yaml", directory);
  return access(path, R_OK) ? PETSC_FALSE : PETSC_TRUE;
}

/* Progress of a run that has not ended. On one rank. */
static PetscErrorCode print_status(const char *directory) {
  char path[PETSC_MAX_PATH_LEN];
  HfNode status;
  PetscFunctionBeginUser;
  snprintf(path, sizeof path, "%s/status.yaml", directory);
  if (access(path, R_OK)) PetscFunctionReturn(0);
  PetscCall(HfNodeParse(PETSC_COMM_SELF, path, &status));
  if (HfNodeFind(status, "status") && !strcmp(HfNodeText(HfNodeFind(status, "status")), "running")) {
    printf("%s\n", path);
    for (PetscInt k = 0; k < HfNodeLength(status); ++k) HfAppPrintItem(HfNodeItem(status, k), 2, stdout);
  }
  PetscCall(HfNodeDestroy(&status));
  PetscFunctionReturn(0);
}

/* Whether the same command would go on, and from where. Collective. */
static PetscErrorCode print_outlook(MPI_Comm comm, const char *directory, HfNode summary) {
  HfNode outlook, status = HfNodeFind(summary, "status");
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(HfOutputResumePreview(comm, directory, status && !strcmp(HfNodeText(status), "done") ? PETSC_TRUE : PETSC_FALSE, &outlook));
  if (!rank) {
    printf("resumable: %s\n", HfNodeText(HfNodeFind(outlook, "resumable")));
    for (PetscInt k = 0; k < HfNodeLength(outlook); ++k)
      if (strcmp(HfNodeName(HfNodeItem(outlook, k)), "resumable")) HfAppPrintItem(HfNodeItem(outlook, k), 2, stdout);
  }
  PetscCall(HfNodeDestroy(&outlook));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCommand_info(MPI_Comm comm, const HfOptions *options) {
  const size_t length = strlen(options->argument);
  const PetscBool is_file = (PetscBool)(length > 3 && !strcmp(options->argument + length - 3, ".h5"));
  char path[PETSC_MAX_PATH_LEN];
  char why[256] = "";
  PetscBool young = PETSC_FALSE;
  PetscMPIInt rank;
  HfNode summary;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(PetscSNPrintf(path, sizeof path, "%s%s", options->argument, is_file ? "" : "/run.h5"));
  if (!rank) {
    const char *reason;
    print_results_file(path, &reason);
    if (reason) PetscCall(PetscStrncpy(why, reason, sizeof why));
    fflush(stdout);
  }
  if (!rank && why[0] && !is_file) young = is_young(options->argument);
  if (young) why[0] = '\0';
  PetscCallMPI(MPI_Bcast(why, sizeof why, MPI_CHAR, 0, comm));
  PetscCallMPI(MPI_Bcast(&young, 1, HF_MPI_BOOL, 0, comm));
  PetscCheckFault(!why[0], comm, HF_ERR_FILE, "%s: %s", path, why);
  if (is_file) PetscFunctionReturn(0);
  if (!rank) PetscCall(print_status(options->argument));
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/summary.yaml", options->argument));
  PetscCall(HfNodeParse(comm, path, &summary));
  if (!rank) {
    printf("%s\n", path);
    print_summary(summary);
  }
  if (!young) PetscCall(print_outlook(comm, options->argument, summary));
  PetscCall(HfNodeDestroy(&summary));
  PetscFunctionReturn(0);
}
