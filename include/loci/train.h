/**
 * @file train.h
 * @brief Training: options, presets, and the configuration of a run.
 */
#ifndef LOCI_TRAIN_H
#define LOCI_TRAIN_H

#include <loci/prune.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the learning rate goes over a run. */
enum loci_schedule {
    LOCI_SCHEDULE_CONSTANT = 0, /**< stays */
    LOCI_SCHEDULE_COSINE = 1,   /**< falls to 0 along half a cosine */
    LOCI_SCHEDULE_LINEAR = 2,   /**< falls to 0 along a line */
    /** Stays for three quarters of the steps, then falls to 0 along half a cosine. */
    LOCI_SCHEDULE_FLAT_COSINE = 3
};

/** What training makes small. */
enum loci_loss_kind {
    LOCI_LOSS_AUTO = 0,          /**< cross-entropy of a classifier, squared of a regressor */
    LOCI_LOSS_CROSS_ENTROPY = 1, /**< -log softmax at the label, nats */
    /** Mean over the outputs of the square of what they are off by, in units of each target's
     * standard deviation over the training part. */
    LOCI_LOSS_SQUARED = 2,
    /** Likewise of d^2/2 where they are off by |d| <= 1, beyond that |d| - 1/2 (Huber 1964). */
    LOCI_LOSS_HUBER = 3
};

/** How much a sample of a class counts in the loss. */
enum loci_class_weight {
    LOCI_CLASS_WEIGHT_NONE = 0,    /**< as much as any other */
    LOCI_CLASS_WEIGHT_BALANCED = 1 /**< all classes together as much: as 1 / samples of its class */
};

/** When a run prunes. */
enum loci_prune_when {
    LOCI_PRUNE_NEVER = 0,
    LOCI_PRUNE_AFTER = 1, /**< once, when training is over */
    /** In every step, from the first: the cut is found anew, so what is kept may change as
     * positions move (the paper's way). */
    LOCI_PRUNE_DURING = 2,
    /** Likewise, but the sparsity rises over the ramp along a cubic (Zhu and Gupta 2017, arXiv
     * 1710.01878). */
    LOCI_PRUNE_GRADUAL = 3
};

/** How many bits training rounds to. */
enum loci_quantise {
    LOCI_QUANTISE_NO = 0,
    LOCI_QUANTISE_8 = 1,      /**< 8 bits */
    LOCI_QUANTISE_4 = 2,      /**< 4 bits */
    LOCI_QUANTISE_2 = 3,      /**< 2 bits */
    LOCI_QUANTISE_TERNARY = 4 /**< of weights: -1, 0 and 1 of a unit, which is 2 bits of them */
};

/** What training rounds. */
enum loci_quantise_what {
    LOCI_QUANTISE_AUTO =
        0, /**< weights of a conventional net, and in three values; else positions */
    LOCI_QUANTISE_POSITIONS = 1, /**< positions and charges */
    LOCI_QUANTISE_WEIGHTS = 2    /**< what follows from these, or stencils; or weights themselves */
};

/** Whether and how far a run prunes. */
typedef struct loci_prune_plan {
    double sparsity; /**< share of the connections that goes, 0..1, 1 excluded. Default 0 */
    int when;        /**< enum loci_prune_when. Default never */
    /** enum loci_prune_by, but set; of a conventional net always weight. Default distance. */
    int by;
} loci_prune_plan;

