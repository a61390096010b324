/* A network link in user space, for kernels without the queueing discipline netem: two TAP interfaces, and between them a full-duplex line of a given
   delay and rate.

     link ONE TWO

   creates the interfaces ONE and TWO in its network namespace, says "ready", and carries frames from one to the other, wherever the interfaces are moved
   to. Commands on its standard input, one a line:

     delay MICROSECONDS   of every frame, one way
     rate MEGABIT         per second and direction; 0: as fast as it goes
     loss PERCENT         of frames, picked evenly; 100 is a line that was cut without either end noticing
     count                prints frames and bytes carried since the last count, of both directions
   It ends with its standard input. Interfaces segment and sum nothing themselves: a frame holds up to 64 KiB, and the bytes of the headers that a real
   line would carry for every 1448 of them are added to its length. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 65536 + 64, WAITING = 4096, PAYLOAD = 1448, HEADERS = 66, ON_WIRE = 24 /* preamble, checksum and gap */ };

typedef struct {
  int64_t due; /* ns */
  size_t length;
  unsigned char *data;
} Frame;

/* One direction: frames in transit, in order. */
typedef struct {
  int from, to;
  Frame waiting[WAITING];
  size_t first, count;
  int64_t free_at; /* when the line has sent what it was given, ns */
  double lost;     /* part of a frame that is to be lost */
} Direction;

typedef struct {
  int64_t delay;     /* ns */
  double rate, loss; /* bit/ns; part of frames */
  unsigned long long frames, bytes;
} Line;

static int64_t now(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void need(int ok, const char *what) {
  if (ok) return;
  fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int tap(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
  const int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

  need(file >= 0, "/dev/net/tun");
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  need(ioctl(file, TUNSETIFF, &request) == 0, name);
  need(ioctl(file, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) == 0, name);
  return file;
}

/* Takes what has come in; a line that has no room left lets the rest wait in the interface. */
static void take(Direction *d, Line *line) {
  static unsigned char buffer[FRAME];

  while (d->count < WAITING) {
    const ssize_t length = read(d->from, buffer, sizeof buffer);
    Frame *frame = &d->waiting[(d->first + d->count) % WAITING];
    size_t on_line;

    if (length <= 0) return;
    d->lost += line->loss;
    if (d->lost >= 1) {
      d->lost -= 1;
      continue;
    }
    on_line = (size_t)length + (size_t)(length / PAYLOAD) * (HEADERS + ON_WIRE);
    if (d->free_at < now()) d->free_at = now();
    if (line->rate > 0) d->free_at += (int64_t)((double)(8 * on_line) / line->rate);
    frame->due = d->free_at + line->delay;
    frame->length = (size_t)length;
    frame->data = malloc(frame->length);
    need(frame->data != NULL, "memory");
    memcpy(frame->data, buffer, frame->length);
    ++d->count;
    ++line->frames;
    line->bytes += on_line;
  }
}

/* Hands over what is due; returns when the next is, or never. */
static int64_t hand_over(Direction *d, const Line *line) {
  while (d->count > 0) {
    Frame *frame = &d->waiting[d->first];

    if (line->loss < 1) {
      if (frame->due > now()) return frame->due;
      if (write(d->to, frame->data, frame->length) < 0 && errno == EAGAIN) return now() + 10000; /* any other error: the interface is down */
    }
    free(frame->data);
    d->first = (d->first + 1) % WAITING;
    --d->count;
  }
  return INT64_MAX;
}

static int obey(Line *line) {
  char text[128], word[16];
  double value = 0;

  if (!fgets(text, sizeof text, stdin)) return 0;
  if (sscanf(text, "%15s %lf", word, &value) < 1) return 1;
  if (!strcmp(word, "delay")) line->delay = (int64_t)(1000 * value);
  if (!strcmp(word, "rate")) line->rate = value / 1000;
  if (!strcmp(word, "loss")) line->loss = value / 100;
  if (!strcmp(word, "count")) {
    printf("%llu %llu\n", line->frames, line->bytes);
    line->frames = line->bytes = 0;
  }
  return 1;
}

int main(int argc, char **argv) {
  static Direction there, back;
  Line line = {0};

  if (argc != 3) {
    fprintf(stderr, "usage: link ONE TWO\n");
    return 2;
  }
  setvbuf(stdin, NULL, _IONBF, 0); /* poll() sees what has not been read */
  setvbuf(stdout, NULL, _IOLBF, 0);
  prctl(PR_SET_TIMERSLACK, 1UL);
  (void)setpriority(PRIO_PROCESS, 0, -20); /* where that is allowed */
  there.from = back.to = tap(argv[1]);
  there.to = back.from = tap(argv[2]);
  puts("ready");
  for (;;) {
    const int64_t one = hand_over(&there, &line), two = hand_over(&back, &line), next = one < two ? one : two;
    struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = there.count < WAITING ? there.from : -1, .events = POLLIN},
                             {.fd = back.count < WAITING ? back.from : -1, .events = POLLIN}};
    const int64_t wait = next - now();
    const struct timespec timeout = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};

    if (wait > 0 && ppoll(files, 3, next == INT64_MAX ? NULL : &timeout, NULL) > 0 && files[0].revents && !obey(&line)) return 0;
    take(&there, &line);
    take(&back, &line);
  }
}
