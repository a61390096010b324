/* The groups of run.h5 that describe the run: /provenance (program, libraries, machine, deck) and /film (mask, geometry, electrodes). */
#include "output_impl.h"
#include <string.h>

/* The command line, from Linux's /proc; "" elsewhere. */
static void command_line(char text[], size_t size) {
  FILE *file = fopen("/proc/self/cmdline", "r");
  size_t length = 0;

  if (file) {
    length = fread(text, 1, size - 1, file);
    fclose(file);
  }
  while (length && !text[length - 1]) length--;
  text[length] = '\0';
  for (size_t k = 0; k < length; ++k)
    if (!text[k]) text[k] = ' ';
}

PetscErrorCode HfOutputWriteProvenance(HfOutput output) {
  const char *group = "/provenance";
  HfResultFile *results = &output->results;
  const int ranks = output->run.size;
  char command[2048] = "", *options = NULL, *used = NULL;
  HfProvenance provenance;

  PetscFunctionBeginUser;
  PetscCall(HfProvenanceGet(&provenance));
  command_line(command, sizeof command);
  /* all ranks must write the same attributes */
  PetscCallMPI(MPI_Bcast(provenance.host, sizeof provenance.host, MPI_CHAR, 0, output->run.comm));
  PetscCallMPI(MPI_Bcast(provenance.started, sizeof provenance.started, MPI_CHAR, 0, output->run.comm));
  PetscCallMPI(MPI_Bcast(command, sizeof command, MPI_CHAR, 0, output->run.comm));
  PetscCall(PetscOptionsGetAll(NULL, &options));
  PetscCall(HfNodeFormat(HfDeckRoot(output->deck), &used));

  PetscCall(HfH5Group(results, group));
  PetscCall(HfH5AttributeText(results, group, "version", provenance.version));
  PetscCall(HfH5AttributeText(results, group, "commit", provenance.commit));
  PetscCall(HfH5AttributeText(results, group, "build", provenance.build));
  PetscCall(HfH5AttributeText(results, group, "libraries", provenance.libraries));
  PetscCall(HfH5AttributeText(results, group, "host", provenance.host));
  PetscCall(HfH5AttributeText(results, group, "started", provenance.started));
  PetscCall(HfH5AttributeText(results, group, "ended", ""));
  PetscCall(HfH5AttributeText(results, group, "status", "running"));
  PetscCall(HfH5AttributeText(results, group, "command", command));
  PetscCall(HfH5AttributeText(results, group, "petsc_options", options ? options : ""));
  PetscCall(HfH5AttributeInts(results, group, "ranks", -1, &ranks));
  PetscCall(HfH5Text(results, "/provenance/deck", HfDeckText(output->deck) ? HfDeckText(output->deck) : "", "The deck as it was written"));
  PetscCall(HfH5Text(results, "/provenance/deck_used", used, "The deck with includes, --set and every default filled in"));
  PetscCall(PetscFree(options));
  PetscCall(PetscFree(used));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_mask(HfResultFile *results, HfGrid grid) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  const int8_t *regions = HfGridRegions(grid);
  const HfTable table = {H5T_NATIVE_UCHAR, 2, {(hsize_t)g->ny, (hsize_t)g->nx}, "1", "Region of each cell + 1; 0 is void. [y][x], row 0 the lowest"};
  unsigned char *mask;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->xm * g->ym + 1, &mask));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i) mask[j * g->xm + i] = (unsigned char)(HfRegionAt(g, regions, i, g->ys + j) + 1);
  PetscCall(HfH5WriteBlock(results, "/film/mask", &table, (const hsize_t[]){(hsize_t)g->ys, (hsize_t)g->xs},
                           (const hsize_t[]){(hsize_t)g->ym, (hsize_t)g->xm}, mask));
  PetscCall(PetscFree(mask));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_electrodes(HfResultFile *results, HfGrid grid, HfElectrodes electrodes) {
  const HfGridInfo *g = HfGridGetInfo(HfGridWholeRows(grid)); /* of the vertices */
  const PetscInt n = HfElectrodesCount(electrodes), rows = g->ym + (g->rank == g->size - 1);
  const HfTable map = {
      H5T_NATIVE_SHORT, 2, {(hsize_t)g->ny + 1, (hsize_t)g->nx + 1}, "1", "Electrode at each vertex, -1: none. [y][x], row 0 the lowest"};
  HfTable names = {-1, 1, {(hsize_t)n}, "", "Names of the electrodes"};
  const HfTable positions = {H5T_NATIVE_DOUBLE, 2, {(hsize_t)n, 2}, "m", "Centres x, y of the electrodes; the origin is the film's centre"};
  size_t width = 1;
  PetscReal *xy;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(HfH5WriteBlock(results, "/film/electrodes", &map, (const hsize_t[]){(hsize_t)g->ys, 0}, (const hsize_t[]){(hsize_t)rows, map.shape[1]},
                           HfElectrodesVertices(electrodes)));
  for (PetscInt k = 0; k < n; ++k) width = PetscMax(width, strlen(HfElectrodesName(electrodes, k)));
  PetscCall(PetscCalloc1((size_t)n * width + 1, &text));
  PetscCall(PetscMalloc1(2 * n, &xy));
  for (PetscInt k = 0; k < n; ++k) {
    memcpy(text + (size_t)k * width, HfElectrodesName(electrodes, k), strlen(HfElectrodesName(electrodes, k)));
    HfElectrodesPosition(electrodes, k, xy + 2 * k);
  }
  names.type = HfH5TextType(width);
  PetscCall(HfH5Write(results, "/film/electrode_names", &names, text));
  PetscCall(HfH5Write(results, "/film/electrode_positions", &positions, xy));
  H5Tclose(names.type);
  PetscCall(PetscFree(text));
  PetscCall(PetscFree(xy));
  PetscFunctionReturn(0);
}

