/* The firmware: runs the exported network on its stored test samples, says what came out and how
 * much stack a run took, and fails where anything else came out than the exporter computed. It
 * speaks through semihosting; on a board without a debugger let say_number() write to a serial
 * port. */
#include <semihost.h>
#include <stdint.h>

/* The self-test brings ten samples, their labels or targets, what must come of them, and the
 * memory that a run works in. What it does with them is left out of the program unless it is
 * called. */
#define main self_test
#include "net_test.c"
#undef main

#ifndef NET_INPUT_BITS /* it takes images: bytes */
#define inputs images
typedef uint8_t net_input;
#endif

static const uint32_t paint = UINT32_C(0x5ac35ac3);

extern uint32_t __heap_start[]; /* from here to the stack memory is free, says the linker */

static void say_number(const char *before, int32_t value, const char *after) {
    char digits[12];
    char *at = digits + sizeof digits - 1;
    uint32_t rest = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
    *at = '\0';
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--at = '-';
    sys_semihost_write0(before);
    sys_semihost_write0(at);
    sys_semihost_write0(after);
}

/* A regressor has values in place of a class: they are the self-test's business, not told here. */
#ifdef NET_OUTPUTS
static void run_one(const net_input *given) {
    net_run(given, scratch.outputs, &scratch);
}

static void say_result(int i) {
    (void)i;
}

static int is_right(int i) {
    int right = 1;
    for (int k = 0; k < NET_OUTPUTS; k++)
        right &= agree(i, k, scratch.outputs[k]);
    return right;
}
#else
static int class;

static void run_one(const net_input *given) {
    class = net_classify(given, &scratch);
}

static void say_result(int i) {
    say_number("label ", labels[i], "\n");
    say_number("class ", class, "\n");
}

static int is_right(int i) {
    int right = 1;
    for (int c = 0; c < NET_CLASSES; c++)
        right &= same(scratch.logits[c], expected[i][c]);
    return right;
}
#endif

/* Measurements are scaled before a run; counts are not, which a run scales itself. */
#ifdef MEASUREMENTS
enum { STORED = sizeof inputs + sizeof measurements + sizeof expected };
#else
enum { STORED = sizeof inputs + sizeof expected };
static int scale_right(int i) {
    (void)i;
    return 1;
}
#endif

/* Runs one sample; returns how many bytes of stack that took: memory below the stack pointer
 * is painted, and what is no longer of that colour was used. */
static int32_t run_on_paint(const net_input *given) {
    uint32_t *top;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    for (volatile uint32_t *word = __heap_start; word < top; word++)
        *word = paint;
    run_one(given);
    const volatile uint32_t *word = __heap_start;
    while (word < top && *word == paint)
        word++;
    return (int32_t)((top - word) * 4);
}

int main(void) {
    int32_t stack = 0;
    int wrong = 0;
    for (int i = 0; i < CASES; i++) {
        const int32_t used = run_on_paint(inputs[i]);
        say_result(i);
        wrong += !is_right(i) || !scale_right(i);
        stack = used > stack ? used : stack;
    }
    say_number("stored ", STORED, "\n");
    say_number("buffer ", sizeof scratch, "\n");
    say_number("stack ", stack, "\n");
    if (wrong > 0)
        say_number("wrong ", wrong, "\n");
    return wrong > 0;
}
