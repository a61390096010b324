/* The loop of m against an applied field that goes from one value to another in equal steps, and back; the film relaxes at each. The clock of
   the run stands still. Along d, the direction of `from` - `to`, every branch has
     coercive field: H.d where m.d first becomes 0, between two fields by linear interpolation;   remanence: m where H.d becomes 0, likewise. */
#include "../experiment_impl.h"

enum { COLUMNS = 6 }; /* H and m */

static const HfKey keys[] = {
    {"hysteresis", HF_SECTION, NULL, "", "", 0, "Relaxes the film in a field that goes from one value to another and back: the hysteresis loop"},
    {"hysteresis.from", HF_QUANTITIES, "A/m|T", NULL, "", 3, "First applied field (x, y, z); in T it is mu0 H"},
    {"hysteresis.to", HF_QUANTITIES, "A/m|T", NULL, "", 3, "Last applied field of the first branch; it stays on if there is no other"},
    {"hysteresis.steps", HF_INT, NULL, NULL, "[1,100000]", 0, "Steps of the field from one to the other"},
    {"hysteresis.back", HF_BOOL, NULL, "true", "", 0, "Go back again, the second branch of the loop"},
    {"hysteresis.tolerance", HF_NUMBER, NULL, "1e-5", ">0", 0, "A field is left when max |m x H|/Ms is below this"},
    {"hysteresis.max_time", HF_QUANTITY, "s", "100 ns", ">0", 0, "Relaxation time after which a field is left all the same"},
    {"hysteresis.frames", HF_BOOL, NULL, "false", "", 0, "Keep the texture at every field, not only at the end of the branches"},
    HF_KEYS_END,
};

static void ends(HfNode node, PetscReal from[3], PetscReal to[3], PetscReal d[3]) {
  PetscReal length = 0.0;

  HfAppliedFieldSettings(node, "from", from);
  HfAppliedFieldSettings(node, "to", to);
  for (PetscInt k = 0; k < 3; ++k) length += PetscSqr(from[k] - to[k]);
  for (PetscInt k = 0; k < 3; ++k) d[k] = length > 0.0 ? (from[k] - to[k]) / PetscSqrtReal(length) : 0.0;
}

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscReal from[3], to[3], d[3];

  PetscFunctionBeginUser;
  ends(node, from, to, d);
  if (d[0] == 0.0 && d[1] == 0.0 && d[2] == 0.0) PetscCall(HfDeckError(e->deck, node, "hysteresis: `from` and `to` are the same field"));
  PetscFunctionReturn(0);
}

static PetscErrorCode plan(HfExperiment e, HfNode node, HfPlan *plan) {
  const PetscInt branches = HfFlag(node, "back") ? 2 : 1;

  PetscFunctionBeginUser;
  plan->frames += HfFlag(node, "frames") ? branches * (1.0 + (PetscReal)HfInteger(node, "steps")) : branches;
  PetscFunctionReturn(0);
}

typedef struct {
  const PetscReal *rows; /* H and m of each field */
  PetscReal d[3];
} Loop;

static PetscReal along(const Loop *loop, const PetscReal v[3]) { return v[0] * loop->d[0] + v[1] * loop->d[1] + v[2] * loop->d[2]; }

/* Where v.d of the vectors at `column` first changes its sign among the rows [first, last]: row + part; -1: nowhere. */
static PetscReal crossing(const Loop *loop, PetscInt column, PetscInt first, PetscInt last) {
  for (PetscInt k = first; k < last; ++k) {
    const PetscReal a = along(loop, loop->rows + COLUMNS * k + column), b = along(loop, loop->rows + COLUMNS * (k + 1) + column);
    if (a == 0.0) return (PetscReal)k;
    if (a * b <= 0.0) return (PetscReal)k + a / (a - b);
  }
  return -1.0;
}

static void interpolate(const Loop *loop, PetscInt column, PetscReal at, PetscReal v[3]) {
  const PetscInt k = (PetscInt)at;
  const PetscReal part = at - (PetscReal)k;

  for (PetscInt c = 0; c < 3; ++c) {
    v[c] = loop->rows[COLUMNS * k + column + c];
    if (part > 0.0) v[c] += part * (loop->rows[COLUMNS * (k + 1) + column + c] - v[c]);
  }
}

