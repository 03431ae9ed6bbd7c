/* Dense products: by oneDNN where it is there and has code for the processor, else by our own
 * kernel. */
#include "linear/gemm.h"

#include <loci/support.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/isa.h"
#include "base/text.h"

#ifdef LOCI_DNNL
#include <dnnl.h>

#include "linear/one_thread.h"
#endif

#define DECLARE(isa) extern loci_gemm_kernel loci_gemm_kernel_##isa;
LOCI_EACH_ISA(DECLARE)

loci_gemm_kernel *loci_gemm_kernel_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, loci_gemm_kernel);
}

#ifdef LOCI_DNNL
static char letter(loci_operand x) {
    return x.transposed ? 'T' : 'N';
}

static bool multiply(size_t m, size_t n, size_t k, loci_operand a, loci_operand b, float *c,
                     size_t ldc) {
    if (!loci_one_thread_compiles())
        return false;
    loci_one_thread state;
    loci_one_thread_enter(&state);
    dnnl_status_t status =
        dnnl_sgemm(letter(a), letter(b), (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k, 1, a.at,
                   (dnnl_dim_t)a.ld, b.at, (dnnl_dim_t)b.ld, 0, c, (dnnl_dim_t)ldc);
    loci_one_thread_leave(&state);
    return status == dnnl_success;
}

/* The code that products need is made here, while there is room. */
enum { SIDE = 64 };
int loci_gemm_prepare(loci_error *error) {
    if (!loci_one_thread_compiles())
        return LOCI_OK;
    int status = loci_one_thread_room("products", error);
    if (status != LOCI_OK)
        return status;
    static const float zeros[SIDE * SIDE];
    /* a vector's kernels, those of a few rows, a matrix's */
    static const size_t shapes[][2] = {{1, 1}, {8, SIDE}, {SIDE, 16}, {SIDE, SIDE}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int turned = 0; turned < 4; turned++) { /* each way an operand can lie has its own */
            float c[SIDE * SIDE];
            size_t m = shapes[i][0], side = shapes[i][1];
            bool a = turned & 1, b = turned & 2;
            multiply(m, side, side, (loci_operand){zeros, a ? m : side, a},
                     (loci_operand){zeros, side, b}, c, side);
        }
    return LOCI_OK;
}
#else
int loci_gemm_prepare(loci_error *error) {
    (void)error;
    return LOCI_OK;
}

static bool multiply(size_t m, size_t n, size_t k, loci_operand a, loci_operand b, float *c,
                     size_t ldc) {
    (void)m, (void)n, (void)k, (void)a, (void)b, (void)c, (void)ldc;
    return false;
}
#endif

void loci_gemm(loci_gemm_kernel *own, size_t m, size_t n, size_t k, loci_operand a, loci_operand b,
               float *c, size_t ldc) {
    /* oneDNN takes memory and can fail, which our own kernel cannot; it leaves C alone for k = 0 */
    if (k == 0 || !multiply(m, n, k, a, b, c, ldc))
        own(m, n, k, a, b, c, ldc);
}

void loci_gemm_rows(loci_gemm_kernel *own, size_t m, size_t n, size_t k, const float *a, size_t lda,
                    loci_operand b, float *c, size_t ldc, float *scratch) {
    if (m == LOCI_GEMM_ROWS) {
        loci_gemm(own, m, n, k, (loci_operand){a, lda, false}, b, c, ldc);
        return;
    }
    float *rows = scratch, *made = scratch + LOCI_GEMM_ROWS * k;
    for (size_t r = 0; r < m; r++)
        memcpy(rows + r * k, a + r * lda, k * sizeof *rows);
    memset(rows + m * k, 0, (LOCI_GEMM_ROWS - m) * k * sizeof *rows);
    loci_gemm(own, LOCI_GEMM_ROWS, n, k, (loci_operand){rows, k, false}, b, made, n);
    for (size_t r = 0; r < m; r++)
        memcpy(c + r * ldc, made + r * n, n * sizeof *made);
}

int loci_code_path(char *text, size_t size, loci_error *error) {
    enum loci_isa_choice choice = loci_isa_choice();
    if (choice == LOCI_ISA_UNKNOWN)
        return loci_fail(error, LOCI_E_ARGUMENT, "LOCI_ISA",
                         "'%s' is no instruction set; there are x86-64, v3 and v4",
                         LOCI_SHOWN(40, getenv("LOCI_ISA")));
    if (choice == LOCI_ISA_TOO_WIDE)
        return loci_fail(error, LOCI_E_ARGUMENT, "LOCI_ISA", "this machine cannot run %s, only %s",
                         getenv("LOCI_ISA"), loci_isa_name(loci_isa_best()));
#ifdef LOCI_DNNL
    if (loci_one_thread_compiles()) {
        const dnnl_version_t *version = dnnl_version();
        snprintf(text, size, "%s, oneDNN %d.%d.%d", loci_isa_name(loci_isa_best()), version->major,
                 version->minor, version->patch);
        return LOCI_OK;
    }
#endif
    snprintf(text, size, "%s, products by our own kernel", loci_isa_name(loci_isa_best()));
    return LOCI_OK;
}
