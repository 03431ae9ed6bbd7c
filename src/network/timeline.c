#include "network/timeline.h"

#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "linear/gemm.h"
#include "network/kept.h"

/* Floats that the steps of a task's samples may take on the way back; at least one sample goes. */
enum { TASK_FLOATS = 1 << 20 };

static uint32_t loop_of(const loci_pass *pass, uint32_t l) {
    return (uint32_t)pass->pairs + l;
}

static bool has_loop(const loci_pass *pass, uint32_t l) {
    return loop_of(pass, l) < pass->network->projection_count && l + 1 < pass->pairs;
}

static size_t chunk_of(const loci_spiking *s, size_t padded) {
    size_t chunk = TASK_FLOATS / ((size_t)(s->steps + 1) * 2 * padded);
    return chunk < 1 ? 1 : chunk > LOCI_DELAYED_CHUNK ? LOCI_DELAYED_CHUNK : chunk;
}

static int create_delayed(loci_pass *pass, size_t p, bool backward, loci_error *error) {
    loci_spiking *s = pass->spiking;
    const loci_delay delay = loci_acting_delay(&pass->acting, p);
    bool own = p >= pass->pairs;
    size_t to = pass->network->projection[p].to - 1;
    const loci_delayed_options options = {.taps = delay.taps,
                                          .ld = s->ld[to],
                                          .own = own,
                                          .backward = backward,
                                          .back = backward && p > 0};
    return loci_delayed_create(&s->delayed[p], &pass->acting.wiring[p], &options, pass->pool,
                               error);
}

static void take_stepped(loci_pass *pass, uint32_t l, bool backward) {
    loci_spiking *s = pass->spiking;
    size_t padded = s->layer_padded[l], chunk = chunk_of(s, padded);
    size_t workers = (size_t)loci_pool_threads(pass->pool);
    s->stepped[l] = true;
    for (size_t k = 0; pass->network->spec.neuron == LOCI_NEURON_ADLIF && k < 3; k++)
        s->adaptation[l][k] = loci_arena_floats(&pass->arena, padded, 1);
    size_t steps = (backward ? chunk * (s->steps + 1) : 2) * 2 * padded;
    size_t rows = backward ? chunk * 3 * loci_leading(padded) : padded;
    size_t back =
        backward && has_loop(pass, l) ? loci_delayed_scratch(s->delayed[loop_of(pass, l)]) : 0;
    size_t floats = steps + rows + back + padded;
    s->step_floats = floats > s->step_floats ? floats : s->step_floats;
    size_t constants = 5 * padded * ((pass->most + chunk - 1) / chunk);
    s->step_constants = constants > s->step_constants ? constants : s->step_constants;
    s->step_room = workers;
}

int loci_timeline_create(loci_pass *pass, bool backward, loci_error *error) {
    loci_spiking *s = pass->spiking;
    const loci_spec *spec = &pass->network->spec;
    int status = LOCI_OK;
    s->steps_kernels = loci_step_kernels_for(loci_isa_best());
    for (uint32_t l = 0; l < pass->pairs && status == LOCI_OK; l++) {
        if (spec->delay == LOCI_DELAY_DISTANCE)
            status = loci_kept_make_mask(&pass->acting, l, error);
        if (status == LOCI_OK && spec->delay == LOCI_DELAY_DISTANCE)
            status = create_delayed(pass, l, backward, error);
        if (status == LOCI_OK && has_loop(pass, l))
            status = create_delayed(pass, loop_of(pass, l), backward, error);
        bool adapts = spec->neuron == LOCI_NEURON_ADLIF && loci_spec_fires(spec, l + 1);
        if (status == LOCI_OK && (has_loop(pass, l) || adapts))
            take_stepped(pass, l, backward);
    }
    if (status != LOCI_OK)
        return status;
    s->step_scratch = loci_arena_floats(&pass->arena, s->step_room, s->step_floats);
    s->g_step_constants = loci_arena_floats(&pass->arena, backward ? s->step_constants : 0, 1);
    size_t most = 0;
    for (size_t p = 1; p < pass->pairs; p++)
        if (s->delayed[p] != NULL && loci_delayed_scratch(s->delayed[p]) > most)
            most = loci_delayed_scratch(s->delayed[p]);
    s->back_floats = most;
    s->back_scratch =
        loci_arena_floats(&pass->arena, backward ? (size_t)loci_pool_threads(pass->pool) : 0, most);
    return loci_arena_status(&pass->arena, "spiking network", error);
}

void loci_timeline_free(loci_spiking *s) {
    for (size_t p = 0; p < LOCI_MAX_PROJECTIONS; p++)
        loci_delayed_free(s->delayed[p]);
}

