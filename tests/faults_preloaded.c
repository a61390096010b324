/* Preloaded into a run by tests/obstacles.py, to have it meet at one place what else comes by chance: killed as soon as a file has got the name that
   ends in CUT_AFTER; no room on the disk when the file that ends in FULL_AT is synced; or some seconds lost after the folder that ends in LATE_AT is made. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int rename(const char *from, const char *to);
int fsync(int file);
int mkdir(const char *path, mode_t mode);

static int is_meant(const char *variable, const char *path) {
  const char *end = getenv(variable);

  return end && strlen(path) >= strlen(end) && !strcmp(path + strlen(path) - strlen(end), end);
}

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *);
  int result;

  *(void **)&real = dlsym(RTLD_NEXT, "rename");
  result = real(from, to);
  if (is_meant("CUT_AFTER", to)) raise(SIGKILL);
  return result;
}

int fsync(int file) {
  int (*real)(int);
  char link[64], path[4096];
  ssize_t n;

  *(void **)&real = dlsym(RTLD_NEXT, "fsync");
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  n = readlink(link, path, sizeof path - 1);
  path[n > 0 ? n : 0] = '\0';
  if (!is_meant("FULL_AT", path)) return real(file);
  errno = ENOSPC;
  return -1;
}

int mkdir(const char *path, mode_t mode) {
  int (*real)(const char *, mode_t);
  int result;

  *(void **)&real = dlsym(RTLD_NEXT, "mkdir");
  result = real(path, mode);
  if (is_meant("LATE_AT", path)) sleep(5);
  return result;
}
