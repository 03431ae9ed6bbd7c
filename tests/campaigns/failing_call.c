/* Preloaded into a program, makes its Nth call of a kind fail, counted from 1, once:
 *
 *   FAIL_KIND=memory|thread|open|read|write|sync|rename|mkdir|map|socket FAIL_AT=N FAIL_SAYS=FILE
 *
 * FAIL_AT=0: none fails. At the end FILE holds "failed WHAT" where it was reached, and "calls N"
 * where the program came to its end by itself. FAIL_WAITS: none counts before failing_call_begin().
 * Memory and threads are functions of the C library, and caught there; all else are system calls,
 * which a filter of the kernel's (seccomp) sends to a signal handler, so that those of the C
 * library itself (of stdio, say) fail, too. Programs that are started by the program do not survive
 * that. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if !defined(__x86_64__)
#error "the registers of a system call are those of x86-64 here"
#endif

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

enum { MOST_CALLS = 20, LIBRARIES = 256 };
typedef struct {
    const char *name;
    int error;             /* errno of one that fails */
    int calls[MOST_CALLS]; /* system calls of the kind */
    size_t count;
} kind;
#define KIND(name, error, ...)                                                                     \
    { name, error, {__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int) }
static const kind kinds[] = {
    KIND("open", EMFILE, SYS_open, SYS_openat, SYS_creat, SYS_memfd_create),
    KIND("read", EIO, SYS_read, SYS_pread64, SYS_readv, SYS_getdents64),
    KIND("write", ENOSPC, SYS_write, SYS_writev, SYS_pwrite64, SYS_ftruncate, SYS_fallocate),
    KIND("sync", EIO, SYS_fsync, SYS_fdatasync),
    KIND("rename", EIO, SYS_rename, SYS_renameat, SYS_renameat2, SYS_link, SYS_linkat),
    KIND("mkdir", ENOSPC, SYS_mkdir, SYS_mkdirat),
    KIND("map", ENOMEM, SYS_mmap, SYS_mremap),
    KIND("socket", ENOBUFS, SYS_socket, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_connect,
         SYS_setsockopt, SYS_sendto, SYS_sendmsg, SYS_recvfrom, SYS_recvmsg, SYS_epoll_create1,
         SYS_epoll_ctl, SYS_eventfd2, SYS_pipe2),
};

static const kind *chosen; /* of system calls */
static int fails_memory, fails_threads;
static unsigned long fail_at;
static atomic_ulong calls;
static int says = -1;
static atomic_int waits; /* until failing_call_begin(): FAIL_WAITS, of an interpreter */

/* Memory of a library that does not survive a shortage; what it asks for is neither counted nor
 * refused. oneDNN compiles its kernels at the first product; that there is memory for it,
 * loci_gemm_prepare() sees to. */
static struct { uintptr_t start, end; } spared[LIBRARIES];
static size_t spared_count;
static _Thread_local int in_spared __attribute__((tls_model("initial-exec")));

/* A system call by itself, which the filter lets pass by where it comes from. */
long failing_call_raw(long number, long a, long b, long c, long d, long e, long f);
extern const char failing_call_after[];
__asm__(".text\n.globl failing_call_raw\n.type failing_call_raw, @function\nfailing_call_raw:\n"
        "movq %rdi, %rax\nmovq %rsi, %rdi\nmovq %rdx, %rsi\nmovq %rcx, %rdx\nmovq %r8, %r10\n"
        "movq %r9, %r8\nmovq 8(%rsp), %r9\nsyscall\n.globl "
        "failing_call_after\nfailing_call_after:\nret\n"
        ".size failing_call_raw, .-failing_call_raw\n");

static void say(const char *what, const char *name, unsigned long number) {
    char line[160];
    int size = snprintf(line, sizeof line, "%s %s%lu\n", what, name, number);
    if (says >= 0 && size > 0)
        failing_call_raw(SYS_write, says, (long)line, size, 0, 0, 0);
}

static int reached(const char *what, unsigned long number) {
    if (atomic_load(&waits) || atomic_fetch_add(&calls, 1) + 1 != fail_at)
        return 0;
    say("failed", what, number);
    return 1;
}

static void finish(int status, void *unused) {
    (void)status, (void)unused;
    say("calls", "", atomic_load(&calls));
}

