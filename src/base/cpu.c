#include "base/cpu.h"

enum loci_isa loci_isa_best(void) {
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

const char *loci_isa_name(enum loci_isa isa) {
    static const char *const names[] = {"generic", "x86-64-v3", "x86-64-v4"};
    return names[isa];
}
