/* What a model says of each sample, as a table of values separated by commas. */
#include <stdlib.h>

#include "eval/eval.h"

static void put_classes(FILE *to, const measurement *m) {
    fputs("index,label,predicted,confidence\n", to);
    for (size_t i = 0; i < m->result.count; i++) {
        char name[CLI_WORD];
        int32_t label = loci_dataset_label(m->data, m->request->split, i);
        fprintf(to, "%zu,", i);
        cli_put_field(to, eval_name(m, (uint32_t)label, name));
        putc(',', to);
        cli_put_field(to, eval_name(m, (uint32_t)m->result.prediction[i], name));
        fprintf(to, ",%.6f\n", (double)m->result.confidence[i]);
    }
}

/* Of each output the target and what is predicted, with as many digits as a float has. */
static void put_values(FILE *to, const measurement *m) {
    char name[CLI_WORD], column[CLI_TEXT + 16];
    fputs("index", to);
    for (uint32_t k = 0; k < m->outputs; k++) {
        putc(',', to);
        cli_put_field(to, eval_name(m, k, name));
        snprintf(column, sizeof column, "predicted %s", eval_name(m, k, name));
        putc(',', to);
        cli_put_field(to, column);
    }
    putc('\n', to);
    for (size_t i = 0; i < m->result.count; i++) {
        const float *target = loci_dataset_target(m->data, m->request->split, i);
        fprintf(to, "%zu", i);
        for (uint32_t k = 0; k < m->outputs; k++)
            fprintf(to, ",%.9g,%.9g", (double)target[k],
                    (double)m->result.values[i * m->outputs + k]);
        putc('\n', to);
    }
}

int eval_write_predictions(const char *path, const measurement *m) {
    char *text = NULL;
    size_t size = 0;
    loci_error error = {0};
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return cli_fail(path, "out of memory");
    if (m->regress)
        put_values(memory, m);
    else
        put_classes(memory, m);
    int failed = ferror(memory) != 0;
    failed |= fclose(memory) != 0;
    int status = CLI_GO_ON;
    if (failed)
        status = cli_fail(path, "out of memory");
    else if (loci_write_file(path, text, size, &error) != LOCI_OK)
        status = cli_error(&error);
    free(text);
    return status;
}
