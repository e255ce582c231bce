//! Marks failed requests with the team that looks after them: the policy of the template, in Zig.

const ssv = @import("spansieve");

const Owners = struct {
    pub const name = "owners";
    pub const about = "Marks failed requests with the team that looks after them";

    pub const Config = struct {
        team: []const u8,

        pub const docs = .{ .team = "Who looks after failed requests" };
    };

    team: []const u8,
    route: ssv.Slot,

    pub fn configure(config: Config, setup: ssv.Setup) ssv.Refused!Owners {
        setup.read(ssv.part.status | ssv.part.attributes);
        return .{ .team = config.team, .route = setup.key("http.route") };
    }

    pub fn process(self: *Owners, batch: ssv.Batch, edits: ssv.Edits) !void {
        var spans = batch.spans();
        while (spans.next()) |span| {
            if (span.status() == .@"error" and span.attribute(self.route) != null) {
                edits.upsert(span, "team", self.team);
            }
        }
    }
};

comptime {
    ssv.exportPolicy(Owners);
}

pub const panic = ssv.panic;