/* ---- system calls ---- */

/* Not what tells people of a failure, nor memory that code is compiled into. */
static int counts(int number, const greg_t *registers) {
    if (in_spared)
        return 0;
    if (number == SYS_write || number == SYS_writev)
        return registers[REG_RDI] != STDERR_FILENO;
    return number != SYS_mmap || (registers[REG_RDX] & PROT_EXEC) == 0;
}

static void on_trap(int signal, siginfo_t *info, void *context) {
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    int number = info->si_syscall;
    (void)signal;
    if (counts(number, r) && reached("", (unsigned long)number))
        r[REG_RAX] = -chosen->error;
    else
        r[REG_RAX] = failing_call_raw(number, r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10],
                                      r[REG_R8], r[REG_R9]);
}

static void filter(void) {
    uint64_t after = (uintptr_t)failing_call_after;
    size_t n = 0, count = chosen->count;
    struct sock_filter code[MOST_CALLS + 8];
#define LOAD(member) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(member))
#define IF(value, yes, no)                                                                         \
    (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), (uint8_t)(yes), no)
#define ANSWER(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)
    code[n++] = LOAD(offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < count; i++)
        code[n++] = IF(chosen->calls[i], count - i, 0);
    code[n++] = ANSWER(SECCOMP_RET_ALLOW);
    code[n++] = LOAD(offsetof(struct seccomp_data, instruction_pointer));
    code[n++] = IF(after, 0, 3);
    code[n++] = LOAD(offsetof(struct seccomp_data, instruction_pointer) + 4);
    code[n++] = IF(after >> 32, 0, 1);
    code[n++] = ANSWER(SECCOMP_RET_ALLOW);
    code[n++] = ANSWER(SECCOMP_RET_TRAP);
    struct sock_fprog program = {(unsigned short)n, code};
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(77);
}

/* A blocked signal that the filter sends would be the end. */
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old) {
    static int (*next)(int, const sigset_t *, sigset_t *);
    sigset_t kept;
    if (next == NULL)
        next = (int (*)(int, const sigset_t *, sigset_t *))dlsym(RTLD_NEXT, "pthread_sigmask");
    if (set != NULL && how != SIG_UNBLOCK) {
        kept = *set;
        sigdelset(&kept, SIGSYS);
        set = &kept;
    }
    return next(how, set, old);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
    int error = pthread_sigmask(how, set, old);
    return error == 0 ? 0 : (errno = error, -1);
}

/* ---- memory and threads ---- */

