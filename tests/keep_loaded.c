/* Linked into the sanitizer build alone: libraries stay loaded until the end, so that the leak checker can name where a leak of theirs comes from
   and tests/lsan.supp can tell it from one of ours. */
int dlclose(void *handle);
int dlclose(void *handle) { return 0; }
