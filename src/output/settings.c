/* The section `output` of a deck: its keys, and their values as typed settings. */
#include "output_impl.h"
#include <string.h>

static const HfKey output_keys[] = {
    {"output", HF_SECTION, NULL, "{}", "", 0, "What the run directory holds"},
    {"output.fields", HF_TEXTS, NULL, "[m, j, j_per_volt]", "m|H|j|j_gold|j_per_volt|H_*|e_*", 0,
     "Fields written to run.h5: magnetization m, Oersted field H, current density in the film j (zero while no voltage is on it, so always under "
     "gold), in "
     "the gold j_gold, per volt of the last pattern j_per_volt (+1 and -1 V on electrodes); effective field H_effective (A/m), energy density "
     "e_total "
     "(J/m^3), or H_TERM, e_TERM of exchange, dmi_bulk, dmi_interfacial, uniaxial, cubic, grain_axes, zeeman, field_file, shape, demag or stored (of "
     "the gold)"},
    {"output.every", HF_QUANTITY, "s", "", ">0", 0,
     "Simulated time between frames while the film is driven; without it, a frame at the end of each pulse only"},
    {"output.compression", HF_INT, NULL, "1", "[0,9]", 0, "Deflate level of the fields; 0: not compressed"},
    {"output.precision", HF_CHOICE, NULL, "double", "double|single", 0,
     "Precision of the fields in run.h5; single halves the file (checkpoints are always in double precision)"},
    {"output.hints", HF_FREE, NULL, "", "", 0,
     "Hints to MPI-IO for run.h5 and checkpoints, such as {cb_nodes: 8, striping_factor: 16}; which exist depends on the file system and the MPI "
     "library, and log.txt tells which have no effect"},
    {"output.table_every", HF_QUANTITY, "s", "", ">0", 0,
     "Simulated time between lines of table.tsv, counted from the start of each phase (a hold, a pulse, a pause), which also has a line at its end; "
     "states "
     "are interpolated, time steps do not change. Without it, up to 200 lines per phase, where time steps end"},
    {"output.checkpoint_every", HF_QUANTITY, "s", "10 min", ">=0", 0,
     "Wall time between checkpoints, in addition to those at the end of schedule items; 0: none by wall time"},
    {"output.checkpoint_every_simulated", HF_QUANTITY, "s", "", ">0", 0,
     "Simulated time between checkpoints, in addition to those by wall time: at the first time step that reaches a multiple of it; steps are not "
     "shortened"},
    {"output.max_walltime", HF_QUANTITY, "s", "", ">0", 0, "Wall time before which the run stops with a checkpoint"},
    {"output.max_stall", HF_QUANTITY, "s", "", ">=1", 0,
     "Wall time without any progress after which the run ends, to be continued from its last checkpoint: a rank, a node or the network no longer "
     "answers. "
     "Longer than any time step, checkpoint or solution of the potential takes; without it, the run waits"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfOutputRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", output_keys));
  PetscCall(HfSelectionRegisterKeys(keys, "output"));
  PetscFunctionReturn(0);
}

static PetscReal seconds_of_settings(HfNode section, const char *key) { return HfHas(section, key) ? HfReal(section, key) : 0; }

PetscErrorCode HfOutputSettingsRead(HfDeck deck, HfOutputSettings *settings) {
  HfNode section = HfChild(HfDeckRoot(deck), "output");
  HfRecorderSettings *recorder = &settings->recorder;

  PetscFunctionBeginUser;
  settings->compression = (PetscInt)HfInteger(section, "compression");
  settings->single = (PetscBool)!strcmp(HfText(section, "precision"), "single");
  settings->checkpoint_every = HfReal(section, "checkpoint_every");
  settings->max_walltime = seconds_of_settings(section, "max_walltime");
  settings->max_stall = seconds_of_settings(section, "max_stall");
  settings->n_items = HfCount(HfDeckRoot(deck), "schedule");
  PetscCall(HfHintsSettingsRead(section, &settings->hints));

  recorder->every = seconds_of_settings(section, "every");
  recorder->table_every = seconds_of_settings(section, "table_every");
  recorder->checkpoint_every_simulated = seconds_of_settings(section, "checkpoint_every_simulated");
  recorder->bytes_per_number = settings->single ? 4 : 8;
  recorder->n_fields = HfCount(section, "fields");
  PetscCall(PetscMalloc1(recorder->n_fields, &settings->fields));
  for (PetscInt k = 0; k < recorder->n_fields; ++k) settings->fields[k] = HfTextAt(section, "fields", k);
  recorder->fields = settings->fields;
  PetscFunctionReturn(0);
}

static PetscBool settings_ask_for(HfNode section, const char name[]) {
  for (PetscInt k = 0; k < HfCount(section, "fields"); ++k)
    if (!strcmp(HfTextAt(section, "fields", k), name)) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Fields that the deck asks for and no step can give. */
static PetscErrorCode check_fields_settings(HfDeck deck, HfMagnet magnet) {
  HfNode section = HfChild(HfDeckRoot(deck), "output"), fields = HfChild(section, "fields");
  const PetscBool electrodes = HfElectrodesSettingsCount(deck) > 0 ? PETSC_TRUE : PETSC_FALSE, gold = HfGoldSettingsGiven(deck);

  PetscFunctionBeginUser;
  if (!HfGiven(section, "fields")) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < HfCount(section, "fields"); ++k) {
    const char *name = HfTextAt(section, "fields", k);

    PetscCall(HfMagnetOutputSettingsCheck(magnet, HfNodeItem(fields, k), gold));
    if (!gold && (!strcmp(name, "H") || !strcmp(name, "j_gold")))
      PetscCall(HfDeckWarn(deck, HfNodeItem(fields, k), "%s is of a gold layer, and the deck has no section `gold`: it will not be in run.h5", name));
    else if (!electrodes && !strcmp(name, "j_per_volt"))
      PetscCall(HfDeckWarn(deck, HfNodeItem(fields, k), "%s is of voltages on `electrodes`, and the deck has none: it will not be in run.h5", name));
    else if (gold && !strcmp(name, "j") && !settings_ask_for(section, "j_gold") && !settings_ask_for(section, "j_per_volt"))
      PetscCall(
          HfDeckWarn(deck, HfNodeItem(fields, k),
                     "j, the current that flows in the film, is zero under gold, which carries the current: j_gold or j_per_volt may be meant"));
  }
  PetscFunctionReturn(0);
}

/* The recorder's `check_settings`: the cells that fields are kept of, once the device is known. */
PetscErrorCode HfOutputSettingsCheck(void *context, HfDevice device) {
  HfOutput output = context;

  PetscFunctionBeginUser;
  PetscCall(check_fields_settings(output->deck, HfDeviceMagnet(device)));
  PetscCall(HfHintsSettingsCheck(output->deck));
  PetscCall(
      HfSelectionSettingsRead(output->deck, HfChild(HfDeckRoot(output->deck), "output"), HfDeviceGrid(device), &output->settings.recorder.selection));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSettingsDestroy(HfOutputSettings *settings) {
  PetscFunctionBeginUser;
  if (settings->hints != MPI_INFO_NULL) PetscCallMPI(MPI_Info_free(&settings->hints));
  PetscCall(PetscFree(settings->fields));
  PetscFunctionReturn(0);
}
