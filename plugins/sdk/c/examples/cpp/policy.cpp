// Marks failed requests with the team that looks after them: the policy of the template, in C++.

#include <spansieve.hpp>

namespace ssv = spansieve;

struct config {
    ssv::text team;

    static const ssv::field fields[1];
};

constexpr ssv::field config::fields[1] = {SSV_FIELD(config, team).required().about("Who looks after failed requests")};

class owners {
public:
    using config = ::config;
    static constexpr const char *name = "owners";
    static constexpr const char *about = "Marks failed requests with the team that looks after them";

    bool configure(const config &given, ssv::setup &setup, ssv::error &)
    {
        team = given.team;
        route = setup.key("http.route");
        setup.read(SSV_READ_STATUS | SSV_READ_ATTRIBUTES);
        return true;
    }

    void process(const ssv::batch &batch, ssv::edits &edits)
    {
        for (ssv::span span : batch.spans()) {
            if (span.status() == SSV_STATUS_ERROR && span.attribute(route)) {
                edits.upsert(span, "team", team);
            }
        }
    }

private:
    ssv::text team;
    ssv::slot route{};
};

SSV_EXPORT_POLICY(owners);
