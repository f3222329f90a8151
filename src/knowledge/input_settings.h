// InputSettings: what props.conf says of how inputs are read: into lines, events, columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/input.h"
#include "plan/computed_columns.h"

namespace spelk::knowledge {

class InputSettings {
 public:
  // LINE_BREAKER, SHOULD_LINEMERGE …, and `sourcetype` of source:: stanzas.
  static bool Takes(std::string_view key);
  // InvalidArgument for a value that means nothing.
  static absl::Status Check(std::string_view key, std::string_view value);

  // Of each key the first setting that is for an input decides.
  InputSettings(const std::vector<plan::TextSetting>& settings,
                const std::vector<plan::TextSetting>& times)
      : settings_(settings), times_(times) {}

  // Gives the input its sourcetype, unless it has one, and says how its bytes are read where they
  // are text.
  absl::Status Apply(io::Input* input) const;

 private:
  const std::vector<plan::TextSetting>& settings_;
  const std::vector<plan::TextSetting>& times_;
};

}  // namespace spelk::knowledge
