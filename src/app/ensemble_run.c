/* Runs the members of an ensemble. The ranks are cut into teams, each runs one member after the other on its own communicator, and takes
   the next one from a counter that all teams share (MPI one-sided), so that slow members hold nobody up. A member is a run directory like any other,
   <directory>/member-001: it restarts by itself, and its fault ends nothing but itself. The table of all members is made by ensemble_table.c. */
#include "ensemble.h"
#include <hopfilm/petsc_versions.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  HfEnsemble ensemble;
  HfDeck deck;
  HfKeys keys;
  const HfOptions *options;
  const char *directory;
  MPI_Comm comm, team; /* team: MPI_COMM_NULL for ranks that are left over */
  PetscMPIInt rank, size, team_rank;
  PetscInt n, first, last; /* members; those that this job runs: first .. last-1 */
  PetscMPIInt *code;       /* [n] exit code of each member, as it is known on the team's first rank; -1: not run here */
  PetscReal *seconds;      /* [n] */
  double start;
} Ensemble;

void HfEnsembleMemberName(PetscInt member, char name[32]) { snprintf(name, 32, "member-%03d", (int)member + 1); }

void HfEnsembleMemberPath(const char *directory, PetscInt member, const char *file, char path[PETSC_MAX_PATH_LEN]) {
  char name[32];
  HfEnsembleMemberName(member, name);
  snprintf(path, PETSC_MAX_PATH_LEN, "%.*s/%s%s%s", PETSC_MAX_PATH_LEN - 128, directory, name, *file ? "/" : "", file);
}

/* "film.cell=5 nm, film.initial.random.seed=2" */
static void describe(HfEnsemble ensemble, PetscInt member, char text[], size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (PetscInt a = 0; a < HfEnsembleAxes(ensemble) && used < size; ++a)
    used += (size_t)snprintf(text + used, size - used, "%s%s=%s", a ? ", " : "", HfEnsembleKey(ensemble, a), HfEnsembleValue(ensemble, member, a));
}

/* The section itself. */
static PetscErrorCode create(Ensemble *e) {
  PetscFunctionBeginUser;
  e->comm = HfDeckComm(e->deck);
  PetscCallMPI(MPI_Comm_rank(e->comm, &e->rank));
  PetscCallMPI(MPI_Comm_size(e->comm, &e->size));
  PetscCall(HfEnsembleCreate(e->deck, &e->ensemble));
  PetscCall(HfDeckVerdict(e->deck));
  e->n = HfEnsembleMembers(e->ensemble);
  e->first = e->options->first_member ? e->options->first_member - 1 : 0;
  e->last = e->options->last_member ? e->options->last_member : e->n;
  PetscCheckFault(e->last <= e->n, e->comm, HF_ERR_DECK, "--members: there are %d members, none of number %d", (int)e->n, (int)e->last);
  PetscCall(PetscMalloc2(e->n, &e->code, e->n, &e->seconds));
  for (PetscInt m = 0; m < e->n; ++m) {
    e->code[m] = -1;
    e->seconds[m] = 0;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode create_deck(const Ensemble *e, PetscInt m, MPI_Comm comm, HfDeck *deck) {
  *deck = NULL;
  return HfEnsembleDeck(e->ensemble, m, comm, e->keys, e->deck, e->options->n_set, e->options->set, deck);
}

/* A member with a bad deck fails alone. When all are bad, as they are when the path of a key is wrong, nothing is run or written, and the errors of the
   first are reported. */
static PetscErrorCode refuse_if_all_bad(const Ensemble *e) {
  PetscErrorCode code;
  HfDeck deck;
  PetscFunctionBeginUser;
  for (PetscInt m = e->first; m < e->last; ++m) {
    PetscInt errors;
    PetscCall(create_deck(e, m, e->comm, &deck));
    errors = HfDeckErrorCount(deck);
    PetscCall(HfDeckDestroy(&deck));
    if (!errors) PetscFunctionReturn(0);
  }
  PetscCall(create_deck(e, e->first, e->comm, &deck));
  code = HfDeckVerdict(deck);
  PetscCall(HfDeckDestroy(&deck));
  PetscFunctionReturn(code);
}

static PetscErrorCode destroy(Ensemble *e) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(e->code, e->seconds));
  PetscCall(HfEnsembleDestroy(&e->ensemble));
  PetscFunctionReturn(0);
}

