#include "wiring/cells.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* Cells along a strip for each slab: the finer, the narrower are slabs. */
enum { CELLS_OF_SLAB = 4 };

/* Half of the square that sites spread over as evenly as these do, in standard deviations:
 * 1/sqrt(3) of it is one. A few that are far out share the outermost cells. */
static const double HALF = 1.8;

static size_t most_strips(size_t count) {
    return 1 + count / (4 * LOCI_SLAB);
}

static size_t most_cells(size_t count) {
    return CELLS_OF_SLAB * (count / LOCI_SLAB + 2 * most_strips(count));
}

size_t loci_cells_room(size_t count) {
    return loci_pad16(count) + LOCI_SLAB * most_strips(count);
}

void loci_cells_take(loci_cells *r, size_t count, size_t coordinates, loci_arena *arena) {
    size_t room = loci_cells_room(count);
    r->coordinates = coordinates;
    r->room = room;
    r->site = loci_arena_take(arena, room, sizeof *r->site);
    r->q = loci_arena_floats(arena, coordinates, room);
    r->e = loci_arena_floats(arena, room, 1);
    r->slab_low = loci_arena_floats(arena, room / LOCI_SLAB, 1);
    r->slab_high = loci_arena_floats(arena, room / LOCI_SLAB, 1);
    r->strip_low = loci_arena_floats(arena, most_strips(count), 1);
    r->strip_high = loci_arena_floats(arena, most_strips(count), 1);
    r->strip_slab = loci_arena_take(arena, most_strips(count) + 1, sizeof *r->strip_slab);
    r->cell = loci_arena_take(arena, count, sizeof *r->cell);
    r->cell_start = loci_arena_take(arena, most_cells(count) + 1, sizeof *r->cell_start);
}

/* Where most sites lie, in one coordinate. */
struct extent {
    double low, size;
};

static struct extent extent_of(const loci_sites_of *s, size_t k) {
    double sum = 0, squares = 0, count = (double)s->count;
    for (size_t i = 0; i < s->count; i++) {
        double x = s->position[i * s->coordinates + k];
        sum += x;
        squares += x * x;
    }
    double mean = sum / count, deviation = sqrt(fmax(squares / count - mean * mean, 0));
    return (struct extent){mean - HALF * deviation, 2 * HALF * deviation};
}

/* How sites are cut into cells. */
struct grid {
    struct extent x, y; /* along, across */
    size_t columns, strips;
};

/* Slabs are squares where sites lie evenly. Positions that are no numbers, or all the same, make
 * one strip. */
static struct grid grid_of(loci_cells *r, const loci_sites_of *s) {
    size_t C = s->coordinates, most = most_strips(s->count);
    struct grid g = {.x = extent_of(s, 0)};
    r->along = 0;
    r->across = C > 1 ? 1 : 0;
    g.y = extent_of(s, (size_t)r->across);
    double slabs = (double)s->count / LOCI_SLAB, strips = sqrt(slabs * g.y.size / g.x.size);
    g.strips = C > 1 && strips > 1 ? (strips < (double)most ? (size_t)(strips + 0.5) : most) : 1;
    g.columns = CELLS_OF_SLAB * (s->count / LOCI_SLAB / g.strips + 1);
    return g;
}

static size_t cell_in(struct extent e, size_t cells, float x) {
    double at = (x - e.low) / e.size * (double)cells;
    return at > 0 ? (at < (double)cells ? (size_t)at : cells - 1) : 0;
}

/* Sites by cell, in their order within each: r->site [count] */
static void count_cells(loci_cells *r, const loci_sites_of *s, const struct grid *g) {
    size_t cells = g->columns * g->strips, C = s->coordinates;
    memset(r->cell_start, 0, (cells + 1) * sizeof *r->cell_start);
    for (size_t i = 0; i < s->count; i++) {
        const float *p = s->position + i * C;
        size_t strip = cell_in(g->y, g->strips, p[r->across]);
        r->cell[i] = (uint32_t)(strip * g->columns + cell_in(g->x, g->columns, p[r->along]));
        r->cell_start[r->cell[i] + 1]++;
    }
}

/* The place of each cell's first lane, strips beginning at whole slabs. */
static void place_cells(loci_cells *r, const struct grid *g) {
    uint32_t lane = 0;
    uint32_t *start = r->cell_start + 1;
    for (size_t strip = 0; strip < g->strips; strip++) {
        r->strip_slab[strip] = lane / LOCI_SLAB;
        for (size_t c = strip * g->columns; c < (strip + 1) * g->columns; c++) {
            uint32_t own = start[c];
            start[c] = lane;
            lane += own;
        }
        lane = (uint32_t)loci_pad16(lane);
    }
    r->strips = g->strips;
    r->strip_slab[g->strips] = lane / LOCI_SLAB;
    r->lanes = lane;
}

static void put(loci_cells *r, const loci_sites_of *s, size_t lane, size_t site) {
    const float *p = s->position + site * s->coordinates;
    for (size_t k = 0; k < s->coordinates; k++)
        r->q[k * r->room + lane] = p[k];
    r->site[lane] = (uint32_t)site;
    r->e[lane] = s->factor * (s->charge == NULL ? 1 : s->charge[site]);
}