size_t loci_timeline_bytes(const loci_spiking *s) {
    size_t bytes = 0;
    for (size_t p = 0; p < LOCI_MAX_PROJECTIONS; p++)
        bytes += s->delayed[p] != NULL ? loci_delayed_bytes(s->delayed[p]) : 0;
    return bytes;
}

void loci_timeline_wire(loci_pass *pass) {
    loci_spiking *s = pass->spiking;
    for (size_t p = 0; p < pass->network->projection_count; p++) {
        s->delay[p] = loci_acting_delay(&pass->acting, p);
        if (s->delayed[p] != NULL)
            loci_delayed_make(s->delayed[p], &pass->acting.wiring[p], &s->delay[p], pass->pool);
    }
    for (uint32_t l = 0; l < pass->pairs; l++)
        for (int k = 0; k < 3 && s->adaptation[l][k] != NULL; k++)
            loci_acting_adaptation(pass->network, l, k, s->adaptation[l][k]);
}

static loci_stepped layer_of(const loci_spiking *s, uint32_t l) {
    return (loci_stepped){&s->layer[l], s->adaptation[l][0], s->adaptation[l][1],
                          s->adaptation[l][2]};
}

static loci_over_time over_time(const loci_spiking *s, const loci_activations *from,
                                bool constant) {
    return (loci_over_time){from->by_sample, from->by_input, s->steps, constant};
}

void loci_timeline_cross(loci_pass *pass, uint32_t l, const loci_activations *from,
                         size_t samples) {
    loci_spiking *s = pass->spiking;
    (void)samples;
    const loci_over_time in = over_time(s, from, l == 0 && !s->coded);
    loci_delayed_forward(s->delayed[l], &in, s->current[l], pass->pool);
}

/* ---- forward ---- */

struct stepping {
    loci_pass *pass;
    uint32_t l;
    size_t samples, padded, ld, chunk;
    const loci_delayed *loop; /* or NULL */
    bool constants;
};

static struct stepping stepping_of(loci_pass *pass, uint32_t l, size_t samples) {
    loci_spiking *s = pass->spiking;
    struct stepping x = {.pass = pass, .l = l, .samples = samples, .padded = s->layer_padded[l]};
    x.ld = loci_leading(pass->acting.size[l + 1]);
    x.chunk = chunk_of(s, x.padded);
    x.loop = has_loop(pass, l) ? s->delayed[loop_of(pass, l)] : NULL;
    return x;
}

static size_t tasks_of(const struct stepping *x) {
    return (x->samples + x->chunk - 1) / x->chunk;
}

/* What the neurons of a layer send themselves. */
static void send_themselves(const loci_delayed *loop, const float *spikes, size_t m, float *current,
                            uint32_t left) {
    enum { MANY = 64 };
    uint32_t sender[MANY];
    float value[MANY];
    size_t count = 0;
    for (size_t j = 0; j < m; j++) {
        sender[count] = (uint32_t)j;
        value[count] = 1;
        count += spikes[j] != 0;
        if (count == MANY || j + 1 == m) {
            loci_delayed_send(loop, count, sender, value, current, left);
            count = 0;
        }
    }
}

/* One sample from its first step to its last. states: [2, 2, padded], of the step before and this
 * one, membrane and adaptation; still: [padded] zeros. */
static void step_sample(const struct stepping *x, size_t sample, float *states, float *still) {
    loci_spiking *s = x->pass->spiking;
    const loci_stepped layer = layer_of(s, x->l);
    size_t m = x->pass->acting.size[x->l + 1];
    memset(states, 0, 4 * x->padded * sizeof *states);
    memset(still, 0, x->padded * sizeof *still);
    for (uint32_t t = 0; t < s->steps; t++) {
        size_t row = (sample * s->steps + t) * x->ld;
        float *current = s->current[x->l] + row, *spikes = s->spikes[x->l] + row;
        float *before = states + (t + 1) % 2 * 2 * x->padded, *now = states + t % 2 * 2 * x->padded;
        const loci_step step = {.current = current,
                                .u_before = before,
                                .adapted_before = before + x->padded,
                                .s_before = t == 0 ? still : spikes - x->ld,
                                .u = now,
                                .adapted = now + x->padded,
                                .s = spikes};
        s->steps_kernels->forward(&layer, &step);
        if (x->loop != NULL)
            send_themselves(x->loop, spikes, m, current, s->steps - 1 - t);
    }
}

static void step_task(void *context, size_t task, size_t worker) {
    const struct stepping *x = context;
    loci_spiking *s = x->pass->spiking;
    float *states = s->step_scratch + worker * s->step_floats, *still = states + 4 * x->padded;
    size_t first = task * x->chunk, end = first + x->chunk;
    for (size_t b = first; b < end && b < x->samples; b++)
        step_sample(x, b, states, still);
}

