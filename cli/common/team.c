/* Several processes of one command, started by mpirun. What MPI is, a module knows that is loaded
 * only then. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cli.h"
#include "common/mpi_module.h"

enum { MOST_PROCESSES = 1024 };

static struct {
    cli_mpi mpi;
    bool together; /* mpi is there */
    bool over;     /* all leave, with this status */
    int status;
    char lines[MOST_PROCESSES][CLI_LINES]; /* what each has to say, once one fails */
} own;

const loci_team *cli_team(void) {
    return own.together ? &own.mpi.team : NULL;
}

bool cli_leads(void) {
    return !own.together || own.mpi.team.number == 0;
}

int cli_team_threads(void) {
    if (!own.together)
        return 0;
    int cores = loci_cores(), share = loci_cores_together() / (int)own.mpi.local;
    return share < 1 ? 1 : share < cores ? share : cores;
}

/* ---- what started this process ---- */

static size_t read_environment(const char *const *names) {
    for (; *names != NULL; names++) {
        const char *text = getenv(*names);
        if (text != NULL && text[0] >= '0' && text[0] <= '9')
            return strtoul(text, NULL, 10);
    }
    return 0;
}

/* As mpirun of Open MPI, mpiexec of MPICH and its kin, and srun tell their processes. Slurm sets
 * its number of tasks for a script that runs once, too: only beside a rank is it one. */
static size_t started_processes(void) {
    static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
    static const char *const steps[] = {"SLURM_STEP_NUM_TASKS", NULL};
    size_t count = read_environment(sizes);
    if (count == 0 && getenv("PMIX_RANK") != NULL)
        count = read_environment(steps);
    return count;
}

static size_t started_number(void) {
    static const char *const numbers[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", NULL};
    return read_environment(numbers);
}

/* Says so once. mpirun ends all when one fails, so the others leave as if nothing were wrong. */
static int refuse(const char *why) {
    return started_number() == 0 ? cli_usage("mpirun", "%s", why) : CLI_DONE;
}

/* ---- the module ---- */

#ifdef CLI_MPI_MODULE
/* In the build tree beside the program, else where it was installed, as seen from there. */
static void *load_module(void) {
    static const char *const places[] = {"mpi/loci-mpi.so", CLI_MPI_MODULE};
    char program[4000], path[5000];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    for (size_t i = 0; slash != NULL && i < sizeof places / sizeof *places; i++) {
        if (places[i][0] == '/')
            snprintf(path, sizeof path, "%s", places[i]);
        else
            snprintf(path, sizeof path, "%.*s/%s", (int)(slash - program), program, places[i]);
        if (access(path, R_OK) == 0) /* what MPI loads itself looks for its symbols everywhere */
            return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    }
    return NULL;
}

static int open_module(void) {
    void *module = load_module();
    void *symbol = module != NULL ? dlsym(module, CLI_MPI_OPEN) : NULL;
    cli_mpi_open *open;
    if (symbol == NULL) {
        const char *why = dlerror();
        cli_keep_lines(false); /* it may be so on one machine only */
        return cli_fail("mpirun", "cannot load the module for MPI: %s",
                        why != NULL ? why : "it is not installed");
    }
    memcpy(&open, &symbol, sizeof open);
    open(&own.mpi);
    own.together = true;
    return CLI_GO_ON;
}
#else
static int open_module(void) {
    return refuse("this loci is built without MPI, and several processes would train into one "
                  "folder; start one, or build it where libopenmpi-dev is installed");
}
#endif

/* ---- beginning, meeting, end ---- */

static int begin(size_t processes) {
    if (processes > MOST_PROCESSES)
        return refuse("more than 1024 processes; start fewer");
    int status = open_module();
    if (status != CLI_GO_ON || own.mpi.team.processes == processes)
        return status;
    own.mpi.close();
    own.together = false;
    return refuse("Open MPI, which this loci is built with, did not start these processes; use its "
                  "own mpirun");
}

int cli_team_open(const char *command, bool shares) {
    size_t processes = started_processes();
    if (processes < 2)
        return CLI_GO_ON;
    if (started_number() > 0) {
        cli_keep_lines(true);
        if (freopen("/dev/null", "w", stdout) == NULL)
            return CLI_FAILED;
    }
    if (shares)
        return begin(processes);
    char why[CLI_PATH];
    snprintf(why, sizeof why,
             "'%s' is for one process, and there are %zu; only 'loci train' shares its work out",
             command, processes);
    return refuse(why);
}

/* Whether a process has something to leave for that is no success. */
static bool is_bad(int status) {
    return status != CLI_GO_ON && status != CLI_DONE;
}

/* The first line of an error of that process, if nobody has read it yet. */
static void tell_line_of(size_t process) {
    const loci_team *team = &own.mpi.team;
    team->exchange(team->user, cli_kept_line(), CLI_LINES, own.lines);
    if (process > 0 && team->number == 0)
        fprintf(stderr, "%s\n", own.lines[process]);
}

int cli_agree(int status) {
    int all[MOST_PROCESSES];
    const loci_team *team = &own.mpi.team;
    if (!own.together || own.over)
        return own.over ? own.status : status;
    team->exchange(team->user, &status, sizeof status, all);
    size_t bad = 0;
    while (bad < team->processes && !is_bad(all[bad]))
        bad++;
    own.status = bad < team->processes ? all[bad] : all[0];
    own.over = own.status != CLI_GO_ON;
    if (bad < team->processes)
        tell_line_of(bad);
    return own.status;
}

void cli_share(void *bytes, size_t size) {
    const loci_team *team = &own.mpi.team;
    if (own.together)
        team->broadcast(team->user, bytes, size);
}

int cli_team_close(int status) {
    if (!own.together)
        return status;
    status = cli_agree(status);
    own.mpi.close();
    own.together = false;
    return status;
}
