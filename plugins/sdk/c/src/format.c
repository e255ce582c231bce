// A printf of our own: the C library's brings more code along than the rest of a plugin, and a way to write to files.

#include <spansieve.h>

typedef struct {
    char *at;
    size_t count, room;
} writer;

typedef struct spec {
    bool left, zeros;
    int width, precision;
} spec;

static void put(writer *out, const char *at, size_t length)
{
    if (length > out->room - out->count) {
        size_t room = out->room;
        while (length > room - out->count) {
            room *= 2;
        }
        char *grown = ssv_alloc(room);
        memcpy(grown, out->at, out->count);
        out->at = grown;
        out->room = room;
    }
    if (length > 0) {
        memcpy(out->at + out->count, at, length);
        out->count += length;
    }
}

static void fill(writer *out, char with, int count)
{
    for (; count > 0; count--) {
        put(out, &with, 1);
    }
}

static void put_padded(writer *out, const spec *spec, const char *at, size_t length)
{
    int gap = length < (size_t)spec->width ? spec->width - (int)length : 0;
    fill(out, ' ', spec->left ? 0 : gap);
    put(out, at, length);
    fill(out, ' ', spec->left ? gap : 0);
}

static void put_number(writer *out, const spec *spec, bool negative, uint64_t number, unsigned base, const char *digits)
{
    char text[24];
    size_t at = sizeof text;
    int least = spec->precision < 0 ? 1 : spec->precision > 20 ? 20 : spec->precision;
    while (number > 0 || (int)(sizeof text - at) < least) {
        text[--at] = digits[number % base];
        number /= base;
    }
    int length = (int)(sizeof text - at) + (negative ? 1 : 0);
    int gap = length < spec->width ? spec->width - length : 0;
    bool zeros = spec->zeros && !spec->left && spec->precision < 0;
    fill(out, ' ', spec->left || zeros ? 0 : gap);
    put(out, "-", negative ? 1 : 0);
    fill(out, '0', zeros ? gap : 0);
    put(out, text + at, sizeof text - at);
    fill(out, ' ', spec->left ? gap : 0);
}

/// Digits behind the point are few, so whole and fraction fit into integers; anything larger is written as `%g` does.
static void put_fixed(writer *out, const spec *spec, double number)
{
    char text[48];
    int digits = spec->precision < 0 ? 6 : spec->precision > 9 ? 9 : spec->precision;
    uint64_t scale = 1;
    for (int i = 0; i < digits; i++) {
        scale *= 10;
    }
    bool negative = __builtin_signbit(number) != 0;
    double size = negative ? -number : number;
    if (!(size < 1e15)) {
        put_padded(out, spec, text, ssv_write_double(number, text));
        return;
    }
    uint64_t whole = (uint64_t)size;
    double scaled = (size - (double)whole) * (double)scale;
    uint64_t fraction = (uint64_t)scaled;
    double rest = scaled - (double)fraction;
    fraction += rest > 0.5 || (rest >= 0.5 && fraction % 2 == 1) ? 1 : 0;
    if (fraction >= scale) {
        whole++;
        fraction -= scale;
    }
    writer inner = {text, 0, sizeof text};
    put_number(&inner, &(struct spec){.precision = -1}, negative, whole, 10, "0123456789");
    if (digits > 0) {
        put(&inner, ".", 1);
        put_number(&inner, &(struct spec){.precision = digits}, false, fraction, 10, "0123456789");
    }
    put_padded(out, spec, inner.at, inner.count);
}

typedef enum { PLAIN, HH, H, L, LL, Z, J, T } length;

static length read_length(const char **at)
{
    switch (**at) {
    case 'h':
        return *++*at == 'h' ? (++*at, HH) : H;
    case 'l':
        return *++*at == 'l' ? (++*at, LL) : L;
    case 'z':
        return ++*at, Z;
    case 'j':
        return ++*at, J;
    case 't':
        return ++*at, T;
    default:
        return PLAIN;
    }
}

/// A `va_list` may be an array, which decays when it is passed: a struct keeps it one thing.
typedef struct {
    va_list list;
} arguments;