static PetscErrorCode branch(HfExperiment e, HfNode entry, const char *name, const Loop *loop, PetscInt first, PetscInt last) {
  const PetscReal at_coercive = crossing(loop, 3, first, last), at_zero = crossing(loop, 0, first, last);
  PetscReal v[3], coercive = 0.0;
  HfNode branch;

  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, &branch));
  if (at_coercive >= 0.0) {
    interpolate(loop, 0, at_coercive, v);
    coercive = along(loop, v);
    PetscCall(HfNodePutReal(branch, "coercive_field_A_per_m", coercive));
    PetscCall(HfNodePutReal(branch, "coercive_field_mT", 1e3 * HF_MU0 * coercive));
  }
  if (at_zero >= 0.0) {
    interpolate(loop, 3, at_zero, v);
    PetscCall(HfNodePutReals(branch, "remanence", 3, v));
    PetscCall(HfRecordLog(e, "  %s: remanence (%.4f, %.4f, %.4f)", name, (double)v[0], (double)v[1], (double)v[2]));
  }
  if (at_coercive >= 0.0) PetscCall(HfRecordLog(e, "  %s: coercive field %.4g mT", name, 1e3 * HF_MU0 * (double)coercive));
  PetscCall(HfNodePutNode(entry, name, branch));
  PetscFunctionReturn(0);
}

/* The film at one field. */
static PetscErrorCode point(HfExperiment e, HfNode node, PetscReal row[COLUMNS], PetscInt *unconverged) {
  PetscReal torque;
  PetscBool converged;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetSetUniformField(HfDeviceMagnet(e->device), row));
  PetscCall(HfRelaxNow(e, HfReal(node, "tolerance"), HfReal(node, "max_time"), &converged));
  *unconverged += !converged;
  PetscCall(HfMeasureNow(e, row + 3, &torque));
  PetscCall(HfTableLineNow(e, HfDeviceTime(e->device), 0.0, HfDeviceMagnetization(e->device)));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  const PetscInt steps = (PetscInt)HfInteger(node, "steps"), n = (HfFlag(node, "back") ? 2 : 1) * steps + 1, shape[2] = {n, COLUMNS};
  PetscReal from[3], to[3], *rows;
  PetscInt unconverged = 0;
  Loop loop;
  HfNode entry;
  char name[64];

  PetscFunctionBeginUser;
  ends(node, from, to, loop.d);
  PetscCall(PetscMalloc1(COLUMNS * n, &rows));
  loop.rows = rows;
  if (!e->have_x) e->have_untrained = PETSC_FALSE;
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal *row = rows + COLUMNS * k;
    const PetscReal part = (PetscReal)(k <= steps ? k : 2 * steps - k) / (PetscReal)steps;
    PetscErrorCode code;

    for (PetscInt c = 0; c < 3; ++c) row[c] = (1.0 - part) * from[c] + part * to[c];
    code = point(e, node, row, &unconverged);
    if (code) {
      PetscCall(PetscFree(rows));
      PetscFunctionReturn(code);
    }
    PetscCall(HfRecordLog(e, "hysteresis, field %d of %d: %.4g mT, m along it %.5f", (int)k + 1, (int)n, 1e3 * HF_MU0 * (double)along(&loop, row),
                          (double)along(&loop, row + 3)));
    if (HfFlag(node, "frames") || k == steps || k + 1 == n) PetscCall(HfFramesNow(e, PETSC_FALSE));
  }
  PetscCall(PetscSNPrintf(name, sizeof(name), "/hysteresis/%d", (int)e->step + 1));
  PetscCall(HfRecordArray(e, name, 2, shape, rows, "H in A/m, m"));
  PetscCall(HfEntryCreate(e, "hysteresis", &entry));
  PetscCall(HfNodePutInt(entry, "fields", n));
  PetscCall(HfNodePutInt(entry, "unconverged", unconverged));
  PetscCall(HfNodePutReals(entry, "direction", 3, loop.d));
  PetscCall(HfNodePutText(entry, "dataset", name));
  PetscCall(branch(e, entry, "first_branch", &loop, 0, steps));
  if (n > steps + 1) PetscCall(branch(e, entry, "second_branch", &loop, steps, n - 1));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(PetscFree(rows));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Hysteresis = {.name = "hysteresis", .keys = keys, .check = check, .plan = plan, .run = run, .magnetic = PETSC_TRUE};
