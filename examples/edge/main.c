/* The firmware: runs the exported network on its stored test images and says what came out and how
 * much stack a run took. It speaks through semihosting; on a board without a debugger let
 * say_number() write to a serial port. */
#include <semihost.h>
#include <stdint.h>

/* The self-test brings ten images, their labels or targets, and the memory that a run works in.
 * What it does with them is left out of the program unless it is called. */
#define main self_test
#include "net_test.c"
#undef main

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
static void run_one(const uint8_t *pixels) {
    net_run(pixels, scratch.outputs, &scratch);
}

static void say_result(int i) {
    (void)i;
}
#else
static int class;

static void run_one(const uint8_t *pixels) {
    class = net_classify(pixels, &scratch);
}

static void say_result(int i) {
    say_number("label ", labels[i], "\n");
    say_number("class ", class, "\n");
}
#endif

/* Runs one image; returns how many bytes of stack that took: memory below the stack pointer
 * is painted, and what is no longer of that colour was used. */
static int32_t run_on_paint(const uint8_t *pixels) {
    uint32_t *top;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    for (volatile uint32_t *word = __heap_start; word < top; word++)
        *word = paint;
    run_one(pixels);
    const volatile uint32_t *word = __heap_start;
    while (word < top && *word == paint)
        word++;
    return (int32_t)((top - word) * 4);
}

int main(void) {
    int32_t stack = 0;
    for (int i = 0; i < CASES; i++) {
        const int32_t used = run_on_paint(images[i]);
        say_result(i);
        stack = used > stack ? used : stack;
    }
    say_number("images ", sizeof images, "\n");
    say_number("buffer ", sizeof scratch, "\n");
    say_number("stack ", stack, "\n");
    return 0;
}
