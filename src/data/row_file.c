#include "data/row_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/memory_room.h"
#include "base/text.h"
#include "data/temporary_file.h"

/* However little memory there is, so much is kept: an array of less may be empty. */
enum { LEAST = 4096 };

size_t loci_row_file_from(void) {
    const char *set = getenv("LOCI_DATA_MEMORY");
    char *end;
    unsigned long long bytes = set != NULL ? strtoull(set, &end, 10) : 0;
    size_t from =
        set != NULL && end != set && *end == '\0' ? (size_t)bytes : loci_memory_room() / 4;
    return from > LEAST ? from : LEAST;
}

typedef struct loci_row_file {
    int file;
    uint64_t at;
    size_t row;
    size_t *which; /* [samples] or NULL */
    char where[256];
} loci_row_file;

static off_t place_of(const loci_row_file *rows, size_t i) {
    return (off_t)(rows->at + (rows->which != NULL ? rows->which[i] : i) * rows->row);
}

static int read_row(const void *context, size_t i, void *out, loci_error *error) {
    const loci_row_file *rows = context;
    off_t at = place_of(rows, i);
    for (size_t done = 0; done < rows->row;) {
        ssize_t got = pread(rows->file, (char *)out + done, rows->row - done, at + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return loci_fail_errno(error, LOCI_E_IO, rows->where, errno, "cannot read");
        if (got == 0)
            return loci_fail(error, LOCI_E_IO, rows->where,
                             "became shorter while it was read; sample %zu is no longer there",
                             i + 1);
        done += (size_t)got;
    }
    return LOCI_OK;
}

/* The kernel reads ahead, in the background. */
static void expect_row(const void *context, size_t i) {
    const loci_row_file *rows = context;
    posix_fadvise(rows->file, place_of(rows, i), (off_t)rows->row, POSIX_FADV_WILLNEED);
}

static void free_rows(void *context) {
    loci_row_file *rows = context;
    close(rows->file);
    free(rows->which);
    free(rows);
}

int loci_row_file_use(loci_samples *part, int file, uint64_t at, size_t row, size_t *which,
                      const char *where, loci_error *error) {
    loci_row_file *rows = malloc(sizeof *rows);
    if (rows == NULL) {
        close(file);
        free(which);
        return loci_fail_memory(error, where);
    }
    *rows = (loci_row_file){.file = file, .at = at, .row = row, .which = which};
    loci_text_show(rows->where, sizeof rows->where, where, SIZE_MAX);
    const loci_sample_source source = {
        .bytes = true, .context = rows, .read = read_row, .expect = expect_row, .free = free_rows};
    return loci_samples_from(part, &source, error);
}

/* ---- dividing them ---- */

/* Which rows of the file have that mark. NULL: memory is short. */
static size_t *list_rows(const loci_row_file *rows, const uint8_t *marks, size_t count,
                         uint8_t mark, size_t marked) {
    size_t *which = loci_alloc(marked, sizeof *which);
    for (size_t i = 0, next = 0; which != NULL && i < count; i++)
        if (marks[i] == mark)
            which[next++] = rows->which != NULL ? rows->which[i] : i;
    return which;
}

int loci_row_file_split(loci_samples *train, loci_samples *test, const uint8_t *marks,
                        size_t tested, const char *where, loci_error *error) {
    loci_row_file *rows = train->source->context;
    size_t left = 0;
    for (size_t i = 0; i < train->count; i++)
        left += marks[i] == LOCI_TRAIN;
    size_t *stay = list_rows(rows, marks, train->count, LOCI_TRAIN, left), *go = NULL;
    int status = stay == NULL ? loci_fail_memory(error, where) : LOCI_OK, file = -1;
    if (status == LOCI_OK && tested > 0) {
        go = list_rows(rows, marks, train->count, LOCI_TEST, tested);
        file = go != NULL ? fcntl(rows->file, F_DUPFD_CLOEXEC, 0) : -1;
        status = go == NULL ? loci_fail_memory(error, where)
                 : file < 0 ? loci_fail_errno(error, LOCI_E_IO, where, errno, "cannot open again")
                            : LOCI_OK;
    }
    if (status != LOCI_OK) {
        free(stay);
        free(go);
        return status;
    }
    free(rows->which);
    rows->which = stay;
    return tested == 0 ? LOCI_OK
                       : loci_row_file_use(test, file, rows->at, rows->row, go, rows->where, error);
}

/* ---- changing them ---- */

static int change_rows(const loci_samples *part, int file, size_t from, size_t to,
                       loci_row_change *change, const void *context, uint8_t *scratch,
                       loci_error *error) {
    int status = LOCI_OK;
    for (size_t i = 0; i < part->count && status == LOCI_OK; i++) {
        const uint8_t *row;
        status = loci_sample_bytes(part, from, i, scratch, &row, error);
        if (status != LOCI_OK)
            break;
        change(context, row, scratch + from);
        status = loci_temporary_write(file, scratch + from, to, error);
    }
    return status;
}

int loci_row_file_change(loci_samples *part, size_t from, size_t to, loci_row_change *change,
                         const void *context, const char *where, loci_error *error) {
    int file = loci_temporary_file(error);
    if (file < 0)
        return LOCI_E_IO;
    uint8_t *scratch = loci_alloc(from + to, 1);
    int status = scratch == NULL
                     ? loci_fail_memory(error, where)
                     : change_rows(part, file, from, to, change, context, scratch, error);
    free(scratch);
    if (status != LOCI_OK) {
        close(file);
        return status;
    }
    loci_samples_drop_source(part);
    return loci_row_file_use(part, file, 0, to, NULL, where, error);
}
