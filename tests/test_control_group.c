/* Limits of control groups, read from folders that look like the kernel's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <loci/pool.h>

#include "base/control_group.h"
#include "base/memory_room.h"
#include "scratch_folder.h"

static void put(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s", name);
    for (char *at = path; (at = strchr(at, '/')) != NULL; *at++ = '/') {
        *at = '\0';
        mkdir(path, 0777);
    }
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void the_least_of_all_groups_above_counts(void **state) {
    (void)state;
    put("two", "0::/pod/inner\n");
    put("v2/pod/inner/cpu.max", "max 100000\n");
    put("v2/pod/inner/memory.max", "max\n");
    assert_true(isinf(loci_group_cores_in("v2", "two")));
    assert_true(isinf(loci_group_memory_in("v2", "two")));
    put("v2/pod/cpu.max", "150000 100000\n");
    put("v2/pod/memory.max", "3000000\n");
    assert_true(loci_group_cores_in("v2", "two") == 1.5);
    assert_true(loci_group_memory_in("v2", "two") == 3000000);
    put("v2/pod/inner/cpu.max", "20000 50000\n");
    put("v2/pod/inner/memory.max", "5000000\n");
    assert_true(loci_group_cores_in("v2", "two") == 0.4);
    assert_true(loci_group_memory_in("v2", "two") == 3000000);
    put("v2/memory.max", "1000\n"); /* a container sees its own group as the root */
    assert_true(loci_group_memory_in("v2", "two") == 1000);
}

static void version_1_has_a_tree_for_each_controller(void **state) {
    (void)state;
    put("one", "12:pids:/\n4:memory:/a\n3:cpuset,cpuacct:/other\n2:cpuacct,cpu:/a/b\n0::/\n");
    put("v1/cpu/a/b/cpu.cfs_quota_us", "-1\n");
    put("v1/cpu/a/b/cpu.cfs_period_us", "100000\n");
    put("v1/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
    assert_true(isinf(loci_group_cores_in("v1", "one")));
    assert_true(loci_group_memory_in("v1", "one") > 9e18);
    put("v1/cpu/a/cpu.cfs_quota_us", "300000\n");
    put("v1/cpu/a/cpu.cfs_period_us", "100000\n");
    put("v1/memory/a/memory.limit_in_bytes", "4096\n");
    assert_true(loci_group_cores_in("v1", "one") == 3);
    assert_true(loci_group_memory_in("v1", "one") == 4096);
}

static void what_says_nothing_limits_nothing(void **state) {
    (void)state;
    static const char *const odd[] = {"", "\n", "max\n", "x y\n", "-5 -5\n", "100000\n", "7 max\n"};
    put("odd", "\n:\nno colon\n0::\n0::/x\n9:cpu,\n");
    assert_true(isinf(loci_group_cores_in("nowhere", "nothing")));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        put("v3/x/cpu.max", odd[i]);
        assert_true(isinf(loci_group_cores_in("v3", "odd")));
    }
}

static void a_process_has_a_core_and_memory(void **state) {
    (void)state;
    assert_in_range(loci_cores(), 1, 1 << 20);
    assert_in_range(loci_cores_together(), 1, 1 << 20);
    assert_true(loci_memory_room() > 1 << 20);
}

static int enter(void **state) {
    return make_folder(state) != 0 ? -1 : chdir(folder);
}

static int leave(void **state) {
    return chdir("/") != 0 ? -1 : remove_folder(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_of_all_groups_above_counts),
        cmocka_unit_test(version_1_has_a_tree_for_each_controller),
        cmocka_unit_test(what_says_nothing_limits_nothing),
        cmocka_unit_test(a_process_has_a_core_and_memory),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
