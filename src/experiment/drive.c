/* From a pattern to voltages on the gold, or on the film itself where there is no gold. The Oersted field of the gold is linear in the voltages,
   so the voltage for a wanted |H| at a point of the film, or over the film, follows from the field of the pattern at 1 V. */
#include "experiment_impl.h"

PetscErrorCode HfDriveCreate(PetscInt n, HfDrive *drive) {
  PetscFunctionBeginUser;
  *drive = (HfDrive){.n_initials = 1};
  PetscCall(PetscCalloc3(n, &drive->x, n, &drive->V, n + 1, &drive->pattern));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveDestroy(HfDrive *drive) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(drive->x, drive->V, drive->pattern));
  PetscFunctionReturn(0);
}

#define VANISHES 1e-3 /* |H| at a point relative to the rms over the film below which it is round-off and the errors of the cells */

static PetscErrorCode read_measure_settings(HfScheduleCheck *check, HfNode node, HfFieldMeasure *measure) {
  const PetscBool given = HfHas(node, "field_at");
  HfNode place = given ? HfChild(node, "field_at") : NULL;
  PetscInt n = 1;

  PetscFunctionBeginUser;
  *measure = (HfFieldMeasure){0};
  if (given && !HfHas(node, "field")) PetscCall(HfDeckError(check->deck, place, "`field_at` goes with `field`"));
  if (given && HfCount(node, "field_at") == 1 && HfIsWordAt(node, "field_at", 0))
    measure->rms = (PetscBool)!strcmp(HfTextAt(node, "field_at", 0), "rms");
  else if (given && (HfCount(node, "field_at") != 2 || HfIsWordAt(node, "field_at", 0) || HfIsWordAt(node, "field_at", 1))) {
    PetscCall(HfDeckError(check->deck, place, "field_at: give centre, rms, or the two coordinates of a point, as [100 nm, 0 nm]"));
    PetscFunctionReturn(0);
  } else if (given)
    for (int d = 0; d < 2; ++d) measure->at[d] = HfRealAt(node, "field_at", d);
  if (!HfHas(node, "field") || measure->rms || !HfDeviceGrid(check->device)) PetscFunctionReturn(0);
  PetscCall(HfDeviceCellsNear(check->device, measure->at, &n));
  if (!n)
    PetscCall(HfDeckError(check->deck, given ? place : HfNodeFind(node, "field"),
                          "no cell of the film is at (%g m, %g m), where `field` is meant: give `field_at: rms` or a point of the film",
                          (double)measure->at[0], (double)measure->at[1]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveSettingsRead(HfScheduleCheck *check, HfNode node, HfDriveSettings *settings) {
  HfDevice device = check->device;

  PetscFunctionBeginUser;
  *settings = (HfDriveSettings){0};
  if (HfHas(node, "voltage") == HfHas(node, "field")) PetscCall(HfDeckError(check->deck, node, "give exactly one of `voltage` and `field`"));
  if (HfHas(node, "field")) settings->field = HfReal(node, "field") / (HfUnitIndex(node, "field") == 1 ? HF_MU0 : 1.0);
  PetscCall(read_measure_settings(check, node, &settings->measure));
  if (HfHas(node, "field_pattern")) {
    PetscCall(PetscMalloc1(check->schedule->n, &settings->field_pattern));
    PetscCall(HfPatternSettingsRead(check, HfNodeFind(node, "field_pattern"), HfText(node, "field_pattern"), settings->field_pattern, NULL));
    if (!HfHas(node, "field")) PetscCall(HfDeckError(check->deck, HfNodeFind(node, "field_pattern"), "`field_pattern` goes with `field`"));
  }
  if (HfDeviceHasGold(device)) PetscFunctionReturn(0);
  if (HfHas(node, "field"))
    PetscCall(
        HfDeckError(check->deck, HfNodeFind(node, "field"), "`field` is the Oersted field of a gold layer, but the deck has no section `gold`"));
  if (HfDeviceMagnet(device) && !HfMagnetFeelsCurrent(HfDeviceMagnet(device)))
    PetscCall(
        HfDeckWarn(check->deck, node, "the film has neither `gold` nor a `polarization` nor a `spin_hall_angle`: nothing will move at any voltage"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveSettingsDestroy(HfDriveSettings *settings) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(settings->field_pattern));
  PetscFunctionReturn(0);
}

PetscBool HfDriveByGold(HfStepContext context) { return (PetscBool)(HfDeviceGoldPotential(context->device) != NULL); }

PetscErrorCode HfDriveVoltageOf(HfDevice device, const HfDriveSettings *settings, const PetscReal x[], PetscReal *voltage, char why[HF_DRIVE_WHY]) {
  const PetscReal *unit = settings->field_pattern ? settings->field_pattern : x;
  const PetscInt n = HfDeviceTerminals(device);
  HfFieldFigures figures;
  char *text;

  PetscFunctionBeginUser;
  why[0] = '\0';
  *voltage = settings->voltage;
  if (settings->voltage > 0.0) PetscFunctionReturn(0);
  PetscCall(HfDeviceFieldFigures(device, unit, &settings->measure, &figures));
  PetscCall(PetscMalloc1(n + 1, &text));
  HfPatternToText(n, unit, text);
  if (!(figures.rms > 0.0))
    PetscCall(PetscSNPrintf(why, HF_DRIVE_WHY, "the pattern %.128s drives no current, and no voltage gives it a field", text));
  else if (!(figures.measured > VANISHES * figures.rms))
    PetscCall(
        PetscSNPrintf(why, HF_DRIVE_WHY,
                      "the Oersted field of the pattern %.128s vanishes at %s: give `field_at: rms` or another point, `field_pattern` with another "
                      "pattern, or `voltage`",
                      text, settings->measure.at[0] == 0.0 && settings->measure.at[1] == 0.0 ? "the film's centre" : "the point of `field_at`"));
  else
    *voltage = settings->field / figures.measured;
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveVoltage(HfStepContext context, const HfDriveSettings *settings, const PetscReal x[], PetscReal *voltage) {
  char why[HF_DRIVE_WHY];

  PetscFunctionBeginUser;
  PetscCall(HfDriveVoltageOf(context->device, settings, x, voltage, why));
  PetscCheckFault(!why[0], context->comm, HF_ERR_DECK, "schedule, item %d: %s", (int)context->drive->item + 1, why);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveOn(HfStepContext context, const PetscReal x[], const char *text, PetscReal voltage) {
  const PetscInt n = context->schedule->n;
  HfDrive *drive = context->drive;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(drive->x, x, n));
  PetscCall(PetscStrncpy(drive->pattern, text, n + 1));
  context->record->driven = PETSC_TRUE;
  for (PetscInt k = 0; k < n; ++k) drive->V[k] = voltage * x[k];
  drive->voltage = voltage;
  drive->on = PETSC_TRUE;
  if (!HfTapeReplaying(context->tape)) PetscCall(HfDeviceDrive(context->device, drive->V));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveOff(HfStepContext context) {
  PetscFunctionBeginUser;
  context->drive->on = PETSC_FALSE;
  if (!HfTapeReplaying(context->tape)) PetscCall(HfDeviceDrive(context->device, NULL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveLog(HfStepContext context) {
  PetscInt64 refreshes, most;
  PetscReal mean;

  PetscFunctionBeginUser;
  if (HfTapeReplaying(context->tape)) PetscFunctionReturn(0);
  HfDeviceCouplingStatistics(context->device, &refreshes, &mean, &most);
  if (refreshes > 0)
    PetscCall(HfReportLog(context, "current refreshed %" PetscInt64_FMT " times, %.2f iterations each, at most %" PetscInt64_FMT " after the first",
                          refreshes, (double)mean, most));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveCompare(HfStepContext context, const PetscReal x[], PetscReal voltage) {
  const PetscInt n = context->schedule->n;
  const char *leads_from = HfDeviceLeads(context->device);
  PetscReal *V, rms, max, sheet, full, leads;
  char *text;
  HfNode entry;

  PetscFunctionBeginUser;
  if (context->drive->compared || !HfDriveByGold(context)) PetscFunctionReturn(0);
  context->drive->compared = PETSC_TRUE;
  PetscCall(PetscMalloc2(n, &V, n + 1, &text));
  for (PetscInt k = 0; k < n; ++k) V[k] = voltage * x[k];
  HfPatternToText(n, x, text);
  PetscCall(HfDeviceCompareOersted(context->device, V, &rms, &max, &sheet, &full));
  PetscCall(HfEntryCreate(context, "oersted", &entry));
  PetscCall(HfNodePutText(entry, "pattern", text));
  PetscCall(HfNodePutText(entry, "model_used", HfDeviceOerstedModel(context->device)));
  PetscCall(HfNodePutReal(entry, "rms_difference", rms));
  PetscCall(HfNodePutReal(entry, "largest_difference", max));
  PetscCall(HfNodePutReal(entry, "centre_sheet_A_per_m", sheet));
  PetscCall(HfNodePutReal(entry, "centre_biot_savart_A_per_m", full));
  if (strcmp(leads_from, "none")) {
    PetscCall(HfDeviceCompareLeads(context->device, V, &leads));
    PetscCall(HfNodePutText(entry, "leads", leads_from));
    PetscCall(HfNodePutReal(entry, "rms_of_no_leads", leads));
    PetscCall(HfReportLog(context, "leads from %s: the rms of the Oersted field is %.3f of that without leads", leads_from, (double)leads));
  }
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context,
                        "Oersted field of %s at %.6g V: %.1f A/m at the centre as a sheet, %.1f A/m by Biot-Savart; their difference has %.3f of the "
                        "sheet's rms (at most %.3f)",
                        text, (double)voltage, (double)sheet, (double)full, (double)rms, (double)max));
  PetscCall(PetscFree2(V, text));
  PetscFunctionReturn(0);
}
