/**
 * @file spansieve.hpp
 * Write a spansieve policy in C++17: the C API of `spansieve.h` with range-for, `std::string_view` and `std::optional`. Header only; it needs neither
 * exceptions nor RTTI nor the C++ library's object code.
 *
 * @code{.cpp}
 * #include <spansieve.hpp>
 *
 * namespace ssv = spansieve;
 *
 * struct config {
 *     ssv::text team;
 *     static const ssv::field fields[1];
 * };
 *
 * constexpr ssv::field config::fields[1] = {SSV_FIELD(config, team).required().about("Who looks after failed requests")};
 *
 * class owners {
 * public:
 *     using config = ::config;
 *     static constexpr const char *name = "owners", *about = "Marks failed requests with the team that looks after them";
 *
 *     bool configure(const config &given, ssv::setup &setup, ssv::error &) {
 *         team = given.team;
 *         route = setup.key("http.route");
 *         setup.read(SSV_READ_STATUS | SSV_READ_ATTRIBUTES);
 *         return true;
 *     }
 *
 *     void process(const ssv::batch &batch, ssv::edits &edits) {
 *         for (ssv::span span : batch.spans())
 *             if (span.status() == SSV_STATUS_ERROR && span.attribute(route))
 *                 edits.upsert(span, "team", team);
 *     }
 *
 * private:
 *     ssv::text team;
 *     ssv::slot route;
 * };
 *
 * SSV_EXPORT_POLICY(owners);
 * @endcode
 *
 * Functions that read take the place of the call as their last argument by default, for the message where a policy reads what it did not ask for.
 */
#ifndef SPANSIEVE_HPP
#define SPANSIEVE_HPP

#include "spansieve.h"

#include <optional>
#include <string_view>
#include <type_traits>

namespace spansieve {

/** Where a function is called. */
using place = ssv_place;
/** Number of a declared key. */
using slot = ssv_slot;

/** @cond */
#define SSV_HERE ::spansieve::place at = ::spansieve::place{__builtin_FILE(), __builtin_LINE()}
/** @endcond */

/** A text: of a batch, of the configuration, or any other. Used in edits, one of a batch is named rather than copied. */
class text : public ssv_str {
public:
    constexpr text() : ssv_str{nullptr, 0, SSV_NONE} {}
    constexpr text(ssv_str other) : ssv_str(other) {}
    constexpr text(std::string_view view) : ssv_str{view.data() == nullptr ? "" : view.data(), view.size(), SSV_NONE} {}
    constexpr text(const char *string) : text(std::string_view(string)) {}

    constexpr operator std::string_view() const { return {at, length}; }
    constexpr std::string_view view() const { return {at, length}; }
    /** Whether an optional text of a configuration is there. */
    constexpr bool given() const { return at != nullptr; }

    friend bool operator==(const text &a, const text &b) { return ssv_equal(a, b); }
    friend bool operator!=(const text &a, const text &b) { return !ssv_equal(a, b); }
    friend bool operator==(const text &a, std::string_view b) { return ssv_equal(a, text(b)); }
    friend bool operator!=(const text &a, std::string_view b) { return !ssv_equal(a, text(b)); }
    friend bool operator==(const text &a, const char *b) { return ssv_str_is(a, b); }
    friend bool operator!=(const text &a, const char *b) { return !ssv_str_is(a, b); }
};

/** @cond */
inline std::optional<text> optional_text(ssv_str str)
{
    return ssv_given(str) ? std::optional<text>(str) : std::nullopt;
}

/** Views with consecutive indices, for range-for. */
template <typename View> class range {
public:
    class iterator {
    public:
        constexpr iterator(const ssv_batch *batch, uint32_t index) : batch_(batch), index_(index) {}
        View operator*() const { return View({batch_, index_}); }
        iterator &operator++()
        {
            ++index_;
            return *this;
        }
        bool operator!=(const iterator &other) const { return index_ < other.index_; }

    private:
        const ssv_batch *batch_;
        uint32_t index_;
    };

    constexpr range(const ssv_batch *batch, uint32_t first, uint32_t end) : batch_(batch), first_(first), end_(end) {}
    iterator begin() const { return {batch_, first_}; }
    iterator end() const { return {batch_, end_}; }
    uint32_t size() const { return end_ > first_ ? end_ - first_ : 0; }
    bool empty() const { return size() == 0; }

private:
    const ssv_batch *batch_;
    uint32_t first_, end_;
};
/** @endcond */

class attributes;

/** An attribute, or an element of an array or a map. */
class attribute {
public:
    constexpr attribute(ssv_attr raw) : raw_(raw) {}
    text key(SSV_HERE) const { return ssv_attr_key_in(raw_, at); }
    ssv_kind kind(SSV_HERE) const { return ssv_attr_kind_in(raw_, at); }
    ssv_value value(SSV_HERE) const { return ssv_attr_value_in(raw_, at); }

