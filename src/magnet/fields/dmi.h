/* What both Dzyaloshinskii-Moriya interactions share: one constant D whose bonds have D/d times a component of m_j x m_i, by central differences. */
#pragma once
#include "../term.h"

enum { HX, HY, EX, EY, D }; /* D/(mu0 Ms d) in A/m and D/(2 d) in J/m^3, along x and y; D in J/m^2 */

/* The numbers of a region, D from `key`; an error without exchange. */
PetscErrorCode HfDmiSetUp(const HfSite *site, PetscInt region, const char *key, PetscReal p[], PetscBool *active);
PetscReal HfDmiStiffness(const PetscReal p[]);
