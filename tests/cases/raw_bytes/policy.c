// Bytes that are not text.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        SSV_EACH_ATTR(ssv_span_attrs(span), attr) {
            ssv_bytes bytes;
            if (ssv_get_bytes(attr, &bytes)) {
                uint8_t *reversed = SSV_NEW(uint8_t, bytes.length + 1);
                for (size_t i = 0; i < bytes.length; i++) {
                    reversed[i] = bytes.at[bytes.length - 1 - i];
                }
                reversed[bytes.length] = 0xFF;
                ssv_set(edits, attr, ssv_raw(reversed, bytes.length + 1));
            }
        }
    }
}

SSV_POLICY(raw_bytes, config, configure, process, .name = "raw_bytes", .about = "Reverses bytes");