    std::optional<text> as_text(SSV_HERE) const
    {
        ssv_str out;
        return ssv_get_text_in(raw_, &out, at) ? std::optional<text>(out) : std::nullopt;
    }
    std::optional<int64_t> as_int(SSV_HERE) const
    {
        int64_t out;
        return ssv_get_int_in(raw_, &out, at) ? std::optional<int64_t>(out) : std::nullopt;
    }
    std::optional<double> as_double(SSV_HERE) const
    {
        double out;
        return ssv_get_double_in(raw_, &out, at) ? std::optional<double>(out) : std::nullopt;
    }
    std::optional<bool> as_bool(SSV_HERE) const
    {
        bool out;
        return ssv_get_bool_in(raw_, &out, at) ? std::optional<bool>(out) : std::nullopt;
    }
    std::optional<ssv_bytes> as_bytes(SSV_HERE) const
    {
        ssv_bytes out;
        return ssv_get_bytes_in(raw_, &out, at) ? std::optional<ssv_bytes>(out) : std::nullopt;
    }
    /** The elements of an array or the entries of a map. */
    inline std::optional<attributes> as_rows(SSV_HERE) const;
    ssv_attr raw() const { return raw_; }

private:
    ssv_attr raw_;
};

/** The attributes of something, or the elements of an array or a map. */
class attributes : public range<attribute> {
public:
    attributes(ssv_attrs raw) : range<attribute>(raw.batch, raw.start, raw.end), raw_(raw) {}
    std::optional<attribute> find(text key, SSV_HERE) const
    {
        ssv_attr found = ssv_find_in(raw_, key, at);
        return ssv_has(found) ? std::optional<attribute>(found) : std::nullopt;
    }
    ssv_attrs raw() const { return raw_; }

private:
    ssv_attrs raw_;
};

inline std::optional<attributes> attribute::as_rows(place at) const
{
    ssv_value value = ssv_attr_value_in(raw_, at);
    return ssv_is_nested(value.kind) ? std::optional<attributes>(value.as.rows) : std::nullopt;
}

/** A resource: what produces the telemetry. */
class resource {
public:
    constexpr resource(ssv_resource raw) : raw_(raw) {}
    uint32_t index() const { return raw_.index; }
    std::optional<text> schema_url(SSV_HERE) const { return optional_text(ssv_resource_schema_url_in(raw_, at)); }
    uint32_t dropped_attributes(SSV_HERE) const { return ssv_resource_dropped_attributes_in(raw_, at); }
    spansieve::attributes attributes(SSV_HERE) const { return ssv_resource_attrs_in(raw_, at); }
    uint32_t group(SSV_HERE) const { return ssv_resource_group_in(raw_, at); }
    ssv_resource raw() const { return raw_; }

private:
    ssv_resource raw_;
};

/** An instrumentation scope: the library that made spans. */
class scope {
public:
    constexpr scope(ssv_scope raw) : raw_(raw) {}
    uint32_t index() const { return raw_.index; }
    text name(SSV_HERE) const { return ssv_scope_name_in(raw_, at); }
    std::optional<text> version(SSV_HERE) const { return optional_text(ssv_scope_version_in(raw_, at)); }
    std::optional<text> schema_url(SSV_HERE) const { return optional_text(ssv_scope_schema_url_in(raw_, at)); }
    uint32_t dropped_attributes(SSV_HERE) const { return ssv_scope_dropped_attributes_in(raw_, at); }
    spansieve::resource resource(SSV_HERE) const { return ssv_scope_resource_in(raw_, at); }
    spansieve::attributes attributes(SSV_HERE) const { return ssv_scope_attrs_in(raw_, at); }
    uint32_t group(SSV_HERE) const { return ssv_scope_group_in(raw_, at); }
    ssv_scope raw() const { return raw_; }

private:
    ssv_scope raw_;
};

/** An event of a span. */
class event {
public:
    constexpr event(ssv_event raw) : raw_(raw) {}
    uint32_t index() const { return raw_.index; }
    text name(SSV_HERE) const { return ssv_event_name_in(raw_, at); }
    uint64_t time(SSV_HERE) const { return ssv_event_time_in(raw_, at); }
    uint32_t dropped_attributes(SSV_HERE) const { return ssv_event_dropped_attributes_in(raw_, at); }
    spansieve::attributes attributes(SSV_HERE) const { return ssv_event_attrs_in(raw_, at); }
    uint32_t group(SSV_HERE) const { return ssv_event_group_in(raw_, at); }
    ssv_event raw() const { return raw_; }

private:
    ssv_event raw_;
};

/** A link from a span to another. */
class link {
public:
    constexpr link(ssv_link raw) : raw_(raw) {}
    uint32_t index() const { return raw_.index; }
    const uint8_t *trace_id(SSV_HERE) const { return ssv_link_trace_id_in(raw_, at); }
    const uint8_t *span_id(SSV_HERE) const { return ssv_link_span_id_in(raw_, at); }
    std::optional<text> tracestate(SSV_HERE) const { return optional_text(ssv_link_tracestate_in(raw_, at)); }
    uint32_t flags(SSV_HERE) const { return ssv_link_flags_in(raw_, at); }
    uint32_t dropped_attributes(SSV_HERE) const { return ssv_link_dropped_attributes_in(raw_, at); }
    spansieve::attributes attributes(SSV_HERE) const { return ssv_link_attrs_in(raw_, at); }
    uint32_t group(SSV_HERE) const { return ssv_link_group_in(raw_, at); }
    ssv_link raw() const { return raw_; }

private:
    ssv_link raw_;
};

/** A span. */
class span {
public:
    constexpr span(ssv_span raw) : raw_(raw) {}
    uint32_t index() const { return raw_.index; }
    text name(SSV_HERE) const { return ssv_span_name_in(raw_, at); }
    ssv_span_kind_code kind(SSV_HERE) const { return ssv_span_kind_in(raw_, at); }
    ssv_status status(SSV_HERE) const { return ssv_span_status_in(raw_, at); }
    std::optional<text> message(SSV_HERE) const { return optional_text(ssv_span_message_in(raw_, at)); }
    std::optional<text> tracestate(SSV_HERE) const { return optional_text(ssv_span_tracestate_in(raw_, at)); }
    const uint8_t *trace_id(SSV_HERE) const { return ssv_span_trace_id_in(raw_, at); }
    const uint8_t *id(SSV_HERE) const { return ssv_span_id_in(raw_, at); }
    /** Null where it has no parent. */
    const uint8_t *parent_id(SSV_HERE) const { return ssv_span_parent_id_in(raw_, at); }
    bool is_local_root(SSV_HERE) const { return ssv_span_is_local_root_in(raw_, at); }
    bool is_sampled(SSV_HERE) const { return ssv_span_is_sampled_in(raw_, at); }
    uint32_t flags(SSV_HERE) const { return ssv_span_flags_in(raw_, at); }
    uint64_t start(SSV_HERE) const { return ssv_span_start_in(raw_, at); }
    uint64_t end(SSV_HERE) const { return ssv_span_end_in(raw_, at); }
    /** Nanoseconds. */
    uint64_t duration(SSV_HERE) const { return ssv_span_duration_in(raw_, at); }