void loci_timeline_fire(loci_pass *pass, uint32_t l, size_t samples) {
    loci_spiking *s = pass->spiking;
    struct stepping x = stepping_of(pass, l, samples);
    size_t m = pass->acting.size[l + 1];
    double spikes = 0;
    loci_parallel(pass->pool, tasks_of(&x), step_task, &x);
    for (size_t row = 0; row < samples * s->steps; row++)
        for (size_t j = 0; j < m; j++)
            spikes += s->spikes[l][row * x.ld + j];
    s->spike_total[l] = spikes;
    s->loop_crossings[l] = x.loop != NULL ? spikes * (double)(m - 1) : 0;
}

/* ---- backward ---- */

/* What a task of the way back works in. */
struct room {
    float *u, *a;           /* [chunk, T + 1, padded] from the state before the first step */
    float *g_s, *g_u, *g_a; /* [chunk, ld] */
    float *still;           /* [padded] zeros */
    float *back;            /* of loci_delayed_back() */
};

static struct room room_of(const struct stepping *x, size_t worker) {
    loci_spiking *s = x->pass->spiking;
    size_t states = x->chunk * (s->steps + 1) * x->padded,
           rows = x->chunk * loci_leading(x->padded);
    struct room r;
    r.u = s->step_scratch + worker * s->step_floats;
    r.a = r.u + states;
    r.g_s = r.a + states;
    r.g_u = r.g_s + rows;
    r.g_a = r.g_u + rows;
    r.still = r.g_a + rows;
    r.back = r.still + x->padded;
    return r;
}

/* Membranes and adaptations of a sample once more, from its currents and spikes. */
static void remember(const struct stepping *x, size_t sample, float *u, float *a,
                     const float *still, float *spikes) {
    loci_spiking *s = x->pass->spiking;
    const loci_stepped layer = layer_of(s, x->l);
    memset(u, 0, x->padded * sizeof *u);
    memset(a, 0, x->padded * sizeof *a);
    for (uint32_t t = 0; t < s->steps; t++) {
        size_t row = (sample * s->steps + t) * x->ld, at = t * x->padded;
        const loci_step step = {.current = s->current[x->l] + row,
                                .u_before = u + at,
                                .adapted_before = a + at,
                                .s_before = t == 0 ? still : s->spikes[x->l] + row - x->ld,
                                .u = u + at + x->padded,
                                .adapted = a + at + x->padded,
                                .s = spikes};
        s->steps_kernels->forward(&layer, &step);
    }
}

/* dL/d(spikes) of step t of the chunk's samples: from the layer above, and from what they sent
 * themselves. */
static void gather_spikes(const struct stepping *x, size_t first, size_t count, uint32_t t,
                          const struct room *r) {
    loci_spiking *s = x->pass->spiking;
    const float *window[LOCI_DELAYED_CHUNK];
    uint32_t left[LOCI_DELAYED_CHUNK];
    for (size_t b = 0; b < count; b++) {
        size_t row = ((first + b) * s->steps + t) * x->ld;
        memcpy(r->g_s + b * x->ld, s->g_spikes[x->l] + row, x->padded * sizeof *r->g_s);
        window[b] = s->g_current[x->l] + row;
        left[b] = s->steps - 1 - t;
    }
    if (x->loop != NULL)
        loci_delayed_back(x->loop, count, window, left, r->g_s, x->ld, true, r->back);
}

static void unstep_task(void *context, size_t task, size_t worker) {
    const struct stepping *x = context;
    loci_spiking *s = x->pass->spiking;
    const loci_stepped layer = layer_of(s, x->l);
    const struct room r = room_of(x, worker);
    size_t first = task * x->chunk, per_sample = (s->steps + 1) * x->padded;
    size_t count = x->samples - first < x->chunk ? x->samples - first : x->chunk;
    float *g = s->g_step_constants + task * 5 * x->padded;
    bool adapts = layer.rho != NULL;
    memset(g, 0, 5 * x->padded * sizeof *g);
    memset(r.still, 0, x->padded * sizeof *r.still);
    memset(r.g_u, 0, count * x->ld * sizeof *r.g_u);
    memset(r.g_a, 0, count * x->ld * sizeof *r.g_a);
    for (size_t b = 0; b < count; b++)
        remember(x, first + b, r.u + b * per_sample, r.a + b * per_sample, r.still, r.g_s);
    for (uint32_t t = s->steps; t-- > 0;) {
        gather_spikes(x, first, count, t, &r);
        for (size_t b = 0; b < count; b++) {
            size_t row = ((first + b) * s->steps + t) * x->ld, at = b * per_sample + t * x->padded;
            float *spikes = s->spikes[x->l] + row, *g_u = r.g_u + b * x->ld;
            const loci_step step = {.u_before = r.u + at,
                                    .adapted_before = r.a + at,
                                    .s_before = t == 0 ? r.still : spikes - x->ld,
                                    .u = r.u + at + x->padded,
                                    .s = spikes,
                                    .g_s = r.g_s + b * x->ld,
                                    .g_u = g_u,
                                    .g_a = r.g_a + b * x->ld,
                                    .g_beta = x->constants ? g : NULL,
                                    .g_theta = x->constants ? g + x->padded : NULL,
                                    .g_rho = x->constants && adapts ? g + 2 * x->padded : NULL,
                                    .g_by_u = g + 3 * x->padded,
                                    .g_by_s = g + 4 * x->padded};
            s->steps_kernels->backward(&layer, &step);
            memcpy(s->g_current[x->l] + row, g_u, x->padded * sizeof *g_u);
        }
    }
}

