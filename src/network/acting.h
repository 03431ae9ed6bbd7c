/* What the weights of a network follow from at this moment: positions, charges, scales, gaps and
 * ranges as they act; and the way back, from gradients of what acts to those of the parameters.
 *
 * kept.h finds which connections are kept, select.h chooses anew which are. */
#ifndef LOCI_NETWORK_ACTING_H
#define LOCI_NETWORK_ACTING_H

#include "base/arena.h"
#include "network/contents.h"
#include "synapse/connections.h"
#include "synapse/gradient.h"
#include "synapse/selection.h"
#include "wiring/delay.h"

typedef struct loci_acting {
    const loci_network *network;              /* borrowed */
    size_t count;                             /* projections */
    size_t pairs;                             /* of them from layer to layer: these can be pruned */
    size_t size[LOCI_MAX_PAIRS + 1];          /* neurons of each layer */
    loci_wiring wiring[LOCI_MAX_PROJECTIONS]; /* of each */
    /* charges as they act, where they are masked; else NULL */
    float *axon_charge[LOCI_MAX_PROJECTIONS];     /* [n, A], and of maps */
    float *dendrite_charge[LOCI_MAX_PROJECTIONS]; /* [m, D] */
    /* [n, C] of the first pair, where the channels of a sheet have places; the sites' charges are
     * made, too, then */
    float *sheet;
    /* of senders that stand on a grid and share what they send by: [n, C]; else NULL */
    float *place[LOCI_MAX_PROJECTIONS];
    float *bias[LOCI_MAX_PAIRS]; /* [m] of layer l + 1 where maps share them; else NULL */
    /* where the network rounds: charges [n, A] and [m, D], positions [n, A, C] and [m, D, C], one
     * after the other, as they act; else NULL */
    float *rounded[LOCI_MAX_PROJECTIONS];
    /* which connections are kept, in one of two forms, or neither: then all are */
    loci_connections *kept[LOCI_MAX_PROJECTIONS];    /* as long as this lives */
    loci_selection *selection[LOCI_MAX_PROJECTIONS]; /* until the next choice */
    /* the list once more, for running with all weights: [n, loci_mask_leading(m)], or NULL */
    uint8_t *mask[LOCI_MAX_PROJECTIONS];
    int pruned_by; /* enum loci_prune_by, or LOCI_UNPRUNED; the network's, until a selection */
    loci_arena arena;
} loci_acting;

/* Shapes and buffers; pointers come with loci_acting_update(). Close it even when it failed.
 * LOCI_E_MEMORY. */
int loci_acting_open(loci_acting *acting, const loci_network *network, loci_error *error);
void loci_acting_close(loci_acting *acting);
/* Bytes set aside. */
size_t loci_acting_bytes(const loci_acting *acting);

/* Takes the parameters as they are now. Which connections are kept stays as it is. */
void loci_acting_update(loci_acting *acting);

/* Where a synapse is to add the gradients of what acts in projection p: straight to the parameters'
 * own [parameter_count] where these act as they are, else to `made`
 * [loci_acting_made(acting, p)], which is set to 0. */
loci_wiring_gradient loci_acting_gradient(const loci_acting *acting, size_t p, float *gradient,
                                          float *made);
/* Numbers of the projection that are made of parameters before they act. */
size_t loci_acting_made(const loci_acting *acting, size_t p);
/* With what the synapse added: adds the gradients of the parameters behind it. */
void loci_acting_chain(const loci_acting *acting, size_t p, const loci_wiring_gradient *of_acting,
                       float *gradient);

/* How long the connections of projection p take. */
loci_delay loci_acting_delay(const loci_acting *acting, size_t p);
/* With dL/dlog v: adds the gradient of the parameter behind it, if there is one. */
void loci_acting_chain_speed(const loci_acting *acting, size_t p, double of_log_speed,
                             float *gradient);

/* Takes the biases of layer l + 1 as they are now; loci_acting_update() does. */
void loci_acting_update_bias(loci_acting *acting, size_t l);
/* Biases of the neurons of layer l + 1, [m]. */
const float *loci_acting_bias(const loci_acting *acting, size_t l);
/* With dL/dbias of each neuron, [m]: adds the gradient of the parameters behind them. */
void loci_acting_chain_bias(const loci_acting *acting, size_t l, const float *g, float *gradient);

/* Neuron constants of layer l + 1 from the parameters of the moment, as they act: [m]. */
void loci_acting_beta(const loci_network *network, uint32_t l, float *beta);
void loci_acting_threshold(const loci_network *network, uint32_t l, float *theta);
/* k: 0 the decay of the adaptation, 1 what the membrane, 2 what a spike adds. */
void loci_acting_adaptation(const loci_network *network, uint32_t l, int k, float *to);

/* With dL/d(constant) of each neuron of layer l + 1, [m]: adds the gradient of the layer's number,
 * or of its neurons', of maps one each, where it is trained (enum loci_trained); offset LOCI_NONE:
 * nothing. */
void loci_acting_chain_constant(const loci_acting *acting, size_t l, size_t offset, int trained,
                                const float *g, float *gradient);

/* Beta acts clamped: at a bound a step further out changes nothing, so there its gradient becomes
 * 0. For the gradient of a whole batch: of the parts it was summed from, those that push out and
 * those that pull back can still cancel. */
void loci_acting_hold_bounds(const loci_network *network, float *gradient);

/* Weights [n, m] of projection p, those cut 0. LOCI_E_MEMORY. */
int loci_acting_weights(const loci_acting *acting, size_t p, float *weights, loci_error *error);

#endif
