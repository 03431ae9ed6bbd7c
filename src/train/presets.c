/* Networks and training known by name. How each choice was made stands in docs/results.md. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/train.h>

#include "base/error.h"
#include "base/names.h"

/* Options as a user would type them. */
typedef struct preset {
    const char *name;
    const char *summary;
    const char *base; /* preset whose options come first, or NULL */
    const char *options;
} preset;

static const preset presets[] = {
    {"paper-mlp",
     "the paper's 3D MLP: one position per neuron, learned layer distances; 10,576 parameters",
     NULL,
     "--hidden 2048 --dim 3 --planes learned --input random --sign mask --tied yes --scale one "
     "--axon-sites 1 --dendrite-sites 1 --gap 1 --steepness 2 --logit-scale 0.01 "
     "--epochs 300 --batch 600 --lr 0.005 --schedule constant"},
    {"paper-mlp-fixed", "the same with the layers at distance 1; 10,574 parameters", "paper-mlp",
     "--planes fixed --logit-scale 0.3"},
    {"paper-mlp-relaxed", "the same with every neuron's own z; 13,416 parameters", "paper-mlp",
     "--planes relaxed"},
    {"paper-mlp-5d", "paper-mlp in 5 dimensions; 16,260 parameters", "paper-mlp",
     "--dim 5 --spread 0.7"},
    {"paper-mlp-8d", "paper-mlp in 8 dimensions; 24,786 parameters", "paper-mlp",
     "--dim 8 --spread 0.5"},
    {"paper-mlp-16d", "paper-mlp in 16 dimensions; 47,522 parameters", "paper-mlp",
     "--dim 16 --spread 0.35"},
    {"paper-mlp-32d", "paper-mlp in 32 dimensions; 92,994 parameters", "paper-mlp",
     "--dim 32 --spread 0.25"},
    {"arbor-mlp-2k", "several sites per neuron over a fixed pixel sheet; at most 2,000 parameters",
     "arbor-mlp-10k",
     "--hidden 48,16 --input sheet --axon-sites 1 --dendrite-sites 10,3,3 "
     "--gap 0.1,0.2,0.2 --range 0.8,2,2"},
    {"arbor-mlp-10k", "several sites per neuron; at most 10,576 parameters", NULL,
     "--hidden 192,80 --dim 3 --planes fixed --input grid --sign charge --tied no --scale trained "
     "--axon-sites 1,2,2 --dendrite-sites 9,4,4 --gap 0.1 --range 1.2,2,2 "
     "--epochs 300 --batch 128 --lr 0.02 --schedule cosine --warmup 500 --shift 1"},
    {"arbor-mlp-25k", "several sites per neuron; at most 25,000 parameters", "arbor-mlp-10k",
     "--hidden 384,128 --dendrite-sites 14,6,6 --elastic 0.7 --epochs 150"},
    {"fashion-mlp-10k", "arbors for Fashion-MNIST; at most 10,576 parameters", "arbor-mlp-10k",
     "--shift 0 --activation gelu --epochs 30"},
    {"fashion-mlp-25k", "arbors for Fashion-MNIST; at most 25,000 parameters", "fashion-mlp-10k",
     "--hidden 384,128 --dendrite-sites 14,6,6"},
    {"arbor-conv-2k", "maps whose neurons share one arbor; at most 2,000 parameters",
     "arbor-conv-10k",
     "--maps 8,8,12,12,16 --dendrite-sites 4,4,4,4,4,14 --lr 0.02 --elastic 0 --epochs 40"},
    {"arbor-conv-5k", "maps whose neurons share one arbor; at most 5,000 parameters",
     "arbor-conv-10k",
     "--maps 12,12,20,20,28 --dendrite-sites 5,8,8,8,8,24 --lr 0.015 --elastic 0.5"},
    {"arbor-conv-10k", "maps whose neurons share one arbor; at most 10,576 parameters", NULL,
     "--maps 16,16,28,28,40 --window 5 --pool 1,2,1,2,2 --hidden 0 --dim 5 --planes fixed "
     "--sign charge --scale trained --dendrite-sites 6,14,14,14,13,40 --gap 0.3 "
     "--range 1.5,1.5,1.5,1.5,1.5,2.25 --spread 0.7 "
     "--epochs 30 --batch 128 --lr 0.01 --schedule cosine --warmup 300 --shift 1 --elastic 0.7"},
    {"arbor-conv-30k", "maps whose neurons share one arbor; at most 30,000 parameters",
     "arbor-conv-10k", "--maps 24,24,40,40,64 --dendrite-sites 8,32,32,30,28,64 --epochs 20"},
    {"dense-mlp-H",
     "the conventional baseline with H hidden neurons (0 = none), trained as in the paper", NULL,
     "--wiring dense --epochs 300 --batch 600 --lr 0.001 --schedule constant"},
    {"dense-conv-2k", "a conventional convolutional net; at most 2,000 parameters",
     "dense-conv-10k", "--maps 4,8,9"},
    {"dense-conv-5k", "a conventional convolutional net; at most 5,000 parameters",
     "dense-conv-10k", "--maps 6,12,20"},
    {"dense-conv-10k",
     "a conventional convolutional net, trained as maps with arbors are; at most 10,576 parameters",
     NULL,
     "--wiring dense --maps 8,16,38 --window 5,3,3 --pool 2 --hidden 0 --epochs 30 --batch 128 "
     "--lr 0.003 --schedule cosine --warmup 300 --shift 1 --elastic 0.7"},
    {"dense-conv-30k", "a conventional convolutional net; at most 30,000 parameters",
     "dense-conv-10k", "--maps 16,32,64"},
    {"dense-conv-100k", "a conventional convolutional net to learn from; 104,714 parameters",
     "dense-conv-10k",
     "--maps 32,64,128 --lr 0.002 --rotate 10 --zoom 0.1 --shear 0.1 --epochs 24"},
    {"paper-snn", "the paper's 3D spiking net: as paper-mlp with leaky integrate-and-fire neurons",
     "paper-mlp", "--neuron lif --time-steps 25 --epochs 200"},
    {"paper-snn-fixed", "the same with the layers at distance 1; 10,574 parameters", "paper-snn",
     "--planes fixed --logit-scale 0.03"},
    {"arbor-snn-10k", "spiking, several sites per neuron; at most 10,576 parameters",
     "arbor-mlp-10k", "--neuron lif --time-steps 10 --epochs 200"},
    {"arbor-snn-25k", "spiking, several sites per neuron; at most 25,000 parameters",
     "arbor-snn-10k", "--hidden 384,128 --dendrite-sites 14,6,6 --elastic 0.7 --epochs 100"},
    {"delay-snn-2k", "of temporal data, spikes take as long as their way; at most 2,000 parameters",
     "delay-snn-10k", "--hidden 24 --dendrite-sites 12,8"},
    {"delay-snn-10k",
     "of temporal data, spikes take as long as their way; at most 10,576 parameters", NULL,
     "--hidden 100 --input grid --sign charge --scale trained --axon-sites 1 --dendrite-sites 24 "
     "--gap 0.2 --neuron adlif --time-steps 50 --coding events --readout softmax-sum "
     "--beta 0.9 --train-beta neuron --train-adaptation neuron "
     "--delay distance --speed 0.2 --train-speed layer --longest-delay 20 "
     "--epochs 40 --batch 64 --lr 0.025 --schedule cosine --time-shift 4 --channel-shift 8"},
    {"delay-snn-25k",
     "of temporal data, spikes take as long as their way; at most 25,000 parameters",
     "delay-snn-10k", "--hidden 160 --dendrite-sites 40 --time-stretch 0.1 --drop 0.1"},
    {"dense-snn-H",
     "the conventional spiking baseline with H hidden neurons, trained as in the paper",
     "dense-mlp-H", "--neuron lif --epochs 200 --lr 0.001"},
};

