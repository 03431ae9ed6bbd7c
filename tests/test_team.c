/* A run that several processes share out has the bytes of one process with as many shards; what
 * goes wrong in one of them goes wrong in all. The processes are threads here. */
#include "run_fixture.h"

#include <pthread.h>
#include <stdlib.h>
enum { SHARDS = 4, MOST = 4, MANY = 2300 }; /* test samples: evaluated in three batches */

static loci_dataset *many, *numbers, *others; /* classes; to predict; other images */

/* ---- a team of threads ---- */

static struct {
    pthread_barrier_t barrier;
    const void *mine[MOST];
    float *gradients; /* [SHARDS, count] */
    loci_batch_sums sums[SHARDS];
    size_t processes;
} table;

/* A process that is asked to stop after so many steps, by itself. */
static struct {
    size_t process, steps;
    volatile sig_atomic_t now;
} stopping = {.process = MOST};

static int exchange(void *user, const void *mine, size_t size, void *all) {
    size_t number = *(size_t *)user;
    table.mine[number] = mine;
    pthread_barrier_wait(&table.barrier);
    for (size_t p = 0; p < table.processes; p++)
        memcpy((char *)all + p * size, table.mine[p], size);
    pthread_barrier_wait(&table.barrier);
    return LOCI_OK;
}

static int broadcast(void *user, void *bytes, size_t size) {
    size_t number = *(size_t *)user;
    table.mine[number] = bytes;
    pthread_barrier_wait(&table.barrier);
    if (number > 0)
        memcpy(bytes, table.mine[0], size);
    pthread_barrier_wait(&table.barrier);
    return LOCI_OK;
}

static int gather(void *user, const float *gradients, const loci_batch_sums *sums, size_t held,
                  size_t count, float *gradient, loci_batch_sums *total) {
    size_t first = *(size_t *)user * held;
    if (*(size_t *)user == stopping.process && --stopping.steps == 0)
        stopping.now = 1;
    if (*(size_t *)user == 0)
        table.gradients = malloc(SHARDS * count * sizeof *gradient);
    pthread_barrier_wait(&table.barrier);
    memcpy(table.gradients + first * count, gradients, held * count * sizeof *gradient);
    memcpy(table.sums + first, sums, held * sizeof *sums);
    pthread_barrier_wait(&table.barrier);
    memcpy(gradient, table.gradients, count * sizeof *gradient);
    *total = table.sums[0];
    for (size_t k = 1; k < SHARDS; k++) {
        for (size_t i = 0; i < count; i++)
            gradient[i] += table.gradients[k * count + i];
        total->loss += table.sums[k].loss;
        total->correct += table.sums[k].correct;
    }
    pthread_barrier_wait(&table.barrier);
    if (*(size_t *)user == 0)
        free(table.gradients);
    return LOCI_OK;
}

/* One of them, and what came of its call. */
struct process {
    loci_config config;
    const loci_dataset *data;
    const char *directory;
    loci_run_options options;
    loci_team team;
    size_t number;
    int threads, status;
    loci_summary summary;
    loci_error error;
};

static struct process of[MOST];

static void *run_one(void *context) {
    struct process *p = context;
    loci_pool *pool = NULL;
    if (p->threads > 1 && loci_pool_create(&pool, p->threads, NULL) != LOCI_OK)
        return NULL;
    p->status = loci_run_train(&p->config, p->data, p->directory, pool, &p->options, &p->summary,
                               &p->error);
    loci_pool_free(pool);
    return NULL;
}

/* So many processes that are all to do that; a test may change some of them. */
static void assemble(size_t processes, const loci_config *config, const loci_dataset *on) {
    table.processes = processes;
    for (size_t p = 0; p < processes; p++) {
        of[p] = (struct process){
            .config = *config, .data = on, .directory = run, .options = resuming(), .number = p};
        of[p].team = (loci_team){processes, p, exchange, broadcast, gather, &of[p].number};
    }
}

static void run_all(void) {
    pthread_t threads[MOST];
    assert_int_equal(pthread_barrier_init(&table.barrier, NULL, (unsigned)table.processes), 0);
    for (size_t p = 0; p < table.processes; p++) {
        of[p].options.team = &of[p].team;
        assert_int_equal(pthread_create(&threads[p], NULL, run_one, &of[p]), 0);
    }
    for (size_t p = 0; p < table.processes; p++)
        pthread_join(threads[p], NULL);
    pthread_barrier_destroy(&table.barrier);
}

static void assert_all(int status) {
    for (size_t p = 0; p < table.processes; p++)
        if (of[p].status != status)
            fail_msg("process %zu: %s, %s", p, loci_status_name(of[p].status), of[p].error.message);
}

/* ---- the same bytes ---- */

