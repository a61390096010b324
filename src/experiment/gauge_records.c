/* The deck's two-terminal read-outs, measured by every probe. A pulse reports each at its start and its end. */
#include "experiment_impl.h"
#include <string.h>

PetscErrorCode HfReadingsCreate(HfExperiment e) {
  PetscFunctionBeginUser;
  e->n_gauges = HfDeviceGaugeCount(e->device);
  PetscCall(PetscCalloc3(e->n_gauges, &e->gauges, e->n_gauges, &e->gauges_before, e->n_gauges, &e->gauge_names));
  for (PetscInt k = 0; k < e->n_gauges; ++k) e->gauge_names[k] = HfDeviceGaugeName(e->device, k);
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadingsDestroy(HfExperiment e) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(e->gauges, e->gauges_before, e->gauge_names));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadingsMeasure(HfExperiment e) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e->n_gauges; ++k) PetscCall(HfDeviceGauge(e->device, k, &e->gauges[k]));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadingsStart(HfExperiment e) {
  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(e->gauges_before, e->gauges, e->n_gauges));
  PetscFunctionReturn(0);
}

/* One more "name value" behind the others, as far as the line goes. */
static void append(char line[], size_t size, PetscInt k, const char *name, const char *text) {
  const size_t used = strlen(line);
  if (used < size) snprintf(line + used, size - used, "%s%.64s %s", k ? ", " : "", name, text);
}

PetscErrorCode HfReadingsReport(HfExperiment e, const char *text, PetscReal voltage, PetscReal start) {
  const PetscReal end = HfDeviceTime(e->device);
  HfNode entry, list;
  char line[1024] = "", values[128];

  PetscFunctionBeginUser;
  if (!e->n_gauges) PetscFunctionReturn(0);
  PetscCall(HfEntryCreate(e, "gauges", &entry));
  PetscCall(HfNodePutText(entry, "pattern", text));
  PetscCall(HfNodePutReal(entry, "voltage_V", voltage));
  PetscCall(HfNodePutInt(entry, "epoch", e->epoch + 1));
  PetscCall(HfNodePutReal(entry, "start_s", start));
  PetscCall(HfNodePutReal(entry, "end_s", end));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &list));
  for (PetscInt k = 0; k < e->n_gauges; ++k) {
    const PetscReal change = 100.0 * (e->gauges[k] / e->gauges_before[k] - 1.0);
    HfNode gauge;

    PetscCall(HfNodeCreate(HF_NODE_MAP, &gauge));
    PetscCall(HfNodePutText(gauge, "name", e->gauge_names[k]));
    PetscCall(HfNodePutReal(gauge, "start_S", e->gauges_before[k]));
    PetscCall(HfNodePutReal(gauge, "end_S", e->gauges[k]));
    PetscCall(HfNodePutReal(gauge, "change_percent", change));
    PetscCall(HfNodePutNode(list, NULL, gauge));
    PetscCall(PetscSNPrintf(values, sizeof(values), "%.4g to %.4g S (%+.2f %%)", (double)e->gauges_before[k], (double)e->gauges[k], (double)change));
    append(line, sizeof(line), k, e->gauge_names[k], values);
  }
  PetscCall(HfNodePutNode(entry, "gauges", list));
  if (text[0])
    PetscCall(
        HfRecordHeadline(e, entry, "gauges, %s at %.6g V, %.6g to %.6g ns: %s", text, (double)voltage, 1e9 * (double)start, 1e9 * (double)end, line));
  else
    PetscCall(HfRecordHeadline(e, entry, "gauges, no voltage, %.6g to %.6g ns: %s", 1e9 * (double)start, 1e9 * (double)end, line));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadingsList(HfExperiment e, HfNode entry) {
  HfNode map;
  char line[1024] = "", value[64];

  PetscFunctionBeginUser;
  if (!e->n_gauges) PetscFunctionReturn(0);
  PetscCall(HfNodeCreate(HF_NODE_MAP, &map));
  for (PetscInt k = 0; k < e->n_gauges; ++k) {
    PetscCall(HfNodePutReal(map, e->gauge_names[k], e->gauges[k]));
    PetscCall(PetscSNPrintf(value, sizeof(value), "%.8e S", (double)e->gauges[k]));
    append(line, sizeof(line), k, e->gauge_names[k], value);
  }
  PetscCall(HfNodePutNode(entry, "gauges_S", map));
  PetscCall(HfRecordLog(e, "  gauges: %s", line));
  PetscFunctionReturn(0);
}
