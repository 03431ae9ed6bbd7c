#include "data/npy_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "data/npy_text.h"

/* ---- order ---- */

typedef struct loci_label {
    char *text;
    double value;    /* of texts that are all numbers; else all are 0 */
    uint32_t number; /* where it stood before it was sorted */
} loci_label;

static int compare(const void *a, const void *b) {
    const loci_label *x = a, *y = b;
    int by_value = (x->value > y->value) - (x->value < y->value);
    return by_value != 0 ? by_value : strcmp(x->text, y->text);
}

/* "10" comes after "9" where all are numbers. */
static void sort_labels(loci_label *labels, size_t count) {
    bool numbers = true;
    for (size_t i = 0; i < count && numbers; i++) {
        char *end;
        labels[i].value = loci_number_read(labels[i].text, &end);
        numbers = strspn(labels[i].text, "0123456789+-.eE") == strlen(labels[i].text) &&
                  end != labels[i].text && *end == '\0';
    }
    for (size_t i = 0; !numbers && i < count; i++)
        labels[i].value = 0;
    qsort(labels, count, sizeof *labels, compare);
}

static void free_texts(loci_label *labels, size_t count) {
    for (size_t i = 0; labels != NULL && i < count; i++)
        free(labels[i].text);
    free(labels);
}

/* ---- names of outputs ---- */

void loci_names_free(loci_names *names) {
    for (size_t i = 0; names->text != NULL && i < names->count; i++)
        free(names->text[i]);
    free(names->text);
    *names = (loci_names){NULL, 0, false};
}

void loci_names_give(loci_names *names, loci_dataset *data) {
    data->output_names = names->text;
    data->outputs = (uint32_t)names->count;
    *names = (loci_names){NULL, 0, true};
}

/* Item i as a name: a text, or a number in digits. */
static int read_name(const loci_npy *npy, const unsigned char *bytes, size_t i, const char *where,
                     char **out, loci_error *error) {
    char digits[40];
    if (npy->kind == 'U' || npy->kind == 'S')
        return loci_npy_text_item(npy, bytes, i, where, out, error);
    double value = loci_npy_number(npy, bytes, i);
    if (npy->kind == 'b')
        *out = strdup(value != 0 ? "True" : "False");
    else {
        if (value == floor(value) && fabs(value) < 1e15)
            loci_number_print(digits, sizeof digits, "%.0f", value);
        else
            loci_print_real(digits, sizeof digits, value);
        *out = strdup(digits);
    }
    return *out != NULL ? LOCI_OK : loci_fail_memory(error, where);
}

/* Two outputs of one name could not be told apart. */
static int check_names(const loci_names *names, const char *where, loci_error *error) {
    loci_label *sorted = loci_alloc(names->count, sizeof *sorted);
    int status = sorted != NULL ? LOCI_OK : loci_fail_memory(error, where);
    for (size_t i = 0; i < names->count && status == LOCI_OK; i++) {
        sorted[i].text = names->text[i];
        if (names->text[i][0] == '\0')
            status = loci_fail(error, LOCI_E_FORMAT, where, "name %zu is empty", i + 1);
    }
    if (status == LOCI_OK)
        qsort(sorted, names->count, sizeof *sorted, compare);
    for (size_t i = 1; i < names->count && status == LOCI_OK; i++)
        if (strcmp(sorted[i].text, sorted[i - 1].text) == 0)
            status = loci_fail(error, LOCI_E_FORMAT, where, "the name '%s' stands there twice",
                               LOCI_SHOWN(40, sorted[i].text));
    free(sorted);
    return status;
}

int loci_names_read(loci_names *names, const unsigned char *bytes, size_t size, const char *where,
                    loci_error *error) {
    loci_npy npy;
    int status = loci_npy_header(bytes, size, where, &npy, error);
    *names = (loci_names){NULL, 0, false};
    if (status != LOCI_OK)
        return status;
    if (npy.rank < 1 || npy.count != npy.shape[0] || npy.count < 1 || npy.count > LOCI_MAX_CLASSES)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "is no list of names; save an array of 1 to %d texts", LOCI_MAX_CLASSES);
    names->text = loci_alloc(npy.count, sizeof *names->text);
    if (names->text == NULL)
        return loci_fail_memory(error, where);
    for (; names->count < npy.count && status == LOCI_OK; names->count += status == LOCI_OK)
        status = read_name(&npy, bytes, names->count, where, &names->text[names->count], error);
    if (status == LOCI_OK)
        status = check_names(names, where, error);
    if (status != LOCI_OK)
        loci_names_free(names);
    return status;
}

/* ---- labels ---- */

/* The different texts of an array, by their items as they stand in the file. */
typedef struct loci_texts {
    const loci_npy *npy;
    const unsigned char *bytes;
    const char *where;
    size_t most;     /* different texts */
    size_t places;   /* so many that no more than a quarter is in use */
    uint32_t *slots; /* [places] hashed: number of a text + 1; 0 is free */
    size_t *first;   /* [most] the sample in which a text stands first */
    uint32_t count;
} loci_texts;

