#include "base/text.h"

#include <string.h>

bool loci_same_letters(const char *a, const char *b) {
    while (*a != '\0' && loci_upper(*a) == loci_upper(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

size_t loci_character(const char *text, uint32_t *character) {
    /* the least character of so many bytes: a shorter one may not be written longer */
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)text;
    size_t more = byte[0] < 0x80 ? 0 : byte[0] < 0xe0 ? 1 : byte[0] < 0xf0 ? 2 : 3;
    if (byte[0] == 0 || (byte[0] >= 0x80 && byte[0] < 0xc2) || byte[0] > 0xf4)
        return 0;
    uint32_t value = more == 0 ? byte[0] : byte[0] & (0x3fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (byte[i] & 0x3f);
    }
    if (value < least[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *character = value;
    return more + 1;
}

bool loci_is_utf8(const char *text) {
    uint32_t ignored;
    for (size_t step; *text != '\0'; text += step)
        if ((step = loci_character(text, &ignored)) == 0)
            return false;
    return true;
}

/* What a terminal would obey instead of showing it, or what turns the text after it around. */
static bool is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

size_t loci_text_show(char *out, size_t size, const char *text, size_t columns) {
    size_t used = 0, shown = 0;
    while (*text != '\0') {
        uint32_t character = 0;
        size_t length = loci_character(text, &character);
        bool clear = length > 0 && !is_control(character);
        size_t width = clear ? loci_width(character) : 1, bytes = clear ? length : 1;
        if (used + bytes >= size || shown + width > columns)
            break;
        memmove(out + used, clear ? text : "?", bytes);
        used += bytes;
        shown += width;
        text += length > 0 ? length : 1;
    }
    if (size > 0)
        out[used] = '\0';
    return shown;
}

const char *loci_shown(char *out, size_t size, const char *text) {
    loci_text_show(out, size, text, SIZE_MAX);
    return out;
}
