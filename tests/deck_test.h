/* A table of every type of key, and what a program prints on stderr while something runs. */
#pragma once
#include "test_decks.h"
#include <hopfilm/deck.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const HfKey test_rows[] = {
    {"film", HF_SECTION, NULL, NULL, "", 0, "The film"},
    {"film.size", HF_QUANTITIES, "m", NULL, ">0", 2, "Extent"},
    {"film.cell", HF_QUANTITY, "m", NULL, ">0", 0, "Side of the cells"},
    {"film.shape", HF_TYPE, "shape", "", "", 0, "Outline"},
    {"film.material", HF_TYPE, "material", NULL, "", 0, "Material"},
    {"film.regions", HF_LIST, NULL, "", "", 0, "Regions"},
    {"film.regions[].name", HF_TEXT, NULL, NULL, "", 0, "Name"},
    {"film.regions[].material", HF_TYPE, "material", "=film.material", "", 0, "Its material"},
    {"material:Ms", HF_QUANTITY, "A/m", NULL, ">0", 0, "Saturation magnetization"},
    {"material:Aex", HF_QUANTITY, "J/m|A m", "13 pJ/m", ">0", 0, "Exchange"},
    {"material:alpha", HF_NUMBER, NULL, "0.3", "[0,1]", 0, "Damping"},
    {"shape:", HF_VARIANT, NULL, "", "", 0, "A shape"},
    {"shape:disk", HF_SECTION, NULL, NULL, "", 0, "A disk"},
    {"shape:disk.diameter", HF_QUANTITY, "m", NULL, ">0", 0, "Diameter"},
    {"shape:disk.at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Centre"},
    {"shape:everything", HF_SECTION, NULL, NULL, "", 0, "The plane"},
    {"shape:image", HF_SECTION, NULL, NULL, "", 0, "An image"},
    {"shape:image.file", HF_TEXT, "file", NULL, "", 0, "Its file"},
    {"shape:union", HF_TYPES, "shape", NULL, "", 0, "Several shapes"},
    {"field", HF_QUANTITIES, "A/m|T", "[0, 0, 0]", "", 3, "Field"},
    {"solver", HF_SECTION, NULL, "{}", "", 0, "Solver"},
    {"solver.tolerance", HF_NUMBER, NULL, "1e-10", ">0", 0, "Residual"},
    {"solver.direct", HF_BOOL, NULL, "false", "", 0, "Direct"},
    {"gold", HF_SECTION, NULL, "", "", 0, "Gold layer"},
    {"gold.side", HF_CHOICE, NULL, "above", "above|below", 0, "Side"},
    {"gold.temperature", HF_QUANTITY, "K", "300 K", ">=0", 0, "Temperature"},
    {"patterns", HF_NAMED, NULL, NULL, "", 0, "Patterns"},
    {"patterns.*", HF_TEXT, NULL, NULL, "", 0, "A pattern"},
    {"schedule", HF_VARIANTS, NULL, NULL, "", 0, "Steps"},
    {"schedule[].relax", HF_SECTION, NULL, NULL, "", 0, "Relax"},
    {"schedule[].relax.longest", HF_QUANTITY, "s", "1 us", ">0", 0, "Time"},
    {"schedule[].train", HF_SECTION, NULL, NULL, "", 0, "Train"},
    {"schedule[].train.patterns", HF_TEXTS, NULL, NULL, "", 0, "Patterns"},
    {"schedule[].train.voltage", HF_QUANTITY, "V", NULL, "", 0, "Voltage"},
    {"schedule[].train.flips", HF_INTS, NULL, "[1, 2]", ">0", 0, "Flips"},
    {"schedule[].train.scales", HF_NUMBERS, NULL, "1", ">0|first|second", 0, "Scales"},
    {"schedule[].train.epochs", HF_INT, NULL, "1", ">0", 0, "Epochs"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

/* stderr of this process between capture_start and capture_end. */
typedef struct {
  int saved;
  FILE *file;
  char text[8192];
} Capture;

static inline void capture_start(Capture *capture) {
  fflush(stderr);
  capture->saved = dup(STDERR_FILENO);
  capture->file = tmpfile();
  assert_non_null(capture->file);
  dup2(fileno(capture->file), STDERR_FILENO);
}

static inline void capture_end(Capture *capture) {
  size_t length;
  fflush(stderr);
  dup2(capture->saved, STDERR_FILENO);
  close(capture->saved);
  rewind(capture->file);
  length = fread(capture->text, 1, sizeof(capture->text) - 1, capture->file);
  capture->text[length] = '\0';
  fclose(capture->file);
}

static inline HfKeys test_keys(void) {
  HfKeys keys = NULL;
  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", test_rows));
  return keys;
}

/* Faults come back as codes, without PETSc's traceback, as in the program. */
static inline int quiet_start(void **state) { return (int)PetscPushErrorHandler(PetscReturnErrorHandler, NULL); }
