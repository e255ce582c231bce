// What a policy may ask of its host; in a component these are the imports of `wit/host.wit`.

#include <spansieve.h>

void ssv_log(ssv_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    ssv_str line = ssv_vformat(format, arguments);
    va_end(arguments);
    ssv_host_log(level, line.at, line.length);
}

void ssv_count_str(ssv_str name, uint64_t delta)
{
    if (delta > 0) {
        ssv_host_count(name.at, name.length, delta);
    }
}

bool ssv_table_str(ssv_str name, ssv_bytes *table)
{
    return ssv_host_table(name.at, name.length, table);
}
