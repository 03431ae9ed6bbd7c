/* The server of live pages, without a connection: who is let in, what is answered, what pages are
 * told, and frames as they are sent. */
#include "scratch.h"

#include <jansson.h>
#include <math.h>

#include "live/events.h"
#include "live/guard.h"
#include "live/wire.h"

static const char *const folders[] = {"runs/<b>one</b>", "runs/two"};

static live_state state;

static int open_state(void **unused) {
    (void)unused;
    assert_true(live_state_open(&state, folders, 2));
    state.port = 7411;
    strcpy(state.host, "127.0.0.1");
    state.overview = live_bytes_text("all");
    state.waiting = live_bytes_text("wait");
    return 0;
}

static int close_state(void **unused) {
    (void)unused;
    live_state_close(&state);
    return 0;
}

/* ---- frames ---- */

static uint32_t u32_at(const live_bytes *bytes, size_t at) {
    const unsigned char *b = bytes->data + at;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static float float_at(const live_bytes *bytes, size_t at) {
    uint32_t bits = u32_at(bytes, at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const size_t counts[] = {3, 1, 2};
static const live_layout layout = {3, 6, counts};
static const float before[] = {1, -2, 0.5f, 7, 1e-3f, 0};

static void test_key_frame(void **unused) {
    (void)unused;
    live_bytes *frame = live_key_frame(&layout, before, 4, 9);
    assert_int_equal(frame->size, 20 + 4 * 6);
    assert_memory_equal(frame->data, "LOCI", 4);
    assert_int_equal(u32_at(frame, 4), 4);
    assert_int_equal(u32_at(frame, 8), 9);
    assert_int_equal(u32_at(frame, 12), 6);
    assert_int_equal(u32_at(frame, 16), 0);
    for (size_t i = 0; i < 6; i++)
        assert_true(float_at(frame, 20 + 4 * i) == before[i]);
    live_bytes_drop(frame);
}

/* Each part has a step of its own: what moves far does not blur what moves little. */
static void test_moved_frame(void **unused) {
    (void)unused;
    static const float after[] = {1.5f, -1.8765393f, 0.251236f, 7, 1.1e-3f, -2.345e-5f};
    live_bytes *frame = live_moved_frame(&layout, before, after, 4, 10);
    assert_int_equal(frame->size, 20 + 4 * 3 + 2 * 6);
    assert_int_equal(u32_at(frame, 16), 3);
    for (size_t p = 0, i = 0; p < 3; p++) {
        float step = float_at(frame, 20 + 4 * p);
        assert_true(step <= (p == 0 ? 0.5f : p == 1 ? 0 : 1.01e-4f) / 32767 * 1.001f);
        for (size_t k = 0; k < counts[p]; k++, i++) {
            const unsigned char *level = frame->data + 20 + 12 + 2 * i;
            float value = before[i] + step * (float)(int16_t)(level[0] | level[1] << 8);
            assert_true(fabsf(value - after[i]) <= 0.51f * step + 1e-9f);
        }
    }
    live_bytes_drop(frame);
}

static void test_frame_of_nonsense(void **unused) {
    (void)unused;
    static const float after[] = {NAN, INFINITY, -INFINITY, 7, 1, 2};
    live_bytes *frame = live_moved_frame(&layout, before, after, 1, 2);
    assert_true(isfinite(float_at(frame, 20)));
    live_bytes_drop(frame);
}

/* ---- who is let in ---- */

static void test_hosts(void **unused) {
    (void)unused;
    static const char *const good[] = {"127.0.0.1:7411", "127.0.0.1",  "localhost:7411",
                                       "localhost:8000", "[::1]:7411", "[::1]"};
    static const char *const bad[] = {
        "",      "evil.example",      "evil.example:7411", "192.0.2.7", "127.0.0.1.evil.example",
        "[::1",  "localhost:80@evil", "localhost:x",       "[::1]evil", "127.0.0.1:7411:1",
        "0x7f.1"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(live_host_known(&state, good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(live_host_known(&state, bad[i]));
    assert_false(live_host_known(&state, NULL));
    state.bound = true;
    strcpy(state.host, "node7.example");
    assert_true(live_host_known(&state, "192.0.2.7:7411"));
    assert_true(live_host_known(&state, "[2001:db8::1]:7411"));
    assert_true(live_host_known(&state, "node7.example:7411"));
    assert_false(live_host_known(&state, "evil.example:7411"));
}

static live_request asking(const char *method, const char *path) {
    return (live_request){.method = method, .path = path, .host = "127.0.0.1:7411"};
}

static unsigned status_of(const live_request *request) {
    live_response response;
    live_answer(&state, request, &response);
    live_bytes_drop(response.bytes);
    return response.status;
}

static void test_other_sites(void **unused) {
    (void)unused;
    live_request r = asking("GET", "/events");
    assert_int_equal(status_of(&r), 200);
    r.origin = "http://127.0.0.1:7411";
    assert_int_equal(status_of(&r), 200);
    static const char *const bad[] = {"http://evil.example", "null", "http://127.0.0.1:7412", "",
                                      "file://127.0.0.1:7411"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        r.origin = bad[i];
        assert_int_equal(status_of(&r), 403);
    }
    r.origin = NULL;
    r.site = "cross-site";
    assert_int_equal(status_of(&r), 403);
    r.site = "same-site";
    assert_int_equal(status_of(&r), 403);
    r.site = "same-origin";
    assert_int_equal(status_of(&r), 200);
    /* a link on another page may lead here */
    r.site = "cross-site";
    r.destination = "document";
    assert_int_equal(status_of(&r), 200);
    r.method = "POST";
    r.path = "/stop";
    r.token_header = state.token;
    assert_int_equal(status_of(&r), 403);
}

static void test_steering_takes_the_token(void **unused) {
    (void)unused;
    char wrong[LIVE_TOKEN], body[LIVE_TOKEN + 8];
    state.training = true;
    live_request r = asking("POST", "/pause");
    assert_int_equal(status_of(&r), 403);
    strcpy(wrong, state.token);
    wrong[LIVE_TOKEN - 2] ^= 1;
    r.token_header = wrong;
    assert_int_equal(status_of(&r), 403);
    wrong[LIVE_TOKEN - 2] = '\0';
    assert_int_equal(status_of(&r), 403);
    r.token_header = NULL;
    r.token = state.token; /* an address may be written down anywhere */
    assert_int_equal(status_of(&r), 403);
    assert_false(state.paused);
    r.token_header = state.token;
    assert_int_equal(status_of(&r), 200);
    assert_true(state.paused);
    r.token_header = r.token = NULL;
    r.path = "/stop";
    r.size = (size_t)snprintf(body, sizeof body, "token=%s", state.token);
    r.body = body;
    assert_int_equal(status_of(&r), 200);
    assert_true(state.stopping);
    r.path = "/net/0/";
    assert_int_equal(status_of(&r), 404);
    state.training = false;
    r.path = "/resume";
    assert_int_equal(status_of(&r), 409);
    r.size = LIVE_MOST_BODY + 1;
    r.body = NULL;
    assert_int_equal(status_of(&r), 413);
}

/* Who others can reach asks for the token everywhere, and takes the cookie that it gave. */
static void test_bound(void **unused) {
    (void)unused;
    static const char *const paths[] = {"/", "/events", "/net/0/", "/net/0/frame", "/nothing"};
    char cookies[128];
    state.bound = true;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        live_request r = asking("GET", paths[i]);
        assert_int_equal(status_of(&r), 401);
        r.cookies = "loci-7411=0123456789abcdef0123456789abcdef";
        assert_int_equal(status_of(&r), 401);
    }
    live_request r = asking("GET", "/");
    r.token = state.token;
    live_response response;
    live_answer(&state, &r, &response);
    assert_int_equal(response.status, 303);
    assert_string_equal(response.location, "/");
    assert_true(response.set_cookie);
    r.token = NULL;
    snprintf(cookies, sizeof cookies, "a=b; loci-7411=%s; c=d", state.token);
    r.cookies = cookies;
    assert_int_equal(status_of(&r), 200);
    /* another port's is another server's */
    snprintf(cookies, sizeof cookies, "loci-741=%s", state.token);
    assert_int_equal(status_of(&r), 401);
    /* a cookie is sent by itself, so it steers nothing */
    snprintf(cookies, sizeof cookies, "loci-7411=%s", state.token);
    state.training = true;
    r.method = "POST";
    r.path = "/stop";
    assert_int_equal(status_of(&r), 403);
}

/* ---- what is answered ---- */

static void test_paths(void **unused) {
    (void)unused;
    static const char *const none[] = {"/net/2/",
                                       "/net/-1/",
                                       "/net/",
                                       "/net/0",
                                       "/net/0/../1/",
                                       "/net/0/config.json",
                                       "/net/00000000000/",
                                       "/../etc/passwd",
                                       "/net/0/frame/",
                                       "/runs/two",
                                       "//",
                                       "/index.html",
                                       "/net/9999999999999/"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        live_request r = asking("GET", none[i]);
        assert_int_equal(status_of(&r), 404);
    }
    live_request r = asking("GET", "*");
    assert_int_equal(status_of(&r), 400);
    r = asking("PUT", "/");
    assert_int_equal(status_of(&r), 405);
    r = asking("HEAD", "/events");
    live_response response;
    live_answer(&state, &r, &response);
    assert_false(response.stream);
    r = asking("GET", "/events");
    r.run = "2";
    assert_int_equal(status_of(&r), 404);
    r.run = "1";
    assert_int_equal(status_of(&r), 200);
}

static bool contains(const live_bytes *bytes, const char *text) {
    return bytes != NULL && strstr((const char *)bytes->data, text) != NULL;
}

static void test_page_is_asked_for(void **unused) {
    (void)unused;
    live_request r = asking("GET", "/net/1/");
    live_response response;
    live_answer(&state, &r, &response);
    assert_true(state.runs[1].page_wanted && !state.runs[0].page_wanted);
    assert_true(contains(response.bytes, "wait"));
    live_bytes_drop(response.bytes);
    /* why it is not there is plain text, whatever is in it */
    live_request ready = asking("GET", "/net/1/ready");
    strcpy(state.runs[1].trouble, "<script>alert(1)</script>");
    live_answer(&state, &ready, &response);
    assert_int_equal(response.status, 404);
    assert_true(contains(response.bytes, "<script>") &&
                strncmp(response.type, "text/plain", 10) == 0);
    live_bytes_drop(response.bytes);
    state.runs[1].page = live_bytes_text("the page");
    live_answer(&state, &r, &response);
    assert_true(contains(response.bytes, "the page"));
    live_bytes_drop(response.bytes);
    assert_int_equal(status_of(&ready), 200);
}

/* A page takes a while: what is another network's by then would be asked for again without an end,
 * and one of a training that has finished shows too little. */
static void test_page_that_comes_late(void **unused) {
    (void)unused;
    live_run *run = &state.runs[0];
    run->page_wanted = true;
    run->generation = 3;
    run->status = LIVE_RUNNING;
    live_keep_page(run, live_bytes_text("of another network"), 2, LIVE_RUNNING);
    assert_true(run->page == NULL && run->page_wanted);
    run->status = LIVE_FINISHED;
    live_keep_page(run, live_bytes_text("before its end"), 3, LIVE_RUNNING);
    assert_true(run->page == NULL && run->page_wanted);
    live_keep_page(run, live_bytes_text("all of it"), 3, LIVE_FINISHED);
    assert_true(contains(run->page, "all of it") && !run->page_wanted);
}

static void test_frames_against_the_key(void **unused) {
    (void)unused;
    live_run *run = &state.runs[0];
    live_request r = asking("GET", "/net/0/frame");
    assert_int_equal(status_of(&r), 404);
    run->key = live_bytes_text("key");
    run->frame = live_bytes_text("moved");
    run->key_number = 3;
    static const struct {
        const char *key, *wanted;
    } cases[] = {{NULL, "key"}, {"2", "key"}, {"3", "moved"}, {"", "key"}, {"x", "key"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        live_response response;
        r.key = cases[i].key;
        live_answer(&state, &r, &response);
        assert_true(contains(response.bytes, cases[i].wanted));
        live_bytes_drop(response.bytes);
    }
}

/* ---- what pages are told ---- */

static void learn(live_run *run, size_t epochs) {
    run->metrics = realloc(run->metrics, epochs * sizeof *run->metrics);
    for (size_t i = 0; i < epochs; i++)
        run->metrics[i] = (loci_metrics){.task = LOCI_TASK_CLASSIFY,
                                         .epoch = (uint32_t)i + 1,
                                         .train_loss = 1.0 / (double)(i + 1),
                                         .validation_accuracy = -1,
                                         .test_accuracy = 0.5};
    run->metrics_count = epochs;
    live_changed(&state, run);
}

static void *no_memory(size_t size) {
    (void)size;
    return NULL;
}

static void test_events(void **unused) {
    (void)unused;
    live_told told[2] = {{0}};
    live_bytes *text = live_events(&state, LIVE_ALL_RUNS, told);
    assert_true(contains(text, "\"run\":0") && contains(text, "\"run\":1"));
    live_bytes_drop(text);
    assert_null(live_events(&state, LIVE_ALL_RUNS, told));

    learn(&state.runs[1], 2);
    text = live_events(&state, LIVE_ALL_RUNS, told);
    assert_true(contains(text, "event: metrics\ndata: {\"run\":1,\"anew\":true"));
    assert_false(contains(text, "\"run\":0"));
    live_bytes_drop(text);
    learn(&state.runs[1], 3);
    text = live_events(&state, 1, told);
    assert_true(contains(text, "\"anew\":false") && contains(text, "\"epoch\":3,"));
    assert_false(contains(text, "\"epoch\":2,"));
    live_bytes_drop(text);
    /* another past: all of it again */
    state.runs[1].history++;
    learn(&state.runs[1], 1);
    text = live_events(&state, 1, told);
    assert_true(contains(text, "\"anew\":true") && contains(text, "\"epoch\":1,"));
    live_bytes_drop(text);
    assert_null(live_events(&state, 0, told));
    /* what there was no memory for is told the next time */
    learn(&state.runs[1], 2);
    json_set_alloc_funcs(no_memory, free);
    assert_null(live_events(&state, 1, told));
    json_set_alloc_funcs(malloc, free);
    text = live_events(&state, 1, told);
    assert_true(contains(text, "\"epoch\":2,"));
    live_bytes_drop(text);
}

/* A long run is thinned, its last epoch there. */
static void test_many_epochs(void **unused) {
    (void)unused;
    live_told told[2] = {{0}};
    learn(&state.runs[0], 100000);
    live_bytes *text = live_events(&state, 0, told);
    assert_true(text->size < 300000);
    assert_true(contains(text, "\"epoch\":100000,") && contains(text, "\"epoch\":1,"));
    live_bytes_drop(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_state, close_state)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_frame),
        cmocka_unit_test(test_moved_frame),
        cmocka_unit_test(test_frame_of_nonsense),
        TEST(test_hosts),
        TEST(test_other_sites),
        TEST(test_steering_takes_the_token),
        TEST(test_bound),
        TEST(test_paths),
        TEST(test_page_is_asked_for),
        TEST(test_page_that_comes_late),
        TEST(test_frames_against_the_key),
        TEST(test_events),
        TEST(test_many_epochs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
