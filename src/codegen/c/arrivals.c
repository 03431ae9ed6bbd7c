/* Currents of a layer from this time step on: those of this step begin at `now`, those of later
 * ones follow, in a ring. */
typedef struct {
    number *ring;       /* [steps][receivers] */
    uint32_t size, now; /* steps * receivers */
} arrivals;

/* What arrives at neuron j some steps later, at step * receivers + j. */
static number *later(arrivals to, uint32_t place) {
    place += to.now;
    return to.ring + (place < to.size ? place : place - to.size);
}
