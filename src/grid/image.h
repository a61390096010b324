/* What the readers of images share. Private to src/grid. */
#pragma once
#include <hopfilm/grid.h>

#define HF_MAX_PIXELS (1 << 26) /* 8192 x 8192: half a gigabyte of grey levels */

PetscBool HfImageIsPng(const char *bytes, size_t length);
/* *why: NULL or what is wrong. */
PetscErrorCode HfImageDecodePng(const char *bytes, size_t length, HfImage *image, const char **why);
