/* A layer of stored weights. */
typedef struct {
    uint32_t senders, receivers;
    //@if pruned
    const start_index *start; /* [senders + 1] where a sender's connections begin */
    //@if signs
    const uint8_t *plus;     /* [senders] how many of these weigh 1; the others, behind them, -1 */
    const uint8_t *receiver; /* of each connection */
    //@else
    const uint8_t *step;  /* from one receiver to the next, the first counted from 0 */
    const stored *weight; /* of each connection */
    //@end
    //@else
    const stored *weight; /* [senders][receivers] */
    //@end
    //@if gain
    const uint8_t *gain; /* [receivers] how large a weight of 1 is to each */
    //@end
    //@insert neurons
} layer;
