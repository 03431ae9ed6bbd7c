/**
 * @file spec.h
 * @brief What a network is made of: layers, wiring rule, where positions start.
 *
 * The weight between neuron i with A axon sites (position p, charge c) and neuron j of the next
 * layer with D dendrite sites (position q, charge e), gap g between the layers, softening eps,
 * scale s and law of distance f:
 *
 *     r_iajb = sqrt(|p_ia - q_jb|^2 + g^2 + eps^2)        w_ij = s * sum_ab c_ia e_jb f(r_iajb)
 *
 * The rule of Erb et al. (2025, arXiv 2506.13410) is the special case of f = 1/r, one tied site per
 * neuron, e = 1, s = 1, c = 2 sigmoid(steepness * inhibition) - 1.
 */
#ifndef LOCI_SPEC_H
#define LOCI_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include <loci/option.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most hidden layers a network can have, maps and others together. */
#define LOCI_MAX_HIDDEN 15
/** Neurons that a hidden layer may have. All sites of a network together are at most 2^31. */
#define LOCI_MAX_NEURONS 10000000
/** Most layer pairs: hidden layers + 1. */
#define LOCI_MAX_PAIRS 16

/** What a network is for. */
enum loci_task {
    LOCI_TASK_CLASSIFY = 0, /**< outputs are logits of classes */
    LOCI_TASK_REGRESS = 1   /**< outputs are numbers, in the units of the data */
};

/** What a weight is. */
enum loci_wiring_kind {
    LOCI_WIRING_SPATIAL = 0, /**< it follows from positions */
    LOCI_WIRING_DENSE = 1    /**< it is a stored number: the conventional baseline */
};

/** What a connection between two sites is worth at a distance r; L is the length of the layer
 *  pair. */
enum loci_law {
    LOCI_LAW_INVERSE = 0,        /**< 1/r (the paper) */
    LOCI_LAW_INVERSE_SQUARE = 1, /**< 1/r^2 */
    LOCI_LAW_EXPONENTIAL = 2,    /**< exp(-r/L); needs a gap or a softening above 0 */
    LOCI_LAW_GAUSSIAN = 3        /**< exp(-r^2/2L^2) */
};

/** How far apart two layers are. */
enum loci_planes {
    LOCI_PLANES_FIXED = 0,   /**< the gap is a constant */
    LOCI_PLANES_LEARNED = 1, /**< one trained gap per layer pair; it acts through |g| */
    LOCI_PLANES_RELAXED = 2  /**< no planes: every site trains its last coordinate too, and g = 0 */
};

/** Where the positions of the input layer start, and whether they move. */
enum loci_input {
    LOCI_INPUT_RANDOM = 0, /**< start at random, trained */
    /** Start on the pixel grid (plus noise), trained; the first dendrites spread over the same
     * square. */
    LOCI_INPUT_GRID = 1,
    /** stay on the pixel grid: no parameters, charge 1; needs charged dendrites */
    LOCI_INPUT_SHEET = 2
};

/** How a site's charge follows from its trained number. */
enum loci_sign {
    /** 2 sigmoid(steepness * v) - 1: between -1 (inhibitory) and 1 (excitatory) */
    LOCI_SIGN_MASK = 0,
    LOCI_SIGN_CHARGE = 1 /**< the number itself */
};

/** Whether a hidden neuron's dendrite and axon are one position. */
enum loci_tied {
    LOCI_TIED_NO = 0, /**< separate sites */
    /** one position per neuron, used both ways (the paper); needs one site each */
    LOCI_TIED_YES = 1,
    /** yes when every neuron has one axon and one dendrite site and the input is no sheet */
    LOCI_TIED_AUTO = 2
};

/** The factor s in front of a layer pair's weights. */
enum loci_scale {
    LOCI_SCALE_ONE = 0, /**< s = 1 (the paper) */
    /** One trained log s per pair. It starts at 0.5 / sqrt(n A D); with another law than inverse
     * times what gives weights the spread that inverse would. */
    LOCI_SCALE_TRAINED = 1
};

/** What a hidden neuron does with its current. */
enum loci_neuron {
    LOCI_NEURON_RELU = 0, /**< it does not spike: an activation of I + b, once */
    LOCI_NEURON_LIF = 1,  /**< leaky integrate-and-fire over time steps: see docs/spiking.md */
    LOCI_NEURON_ADLIF =
        2 /**< likewise, with an adaptation current that a neuron brings on itself */
};