enum { PRESETS = sizeof presets / sizeof *presets };

const char *loci_preset_name(size_t i) {
    return i < PRESETS ? presets[i].name : NULL;
}

const char *loci_preset_summary(size_t i) {
    return i < PRESETS ? presets[i].summary : NULL;
}

static const preset *find(const char *name) {
    for (size_t i = 0; i < PRESETS; i++)
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    return NULL;
}

/* An option belongs to the network or to the training; a table that knows it takes it. */
static int apply_option(loci_spec *spec, loci_train_options *train, const char *name,
                        const char *value, loci_error *error) {
    char scratch[64];
    if (loci_spec_get(spec, name, scratch, sizeof scratch) == LOCI_OK)
        return loci_spec_set(spec, name, value, error);
    return loci_train_set(train, name, value, error);
}

/* Sets every "--name value" of a preset, its base's first. */
static int apply(const preset *p, loci_spec *spec, loci_train_options *train, loci_error *error) {
    int status = p->base == NULL ? LOCI_OK : apply(find(p->base), spec, train, error);
    char words[512], *rest;
    snprintf(words, sizeof words, "%s", p->options);
    for (char *name = strtok_r(words, " ", &rest); status == LOCI_OK && name != NULL;
         name = strtok_r(NULL, " ", &rest))
        status = apply_option(spec, train, name + 2, strtok_r(NULL, " ", &rest), error);
    return status;
}

