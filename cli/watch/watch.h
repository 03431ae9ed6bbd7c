/* The parts of `loci watch`. */
#ifndef LOCI_CLI_WATCH_H
#define LOCI_CLI_WATCH_H

#include <signal.h>
#include <stddef.h>

/* text.c: tells of run folders [count] on stdout as they go on, until all are over or *stop. */
int watch_text(const char *const *runs, size_t count, const volatile sig_atomic_t *stop);

#endif
