/* Declares every rule of rules.def. */
#pragma once
#include <hopfilm/network.h>

#define HF_RULE(name) extern const HfRule HfRule_##name;
#include "rules.def"
#undef HF_RULE
