/* The signed map B from nodes to pixels: V_k = s_k x_p(k), and what is measured between nodes seen between pixels, G = B^T G_nodes B. */
#include <hopfilm/network.h>

void HfWiringExpand(const HfWiring *wiring, const PetscReal x[], PetscReal V[]) {
  for (PetscInt k = 0; k < wiring->n_nodes; ++k) V[k] = wiring->sign[k] * x[wiring->pixel[k]];
}

void HfWiringReduce(const HfWiring *wiring, const PetscReal G_nodes[], PetscReal G[]) {
  const PetscInt n = wiring->n_nodes, m = wiring->n_pixels, *pixel = wiring->pixel;
  for (PetscInt e = 0; e < m * m; ++e) G[e] = 0.0;
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < n; ++l) G[pixel[k] * m + pixel[l]] += wiring->sign[k] * wiring->sign[l] * G_nodes[k * n + l];
}

void HfWiringLinks(const HfWiring *wiring, const PetscReal node_links[], PetscReal links[]) {
  const PetscInt n = wiring->n_nodes, m = wiring->n_pixels, *pixel = wiring->pixel;
  for (PetscInt e = 0; e < m * m; ++e) links[e] = 0.0;
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < n; ++l)
      if (pixel[k] != pixel[l]) links[pixel[k] * m + pixel[l]] += node_links[k * n + l];
}
