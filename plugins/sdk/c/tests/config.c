// Configurations: the schema, decoding, and errors that say where.

#include <math.h>
#include <spansieve_test.h>
#include <stdio.h>
#include <stdlib.h>

#include "../src/guest.h"

typedef struct {
    ssv_str key;
    uint32_t times;
} step;

SSV_CONFIG(step, SSV_STRING(step, key, .required = true), SSV_INTEGER(step, times, .about = "How often"));

typedef struct {
    ssv_str text;
    int64_t number;
    int32_t small;
    double ratio;
    ssv_strings list;
    bool flag;
    int choice;
    step one;
    SSV_LIST(step) steps;
    const ssv_json *any;
} config;

SSV_CONFIG(config,
    SSV_STRING(config, text, .about = "A \"text\""),
    SSV_INTEGER(config, number, .otherwise.integer = 7),
    SSV_INTEGER(config, small, .bounded = true, .minimum = -3, .maximum = 3),
    SSV_NUMBER(config, ratio, .otherwise.number = 0.5),
    SSV_STRINGS(config, list, .about = "Some"),
    SSV_FLAG(config, flag, .otherwise.flag = true),
    SSV_CHOICE(config, choice, .choices = SSV_NAMES("one", "two"), .otherwise.text = "two"),
    SSV_OBJECT(config, one, step, .about = "One step"),
    SSV_OBJECTS(config, steps, step, .about = "What to do, in order"),
    SSV_ANY(config, any, .about = "Anything"));

static config decoded;

static const char *decode(const char *json)
{
    ssv_error error = {ssv_cstr("")};
    bool ok = ssv_decode(ssv_cstr(json), &config_shape, &decoded, &error);
    ssvt_check(ok == (error.message.length == 0));
    return ssv_copy_str(error.message).at;
}

#define REFUSES(json, message) ssvt_check_text(ssv_cstr(decode(json)), message)

SSVT_TEST(what_is_not_given_is_what_the_table_says)
{
    REFUSES("null", "");
    ssvt_check(!ssv_given(decoded.text) && decoded.number == 7 && decoded.small == 0 && decoded.ratio == 0.5 && decoded.list.count == 0);
    ssvt_check(decoded.flag && decoded.choice == 1 && decoded.one.times == 0 && decoded.steps.count == 0 && decoded.any == NULL);
}

SSVT_TEST(what_is_given_is_decoded)
{
    REFUSES("{\"text\": \"a\\u00e9\\ud83d\\ude00\\n\", \"number\": -9223372036854775808, \"small\": -3, \"ratio\": 2, \"list\": [\"x\", \"y\"],"
            "\"flag\": false, \"choice\": \"one\", \"one\": {\"key\": \"k\"}, \"steps\": [{\"key\": \"a\", \"times\": 4294967295}, {\"key\": \"b\"}],"
            "\"any\": {\"deep\": [1, 2.5, null]}}",
            "");
    ssvt_check_text(decoded.text, "aé😀\n");
    ssvt_check(decoded.number == INT64_MIN && decoded.small == -3 && decoded.ratio == 2 && !decoded.flag && decoded.choice == 0);
    ssvt_check_int(decoded.list.count, 2);
    ssvt_check_text(decoded.list.at[1], "y");
    ssvt_check_text(decoded.one.key, "k");
    ssvt_check_int(decoded.steps.count, 2);
    ssvt_check_int(decoded.steps.at[0].times, UINT32_MAX);
    ssvt_check_text(decoded.steps.at[1].key, "b");
    ssv_value any = ssv_json_value(decoded.any);
    ssvt_check_text(ssvt_show(&any), "{\"deep\": [1, 2.5, null]}");
}

