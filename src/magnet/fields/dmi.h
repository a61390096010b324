/* What both Dzyaloshinskii-Moriya interactions share: one constant D whose bonds have D/d times a component of m_j x m_i, by central differences. */
#pragma once
#include "../term.h"

enum { HX, HY, EX, EY, D }; /* D/(mu0 Ms d) in A/m and D/(2 d) in J/m^3, along x and y; D in J/m^2 */

/* The numbers of a region, D from `key`; an error of the deck without exchange. */
PetscErrorCode HfDmiSettings(const HfFilm *film, PetscInt region, const char *key, PetscReal p[], PetscBool *active);
/* Warns of a D of an implausible size, or of cells that do not resolve its helix. */
PetscErrorCode HfDmiCheck(const HfFilm *film, PetscInt region, const char *key, const PetscReal p[]);
PetscReal HfDmiStiffness(const PetscReal p[]);
