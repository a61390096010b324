/* The magnetic film as a conductor: Sigma[m] of every cell is the sum of the contributions of its material (tensors/), which may vary from grain to grain.

   With g a Gaussian number of mean 0 and variance 1 per grain and quantity, cut off at 4 in magnitude, a grain has
     sigma0 (1 + conductivity_variation g),   t (1 + thickness_variation g'),   a (1 + amr_ratio_variation g'')
   The Hall angle does not vary. The potential depends on the sheet conductance t Sigma alone: the tensors of the cells contain the thickness of their grain
   relative to the film's, by which the current density is divided again. Grains are those of film.grains (grid): the same for any cells and any number of
   ranks. */
#include "transport_impl.h"
#include <hopfilm/petsc_versions.h>
#include <stdlib.h>

static const HfKey potential_keys[] = {
    {"potential", HF_SECTION, NULL, "{}", "", 0, "How the potential is computed"},
    {"potential.tolerance", HF_NUMBER, NULL, "1e-10", "(0,1e-2)", 0,
     "Residual norm in the film, relative to that of zero potential, at which the solver stops; in gold it is 1e-10"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

static const PetscReal CUT = 4;

PetscErrorCode HfTransportRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfTensorCount(); ++k)
    if (HfTensorGet(k)->keys) PetscCall(HfKeysAdd(keys, "material:", HfTensorGet(k)->keys));
  PetscCall(HfKeysAdd(keys, "", potential_keys));
  PetscFunctionReturn(0);
}

/* How the conductivity of a material depends on m. */
static void dependence_settings(HfNode material, HfConductivitySettings *settings) {
  for (PetscInt k = 0; k < HfTensorCount(); ++k) {
    const HfTensor *tensor = HfTensorGet(k);
    PetscReal numbers[HF_TENSOR_PARAMETERS] = {0}, p[HF_TENSOR_PARAMETERS];
    PetscBool active;

    (*tensor->settings)(material, numbers);
    (*tensor->set_up)(numbers, &(HfGrainFactors){1, 1}, p, &active);
    settings->depends_on_m = (PetscBool)(settings->depends_on_m || (active && tensor->needs_m));
    settings->odd_in_m = (PetscBool)(settings->odd_in_m || (active && tensor->odd));
  }
}

void HfConductivitySettingsRead(HfDeck deck, PetscInt region, HfConductivitySettings *settings) {
  HfNode material = HfMaterialSettings(deck, region);
  HfFilmSettings film;

  *settings = (HfConductivitySettings){
      .conductivity = HfHas(material, "conductivity") ? HfReal(material, "conductivity") : 0,
      .amr_ratio = HfReal(material, "amr_ratio"),
      .hall_conductivity = HfReal(material, "hall_conductivity"),
      .conductivity_variation = HfReal(material, "conductivity_variation"),
      .amr_ratio_variation = HfReal(material, "amr_ratio_variation"),
      .thickness_variation = HfReal(material, "thickness_variation"),
  };
  if (settings->conductivity > 0) dependence_settings(material, settings);
  HfFilmSettingsRead(deck, &film);
  for (PetscInt r = 1; r <= film.n_regions; ++r)
    if (HfMaterialSettings(deck, r) != HfMaterialSettings(deck, 0)) settings->by_region = PETSC_TRUE;
}

PetscErrorCode HfConductivitySettingsCheck(HfDeck deck, PetscInt n_regions) {
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < n_regions; ++r) {
    HfConductivitySettings conductor;

    HfConductivitySettingsRead(deck, r, &conductor);
    if (conductor.conductivity == 0)
      PetscCall(HfDeckError(deck, HfMaterialSettings(deck, r), "a film with contacts needs the key \"conductivity\" in its material"));
  }
  PetscFunctionReturn(0);
}