/* A preset whose name ends in -H is a family: H stands for any number of hidden neurons. */
static bool is_family(const preset *p) {
    size_t length = strlen(p->name);
    return length > 2 && strcmp(p->name + length - 2, "-H") == 0;
}

/* What stands for the H of a family in name; NULL unless it is a number without leading zeros. */
static const char *family_size(const preset *p, const char *name) {
    size_t stem = strlen(p->name) - 1;
    if (!is_family(p) || strncmp(name, p->name, stem) != 0)
        return NULL;
    const char *size = name + stem;
    size_t digits = strspn(size, "0123456789");
    if (digits == 0 || digits > 5 || size[digits] != '\0' || (size[0] == '0' && digits > 1))
        return NULL;
    return atoi(size) <= 65536 ? size : NULL;
}

/* The preset a name means. *size: the H of a family, else NULL. */
static const preset *match(const char *name, const char **size) {
    for (size_t i = 0; i < PRESETS; i++)
        if ((*size = family_size(&presets[i], name)) != NULL)
            return &presets[i];
    const preset *p = find(name);
    return p != NULL && !is_family(p) ? p : NULL;
}

static int not_found(const char *name, loci_error *error) {
    /* of the families, examples */
    static const char *const members[] = {"dense-mlp-14", "dense-mlp-2048", "dense-snn-14",
                                          "dense-snn-2048"};
    loci_nearest nearest = {name, NULL, (size_t)-1};
    if (find(name) != NULL)
        return loci_fail(error, LOCI_E_NOT_FOUND, name,
                         "stands for many presets; give a number of neurons for H, 0 to 65536");
    for (size_t i = 0; i < PRESETS; i++)
        if (!is_family(&presets[i]))
            loci_nearest_offer(&nearest, presets[i].name);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        loci_nearest_offer(&nearest, members[i]);
    if (nearest.best != NULL)
        return loci_fail(error, LOCI_E_NOT_FOUND, name, "no such preset; did you mean '%s'?",
                         nearest.best);
    return loci_fail(error, LOCI_E_NOT_FOUND, name, "no such preset; 'loci info' lists them");
}

int loci_preset(const char *name, loci_spec *spec, loci_train_options *train, loci_error *error) {
    const char *size;
    const preset *p = match(name, &size);
    if (p == NULL)
        return not_found(name, error);
    loci_spec_defaults(spec);
    loci_train_options_defaults(train);
    int status = apply(p, spec, train, error);
    if (status == LOCI_OK && size != NULL)
        status = loci_spec_set(spec, "hidden", size, error);
    return status;
}