static int look_at(struct dl_phdr_info *library, size_t size, void *unused) {
    static const char *const names[] = {"/libdnnl.",       "/libstdc++.",   "/numpy/",
                                        "/lapack",         "/lib-dynload/", "_cffi_backend",
                                        "/libfontconfig.", "/libexpat.",    "/ld-linux"};
    const char *name = library->dlpi_name;
    int is_one = *name == '\0' && getenv("FAIL_WAITS") != NULL; /* the interpreter itself */
    (void)size, (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is_one |= strstr(name, names[i]) != NULL;
    if (!is_one)
        return 0;
    for (int i = 0; i < library->dlpi_phnum && spared_count < LIBRARIES; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
            continue;
        uintptr_t start = library->dlpi_addr + part->p_vaddr;
        spared[spared_count].start = start;
        spared[spared_count++].end = start + part->p_memsz;
    }
    return 0;
}

static int is_spared(const void *caller) {
    for (size_t i = 0; i < spared_count; i++)
        if ((uintptr_t)caller >= spared[i].start && (uintptr_t)caller < spared[i].end)
            return 1;
    return 0;
}

/* Whether this allocation fails; else the system calls of a library that is spared are, too. */
static int memory_fails(const void *caller, const char *what, size_t size) {
    in_spared = is_spared(caller);
    return fails_memory && !in_spared && reached(what, size);
}

/* The next one to ask, which under a sanitizer is not the C library. */
#define NEXT(type, name, own)                                                                      \
    static type next;                                                                              \
    static _Thread_local int finding __attribute__((tls_model("initial-exec")));                   \
    if (next == NULL && !finding) {                                                                \
        finding = 1;                                                                               \
        next = (type)dlsym(RTLD_NEXT, name);                                                       \
        finding = 0;                                                                               \
    }                                                                                              \
    type real = next != NULL ? next : own
typedef void *take(size_t size);
typedef void *take_two(size_t a, size_t b);
typedef void *take_more(void *old, size_t size);

void *malloc(size_t size) {
    NEXT(take *, "malloc", __libc_malloc);
    if (memory_fails(__builtin_return_address(0), "malloc ", size))
        return errno = ENOMEM, NULL;
    void *memory = real(size);
    in_spared = 0;
    return memory;
}

void *calloc(size_t count, size_t size) {
    NEXT(take_two *, "calloc", __libc_calloc);
    if (memory_fails(__builtin_return_address(0), "calloc ", count * size))
        return errno = ENOMEM, NULL;
    void *memory = real(count, size);
    in_spared = 0;
    return memory;
}

void *realloc(void *old, size_t size) {
    NEXT(take_more *, "realloc", __libc_realloc);
    if (memory_fails(__builtin_return_address(0), "realloc ", size))
        return errno = ENOMEM, NULL;
    void *memory = real(old, size);
    in_spared = 0;
    return memory;
}

/* For whoever calls it, not for the C library. */
char *strdup(const char *text) {
    NEXT(take *, "malloc", __libc_malloc);
    size_t size = strlen(text) + 1;
    if (memory_fails(__builtin_return_address(0), "strdup ", size))
        return errno = ENOMEM, NULL;
    char *copy = real(size);
    in_spared = 0;
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

static void *aligned(size_t alignment, size_t size, const void *caller) {
    NEXT(take_two *, "aligned_alloc", __libc_memalign);
    if (memory_fails(caller, "aligned_alloc ", size))
        return errno = ENOMEM, NULL;
    void *memory = real(alignment, size);
    in_spared = 0;
    return memory;
}

void *aligned_alloc(size_t alignment, size_t size) {
    return aligned(alignment, size, __builtin_return_address(0));
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *bytes = aligned(alignment, (size + alignment - 1) / alignment * alignment,
                          __builtin_return_address(0));
    if (bytes == NULL)
        return ENOMEM;
    *out = bytes;
    return 0;
}

/* What a library that is spared maps by itself. */
typedef void *map_some(void *at, size_t size, int protection, int flags, int fd, off_t offset);
void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
    static map_some *next;
    if (next == NULL)
        next = (map_some *)dlsym(RTLD_NEXT, "mmap");
    int outside = in_spared;
    in_spared = outside || is_spared(__builtin_return_address(0));
    void *memory = next(at, size, protection, flags, fd, offset);
    in_spared = outside;
    return memory;
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));

typedef int begin_thread(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *with) {
    static begin_thread *next;
    if (next == NULL)
        next = (begin_thread *)dlsym(RTLD_NEXT, "pthread_create");
    if (fails_threads && reached("thread ", 0))
        return EAGAIN;
    return next(thread, attributes, run, with);
}

/* ---- the start ---- */

/* What an interpreter has loaded by now is not what is tested. */
void failing_call_begin(void);
void failing_call_begin(void) {
    spared_count = 0;
    dl_iterate_phdr(look_at, NULL);
    atomic_store(&waits, 0);
}

/* From here on; what the loader needed does not count. */
__attribute__((constructor)) static void start(void) {
    const char *name = getenv("FAIL_KIND"), *at = getenv("FAIL_AT"), *file = getenv("FAIL_SAYS");
    if (name == NULL || at == NULL)
        return;
    if (file != NULL) { /* out of the way of the program's own */
        int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        says = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
        if (says < 0)
            says = fcntl(fd, F_DUPFD_CLOEXEC, 200);
        close(fd);
    }
    on_exit(finish, NULL);
    atomic_store(&waits, getenv("FAIL_WAITS") != NULL);
    dl_iterate_phdr(look_at, NULL);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(name, kinds[i].name) == 0)
            chosen = &kinds[i];
    fail_at = strtoul(at, NULL, 10);
    fails_memory = strcmp(name, "memory") == 0;
    fails_threads = strcmp(name, "thread") == 0;
    if (chosen != NULL)
        filter();
    else if (!fails_memory && !fails_threads)
        _exit(77);
}
