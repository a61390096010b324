/* The methods of time integration that tests try, one after the other. */
#pragma once

static const char *const methods[] = {"5dp", "3bs", "bdf"};
enum { METHODS = sizeof(methods) / sizeof(*methods) };
