// Doubles from and to decimal, exact: no table, no `long double`, no C library. Configurations hold few of them.

#include <spansieve.h>

// 800 decimal digits and an exponent of 400: about 4,000 bits. What stands behind 800 digits can at most break a tie.
enum { LIMBS = 130, DIGITS = 800 };

typedef struct {
    uint32_t limb[LIMBS];
    int count;
    /// Something was cut off below.
    bool rest;
} big;

static void multiply(big *n, uint32_t by, uint32_t plus)
{
    uint64_t carry = plus;
    for (int i = 0; i < n->count; i++) {
        carry += (uint64_t)n->limb[i] * by;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry > 0 && n->count < LIMBS) {
        n->limb[n->count++] = (uint32_t)carry;
    }
}

static void divide(big *n, uint32_t by)
{
    uint64_t rest = 0;
    for (int i = n->count - 1; i >= 0; i--) {
        uint64_t part = rest << 32 | n->limb[i];
        n->limb[i] = (uint32_t)(part / by);
        rest = part % by;
    }
    while (n->count > 0 && n->limb[n->count - 1] == 0) {
        n->count--;
    }
    n->rest |= rest > 0;
}

static void shift_limbs(big *n, int by)
{
    if (n->count > 0) {
        memmove(n->limb + by, n->limb, (size_t)n->count * sizeof n->limb[0]);
        memset(n->limb, 0, (size_t)by * sizeof n->limb[0]);
        n->count += by;
    }
}

/// `n` times 2 to the power `exponent`, rounded to even.
static double to_double(const big *n, int exponent)
{
    if (n->count == 0) {
        return 0;
    }
    int top = n->count - 1;
    int bits = 32 * top + 32 - __builtin_clz(n->limb[top]);
    // Below the smallest normal exponent there are fewer digits.
    int digits = bits + exponent < -1021 ? 53 - (-1021 - (bits + exponent)) : 53;
    if (digits < 0) {
        return 0;
    }
    uint64_t mantissa = 0;
    bool half = false, rest = n->rest;
    for (int bit = bits - 1; bit >= 0; bit--) {
        bool set = (n->limb[bit / 32] >> (bit % 32) & 1) != 0;
        int place = bits - 1 - bit;
        if (place < digits) {
            mantissa = mantissa << 1 | set;
        } else if (place == digits) {
            half = set;
        } else {
            rest |= set;
        }
    }
    int have = bits < digits ? bits : digits;
    exponent += bits - have;
    mantissa += half && (rest || (mantissa & 1) != 0) ? 1 : 0;
    if (have + exponent > 1100) {
        return (double)__builtin_inff();
    }
    double value = (double)mantissa;
    for (; exponent > 0; exponent--) {
        value *= 2;
    }
    // Halving is exact: the mantissa has no more digits than the result holds.
    for (; exponent < 0; exponent++) {
        value /= 2;
    }
    return value;
}