static PetscErrorCode make_directory(const Ensemble *e) {
  const char *why = NULL;
  char reason[128] = "";
  PetscFunctionBeginUser;
  if (!e->rank) HfMakeDirectories(e->directory, &why);
  if (why) snprintf(reason, sizeof reason, "%s", why);
  PetscCallMPI(MPI_Bcast(reason, sizeof reason, MPI_CHAR, 0, e->comm));
  PetscCheckFault(!reason[0], e->comm, HF_ERR_FILE, "cannot make the directory %s: %s", e->directory, reason);
  PetscFunctionReturn(0);
}

/* Teams of consecutive ranks, which share a node as far as that goes. */
static PetscErrorCode make_teams(Ensemble *e) {
  const PetscMPIInt each = (PetscMPIInt)HfEnsembleRanks(e->ensemble), teams = e->size / each;
  PetscFunctionBeginUser;
  PetscCheckFault(teams >= 1, e->comm, HF_ERR_DECK, "ensemble.ranks_per_member asks for %d ranks, and there are %d", each, e->size);
  PetscCallMPI(MPI_Comm_split(e->comm, e->rank < teams * each ? e->rank / each : MPI_UNDEFINED, e->rank, &e->team));
  if (e->team != MPI_COMM_NULL) PetscCallMPI(MPI_Comm_rank(e->team, &e->team_rank));
  if (!e->rank) {
    printf("%d members on %d team%s of %d rank%s\n", (int)(e->last - e->first), teams, teams == 1 ? "" : "s", each, each == 1 ? "" : "s");
    if (e->size % each) printf("%d rank%s left over\n", e->size % each, e->size % each == 1 ? "" : "s");
    fflush(stdout);
  }
  PetscFunctionReturn(0);
}

/* Why a member failed, of a deck that may be missing; "" when nothing tells. On the team's first rank. */
static void find_reason(HfDeck deck, char reason[], size_t size) {
  reason[0] = '\0';
  if (deck) HfDeckFirstError(deck, reason, size);
  if (!reason[0]) snprintf(reason, size, "%s", HfFaultText());
}

/* A member that failed before its run had a summary gets one, so that every table of the ensemble shows it. On the team's first rank. */
static PetscErrorCode write_failure(const Ensemble *e, PetscInt m, const char reason[]) {
  char path[PETSC_MAX_PATH_LEN];
  const char *why;
  HfNode summary, results;
  FILE *file;
  PetscFunctionBeginUser;
  HfEnsembleMemberPath(e->directory, m, "summary.yaml", path);
  if (HfIsRegularFile(path)) PetscFunctionReturn(0);
  HfEnsembleMemberPath(e->directory, m, "", path);
  HfMakeDirectories(path, &why);
  HfEnsembleMemberPath(e->directory, m, "summary.yaml", path);
  file = why ? NULL : HfFileCreateStream(path);
  if (!file) PetscFunctionReturn(0); /* the table of this job shows the member all the same */
  PetscCall(HfNodeCreate(HF_NODE_MAP, &summary));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &results));
  PetscCall(HfNodePutText(summary, "status", "failed"));
  PetscCall(HfNodePutText(summary, "reason", reason));
  PetscCall(HfNodePutNode(summary, "results", results));
  PetscCall(HfNodeWrite(summary, file));
  PetscCall(HfNodeDestroy(&summary));
  fclose(file);
  PetscFunctionReturn(0);
}

/* One member on the team; its faults do not end the others. */
static PetscErrorCode run_member(Ensemble *e, PetscInt m) {
  const double start = MPI_Wtime();
  char path[PETSC_MAX_PATH_LEN], what[512], reason[1024];
  HfDeck deck = NULL;
  PetscErrorCode code;
  int depth;
  PetscFunctionBeginUser;
  depth = HfCallDepth();
  HfEnsembleMemberPath(e->directory, m, "", path);
  HfCitationsClear();
  HfFaultForget();
  code = create_deck(e, m, e->team, &deck);
  if (!code) code = HfDeckVerdict(deck);
  if (!code) code = HfAppRun(deck, path, e->options, e->directory, e->start);
  if (code && code < HF_ERR_BASE) PetscFunctionReturn(code);
  HfCallDepthRestore(depth);
  find_reason(deck, reason, sizeof reason);
  PetscCall(HfDeckDestroy(&deck));
  e->code[m] = code ? (PetscMPIInt)code - HF_ERR_BASE : HF_EXIT_DONE;
  e->seconds[m] = MPI_Wtime() - start;
  if (!e->team_rank) {
    const PetscBool failed = code && code != HF_ERR_STOPPED ? PETSC_TRUE : PETSC_FALSE;
    if (failed) PetscCall(write_failure(e, m, reason));
    describe(e->ensemble, m, what, sizeof what);
    HfEnsembleMemberName(m, path);
    printf("[%8.1f s] %s (%s): ", MPI_Wtime() - e->start, path, what);
    if (e->code[m])
      printf("exit code %d", e->code[m]);
    else
      printf("done");
    printf(" after %.1f s%s%s\n", (double)e->seconds[m], failed && reason[0] ? ": " : "", failed ? reason : "");
    fflush(stdout);
  }
  PetscFunctionReturn(0);
}

