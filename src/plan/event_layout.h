// Shapes: the layouts in which feeds write events, as default/shapes.conf describes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace spelk::plan {

// What wraps an event shows it within its first members: later ones are not asked whether a line is
// one that is to be unwrapped or skipped, so that reading may stop early.
inline constexpr size_t kWrapperMembers = 8;

// One layout. A line has it if all `members` are there, none of `without`, and all `values` match.
struct EventLayout {
  struct TimeMember {
    std::string member;
    std::string zone;  // For text without one; empty is the run's.
  };

  std::string name;
  std::vector<std::string> members;
  std::vector<std::string> without;
  std::vector<std::pair<std::string, std::string>> values;  // member, wildcard pattern
  // Nothing but `members` and these, at most kWrapperMembers in all.
  bool closed = false;
  std::vector<std::string> optional;
  // A member that holds the event, or a list of events ("Records[]"), or the JSON text of one. Any
  // other text is the event's `_raw`.
  std::string unwrap;
  std::vector<std::string>
      envelope;       // Members of the wrapping that win over the event's own: host, time.
  bool skip = false;  // Such lines are no events (previews of an export).
  // "winlog.event_data.": members below are fields without it, too. A piece `*` is any one member.
  std::vector<std::string> prefixes;
  // Members that name what the system says of an event: a field of this name is theirs first. Below
  // a prefix ("Event.System."), or field and member by name.
  std::vector<std::string> system_prefixes;
  std::vector<std::pair<std::string, std::string>> system;
  // The one of `prefixes` whose members add a value to such a field; below others they are hidden.
  std::string adds;
  bool multivalues = false;       // A list of values is a field of the member's name, without {}.
  std::vector<TimeMember> times;  // In order of trust.
  std::string host;               // Templates, "x:$member$"; empty gives nothing.
  std::string sourcetype;
  std::string source;
  std::vector<std::string> also_sourcetypes;  // Other names that a base search may use.
  std::vector<std::string> also_sources;
};

}  // namespace spelk::plan
