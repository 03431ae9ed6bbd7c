/* A function whose cost is known by looking at it, to check what counts. */
#include <stdint.h>

/* 1 + 250 * 2 + 1 instructions; on a Cortex-M0 1 + 250 + (249 * 3 + 1) + 3 cycles. */
void counted(void);
__asm__(".syntax unified\n.text\n.thumb\n.align 2\n.global counted\n.thumb_func\n.type counted, "
        "%function\n"
        "counted: movs r0, #250\n"
        "1:       subs r0, #1\n"
        "         bne  1b\n"
        "         bx   lr\n");

/* Loads, stores, a call, and a return through the stack: 9 instructions, of which push (lr) 2, ldr
 * from a literal, str, ldr 2 each, bl 4, bx lr 3, pop (pc) 5 cycles, the two moves 1 each: 22. */
void called(void);
__asm__(".global called\n.thumb_func\n.type called, %function\n"
        "called:  push {lr}\n"
        "         ldr  r0, 2f\n"
        "         movs r1, #7\n"
        "         str  r1, [r0]\n"
        "         ldr  r2, [r0]\n"
        "         bl   3f\n"
        "         pop  {pc}\n"
        ".thumb_func\n3: movs r1, #1\n"
        "         bx   lr\n"
        ".align 2\n2: .word place\n");
uint32_t place;

int main(void) {
    counted();
    called();
    called();
    return 0;
}
