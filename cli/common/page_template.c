/* Where the page's template is: seen from the program, as it was built or as it was installed. */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "common/cli.h"

/* The first is in the build tree. */
static const char *const places[] = {"../viewer/loci-view.html", "../share/loci/loci-view.html"};

bool cli_page_template(char *path, size_t size) {
    char program[4000];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    for (size_t i = 0; slash != NULL && i < sizeof places / sizeof *places; i++) {
        int n = snprintf(path, size, "%.*s/%s", (int)(slash - program), program, places[i]);
        if (n > 0 && (size_t)n < size && access(path, R_OK) == 0)
            return true;
    }
    return false;
}