static void stop_path(const Ensemble *e, char path[PETSC_MAX_PATH_LEN]) {
  snprintf(path, PETSC_MAX_PATH_LEN, "%.*s/STOP", PETSC_MAX_PATH_LEN - 8, e->directory);
}

/* A file STOP in the ensemble's directory: the members that run look for it themselves, and no other begins. On one rank. */
static PetscBool is_to_stop(const Ensemble *e) {
  char path[PETSC_MAX_PATH_LEN];
  stop_path(e, path);
  return access(path, F_OK) ? PETSC_FALSE : PETSC_TRUE;
}

/* Removes it: it has been obeyed. */
static void remove_stop(const Ensemble *e) {
  char path[PETSC_MAX_PATH_LEN];
  stop_path(e, path);
  if (!e->rank) (void)remove(path);
}

/* Members one by one from the shared counter, until none is left or one was stopped from outside: then the whole job is. */
static PetscErrorCode run_team(Ensemble *e, MPI_Win window) {
  PetscFunctionBeginUser;
  for (;;) {
    PetscMPIInt next = 0;
    if (!e->team_rank) {
      const PetscMPIInt one = 1;
      PetscCallMPI(MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, window));
      PetscCallMPI(MPI_Fetch_and_op(&one, &next, MPI_INT, 0, 0, MPI_SUM, window));
      PetscCallMPI(MPI_Win_unlock(0, window));
      if (is_to_stop(e)) next = (PetscMPIInt)e->last;
    }
    PetscCallMPI(MPI_Bcast(&next, 1, MPI_INT, 0, e->team));
    if (next >= e->last) break;
    PetscCall(run_member(e, next));
    if (e->code[next] == HF_EXIT_STOPPED) break; /* the other teams receive the request, too */
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode run_all(Ensemble *e) {
  PetscMPIInt *counter;
  MPI_Win window;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Win_allocate(e->rank ? 0 : sizeof *counter, sizeof *counter, MPI_INFO_NULL, e->comm, &counter, &window));
  if (!e->rank) *counter = (PetscMPIInt)e->first;
  PetscCallMPI(MPI_Barrier(e->comm));
  if (e->team != MPI_COMM_NULL) PetscCall(run_team(e, window));
  PetscCallMPI(MPI_Barrier(e->comm));
  PetscCallMPI(MPI_Win_free(&window));
  if (e->team != MPI_COMM_NULL && e->team_rank)
    for (PetscInt m = 0; m < e->n; ++m) e->code[m] = -1, e->seconds[m] = 0;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, e->code, (PetscMPIInt)e->n, MPI_INT, MPI_MAX, e->comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, e->seconds, (PetscMPIInt)e->n, MPIU_REAL, MPI_SUM, e->comm));
  PetscFunctionReturn(0);
}

/* A stopped member outweighs a failed one: the job is to be submitted again. */
static PetscErrorCode verdict(const Ensemble *e) {
  PetscInt done = 0, failed = 0, waiting = 0;
  PetscMPIInt worst = 0;
  PetscFunctionBeginUser;
  for (PetscInt m = e->first; m < e->last; ++m) {
    if (!e->code[m])
      ++done;
    else if (e->code[m] < 0 || e->code[m] == HF_EXIT_STOPPED)
      ++waiting;
    else {
      ++failed;
      if (!worst) worst = e->code[m];
    }
  }
  if (!e->rank)
    printf("[%8.1f s] ensemble: %d of %d members done, %d failed, %d to be run yet; results in %s\n", MPI_Wtime() - e->start, (int)done,
           (int)(e->last - e->first), (int)failed, (int)waiting, e->directory);
  PetscFunctionReturn(waiting ? HF_ERR_STOPPED : worst ? HF_ERR_BASE + worst : 0);
}

