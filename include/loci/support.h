/**
 * @file support.h
 * @brief Small services for programs around the library: suggestions for misspelt names, texts
 * to show, time that passes, safe writing, outputs that would destroy inputs, the code that runs.
 */
#ifndef LOCI_SUPPORT_H
#define LOCI_SUPPORT_H

#include <stddef.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The nearest of some names to one that was perhaps misspelt, for "did you mean".
 * @param wanted the name as it was written.
 * @param names [count] names that exist; NULL entries are skipped.
 * @param count how many.
 * @return one of names, borrowed; NULL when none is near.
 */
LOCI_API const char *loci_suggest(const char *wanted, const char *const *names, size_t count);

/**
 * A text from outside (a class's or a file's name) as it may be shown: on a terminal, in a log, in
 * JSON. The copy is UTF-8 and ends with a whole character; bytes that are not UTF-8 and control
 * characters, escape sequences and changes of direction among them, become '?' one by one. Columns
 * are those of a terminal with a fixed pitch: a combining mark takes none, an East Asian wide
 * character two.
 * @param out [size] the copy, always ended by a 0.
 * @param size bytes of out, at least 1.
 * @param text what to show.
 * @param columns most columns of the copy; SIZE_MAX = no limit.
 * @return the columns of the copy.
 */
LOCI_API size_t loci_text_show(char *out, size_t size, const char *text, size_t columns);

/**
 * Time that passes, whatever is done to the time of day: two calls are so many seconds apart.
 * @return seconds since some moment.
 */
LOCI_API double loci_seconds(void);

/**
 * Writes a file all or nothing: temporary name beside it, fsync, rename. Where path is a device or
 * a pipe
 * (/dev/stdout), the bytes are written to it as they are.
 * @param path the file; replaced if it is there.
 * @param bytes what to write.
 * @param size how many bytes.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_IO, LOCI_E_ARGUMENT (a path too long) or LOCI_E_MEMORY.
 */
LOCI_API int loci_write_file(const char *path, const void *bytes, size_t size, loci_error *error);

/**
 * Which code does the arithmetic here: the instruction set of the library's own kernels, and what
 * makes dense products, such as "x86-64-v4, oneDNN 2.6.3". The widest set that the machine has is
 * taken; LOCI_ISA=x86-64, v3 or v4 in the environment chooses a narrower one, for tests, and
 * ONEDNN_MAX_CPU_ISA does so for oneDNN. Results differ between them in the last digits.
 * @param text [size] receives it; at least 64 bytes.
 * @param size of text.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, or LOCI_E_ARGUMENT: LOCI_ISA is another name, or asks for what this machine
 * cannot run. The library then goes on as if it were not set; a program should not.
 */
LOCI_API int loci_code_path(char *text, size_t size, loci_error *error);

/** What a path that is read leads to. */
enum loci_source {
    LOCI_SOURCE_RUN = 0, /**< a model file or any other file; of a folder the files of a run */
    LOCI_SOURCE_DATA = 1 /**< a file of data; of a folder the IDX and .npy files of a data set */
};

/**
 * Whether writing `output` would destroy what is read from `input`. Files are compared as they are
 * on disk: links and other spellings of a name lead to the same one. What is not there is no
 * danger.
 * @param output a file to be written; of a folder, the files that a run in it writes and removes.
 * @param input a file or folder that is read.
 * @param kind enum loci_source.
 * @return 1 or 0.
 */
LOCI_API int loci_would_replace(const char *output, const char *input, int kind);

#ifdef __cplusplus
}
#endif
#endif