SSVT_TEST(errors_name_the_path_what_was_found_and_what_was_expected)
{
    REFUSES("{\"steps\": [{\"key\": \"a\"}, {\"key\": 3}]}", "steps[1].key: invalid type: integer `3`, expected a string");
    REFUSES("{\"steps\": [{\"kee\": \"a\"}]}", "steps[0].kee: unknown field `kee`, expected `key` or `times`");
    REFUSES("{\"steps\": [{}]}", "steps[0]: missing field `key`");
    REFUSES("{\"list\": [\"a\", null]}", "list[1]: invalid type: null, expected a string");
    REFUSES("{\"choice\": \"three\"}", "choice: unknown choice `three`, expected `one` or `two`");
    REFUSES("{\"small\": 4}", "small: 4 is out of range, expected -3 to 3");
    REFUSES("{\"steps\": [{\"key\": \"a\", \"times\": -1}]}", "steps[0].times: -1 is out of range, expected 0 to 4294967295");
    REFUSES("{\"number\": 1.5}", "number: invalid type: floating point `1.5`, expected an integer");
    REFUSES("{\"one\": []}", "one: invalid type: sequence, expected a map");
    REFUSES("3", "invalid type: integer `3`, expected a map");
}

SSVT_TEST(what_is_no_json_is_refused)
{
    static const char *const bad[] = {"",        "{",       "[1,]",   "{\"a\"}", "{\"a\":1,}", "01",     "1.",     "1e",       "-",     "\"",        "\"\\\"", "\"\\x\"",
                                      "\"\\u12", "\"\\ud800\"", "\"\\udc00\"", "tru",     "nul",        "{} {}", "\"\x01\"", "[1 2]", "{\"a\" 1}", "+1",     "NaN", "\"\\"};
    for (size_t i = 0; i < SSV_COUNT_OF(bad); i++) {
        ssv_error error = {ssv_cstr("")};
        // In memory of its own, so that a look behind the end is seen.
        char *exact = malloc(strlen(bad[i]) + 1);
        ssvt_check(exact != NULL);
        memcpy(exact, bad[i], strlen(bad[i]));
        bool read = ssv_json_read(ssv_slice(exact, strlen(bad[i])), &error) != NULL;
        free(exact);
        if (read || error.message.length == 0) {
            ssvt_fail("%s was read", bad[i]);
        }
    }
    char deep[200];
    memset(deep, '[', sizeof deep);
    ssv_error error;
    ssvt_check(ssv_json_read(ssv_slice(deep, sizeof deep), &error) == NULL);
    ssvt_check_text(error.message, "no JSON at byte 65: nested too deep");
}

SSVT_TEST(the_schema_carries_descriptions_and_defaults_and_refuses_unknown_keys)
{
    ssv_error error;
    ssv_str text = ssv_schema(&config_shape);
    const ssv_json *schema = ssv_json_read(text, &error), *properties = ssv_json_get(schema, SSV("properties"));
    ssvt_check(schema != NULL);
    ssvt_check_text(ssv_json_get(schema, SSV("$schema"))->as.text, "https://json-schema.org/draft/2020-12/schema");
    ssvt_check(!ssv_json_get(schema, SSV("additionalProperties"))->as.boolean);
    ssvt_check_text(ssv_json_get(ssv_json_get(properties, SSV("text")), SSV("description"))->as.text, "A \"text\"");
    ssv_value ratio = ssv_json_value(ssv_json_get(properties, SSV("ratio"))), small = ssv_json_value(ssv_json_get(properties, SSV("small")));
    ssv_value one = ssv_json_value(ssv_json_get(properties, SSV("one"))), choice = ssv_json_value(ssv_json_get(properties, SSV("choice")));
    ssvt_check_text(ssvt_show(&ratio), "{\"type\": \"number\", \"default\": 0.5}");
    ssvt_check_text(ssvt_show(&small), "{\"type\": \"integer\", \"minimum\": -3, \"maximum\": 3, \"default\": 0}");
    ssvt_check_text(ssvt_show(&choice), "{\"type\": \"string\", \"enum\": [\"one\", \"two\"], \"default\": \"two\"}");
    ssvt_check_text(ssvt_show(&one), "{\"type\": \"object\", \"properties\": {\"key\": {\"type\": \"string\"}, \"times\": {\"type\": \"integer\", "
                                     "\"minimum\": 0, \"maximum\": 4294967295, \"default\": 0, \"description\": \"How often\"}}, \"required\": "
                                     "[\"key\"], \"additionalProperties\": false, \"description\": \"One step\"}");
    ssvt_check_int(ssv_schema(&ssv_no_config_shape).length, 0);
}

// === numbers ===