/* Variations need grains, and the AMR ratio of every grain must be below 2; *any: whether anything varies. */
static PetscErrorCode check_variations(HfDeck deck, const HfFilmSettings *film, PetscInt n_regions, const HfConductivitySettings conductors[],
                                       PetscBool *any) {
  PetscFunctionBeginUser;
  *any = PETSC_FALSE;
  for (PetscInt r = 0; r < n_regions; ++r) {
    const HfConductivitySettings *c = &conductors[r];
    const char *const names[] = {"conductivity_variation", "amr_ratio_variation", "thickness_variation"};
    const PetscReal values[] = {c->conductivity_variation, c->amr_ratio_variation, c->thickness_variation};
    const PetscReal most = PetscAbsReal(c->amr_ratio) * (1 + CUT * c->amr_ratio_variation);

    for (int k = 0; k < 3; ++k) {
      if (values[k] == 0) continue;
      if (film->grain_size > 0)
        *any = PETSC_TRUE;
      else
        PetscCall(HfDeckError(deck, HfChild(HfMaterialSettings(deck, r), names[k]), "%s needs film.grains: it varies from grain to grain", names[k]));
    }
    if (most >= 2)
      PetscCall(HfDeckError(deck, HfChild(HfMaterialSettings(deck, r), "amr_ratio_variation"),
                            "amr_ratio may reach %.3g in a grain, four standard deviations from its mean; it must stay below 2", (double)most));
  }
  PetscFunctionReturn(0);
}

static int compare(const void *a, const void *b) {
  const PetscInt64 left = *(const PetscInt64 *)a, right = *(const PetscInt64 *)b;
  return (left > right) - (left < right);
}

/* The grains of the owned cells and of the row below them, each with a number of its own on this rank; *grains: their numbers in the plane. */
static PetscErrorCode number_grains(HfPotential p, PetscReal size, PetscInt64 seed, PetscInt64 **grains) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const int8_t *regions = HfGridRegions(p->grid);
  const PetscInt n_cells = (g->nx + 2) * (g->ym + 2);
  PetscInt64 *all, *sorted;
  PetscInt n = 0, n_film = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n_cells, &all));
  PetscCall(PetscMalloc1(n_cells, &sorted));
  PetscCall(PetscCalloc1(n_cells, &p->grain));
  for (PetscInt k = 0; k < n_cells; ++k) {
    const PetscInt i = k % (g->nx + 2) - 1, j = g->ys - 1 + k / (g->nx + 2);
    all[k] = regions[k] < 0 ? -1 : HfGridGrainAt(p->grid, size, seed, g->x0 + ((PetscReal)i + 0.5) * g->dx, g->y0 + ((PetscReal)j + 0.5) * g->dy);
    if (all[k] >= 0) sorted[n_film++] = all[k];
  }
  if (n_film) qsort(sorted, (size_t)n_film, sizeof(*sorted), compare);
  for (PetscInt k = 0; k < n_film; ++k)
    if (k == 0 || sorted[k] != sorted[n - 1]) sorted[n++] = sorted[k];
  for (PetscInt k = 0; k < n_cells; ++k)
    if (all[k] >= 0) p->grain[k] = (PetscInt)((PetscInt64 *)bsearch(&all[k], sorted, (size_t)n, sizeof(*sorted), compare) - sorted);
  p->n_grains = n;
  PetscCall(PetscFree(all));
  *grains = sorted;
  PetscFunctionReturn(0);
}

/* 1 + variation g of a grain */
static PetscReal factor(PetscReal variation, PetscInt64 seed, HfGrainQuantity quantity, PetscInt64 grain) {
  return 1 + variation * PetscMax(-CUT, PetscMin(CUT, HfGrainNormal(seed, quantity, grain)));
}

