// What the implementations of the behaviours share: the configuration of the conformance plugin.

#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include <spansieve.h>

/// What the behaviour `configuration` is given.
typedef struct {
    ssv_str text;
    int64_t number;
    double ratio;
    ssv_strings list;
    bool flag;
    ssv_str choice;
} settings;

SSV_CONFIG(settings,
    SSV_STRING(settings, text, .required = true),
    SSV_INTEGER(settings, number, .otherwise.integer = 7),
    SSV_NUMBER(settings, ratio, .otherwise.number = 0.5),
    SSV_STRINGS(settings, list, .about = "Some strings"),
    SSV_FLAG(settings, flag, .otherwise.flag = false),
    SSV_STRING(settings, choice, .choices = SSV_NAMES("one", "two"), .otherwise.text = "one"));

typedef struct {
    ssv_str behaviour;
    ssv_str argument;
    settings with;
} config;

SSV_CONFIG(config,
    SSV_STRING(config, behaviour, .required = true, .about = "Which behaviour to show"),
    SSV_STRING(config, argument, .about = "What some behaviours want to know"),
    SSV_OBJECT(config, with, settings, .about = "For the behaviour `configuration`"));

#endif
