/* The demagnetizing tensor between two equal rectangular cells. */
#pragma once
#include <hopfilm/grid.h>

/* N[4] = {xx, xy, yy, zz} at the in-plane displacement (x,y) of two cells lx x ly x lz in one layer: H = -N M averaged over the cell that feels the
   field (xz and yz vanish by symmetry). Trace 1 at the origin, 0 elsewhere. Exactly even in x and y but xy, which is odd in both. Newell, Williams,
   Dunlop, J. Geophys. Res. 98, 9551 (1993). Not collective. */
void HfNewell(PetscReal x, PetscReal y, PetscReal lx, PetscReal ly, PetscReal lz, PetscReal N[4]);

/* The sum over the images of a cell in a periodic film (image_sum.c). */
typedef struct HfImageSum_ *HfImageSum;
/* `least`: images on each side that are summed cell by cell. Collective. */
PetscErrorCode HfImageSumCreate(HfGrid grid, PetscInt least, HfImageSum *sum);
PetscErrorCode HfImageSumDestroy(HfImageSum *sum);
/* N as HfNewell(), for a displacement between cells; that of a cell with itself is not in it, but that with its images is. */
void HfImageSumAt(HfImageSum sum, PetscReal x, PetscReal y, PetscReal N[4]);
