/* Files of a run that somebody else writes: whether they changed since. */
#ifndef LOCI_CLI_FOLLOW_H
#define LOCI_CLI_FOLLOW_H

#include <signal.h>
#include <stdbool.h>

/* Which file it is, and when it was last written; all 0: it is not there. */
typedef struct cli_stamp {
    long long inode, size, seconds, nanoseconds;
} cli_stamp;

/* Whether DIRECTORY/FILE is another one, or was written, since the stamp was taken; then it is the
 * present one. */
bool cli_stamp_changed(cli_stamp *stamp, const char *directory, const char *file);

/* Whether the run in the folder has its summary, the last thing that it writes. */
bool cli_run_is_over(const char *directory);

/* Waits so long, or until *stop. */
void cli_wait(double seconds, const volatile sig_atomic_t *stop);

#endif