    /** The attribute of a declared key: the cheapest look-up. */
    std::optional<spansieve::attribute> attribute(slot key, SSV_HERE) const { return optional(ssv_get_slot_in(raw_, key, at)); }
    std::optional<spansieve::attribute> attribute(text key, SSV_HERE) const { return optional(ssv_get_str_in(raw_, key, at)); }
    spansieve::attributes attributes(SSV_HERE) const { return ssv_span_attrs_in(raw_, at); }
    uint32_t group(SSV_HERE) const { return ssv_span_group_in(raw_, at); }
    range<event> events(SSV_HERE) const { return {raw_.batch, ssv_span_events_in(raw_, at).index, ssv_span_events_end_in(raw_, at).index}; }
    range<link> links(SSV_HERE) const { return {raw_.batch, ssv_span_links_in(raw_, at).index, ssv_span_links_end_in(raw_, at).index}; }
    spansieve::scope scope(SSV_HERE) const { return ssv_span_scope_in(raw_, at); }
    spansieve::resource resource(SSV_HERE) const { return ssv_span_resource_in(raw_, at); }
    ssv_span raw() const { return raw_; }

private:
    static std::optional<spansieve::attribute> optional(ssv_attr found)
    {
        return ssv_has(found) ? std::optional<spansieve::attribute>(found) : std::nullopt;
    }

