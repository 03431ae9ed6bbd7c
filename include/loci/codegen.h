/**
 * @file codegen.h
 * @brief A network as C for small machines: whole numbers, no heap, no standard input or output.
 *
 * An export is made in two steps. loci_export_create() turns the network into the numbers that will
 * stand in the C source, choosing scales on training data, and can run them exactly as the source
 * will: in whole numbers to the last bit. loci_export_write() writes the source.
 *
 * Weights are computed from coordinates as they are needed, or stored, or stored for the
 * connections that are kept. With 32 bits all numbers are floats; with 8, 4 or 2 positions and
 * charges, or weights, are whole numbers of so many bits and all arithmetic of a run is in 32-bit
 * integers. Inputs that the network scales, as a table's, are counts that a run scales in integers,
 * too, or are scaled before it in floats (enum loci_export_input).
 */
#ifndef LOCI_CODEGEN_H
#define LOCI_CODEGEN_H

#include <loci/data.h>
#include <loci/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What an export stores. */
enum loci_export_mode {
    /** positions and charges; weights are computed as they are needed */
    LOCI_EXPORT_POSITIONS = 0,
    LOCI_EXPORT_WEIGHTS = 1, /**< all weights */
    LOCI_EXPORT_PRUNED = 2   /**< the weights of the connections that are kept, in lists */
};

/** The name of a mode as on the command line; NULL past the end. Static storage. */
LOCI_API const char *loci_export_mode_name(size_t mode);

/** What a program gives NAME_run(): what type its numbers have. */
enum loci_export_input {
    /** Bytes 0..255 for 0..1, where that is all the network was trained on; else what NAME_scale()
     * makes of measurements, in floats: bytes, or whole numbers of 12 bits and a sign. */
    LOCI_EXPORT_FLOAT = 0,
    /** Counts as a sensor gives them, which the source scales itself, in whole numbers. */
    LOCI_EXPORT_INT8 = 1,
    LOCI_EXPORT_UINT8 = 2,
    LOCI_EXPORT_INT16 = 3,
    LOCI_EXPORT_UINT16 = 4
};

/** The name of a type as on the command line; NULL past the end. Static storage. */
LOCI_API const char *loci_export_input_name(size_t type);

/** How to export. Fill with loci_export_options_defaults() first. */
typedef struct loci_export_options {
    int mode; /**< enum loci_export_mode. Default positions */
    /** Of a stored number: 32 (float), 8, 4 or 2; 0 = positions and charges as many as they were
     * trained with (loci_train_options' quantise), all else 8. Default 0. */
    uint32_t bits;
    /** what names in the source begin with: a C identifier of at most 48 characters. NULL = from
     * the model's preset, else "loci_net". Default NULL */
    const char *name;
    /** Its training part chooses scales, its test part measures; needed. Default NULL. */
    const loci_dataset *data;
    uint32_t samples; /**< training samples that scales are chosen on, 1..60000. Default 2000 */
    uint64_t flash;   /**< bytes that constants may take; 0 = any number. Default 0 */
    uint64_t ram;     /**< bytes that scratch and stack may take; 0 = any number. Default 0 */
    loci_pool *pool;  /**< worker threads, or NULL. Default NULL */
    int input_type;   /**< enum loci_export_input. Default float */
    /** What one count is in units of the data, > 0: a number for all inputs, or one each;
     * what stands for words (0 or 1) is counted in 1 whatever it says. For counts only. NULL = 1,
     * and data that are not whole numbers are refused. Default NULL. */
    const double *input_unit;
    size_t input_units; /**< numbers in input_unit. Default 0 */
    /** Non-zero: inputs and what hidden neurons send are bytes with a scale and a zero point, as
     * ONNX's QuantizeLinear has them: for loci_exchange_onnx_quantised(). Of networks that do not
     * spike; mode is weights, bits 8, input_type float. Such an export is not written as C. Default
     * 0 */
    int linear;
} loci_export_options;

/** Sets every field to its default. */
LOCI_API void loci_export_options_defaults(loci_export_options *options);

