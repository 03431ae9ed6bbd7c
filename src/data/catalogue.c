#include "data/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/names.h"
#include "data/formats.h"
#include "data/glyphs.h"

static const loci_remote catalogue[] = {
    {
        .entry =
            {
                .name = "glyphs",
                .description = "drawn digits, distorted: 60,000 + 10,000 images of 28 x 28",
                .licence = "MIT, like Loci",
                .source = "generated on the spot, always the same",
                .built_in = 1,
            },
    },
    {
        .entry =
            {
                .name = "yin-yang",
                .description = "points in the figure's halves and dots: 5,000 + 1,000, 4 inputs",
                .licence = "MIT, like Loci",
                .source = "generated on the spot, as published by L. Kriener, J. Göltz and "
                          "M. Petrovici",
                .built_in = 1,
            },
    },
    {
        .entry =
            {
                .name = "mnist",
                .description = "handwritten digits: 60,000 + 10,000 images of 28 x 28",
                .licence = "CC BY-SA 3.0",
                .source = "Y. LeCun, C. Cortes, C. Burges",
            },
        .mirrors =
            {
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            },
        .files =
            {
                {"train-images-idx3-ubyte",
                 "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", NULL},
                {"train-labels-idx1-ubyte",
                 "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", NULL},
                {"t10k-images-idx3-ubyte",
                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", NULL},
                {"t10k-labels-idx1-ubyte",
                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", NULL},
            },
        .classes = 10,
    },
    {
        .entry =
            {
                .name = "fashion-mnist",
                .description = "articles of clothing: 60,000 + 10,000 images of 28 x 28",
                .licence = "MIT",
                .source = "H. Xiao, K. Rasul, R. Vollgraf; Zalando Research",
            },
        .mirrors =
            {
                "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            },
        .files =
            {
                {"train-images-idx3-ubyte",
                 "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", NULL},
                {"train-labels-idx1-ubyte",
                 "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", NULL},
                {"t10k-images-idx3-ubyte",
                 "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", NULL},
                {"t10k-labels-idx1-ubyte",
                 "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", NULL},
            },
        .classes = 10,
    },
    {
        .entry =
            {
                .name = "shd",
                .description = "spoken digits as spikes: 8,156 + 2,264 samples of 700 channels",
                .licence = "CC BY 4.0",
                .source = "B. Cramer, Y. Stradmann, J. Schemmel, F. Zenke",
            },
        .mirrors = {"https://zenkelab.org/datasets/", "https://compneuro.net/datasets/"},
        .files =
            {
                {"shd_train.h5", .md5 = "f3252aeb598ac776c1b526422d90eecb"},
                {"shd_test.h5", .md5 = "1503a5064faa34311c398fb0a1ed0a6f"},
            },
        .classes = 20,
        .channels = 700,
    },
    {
        .entry =
            {
                .name = "ssc",
                .description = "spoken commands as spikes: 75,466 + 20,382 samples of 700 channels",
                .licence = "CC BY 4.0",
                .source = "B. Cramer, Y. Stradmann, J. Schemmel, F. Zenke; Google",
            },
        .mirrors = {"https://zenkelab.org/datasets/", "https://compneuro.net/datasets/"},
        .files =
            {
                {"ssc_train.h5", .md5 = "d102be95e7144fcc0553d1f45ba94170"},
                {"ssc_valid.h5", .md5 = "b4eee3516a4a90dd0c71a6ac23a8ae43"},
                {"ssc_test.h5", .md5 = "a35ff1e9cffdd02a20eb850c17c37748"},
            },
        .classes = 35,
        .channels = 700,
    },
};

/* The same points to train on; what is published for validation stands in for the test part. */
static const loci_remote yin_yang_validation = {
    .entry =
        {
            .name = "yin-yang-validation",
            .description = "yin-yang with its validation set as the test part",
            .licence = "MIT, like Loci",
            .source = "generated on the spot, number for number as published",
            .built_in = 1,
        },
};

/* Data sets whose pictures have the side that their name ends with. */
static const struct {
    loci_remote remote; /* its name ends with SIDE */
    const char *stem;
    uint32_t least, most;
} sized[] = {
    {
        .remote.entry =
            {
                .name = "places-SIDE",
                .description = "where a digit stands in SIDE x SIDE pixels, 32 to 128: 20,000 + "
                               "5,000 images",
                .licence = "MIT, like Loci",
                .source = "generated on the spot, always the same",
                .built_in = 1,
            },
        .stem = "places-",
        .least = LOCI_PLACES_LEAST,
        .most = LOCI_PLACES_MOST,
    },
    {
        .remote.entry =
            {
                .name = "glyphs-SIDE",
                .description = "the digits of glyphs in SIDE x SIDE pixels, 32 to 1024: 6,000 + "
                               "1,000 images",
                .licence = "MIT, like Loci",
                .source = "drawn as they are needed, always the same",
                .built_in = 1,
            },
        .stem = "glyphs-",
        .least = LOCI_GLYPHS_LEAST,
        .most = LOCI_GLYPHS_MOST,
    },
};

enum { ENTRIES = sizeof catalogue / sizeof *catalogue, SIZED = sizeof sized / sizeof *sized };

const loci_catalogue_entry *loci_catalogue(size_t i) {
    return i < ENTRIES           ? &catalogue[i].entry
           : i < ENTRIES + SIZED ? &sized[i - ENTRIES].remote.entry
                                 : NULL;
}

/* Which of them a name is of, by how it starts; SIZED = none. */
static size_t find_sized(const char *name) {
    size_t i = 0;
    while (i < SIZED && strncmp(name, sized[i].stem, strlen(sized[i].stem)) != 0)
        i++;
    return i;
}

uint32_t loci_catalogue_side(const char *name) {
    size_t i = find_sized(name);
    if (i == SIZED)
        return 0;
    const char *digits = name + strlen(sized[i].stem);
    size_t length = strlen(digits);
    if (strspn(digits, "0123456789") != length || length < 1 || length > 4 || digits[0] == '0')
        return 0;
    uint32_t side = (uint32_t)atoi(digits);
    return side >= sized[i].least && side <= sized[i].most ? side : 0;
}

const loci_remote *loci_catalogue_find(const char *name, loci_error *error) {
    loci_nearest nearest = {.wanted = name, .distance = SIZE_MAX};
    if (strcmp(name, yin_yang_validation.entry.name) == 0)
        return &yin_yang_validation;
    size_t of = find_sized(name);
    if (of < SIZED &&
        (loci_catalogue_side(name) > 0 || strcmp(name, sized[of].remote.entry.name) == 0))
        return &sized[of].remote;
    if (of < SIZED) {
        loci_fail(error, LOCI_E_NOT_FOUND, name, "the side of %.*s is a number from %u to %u",
                  (int)strlen(sized[of].stem) - 1, sized[of].stem, sized[of].least, sized[of].most);
        return NULL;
    }
    for (size_t i = 0; i < ENTRIES; i++) {
        if (strcmp(catalogue[i].entry.name, name) == 0)
            return &catalogue[i];
        loci_nearest_offer(&nearest, catalogue[i].entry.name);
    }
    if (nearest.best != NULL)
        loci_fail(error, LOCI_E_NOT_FOUND, name, "no such data set; did you mean %s?",
                  nearest.best);
    else
        loci_fail(error, LOCI_E_NOT_FOUND, name,
                  "no such data set or file; `loci data list` shows the names");
    return NULL;
}

/* An environment variable that is set to something; NULL otherwise. */
static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

int loci_cache_folder(char *path, size_t size, loci_error *error) {
    const char *cache = variable("XDG_CACHE_HOME"), *home = variable("HOME");
    if (cache != NULL && cache[0] == '/') /* the standard says to ignore a relative one */
        return loci_path_join(path, size, cache, "loci", error);
    if (home != NULL)
        return loci_path_join(path, size, home, ".cache/loci", error);
    return loci_fail(error, LOCI_E_ARGUMENT, "HOME", "not set; name a folder for data instead");
}

static bool has_spikes(const char *folder) {
    char path[4096];
    return loci_spikes_present(folder) && loci_spikes_find(path, sizeof path, folder, LOCI_TEST);
}

/* Looks in FOLDER/NAME, then in FOLDER itself. */
static int locate_in(const char *folder, const char *name, char *path, size_t size) {
    char candidate[4096];
    int found = loci_path_join(candidate, sizeof candidate, folder, name, NULL) == LOCI_OK &&
                loci_idx_present(candidate, false);
    if (!found && loci_idx_present(folder, false)) {
        found = 1;
        snprintf(candidate, sizeof candidate, "%s", folder);
    }
    if (!found)
        return LOCI_E_NOT_FOUND;
    if (strlen(candidate) >= size)
        return LOCI_E_ARGUMENT;
    memcpy(path, candidate, strlen(candidate) + 1);
    return LOCI_OK;
}

/* Looks where distributions put data, Debian's dataset-fashion-mnist for one: datasets/NAME in the
 * folders of $XDG_DATA_DIRS, then in /usr/share. */
static int locate_installed(const char *name, char *path, size_t size) {
    static const char usual[] = "/usr/local/share:/usr/share";
    const char *set = variable("XDG_DATA_DIRS");
    const char *const lists[] = {set != NULL ? set : usual, "/usr/share"};
    for (size_t l = 0; l < 2; l++)
        for (const char *at = lists[l]; *at != '\0'; at += *at == ':') {
            size_t length = strcspn(at, ":");
            char folder[4096];
            int written =
                snprintf(folder, sizeof folder, "%.*s/datasets/%s", (int)length, at, name);
            bool whole = at[0] == '/' && length < sizeof folder && (size_t)written < sizeof folder;
            if (whole && loci_idx_present(folder, false)) {
                if ((size_t)written >= size)
                    return LOCI_E_ARGUMENT;
                memcpy(path, folder, (size_t)written + 1);
                return LOCI_OK;
            }
            at += length;
        }
    return LOCI_E_NOT_FOUND;
}

/* FOLDER/NAME. */
static int folder_in(const char *folder, const char *name, bool (*holds)(const char *), char *path,
                     size_t size) {
    int status = loci_path_join(path, size, folder, name, NULL);
    return status == LOCI_OK && !holds(path) ? LOCI_E_NOT_FOUND : status;
}

int loci_data_folder(char *path, size_t size, const char *name, const char *directory,
                     bool (*holds)(const char *folder)) {
    char cache[4096];
    if (directory != NULL && directory[0] != '\0')
        return folder_in(directory, name, holds, path, size);
    const char *folder = variable("LOCI_DATA");
    int status = folder != NULL ? folder_in(folder, name, holds, path, size) : LOCI_E_NOT_FOUND;
    if (status == LOCI_E_NOT_FOUND && loci_cache_folder(cache, sizeof cache, NULL) == LOCI_OK)
        status = folder_in(cache, name, holds, path, size);
    return status;
}

int loci_catalogue_locate(const char *name, const char *directory, char *path, size_t size) {
    static const char built_in[] = "built in";
    const loci_remote *remote = loci_catalogue_find(name, NULL);
    if (remote == NULL)
        return LOCI_E_NOT_FOUND;
    if (remote->entry.built_in) {
        if (size < sizeof built_in)
            return LOCI_E_ARGUMENT;
        memcpy(path, built_in, sizeof built_in);
        return LOCI_OK;
    }
    if (remote->channels > 0)
        return loci_data_folder(path, size, name, directory, has_spikes);
    if (directory != NULL && directory[0] != '\0')
        return locate_in(directory, name, path, size);
    const char *folder = variable("LOCI_DATA");
    int status = folder != NULL ? locate_in(folder, name, path, size) : LOCI_E_NOT_FOUND;
    char cache[4096];
    if (status == LOCI_E_NOT_FOUND && loci_cache_folder(cache, sizeof cache, NULL) == LOCI_OK)
        status = locate_in(cache, name, path, size);
    return status == LOCI_E_NOT_FOUND ? locate_installed(name, path, size) : status;
}