    ssv_span raw_;
};

/** A trace of this process, or a part of it. */
class trace {
public:
    constexpr trace(ssv_trace raw) : raw_(raw) {}
    ssv_reason reason(SSV_HERE) const { return ssv_trace_reason_in(raw_, at); }
    range<span> spans(SSV_HERE) const { return {raw_.batch, ssv_trace_first_in(raw_, at).index, ssv_trace_end_in(raw_, at).index}; }

private:
    ssv_trace raw_;
};

/** A batch of spans. */
class batch {
public:
    explicit batch(const ssv_batch *raw) : raw_(raw) {}
    uint32_t size() const { return raw_->spans; }
    range<span> spans() const { return {raw_, 0, raw_->spans}; }
    range<trace> traces() const { return {raw_, 0, ssv_trace_count(raw_)}; }
    range<scope> scopes() const { return {raw_, 0, raw_->columns[SSV_SCOPE_NAME].count}; }
    range<resource> resources() const { return {raw_, 0, raw_->columns[SSV_RESOURCE_ATTRIBUTES].count}; }
    /** Unix nanoseconds: a policy's only clock. */
    uint64_t now() const { return raw_->now; }
    std::optional<double> head_probability() const
    {
        double out;
        return ssv_head_probability(raw_, &out) ? std::optional<double>(out) : std::nullopt;
    }
    uint32_t text_count() const { return ssv_text_count(raw_); }
    text text_at(uint32_t index, SSV_HERE) const { return ssv_text_at_in(raw_, index, at); }
    const ssv_batch *raw() const { return raw_; }

private:
    const ssv_batch *raw_;
};

/** What edits take as a value: what C++ has for it, an #ssv_value, or an attribute, which is copied with what is nested in it. */
class value {
public:
    value(ssv_value raw) : raw_(raw) {}
    value(text string) : raw_(ssv_text_str(string)) {}
    value(std::string_view string) : value(text(string)) {}
    value(const char *string) : value(text(string)) {}
    value(ssv_text_id named) : raw_(ssv_text_named(named)) {}
    value(attribute copied) : raw_(copied.value()) {}
    /** One constructor for numbers and booleans, so that none becomes another by itself. */
    template <typename Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
    value(Number number)
        : raw_([number] {
              if constexpr (std::is_same_v<Number, bool>) {
                  return ssv_bool(number);
              } else if constexpr (std::is_integral_v<Number>) {
                  return ssv_int(static_cast<int64_t>(number));
              } else {
                  return ssv_double(static_cast<double>(number));
              }
          }())
    {
    }
    ssv_value raw() const { return raw_; }

private:
    ssv_value raw_;
};

/** Takes down what is to change. `on` is a span, event, link, scope or resource. */
class edits {
public:
    explicit edits(ssv_edits *raw) : raw_(raw) {}

