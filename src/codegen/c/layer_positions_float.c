//@if inverse
/* A layer: the weight between sender i and receiver j follows from where their sites are,
 *
 *     w = scale * sum over axon sites a of i and dendrite sites b of j of
 *         charge a * charge b / sqrt(|position a - position b|^2 + base) */
//@else
/* A layer: the weight between sender i and receiver j follows from where their sites are,
 *
 *     w = scale * sum over axon sites a of i and dendrite sites b of j of
 *         charge a * charge b * law(sqrt(|position a - position b|^2 + base)) */
//@end
//@if inverse_square
/* The law of a distance r is 1 / r^2. */
//@end
//@if exponential
/* The law of a distance r is exp(-r / length). */
//@end
//@if gaussian
/* The law of a distance r is exp(-r^2 / (2 length^2)). */
//@end
typedef struct {
    uint32_t senders, receivers;
    uint32_t axons, dendrites;       /* sites of a sender, of a receiver */
    const stored *axon_position;     /* [senders][axons][COORDINATES]; 0: the pixel grid */
    const stored *axon_charge;       /* [senders][axons]; 0: all 1 */
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
    const stored *dendrite_charge; /* [receivers][dendrites] */
    //@end
    float base; /* the square of the gap between the layers, softening included */
    float scale;
    //@if length
    float inverse_length; /* 1 / length */
    //@end
    //@if range
    //@if inverse
    float cutoff; /* 1 / the distance beyond which sites do not meet */
    //@else
    float cutoff; /* the law at the distance beyond which sites do not meet */
    //@end
    //@end
    //@if near
    float near; /* neurons are connected whose nearest sites are this close, squared */
    //@end
    //@if strong
    float strong; /* neurons are connected whose weight, without scale, is larger than this */
    //@end
    //@if delays
    float pace; /* steps that a distance of 1 takes */
    //@if recurrent
    float soonest; /* step: what comes sooner comes then, and is counted from there */
    //@end
    float latest; /* step: what comes later comes then */
    //@end
    //@if recurrent
    uint8_t own; /* whether it is a layer to itself: no neuron sends itself anything */
    //@end
    //@insert neurons
} layer;
