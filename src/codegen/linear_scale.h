/* Numbers as ONNX's QuantizeLinear has them: bytes, each of which is (byte - zero) * scale. In an
 * export they are whole numbers from -zero to 255 - zero, so that silence stays 0. */
#ifndef LOCI_CODEGEN_LINEAR_SCALE_H
#define LOCI_CODEGEN_LINEAR_SCALE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { LOCI_LINEAR_MOST = 255 };

typedef struct loci_linear_scale {
    float scale;  /* 0: there is none */
    int32_t zero; /* the byte that is 0 */
} loci_linear_scale;

/* Numbers from least to most, 0 among them, as finely as bytes tell them apart. */
loci_linear_scale loci_linear_scale_for(double least, double most);
/* The one with which `count` numbers are off least, squared: ends may be cut off for the sake of a
 * finer step. */
loci_linear_scale loci_linear_scale_choose(const float *numbers, size_t count);

/* Rounds halves to even, as QuantizeLinear does. */
static inline int32_t loci_linear_scale_of(loci_linear_scale by, float number) {
    float units = rintf(number / by.scale);
    float least = (float)-by.zero, most = (float)(LOCI_LINEAR_MOST - by.zero);
    return (int32_t)(units < least ? least : units > most ? most : units);
}

#endif
