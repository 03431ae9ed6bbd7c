/**
 * @file network.h
 * @brief Networks: creation, parameters, inference, the model file.
 */
#ifndef LOCI_NETWORK_H
#define LOCI_NETWORK_H

#include <loci/data.h>
#include <loci/pool.h>
#include <loci/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A network: a specification and its parameters. */
typedef struct loci_network loci_network;

/** What a tensor's numbers are. */
enum loci_tensor_kind {
    LOCI_TENSOR_POSITION = 0,  /**< coordinates of sites */
    LOCI_TENSOR_CHARGE = 1,    /**< charges, or inhibitions where the sign is a mask */
    LOCI_TENSOR_GAP = 2,       /**< a learned distance between two layers */
    LOCI_TENSOR_SCALE = 3,     /**< log s */
    LOCI_TENSOR_BIAS = 4,      /**< biases of a layer */
    LOCI_TENSOR_WEIGHT = 5,    /**< a conventional weight matrix [n, m] */
    LOCI_TENSOR_BETA = 6,      /**< membrane decay of a layer, [1] or [m]; acts clamped to 0..1 */
    LOCI_TENSOR_THRESHOLD = 7, /**< threshold of a layer, [1] or [m] */
    LOCI_TENSOR_RANGE = 8,     /**< a trained range R of a layer pair; acts through |R| */
    LOCI_TENSOR_LENGTH = 9,    /**< log of a trained length L of a layer pair's law */
    LOCI_TENSOR_SPEED = 10,    /**< log of a trained speed of spikes */
    /** A constant of adaptive neurons, [1] or [m]; the decay acts clamped to 0..1. */
    LOCI_TENSOR_ADAPTATION = 11
};

/** A named view into a network's parameters. */
typedef struct loci_tensor {
    char name[48];   /**< e.g. "pair0.axon.position"; see docs/format.md */
    int kind;        /**< enum loci_tensor_kind */
    uint32_t rank;   /**< 1..3 */
    size_t shape[3]; /**< row-major; entries past rank are 1 */
    size_t offset;   /**< where it begins in the flat parameter array */
    size_t count;    /**< numbers in it */
} loci_tensor;

/**
 * Creates a network with freshly drawn parameters.
 * @param[out] out receives the network; the caller frees it with loci_network_free(). Untouched on
 * failure.
 * @param spec is copied and resolved (loci_spec_resolve()).
 * @param seed of the start; the same seed gives the same parameters.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_create(loci_network **out, const loci_spec *spec, uint64_t seed,
                                 loci_error *error);

/** Frees a network. NULL is allowed. */
LOCI_API void loci_network_free(loci_network *network);

/** The resolved specification. Borrowed. */
LOCI_API const loci_spec *loci_network_spec(const loci_network *network);

/** Number of trained scalars. */
LOCI_API size_t loci_network_parameter_count(const loci_network *network);
/** The flat parameter array [parameter_count]. Borrowed; may be written between calls. */
LOCI_API float *loci_network_parameters(loci_network *network);
/** Tensor i in file order; NULL past the end. Borrowed. */
LOCI_API const loci_tensor *loci_network_tensor(const loci_network *network, size_t i);

/** A note carried in the model file: "preset", "dataset", "classes" (a JSON array of names),
 * "columns" (of a table, as loci_dataset_columns()), "timing" (of temporal data, see
 * loci_data_options_for()).
 * Borrowed; "" if absent. */
LOCI_API const char *loci_network_note(const loci_network *network, const char *key);
/**
 * Sets a note; the text is copied.
 * @return LOCI_OK, LOCI_E_ARGUMENT (unknown key, or not UTF-8) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_set_note(loci_network *network, const char *key, const char *text,
                                   loci_error *error);

/**
 * Stores with the model what its inputs are scaled by, x = (raw - low) / span: a range, or mean and
 * deviation where the specification says that inputs are standardised.
 * @param network the network.
 * @param low [height*width], or NULL to use raw inputs as they are.
 * @param span [height*width], every entry > 0; NULL exactly when low is.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (a number that is no use) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_set_input_scaling(loci_network *network, const float *low,
                                            const float *span, loci_error *error);
/** The stored range; both NULL when there is none. Borrowed. */
LOCI_API void loci_network_input_scaling(const loci_network *network, const float **low,
                                         const float **span);

/**
 * Sets how the targets of a regressor are scaled: what it gives is mean + deviation times what the
 * output neurons hold. Both arrays are copied.
 * @param network the network, of task regress.
 * @param mean [classes], finite; NULL = outputs as they are.
 * @param deviation [classes], finite and > 0; NULL with mean.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_set_target_scaling(loci_network *network, const float *mean,
                                             const float *deviation, loci_error *error);
/**
 * That scaling.
 * @param network the network.
 * @param[out] mean receives a borrowed array [classes], or NULL.
 * @param[out] deviation likewise.
 */
LOCI_API void loci_network_target_scaling(const loci_network *network, const float **mean,
                                          const float **deviation);

/**
 * The pixel that an input neuron takes: its own number, unless shrinking left some pixels without a
 * neuron.
 * @param network the network.
 * @param input 0 .. inputs - 1.
 */
