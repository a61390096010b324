/* Graphs that learners grow on. */
#include "learners.h"

#define ROW_HEIGHT 0.86602540378443864676 /* of a triangular lattice */

static PetscReal angle_of(const HfGraph *graph, PetscInt node) { return PetscAtan2Real(graph->at[2 * node + 1], graph->at[2 * node]); }

static void order_rim(HfGraph *graph) {
  for (PetscInt k = 1; k < graph->n_rim; ++k) {
    const PetscInt node = graph->rim[k];
    PetscInt at = k;

    for (; at > 0 && angle_of(graph, graph->rim[at - 1]) > angle_of(graph, node); --at) graph->rim[at] = graph->rim[at - 1];
    graph->rim[at] = node;
  }
}

PetscErrorCode HfGraphCreateDisk(PetscReal radius, HfGraph *graph) {
  const PetscInt reach = (PetscInt)(radius / ROW_HEIGHT) + 1, width = 4 * reach + 3, most = width * width;
  static const PetscInt steps[3][2] = {{1, 0}, {0, 1}, {-1, 1}}; /* to three of the six neighbours */
  PetscInt *number, *degree;

  PetscFunctionBeginUser;
  *graph = (HfGraph){0};
  PetscCall(PetscMalloc1(2 * most, &graph->at));
  PetscCall(PetscMalloc1(6 * most, &graph->ends));
  PetscCall(PetscMalloc1(most, &graph->rim));
  PetscCall(PetscMalloc1(most, &number));
  PetscCall(PetscCalloc1(most, &degree));
  for (PetscInt k = 0; k < most; ++k) {
    const PetscInt a = k % width - 2 * reach - 1, b = k / width - 2 * reach - 1;
    const PetscReal x = a + 0.5 * b, y = ROW_HEIGHT * b;

    number[k] = -1;
    if (x * x + y * y > radius * radius * (1 + 1e-12)) continue;
    if (!a && !b) graph->centre = graph->n_nodes;
    graph->at[2 * graph->n_nodes] = x;
    graph->at[2 * graph->n_nodes + 1] = y;
    number[k] = graph->n_nodes++;
  }
  for (PetscInt k = 0; k < most; ++k)
    for (PetscInt s = 0; s < 3 && number[k] >= 0; ++s) {
      const PetscInt neighbour = number[k + steps[s][0] + width * steps[s][1]];

      if (neighbour < 0) continue;
      graph->ends[2 * graph->n_links] = number[k];
      graph->ends[2 * graph->n_links++ + 1] = neighbour;
      ++degree[number[k]];
      ++degree[neighbour];
    }
  for (PetscInt node = 0; node < graph->n_nodes; ++node)
    if (degree[node] < 6) graph->rim[graph->n_rim++] = node;
  order_rim(graph);
  PetscCall(PetscFree(degree));
  PetscCall(PetscFree(number));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGraphDestroy(HfGraph *graph) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(graph->at));
  PetscCall(PetscFree(graph->ends));
  PetscCall(PetscFree(graph->rim));
  PetscFunctionReturn(0);
}
