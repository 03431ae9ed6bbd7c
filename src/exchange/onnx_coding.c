/* How an input becomes spikes, as nodes of a graph. */
#include <stdio.h>

#include "exchange/onnx_unrolled.h"

/* Latency: input x spikes once, in the step that (1 - x) span (T - 1), rounded, says; never where
 * x <= 0. Rounding halves up is comparing with halves: past(t) = (1 - x) span (T - 1) >= t - 3/2
 * holds from t = 1 up to the step of the spike, so that it spikes where past(t) holds and past(t +
 * 1) does not. */
static void put_latency(const loci_onnx_unrolled *u, const char *pixels) {
    loci_onnx *model = u->model;
    loci_onnx_name now, next, half, flag;
    loci_onnx_scalar(model, "one", 1);
    loci_onnx_scalar(model, "zero", 0);
    loci_onnx_scalar(model, "last", (float)(u->spec->latency_span * (u->steps - 1)));
    loci_onnx_scalar(model, "never", (float)u->steps);
    loci_onnx_node2(model, "Min", "latency.bright", pixels, "one");
    loci_onnx_node2(model, "Sub", "latency.dark", "one", "latency.bright");
    loci_onnx_node2(model, "Mul", "latency.wait", "latency.dark", "last");
    loci_onnx_node2(model, "Greater", "latency.any", pixels, "zero");
    const loci_onnx_name choice[3] = {{"latency.any"}, {"latency.wait"}, {"never"}};
    loci_onnx_node(model, "Where", "latency.step", choice, 3);
    for (uint32_t t = 1; t <= u->steps + 1; t++) {
        snprintf(half.text, sizeof half.text, "latency.half.%u", t);
        snprintf(flag.text, sizeof flag.text, "latency.flag.%u", t);
        snprintf(next.text, sizeof next.text, "latency.past.%u", t);
        loci_onnx_scalar(model, half.text, (float)t - 1.5f);
        loci_onnx_node2(model, "GreaterOrEqual", flag.text, "latency.step", half.text);
        loci_onnx_node_with(model, "Cast", next.text, flag.text, NULL, "to", LOCI_ONNX_FLOAT);
        if (t > 1)
            loci_onnx_node2(model, "Sub", loci_onnx_label(&u->spike[t - 2], 0, "spike", t - 1),
                            now.text, next.text);
        now = next;
    }
}

/* Events: each step's are a row, under maps a grid. */
static void put_events(const loci_onnx_unrolled *u, const char *events) {
    bool grid = u->spec->maps_count > 0;
    loci_onnx_name step, row;
    for (uint32_t t = 1; t <= u->steps; t++) {
        snprintf(step.text, sizeof step.text, "events.step.%u", t);
        snprintf(row.text, sizeof row.text, "events.row.%u", t);
        loci_onnx_index(u->model, step.text, t - 1);
        const char *spike = loci_onnx_label(&u->spike[t - 1], 0, "spike", t);
        loci_onnx_node_with(u->model, "Gather", grid ? row.text : spike, events, step.text, "axis",
                            1);
        if (grid)
            loci_onnx_to_grid(u->model, u->spec, spike, row.text);
    }
}

void loci_onnx_coding(const loci_onnx_unrolled *u, const char *input) {
    if (u->spec->coding == LOCI_CODING_LATENCY)
        put_latency(u, input);
    if (u->spec->coding == LOCI_CODING_EVENTS)
        put_events(u, input);
}