/** Training options. A plain value; fill with loci_train_options_defaults() first. */
typedef struct loci_train_options {
    /** Passes over the training data, 0..100000; 0 = none: what the run starts from is pruned,
     * measured and saved. Default 20. */
    uint32_t epochs;
    /** Samples a step, 1..65536; the last one of an epoch may be smaller. Default 128. */
    uint32_t batch;
    /** Parts of a step, 1..1024, as in loci_trainer_share(): so many processes, or a divisor of it,
     * can share a step out without changing a byte. Default 1. */
    uint32_t shards;
    double lr;           /**< Adam's step size, > 0. Default 0.01 */
    double lr_positions; /**< factor on lr for positions, 0..1000; 0 = they stay. Default 1 */
    double lr_charges;   /**< likewise for charges. Default 1 */
    int schedule;        /**< enum loci_schedule. Default cosine */
    uint32_t warmup;     /**< steps over which the rate rises linearly from 0. Default 0 */
    uint32_t shift; /**< each image is moved by up to so many pixels either way, 0..8. Default 0 */
    double rotate;  /**< turned about its centre by up to so many degrees, 0..180. Default 0 */
    /** Made larger or smaller, each axis by itself, by up to this share, 0..0.9. Default 0. */
    double zoom;
    double shear; /**< slanted by up to so many columns a row, 0..2. Default 0 */
    /** Bent: the nodes of a 5 x 5 grid are pulled by up to so many pixels either way, 0..16.
     * Default 0. */
    double elastic;
    int flip; /**< 1: every other image, at random, is mirrored left for right; 0: none. Default 0
               */
    uint32_t time_shift; /**< events of a sample come up to so many steps earlier or later, 0..999;
                          * what leaves the sample is lost. Default 0 */
    uint32_t channel_shift; /**< they move by up to so many channels, 0..65535. Default 0 */
    double time_stretch; /**< they last longer or shorter by up to this share, 0..0.9. Default 0 */
    double drop;         /**< share of the events that are left out at random, 0..0.9. Default 0 */
    int loss;            /**< enum loci_loss_kind. Default auto */
    /** enum loci_class_weight, of a classifier; times the weights that the data have. Weights are
     * brought to a mean of 1 over the samples trained on. Default none. */
    int class_weight;
    uint32_t validation; /**< training samples held out (the same for every seed). Default 0 */
    /** Stop after so many epochs without a better validation accuracy and keep the best; 0 =
     * never. Default 0. */
    uint32_t patience;
    /** Keep the mean of the parameters over all steps of so many last epochs, at most `epochs`, not
     * together with patience; 0 = those of the last step. Metrics of these epochs are of the mean
     * so far. Default 0. */
    uint32_t average;
    /** Measure the test part every so many epochs; 0 = at the end only. Default 1. */
    uint32_t test_every;
    loci_prune_plan prune; /**< what a run prunes. Default nothing */
    int prune_scope;       /**< enum loci_prune_scope. Default layer */
    /** 0 or 1: once the sparsity is reached, the set of kept connections stays as it is; without
     * pruning, that of the model the run starts from. Default 0. */
    int freeze_mask;
    double prune_ramp; /**< share of the steps that a gradual pruning takes, 0..1. Default 0.5 */
    /** enum loci_quantise: positions and charges, or weights, act rounded to so many bits, as
     * exported C has them; gradients go straight through. The scales are chosen once, on samples
     * trained on, and kept: loci_export_create() takes the very same. Default no. */
    int quantise;
    int quantise_what; /**< enum loci_quantise_what. Default auto */
    /** Of charges, enum loci_quantise, where they have other bits than positions; 0 = as these.
     * Default 0. */
    int quantise_charges;
    /** Share of the steps that are done before the scales are chosen, 0..1; -1 = a tenth, and
     * none in a run that starts from a model (loci_config's init). Default -1. */
    double quantise_start;
    /** Of a run with a teacher, the share of the loss that its class probabilities have in place
     * of the labels, 0..1 (Hinton et al. 2015, arXiv 1503.02531). Default 0.7. */
    double distillation;
    /** Of such a run: both nets' logits are divided by it before they are compared, 0.01..1000.
     * Default 2. */
    double temperature;
} loci_train_options;

/** Sets every field to its default. */
LOCI_API void loci_train_options_defaults(loci_train_options *options);
/** The training options that can be set by name. Static storage. @param[out] count their number. */
LOCI_API const loci_field *loci_train_fields(size_t *count);
/** As loci_spec_set(). */
LOCI_API int loci_train_set(loci_train_options *options, const char *name, const char *text,
                            loci_error *error);
/** As loci_spec_get(). */
LOCI_API int loci_train_get(const loci_train_options *options, const char *name, char *text,
                            size_t size);