/** What a hidden neuron that does not spike makes of u = I + b. */
enum loci_activation {
    LOCI_ACTIVATION_RELU = 0,       /**< max(0, u) */
    LOCI_ACTIVATION_LEAKY_RELU = 1, /**< u, or 0.01 u below 0 */
    LOCI_ACTIVATION_TANH = 2,       /**< tanh(u) */
    LOCI_ACTIVATION_GELU = 3,       /**< u (1 + erf(u / sqrt 2)) / 2 */
    LOCI_ACTIVATION_SINE = 4        /**< sin(u) */
};

/** How a spiking net's input enters over the time steps. */
enum loci_coding {
    LOCI_CODING_CONSTANT = 0, /**< the same current in every step */
    LOCI_CODING_POISSON = 1,  /**< in each step a spike with probability x (seeded) */
    /** One spike, in step 1 + round((1 - x) span (T - 1)); none where x = 0. */
    LOCI_CODING_LATENCY = 2,
    LOCI_CODING_EVENTS = 3 /**< what enters in each step is what the data say of it */
};

/** What a spiking net's logits are. */
enum loci_readout {
    LOCI_READOUT_COUNT = 0,         /**< spikes of LIF output neurons over all steps */
    LOCI_READOUT_MEMBRANE_MEAN = 1, /**< mean over the steps of leaky integrators' membranes */
    LOCI_READOUT_MEMBRANE_MAX = 2,  /**< their largest value */
    LOCI_READOUT_MEMBRANE_LAST = 3, /**< their last value */
    LOCI_READOUT_SOFTMAX_SUM = 4    /**< sum over the steps of the softmax of the membranes */
};

/** How long a connection of a spiking net takes. */
enum loci_delay_kind {
    LOCI_DELAY_NONE = 0, /**< it acts in the step of the spike */
    /** What is r long acts min(r/v, longest) steps later, v the speed of the projection. */
    LOCI_DELAY_DISTANCE = 1
};

/** What stands for the derivative of a spike by x = membrane - threshold, k the slope. */
enum loci_surrogate {
    LOCI_SURROGATE_FAST_SIGMOID = 0, /**< 1 / (1 + k|x|)^2 */
    LOCI_SURROGATE_ARCTANGENT = 1,   /**< 1 / (1 + (pi k x / 2)^2) */
    LOCI_SURROGATE_TRIANGULAR = 2    /**< max(0, 1 - k|x|) */
};

/** What a spike does to the membrane in the next step. */
enum loci_reset {
    LOCI_RESET_SUBTRACT = 0, /**< takes the threshold off */
    LOCI_RESET_ZERO = 1,     /**< sets what is left of the membrane to 0 */
    LOCI_RESET_NONE = 2      /**< nothing */
};

/** Whether a neuron constant is trained. */
enum loci_trained {
    LOCI_TRAINED_NO = 0,    /**< a constant */
    LOCI_TRAINED_LAYER = 1, /**< one number per layer */
    LOCI_TRAINED_NEURON = 2 /**< one number per neuron */
};

/** How the inputs of a table of numbers are scaled, each by the training part. Pixels, and samples
 *  of 8 bits, are used as they are. */
enum loci_input_scaling {
    LOCI_SCALING_RANGE = 0,   /**< to [0, 1] by their range; what lies in there stays as it is */
    LOCI_SCALING_STANDARD = 1 /**< to mean 0 and standard deviation 1 */
};

/** A network's specification. A plain value without padding, so that equal ones are equal bytes;
 *  fill with loci_spec_defaults() first. */