static loci_config delayed_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.neuron = LOCI_NEURON_ADLIF;
    config.spec.delay = LOCI_DELAY_DISTANCE;
    config.spec.recurrent = 1;
    config.spec.longest_delay = 3;
    config.spec.time_steps = 6;
    config.spec.threshold = 0.1;
    return config;
}

/* Weights of samples, and a cut in every step. */
static loci_config balanced_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.train.class_weight = LOCI_CLASS_WEIGHT_BALANCED;
    config.train.elastic = 0.5;
    config.train.prune = (loci_prune_plan){.sparsity = 0.6, .when = LOCI_PRUNE_DURING};
    return config;
}

static loci_config number_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.train.loss = LOCI_LOSS_HUBER;
    return config;
}

/* From one model, whose kept connections stay, by another. */
static loci_config taught_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.hidden[0] = 16;
    config.train.freeze_mask = 1;
    snprintf(config.init, sizeof config.init, "%s/pruned/model.safetensors", folder);
    snprintf(config.teacher, sizeof config.teacher, "%s/teacher/model.safetensors", folder);
    return config;
}

/* The mean of the last epochs, of a net that is cut. */
static loci_config averaged_config(uint32_t epochs) {
    loci_config config = small_pruned_config(epochs);
    config.train.patience = 0;
    config.train.prune_ramp = 0.3;
    config.train.average = epochs / 2;
    return config;
}

