/* The decks of a test stand in a file of its name beside it: those of tests/unit/magnet_deck.c in tests/unit/magnet_deck.yaml, one document a deck or a
   part of one.

     --- # strip: of permalloy
     hopfilm: 1
     film:
       size: [$length, 50 nm]

   DECK("strip pulse")                       joins documents in this order; one that the file lacks is taken from tests/shared.yaml
   DECK_WITH("strip", "length=%g nm", 40.0)  and gives the words $length or ${length} their values; several are separated by ";"
   DECK_AT("strip refused", k, &note)        the last document being the k-th of its name, NULL when there are no more; note: what follows that name, such
                                             as a message; may be NULL

   The texts last as long as the program. Not collective: every rank reads the file. */
#pragma once
#include "hf_test.h"

#define DECK(names)             HfTestDeck(__FILE__, names, " ")
#define DECK_WITH(names, ...)   HfTestDeck(__FILE__, names, __VA_ARGS__)
#define DECK_AT(names, k, note) HfTestDeckAt(__FILE__, names, k, note)

const char *HfTestDeck(const char *source, const char *names, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
const char *HfTestDeckAt(const char *source, const char *names, int k, const char **note);
