/* From a pattern to voltages on the gold, or on the film itself where there is no gold. The Oersted field of the gold is linear in the
   voltages, so a wanted |H| at the film's centre gives the voltage from the field of the pattern at 1 V. */
#include "experiment_impl.h"

PetscErrorCode HfDriveCheck(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (HfHas(node, "voltage") == HfHas(node, "field")) PetscCall(HfDeckError(e->deck, node, "give exactly one of `voltage` and `field`"));
  if (HfHas(node, "field_pattern")) {
    PetscCall(HfPatternCheck(e, HfNodeFind(node, "field_pattern"), HfText(node, "field_pattern")));
    if (!HfHas(node, "field")) PetscCall(HfDeckError(e->deck, HfNodeFind(node, "field_pattern"), "`field_pattern` goes with `field`"));
  }
  if (!HfDeviceHasGold(e->device)) {
    if (HfHas(node, "field"))
      PetscCall(HfDeckError(e->deck, HfNodeFind(node, "field"), "`field` is the Oersted field of a gold layer, but the deck has no section `gold`"));
    if (e->device && HfDeviceMagnet(e->device) && !HfMagnetFeelsCurrent(HfDeviceMagnet(e->device)))
      PetscCall(HfDeckWarn(e->deck, node, "the film has neither `gold` nor a `polarization`: nothing will move at any voltage"));
  }
  PetscFunctionReturn(0);
}

PetscBool HfDriveByGold(HfExperiment e) { return (PetscBool)(HfDeviceGoldPotential(e->device) != NULL); }

PetscErrorCode HfDriveOff(HfExperiment e) {
  PetscFunctionBeginUser;
  e->driving = PETSC_FALSE;
  if (!HfReplaying(e)) PetscCall(HfDeviceDrive(e->device, NULL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveVoltage(HfExperiment e, HfNode node, const PetscReal x[], PetscReal *voltage) {
  PetscFunctionBeginUser;
  if (HfHas(node, "voltage"))
    *voltage = HfReal(node, "voltage");
  else
    PetscCall(HfDriveVoltageForField(e, node, x, voltage));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveVoltageForField(HfExperiment e, HfNode node, const PetscReal x[], PetscReal *voltage) {
  const PetscReal *unit = x;
  PetscReal *named, wanted, at_centre, rms;
  char *text;
  const char *why;

  PetscFunctionBeginUser;
  wanted = HfReal(node, "field");
  if (HfUnitIndex(node, "field") == 1) wanted /= HF_MU0;
  PetscCall(PetscMalloc2(e->n, &named, e->n + 1, &text));
  if (HfHas(node, "field_pattern")) {
    PetscCall(HfPatternRead(e, HfText(node, "field_pattern"), named, text, &why));
    unit = named;
  } else
    HfPatternToText(e->n, x, text);
  PetscCall(HfDeviceDrive(e->device, unit));
  PetscCall(VecNorm(HfDeviceDriveField(e->device), NORM_2, &rms));
  rms /= PetscSqrtReal((PetscReal)HfGridGetInfo(HfDeviceGrid(e->device))->n_film);
  PetscCall(HfDeviceCentreField(e->device, unit, &at_centre));
  PetscCall(HfDriveOff(e));
  PetscCheckFault(
      at_centre > 1e-3 * rms, e->comm, HF_ERR_DECK,
      "schedule, item %d: the Oersted field of the pattern %s vanishes at the film's centre; give `voltage`, or `field_pattern` with another pattern",
      (int)e->step + 1, text);
  *voltage = wanted / at_centre;
  PetscCall(PetscFree2(named, text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveLog(HfExperiment e) {
  PetscInt64 refreshes, most;
  PetscReal mean;

  PetscFunctionBeginUser;
  if (HfReplaying(e)) PetscFunctionReturn(0);
  HfDeviceCouplingStatistics(e->device, &refreshes, &mean, &most);
  if (refreshes > 0)
    PetscCall(HfRecordLog(e, "current refreshed %" PetscInt64_FMT " times, %.2f iterations each, %" PetscInt64_FMT " at most after the first",
                          refreshes, (double)mean, most));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveOn(HfExperiment e, const PetscReal x[], const char *text, PetscReal voltage) {
  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(e->x, x, e->n));
  PetscCall(PetscStrncpy(e->pattern, text, e->n + 1));
  e->have_x = PETSC_TRUE;
  for (PetscInt k = 0; k < e->n; ++k) e->V[k] = voltage * x[k];
  e->driving = PETSC_TRUE;
  if (!HfReplaying(e)) PetscCall(HfDeviceDrive(e->device, e->V));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDriveCompare(HfExperiment e, const PetscReal x[], PetscReal voltage) {
  const char *leads_from = HfDeviceLeads(e->device);
  HfNode entry;
  PetscReal *V, rms, max, sheet, full, leads;
  char *text;

  PetscFunctionBeginUser;
  if (e->compared || !HfDriveByGold(e)) PetscFunctionReturn(0);
  e->compared = PETSC_TRUE;
  PetscCall(PetscMalloc2(e->n, &V, e->n + 1, &text));
  for (PetscInt k = 0; k < e->n; ++k) V[k] = voltage * x[k];
  HfPatternToText(e->n, x, text);
  PetscCall(HfDeviceCompareOersted(e->device, V, &rms, &max, &sheet, &full));
  PetscCall(HfEntryCreate(e, "oersted", &entry));
  PetscCall(HfNodePutText(entry, "pattern", text));
  PetscCall(HfNodePutText(entry, "model_used", HfDeviceOerstedModel(e->device)));
  PetscCall(HfNodePutReal(entry, "rms_difference", rms));
  PetscCall(HfNodePutReal(entry, "largest_difference", max));
  PetscCall(HfNodePutReal(entry, "centre_sheet_A_per_m", sheet));
  PetscCall(HfNodePutReal(entry, "centre_biot_savart_A_per_m", full));
  if (strcmp(leads_from, "none")) {
    PetscCall(HfDeviceCompareLeads(e->device, V, &leads));
    PetscCall(HfNodePutText(entry, "leads", leads_from));
    PetscCall(HfNodePutReal(entry, "rms_of_no_leads", leads));
    PetscCall(HfRecordLog(e, "leads from %s: the field's rms is %.3f of that without leads", leads_from, (double)leads));
  }
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e,
                        "Oersted field of %s at %.6g V: %.1f A/m at the centre as a sheet, %.1f A/m by Biot-Savart; they differ by %.3f of the "
                        "sheet's rms (%.3f at most)",
                        text, (double)voltage, (double)sheet, (double)full, (double)rms, (double)max));
  PetscCall(PetscFree2(V, text));
  PetscFunctionReturn(0);
}
