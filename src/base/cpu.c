#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

static enum loci_isa widest(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    return v4 ? LOCI_ISA_V4 : v3 ? LOCI_ISA_V3 : LOCI_ISA_GENERIC;
#else
    return LOCI_ISA_GENERIC;
#endif
}

/* What LOCI_ISA asks for; LOCI_ISA_COUNT: it is not set, or none of the names. */
static enum loci_isa wanted(void) {
    static const char *const names[] = {"x86-64", "v3", "v4"};
    const char *name = getenv("LOCI_ISA");
    int isa = 0;
    while (isa < LOCI_ISA_COUNT && (name == NULL || strcmp(name, names[isa]) != 0))
        isa++;
    return (enum loci_isa)isa;
}

enum loci_isa loci_isa_best(void) {
    enum loci_isa most = widest(), asked = wanted();
    return asked < most ? asked : most;
}

enum loci_isa_choice loci_isa_choice(void) {
    const char *name = getenv("LOCI_ISA");
    if (name == NULL || name[0] == '\0')
        return LOCI_ISA_FREE;
    enum loci_isa asked = wanted();
    return asked == LOCI_ISA_COUNT ? LOCI_ISA_UNKNOWN
           : asked > widest()      ? LOCI_ISA_TOO_WIDE
                                   : LOCI_ISA_CHOSEN;
}

const char *loci_isa_name(enum loci_isa isa) {
    static const char *const names[] = {"generic", "x86-64-v3", "x86-64-v4"};
    return names[isa];
}
