/* device_impl.h: private to src/device. */
#pragma once
#include <hopfilm/device.h>

struct HfDevice_ {
  HfGrid grid;
  HfElectrodes electrodes;
  HfMagnet magnet;
  HfPotential film, gold; /* gold NULL without a gold layer */
  HfOersted oersted;
  HfOerstedGeometry geometry;
  Vec m, film_phi, gold_phi, gold_j, drive; /* drive: H of the present voltages, 3 components */
  PetscBool gold_ready;                     /* the unit solutions of the gold are there */
  PetscReal time;
  PetscReal *saturated; /* G0, NULL until asked for */
};