/**
 * Looks a preset up.
 * @param name e.g. "paper-mlp", "dense-mlp-14", "arbor-mlp-10k".
 * @param[out] spec its network, for 28x28 images of 10 classes until the data say otherwise.
 * @param[out] train its training options.
 * @param error filled on failure, may be NULL; suggests the nearest name.
 * @return LOCI_OK or LOCI_E_NOT_FOUND.
 */
LOCI_API int loci_preset(const char *name, loci_spec *spec, loci_train_options *train,
                         loci_error *error);
/** Name of preset i ("dense-mlp-H" stands for a family); NULL past the end. Static storage. */
LOCI_API const char *loci_preset_name(size_t i);
/** One line about preset i; NULL past the end. Static storage. */
LOCI_API const char *loci_preset_summary(size_t i);

/** The most models that a run learns from. */
enum { LOCI_MOST_TEACHERS = 16 };

/** Everything that decides a run's result, apart from the data itself. config.json holds it. */
typedef struct loci_config {
    char preset[64];            /**< the preset's name, or "" */
    char data[1024];            /**< the data set as the user named it */
    char data_dir[1024];        /**< --data-dir, or "" */
    char label_column[256];     /**< CSV, or "" */
    char target_columns[1024];  /**< CSV: what is to be predicted, as in loci_data_options, or "" */
    char weight_column[256];    /**< CSV, or "" */
    char test_file[1024];       /**< CSV, or "" */
    char colour[8];             /**< what becomes of colour, as in loci_data_options, or "" */
    char image_size[24];        /**< of pictures in a folder, likewise, or "" */
    char bias_input[4];         /**< of yin-yang: "yes", or "" */
    char duration[32];          /**< of recordings: the seconds that are covered, or "" */
    char group_channels[16];    /**< of temporal data: channels that become one, or "" */
    char separator[16];         /**< CSV, as in loci_data_options, or "". So are the next three */
    char columns[2048];         /**< to learn from */
    char without[2048];         /**< to leave out */
    char one_hot[2048];         /**< whose values are names */
    char header[4];             /**< CSV: "yes", "no", or "" */
    char missing[8];            /**< CSV: "mean", "drop", or "" */
    char pixels[4];             /**< CSV: "yes", or "" */
    char validation_group[256]; /**< CSV: "COLUMN:N" holds out N whole groups, or "" */
    char group_column[256];     /**< COLUMN of it, which loci_config_data() fills in */
    /** "second" where the data are read otherwise than by version 0.1, "" where they are not, or a
     * run of 0.1 is gone on with; loci_run_train() notes it. Default "second". */
    char reading[8];
    char init[1024]; /**< model whose parameters the run starts from, or "" */
    /** models whose mean of class probabilities is learnt from, one a line, or "" */
    char teacher[4096];
    /** The folder that relative paths above are meant from, as seen from the run folder; "" =
     * the current one. loci_run_train() notes it. */
    char origin[1024];
    /** Of the training part, as loci_dataset_fingerprint(). This and the next three are noted by
     * loci_run_train(); "" = not known. */
    char train_fingerprint[LOCI_FINGERPRINT];
    char test_fingerprint[LOCI_FINGERPRINT]; /**< of the test part; "" with no_test */
    char init_fingerprint[LOCI_FINGERPRINT]; /**< of the file of the model to start from */
    /** of the files of the models to learn from, separated by commas */
    char teacher_fingerprint[LOCI_MOST_TEACHERS * LOCI_FINGERPRINT];
    uint64_t seed;            /**< of start positions, order of samples, augmentation. Default 1 */
    int no_test;              /**< non-zero: the test part is never read. Default 0 */
    int keep_row_numbers;     /**< as in loci_data_options; set in runs of version 0.1. Default 0 */
    loci_spec spec;           /**< the network */
    loci_train_options train; /**< the training */
} loci_config;

/** Sets every field to its default. */
LOCI_API void loci_config_defaults(loci_config *config);
/**
 * Chooses what was not given, from the data: without a preset the network and how it is trained, by
 * rules for tables and for images that docs/guide.md explains; with a model to start from (init)
 * the network is like that one. Of a preset for images, what is for images only falls away on a
 * table (a data set whose samples have one row). What was given stays as it is; where it leaves a
 * choice no use, that choice is not made.
 * @param config what was given is set in it, the rest as loci_config_defaults() or loci_preset()
 * left it; `preset` and `init` count.
 * @param data what it is to be trained on.
 * @param given names of the options of both tables that stay; NULL where given_count is 0.
 * @param given_count how many.
 * @param[out] note one line for a person, what was chosen as it would be typed; "" where nothing
 * was. May be NULL where size is 0.
 * @param size of note, in bytes; 512 are enough.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, or LOCI_E_ARGUMENT (`config` unchanged).
 */