/* One line of `hopfilm check`; adds the member's cost to the sums: steps, cells times steps, bytes. A fault is that of this member alone. */
static PetscErrorCode check_member(const Ensemble *e, PetscInt m, PetscReal sums[3]) {
  char name[32], what[512], reason[1024];
  HfDeck deck = NULL;
  HfNode plan;
  PetscErrorCode code;
  PetscReal steps, cells, bytes;
  int depth;
  PetscFunctionBeginUser;
  depth = HfCallDepth();
  HfEnsembleMemberName(m, name);
  describe(e->ensemble, m, what, sizeof what);
  code = create_deck(e, m, e->comm, &deck);
  if (!code) code = HfDeckVerdict(deck);
  if (!code) code = HfAppPlan(deck, NULL, &plan);
  if (code >= HF_ERR_BASE) {
    HfCallDepthRestore(depth);
    find_reason(deck, reason, sizeof reason);
    if (!e->rank) printf("  %s  %s: cannot run: %s\n", name, what, reason);
  }
  if (!code) {
    cells = strtod(HfNodeText(HfNodeFind(plan, "film_cells")), NULL);
    steps =
        HfNodeFind(plan, "integrator_steps_at_least") ? strtod(HfNodeText(HfNodeFind(plan, "integrator_steps_at_least")), NULL) : 0; /* implicit */
    bytes = strtod(HfNodeText(HfNodeFind(plan, "field_bytes_at_most")), NULL);
    if (!e->rank && steps > 0)
      printf("  %s  %s: %.0f cells, at least %.0f steps, at most %.1f MB of fields\n", name, what, (double)cells, (double)steps, (double)bytes / 1e6);
    else if (!e->rank)
      printf("  %s  %s: %.0f cells, at most %.1f MB of fields\n", name, what, (double)cells, (double)bytes / 1e6);
    sums[0] += steps;
    sums[1] += steps * cells;
    sums[2] += bytes;
    PetscCall(HfNodeDestroy(&plan));
  }
  PetscCall(HfDeckDestroy(&deck));
  fflush(stdout); /* before the messages of the next one */
  PetscFunctionReturn(code);
}

PetscErrorCode HfAppCheckEnsemble(HfDeck deck, HfKeys keys, const HfOptions *options) {
  Ensemble e = {.deck = deck, .keys = keys, .options = options};
  PetscReal sums[3] = {0, 0, 0};
  PetscErrorCode code, first = 0;
  PetscInt bad = 0;
  PetscFunctionBeginUser;
  code = create(&e);
  for (PetscInt m = 0; !code && m < e.n; ++m) {
    const PetscErrorCode of_member = check_member(&e, m, sums);
    if (of_member && of_member < HF_ERR_BASE) PetscFunctionReturn(of_member);
    bad += of_member > 0;
    if (!first) first = of_member;
  }
  if (!code) code = first;
  if (bad && !e.rank) printf("  %d of %d members cannot run\n", (int)bad, (int)e.n);
  if (!code && !e.rank) {
    printf("%s is a valid deck of an ensemble\n  all %d members of %d rank%s: ", options->argument, (int)e.n, (int)HfEnsembleRanks(e.ensemble),
           HfEnsembleRanks(e.ensemble) == 1 ? "" : "s");
    if (sums[0] > 0) printf("at least %.3g steps, %.3g cells times steps, ", (double)sums[0], (double)sums[1]);
    printf("at most %.1f MB of fields\n", (double)sums[2] / 1e6);
  }
  PetscCall(destroy(&e));
  PetscFunctionReturn(code);
}

PetscErrorCode HfAppRunEnsemble(HfDeck deck, HfKeys keys, const char *directory, const HfOptions *options) {
  Ensemble e = {.deck = deck, .keys = keys, .options = options, .directory = directory, .start = MPI_Wtime()};
  HfEnsembleTable table = {.deck = deck, .keys = keys, .options = options, .directory = directory};
  PetscErrorCode code;
  PetscFunctionBeginUser;
  code = create(&e);
  table.ensemble = e.ensemble;
  table.code = e.code;
  table.seconds = e.seconds;
  if (!code) code = refuse_if_all_bad(&e);
  if (!code) code = make_directory(&e);
  if (!code) code = make_teams(&e);
  if (!code) code = run_all(&e);
  if (!code) code = HfEnsembleTables(&table);
  if (!code) code = verdict(&e);
  if (!code || code > HF_ERR_BASE) remove_stop(&e);
  if (e.team != MPI_COMM_NULL && e.team) PetscCallMPI(MPI_Comm_free(&e.team));
  PetscCall(destroy(&e));
  PetscFunctionReturn(code);
}