typedef struct loci_spec {
    uint32_t height; /**< input rows, >= 1; set from the data. Default 28 */
    uint32_t width;  /**< input columns, >= 1; set from the data. Default 28 */
    /** Values a pixel, which share its place: 1 grey, 3 red, green and blue; >= 1; set from the
     * data. Default 1 */
    uint32_t channels;
    /** Input neurons, where shrinking left some input values without one; set by
     * loci_network_shrink(). 0 = one per value. Default 0. */
    uint32_t inputs;
    /** Output neurons: classes, 2..65536, or the numbers of a regression, 1..65536; set from the
     * data. Default 10 */
    uint32_t classes;
    /** enum loci_input_scaling; standard is for tables, and for codings that are no spikes. Default
     * range. */
    int input_scaling;
    uint32_t hidden_count;            /**< hidden layers, 0..LOCI_MAX_HIDDEN. Default 1 */
    uint32_t hidden[LOCI_MAX_HIDDEN]; /**< neurons per hidden layer, 1..LOCI_MAX_NEURONS. Default
                                         {256} */
    /** Hidden layers whose neurons stand in maps, before all others. With maps the neurons of each
     * share one arbor (spatial wiring) or one stencil of stored weights (dense), space has `dim` >=
     * 4 with the two coordinates of the image first, and lengths are in pitches of the sending
     * grid. 0..LOCI_MAX_HIDDEN - hidden_count. Default 0 */
    uint32_t maps_count;
    uint32_t maps[LOCI_MAX_HIDDEN]; /**< maps of each of these layers, 1..4096. Default {0} */
    /** Places that an arbor of maps reaches, along one side: odd, 1..31, per layer of maps; 0 = as
     * the one before. Default {5} */
    uint32_t window[LOCI_MAX_PAIRS];
    /** Of so many places along each side the largest current is what arrives, 1..8, per layer of
     * maps; 0 = as the one before. Default {2} */
    uint32_t pool[LOCI_MAX_PAIRS];
    /** Arbors stand over every so many-th place, 1..8, per layer of maps; 0 = as the one before.
     * Default {1} */
    uint32_t stride[LOCI_MAX_PAIRS];
    int wiring;   /**< enum loci_wiring_kind. Default spatial */
    uint32_t dim; /**< dimensions of space, 2..64, the plane axis counted. Default 3 */
    int planes;   /**< enum loci_planes. Default fixed */
    int input;    /**< enum loci_input. Default random */
    int sign;     /**< enum loci_sign. Default charge */
    int tied;     /**< enum loci_tied; yes or no once resolved. Default auto */
    int scale;    /**< enum loci_scale. Default trained */
    int law;      /**< enum loci_law. Default inverse */
    /** enum loci_trained, no or layer: what is trained is log L. Default no. */
    int train_length;
    /** enum loci_trained, no or layer; the trained number acts through |R|. Default no. */
    int train_range;
    /** A per layer pair, 1..64; 0 = as the pair before. Default {1}. */
    uint32_t axon_sites[LOCI_MAX_PAIRS];
    /** D per layer pair, 1..64; 0 = as the pair before. Default {1}. */
    uint32_t dendrite_sites[LOCI_MAX_PAIRS];
    /** The gap, or where it starts, per pair, > 0; 0 = as the pair before. Default {0.1}. */
    double gap[LOCI_MAX_PAIRS];
    /** R: sites further apart do not meet, and max(f(r) - f(R), 0) stands in place of f(r); > 0,
     * -1 = unlimited, 0 = as the pair before. R itself, or where a trained one starts.
     * Default {-1} */
    double range[LOCI_MAX_PAIRS];
    /** L of a law that has a length, or where a trained one starts, per pair; > 0, -1 = the spread,
     * 0 = as the pair before. Of other laws all -1. Default {-1}. */
    double length[LOCI_MAX_PAIRS];
    double softening;    /**< eps, >= 0; -1 = 0 for planes, 0.01 for relaxed. Default -1 */
    double steepness;    /**< of the inhibition mask, > 0. Default 5 */
    double logit_scale;  /**< a constant factor on the logits, > 0. Default 1 */
    double spread;       /**< standard deviation of random start positions, > 0. Default 1 */
    double extent;       /**< half the side of the square the pixel grid fills, > 0. Default 2 */
    double noise;        /**< standard deviation of the noise on a grid start, >= 0. Default 0.02 */
    int neuron;          /**< enum loci_neuron. Default relu */
    int activation;      /**< enum loci_activation, where neurons do not spike. Default relu */
    int task;            /**< enum loci_task; set from the data. Default classify */
    uint32_t time_steps; /**< T, 1..1000. Default 25 */
    int coding;          /**< enum loci_coding. Default constant */
    int readout;         /**< enum loci_readout. Default membrane-mean */
    int surrogate;       /**< enum loci_surrogate. Default arctangent */
    int reset;           /**< enum loci_reset. Default subtract */
    int train_beta; /**< enum loci_trained; the trained number acts clamped to 0..1. Default no */
    int train_threshold; /**< enum loci_trained. Default no */
    int delay;           /**< enum loci_delay_kind. Default none */
    int train_speed; /**< enum loci_trained, no or layer: what is trained is log v. Default no */
    /** Of delays, in steps, 1..1000; a spike that would come later comes then. Default 25 */
    uint32_t longest_delay;
    /** 0 or 1: each hidden layer is wired to itself, too, no neuron to itself; what it sends itself
     * acts one step later at the earliest. Default 0 */
    int recurrent;
    /** Of adaptive neurons: enum loci_trained of their three constants. Default no */
    int train_adaptation;
    int padding; /**< 0 */
    /** v per layer pair, units per step, > 0; 0 = as the pair before. v, or where a trained one
     * starts; of a layer that is wired to itself that of the pair that leads to it. Default {0.25}
     */
    double speed[LOCI_MAX_PAIRS];
    double recurrent_gap; /**< the gap of layers to themselves, > 0. Default 0.1 */
    double latency_span;  /**< of latency coding, share of the steps, above 0 to 1. Default 1 */
    /** Of adaptive neurons, A[t] = decay A[t-1] + membrane U[t-1] + spike S[t-1], which is taken
     * off the current: the share of A that is kept, 0..1. Default 0.97 */
    double adaptation_decay;
    double adaptation_membrane; /**< likewise, -1..1. Default 0 */
    double adaptation_spike;    /**< likewise, -10..10. Default 0.5 */
    double slope;               /**< k of the surrogate, > 0. Default 2 */
    double beta;                /**< decay of the membrane per step, 0..1. Default 0.95 */
    double threshold;           /**< theta, > 0. Default 1 */
} loci_spec;