static const struct {
    loci_config (*make)(uint32_t epochs);
    bool regress;
} kinds[] = {
    {small_config, false},      {small_spiking_config, false}, {small_pruned_config, false},
    {delayed_config, false},    {balanced_config, false},      {taught_config, false},
    {small_maps_config, false}, {number_config, true},         {averaged_config, false}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static loci_config make(size_t kind, uint32_t epochs) {
    loci_config config = kinds[kind].make(epochs);
    config.train.shards = SHARDS;
    return config;
}

/* One process trains it in `calm`, and its summary is what all others are to return. */
static loci_summary train_alone(size_t kind, uint32_t epochs) {
    const loci_config config = make(kind, epochs);
    loci_run_options options;
    loci_summary summary;
    loci_error error = {0};
    loci_run_options_defaults(&options);
    options.force = 1;
    if (loci_run_train(&config, kinds[kind].regress ? numbers : many, calm, NULL, &options,
                       &summary, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return summary;
}

static void assert_same_number(double a, double b) {
    assert_true(a == b || (a != a && b != b));
}

static void assert_same_summary(const loci_summary *a, const loci_summary *b) {
    assert_same_number(a->train_loss, b->train_loss);
    assert_same_number(a->test_accuracy, b->test_accuracy);
    assert_same_number(a->validation_accuracy, b->validation_accuracy);
    assert_same_number(a->test.rmse, b->test.rmse);
    assert_same_number(a->test.mae, b->test.mae);
    assert_same_number(a->validation.r2, b->validation.r2);
    assert_same_number(a->activity.spikes, b->activity.spikes);
    assert_same_number(a->activity.synaptic_operations, b->activity.synaptic_operations);
    assert_int_equal(a->connections_kept, b->connections_kept);
}

static void test_same_bytes(void **state) {
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        loci_summary alone = train_alone(kind, 3);
        for (size_t processes = 1; processes <= MOST; processes *= 2) {
            const loci_config config = make(kind, 3);
            assemble(processes, &config, kinds[kind].regress ? numbers : many);
            of[0].threads = 2;
            run_all();
            assert_all(LOCI_OK);
            assert_like_calm();
            for (size_t p = 0; p < processes; p++)
                assert_same_summary(&alone, &of[p].summary);
            scratch_remove(run);
        }
    }
}

/* ---- stopping and going on ---- */

/* Ends it by so many processes, 0: by one alone. */
static void end_run(const loci_config *config, size_t last) {
    const loci_run_options options = resuming();
    loci_error error = {0};
    stopping.process = MOST;
    if (last == 0) {
        assert_int_equal(loci_run_train(config, many, run, NULL, &options, NULL, &error), LOCI_OK);
        return;
    }
    assemble(last, config, many);
    run_all();
    assert_all(LOCI_OK);
}

/* Any of them is asked to; gone on with by other numbers of processes. */
static void stop_and_go(size_t kind, size_t last) {
    static const size_t processes[] = {2, 4, 1, 2};
    loci_config config = make(kind, EPOCHS);
    const loci_summary alone = train_alone(kind, EPOCHS);
    for (uint32_t i = 0; i < 4; i++) {
        assemble(processes[i], &config, many);
        stopping.process = processes[i] - 1;
        stopping.steps = 7;
        stopping.now = 0;
        of[stopping.process].options.stop = &stopping.now;
        run_all();
        assert_all(LOCI_E_INTERRUPTED);
        assert_non_null(strstr(of[processes[i] - 1].error.message, "state saved"));
    }
    end_run(&config, last);
    for (size_t p = 0; p < last; p++)
        assert_same_summary(&alone, &of[p].summary);
    assert_like_calm();
    assemble(2, &config, many); /* nothing is left to do */
    run_all();
    assert_all(LOCI_OK);
    assert_true(of[1].summary.epochs == EPOCHS);
    scratch_remove(run);
}

static void test_stop(void **state) {
    (void)state;
    stop_and_go(2, 0);
    stop_and_go(KINDS - 1, 2); /* where they must know the sum that was begun */
}

/* ---- what goes wrong ---- */

static void assert_all_failed(int status, const char *part) {
    assert_all(status);
    for (size_t p = 0; p < table.processes; p++)
        assert_message(&of[p].error, part);
}

/* Removes the run's folder while it is under way: the first process cannot write any more. */
static void remove_folder(void *user, const loci_progress *progress) {
    (void)user;
    if (progress->finished != NULL && progress->finished->epoch == 2)
        scratch_remove(run);
}

static void test_failures(void **state) {
    (void)state;
    loci_config config = make(0, 4);
    assemble(4, &config, data);
    of[2].data = others;
    run_all();
    assert_all_failed(LOCI_E_MISMATCH, "process 2 holds other data");
    assert_false(has("config.json"));

    assemble(4, &config, data);
    of[3].config.train.validation = SAMPLES; /* which process 3 alone finds out */
    run_all();
    assert_all_failed(LOCI_E_ARGUMENT, "");
    assert_string_equal(of[0].error.where, "validation");
    assert_string_equal(of[0].error.message, of[3].error.message);

    assemble(2, &config, data);
    of[0].options.progress = remove_folder;
    run_all();
    assert_all_failed(LOCI_E_IO, "");

    config.train.shards = 3;
    assemble(2, &config, data);
    run_all();
    assert_all_failed(LOCI_E_ARGUMENT, "2 processes cannot share 3 shards evenly");
}

/* ---- */

enum { PIXELS = SMALL_SIDE * SMALL_SIDE };

/* Samples in turns, as many as that. */
struct part {
    float samples[MANY][PIXELS], targets[MANY][2], weights[MANY];
    int32_t labels[MANY];
};

static void fill(struct part *part, enum loci_split split, size_t count, size_t from) {
    for (size_t i = 0; i < count; i++) {
        loci_dataset_sample(data, split, i % from, part->samples[i]);
        for (size_t p = 0; p < PIXELS; p++)
            part->targets[i][p & 1] += part->samples[i][p] * (float)(p / SMALL_SIDE);
        part->weights[i] = (float)(i % 3);
        part->labels[i] = loci_dataset_label(data, split, i % from);
    }
}

static loci_arrays arrays_of(const struct part *part, size_t count, bool regress) {
    return (loci_arrays){.count = count,
                         .samples = part->samples[0],
                         .labels = regress ? NULL : part->labels,
                         .targets = regress ? part->targets[0] : NULL,
                         .outputs = regress ? 2 : 0,
                         .weights = part->weights};
}

static struct part parts[2];

static int borrow(loci_dataset **out, size_t count, bool regress) {
    loci_arrays train_part = arrays_of(&parts[0], count, regress);
    loci_arrays test_part = arrays_of(&parts[1], MANY, regress);
    test_part.weights = NULL;
    return loci_dataset_borrow(out, "many", SMALL_SIDE, SMALL_SIDE, &train_part, &test_part, NULL);
}

static int prepare_all(void **state) {
    const loci_config pruned = small_pruned_config(2), teacher = small_config(2);
    if (prepare(state) != 0)
        return 1;
    fill(&parts[0], LOCI_TRAIN, SAMPLES, SAMPLES);
    fill(&parts[1], LOCI_TEST, MANY, SMALL_TEST);
    return borrow(&many, SAMPLES, false) != LOCI_OK || borrow(&numbers, SAMPLES, true) != LOCI_OK ||
           borrow(&others, SAMPLES - 1, false) != LOCI_OK ||
           train(&pruned, scratch_path(folder, "pruned"), NULL, NULL, NULL) != LOCI_OK ||
           train(&teacher, scratch_path(folder, "teacher"), NULL, NULL, NULL) != LOCI_OK;
}

static int clean_up(void **state) {
    loci_dataset_free(many);
    loci_dataset_free(numbers);
    loci_dataset_free(others);
    return clean(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {TEST(test_same_bytes), TEST(test_stop), TEST(test_failures)};
    return cmocka_run_group_tests(tests, prepare_all, clean_up);
}
