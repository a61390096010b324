/* A model of a trained film that is evaluated in microseconds. Many short pulses of several patterns in turn leave the texture along the mean field of
   the patterns, so that

     H(r) = sum_k V_k H_k(r)                         V_k the mean voltage of node k, H_k the field of the gold with 1 on node k
     m || H + A sum of m over the neighbours / d^2   by a few steps from m || H: as far as exchange reaches
     G_kl = G0_kl + t integral grad phi_k . (Sigma[m] - sigma_perp 1) grad phi_l       phi_k the unit potentials of the saturated film

   to first order in the AMR ratio. With the texture of the full film in place of this one it agrees with the full solution within 1 % of the change that
   training makes. Sigma is even in m, and m lies in the plane: a cell contributes to a link by the cosine and sine of twice its angle alone. */
#include "surrogate_impl.h"

static HfWindow grown(const struct HfSurrogate_ *s, HfWindow w, PetscInt by) {
  return (HfWindow){PetscMax(w.i0 - by, 0), PetscMin(w.i1 + by, s->nx), PetscMax(w.j0 - by, 0), PetscMin(w.j1 + by, s->ny)};
}

static void along_field(struct HfSurrogate_ *s, HfWindow w) {
  for (PetscInt j = w.j0; j < w.j1; ++j) {
    const PetscReal *hx = s->H[0] + j * s->nx, *hy = s->H[1] + j * s->nx;
    PetscReal *mx = s->m[0][0] + j * s->nx, *my = s->m[0][1] + j * s->nx;

    for (PetscInt i = w.i0; i < w.i1; ++i) {
      const PetscReal scale = 1 / PetscSqrtReal(hx[i] * hx[i] + hy[i] * hy[i] + 1e-12);

      mx[i] = hx[i] * scale;
      my[i] = hy[i] * scale;
    }
  }
}

/* One step of exchange: m of a layer from the layer before it. m is 0 in the void, which therefore exerts no exchange field. */
static void exchange(struct HfSurrogate_ *s, PetscInt layer, HfWindow w) {
  const PetscInt nx = s->nx;

  for (PetscInt j = w.j0; j < w.j1; ++j) {
    const PetscReal south = j > 0 ? s->ay : 0, north = j + 1 < s->ny ? s->ay : 0;
    const PetscInt down = j > 0 ? nx : 0, up = j + 1 < s->ny ? nx : 0;

    for (PetscInt i = w.i0; i < w.i1; ++i) {
      const PetscInt at = j * nx + i, left = i > 0 ? at - 1 : at, right = i + 1 < nx ? at + 1 : at;
      const PetscReal west = i > 0 ? s->ax : 0, east = i + 1 < nx ? s->ax : 0;
      PetscReal h[2], scale;

      for (int c = 0; c < 2; ++c) {
        const PetscReal *m = s->m[layer - 1][c];
        h[c] = s->H[c][at] + west * m[left] + east * m[right] + south * m[at - down] + north * m[at + up];
      }
      scale = s->film[at] ? 1 / PetscSqrtReal(h[0] * h[0] + h[1] * h[1] + 1e-12) : 0;
      for (int c = 0; c < 2; ++c) s->m[layer][c][at] = h[c] * scale;
    }
  }
}

/* Adds (sign +1) the contributions of the window's cells to the conductances of the links, or subtracts them (-1). */
static void add_cells(struct HfSurrogate_ *s, HfWindow w, PetscReal sign) {
  const PetscReal *mx = s->m[HF_SURROGATE_LAYERS - 1][0], *my = s->m[HF_SURROGATE_LAYERS - 1][1];

  for (PetscInt j = w.j0; j < w.j1; ++j) {
    for (PetscInt i = w.i0; i < w.i1; ++i) {
      const PetscInt at = j * s->nx + i;
      const PetscReal c = sign * (mx[at] * mx[at] - my[at] * my[at]), d = sign * 2 * mx[at] * my[at];

      for (PetscInt k = s->first[at]; k < s->first[at + 1]; ++k) s->G[s->shares[k].link] += c * s->shares[k].P + d * s->shares[k].Q;
    }
  }
}

static void update_texture(struct HfSurrogate_ *s, HfWindow w) {
  along_field(s, w);
  for (PetscInt layer = 1; layer < HF_SURROGATE_LAYERS; ++layer) exchange(s, layer, grown(s, w, layer));
}

static void add_field(struct HfSurrogate_ *s, PetscInt node, PetscReal dV) {
  const HfWindow w = s->windows[node];
  const PetscInt width = w.i1 - w.i0, size = width * (w.j1 - w.j0);

  for (int c = 0; c < 2; ++c)
    for (PetscInt j = w.j0; j < w.j1; ++j) {
      const PetscReal *unit = s->fields[node] + c * size + (j - w.j0) * width;
      PetscReal *h = s->H[c] + j * s->nx + w.i0;
      for (PetscInt i = 0; i < width; ++i) h[i] += dV * unit[i];
    }
}

