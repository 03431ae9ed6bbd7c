/* Which data a reproduction is of. */
#include <string.h>

#include "reproduce/reproduce.h"

const char *reproduce_dataset(const reproduction *all, char name[FIGURE_NAME]) {
    for (size_t r = 0; r < all->run_count; r++)
        if (all->runs[r].state == REPRODUCE_DONE) {
            snprintf(name, FIGURE_NAME, "%s", all->runs[r].run.summary.dataset);
            return name;
        }
    figure_base_name(all->request.data.name, name);
    return name;
}

bool reproduce_is_mnist(const reproduction *all) {
    char name[FIGURE_NAME];
    return strcmp(reproduce_dataset(all, name), "mnist") == 0;
}
