/* Samples of bytes that stay in a file: each is read when it is asked for. Reading, unlike mapping,
 * makes an error line of a file that is cut meanwhile, not a signal. */
#ifndef LOCI_DATA_ROW_FILE_H
#define LOCI_DATA_ROW_FILE_H

#include "data/samples.h"

/* Bytes of a part's inputs beyond which they are not kept in memory: $LOCI_DATA_MEMORY, else a
 * quarter of what the process may use. */
size_t loci_row_file_from(void);

/* Makes the inputs of a part the rows of a file: row i, `row` bytes, at `at` + which[i] * row, or i
 * * row where which is NULL. The descriptor and `which` are the part's from then on, and closed and
 * freed on failure too. `where` names the file in errors. LOCI_E_MEMORY. */
int loci_row_file_use(loci_samples *part, int file, uint64_t at, size_t row, size_t *which,
                      const char *where, loci_error *error);

/* Gives the rows of a part that lies in such a file to two: those that are marked LOCI_TRAIN stay,
 * the others, `tested` of them, go to test; 0 = they are dropped. LOCI_E_MEMORY, LOCI_E_IO. */
int loci_row_file_split(loci_samples *train, loci_samples *test, const uint8_t *marks,
                        size_t tested, const char *where, loci_error *error);

/* What becomes of a row; both are as large as they are in their files. */
typedef void loci_row_change(const void *context, const uint8_t *row, uint8_t *to);
/* Writes all rows of a part whose inputs are not in memory anew, changed, to a temporary file.
 * from, to: bytes of a row before and after. LOCI_E_IO, LOCI_E_FORMAT, LOCI_E_MEMORY. */
int loci_row_file_change(loci_samples *part, size_t from, size_t to, loci_row_change *change,
                         const void *context, const char *where, loci_error *error);

#endif
