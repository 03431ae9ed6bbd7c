/**
 * @file option.h
 * @brief What an option is that can be set by name: of a specification (spec.h), of a training
 * (train.h).
 */
#ifndef LOCI_OPTION_H
#define LOCI_OPTION_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which networks an option is for. */
enum loci_field_nets {
    LOCI_NETS_ALL = 0,     /**< any */
    LOCI_NETS_SPATIAL = 1, /**< those whose weights follow from positions */
    LOCI_NETS_SPIKING =
        2, /**< those with spiking neurons; "neuron" itself, which makes them so, counts as one */
    LOCI_NETS_TAUGHT = 3,    /**< those whose run has a teacher */
    LOCI_NETS_CONTINUOUS = 4 /**< those whose neurons do not spike */
};

/** What another value of an option means for parameters that one network takes from another. */
enum loci_field_carried {
    LOCI_CARRIED_NOTED = 0,  /**< they do something else there */
    LOCI_CARRIED_FREE = 1,   /**< nothing: it says how a network starts, or learns */
    LOCI_CARRIED_REFUSED = 2 /**< they are numbers of another kind */
};

/** One option that can be set by name. */
typedef struct loci_field {
    const char *name; /**< as on the command line, e.g. "axon-sites"; in JSON with '_' for '-' */
    /** What it takes, for help, e.g. "N[,N...]"; NULL: nothing, its name alone means "yes". */
    const char *argument;
    const char *help;         /**< one line */
    int type;                 /**< internal */
    size_t offset;            /**< internal */
    double low;               /**< smallest value; for names unused */
    double high;              /**< largest value; for names unused */
    const char *const *names; /**< the names a value may have, NULL-terminated; NULL for numbers */
    int nets;                 /**< enum loci_field_nets */
    int carried;              /**< enum loci_field_carried; of training options unused */
    unsigned needs;           /**< internal; see loci_spec_use(), loci_config_use() */
    size_t acts_by;           /**< internal */
    int acts_at;              /**< internal */
    size_t most;              /**< internal */
    size_t count_at;          /**< internal */
    const char *entry;        /**< internal */
    int since;                /**< internal */
    double before;            /**< internal */
} loci_field;

#ifdef __cplusplus
}
#endif
#endif