/** Sets every field to its default. */
LOCI_API void loci_spec_defaults(loci_spec *spec);

/**
 * Checks a specification and replaces what means "automatic" or "as before" by its value.
 * Idempotent.
 * @return LOCI_OK or LOCI_E_ARGUMENT with the offending option in error->where.
 */
LOCI_API int loci_spec_resolve(loci_spec *spec, loci_error *error);

/** Trained scalars of a network, by kind. */
typedef struct loci_parameter_counts {
    size_t positions;   /**< coordinates of sites */
    size_t charges;     /**< charges or inhibitions */
    size_t gaps;        /**< learned distances between layers */
    size_t scales;      /**< log s */
    size_t biases;      /**< of hidden and output neurons */
    size_t weights;     /**< of a conventional net */
    size_t betas;       /**< trained membrane decays */
    size_t thresholds;  /**< trained thresholds */
    size_t ranges;      /**< trained ranges */
    size_t lengths;     /**< log of trained lengths of the law */
    size_t speeds;      /**< log of trained speeds */
    size_t adaptations; /**< trained constants of adaptive neurons */
    size_t total;       /**< all of these */
} loci_parameter_counts;

/** Counts the trained scalars of a resolved specification. */
LOCI_API void loci_spec_count(const loci_spec *spec, loci_parameter_counts *counts);

/** Weights of a conventional net of this size: neuron pairs of neighbouring layers, of maps the
 * entries of a stencil. */
LOCI_API size_t loci_spec_connections(const loci_spec *spec);

/** Multiply-adds of one sample across a layer pair, nothing skipped: its connections; of maps the
 * entries of a stencil at each place, less what lies beyond the edge. Places that pooling drops do
 * not count. */
LOCI_API double loci_spec_pair_operations(const loci_spec *spec, uint32_t pair);

/** Input values of a sample: height * width * channels, row by row, the channels of a pixel side by
 * side. */
LOCI_API size_t loci_spec_pixels(const loci_spec *spec);

/** Numbers that a network takes of a sample: loci_spec_pixels(), or, where what enters in each time
 * step is given (coding events), [time_steps, pixels]. */
LOCI_API size_t loci_spec_inputs(const loci_spec *spec);

/** Whether neurons spike, over time steps: 1 or 0. */
LOCI_API int loci_spec_spikes(const loci_spec *spec);

/** Hidden layers, maps and others. */
LOCI_API uint32_t loci_spec_hidden_layers(const loci_spec *spec);

/** Neurons in layer l, 0 = input .. loci_spec_hidden_layers() + 1 = output; 0 past the end. */
LOCI_API size_t loci_spec_layer_size(const loci_spec *spec, uint32_t l);

