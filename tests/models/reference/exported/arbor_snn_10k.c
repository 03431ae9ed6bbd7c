/* arbor_snn_10k: a network as C, made by Loci 0.1.0.
 * Stored are positions and charges in 8 bits; all arithmetic is in 32-bit integers.
 * README.md tells how to use it. */
#include "arbor_snn_10k.h"

#if (-3 >> 1) != -2
#error "a right shift of a negative number must round down, as nearly all compilers have it"
#endif

enum {
    LAYERS = 2,
    COORDINATES = 2, /* of a site */
    STEPS = 9, /* of time */
    NEURONS = 19,
};

typedef int32_t number; /* what is computed with */
typedef int8_t stored; /* what positions, charges or weights are kept as */

/* Number i of a table. */
static number at(const stored *table, uint32_t i) {
    return table[i];
}

/* A layer: the weight between sender i and receiver j follows from where their sites are,
 *
 *     w = sum over axon sites a of i and dendrite sites b of j of
 *         charge a * charge b / sqrt(|position a - position b|^2 + base)
 *
 * Positions are whole numbers of one step, the same for both sides; squares have 8 bits more. */
typedef struct {
    uint32_t senders, receivers;
    uint32_t axons, dendrites;       /* sites of a sender, of a receiver */
    const stored *axon_position;     /* [senders][axons][COORDINATES]; 0: the pixel grid */
    const stored *axon_charge;       /* [senders][axons]; 0: all 1 */
    const stored *dendrite_position; /* [receivers][dendrites][COORDINATES] */
    const stored *dendrite_charge; /* [receivers][dendrites] */
    uint32_t base;      /* the square of the gap between the layers, softening included */
    uint8_t root_shift; /* of 1 / sqrt */
    uint8_t charge_shift, weight_shift;
    uint32_t reach;  /* sites as far apart as this, squared, do not meet */
    uint32_t cutoff; /* and what is left of 1 / sqrt there */
    const number *bias; /* [receivers] */
    const number *beta; /* [receivers] what a membrane keeps from step to step */
    number threshold; /* a membrane above it fires */
    uint32_t first; /* where the receivers' membranes begin */
} layer;

/* ---- layer 1 ---- */

static const stored axon_position_0[128] = {
    -126, -121, -86, -128, -76, -126, -26, -106, 38, -102, 92, -125, 84, -128, 110, -128, -123, -92,
    -77, -113, -39, -100, -48, -99, 18, -91, 25, -118, 83, -84, 114, -80, -120, -63, -60, -79, -46,
    -87, -19, -86, 8, -77, 62, -73, 80, -66, 126, -70, -117, -39, -98, -19, -30, -46, 26, 3, 19,
    -11, 45, -16, 46, -10, 127, -17, -114, 10, -113, 19, -36, 7, -25, 14, 31, -5, 45, 5, 78, 27,
    127, 27, -103, 43, -92, 52, -36, 51, -9, 31, 20, 51, 67, 50, 83, 74, 120, 38, -125, 88, -70, 66,
    -61, 71, -45, 60, 27, 81, 75, 90, 88, 87, 127, 70, -128, 127, -80, 100, -43, 125, -26, 120, 18,
    88, 57, 104, 69, 125, 127, 120,
};
static const stored axon_charge_0[64] = {
    -52, 102, -17, 127, -17, 41, 38, 13, 35, 53, -127, 32, 44, -8, 45, -53, 13, -13, -56, -41, 7,
    65, -22, -36, 4, 55, -1, -28, 57, -95, -35, 8, 67, -70, -52, 37, -44, 101, 53, 95, -54, 37, 69,
    -3, -41, 77, -54, 49, -35, -72, -22, -36, -17, -60, 51, 30, -25, 7, 19, -15, -57, -76, 9, -33,
};
static const stored dendrite_position_0[128] = {
    111, 120, 127, -68, 31, 84, 66, -69, -108, 24, 62, -121, 46, 42, -36, 107, 15, -99, 83, -83, 30,
    -6, 33, -18, -89, 127, -24, 14, 70, -73, -104, 37, 127, 127, -20, -82, 127, -70, -115, 8, 127,
    -106, -36, -100, 24, 104, -106, -4, -99, 42, 64, -72, -116, 106, 11, 78, 89, -1, -128, -37, -55,
    127, 94, 85, 17, 86, 21, -67, 4, 81, 98, -65, 52, 97, -45, -99, -36, 55, -115, 13, -39, 8, -23,
    -87, -105, -28, -127, 125, 110, 7, -59, 66, -98, -22, 91, 10, 83, 72, 110, 25, -95, 57, 101,
    -54, -74, -68, -85, -128, -52, -94, 76, -25, 102, 25, 9, 51, -73, -113, -43, -100, -128, -38,
    72, -19, -96, -7, 44, 91,
};
static const stored dendrite_charge_0[64] = {
    -66, -49, 76, 9, 57, -3, -5, -36, -69, 37, 65, 17, 12, -105, -48, 47, 52, 19, -24, -25, 47, 0,
    -45, 8, 30, -60, -7, 32, -6, -115, 29, -20, 33, -20, -8, 37, -24, -16, 19, 27, -34, 73, 23, 8,
    29, 75, 58, 29, 71, -33, 75, -8, -2, -44, 127, -15, -58, -45, 39, 30, 12, 21, 54, -26,
};
static const int32_t bias_0[16] = {
    2779413, -1982130, -231452, 880357, 165366, -1365952, -1225898, -1901279, -3122035, 664778,
    -133610, 916019, -946008, 1897118, 705019, -2398768,
};
static const int32_t beta_0[16] = {
    32768, 32768, 32768, 32654, 30817, 26289, 32768, 29443, 32236, 31339, 32768, 32499, 32768,
    32210, 31736, 28932,
};

