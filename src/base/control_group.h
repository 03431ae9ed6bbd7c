/* What the control groups of this process allow it and the others in them, its own group and all
 * above: Linux's, of version 1 and 2, where they are mounted at /sys/fs/cgroup. */
#ifndef LOCI_BASE_CONTROL_GROUP_H
#define LOCI_BASE_CONTROL_GROUP_H

/* Bytes of memory; INFINITY where no limit is known. */
double loci_group_memory(void);
/* Processors, as time of all for time that passes: 1.5, say. INFINITY where no limit is known. */
double loci_group_cores(void);

/* The same by other files than the kernel's: what stands in place of /sys/fs/cgroup and of
 * /proc/self/cgroup. */
double loci_group_memory_in(const char *root, const char *groups);
double loci_group_cores_in(const char *root, const char *groups);

#endif
