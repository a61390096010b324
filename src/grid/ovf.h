/* Vector fields in OOMMF's files, OVF 1.0 and 2.0: what reading and writing them share. Private to src/grid.

   A text header, `# Label: value`, between `# Begin: Header` and `# End: Header`; then the vectors, x fastest, then y, then z, between
   `# Begin: Data Text|Binary 4|Binary 8` and the End of the same name. Binary data begin with a check value, which tells whether the byte
   order is right: the most significant byte comes first in version 1.0, the least significant one in 2.0. A vector is multiplied by
   valuemultiplier (1.0 only); zero vectors lie outside the magnet.
   Source: OOMMF User's Guide 2.0, "Vector field file format (OVF)" (NISTIR 6376). */
#pragma once
#include <hopfilm/grid.h>
#include <stdio.h>

#define HF_OVF_TITLE_1 "# OOMMF: rectangular mesh v1.0"
#define HF_OVF_TITLE_2 "# OOMMF OVF 2.0"
#define HF_OVF_CHECK_4 1234567.0F
#define HF_OVF_CHECK_8 123456789012345.0

/* Bytes of a number in a kind of data. */
typedef enum { HF_OVF_TEXT = 0, HF_OVF_BINARY_4 = 4, HF_OVF_BINARY_8 = 8 } HfOvfData;
#define HF_OVF_DATA_NAME(data) ((data) == HF_OVF_TEXT ? "Data Text" : (data) == HF_OVF_BINARY_4 ? "Data Binary 4" : "Data Binary 8")

/* ---- ovf_header.c ---- */
/* A file that one rank reads. */
typedef struct {
  FILE *file;
  const char *path;
  PetscInt64 line; /* the one that is read, from 1 */
  char *why;       /* [HF_WHY_LENGTH], "" as long as nothing is wrong: "x.ovf:12: ..." */
} HfOvfFile;
/* What the header says; lengths in m. */
typedef struct {
  int version; /* 1 or 2 */
  HfOvfData data;
  PetscInt n[3];     /* cells along x, y, z */
  double step[3];    /* sides of a cell, m */
  double multiplier; /* of the values */
  double scale;      /* from their unit to A/m, of a field */
  char unit[64];     /* of the values; "" when it does not say */
} HfOvfHeader;
/* Reads up to the line `# Begin: Data ...`, where the data follow. False, and *why, when it cannot be read. */
PetscBool HfOvfHeaderRead(HfOvfFile *file, HfOvfHeader *header);
PetscBool HfOvfFail(HfOvfFile *file, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3); /* keeps the first message; returns false */
/* The next line, without its end and cut at `size`, with what is behind it skipped; false at the end of the file. */
PetscBool HfOvfLine(HfOvfFile *file, char line[], size_t size);
/* "# Begin: Data Text": the label "begin", in lower case and without blanks, and what follows the colon, without comments and blanks around it. False
   when the line is no such one. */
PetscBool HfOvfField(const char *line, char label[], char value[], size_t size);