LOCI_API int loci_config_choose(loci_config *config, const loci_dataset *data,
                                const char *const *given, size_t given_count, char *note,
                                size_t size, loci_error *error);
/**
 * Whether an option of the training or the network that somebody gave has something to act on: as
 * loci_spec_use(), of both tables; others that loci_config_set() takes always have. Whether there
 * is a teacher, a model to start from, a test part that is read, the configuration says.
 * @param config with all options set, its network best before loci_spec_resolve().
 * @param name the option.
 * @param error filled on failure, may be NULL; says why there is no use for it, and what to add.
 * @return LOCI_OK, or LOCI_E_ARGUMENT with the option in error->where.
 */
LOCI_API int loci_config_use(const loci_config *config, const char *name, loci_error *error);
/**
 * Options to open a configuration's data with: texts point into it.
 * @param config the configuration, which must outlive them.
 * @param[out] out every field is set.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, or LOCI_E_ARGUMENT (a text that says nothing, named in error->where).
 */
LOCI_API int loci_config_data(loci_config *config, loci_data_options *out, loci_error *error);
/** The options of a configuration that say which data, and how they are read: texts. "header",
 * "missing", "pixels" and "colour" take one of `names`. Static storage. @param[out] count their
 * number. */
LOCI_API const loci_field *loci_data_fields(size_t *count);

/**
 * Sets one option of a configuration from text, of whichever table: of the network
 * (loci_spec_fields()), the training (loci_train_fields()), the data (loci_data_fields()); or
 * "data", "init", "teacher" (a model, or several separated by commas: of a path that is there as a
 * whole commas are a part), "seed", "no-test" ("yes" or "no").
 * @param config unchanged on failure.
 * @param name the option.
 * @param text its value, as on a command line.
 * @param error filled on failure, may be NULL; suggests the nearest name where one was misspelt.
 * @return LOCI_OK or LOCI_E_ARGUMENT.
 */
LOCI_API int loci_config_set(loci_config *config, const char *name, const char *text,
                             loci_error *error);

/** An option as somebody gave it. */
typedef struct loci_given {
    const char *name; /**< as loci_config_set() has it */
    const char *text; /**< its value */
} loci_given;

/**
 * The configuration of a new run, from a preset and options, checked as far as that is possible
 * without the data: each option must have something to act on (loci_config_use()), and the network
 * must be possible. loci_config_choose() goes on once there are data.
 * @param[out] config every field is set.
 * @param preset as loci_preset(); NULL or "" = none.
 * @param given [count] options, in their order; of two with one name the last counts.
 * @param count how many; 0 allowed.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (no such preset) or LOCI_E_ARGUMENT, with the option in
 * error->where.
 */
LOCI_API int loci_config_plan(loci_config *config, const char *preset, const loci_given *given,
                              size_t count, loci_error *error);
/** Writes DIR/config.json, all or nothing. @return LOCI_OK, LOCI_E_ARGUMENT (an option out of
 * range, named in error->where; text that is not UTF-8), LOCI_E_IO or LOCI_E_MEMORY. */
LOCI_API int loci_config_save(const loci_config *config, const char *directory, loci_error *error);
/** Reads DIR/config.json. @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO or LOCI_E_FORMAT. */
LOCI_API int loci_config_load(loci_config *config, const char *directory, loci_error *error);

/**
 * Makes the paths in a configuration hold from the current folder, and origin "": relative ones are
 * looked for where the run was started, then in the current folder.
 * @param config as loci_config_load() gave it.
 * @param directory the run folder it was loaded from.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (data or test_file; it says where they were looked for) or
 * LOCI_E_ARGUMENT (a path too long).
 */
LOCI_API int loci_config_locate(loci_config *config, const char *directory, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
