/* What the module that knows MPI gives the program, which itself does without: it is loaded where
 * mpirun started several processes, and nowhere else. */
#ifndef LOCI_CLI_MPI_MODULE_H
#define LOCI_CLI_MPI_MODULE_H

#include <loci/team.h>

typedef struct cli_mpi {
    loci_team team;
    size_t local;        /* processes on this machine, this one too */
    void (*close)(void); /* to be called once, by all; they wait for each other */
} cli_mpi;

/* The module's one function: begins with MPI; what goes wrong there ends the process. */
typedef void cli_mpi_open(cli_mpi *out);
#define CLI_MPI_OPEN "loci_mpi_open"

#endif