LOCI_API size_t loci_network_pixel(const loci_network *network, size_t input);

/**
 * Whether positions and charges are rounded before they act, as a network that was trained so
 * (loci_train_options' quantise) has them; its parameters are what is rounded.
 * @param network the network.
 * @param[out] position_bits of positions, 2..8; 0 = they are not. May be NULL.
 * @param[out] charge_bits likewise of charges.
 * @return 1 if they are, else 0.
 */
LOCI_API int loci_network_rounding(const loci_network *network, uint32_t *position_bits,
                                   uint32_t *charge_bits);

/**
 * Whether weights are rounded before they act, to whole numbers of a unit for each bundle of
 * connections, as a network that was trained so (loci_train_options' quantise) has them;
 * loci_network_weights() gives them rounded.
 * @param network the network.
 * @return bits of a number, 2 (-1, 0, 1) to 8; 0 = they are not.
 */
LOCI_API uint32_t loci_network_weight_bits(const loci_network *network);

/** Connections that a layer pair may have where something makes an array [n, m] of them all: 2^30,
 * whose weights are 4 GB. */
#define LOCI_MATRIX_MOST ((size_t)1 << 30)

/**
 * Whether a layer pair is small enough for arrays of all its connections, such as
 * loci_network_weights() fills. Ask before making room for one.
 * @param network the network.
 * @param pair 0 .. hidden_count.
 * @param what who wants the array, for the error.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (no such pair) or LOCI_E_UNSUPPORTED: there are more than
 * LOCI_MATRIX_MOST connections.
 */
LOCI_API int loci_network_check_matrix(const loci_network *network, uint32_t pair, const char *what,
                                       loci_error *error);

/**
 * Computes the full weight matrix of one layer pair, its scale and charges included; a connection
 * that is cut is 0.
 * @param network the network.
 * @param pair 0 .. hidden_count.
 * @param[out] weights [n, m] row-major, n the sending and m the receiving layer's size, of maps
 * a stencil's (loci_spec_pair_shape()).
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (no such pair), LOCI_E_UNSUPPORTED (as
 * loci_network_check_matrix()), LOCI_E_MISMATCH (as loci_network_kept()) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_weights(const loci_network *network, uint32_t pair, float *weights,
                                  loci_error *error);

/**
 * Runs the network.
 * @param network the network.
 * @param pool worker threads, or NULL.
 * @param inputs [count, height*width], finite; in [0, 1] as in training (the stored range is not
 * applied here).
 * @param count number of inputs; 0 allowed.
 * @param[out] logits [count, classes]; of a regressor the numbers it predicts, in units of the
 * data.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (an input that is not finite), LOCI_E_MISMATCH (as
 * loci_network_kept()) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_run(const loci_network *network, loci_pool *pool, const float *inputs,
                              size_t count, float *logits, loci_error *error);

/**
 * What each neuron of a layer does with one input.
 * @param network the network.
 * @param input [height*width], finite; in [0, 1] as in training.
 * @param layer 1 .. hidden_count + 1.
 * @param[out] out [size of the layer]: outputs of ReLU neurons, spikes per time step of hidden
 * spiking neurons (0..1), logits of the output layer.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_activations(const loci_network *network, const float *input,
                                      uint32_t layer, float *out, loci_error *error);

/** What a spiking net did, per inference. Of other nets all 0. */
typedef struct loci_activity {
    /** layers that fire: the hidden ones, and an output read by its spike count */
    uint32_t layers;
    double spike_rate; /**< spikes per neuron and time step, over all layers that fire, 0..1 */
    double layer_rate[LOCI_MAX_PAIRS]; /**< [layers] the same per layer */
    double spikes;                     /**< spikes of all layers that fire */
    /** Additions of one weight: spikes times the neurons they reach, input spikes included. */
    double synaptic_operations;
    /** Multiply-adds of a constant input current: non-zero inputs times first neurons, once. */
    double input_operations;
    /** Multiply-adds of the same net without zeros skipped: all weights, every time step. */
    double dense_operations;
} loci_activity;

/** Where the figures of an energy estimate come from. */
#define LOCI_ENERGY_SOURCE "Horowitz, ISSCC 2014, 45 nm"

/** An energy estimate for one inference. */
typedef struct loci_energy {
    /** joule: synaptic operations as additions, input operations as multiply-adds */
    double spiking;
    /** Joule: a conventional net of the same weights, evaluated once with multiply-adds. */
    double dense;
} loci_energy;

/**
 * Estimates energy from published figures per operation: 0.9 pJ for a 32-bit float addition, 4.6 pJ
 * for a multiplication and addition, 45 nm, arithmetic only, memory left out (Horowitz,
 * "Computing's energy problem", ISSCC 2014).
 */
LOCI_API void loci_activity_energy(const loci_spec *spec, const loci_activity *activity,
                                   loci_energy *energy);

/** How far off a regressor is, in units of the data; of several outputs the mean over them. NaN
 *  where it was not measured. */
