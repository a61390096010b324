/* From a pattern to voltages on the gold, or on the film itself where there is no gold. The Oersted field of the gold is linear in the voltages,
   so the voltage for a wanted |H| at the film's centre follows from the field of the pattern at 1 V. */
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

PetscErrorCode HfDriveSettingsRead(HfScheduleCheck *check, HfNode node, HfDriveSettings *settings) {
  HfDevice device = check->device;

  PetscFunctionBeginUser;
  *settings = (HfDriveSettings){0};
  if (HfHas(node, "voltage") == HfHas(node, "field")) PetscCall(HfDeckError(check->deck, node, "give exactly one of `voltage` and `field`"));
  if (HfHas(node, "field")) settings->field = HfReal(node, "field") / (HfUnitIndex(node, "field") == 1 ? HF_MU0 : 1.0);
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
    PetscCall(HfDeckWarn(check->deck, node, "the film has neither `gold` nor a `polarization`: nothing will move at any voltage"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveSettingsDestroy(HfDriveSettings *settings) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(settings->field_pattern));
  PetscFunctionReturn(0);
}

PetscBool HfDriveByGold(HfStepContext context) { return (PetscBool)(HfDeviceGoldPotential(context->device) != NULL); }

PetscErrorCode HfDriveVoltage(HfStepContext context, const HfDriveSettings *settings, const PetscReal x[], PetscReal *voltage) {
  const PetscReal *unit = settings->field_pattern ? settings->field_pattern : x;
  HfDevice device = context->device;
  PetscReal at_centre, rms;
  char *text;

  PetscFunctionBeginUser;
  if (settings->voltage > 0.0) {
    *voltage = settings->voltage;
    PetscFunctionReturn(0);
  }
  PetscCall(HfDeviceDrive(device, unit));
  PetscCall(VecNorm(HfDeviceDriveField(device), NORM_2, &rms));
  rms /= PetscSqrtReal((PetscReal)HfGridGetInfo(HfDeviceGrid(device))->n_film);
  PetscCall(HfDeviceCentreField(device, unit, &at_centre));
  PetscCall(HfDriveOff(context));
  PetscCall(PetscMalloc1(context->schedule->n + 1, &text));
  HfPatternToText(context->schedule->n, unit, text);
  PetscCheckFault(
      at_centre > 1e-3 * rms, context->comm, HF_ERR_DECK,
      "schedule, item %d: the Oersted field of the pattern %s vanishes at the film's centre; give `voltage`, or `field_pattern` with another pattern",
      (int)context->drive->item + 1, text);
  *voltage = settings->field / at_centre;
  PetscCall(PetscFree(text));
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
