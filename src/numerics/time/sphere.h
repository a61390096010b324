/* Private header: loops over fields of unit vectors, three interleaved components in every cell, zero in void cells. Arrays hold n cells. */
#pragma once
#include <hopfilm/numerics.h>

/* What a correction did. */
typedef struct {
  PetscReal correction; /* its largest component */
  PetscReal largest;    /* largest component of the distance from the predicted state */
  PetscReal square;     /* sum of the squares of that distance */
} HfSphereChange;

/* predicted = sum_j guess_j y_j brought to unit length, rest = sum_j weight_j y_j; returns the largest component of predicted - y_0. */
PetscReal HfSpherePredict(PetscInt n, PetscInt n_states, const PetscReal *const y[], const PetscReal guess[], const PetscReal weight[],
                          PetscReal predicted[], PetscReal rest[]);
/* y = to/|to| with to = from + x; not a number is infinite in *change. */
void HfSphereCorrect(PetscInt n, const PetscReal from[], const PetscReal x[], const PetscReal predicted[], PetscReal y[], HfSphereChange *change);
