#include "network/model_file.h"

#include <stdio.h>

char *loci_model_name(char name[LOCI_MODEL_NAME], uint32_t l, const char *part) {
    snprintf(name, LOCI_MODEL_NAME, "pair%u.%s", l, part);
    return name;
}