/* Lanes past a strip's last site. */
static void fill_up(loci_cells *r, size_t strip) {
    size_t first = r->strip_slab[strip] * LOCI_SLAB, end = r->strip_slab[strip + 1] * LOCI_SLAB;
    size_t lane = end;
    while (lane > first && r->site[lane - 1] == UINT32_MAX)
        lane--;
    for (; lane < end && lane > first; lane++) {
        for (size_t k = 0; k < r->coordinates; k++)
            r->q[k * r->room + lane] = r->q[k * r->room + lane - 1];
        r->e[lane] = 0;
    }
}

/* Bounds of a strip's slabs: those along are widened until they never decrease. */
static void bound_strip(loci_cells *r, size_t strip) {
    const float *x = r->q + (size_t)r->along * r->room, *y = r->q + (size_t)r->across * r->room;
    size_t first = r->strip_slab[strip], end = r->strip_slab[strip + 1];
    float low = INFINITY, high = -INFINITY, most = -INFINITY, least = INFINITY;
    for (size_t slab = first; slab < end; slab++) {
        float left = INFINITY;
        for (size_t lane = slab * LOCI_SLAB; lane < (slab + 1) * LOCI_SLAB; lane++) {
            left = x[lane] < left ? x[lane] : left;
            most = x[lane] > most ? x[lane] : most;
            low = y[lane] < low ? y[lane] : low;
            high = y[lane] > high ? y[lane] : high;
        }
        r->slab_low[slab] = left;
        r->slab_high[slab] = most;
    }
    for (size_t slab = end; slab-- > first;) {
        least = r->slab_low[slab] < least ? r->slab_low[slab] : least;
        r->slab_low[slab] = least;
    }
    r->strip_low[strip] = low;
    r->strip_high[strip] = high;
}

/* Those of strips are widened likewise: an empty strip has those of the next one and the last. */
static void bound_strips(loci_cells *r) {
    float most = -INFINITY, least = INFINITY;
    for (size_t strip = 0; strip < r->strips; strip++) {
        most = r->strip_high[strip] > most ? r->strip_high[strip] : most;
        r->strip_high[strip] = most;
    }
    for (size_t strip = r->strips; strip-- > 0;) {
        least = r->strip_low[strip] < least ? r->strip_low[strip] : least;
        r->strip_low[strip] = least;
    }
}

void loci_cells_sort(loci_cells *r, const loci_sites_of *s) {
    struct grid g = grid_of(r, s);
    count_cells(r, s, &g);
    place_cells(r, &g);
    memset(r->site, 0xff, r->lanes * sizeof *r->site);
    for (size_t i = 0; i < s->count; i++)
        put(r, s, r->cell_start[r->cell[i] + 1]++, i);
    for (size_t strip = 0; strip < r->strips; strip++) {
        fill_up(r, strip);
        bound_strip(r, strip);
    }
    bound_strips(r);
}

float loci_cells_limit(const loci_wiring *w) {
    const double margin = 1 + 1e-5; /* a hundred times what 1/r may be off */
    double range = 1.0 / (double)w->inverse_range;
    return (float)(range * range * margin - w->base);
}

size_t loci_cells_runs(size_t count) {
    return most_strips(count);
}

/* The first of bounds [count], which never decrease, that is not below x; count if all are. Where x
 * is no number, the first. */
static size_t first_from(const float *bound, size_t count, float x) {
    size_t first = 0;
    while (count > 8) {
        size_t half = count / 2;
        bool below = bound[first + half - 1] < x;
        first += below ? half : 0;
        count -= half;
    }
    while (count > 0 && bound[first] < x) {
        first++;
        count--;
    }
    return first;
}

/* The end of those that are not above x. */
static size_t end_at(const float *bound, size_t count, float x) {
    size_t end = 0;
    while (count > 8) {
        size_t half = count / 2;
        bool above = bound[end + half - 1] > x;
        end += above ? 0 : half;
        count = above ? half : count - half;
    }
    while (count > 0 && !(bound[end] > x)) {
        end++;
        count--;
    }
    return end;
}

/* A place that is no number reaches all, so that it is not lost. */
size_t loci_cells_find(const loci_cells *r, const float *p, float limit, loci_run *run) {
    float x = p[r->along], y = p[r->across], furthest = sqrtf(limit > 0 ? limit : 0);
    size_t found = 0, strip = first_from(r->strip_high, r->strips, y - furthest);
    for (; strip < r->strips && !(r->strip_low[strip] > y + furthest); strip++) {
        float below = r->strip_low[strip] - y, above = y - r->strip_high[strip];
        float away = below > above ? below : above;
        away = r->along != r->across && away > 0 ? away : 0;
        float left = limit - away * away;
        if (left < 0)
            continue;
        float half = sqrtf(left) * (1 + 1e-6f);
        uint32_t first = r->strip_slab[strip], slabs = r->strip_slab[strip + 1] - first;
        uint32_t from = first + (uint32_t)first_from(r->slab_high + first, slabs, x - half);
        uint32_t end = first + (uint32_t)end_at(r->slab_low + first, slabs, x + half);
        if (from < end)
            run[found++] = (loci_run){from, end};
    }
    return found;
}
