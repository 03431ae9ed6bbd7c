/* A layer: the weight between sender i and receiver j follows from where their sites are,
 *
 *     w = sum over axon sites a of i and dendrite sites b of j of
//@if inverse
 *         charge a * charge b / sqrt(|position a - position b|^2 + base)
//@else
 *         charge a * charge b * law(|position a - position b|^2 + base)
//@end
 *
 * Positions are whole numbers of one step, the same for both sides; squares have 8 bits more. */
typedef struct {
    uint32_t senders, receivers;
    uint32_t axons, dendrites;       /* sites of a sender, of a receiver */
    const stored *axon_position;     /* [senders][axons][COORDINATES]; 0: the pixel grid */
    const stowed *axon_charge;       /* [senders][axons]; 0: all 1 */
    const stored *dendrite_position; /* [receivers][dendrites][COORDINATES] */
    //@if maps
    uint16_t coordinates; /* of a site */
    /* Where senders stand on a grid: its columns, and the maps that stand side by side at each
     * place, or of an image channels. These share a charge and the last coordinates of a site,
     * [maps][coordinates - 2]; the first are those of its column and its row. */
    uint16_t columns, maps;     /* maps 0: there is no grid */
    const stored *column_place; /* [columns] */
    const stored *row_place;    /* [rows] */
    //@end
    //@if dendrite_charges
    const stowed *dendrite_charge; /* [receivers][dendrites] */
    //@end
    //@if inverse
    uint32_t base;      /* the square of the gap between the layers, softening included */
    uint8_t root_shift; /* of 1 / sqrt */
    uint8_t charge_shift, weight_shift;
    //@if range
    uint32_t reach;  /* sites as far apart as this, squared, do not meet */
    uint32_t cutoff; /* and what is left of 1 / sqrt there */
    //@end
    //@else
    uint32_t base; /* the square of the gap between the layers, softening included */
    uint8_t charge_shift, weight_shift;
    uint8_t law_bits;      /* a power of two is cut into 2^law_bits segments */
    const uint16_t *law;   /* [law_segments + 1] the law where each segment begins */
    uint32_t law_first;    /* the segment of the nearest sites, counted from square 0 */
    uint32_t law_segments; /* beyond them the law is 0 */
    //@if range
    uint32_t reach;  /* sites as far apart as this, squared, do not meet */
    uint32_t cutoff; /* and what is left of the law there */
    //@end
    //@end
    //@if near
    uint32_t near; /* neurons are connected whose nearest sites are this close, squared */
    //@end
    //@if strong
    int32_t strong; /* neurons are connected whose weight is larger than this */
    //@end
    //@if delays
    uint32_t pace;      /* of a root: so many steps / 256 */
    uint8_t pace_shift; /* after so many bits */
    //@if recurrent
    uint32_t soonest; /* steps / 256: what comes sooner comes then, and is counted from there */
    //@end
    uint32_t latest; /* of steps / 256: what comes later comes then */
    //@end
    //@if recurrent
    uint8_t own; /* whether it is a layer to itself: no neuron sends itself anything */
    //@end
    //@insert neurons
} layer;