static void add_constants(const struct stepping *x, float *gradient) {
    const loci_spiking *s = x->pass->spiking;
    const loci_network *network = x->pass->network;
    const loci_spec *spec = &network->spec;
    const loci_layer *v = &network->layer[x->l + 1];
    const size_t offset[] = {v->beta, v->threshold, v->adaptation[0], v->adaptation[1],
                             v->adaptation[2]};
    const int trained[] = {spec->train_beta, spec->train_threshold, spec->train_adaptation,
                           spec->train_adaptation, spec->train_adaptation};
    for (size_t task = 0; task < tasks_of(x); task++)
        for (size_t k = 0; k < 5; k++)
            loci_acting_chain_constant(&x->pass->acting, x->l, offset[k], trained[k],
                                       s->g_step_constants + (task * 5 + k) * x->padded, gradient);
}

/* What a projection's taps are behind. */
static void chain(loci_pass *pass, size_t p, const loci_over_time *in, float *g, float *gradient) {
    loci_spiking *s = pass->spiking;
    double speed;
    loci_wiring_gradient of_acting =
        loci_acting_gradient(&pass->acting, p, gradient, pass->made_gradient);
    loci_delayed_backward(s->delayed[p], &pass->acting.wiring[p], &s->delay[p], in, g, &of_acting,
                          &speed, pass->pool);
    loci_acting_chain(&pass->acting, p, &of_acting, gradient);
    loci_acting_chain_speed(&pass->acting, p, speed, gradient);
}

void loci_timeline_unfire(loci_pass *pass, uint32_t l, size_t samples, float *gradient) {
    loci_spiking *s = pass->spiking;
    const loci_layer *v = &pass->network->layer[l + 1];
    struct stepping x = stepping_of(pass, l, samples);
    x.constants =
        v->beta != LOCI_NONE || v->threshold != LOCI_NONE || v->adaptation[0] != LOCI_NONE;
    loci_parallel(pass->pool, tasks_of(&x), unstep_task, &x);
    if (x.constants)
        add_constants(&x, gradient);
    if (x.loop == NULL)
        return;
    const loci_over_time in = {&s->rows[l].by_sample, &s->rows[l].by_input, s->steps, false};
    chain(pass, loop_of(pass, l), &in, s->g_current[l], gradient);
}

struct sending_back {
    loci_pass *pass;
    uint32_t l;
    size_t rows, ld, ld_in;
    float *g_in;
};

static void send_back(void *context, size_t task, size_t worker) {
    const struct sending_back *x = context;
    loci_spiking *s = x->pass->spiking;
    const float *window[LOCI_GEMM_ROWS];
    uint32_t left[LOCI_GEMM_ROWS];
    size_t first = task * LOCI_GEMM_ROWS;
    size_t count = x->rows - first < LOCI_GEMM_ROWS ? x->rows - first : LOCI_GEMM_ROWS;
    for (size_t r = 0; r < count; r++) {
        window[r] = s->g_current[x->l] + (first + r) * x->ld;
        left[r] = s->steps - 1 - (uint32_t)((first + r) % s->steps);
    }
    loci_delayed_back(s->delayed[x->l], count, window, left, x->g_in + first * x->ld_in, x->ld_in,
                      false, s->back_scratch + worker * s->back_floats);
}

void loci_timeline_cross_back(loci_pass *pass, uint32_t l, const loci_activations *from,
                              size_t samples, float *gradient) {
    loci_spiking *s = pass->spiking;
    const loci_over_time in = over_time(s, from, l == 0 && !s->coded);
    struct sending_back x = {.pass = pass,
                             .l = l,
                             .rows = samples * s->steps,
                             .ld = s->ld[l],
                             .ld_in = loci_leading(pass->acting.size[l]),
                             .g_in = l > 0 ? s->g_spikes[l - 1] : NULL};
    if (l > 0)
        loci_parallel(pass->pool, (x.rows + LOCI_GEMM_ROWS - 1) / LOCI_GEMM_ROWS, send_back, &x);
    chain(pass, l, &in, s->g_current[l], gradient);
}