void HfSurrogateSet(HfSurrogate s, const PetscReal V[]) {
  const HfWindow all = {0, s->nx, 0, s->ny};

  for (int c = 0; c < 2; ++c) memset(s->H[c], 0, sizeof(PetscReal) * (size_t)(s->nx * s->ny));
  for (PetscInt k = 0; k < s->n; ++k) {
    s->V[k] = V[k];
    add_field(s, k, V[k]);
  }
  update_texture(s, all);
  memcpy(s->G, s->constant, sizeof(PetscReal) * (size_t)s->n_links);
  add_cells(s, all, 1);
  s->n_records = 0;
  s->used = 0;
}

/* ---- changes that can be undone: the journal holds what they overwrote, first the conductances of the links ---- */

static void copy_window(struct HfSurrogate_ *s, HfWindow w, PetscReal *journal, PetscBool back) {
  const size_t width = (size_t)(w.i1 - w.i0);

  for (int a = 0; a < 2 * (HF_SURROGATE_LAYERS + 1); ++a) {
    PetscReal *array = a < 2 ? s->H[a] : s->m[a / 2 - 1][a % 2];
    for (PetscInt j = w.j0; j < w.j1; ++j, journal += width) {
      PetscReal *row = array + j * s->nx + w.i0;
      if (back)
        memcpy(row, journal, sizeof(PetscReal) * width);
      else
        memcpy(journal, row, sizeof(PetscReal) * width);
    }
  }
}

PetscErrorCode HfSurrogateChange(HfSurrogate s, PetscInt node, PetscReal V) {
  const HfWindow w = grown(s, s->windows[node], HF_SURROGATE_LAYERS - 1);
  const size_t size = (size_t)s->n_links + 2 * (HF_SURROGATE_LAYERS + 1) * (size_t)((w.i1 - w.i0) * (w.j1 - w.j0));

  PetscFunctionBeginUser;
  if (s->n_records == s->most_records) {
    s->most_records = 2 * s->most_records + 4;
    PetscCall(PetscRealloc(sizeof(*s->records) * (size_t)s->most_records, &s->records));
  }
  if (s->used + size > s->most) {
    s->most = 2 * (s->used + size);
    PetscCall(PetscRealloc(sizeof(PetscReal) * s->most, &s->journal));
  }
  s->records[s->n_records++] = (HfRecord){w, node, s->V[node], s->used};
  memcpy(s->journal + s->used, s->G, sizeof(PetscReal) * (size_t)s->n_links);
  copy_window(s, w, s->journal + s->used + s->n_links, PETSC_FALSE);
  s->used += size;
  add_cells(s, w, -1);
  add_field(s, node, V - s->V[node]);
  s->V[node] = V;
  update_texture(s, s->windows[node]);
  add_cells(s, w, 1);
  PetscFunctionReturn(0);
}

void HfSurrogateKeep(HfSurrogate s) {
  s->n_records = 0;
  s->used = 0;
}

void HfSurrogateUndo(HfSurrogate s) {
  while (s->n_records > 0) {
    const HfRecord *record = &s->records[--s->n_records];

    memcpy(s->G, s->journal + record->start, sizeof(PetscReal) * (size_t)s->n_links);
    copy_window(s, record->window, s->journal + record->start + s->n_links, PETSC_TRUE);
    s->V[record->node] = record->V;
  }
  s->used = 0;
}

PetscInt HfSurrogateLinks(HfSurrogate s, const PetscInt *links[], const PetscReal *G0[], const PetscReal *G[]) {
  if (links) *links = s->links;
  if (G0) *G0 = s->G0;
  if (G) *G = s->G;
  return s->n_links;
}

PetscErrorCode HfSurrogateDestroy(HfSurrogate *surrogate) {
  HfSurrogate s = *surrogate;

  PetscFunctionBeginUser;
  if (!s) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < s->n; ++k) PetscCall(PetscFree(s->fields[k]));
  for (int c = 0; c < 2; ++c) {
    PetscCall(PetscFree(s->H[c]));
    for (int layer = 0; layer < HF_SURROGATE_LAYERS; ++layer) PetscCall(PetscFree(s->m[layer][c]));
  }
  PetscCall(PetscFree4(s->film, s->windows, s->fields, s->V));
  PetscCall(PetscFree4(s->links, s->G0, s->constant, s->G));
  PetscCall(PetscFree(s->first));
  PetscCall(PetscFree(s->shares));
  PetscCall(PetscFree(s->records));
  PetscCall(PetscFree(s->journal));
  PetscCall(PetscFree(*surrogate));
  PetscFunctionReturn(0);
}
