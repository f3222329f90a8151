// Reading data models: the JSON of an app's data/models/NAME.json.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "plan/data_model.h"

namespace spelk::knowledge {

inline constexpr size_t kMostModelBytes = size_t{8} << 20U;  // Of one file.

// `name` is that of the file, which is the model's; `place` is for messages. InvalidArgument, with
// the place, for text that is no data model: other JSON, parents that are missing or go in a
// circle, data sets named twice; ResourceExhausted beyond limits.
absl::StatusOr<plan::DataModelPtr> ReadDataModel(std::string_view name, std::string_view text,
                                                 const std::string& place);

}  // namespace spelk::knowledge
