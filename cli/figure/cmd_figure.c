/* loci figure: draws runs and networks, ready for a paper. */
#include <string.h>

#include "commands.h"
#include "figure/figure.h"

enum { KEY_DIGIT = CLI_KEY_OWN, KEY_SAMPLE, KEY_WIDTH };

static const struct {
    const char *name;
    int (*draw)(const figure_request *request);
} figures[] = {
    {"fig1", figure_space},
    {"fig3", figure_pruning},
    {"fig4", figure_depths},
    {"fig5", figure_sizes},
    {"fig6", figure_activations},
    {"dims", figure_dimensions},
    {"frontier", figure_frontier},
    {"training", figure_training},
    {"predictions", figure_predictions},
    {"raster", figure_raster},
    {"stencils", figure_stencils},
    {"delays", figure_delays},
};
enum { FIGURES = sizeof figures / sizeof *figures };

static const char description[] =
    "Draw a figure, as a vector graphic or at 300 dots an inch. The numbers are those of the "
    "paper's figures (Erb et al. 2025, arXiv 2506.13410). Runs that differ only in their seed are "
    "drawn as their mean and one standard deviation.";
static const char notes[] =
    "NAME is one of\n"
    "  fig1      the layered network in space, with its strongest connections\n"
    "  fig3      accuracy, or R2, against pruned connections, from 'loci prune --curve'\n"
    "  fig4      histograms of the learned z of each layer, for --planes relaxed\n"
    "  fig5      accuracy against dimensions and parameters; RUNs of several kinds\n"
    "  fig6      the neurons coloured by what they do with the mean image of a digit\n"
    "  dims      accuracy against dimensions, beside conventional nets of as many parameters\n"
    "  frontier  accuracy against parameters, beside what others report for MNIST or\n"
    "            Fashion-MNIST\n"
    "  training  loss and accuracy, or R2, over the epochs\n"
    "  predictions  predicted against target, of a network that predicts numbers\n"
    "  raster    one sample in a spiking network: spikes and membranes, step by step\n"
    "  stencils  the weights and arbors of neurons that stand in maps, map by map\n"
    "  delays    histograms of how long, how late and how strong pairs of sites are\n"
    "\n"
    "Examples:\n"
    "  loci figure training runs/paper-mlp-s1 runs/paper-mlp-s2 -o training.pdf\n"
    "  loci figure training runs/paper-mlp-s1 --follow -o training.svg\n"
    "  loci figure fig6 runs/arbor-mlp-10k-s1 --digit 3 -o three.svg";

static error_t parse(int key, char *argument, struct argp_state *state) {
    figure_request *request = state->input;
    uint64_t number;
    switch (key) {
    case KEY_DIGIT:
        if (!cli_read_number("--digit", argument, 0, 65535, &number))
            return EINVAL;
        request->digit = (uint32_t)number;
        return 0;
    case KEY_SAMPLE:
        return cli_read_number("--sample", argument, 0, UINT32_MAX, &request->sample) ? 0 : EINVAL;
    case KEY_WIDTH:
        if (!cli_read_number("--width", argument, 300, 2000, &number))
            return EINVAL;
        request->width = (double)number;
        return 0;
    case ARGP_KEY_ARG:
        if (request->name == NULL)
            request->name = argument;
        else if (request->count < FIGURE_MOST_RUNS)
            request->runs[request->count++] = argument;
        else {
            cli_usage(argument, "at most %d runs in one figure", FIGURE_MOST_RUNS);
            return EINVAL;
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int unknown(const char *name) {
    const char *names[FIGURES];
    for (int i = 0; i < FIGURES; i++)
        names[i] = figures[i].name;
    const char *near = loci_suggest(name, names, FIGURES);
    if (near != NULL)
        return cli_usage(name, "no such figure; did you mean '%s'?", near);
    return cli_usage(name, "no such figure; 'loci figure --help' lists them");
}

int cmd_figure(int argc, char **argv) {
    static cli_options options;
    static figure_request request;
    cli_data_add(&options, &request.data);
    cli_options_group(&options, "Result:");
    cli_options_text(&options, "output", 'o', "FILE", &request.output,
                     "where it goes: FILE.svg, .pdf or .png");
    cli_options_add(&options, "digit", KEY_DIGIT, "CLASS",
                    "fig6: the class whose mean image is shown, counted from 0 [0]");
    cli_options_add(&options, "sample", KEY_SAMPLE, "NUMBER",
                    "raster: the sample of the test part that is shown, counted from 0 [0]");
    cli_options_add(&options, "width", KEY_WIDTH, "POINTS",
                    "frontier: how wide the picture is, in points of 1/72 inch [482]");
    cli_options_flag(&options, "follow", &request.follow,
                     "training: draw again as the runs go on, until they are over");
    int status = cli_parse(&options, "NAME RUN... -o FILE.svg|.pdf|.png", description, notes, parse,
                           argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.name == NULL)
        return cli_usage("figure", "say which figure; 'loci figure --help' lists them");
    int index = 0;
    while (index < FIGURES && strcmp(figures[index].name, request.name) != 0)
        index++;
    if (index == FIGURES)
        return unknown(request.name);
    if (request.follow && figures[index].draw != figure_training)
        return cli_usage("--follow",
                         "is of the figure 'training'; others are of what a run became");
    if (request.width > 0 && figures[index].draw != figure_frontier)
        return cli_usage("--width",
                         "is of the figure 'frontier'; others have a width of their own");
    if (request.count == 0)
        return cli_usage(request.name, "say which run to draw: a run folder");
    if (request.output == NULL)
        return cli_usage("-o", "say where the figure goes, for example -o %s.svg", request.name);
    if (!figure_format_of(request.output, &request.format))
        return cli_usage("-o", "'%s' ends in none of .svg, .pdf, .png", request.output);
    for (size_t i = 0; i < request.count && status == CLI_GO_ON; i++)
        status = cli_check_output("-o", request.output, request.runs[i], &request.data);
    if (status != CLI_GO_ON)
        return status;
    return request.follow ? figure_follow(&request, figures[index].draw)
                          : figures[index].draw(&request);
}
