/* Changing an archive by its members: one is changed, goes, or comes twice, and the archive is
 * written anew, with sizes, places and check sums that are right. */
#ifndef LOCI_TESTS_MUTATE_ZIP_H
#define LOCI_TESTS_MUTATE_ZIP_H

#include <stdbool.h>
#include <zlib.h>

#include "mutate_npy.h"

enum { ZIP_MEMBERS = 64, ZIP_LOCAL = 30, ZIP_ENTRY = 46, ZIP_END = 22, ZIP_ROOM = 1 << 17 };

/* Where the name and the bytes of a member lie. */
typedef struct zip_member {
    size_t name, name_size, data, packed, unpacked;
    uint32_t sum;
    uint16_t method;
} zip_member;

static inline uint16_t zip_u16(const mutant *m, size_t at) {
    return (uint16_t)(m->data[at] | m->data[at + 1] << 8);
}

/* By the local headers, one behind the other, as archives without surprises have them. */
static inline size_t zip_list(const mutant *m, zip_member members[ZIP_MEMBERS]) {
    size_t count = 0, at = 0;
    while (count < ZIP_MEMBERS && at + ZIP_LOCAL <= m->size &&
           memcmp(m->data + at, "PK\3\4", 4) == 0) {
        zip_member *x = &members[count];
        *x = (zip_member){.name = at + ZIP_LOCAL,
                          .name_size = zip_u16(m, at + 26),
                          .packed = mutant_u32(m, at + 18),
                          .unpacked = mutant_u32(m, at + 22),
                          .sum = mutant_u32(m, at + 14),
                          .method = zip_u16(m, at + 8)};
        x->data = x->name + x->name_size + zip_u16(m, at + 28);
        if (x->data > m->size || x->packed > m->size - x->data || (zip_u16(m, at + 6) & 8) != 0)
            break;
        at = x->data + x->packed;
        count++;
    }
    return count;
}

/* What local header and directory have in common: 26 bytes from the version on. */
static inline void zip_facts(mutant *out, size_t at, const zip_member *x) {
    memset(out->data + at, 0, 26);
    out->data[at] = 20;
    out->data[at + 4] = (uint8_t)x->method;
    out->data[at + 8] = 0x21; /* the first of January */
    mutant_put_u32(out, at + 10, x->sum);
    mutant_put_u32(out, at + 14, (uint32_t)x->packed);
    mutant_put_u32(out, at + 18, (uint32_t)x->unpacked);
    out->data[at + 22] = (uint8_t)x->name_size;
    out->data[at + 23] = (uint8_t)(x->name_size >> 8);
}

static inline bool zip_has_room(const mutant *out, size_t more) {
    return out->most - out->size >= more;
}

static inline bool zip_put_local(mutant *out, const mutant *from, zip_member *x, size_t *place) {
    if (!zip_has_room(out, ZIP_LOCAL + x->name_size + x->packed))
        return false;
    size_t at = *place = out->size;
    memcpy(out->data + at, "PK\3\4", 4);
    zip_facts(out, at + 4, x);
    memcpy(out->data + at + ZIP_LOCAL, from->data + x->name, x->name_size);
    memcpy(out->data + at + ZIP_LOCAL + x->name_size, from->data + x->data, x->packed);
    out->size = at + ZIP_LOCAL + x->name_size + x->packed;
    return true;
}

static inline bool zip_put_entry(mutant *out, const mutant *from, const zip_member *x,
                                 size_t place) {
    if (!zip_has_room(out, ZIP_ENTRY + x->name_size))
        return false;
    size_t at = out->size;
    memset(out->data + at, 0, ZIP_ENTRY);
    memcpy(out->data + at, "PK\1\2\24\0", 6);
    zip_facts(out, at + 6, x);
    mutant_put_u32(out, at + 42, (uint32_t)place);
    memcpy(out->data + at + ZIP_ENTRY, from->data + x->name, x->name_size);
    out->size = at + ZIP_ENTRY + x->name_size;
    return true;
}

/* The archive of these members; false where it has no room. */
static inline bool zip_write(mutant *out, const mutant *from, zip_member *members, size_t count) {
    size_t places[ZIP_MEMBERS + 1];
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = zip_put_local(out, from, &members[i], &places[i]);
    size_t directory = out->size;
    for (size_t i = 0; i < count && good; i++)
        good = zip_put_entry(out, from, &members[i], places[i]);
    if (!good || !zip_has_room(out, ZIP_END))
        return false;
    size_t at = out->size;
    memset(out->data + at, 0, ZIP_END);
    memcpy(out->data + at, "PK\5\6", 4);
    out->data[at + 8] = out->data[at + 10] = (uint8_t)count;
    mutant_put_u32(out, at + 12, (uint32_t)(at - directory));
    mutant_put_u32(out, at + 16, (uint32_t)directory);
    out->size = at + ZIP_END;
    return true;
}

/* Changes the bytes of a member that is stored as it is: they are put behind the input. */
static inline void zip_change(mutant *m, zip_member *x) {
    size_t at = m->size;
    if (x->method != 0 || m->most - m->size < x->packed)
        return;
    memcpy(m->data + at, m->data + x->data, x->packed);
    m->size += x->packed;
    size_t most = m->most;
    m->most = m->size + 64 < most ? m->size + 64 : most; /* little by little */
    bool npy = x->packed > NPY_HEAD && memcmp(m->data + at, NPY_MAGIC, 6) == 0;
    x->packed = x->unpacked = npy && mutant_draw(m, 4) > 0 ? mutate_npy_array(m, at, x->packed)
                              : mutant_draw(m, 2) == 0     ? mutate_word(m, at, x->packed)
                                                           : mutant_change(m, at, x->packed);
    m->most = most;
    x->data = at;
    x->sum = (uint32_t)crc32(0, m->data + at, (unsigned)x->packed);
}

static inline size_t mutate_zip(uint8_t *data, size_t size, size_t most, unsigned seed) {
    static uint8_t work[2 * ZIP_ROOM];
    zip_member members[ZIP_MEMBERS + 1];
    if (size > ZIP_ROOM)
        return LLVMFuzzerMutate(data, size, most);
    memcpy(work, data, size);
    mutant m = mutant_of(work, size, sizeof work, seed);
    size_t count = zip_list(&m, members);
    if (count == 0 || mutant_draw(&m, 4) == 0)
        return LLVMFuzzerMutate(data, size, most);
    size_t which = mutant_draw(&m, count), other = mutant_draw(&m, count);
    switch (mutant_draw(&m, 8)) {
    case 0: /* goes */
        members[which] = members[--count];
        break;
    case 1: /* has the bytes of another */
        members[which] =
            (zip_member){members[which].name,   members[which].name_size, members[other].data,
                         members[other].packed, members[other].unpacked,  members[other].sum,
                         members[other].method};
        break;
    case 2: /* comes twice, or under another's name */
        members[count++] = members[which];
        members[count - 1].name = members[other].name;
        members[count - 1].name_size = members[other].name_size;
        break;
    default:
        zip_change(&m, &members[which]);
    }
    mutant out = {data, 0, most, 0};
    if (zip_write(&out, &m, members, count))
        return out.size;
    memcpy(data, work, size);
    return LLVMFuzzerMutate(data, size, most);
}

#define MUTATE_ZIP                                                                                 \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {   \
        return mutate_zip(data, size, max_size, seed);                                             \
    }

#endif
