// Shapes: the layouts in which feeds write events, as default/shapes.conf describes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace spelk::plan {

// One layout. A line has it if all `members` are there, none of `without`, and all `values` match.
struct Shape {
  struct TimeMember {
    std::string member;
    std::string zone;  // For text without one; empty is the run's.
  };

  std::string name;
  std::vector<std::string> members;
  std::vector<std::string> without;
  std::vector<std::pair<std::string, std::string>> values;  // member, wildcard pattern
  // A member that holds the event, or a list of events ("Records[]"), or the JSON text of one.
  std::string unwrap;
  std::vector<std::string>
      envelope;       // Members of the wrapping that win over the event's own: host, time.
  bool skip = false;  // Such lines are no events (previews of an export).
  std::vector<std::string>
      prefixes;                   // "winlog.event_data.": members below are fields without it, too.
  std::vector<TimeMember> times;  // In order of trust.
  std::string host;               // Templates; empty gives nothing.
  std::string sourcetype;
  std::string source;
  std::vector<std::string> also_sourcetypes;  // Other names that a base search may use.
  std::vector<std::string> also_sources;
};

}  // namespace spelk::plan