/* numbers[tensor]: of a region */
static void set_up_conductor(PetscReal (*numbers)[HF_TENSOR_PARAMETERS], PetscReal thickness, const HfGrainFactors *factors, HfConductor *conductor) {
  conductor->thickness = thickness;
  for (PetscInt k = 0; k < HfTensorCount(); ++k) {
    const HfTensor *tensor = HfTensorGet(k);
    (*tensor->set_up)(numbers[k], factors, conductor->p[k], &conductor->active[k]);
    if (conductor->active[k]) HfCite(tensor->citation);
  }
}

static PetscErrorCode allocate_conductors(HfPotential p, PetscInt n) {
  const PetscInt n_tensors = HfTensorCount();

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(n, &p->conductors, n * n_tensors, &p->tensor_numbers, n * n_tensors, &p->tensor_active));
  for (PetscInt k = 0; k < n; ++k) {
    p->conductors[k].p = p->tensor_numbers + k * n_tensors;
    p->conductors[k].active = p->tensor_active + k * n_tensors;
  }
  PetscFunctionReturn(0);
}

/* Numbers of all tensors of a region. */
static void tensor_settings(HfDeck deck, PetscInt region, PetscReal (*numbers)[HF_TENSOR_PARAMETERS]) {
  for (PetscInt k = 0; k < HfTensorCount(); ++k) (*HfTensorGet(k)->settings)(HfMaterialSettings(deck, region), numbers[k]);
}

/* The keys of every tensor, once for each material. */
static PetscErrorCode check_tensors(HfDeck deck, PetscInt n_regions) {
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < n_regions; ++r) {
    HfNode material = HfMaterialSettings(deck, r);
    PetscBool seen = PETSC_FALSE;

    for (PetscInt q = 0; q < r; ++q) seen = (PetscBool)(seen || HfMaterialSettings(deck, q) == material);
    for (PetscInt k = 0; k < HfTensorCount() && !seen; ++k)
      if (HfTensorGet(k)->check_settings) PetscCall((*HfTensorGet(k)->check_settings)(deck, material));
  }
  PetscFunctionReturn(0);
}

/* Contributions that each leave the conductivity positive need not do so together. */
static PetscErrorCode check_positive(HfPotential p, HfDeck deck, PetscInt n_regions) {
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < n_regions; ++r) {
    PetscReal least = PETSC_MAX_REAL;

    for (PetscInt g = 0; g < p->n_grains; ++g) {
      const HfConductor *conductor = &p->conductors[r * p->n_grains + g];
      PetscReal sum = 0;

      for (PetscInt k = 0; k < HfTensorCount(); ++k)
        if (conductor->active[k] && HfTensorGet(k)->least) sum += (*HfTensorGet(k)->least)(conductor->p[k]);
      least = PetscMin(least, sum);
    }
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPIU_REAL, MPIU_MIN, HfGridComm(p->grid)));
    if (!(least > 0))
      PetscCall(HfDeckError(deck, HfMaterialSettings(deck, r),
                            "for some directions of m the conductivity is down to %.3g S/m: smaller `amr_ratio` and `gmr_ratio` leave it positive",
                            (double)least));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode create_conductors(HfPotential p, HfDeck deck) {
  const PetscInt n_regions = HfGridGetInfo(p->grid)->n_regions;
  PetscReal(*numbers)[HF_TENSOR_PARAMETERS];
  HfConductivitySettings *settings;
  HfFilmSettings film;
  PetscInt64 *grains = NULL;
  PetscBool varies;

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  PetscCall(PetscMalloc1(n_regions, &settings));
  PetscCall(PetscCalloc1(HfTensorCount(), &numbers));
  for (PetscInt r = 0; r < n_regions; ++r) HfConductivitySettingsRead(deck, r, &settings[r]);
  PetscCall(check_variations(deck, &film, n_regions, settings, &varies));
  PetscCall(check_tensors(deck, n_regions));
  p->n_grains = 1;
  if (varies) PetscCall(number_grains(p, film.grain_size, film.grain_seed, &grains));
  PetscCall(allocate_conductors(p, n_regions * p->n_grains));
  for (PetscInt r = 0; r < n_regions; ++r) {
    const HfConductivitySettings *c = &settings[r];

    p->thickness_varies = (PetscBool)(p->thickness_varies || (varies && c->thickness_variation > 0));
    tensor_settings(deck, r, numbers);
    for (PetscInt k = 0; k < p->n_grains; ++k) {
      const PetscReal thickness = varies ? factor(c->thickness_variation, film.grain_seed, HF_GRAIN_THICKNESS, grains[k]) : 1;
      const HfGrainFactors factors =
          varies ? (HfGrainFactors){thickness * factor(c->conductivity_variation, film.grain_seed, HF_GRAIN_CONDUCTIVITY, grains[k]),
                                    factor(c->amr_ratio_variation, film.grain_seed, HF_GRAIN_AMR_RATIO, grains[k])}
                 : (HfGrainFactors){1, 1};

      set_up_conductor(numbers, thickness, &factors, &p->conductors[r * p->n_grains + k]);
    }
  }
  if (!HfDeckErrorCount(deck)) PetscCall(check_positive(p, deck, n_regions));
  PetscCall(PetscFree(grains));
  PetscCall(PetscFree(settings));
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(0);
}

