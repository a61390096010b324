/* The magnetic film as a conductor: what its materials give to the tensor (tensors/), and how that varies from grain to grain.

   With g a Gaussian number of mean 0 and variance 1 per grain and quantity, cut off at 4 in magnitude, a grain has
     sigma0 (1 + conductivity_variation g),   t (1 + thickness_variation g'),   a (1 + amr_ratio_variation g'')
   The Hall angle stays. The potential knows the sheet conductance t Sigma alone: the tensors of the cells hold the thickness of their grain over the film's,
   which the current density is freed of again. Grains are those of film.grains (grid): the same on any cells and any number of ranks. */
#include "transport_impl.h"
#include <stdlib.h>

static const PetscReal CUT = 4;

static HfNode material_of(HfDeck deck, PetscInt region) {
  HfNode film = HfChild(HfDeckRoot(deck), "film"), own = region ? HfChild(HfItem(film, "regions", region - 1), "material") : NULL;
  return own ? own : HfChild(film, "material");
}

/* Whether anything varies; *thickness: whether that does. */
static PetscErrorCode check_variations(HfDeck deck, PetscInt n_regions, PetscBool *any, PetscBool *thickness) {
  static const char *const names[] = {"conductivity_variation", "amr_ratio_variation", "thickness_variation"};

  PetscFunctionBeginUser;
  *any = *thickness = PETSC_FALSE;
  for (PetscInt r = 0; r < n_regions; ++r) {
    HfNode material = material_of(deck, r);
    const PetscReal most = PetscAbsReal(HfReal(material, "amr_ratio")) * (1 + CUT * HfReal(material, "amr_ratio_variation"));

    for (int k = 0; k < 3; ++k) {
      if (HfReal(material, names[k]) == 0) continue;
      if (HfHas(HfChild(HfDeckRoot(deck), "film"), "grains"))
        *any = PETSC_TRUE;
      else
        PetscCall(HfDeckError(deck, HfChild(material, names[k]), "%s needs film.grains: it is from grain to grain", names[k]));
    }
    if (most >= 2)
      PetscCall(HfDeckError(deck, HfChild(material, "amr_ratio_variation"),
                            "amr_ratio may reach %.3g in a grain, four standard deviations from its mean; it must stay below 2", (double)most));
    *thickness = (PetscBool)(*thickness || HfReal(material, "thickness_variation") > 0);
  }
  *thickness = (PetscBool)(*thickness && *any);
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
    all[k] = regions[k] < 0 ? -1 : HfGrainAt(size, seed, g->x0 + ((PetscReal)i + 0.5) * g->dx, g->y0 + ((PetscReal)j + 0.5) * g->dy);
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

static PetscReal factor(HfNode material, const char key[], PetscInt64 seed, HfGrainQuantity quantity, PetscInt64 grain) {
  const PetscReal g = HfGrainNormal(seed, quantity, grain);
  return 1 + HfReal(material, key) * PetscMax(-CUT, PetscMin(CUT, g));
}

static void set_up_conductor(HfNode material, PetscReal thickness, const HfGrainFactors *factors, HfConductor *conductor, PetscBool *antisymmetric) {
  conductor->thickness = thickness;
  for (PetscInt k = 0; k < HfTensorCount(); ++k) {
    const HfTensor *tensor = HfTensorGet(k);
    (*tensor->set_up)(material, factors, conductor->p[k], &conductor->active[k]);
    if (!conductor->active[k]) continue;
    HfCite(tensor->citation);
    if (tensor->add_antisymmetric) *antisymmetric = PETSC_TRUE;
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

PetscErrorCode HfPotentialCreateFilm(HfGrid grid, HfElectrodes electrodes, HfDeck deck, HfPotential *potential) {
  const HfGridInfo *g = HfGridGetInfo(grid);
  HfNode root = HfDeckRoot(deck), film = HfChild(root, "film");
  PetscBool antisymmetric = PETSC_FALSE, varies;

  PetscFunctionBeginUser;
  PetscCall(HfPotentialAllocate(grid, electrodes, g->thickness, HfReal(HfChild(root, "potential"), "tolerance"), potential));
  HfPotential p = *potential;
  p->film = PETSC_TRUE;
  PetscCall(HfGhostRowsCreateCells(grid, 3, &p->cell_rows));
  PetscCall(check_variations(deck, g->n_regions, &varies, &p->thickness_varies));
  if (varies) {
    const PetscInt64 seed = HfInteger(HfChild(film, "grains"), "seed");
    PetscInt64 *grains;

    PetscCall(number_grains(p, HfReal(HfChild(film, "grains"), "size"), seed, &grains));
    PetscCall(allocate_conductors(p, g->n_regions * p->n_grains));
    for (PetscInt r = 0; r < g->n_regions; ++r)
      for (PetscInt k = 0; k < p->n_grains; ++k) {
        HfNode material = material_of(deck, r);
        const PetscReal thickness = factor(material, "thickness_variation", seed, HF_GRAIN_THICKNESS, grains[k]);
        const HfGrainFactors factors = {thickness * factor(material, "conductivity_variation", seed, HF_GRAIN_CONDUCTIVITY, grains[k]),
                                        factor(material, "amr_ratio_variation", seed, HF_GRAIN_AMR_RATIO, grains[k])};
        set_up_conductor(material, thickness, &factors, &p->conductors[r * p->n_grains + k], &antisymmetric);
      }
    PetscCall(PetscFree(grains));
  } else {
    const HfGrainFactors none = {1, 1};

    p->n_grains = 1;
    PetscCall(allocate_conductors(p, g->n_regions));
    for (PetscInt r = 0; r < g->n_regions; ++r) set_up_conductor(material_of(deck, r), 1, &none, &p->conductors[r], &antisymmetric);
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &antisymmetric, 1, MPIU_BOOL, MPI_LOR, HfGridComm(grid))); /* a rank may have no cell of the film */
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
