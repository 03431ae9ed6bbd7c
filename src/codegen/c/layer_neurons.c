const number *bias; /* [receivers] */
//@if output_shift
uint8_t output_shift; /* from a receiver's sum to what it sends on */
//@end
//@if activation_table
const int16_t *activation; /* [2^activation_bits + 1] what a hidden receiver sends */
uint8_t activation_bits;   /* of sums, the highest bits that choose an entry */
uint8_t activation_shift;  /* how far these are below bit 31 */
//@end
//@if beta_each
const number *beta; /* [receivers] what a membrane keeps from step to step */
//@end
//@if beta_one
number beta; /* what a membrane keeps from step to step */
//@end
//@if threshold_each
const number *threshold; /* [receivers] a membrane above it fires; 0: none fires */
//@end
//@if threshold_one
number threshold; /* a membrane above it fires */
//@end
//@if adapts
//@if adaptation_each
const number *kept; /* [receivers] what an adaptation keeps from step to step; 0: none adapts */
const number *by_membrane; /* [receivers] what a membrane adds to it */
const number *by_spike;    /* [receivers] what a spike adds */
//@else
number kept;        /* what an adaptation keeps from step to step */
number by_membrane; /* what a membrane adds to it */
number by_spike;    /* what a spike adds */
//@end
//@end
//@if recurrent
number spike; /* what a spike of the layer counts to itself */
//@end
//@if delays
uint32_t taps;  /* steps over which what is sent arrives */
uint32_t steps; /* that the ring of its receivers has */
uint32_t ring;  /* where that begins */
//@end
//@if spiking
uint32_t first; /* where the receivers' membranes begin */
//@end