/** Maps of a layer: groups of neurons, one at every place of a grid. */
typedef struct loci_maps {
    uint32_t count;  /**< maps; of an image its channels */
    uint32_t height; /**< rows of the grid, pooled */
    uint32_t width;  /**< columns */
} loci_maps;

/** The maps of layer l of a resolved specification. Its neurons are in order of places, row by row,
 * the maps of a place side by side.
 * @param spec the specification.
 * @param l a layer; 0, the image, has maps where the next layer has.
 * @param[out] maps may be NULL; all 0 where the layer has none.
 * @return 1 where it has maps, else 0. */
LOCI_API int loci_spec_maps(const loci_spec *spec, uint32_t l, loci_maps *maps);

/** Rows and columns of the weights of a layer pair: neurons of both layers; of a pair that leads to
 * maps the entries of one stencil, [window, window, sending maps] by receiving maps.
 * @param spec a resolved specification.
 * @param pair 0 .. loci_spec_hidden_layers().
 * @param[out] n rows.
 * @param[out] m columns. */
LOCI_API void loci_spec_pair_shape(const loci_spec *spec, uint32_t pair, size_t *n, size_t *m);

/** Where a pixel lies on the grid that inputs start or stay on: the grid lies around 0, its longer
 * side from -extent to extent. The channels of a pixel share its place.
 * @param spec the specification.
 * @param pixel 0 .. loci_spec_pixels() - 1, an input value.
 * @param coordinate 0 runs along a row, 1 along a column.
 * @return the coordinate; 0 from coordinate 2 on. */
LOCI_API double loci_spec_pixel_place(const loci_spec *spec, size_t pixel, size_t coordinate);

/** Whether the neurons of layer l fire, 1 or 0: hidden layers of a spiking net do, and its output
 * where its spikes are counted. */
LOCI_API int loci_spec_fires(const loci_spec *spec, uint32_t l);

/** The options of a specification. Static storage. @param[out] count their number. */
LOCI_API const loci_field *loci_spec_fields(size_t *count);

/**
 * Sets one option from text, as given on a command line.
 * @param spec the specification.
 * @param name a field's name.
 * @param text its value, e.g. "1,8" or "learned".
 * @param error filled on failure, may be NULL; suggests the nearest name where one was misspelt.
 * @return LOCI_OK or LOCI_E_ARGUMENT.
 */
LOCI_API int loci_spec_set(loci_spec *spec, const char *name, const char *text, loci_error *error);

/**
 * The value of one option as text that loci_spec_set() would take.
 * @return LOCI_OK, or LOCI_E_ARGUMENT for an unknown name or when size is too small.
 */
LOCI_API int loci_spec_get(const loci_spec *spec, const char *name, char *text, size_t size);

/**
 * Whether an option that somebody gave has something to act on. A network forgets what it has no
 * use for, so a specification may hold anything; but who asks for it by name is mistaken. What asks
 * for nothing passes: "no", -1 where that is automatic, 0 of a whole number.
 * @param spec the specification with all options set, best before loci_spec_resolve(): that forgets
 * what they were.
 * @param name the option.
 * @param error filled on failure, may be NULL; says why there is no use for it, and what to add.
 * @return LOCI_OK, or LOCI_E_ARGUMENT with the option in error->where.
 */
LOCI_API int loci_spec_use(const loci_spec *spec, const char *name, loci_error *error);

/**
 * All options as one JSON object, '_' for '-' in their names: numbers, lists of numbers, names,
 * true or false.
 * @return the text; the caller frees it with free(). NULL when memory is short, or a value is out
 * of range.
 */
LOCI_API char *loci_spec_json(const loci_spec *spec);

/**
 * In what two networks differ for parameters that go from one to the other. Options that only say
 * how a network starts or learns do not count, nor do those that one of them has no use for: the
 * gap where it is trained, spiking options where only one of them spikes.
 * @param from resolved specification of the network that the parameters are of.
 * @param to resolved specification of the one they go to.
 * @param i which difference, counted from 0.
 * @return the option, whose values loci_spec_get() tells; NULL past the last one. Static storage.
 */
LOCI_API const loci_field *loci_spec_difference(const loci_spec *from, const loci_spec *to,
                                                size_t i);

#ifdef __cplusplus
}
#endif
#endif