/* In the form of the deck's `wiring.numbers`. */
PetscErrorCode HfOutputWiring(void *context, const HfWiring *wiring) {
  HfOutput output = context;
  const HfTable table = {
      H5T_NATIVE_INT, 1, {(hsize_t)wiring->n_nodes}, "1", "Pixel that each electrode shows, from 1, with the sign of drive and read-out"};
  int *numbers;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(wiring->n_nodes, &numbers));
  for (PetscInt k = 0; k < wiring->n_nodes; ++k) numbers[k] = (int)wiring->sign[k] * (int)(wiring->pixel[k] + 1);
  PetscCall(HfH5Write(&output->results, "/film/wiring", &table, numbers));
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputWriteFilm(HfOutput output) {
  HfDevice device = HfExperimentDevice(output->experiment);
  HfGrid grid = HfDeviceGrid(device);
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfResultFile *results = &output->results;

  PetscFunctionBeginUser;
  PetscCall(HfH5Group(results, "/film"));
  PetscCall(HfH5AttributeReals(results, "/film", "cell_size", 2, (PetscReal[]){g->dx, g->dy}));
  PetscCall(HfH5AttributeReals(results, "/film", "origin", 2, (PetscReal[]){g->x0, g->y0}));
  PetscCall(HfH5AttributeReals(results, "/film", "thickness", -1, &g->thickness));
  PetscCall(HfH5AttributeText(results, "/film", "units", "m"));
  PetscCall(
      HfH5AttributeText(results, "/film", "long_name", "cell_size: sides of a cell; origin: lower left corner of the film; thickness: of the film"));
  PetscCall(write_mask(results, grid));
  if (HfElectrodesCount(HfDeviceElectrodes(device))) PetscCall(write_electrodes(results, grid, HfDeviceElectrodes(device)));
  if (HfDeviceWiring(device)) PetscCall(HfOutputWiring(output, HfDeviceWiring(device)));
  PetscFunctionReturn(0);
}