/* Whether a contribution that is active anywhere has an antisymmetric part. Collective: a rank may have no cell of the film. */
static PetscErrorCode is_antisymmetric(HfPotential p, PetscBool *any) {
  const PetscInt n = HfGridGetInfo(p->grid)->n_regions * p->n_grains;

  PetscFunctionBeginUser;
  *any = PETSC_FALSE;
  for (PetscInt c = 0; c < n; ++c)
    for (PetscInt k = 0; k < HfTensorCount(); ++k)
      if (p->conductors[c].active[k] && HfTensorGet(k)->add_antisymmetric) *any = PETSC_TRUE;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, any, 1, HF_MPI_BOOL, MPI_LOR, HfGridComm(p->grid)));
  PetscFunctionReturn(0);
}

static PetscReal tolerance_settings(HfDeck deck) { return HfReal(HfChild(HfDeckRoot(deck), "potential"), "tolerance"); }

PetscErrorCode HfPotentialCreateFilm(HfGrid grid, HfElectrodes electrodes, HfDeck deck, HfPotential *potential) {
  PetscBool antisymmetric;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialAllocate(grid, electrodes, HfGridGetInfo(grid)->thickness, tolerance_settings(deck), potential));
  HfPotential p = *potential;
  p->film = PETSC_TRUE;
  PetscCall(HfGhostRowsCreateCells(p->grid, 3, &p->cell_rows));
  PetscCall(create_conductors(p, deck));
  PetscCall(is_antisymmetric(p, &antisymmetric));
  if (antisymmetric) PetscCall(HfHallCreate(p));
  PetscCall(HfSolverCreate(p, "film_"));
  PetscCall(HfPotentialSetMagnetization(p, NULL));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFilmDestroy(HfPotential p) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(p->conductors, p->tensor_numbers, p->tensor_active));
  PetscCall(PetscFree(p->grain));
  PetscCall(HfGhostRowsDestroy(&p->cell_rows));
  PetscFunctionReturn(0);
}