/* ---- layer 2 ---- */

static const stored axon_position_1[64] = {
    -90, -57, -128, -36, -89, -53, 56, -81, -55, 127, -65, 18, -7, 18, -37, 15, -118, 73, -61, 27,
    15, 42, 57, -31, -1, 51, -31, -34, 21, -18, 26, -38, -46, 16, -99, -4, -19, -96, -6, -42, -4,
    -84, -3, -109, -102, 55, 127, -37, -65, -61, -65, 18, -51, -38, 27, -128, 96, 3, -4, -85, 0,
    -17, 46, -20,
};
static const stored axon_charge_1[32] = {
    15, 19, -42, 23, 12, -30, -58, -33, 32, -45, 5, -14, -43, -5, -22, -20, -8, -5, 44, 47, -41,
    -41, 84, -18, -84, -127, -57, 11, -16, 44, -85, 77,
};
static const stored dendrite_position_1[24] = {
    -120, 36, -56, 88, -4, -85, -68, -54, 75, -12, -56, -99, -92, 20, -57, -36, -65, 18, -13, -128,
    -8, 46, -80, -63,
};
static const stored dendrite_charge_1[12] = {
    -67, -48, 96, -7, 3, -24, 70, 80, -101, -23, -127, -115,
};
static const int32_t bias_1[3] = {
    12880, 66519, -80824,
};
static const int32_t beta_1[3] = {
    32768, 32766, 32768,
};

