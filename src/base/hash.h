/* Telling contents apart: xxHash64 with seed 0 (Yann Collet, BSD licence, https://xxhash.com),
 * taken in pieces. It is quick and finds what changed by chance; it is no proof against someone who
 * tries. */
#ifndef LOCI_BASE_HASH_H
#define LOCI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct loci_hash {
    uint64_t lane[4];
    uint64_t size; /* bytes so far */
    unsigned char rest[32];
} loci_hash;

/* A hash as text: 16 hexadecimal digits and 0. */
enum { LOCI_HASH_TEXT = 17 };

void loci_hash_begin(loci_hash *hash);
void loci_hash_bytes(loci_hash *hash, const void *bytes, size_t size);
/* count numbers of 4 bytes each, the same on machines of either byte order. */
void loci_hash_words(loci_hash *hash, const void *words, size_t count);
uint64_t loci_hash_end(const loci_hash *hash);
void loci_hash_text(const loci_hash *hash, char text[LOCI_HASH_TEXT]);

#endif