    /** Brings a text along, to be used any number of times in this batch. */
    ssv_text_id bring(text string) { return ssv_bring_str(raw_, string); }
    /** Adds an attribute, whether or not there is one with this key. */
    template <typename On> void add(const On &on, ssv_text_id key, value v, SSV_HERE) { ssv_add_to(raw_, on.group(at), key, v.raw()); }
    template <typename On> void add(const On &on, text key, value v, SSV_HERE) { ssv_add_to(raw_, on.group(at), ssv_name_str(raw_, key), v.raw()); }
    /** Adds an attribute if there is none with this key. Says whether it did. */
    template <typename On> bool insert(const On &on, text key, value v, SSV_HERE) { return ssv_insert_to(raw_, on.attributes(at).raw(), key, v.raw()); }
    /** Sets the attribute with this key, or adds it. */
    template <typename On> void upsert(const On &on, text key, value v, SSV_HERE) { ssv_upsert_to(raw_, on.attributes(at).raw(), key, v.raw()); }
    /** Sets the attribute with this key, if there is one. Says whether it did. */
    template <typename On> bool update(const On &on, text key, value v, SSV_HERE) { return ssv_update_to(raw_, on.attributes(at).raw(), key, v.raw()); }
    /** Removes every attribute with this key. Says whether there was one. */
    template <typename On> bool remove(const On &on, text key, SSV_HERE) { return ssv_remove_from(raw_, on.attributes(at).raw(), key); }

    void set(attribute row, value v) { ssv_set(raw_, row.raw(), v.raw()); }
    void rename(attribute row, text key) { ssv_rename_to(raw_, row.raw(), ssv_name_str(raw_, key)); }
    void remove(attribute row) { ssv_remove(raw_, row.raw()); }
    /** Replaces a text of the batch wherever it stands. */
    void replace_text(text old, text with) { ssv_replace_text_str(raw_, old, with); }

    void drop(span s) { ssv_drop(raw_, s.raw()); }
    void keep(span s) { ssv_keep(raw_, s.raw()); }
    void set_status(span s, ssv_status status) { ssv_set_status(raw_, s.raw(), status); }
    void set_kind(span s, ssv_span_kind_code kind) { ssv_set_kind(raw_, s.raw(), kind); }
    void set_name(span s, text name) { ssv_set_name_to(raw_, s.raw(), ssv_name_str(raw_, name)); }
    void set_name(event e, text name) { ssv_set_event_name_to(raw_, e.raw(), ssv_name_str(raw_, name)); }
    void set_name(scope s, text name) { ssv_set_scope_name_to(raw_, s.raw(), ssv_name_str(raw_, name)); }
    /** Nothing clears; so do the setters that follow. */
    void set_message(span s, std::optional<text> message) { ssv_set_message_to(raw_, s.raw(), id(message)); }
    void set_tracestate(span s, std::optional<text> state) { ssv_set_tracestate_to(raw_, s.raw(), id(state)); }
    void set_tracestate(link l, std::optional<text> state) { ssv_set_link_tracestate_to(raw_, l.raw(), id(state)); }
    void set_version(scope s, std::optional<text> version) { ssv_set_scope_version_to(raw_, s.raw(), id(version)); }
    void set_schema_url(scope s, std::optional<text> url) { ssv_set_scope_schema_url_to(raw_, s.raw(), id(url)); }
    void set_schema_url(resource r, std::optional<text> url) { ssv_set_resource_schema_url_to(raw_, r.raw(), id(url)); }
    ssv_edits *raw() { return raw_; }

private:
    ssv_text_id id(const std::optional<text> &string) { return string ? ssv_name_str(raw_, *string) : ssv_text_id{SSV_NONE}; }