/* 65535 / sqrt(i), from 16 on / sqrt(i + 1/2) */
static const uint16_t root_table[256] = {
    65535, 65535, 46340, 37837, 32768, 29308, 26755, 24770, 23170, 21845, 20724, 19760, 18918,
    18176, 17515, 16921, 16134, 15666, 15237, 14841, 14474, 14134, 13816, 13519, 13240, 12978,
    12731, 12497, 12276, 12066, 11867, 11677, 11496, 11323, 11157, 10999, 10847, 10702, 10562,
    10427, 10298, 10173, 10053, 9936, 9824, 9716, 9611, 9509, 9410, 9315, 9222, 9132, 9045, 8960,
    8877, 8797, 8719, 8642, 8568, 8496, 8425, 8357, 8290, 8224, 8160, 8098, 8036, 7977, 7918, 7861,
    7805, 7750, 7697, 7644, 7593, 7542, 7493, 7444, 7397, 7350, 7304, 7259, 7215, 7172, 7129, 7087,
    7046, 7006, 6966, 6927, 6889, 6851, 6814, 6777, 6742, 6706, 6671, 6637, 6603, 6570, 6537, 6505,
    6473, 6442, 6411, 6380, 6350, 6321, 6292, 6263, 6234, 6206, 6179, 6151, 6124, 6098, 6072, 6046,
    6020, 5995, 5970, 5945, 5921, 5897, 5873, 5850, 5827, 5804, 5781, 5759, 5737, 5715, 5693, 5672,
    5651, 5630, 5609, 5589, 5569, 5549, 5529, 5509, 5490, 5471, 5452, 5433, 5414, 5396, 5378, 5360,
    5342, 5324, 5307, 5290, 5272, 5255, 5239, 5222, 5205, 5189, 5173, 5157, 5141, 5125, 5110, 5094,
    5079, 5064, 5049, 5034, 5019, 5004, 4990, 4975, 4961, 4947, 4933, 4919, 4905, 4891, 4878, 4864,
    4851, 4838, 4825, 4812, 4799, 4786, 4773, 4761, 4748, 4736, 4723, 4711, 4699, 4687, 4675, 4663,
    4652, 4640, 4628, 4617, 4605, 4594, 4583, 4572, 4561, 4550, 4539, 4528, 4517, 4506, 4496, 4485,
    4475, 4464, 4454, 4444, 4434, 4423, 4413, 4403, 4393, 4384, 4374, 4364, 4355, 4345, 4335, 4326,
    4317, 4307, 4298, 4289, 4280, 4270, 4261, 4252, 4244, 4235, 4226, 4217, 4208, 4200, 4191, 4183,
    4174, 4166, 4157, 4149, 4141, 4132, 4124, 4116, 4108, 4100,
};

static const layer layers[2] = {
    {
        .senders = 64,
        .receivers = 16,
        .axons = 1,
        .dendrites = 4,
        .axon_position = axon_position_0,
        .axon_charge = axon_charge_0,
        .dendrite_position = dendrite_position_0,
        .dendrite_charge = dendrite_charge_0,
        .base = 12170u,
        .root_shift = 9,
        .charge_shift = 0,
        .weight_shift = 11,
        .reach = 1752489u,
        .cutoff = 3168u,
        .bias = bias_0,
        .beta = beta_0,
        .threshold = 10574468,
        .first = 0,
    },
    {
        .senders = 16,
        .receivers = 3,
        .axons = 2,
        .dendrites = 4,
        .axon_position = axon_position_1,
        .axon_charge = axon_charge_1,
        .dendrite_position = dendrite_position_1,
        .dendrite_charge = dendrite_charge_1,
        .base = 9057u,
        .root_shift = 9,
        .charge_shift = 0,
        .weight_shift = 7,
        .reach = 3622923u,
        .cutoff = 2204u,
        .bias = bias_1,
        .beta = beta_1,
        .threshold = 2147483647,
        .first = 16,
    },
};

/* The pixel that an input neuron looks at. */
static uint32_t pixel_of(uint32_t input) {
    return input;
}

/* Which power of 16 brings a square, which is not 0, below 256 when it is divided by it. */
static uint32_t range_of(uint32_t square) {
#if defined(__GNUC__) && (!defined(__arm__) || defined(__ARM_FEATURE_CLZ))
    return (27 - (uint32_t)__builtin_clz(square | 16)) / 4;
#else
    uint32_t range = square < 0x100000u ? 3 : 4;
    if (square < 0x10000u)
        range = square < 0x1000u ? square >= 0x100u : 2;
    else if (square >= 0x1000000u)
        range = square < 0x10000000u ? 5 : 6;
    return range;
#endif
}

/* 1 / sqrt(square), in units that depend on shift. */
static int32_t inverse_root(uint32_t square, uint32_t shift) {
    uint32_t range = range_of(square);
    return (int32_t)((uint32_t)root_table[square >> 4 * range] << 15 >> (shift + 2 * range));
}

/* The square of the distance between a place and dendrite site b. */
static uint32_t squared_distance(const layer *l, const int32_t place[COORDINATES], uint32_t b) {
    uint32_t sum = 0;
    for (uint32_t x = 0; x < COORDINATES; x++) {
        int32_t d = place[x] - at(l->dendrite_position, b * COORDINATES + x);
        sum += (uint32_t)(d * d);
    }
    return (sum << 8) + l->base;
}

/* Where axon site a is. */
static void find_axon(const layer *l, uint32_t a, int32_t place[COORDINATES]) {
    for (uint32_t x = 0; x < COORDINATES; x++)
        place[x] = at(l->axon_position, a * COORDINATES + x);
}

