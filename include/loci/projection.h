/**
 * @file projection.h
 * @brief Weights from positions, and the way back, on plain arrays: what a layer of another
 * framework needs to have its weights follow from where neurons sit.
 *
 *     r_iajb = sqrt(|p_ia - q_jb|^2 + gap^2 + softening^2)
 *     w_ij   = scale * sum_ab c_ia e_jb F(r_iajb),     F(r) = f(r), or max(f(r) - f(range), 0)
 *
 * f is one of enum loci_law. Nothing is kept between two calls; results do not depend on the number
 * of threads.
 */
#ifndef LOCI_PROJECTION_H
#define LOCI_PROJECTION_H

#include <loci/pool.h>
#include <loci/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The sites of n sending and m receiving neurons, and what lies between them. All arrays are
 *  row-major, borrowed and only read. */
typedef struct loci_sites {
    size_t n;                       /**< sending neurons, 1..2^24 */
    size_t m;                       /**< receiving neurons, 1..2^24 */
    size_t axon_sites;              /**< A, sites of a sending neuron, 1..64 */
    size_t dendrite_sites;          /**< D, sites of a receiving neuron, 1..64 */
    size_t coordinates;             /**< C, coordinates of a site, 1..64 */
    const float *axon_position;     /**< p [n, A, C], finite */
    const float *axon_charge;       /**< c [n, A]; NULL = all 1 */
    const float *dendrite_position; /**< q [m, D, C], finite */
    const float *dendrite_charge;   /**< e [m, D]; NULL = all 1 */
    int law;                        /**< enum loci_law */
    double length;                  /**< L of a law that has one, > 0; else unused */
    double range;     /**< R > 0: sites further apart do not meet; 0 or below = unlimited */
    double gap;       /**< distance of the two planes, any sign */
    double softening; /**< >= 0 */
    double scale;     /**< factor on all weights */
} loci_sites;

/**
 * The weights that follow from positions.
 * @param sites where they are.
 * @param pool worker threads, or NULL.
 * @param[out] weights [n, m].
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (a size or number out of range) or LOCI_E_MEMORY.
 */
LOCI_API int loci_sites_weights(const loci_sites *sites, loci_pool *pool, float *weights,
                                loci_error *error);

/** What follows from dL/dweights for all that weights follow from. Arrays are the caller's, and are
 *  written; NULL = not wanted. */
typedef struct loci_sites_gradient {
    float *axon_position;     /**< dL/dp [n, A, C] */
    float *axon_charge;       /**< dL/dc [n, A] */
    float *dendrite_position; /**< dL/dq [m, D, C] */
    float *dendrite_charge;   /**< dL/de [m, D] */
    double gap;               /**< dL/dgap */
    double scale;             /**< dL/dscale; 0 where the scale is 0 */
    double length;            /**< dL/dL; 0 of a law that has none */
    double range;             /**< dL/dR; 0 where it is unlimited */
} loci_sites_gradient;

/**
 * The way back.
 * @param sites as given to loci_sites_weights().
 * @param pool worker threads, or NULL.
 * @param weight_gradient dL/dweights [n, m].
 * @param[in,out] gradient where it goes.
 * @param error filled on failure, may be NULL.
 * @return as loci_sites_weights().
 */
LOCI_API int loci_sites_backward(const loci_sites *sites, loci_pool *pool,
                                 const float *weight_gradient, loci_sites_gradient *gradient,
                                 loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