    ssv_edits *raw_;
};

/** What a policy asks for while it is configured. */
class setup {
public:
    explicit setup(ssv_setup *raw) : raw_(raw) {}
    /** Parts, `SSV_READ_...` joined with `|`. */
    void read(unsigned parts) { ssv_read(raw_, parts); }
    void read_column(ssv_column_id column) { ssv_read_column(raw_, column); }
    slot key(text name) { return ssv_key_str(raw_, name); }
    void group_by_trace() { ssv_group_by_trace(raw_); }

private:
    ssv_setup *raw_;
};

/** Why a configuration or a state cannot be used. */
class error {
public:
    explicit error(ssv_error *raw) : raw_(raw) {}
    /** Says why, as printf does, and gives false: `return error.refuse("state: %zu bytes", n);` */
    template <typename... Arguments> bool refuse(const char *format, Arguments... arguments)
    {
        if constexpr (sizeof...(Arguments) == 0) {
            return ssv_refuse(raw_, "%s", format);
        } else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
            return ssv_refuse(raw_, format, arguments...);
#pragma GCC diagnostic pop
        }
    }

private:
    ssv_error *raw_;
};

/** Counts for the host's statistics. */
inline void count(text name, uint64_t delta)
{
    ssv_count_str(name, delta);
}

/** The look-up table of this name, if there is one. */
inline std::optional<std::string_view> table(text name)
{
    ssv_bytes found;
    if (!ssv_table_str(name, &found)) {
        return std::nullopt;
    }
    return std::string_view(reinterpret_cast<const char *>(found.at), found.length);
}

// === configuration ===

/** @cond */
template <typename T, typename = void> struct field_of;
template <> struct field_of<text> { static constexpr ssv_field_type type = SSV_FIELD_STRING; };
template <> struct field_of<ssv_strings> { static constexpr ssv_field_type type = SSV_FIELD_STRINGS; };
template <> struct field_of<int64_t> { static constexpr ssv_field_type type = SSV_FIELD_INT64; };
template <> struct field_of<int32_t> { static constexpr ssv_field_type type = SSV_FIELD_INT32; };
template <> struct field_of<uint32_t> { static constexpr ssv_field_type type = SSV_FIELD_UINT32; };
template <> struct field_of<double> { static constexpr ssv_field_type type = SSV_FIELD_NUMBER; };
template <> struct field_of<bool> { static constexpr ssv_field_type type = SSV_FIELD_FLAG; };
template <typename T> struct field_of<T, std::void_t<decltype(T::fields)>> { static constexpr ssv_field_type type = SSV_FIELD_OBJECT; };

template <typename T> struct shape_of {
    static_assert(std::is_trivially_copyable_v<T>, "a configuration holds texts, numbers and such alone");
    static constexpr ssv_shape shape = {sizeof(T), T::fields, sizeof(T::fields) / sizeof(T::fields[0])};
};
/** @endcond */

/** One member of a configuration: `SSV_FIELD(config, team).required().about("Who ...")`. */
class field : public ssv_field {
public:
    constexpr field(const char *name, size_t offset, ssv_field_type type)
        : ssv_field{name, offset, type, false, false, nullptr, {nullptr}, 0, 0, nullptr, nullptr}
    {
        // The member of the union that is read has to be the one that is set.
        switch (type) {
        case SSV_FIELD_INT64:
        case SSV_FIELD_INT32:
        case SSV_FIELD_UINT32:
            otherwise.integer = 0;
            break;
        case SSV_FIELD_NUMBER:
            otherwise.number = 0;
            break;
        case SSV_FIELD_FLAG:
            otherwise.flag = false;
            break;
        default:
            break;
        }
    }
    /** It must be given. */
    constexpr field required() const
    {
        field out = *this;
        out.ssv_field::required = true;
        return out;
    }
    /** For people. */
    constexpr field about(const char *text) const
    {
        field out = *this;
        out.ssv_field::about = text;
        return out;
    }
    /** What it is where it is not given. */
    constexpr field otherwise_text(const char *text) const
    {
        field out = *this;
        out.otherwise.text = text;
        return out;
    }
    constexpr field otherwise_int(int64_t integer) const
    {
        field out = *this;
        out.otherwise.integer = integer;
        return out;
    }
    constexpr field otherwise_number(double number) const
    {
        field out = *this;
        out.otherwise.number = number;
        return out;
    }
    constexpr field otherwise_flag(bool flag) const
    {
        field out = *this;
        out.otherwise.flag = flag;
        return out;
    }
    constexpr field between(int64_t least, int64_t most) const
    {
        field out = *this;
        out.bounded = true;
        out.minimum = least;
        out.maximum = most;
        return out;
    }
    /** The strings that are allowed, behind the last a null pointer. */
    constexpr field one_of(const char *const *names) const
    {
        field out = *this;
        out.choices = names;
        return out;
    }
    /** The object's type. */
    constexpr field of(const ssv_shape *inner) const
    {
        field out = *this;
        out.shape = inner;
        return out;
    }
};

