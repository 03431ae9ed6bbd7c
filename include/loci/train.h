/**
 * @file train.h
 * @brief Training: options, presets, the trainer, and runs that survive interruption.
 */
#ifndef LOCI_TRAIN_H
#define LOCI_TRAIN_H

#include <signal.h>

#include <loci/prune.h>
#include <loci/team.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the learning rate goes over a run. */
enum loci_schedule {
    LOCI_SCHEDULE_CONSTANT = 0, /**< stays */
    LOCI_SCHEDULE_COSINE = 1    /**< falls to 0 along half a cosine */
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
    /** Measure the test part every so many epochs; 0 = at the end only. Default 1. */
    uint32_t test_every;
    loci_prune_plan prune; /**< what a run prunes. Default nothing */
    int prune_scope;       /**< enum loci_prune_scope. Default layer */
    /** 0 or 1: once the sparsity is reached, the set of kept connections stays as it is; without
     * pruning, that of the model the run starts from. Default 0. */
    int freeze_mask;
    double prune_ramp; /**< share of the steps that a gradual pruning takes, 0..1. Default 0.5 */
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
    char init[1024];    /**< model whose parameters the run starts from, or "" */
    char teacher[1024]; /**< model whose class probabilities are learnt from, or "" */
    /** The folder that relative paths above are meant from, as seen from the run folder; "" =
     * the current one. loci_run_train() notes it. */
    char origin[1024];
    /** Of the training part, as loci_dataset_fingerprint(). This and the next three are noted by
     * loci_run_train(); "" = not known. */
    char train_fingerprint[LOCI_FINGERPRINT];
    char test_fingerprint[LOCI_FINGERPRINT];    /**< of the test part; "" with no_test */
    char init_fingerprint[LOCI_FINGERPRINT];    /**< of the file of the model to start from */
    char teacher_fingerprint[LOCI_FINGERPRINT]; /**< of the file of the model to learn from */
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
 * "data", "init", "teacher", "seed", "no-test" ("yes" or "no").
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

/** One line of metrics.jsonl. An accuracy that was not measured is -1, a regressor's NaN. */
typedef struct loci_metrics {
    int task;             /**< enum loci_task: which of the following count */
    uint32_t epoch;       /**< 1-based */
    double learning_rate; /**< of the epoch's last step */
    /** Mean over the epoch of what is made small, weights included: with the labels in nats, with
     * targets in units of their deviation. */
    double train_loss;
    double train_accuracy;      /**< over the epoch, while the network was changing, 0..1 */
    double validation_accuracy; /**< 0..1, or -1 */
    double test_accuracy;       /**< 0..1, or -1 */
    loci_regression validation; /**< of a regressor, on the samples held out */
    loci_regression test;       /**< of a regressor, on the test part */
    double seconds;             /**< of training in this epoch, evaluation left out */
} loci_metrics;

/** What a finished run, or an evaluation, reports (summary.json). */
typedef struct loci_summary {
    char preset[64];            /**< or "" */
    char dataset[64];           /**< the data set's name */
    uint64_t seed;              /**< of the run */
    uint32_t epochs;            /**< run */
    int threads;                /**< used */
    int task;                   /**< enum loci_task: which of the following count */
    double test_accuracy;       /**< 0..1, or -1 when not measured */
    double validation_accuracy; /**< 0..1, or -1 */
    loci_regression test;       /**< of a regressor; NaN when not measured */
    loci_regression validation; /**< likewise */
    double train_loss;          /**< of the last epoch, as in loci_metrics */
    size_t parameters;          /**< trained scalars */
    size_t connections;         /**< neuron pairs of the unpruned net */
    size_t connections_kept;    /**< of them in use */
    double sparsity;            /**< 1 - kept / connections */
    double seconds_total;       /**< everything */
    double seconds_per_epoch;   /**< training only */
    uint32_t time_steps;        /**< of a spiking net; 0: it is none, and what follows is 0 */
    /** Per inference at the end, on the test part, else the held-out samples, else those trained
     * on. */
    loci_activity activity;
    loci_energy energy; /**< estimated from it */
} loci_summary;

/** Where a run is, reported several times a second and at the end of each epoch. */
typedef struct loci_progress {
    uint32_t epoch;               /**< under way, 1-based */
    uint32_t epochs;              /**< planned */
    size_t samples_done;          /**< in this epoch */
    size_t samples;               /**< of an epoch */
    double seconds;               /**< since the start of this process's part of the run */
    double samples_per_second;    /**< so far */
    double seconds_left;          /**< estimate; -1 while unknown */
    double loss;                  /**< mean over this epoch so far */
    const loci_metrics *finished; /**< set when an epoch has just ended, else NULL */
    /** As the last step left it; borrowed until the callback returns. */
    const loci_network *network;
} loci_progress;

/** Called with the progress; must not block for long. */
typedef void loci_progress_callback(void *user, const loci_progress *progress);

/** Called with one line that a person should know of, without a line feed; borrowed. */
typedef void loci_note_callback(void *user, const char *text);

/** Called when a run begins, or goes on. */
typedef void loci_begin_callback(void *user);

/** How to run. Fill with loci_run_options_defaults() first. */
typedef struct loci_run_options {
    int resume; /**< go on where DIR's checkpoint stands, or start if there is none. Default 0 */
    int force;  /**< start anew, replacing a run that is there. Default 0 */
    /** several processes share runs out, with resume: a folder in which another one is at work is
     * no mistake, but LOCI_E_BUSY, and is taken over from a process that stands still. Default 0 */
    int share;
    /** becomes non-zero: save and return LOCI_E_INTERRUPTED. Default NULL */
    const volatile sig_atomic_t *stop;
    /** told once, when the folder is this process's and nothing is in the way of training. Default
     * NULL */
    loci_begin_callback *begin;
    loci_progress_callback *progress; /**< Default NULL */
    /** told what is no mistake, but may not be what was meant: in what the model to start from
     * differs, that nothing is learnt. Default NULL */
    loci_note_callback *note;
    void *user; /**< passed to begin, progress and note. Default NULL */
    /** This process is one of several that train the run together. Number 0 alone reads and writes
     * the run folder, reads the model to start from, and calls progress and note; `stop` may be
     * raised in any. They end with the same status, and the error of the first that failed.
     * Borrowed. Default NULL: it is alone */
    const loci_team *team;
} loci_run_options;

/** Sets every field to its default. */
LOCI_API void loci_run_options_defaults(loci_run_options *options);

/**
 * The result of a run that is complete: nothing is left to do when it is resumed. Neither its data
 * nor any other model is needed, nor may the folder be written to.
 * @param[out] summary what came out; untouched unless LOCI_OK is returned.
 * @param directory the run folder.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (there is none, or it is not complete), LOCI_E_FORMAT (its
 * summary is damaged) or LOCI_E_IO (another process is training in the folder, too).
 */
LOCI_API int loci_run_result(loci_summary *summary, const char *directory, loci_error *error);

/**
 * Why a run ended without a result, where trying again would end the same way: its loss was not
 * finite. Forgotten once the run is gone on with.
 * @param[out] why the error it ended with; untouched unless LOCI_OK is returned.
 * @param directory the run folder.
 * @return LOCI_OK, or LOCI_E_NOT_FOUND: it did not.
 */
LOCI_API int loci_run_failure(loci_error *why, const char *directory);

/**
 * Whether another process is at work in a run folder. One that was killed is not; nor is one on
 * another machine, or one that stands still, of which the folder has shown no sign for a minute.
 * @param directory the run folder; one that is not there is nobody's.
 * @param error filled on failure, may be NULL: which process it is.
 * @return LOCI_OK: nobody; LOCI_E_BUSY or LOCI_E_IO.
 */
LOCI_API int loci_run_busy(const char *directory, loci_error *error);

/** A run folder that this process alone works in, for what is done with a run but to train it. */
typedef struct loci_run_hold loci_run_hold;

/**
 * Takes a run folder, from a process that is gone if need be.
 * @param[out] out free with loci_run_hold_free(); untouched on failure.
 * @param directory the run folder; made if absent.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_BUSY (another process is at work there), LOCI_E_IO, LOCI_E_ARGUMENT,
 * LOCI_E_UNSUPPORTED (no thread is left to hold it) or LOCI_E_MEMORY.
 */
LOCI_API int loci_run_hold_take(loci_run_hold **out, const char *directory, loci_error *error);
/** Lets it go. @param hold may be NULL. */
LOCI_API void loci_run_hold_free(loci_run_hold *hold);

/** What a run will need, estimated before it starts. */
typedef struct loci_estimate {
    double bytes;      /**< of memory, data included */
    double operations; /**< multiply-adds of all epochs, products and site pairs together */
    double seconds;    /**< from timing a few batches on this machine; -1 if not measured */
} loci_estimate;

/**
 * Estimates a run's time and memory by training a few batches of a copy that is then dropped.
 * @return LOCI_OK, LOCI_E_MISMATCH, LOCI_E_ARGUMENT, LOCI_E_MEMORY, or as loci_network_load() of
 * the teacher.
 */
LOCI_API int loci_run_estimate(const loci_config *config, const loci_dataset *data, loci_pool *pool,
                               loci_estimate *out, loci_error *error);

/**
 * Trains a network and keeps a run folder: config.json, metrics.jsonl, summary.json,
 * model.safetensors, checkpoint.safetensors (and the one before), frames.npz. Killed at any moment,
 * it can be resumed and ends with the same model, byte for byte. A run that replaces another keeps
 * that one's model as model.previous.safetensors until it is complete.
 * @param config what to train; height, width and classes are taken from the data.
 * @param data the data.
 * @param directory the run folder; made if absent, its parents too.
 * @param pool worker threads, or NULL.
 * @param options NULL = all defaults.
 * @param[out] summary what came out; may be NULL.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_EXISTS (a run is there, and neither resume nor force is set),
 * LOCI_E_ARGUMENT (also where a run would destroy what it reads: the model it starts from, its
 * teacher, its data; or where the processes of a team cannot share the shards out), LOCI_E_MISMATCH
 * (the run there was started with another config, or data and config do not fit), LOCI_E_NOT_FOUND
 * (the model to start or learn from), LOCI_E_DIVERGED (the last good checkpoint is kept),
 * LOCI_E_INTERRUPTED, LOCI_E_IO (also where another process is at work in the folder, or took it
 * over), with share LOCI_E_BUSY in its place, LOCI_E_FORMAT, LOCI_E_UNSUPPORTED (no thread is left
 * to hold the folder) or LOCI_E_MEMORY.
 */
LOCI_API int loci_run_train(const loci_config *config, const loci_dataset *data,
                            const char *directory, loci_pool *pool, const loci_run_options *options,
                            loci_summary *summary, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