/* Cell row j (ys-1 .. ys+ym-1) from the magnetization of its cells; runs of one region and grain at a time. */
static void sigma_row(HfPotential p, PetscInt j, const PetscReal m[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const int8_t *region = HfGridRegions(p->grid) + (j - (g->ys - 1)) * (g->nx + 2) + 1;
  const ptrdiff_t at = (ptrdiff_t)(j - (g->ys - 1)) * (g->nx + 2) + 1;
  const PetscInt *grain = p->grain ? p->grain + at : NULL;
  PetscReal *xx = p->sigma.xx + at, *xy = p->sigma.xy + at, *yy = p->sigma.yy + at;

  memset(xx, 0, (size_t)g->nx * sizeof(PetscReal));
  memset(xy, 0, (size_t)g->nx * sizeof(PetscReal));
  memset(yy, 0, (size_t)g->nx * sizeof(PetscReal));
  if (p->sigma.hall) memset(p->sigma.hall + at, 0, (size_t)g->nx * sizeof(PetscReal));
  for (PetscInt i = 0, n; i < g->nx; i += n) {
    for (n = 1; i + n < g->nx && region[i + n] == region[i] && (!grain || grain[i + n] == grain[i]);) ++n;
    if (region[i] < 0) continue;
    const HfConductor *conductor = &p->conductors[region[i] * p->n_grains + (grain ? grain[i] : 0)];
    for (PetscInt k = 0; k < HfTensorCount(); ++k) {
      const HfTensor *tensor = HfTensorGet(k);
      if (!conductor->active[k]) continue;
      if (tensor->add) (*tensor->add)(conductor->p[k], n, m + 3 * i, xx + i, xy + i, yy + i);
      if (tensor->add_antisymmetric) (*tensor->add_antisymmetric)(conductor->p[k], n, m + 3 * i, p->sigma.hall + at + i);
    }
  }
}

/* Sigma of the owned rows of cells and of the rows below and above them; m NULL: saturated along z. Collective. */
static PetscErrorCode update_sigma(HfPotential p, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const PetscInt first = PetscMax(0, g->ys - 1), end = g->ys + g->ym, above = PetscMin(g->ny, end + 1);

  PetscFunctionBeginUser;
  if (m) {
    const PetscScalar *own, *south, *north;

    PetscCall(VecGetArrayRead(m, &own));
    PetscCall(HfGhostRowsBegin(p->cell_rows, own));
    for (PetscInt j = g->ys; j < end; ++j) sigma_row(p, j, own + (ptrdiff_t)3 * (j - g->ys) * g->nx);
    PetscCall(HfGhostRowsEnd(p->cell_rows, &south, &north));
    if (first < g->ys) sigma_row(p, first, south);
    if (end < above) sigma_row(p, end, north);
    PetscCall(VecRestoreArrayRead(m, &own));
  } else {
    PetscReal *saturated;

    PetscCall(PetscCalloc1(3 * g->nx, &saturated));
    for (PetscInt i = 0; i < g->nx; ++i) saturated[3 * i + 2] = 1;
    for (PetscInt j = first; j < above; ++j) sigma_row(p, j, saturated);
    PetscCall(PetscFree(saturated));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialSetMagnetization(HfPotential p, Vec m) {
  Vec rows = NULL;

  PetscFunctionBeginUser;
  if (m) PetscCall(HfPotentialRows(p, 3, m, &rows));
  if (rows != m) PetscCall(HfGridToWholeRows(p->film_grid, 3, m, rows));
  PetscCall(HfPotentialSetRows(p, rows));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPotentialSetRows(HfPotential p, Vec m) {
  PetscFunctionBeginUser;
  PetscCheck(p->film, HfGridComm(p->grid), PETSC_ERR_ARG_WRONGSTATE, "only the magnetic film's conductivity depends on the magnetization");
  PetscCall(update_sigma(p, m));
  PetscCall(HfSolverOperatorChanged(p));
  p->m = m;
  PetscFunctionReturn(0);
}

void HfFilmCurrentRow(HfPotential p, PetscInt row, PetscReal j[]) {
  const HfGridInfo *g = HfGridGetInfo(p->grid);
  const ptrdiff_t at = (ptrdiff_t)(row - (g->ys - 1)) * (g->nx + 2) + 1;
  const int8_t *region = HfGridRegions(p->grid) + at;

  for (PetscInt i = 0; i < g->nx; ++i) {
    if (region[i] < 0) continue;
    const PetscReal thickness = p->conductors[region[i] * p->n_grains + p->grain[at + i]].thickness;
    j[2 * i] /= thickness;
    j[2 * i + 1] /= thickness;
  }
}