double ssv_read_double(const char *at, size_t length)
{
    const char *end = at + length;
    bool negative = at < end && *at == '-';
    at += negative ? 1 : 0;
    big n = {.count = 0};
    int64_t scale = 0;
    int digits = 0;
    bool point = false;
    for (; at < end && ((*at >= '0' && *at <= '9') || *at == '.'); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        scale -= point ? 1 : 0;
        if (digits < DIGITS) {
            multiply(&n, 10, (uint32_t)(*at - '0'));
            digits += n.count > 0 ? 1 : 0;
        } else {
            n.rest |= *at != '0';
            scale++;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        bool down = at < end && *at == '-';
        at += at < end && (*at == '-' || *at == '+') ? 1 : 0;
        int64_t exponent = 0;
        for (; at < end; at++) {
            exponent = exponent < 1000000 ? exponent * 10 + (*at - '0') : exponent;
        }
        scale += down ? -exponent : exponent;
    }
    double value = 0;
    if (n.count == 0 || scale + digits < -330) {
        value = 0;
    } else if (scale + digits > 310) {
        value = (double)__builtin_inff();
    } else {
        int exponent = 0;
        for (; scale >= 9; scale -= 9) {
            multiply(&n, 1000000000, 0);
        }
        for (; scale > 0; scale--) {
            multiply(&n, 10, 0);
        }
        if (scale < 0) {
            // Enough bits that 64 are left after the division: 10 to the power 9 takes 30.
            int limbs = (int)(-scale * 4 / 32) + 3;
            limbs = limbs > LIMBS - n.count ? LIMBS - n.count : limbs;
            shift_limbs(&n, limbs);
            exponent = -32 * limbs;
        }
        for (; scale <= -9; scale += 9) {
            divide(&n, 1000000000);
        }
        for (; scale < 0; scale++) {
            divide(&n, 10);
        }
        value = to_double(&n, exponent);
    }
    return negative ? -value : value;
}

static size_t put(char *into, const char *text)
{
    size_t length = strlen(text);
    memcpy(into, text, length);
    return length;
}

/// Writes `digits` digits of `mantissa`, which stands for `0.mantissa` times ten to the power `exponent`.
static size_t write(char *into, bool negative, uint64_t mantissa, int digits, int exponent)
{
    char text[20];
    for (int i = digits - 1; i >= 0; i--) {
        text[i] = (char)('0' + mantissa % 10);
        mantissa /= 10;
    }
    while (digits > 1 && text[digits - 1] == '0') {
        digits--;
    }
    size_t at = 0;
    if (negative) {
        into[at++] = '-';
    }
    if (exponent > -5 && exponent <= 17) {
        for (int i = exponent < 1 ? exponent - 1 : 0; i < digits || i < exponent; i++) {
            if (i == exponent) {
                into[at++] = '.';
            }
            into[at++] = i >= 0 && i < digits ? text[i] : '0';
        }
        return at;
    }
    into[at++] = text[0];
    if (digits > 1) {
        into[at++] = '.';
        memcpy(into + at, text + 1, (size_t)digits - 1);
        at += (size_t)digits - 1;
    }
    into[at++] = 'e';
    exponent--;
    if (exponent < 0) {
        into[at++] = '-';
        exponent = -exponent;
    }
    if (exponent >= 100) {
        into[at++] = (char)('0' + exponent / 100);
    }
    if (exponent >= 10) {
        into[at++] = (char)('0' + exponent / 10 % 10);
    }
    into[at++] = (char)('0' + exponent % 10);
    return at;
}

size_t ssv_write_double(double number, char *into)
{
    if (number != number) {
        return put(into, "NaN");
    }
    bool negative = __builtin_signbit(number) != 0;
    double size = negative ? -number : number;
    if (size == 0) {
        return put(into, negative ? "-0" : "0");
    }
    if (size > 1.7976931348623157e308) {
        return put(into, negative ? "-inf" : "inf");
    }
    // The power of ten above the number, near enough: it is corrected below.
    int exponent = 0;
    for (double n = size; n >= 1; n /= 10) {
        exponent++;
    }
    for (double n = size; n < 0.1; n *= 10) {
        exponent--;
    }
    // With ever more digits, until what is written reads as the number.
    size_t length = 0;
    for (int digits = 1; digits <= 17; digits++) {
        char text[40];
        double scaled = size;
        for (int i = exponent; i < digits; i++) {
            scaled *= 10;
        }
        for (int i = exponent; i > digits; i--) {
            scaled /= 10;
        }
        // Scaling rounds, so the digits may be off by a few in the last place: look at those around.
        for (int off = 0; off <= (digits < 16 ? 1 : 40); off++) {
            for (int sign = 1; sign >= -1; sign -= 2) {
                uint64_t mantissa = (uint64_t)(scaled + 0.5) + (uint64_t)(int64_t)(sign * off);
                uint64_t limit = 1;
                for (int i = 0; i < digits; i++) {
                    limit *= 10;
                }
                length = mantissa == limit ? write(text, negative, mantissa / 10, digits, exponent + 1)
                                           : write(text, negative, mantissa, digits, exponent);
                if (ssv_read_double(text, length) == number) {
                    memcpy(into, text, length);
                    return length;
                }
            }
        }
        memcpy(into, text, length < 32 ? length : 31);
    }
    return length < 32 ? length : 31;
}