/* The weight between axon site a, which is at that place, and a receiver. */
static int32_t weight_of_site(const layer *l, uint32_t a, const int32_t place[COORDINATES],
                              uint32_t receiver) {
    int32_t sum = 0;
    uint32_t first = receiver * l->dendrites, end = first + l->dendrites;
    for (uint32_t b = first; b < end; b++) {
        uint32_t square = squared_distance(l, place, b);
        if (square >= l->reach)
            continue;
        int32_t closeness = inverse_root(square, l->root_shift) - (int32_t)l->cutoff;
        if (closeness <= 0)
            continue;
        sum += at(l->dendrite_charge, b) * closeness;
    }
    return at(l->axon_charge, a) * (sum >> l->charge_shift) >> l->weight_shift;
}

/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, int32_t x, int32_t *sums) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        int32_t place[COORDINATES];
        find_axon(l, a, place);
        for (uint32_t j = 0; j < l->receivers; j++)
            sums[j] += x * weight_of_site(l, a, place, j);
    }
}

/* What is left of a membrane after a step; beta is in 2^-15. */
static int32_t decay(int32_t membrane, int32_t beta) {
    int32_t high = membrane >> 15, low = membrane & 0x7fff;
    return high * beta + (low * beta >> 15);
}

/* One time step of a layer: membranes decay, take up current, and fire. */
static void step(const layer *l, const number *current, arbor_snn_10k_scratch *scratch) {
    number *membrane = scratch->membrane + l->first;
    uint8_t *fired = scratch->fired + l->first;
    for (uint32_t j = 0; j < l->receivers; j++) {
        number before = membrane[j];
        number u = decay(before, l->beta[j]);
        u += current[j] + l->bias[j];
        u -= fired[j] ? l->threshold : 0;
        fired[j] = u > l->threshold;
        membrane[j] = u;
    }
}

/* The logits after time step t. */
static void read_out(uint32_t t, number *logits, const arbor_snn_10k_scratch *scratch) {
    uint32_t first = layers[LAYERS - 1].first;
    for (uint32_t c = 0; c < layers[LAYERS - 1].receivers; c++) {
        logits[c] = (t == 0 ? 0 : logits[c]) + scratch->membrane[first + c];
    }
}

/* The current that the spikes of the layer before bring. */
static number *current_of_spikes(uint32_t k, arbor_snn_10k_scratch *scratch) {
    const layer *l = &layers[k];
    const uint8_t *fired = scratch->fired + layers[k - 1].first;
    for (uint32_t j = 0; j < l->receivers; j++)
        scratch->current[j] = 0;
    for (uint32_t i = 0; i < l->senders; i++)
        if (fired[i]) /* what is silent costs nothing */
            send(l, i, 1, scratch->current);
    return scratch->current;
}

/* The current that pixels bring. */
static number *current_of_pixels(const uint8_t *pixels, arbor_snn_10k_scratch *scratch) {
    for (uint32_t j = 0; j < layers[0].receivers; j++)
        scratch->input[j] = 0;
    for (uint32_t i = 0; i < layers[0].senders; i++) {
        int32_t x = pixels[pixel_of(i)];
        if (x != 0)
            send(&layers[0], i, x, scratch->input);
    }
    return scratch->input;
}

void arbor_snn_10k_run(const uint8_t *pixels, number *logits, arbor_snn_10k_scratch *scratch) {
    for (uint32_t j = 0; j < NEURONS; j++) {
        scratch->membrane[j] = 0;
        scratch->fired[j] = 0;
    }
    /* the current is the same in all steps, so it is computed once */
    number *input = current_of_pixels(pixels, scratch);
    for (uint32_t t = 0; t < STEPS; t++) {
        step(&layers[0], input, scratch);
        for (uint32_t k = 1; k < LAYERS; k++)
            step(&layers[k], current_of_spikes(k, scratch), scratch);
        read_out(t, logits, scratch);
    }
}

int arbor_snn_10k_classify(const uint8_t *pixels, arbor_snn_10k_scratch *scratch) {
    int best = 0;
    arbor_snn_10k_run(pixels, scratch->logits, scratch);
    for (int c = 1; c < ARBOR_SNN_10K_CLASSES; c++)
        if (scratch->logits[c] > scratch->logits[best])
            best = c;
    return best;
}