static int64_t take_signed(arguments *from, length length)
{
    switch (length) {
    case HH:
        return (signed char)va_arg(from->list, int);
    case H:
        return (short)va_arg(from->list, int);
    case L:
        return va_arg(from->list, long);
    case LL:
        return va_arg(from->list, long long);
    case Z:
    case T:
        return va_arg(from->list, ptrdiff_t);
    case J:
        return va_arg(from->list, intmax_t);
    case PLAIN:
        break;
    }
    return va_arg(from->list, int);
}

static uint64_t take_unsigned(arguments *from, length length)
{
    switch (length) {
    case HH:
        return (unsigned char)va_arg(from->list, unsigned);
    case H:
        return (unsigned short)va_arg(from->list, unsigned);
    case L:
        return va_arg(from->list, unsigned long);
    case LL:
        return va_arg(from->list, unsigned long long);
    case Z:
    case T:
        return va_arg(from->list, size_t);
    case J:
        return va_arg(from->list, uintmax_t);
    case PLAIN:
        break;
    }
    return va_arg(from->list, unsigned);
}

static int read_count(const char **at, arguments *from)
{
    if (**at == '*') {
        ++*at;
        return va_arg(from->list, int);
    }
    int count = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        count = count < 100000 ? count * 10 + (**at - '0') : count;
    }
    return count;
}

static void put_string(writer *out, const spec *spec, const char *string)
{
    if (string == NULL) {
        string = spec->precision == 0 ? "" : "(null)";
    }
    size_t length = 0;
    while ((spec->precision < 0 || length < (size_t)spec->precision) && string[length] != 0) {
        length++;
    }
    put_padded(out, spec, string, length);
}

/// One conversion, behind its `%`.
static void convert(writer *out, const char **at, arguments *from)
{
    spec spec = {.precision = -1};
    for (;; ++*at) {
        if (**at == '-') {
            spec.left = true;
        } else if (**at == '0') {
            spec.zeros = true;
        } else {
            break;
        }
    }
    spec.width = read_count(at, from);
    if (spec.width < 0) {
        spec.left = true;
        spec.width = -spec.width;
    }
    if (**at == '.') {
        ++*at;
        spec.precision = read_count(at, from);
    }
    length length = read_length(at);
    char text[32];
    switch (*(*at)++) {
    case 'd':
    case 'i': {
        int64_t number = take_signed(from, length);
        put_number(out, &spec, number < 0, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, "0123456789");
        return;
    }
    case 'u':
        put_number(out, &spec, false, take_unsigned(from, length), 10, "0123456789");
        return;
    case 'x':
        put_number(out, &spec, false, take_unsigned(from, length), 16, "0123456789abcdef");
        return;
    case 'X':
        put_number(out, &spec, false, take_unsigned(from, length), 16, "0123456789ABCDEF");
        return;
    case 'p':
        put(out, "0x", 2);
        put_number(out, &spec, false, (uintptr_t)va_arg(from->list, void *), 16, "0123456789abcdef");
        return;
    case 'c':
        text[0] = (char)va_arg(from->list, int);
        put_padded(out, &spec, text, 1);
        return;
    case 's':
        put_string(out, &spec, va_arg(from->list, const char *));
        return;
    case 'f':
        put_fixed(out, &spec, va_arg(from->list, double));
        return;
    case 'g':
        put_padded(out, &spec, text, ssv_write_double(va_arg(from->list, double), text));
        return;
    case '%':
        put(out, "%", 1);
        return;
    default:
        // Going on would take the wrong arguments for the rest of the format.
        SSV_FAIL("ssv_format() does not know this conversion; see memory.h for those that it knows");
    }
}

ssv_str ssv_vformat(const char *format, va_list list)
{
    char small[256];
    writer out = {small, 0, sizeof small};
    arguments from;
    va_copy(from.list, list);
    for (const char *at = format; *at != 0;) {
        size_t plain = 0;
        while (at[plain] != 0 && at[plain] != '%') {
            plain++;
        }
        put(&out, at, plain);
        at += plain;
        if (*at == '%') {
            at++;
            convert(&out, &at, &from);
        }
    }
    va_end(from.list);
    return ssv_copy_str(ssv_slice(out.at, out.count));
}

ssv_str ssv_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ssv_str text = ssv_vformat(format, arguments);
    va_end(arguments);
    return text;
}

ssv_str ssv_hex(const uint8_t *bytes, size_t length)
{
    char *at = ssv_alloc(2 * length + 1);
    for (size_t i = 0; i < length; i++) {
        at[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        at[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return ssv_slice(at, 2 * length);
}