SSVT_TEST(doubles_are_read_as_the_c_library_reads_them)
{
    static const char *const some[] = {"0",
                                       "-0",
                                       "0.1",
                                       "1e308",
                                       "1.7976931348623157e308",
                                       "1.8e308",
                                       "1e400",
                                       "5e-324",
                                       "2.4703282292062327e-324",
                                       "2.4703282292062328e-324",
                                       "2.2250738585072011e-308",
                                       "2.2250738585072014e-308",
                                       "1e-400",
                                       "9007199254740993",
                                       "9007199254740992.9999999999999999999999999999999999",
                                       "179769313486231580793728971405301e276",
                                       "123456789012345678901234567890",
                                       "0.000000000000000000000000000000000000000000000000001",
                                       "1.00000000000000011102230246251565404236316680908203124",
                                       "1.00000000000000011102230246251565404236316680908203126"};
    for (size_t i = 0; i < SSV_COUNT_OF(some); i++) {
        double found = ssv_read_double(some[i], strlen(some[i])), expected = strtod(some[i], NULL);
        if (memcmp(&found, &expected, sizeof found) != 0) {
            ssvt_fail("%s: %g", some[i], found);
        }
    }
    uint64_t seed = 7;
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        char text[64];
        int length = snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(seed >> 20), (unsigned long long)(seed % 1000003),
                              (int)(seed >> 11 & 1023) - 512 + (int)(seed >> 22 & 127));
        double found = ssv_read_double(text, (size_t)length), expected = strtod(text, NULL);
        if (memcmp(&found, &expected, sizeof found) != 0) {
            ssvt_fail("%s", text);
        }
    }
}

SSVT_TEST(doubles_are_written_so_that_they_are_read_again)
{
    static const struct {
        double number;
        const char *text;
    } some[] = {{0.5, "0.5"}, {0, "0"}, {-1, "-1"}, {0.1, "0.1"}, {1e21, "1e21"}, {1e-7, "1e-7"}, {123456.75, "123456.75"}, {1e16, "10000000000000000"},
                {5e-324, "5e-324"}, {1.0 / 3, "0.3333333333333333"}, {0.00025, "0.00025"}};
    for (size_t i = 0; i < SSV_COUNT_OF(some); i++) {
        ssvt_check_text(ssv_format("%g", some[i].number), some[i].text);
    }
    uint64_t seed = 3;
    for (int i = 0; i < 5000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        double number;
        memcpy(&number, &seed, sizeof number);
        if (isfinite(number)) {
            ssv_str text = ssv_format("%g", number);
            double again = strtod(text.at, NULL);
            if (fabs(again - number) > fabs(number) * 1e-14) {
                ssvt_fail("%.*s", SSV_FMT(text));
            }
        }
    }
}

SSVT_TEST(texts_are_formatted_as_by_printf)
{
    char expected[300];
#define SAME(...) ((void)snprintf(expected, sizeof expected, __VA_ARGS__), ssvt_check_text(ssv_format(__VA_ARGS__), expected))
    SAME("%d %5d|%-5d|%05d %i %.3d", -7, 42, 42, -42, 0, 5);
    SAME("%u %x %X %08x %%", 3u, 255u, 255u, 255u);
    SAME("%lld %llu %ld %lu %zu %hhd %hd", -1LL, 1ULL << 63, -2L, 3UL, (size_t)4, (signed char)-5, (short)-6);
    SAME("%s|%10s|%-10s|%.2s|%.*s|%c", "abc", "abc", "abc", "abc", 1, "abc", 'x');
    SAME("%f %.2f %.0f %.9f %10.1f", 1.5, -0.375, 2.5, 1.0 / 3, 99.95);
    SAME("%lld", (long long)INT64_MIN);
    ssv_str long_text = ssv_format("%300d", 1);
    ssvt_check_int(long_text.length, 300);
    ssvt_check_text(ssv_hex((const uint8_t *)"\x00\xFF\x1a", 3), "00ff1a");
}

SSVT_TEST(what_is_not_utf8_is_replaced_before_it_leaves)
{
    ssvt_check_text(ssv_as_utf8(ssv_cstr("a\u00e9\u20ac\U0001F600")), "a\u00e9\u20ac\U0001F600");
    ssvt_check_text(ssv_as_utf8(ssv_cstr("a\xFF\xC3")), "a\uFFFD\uFFFD");
    ssvt_check_text(ssv_as_utf8(ssv_cstr("\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80 \xE2\x82")), "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD \uFFFD\uFFFD");
}
