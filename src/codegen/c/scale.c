//@insert scaling

void net_scale(const float *measurements, given_t *pixels) {
    for (uint32_t i = 0; i < NET_INPUTS; i++) {
        //@if wide
        float level = (measurements[i] - input_low[i]) / input_span[i] * INPUT_STEPS;
        float half = level < 0.0f ? -0.5f : 0.5f;
        int32_t step = LEAST_INPUT; /* of what is no number, too */
        if (level > (float)LEAST_INPUT)
            step = level < (float)MOST_INPUT ? (int32_t)(level + half) : MOST_INPUT;
        pixels[i] = (given_t)step;
        //@else
        float level = (measurements[i] - input_low[i]) / input_span[i] * 255.0f;
        pixels[i] = 0; /* of what is no number, too */
        if (level > 0.0f)
            pixels[i] = level < 255.0f ? (uint8_t)(level + 0.5f) : 255;
        //@end
    }
}
