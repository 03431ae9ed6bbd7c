/* A layer of stored weights. */
typedef struct {
    uint32_t senders, receivers;
    //@if pruned
    const start_index *start; /* [senders + 1] where a sender's connections begin */
    const uint8_t *step;      /* from one receiver to the next, the first counted from 0 */
    const stored *weight;     /* of each connection */
    //@else
    const stored *weight; /* [senders][receivers] */
    //@end
    //@if gain
    const uint8_t *gain; /* [receivers] how large a weight of 1 is to each */
    //@end
    //@insert neurons
} layer;