static uint32_t *find_slot(const loci_texts *x, size_t i) {
    const unsigned char *item = x->bytes + loci_npy_place(x->npy, i);
    loci_hash hash;
    loci_hash_begin(&hash);
    loci_hash_bytes(&hash, item, x->npy->item);
    for (size_t at = loci_hash_end(&hash) % x->places;; at = (at + 1) % x->places) {
        uint32_t *slot = &x->slots[at];
        if (*slot == 0 ||
            memcmp(item, x->bytes + loci_npy_place(x->npy, x->first[*slot - 1]), x->npy->item) == 0)
            return slot;
    }
}

/* Numbers the different texts as they come: labels [npy->shape[0]]. */
static int number_texts(loci_texts *x, int32_t *labels, size_t count, loci_error *error) {
    for (size_t i = 0; i < count; i++) {
        uint32_t *slot = find_slot(x, i);
        if (*slot == 0 && x->count == LOCI_MAX_CLASSES)
            return loci_fail(error, LOCI_E_FORMAT, x->where,
                             "more than %d different labels; --task regress predicts numbers",
                             LOCI_MAX_CLASSES);
        if (*slot == 0) {
            x->first[x->count] = i;
            *slot = ++x->count;
        }
        labels[i] = (int32_t)*slot - 1;
    }
    return LOCI_OK;
}

static int decode_texts(const loci_texts *x, loci_label *found, loci_error *error) {
    for (uint32_t u = 0; u < x->count; u++) {
        int status =
            loci_npy_text_item(x->npy, x->bytes, x->first[u], x->where, &found[u].text, error);
        if (status != LOCI_OK)
            return status;
        found[u].number = u;
        if (found[u].text[0] == '\0' || loci_same_letters(found[u].text, "nan"))
            return loci_fail(error, LOCI_E_FORMAT, x->where, "the label of sample %zu is missing",
                             x->first[u] + 1);
    }
    return LOCI_OK;
}

/* The texts become classes. place: [count] class of each. */
static int name_classes(loci_dataset *data, loci_label *found, uint32_t count, uint32_t *place,
                        const char *where, loci_error *error) {
    sort_labels(found, count);
    data->output_names = loci_alloc(count, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, where);
    data->outputs = count;
    for (uint32_t c = 0; c < count; c++) {
        place[found[c].number] = c;
        data->output_names[c] = found[c].text;
        found[c].text = NULL;
    }
    return LOCI_OK;
}

/* The texts are names of classes. */
static int find_classes(const loci_dataset *data, const loci_label *found, const loci_texts *x,
                        uint32_t *place, loci_error *error) {
    loci_label *names = loci_alloc(data->outputs, sizeof *names);
    int status = names != NULL ? LOCI_OK : loci_fail_memory(error, x->where);
    for (uint32_t c = 0; c < data->outputs && status == LOCI_OK; c++)
        names[c] = (loci_label){.text = data->output_names[c], .number = c};
    if (status == LOCI_OK)
        qsort(names, data->outputs, sizeof *names, compare);
    for (uint32_t u = 0; u < x->count && status == LOCI_OK; u++) {
        const loci_label *name = bsearch(&found[u], names, data->outputs, sizeof *names, compare);
        if (name == NULL)
            status = loci_fail(error, LOCI_E_FORMAT, x->where,
                               "sample %zu has the label '%s', which is none of the %u classes",
                               x->first[u] + 1, LOCI_SHOWN(40, found[u].text), data->outputs);
        else
            place[u] = name->number;
    }
    free(names);
    return status;
}

int loci_npy_text_labels(loci_dataset *data, loci_samples *part, const loci_npy *npy,
                         const unsigned char *bytes, const char *where, loci_error *error) {
    loci_texts x = {.npy = npy, .bytes = bytes, .where = where};
    loci_label *found = NULL;
    uint32_t *place = NULL;
    x.most = part->count < LOCI_MAX_CLASSES ? part->count : LOCI_MAX_CLASSES;
    x.places = 4 * x.most;
    x.slots = loci_alloc(x.places, sizeof *x.slots);
    x.first = loci_alloc(x.most, sizeof *x.first);
    part->labels = loci_alloc(part->count, sizeof *part->labels);
    int status = LOCI_OK;
    if (x.slots == NULL || x.first == NULL || part->labels == NULL)
        status = loci_fail_memory(error, where);
    if (status == LOCI_OK)
        status = number_texts(&x, part->labels, part->count, error);
    if (status == LOCI_OK && ((found = loci_alloc(x.count, sizeof *found)) == NULL ||
                              (place = loci_alloc(x.count, sizeof *place)) == NULL))
        status = loci_fail_memory(error, where);
    if (status == LOCI_OK)
        status = decode_texts(&x, found, error);
    if (status == LOCI_OK)
        status = data->output_names == NULL
                     ? name_classes(data, found, x.count, place, where, error)
                     : find_classes(data, found, &x, place, error);
    for (size_t i = 0; status == LOCI_OK && i < part->count; i++)
        part->labels[i] = (int32_t)place[part->labels[i]];
    free_texts(found, x.count);
    free(place);
    free(x.slots);
    free(x.first);
    return status;
}
