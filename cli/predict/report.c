/* What a network makes of one sample, for people and as JSON. */
#include <math.h>

#include "predict/predict.h"

void predict_rank(predictor *p) {
    uint32_t classes = p->spec->classes;
    double sum = 0;
    float most = p->logits[0];
    for (uint32_t c = 1; c < classes; c++)
        most = fmaxf(most, p->logits[c]);
    for (uint32_t c = 0; c < classes; c++)
        sum += exp((double)p->logits[c] - (double)most);
    for (uint32_t c = 0; c < classes; c++) {
        p->logits[c] = (float)(exp((double)p->logits[c] - (double)most) / sum);
        uint32_t at = c;
        for (; at > 0 && p->logits[p->order[at - 1]] < p->logits[c]; at--)
            p->order[at] = p->order[at - 1];
        p->order[at] = c;
    }
}

static json_t *values_json(const predictor *p) {
    char text[CLI_WORD];
    json_t *list = json_array();
    for (uint32_t k = 0; k < p->spec->classes; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "output", cli_json_text(cli_output_name(p->names, k, text)));
        json_object_set_new(one, "value", cli_json_real((double)p->logits[k]));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *classes_json(const predictor *p, uint64_t top) {
    char text[CLI_WORD];
    json_t *list = json_array();
    for (uint32_t i = 0; i < p->spec->classes && i < top; i++) {
        uint32_t c = p->order[i];
        json_t *one = json_object();
        json_object_set_new(one, "class", cli_json_text(cli_output_name(p->names, c, text)));
        json_object_set_new(one, "confidence", json_real((double)p->logits[c]));
        json_array_append_new(list, one);
    }
    return list;
}

void predict_put(const predictor *p, uint64_t top, json_t *entry) {
    char text[CLI_WORD];
    if (predict_regresses(p)) {
        json_object_set_new(entry, "values", values_json(p));
        return;
    }
    json_object_set_new(entry, "class",
                        cli_json_text(cli_output_name(p->names, p->order[0], text)));
    json_object_set_new(entry, "confidence", json_real((double)p->logits[p->order[0]]));
    json_object_set_new(entry, "top", classes_json(p, top));
}

static void values_text(const predictor *p) {
    char name[CLI_WORD], value[CLI_WORD];
    for (uint32_t k = 0; k < p->spec->classes; k++)
        printf("%s%s %s", k == 0 ? "" : ", ", CLI_SHOWN(cli_output_name(p->names, k, name)),
               cli_quantity(value, (double)p->logits[k]));
}

static void classes_text(const predictor *p, uint64_t top) {
    char name[CLI_WORD], percent[CLI_WORD];
    for (uint32_t i = 0; i < p->spec->classes && i < top; i++) {
        uint32_t c = p->order[i];
        if (i > 0)
            printf("%s", i == 1 ? "; then " : ", ");
        printf("%s (%s)", CLI_SHOWN(cli_output_name(p->names, c, name)),
               cli_percent(percent, (double)p->logits[c]));
    }
}

void predict_print(const predictor *p, uint64_t top) {
    if (predict_regresses(p))
        values_text(p);
    else
        classes_text(p, top);
}