/** What an export takes and gives. */
typedef struct loci_export_report {
    char name[64];        /**< what names in the source begin with */
    int mode;             /**< enum loci_export_mode */
    uint32_t bits;        /**< 32, 8, 4 or 2 */
    uint32_t charge_bits; /**< of charges, where the mode has such; else as bits */
    size_t parameters;    /**< bytes of positions, charges, weights, biases and neuron constants */
    /** Bytes of all constants: parameters, lists, tables, descriptions of the layers as a 32-bit
     * machine lays them out. Code comes on top. */
    size_t flash;
    size_t scratch; /**< bytes a run works in */
    int input_type; /**< enum loci_export_input */
    /** Inputs that the source scales: counts, a product and a shift each, as part of a run; in
     * floats a division each, by NAME_scale() before it. 0 = none. */
    size_t scaled;
    size_t scaling_flash; /**< bytes of constants for that, part of flash */
    /** The most that an input scaled from counts is off, where 1 is the step in which inputs
     * are told apart: 0.5 is rounding alone. 0 = not scaled from counts. */
    double scaling_off;
    size_t stack;              /**< bytes of stack, estimated for a Cortex-M compiled with -O2 */
    double multiply_adds;      /**< per inference, mean over the samples measured on */
    double multiply_adds_most; /**< where nothing is silent */
    /** Reciprocal square roots per inference, or what the law of distance is, likewise. */
    double roots;
    double roots_most; /**< where nothing is silent */
    /** Of a net with delays, recurrent layers or events, whose layers take each step together: time
     * steps; 0 = of another. */
    uint32_t steps;
    size_t currents;           /**< bytes of currents that are remembered, part of scratch */
    double multiply_adds_step; /**< in one step, where nothing is silent */
    double roots_step;         /**< likewise */
    size_t samples; /**< measured on: the test part, or where it is empty the training part */
    int task;       /**< enum loci_task: which of the following were measured */
    double accuracy_before;            /**< of the network on them, 0..1; of a regressor -1 */
    double accuracy;                   /**< of the export on them, 0..1; of a regressor -1 */
    loci_regression regression_before; /**< of the network, in units of the data; else NaN */
    loci_regression regression;        /**< of the export, likewise */
} loci_export_report;

/** A network as it will stand in C. Immutable; may be run by several threads. */
typedef struct loci_export loci_export;

/**
 * Makes the numbers of an export and measures them.
 * @param[out] out receives the export; the caller frees it with loci_export_free(). Untouched on
 * failure.
 * @param network must outlive the export, unchanged.
 * @param options what to make.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK; LOCI_E_ARGUMENT (options, a name that is no C identifier); LOCI_E_UNSUPPORTED (a
 * network that cannot be exported so: a conventional one has no positions, Poisson coding needs
 * random numbers, a fixed set of connections needs lists; sums that do not fit 32 bits; more flash
 * or memory than allowed; training data that are no counts of the type wanted); LOCI_E_MISMATCH
 * (network and data do not fit); LOCI_E_DIVERGED (a parameter that is not finite) or LOCI_E_MEMORY.
 */
LOCI_API int loci_export_create(loci_export **out, const loci_network *network,
                                const loci_export_options *options, loci_error *error);

/** Frees an export. NULL is allowed. */
LOCI_API void loci_export_free(loci_export *exported);

/** What it takes and gives. Borrowed. */
LOCI_API const loci_export_report *loci_export_report_of(const loci_export *exported);

/**
 * Runs an export as the C source will: exactly so where numbers are whole, else to rounding.
 * @param exported the export.
 * @param inputs [count, height*width], of events [count, steps*channels]: what NAME_run() is given,
 * whole numbers of its type, such as loci_export_inputs() makes them.
 * @param count number of samples; 0 allowed.
 * @param[out] logits [count, classes] as the source gives them; whole numbers with 8 or 4 bits,
 * else of a regressor numbers in units of the data.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK or LOCI_E_MEMORY.
 */
LOCI_API int loci_export_run(const loci_export *exported, const int32_t *inputs, size_t count,
                             double *logits, loci_error *error);

/** A sample of some data as NAME_run() is given it: counts, or what NAME_scale() makes of it, or
 * pixels; what is out of range stands at its end.
 * @param exported the export.
 * @param data of the shape that the network takes.
 * @param split which part.
 * @param i which sample.
 * @param[out] inputs [height*width], of events [steps*channels].
 * @return LOCI_OK, LOCI_E_ARGUMENT (i out of range), LOCI_E_MISMATCH or LOCI_E_MEMORY. */
LOCI_API int loci_export_inputs(const loci_export *exported, const loci_dataset *data,
                                enum loci_split split, size_t i, int32_t *inputs);

/** What a logit of 1 is in the network itself: 1 for floats. */
LOCI_API double loci_export_unit(const loci_export *exported);

/** Output k of a regressor in units of the data, from what a run gives, computed as the source
 * does. Of a classifier the logit of the network itself. */
LOCI_API double loci_export_value(const loci_export *exported, uint32_t k, double output);

/**
 * Writes the source: NAME.h, NAME.c, NAME_test.c (a self-test), Makefile, CMakeLists.txt, README.md
 * and report.json. All or nothing: they are made in a new folder beside it, which then takes its
 * name.
 * @param exported the export.
 * @param directory the folder; its parents are made if absent.
 * @param force non-zero: replace an export that is there. Only files an export consists of are
 * removed.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_EXISTS (something is there, and force is not set, or it is no export),
 * LOCI_E_IO, LOCI_E_ARGUMENT (a path too long) or LOCI_E_MEMORY.
 */
LOCI_API int loci_export_write(const loci_export *exported, const char *directory, int force,
                               loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