static_assert(sizeof(field) == sizeof(ssv_field), "a table of fields is one of the C API");

/** For a policy that takes no configuration. */
struct no_config {};

/** Describes the member of a configuration; its type is taken from the struct. A nested one needs `.of(&spansieve::shape_of<inner>::shape)`. */
#undef SSV_FIELD
#define SSV_FIELD(config_type, member)                                                                                                       \
    (::spansieve::field(#member, offsetof(config_type, member), ::spansieve::field_of<decltype(config_type::member)>::type))

// === policies ===

/** @cond */
template <typename Policy, typename = void> struct keeps_state : std::false_type {};
template <typename Policy> struct keeps_state<Policy, std::void_t<decltype(&Policy::save)>> : std::true_type {};

/** What the C API calls of a policy class. There is one instance, which is made anew when it is configured. */
template <typename Policy> struct adapter {
    static inline std::optional<Policy> instance;

    static bool configure(const void *given, ssv_setup *raw_setup, ssv_error *raw_error)
    {
        setup setup_of_policy(raw_setup);
        error error_of_policy(raw_error);
        instance.emplace();
        return instance->configure(*static_cast<const typename Policy::config *>(given), setup_of_policy, error_of_policy);
    }

    static void process(const ssv_batch *raw_batch, ssv_edits *raw_edits)
    {
        edits edits_of_batch(raw_edits);
        instance->process(batch(raw_batch), edits_of_batch);
    }

    static ssv_bytes save()
    {
        std::string_view state = instance->save();
        return {reinterpret_cast<const uint8_t *>(state.data()), state.size()};
    }

    static bool restore(ssv_bytes state, ssv_error *raw_error)
    {
        error error_of_policy(raw_error);
        return instance->restore(std::string_view(reinterpret_cast<const char *>(state.at), state.length), error_of_policy);
    }

    static constexpr ssv_policy policy()
    {
        ssv_policy out = {Policy::name, "0.1.0", Policy::about, nullptr, nullptr, shape(), configure, process};
        if constexpr (keeps_state<Policy>::value) {
            out.save = save;
            out.restore = restore;
        }
        return out;
    }

    static constexpr const ssv_shape *shape()
    {
        if constexpr (std::is_same_v<typename Policy::config, no_config>) {
            return &ssv_no_config_shape;
        } else {
            return &shape_of<typename Policy::config>::shape;
        }
    }
};
/** @endcond */

} // namespace spansieve

/**
 * Defines an #ssv_policy of a class: it has `config`, `name`, `about`, `configure` and `process`, and if it keeps a state
 * `std::string_view save()` and `bool restore(std::string_view, error &)`.
 */
#define SSV_POLICY_OF(identifier, policy_class)                                                                                              \
    extern "C" const ssv_policy identifier;                                                                                                  \
    const ssv_policy identifier = ::spansieve::adapter<policy_class>::policy()

/** Makes a class the plugin that is built. The policy itself is called `policy`, for native tests. */
#define SSV_EXPORT_POLICY(policy_class)                                                                                                      \
    SSV_POLICY_OF(policy, policy_class);                                                                                                     \
    extern "C" const ssv_policy *const ssv_no_policy_is_exported__write_SSV_EXPORT_in_one_source_file = &policy

#endif