typedef struct loci_regression {
    double r2;   /**< 1 - sum of squared errors / sum of squares about the mean; <= 1 */
    double mae;  /**< mean of |error| */
    double rmse; /**< root of the mean of squared errors */
} loci_regression;

/** How a network does on one part of a data set. */
typedef struct loci_evaluation {
    size_t count;               /**< samples */
    size_t correct;             /**< of them classified correctly; of a regressor 0 */
    double accuracy;            /**< correct / count, 0..1; of a regressor -1 */
    loci_regression regression; /**< of a regressor; of a classifier all NaN */
    /** Mean cross-entropy in nats; of a regressor the mean of squared errors, in units of the
     * targets' variance over the training part. */
    double loss;
    loci_activity activity; /**< of spiking nets, mean over the samples */
    /** [classes, classes], row = true class, column = predicted; NULL unless asked for. */
    size_t *confusion;
    int32_t *prediction; /**< [count]; NULL unless asked for */
    float *confidence;   /**< [count], softmax of the predicted class; NULL unless asked for */
    /** [count, classes] what a regressor predicts, in units of the data; NULL unless asked for. Of
     * a regressor the three arrays before are NULL. */
    float *values;
    loci_regression *outputs; /**< [classes] each output of a regressor by itself; likewise */
} loci_evaluation;

/**
 * Copies a sample of a data set as a network takes it: raw values are scaled by the network's own
 * stored range, whatever range the data set has; without one they are used as they are, 8-bit
 * values as value / 255.
 * @param network the network.
 * @param data the data; its size must fit.
 * @param split which part.
 * @param i number of the sample.
 * @param[out] out [height*width], what loci_network_run() and loci_prepared_run() take.
 * @return LOCI_OK, LOCI_E_MISMATCH (the size), or LOCI_E_ARGUMENT when i is out of range.
 */
LOCI_API int loci_network_sample(const loci_network *network, const loci_dataset *data,
                                 enum loci_split split, size_t i, float *out);

/**
 * Brings samples to what a network takes, as loci_network_sample() does, from arrays: raw values
 * are scaled by the network's own stored range; without one numbers are used as they are, bytes as
 * value / 255. Give either values or bytes.
 * @param network the network.
 * @param values [count, pixels], as a file would hold them, or NULL.
 * @param bytes likewise, 8-bit samples, or NULL.
 * @param count samples; 0 allowed.
 * @param[out] out [count, pixels], what loci_network_run() takes. NULL = only look whether values
 * need to be scaled, and where they lie.
 * @return 0 where out holds (or, of values without a stored range, values are already) what the
 * network takes; 1 likewise, but values lie outside of 0 to 1 and there is no stored range; 2 where
 * out is NULL and there is something to scale.
 */
LOCI_API int loci_network_inputs(const loci_network *network, const float *values,
                                 const uint8_t *bytes, size_t count, float *out);

/**
 * Evaluates a network. Samples are scaled as loci_network_sample() does.
 * @param network the network.
 * @param data the data; its size and classes must fit.
 * @param split which part.
 * @param pool worker threads, or NULL.
 * @param details non-zero: fill the arrays of out; free them with loci_evaluation_clear().
 * @param[out] out the result.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_MISMATCH, LOCI_E_ARGUMENT (that part is empty, or has no answers),
 * LOCI_E_DIVERGED or LOCI_E_MEMORY.
 */
LOCI_API int loci_evaluate(const loci_network *network, const loci_dataset *data,
                           enum loci_split split, loci_pool *pool, int details,
                           loci_evaluation *out, loci_error *error);

/** Frees the arrays and zeroes the struct. */
LOCI_API void loci_evaluation_clear(loci_evaluation *evaluation);

/**
 * Writes a model file (safetensors; docs/format.md), all or nothing: temporary file, fsync, rename.
 * @return LOCI_OK, LOCI_E_DIVERGED (a parameter is not finite: no such file could be read back),
 * LOCI_E_UNSUPPORTED (it rounds weights that it does not have: likewise), LOCI_E_IO or
 * LOCI_E_MEMORY.
 */
LOCI_API int loci_network_save(const loci_network *network, const char *path, loci_error *error);

/**
 * The bytes that loci_network_save() would write, in memory.
 * @param network the network.
 * @param[out] bytes receives them; the caller frees them with free(). Untouched on failure.
 * @param[out] size how many.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_DIVERGED, LOCI_E_UNSUPPORTED or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_store(const loci_network *network, void **bytes, size_t *size,
                                loci_error *error);

/**
 * Reads a network from the bytes of a model file; as loci_network_load().
 * @param[out] out as in loci_network_create().
 * @param bytes [size] what such a file holds; only read.
 * @param size how many.
 * @param name what errors call it.
 * @param error filled on failure, may be NULL.
 */
LOCI_API int loci_network_restore(loci_network **out, const void *bytes, size_t size,
                                  const char *name, loci_error *error);

/**
 * Reads a model file. Everything it claims is checked before memory is set aside for it.
 * @param[out] out as in loci_network_create().
 * @param path a file, or a run folder (its model.safetensors).
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT, LOCI_E_UNSUPPORTED (a newer format)
 * or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_load(loci_network **out, const char *path, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
