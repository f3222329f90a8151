// The app or pack that a file lies in, whose macros and tables its searches mean.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace spelk::cli {

bool IsFile(const std::filesystem::path& path);
// A tree of detections, as security_content has it.
bool IsPackFolder(const std::string& folder);
// The innermost app or pack among a folder and those above it, but none above one that is the top;
// empty if there is none. The folder's path begins with a slash.
std::string HomeOf(const std::string& folder,
                   const std::function<bool(const std::string& folder)>& is_top);

}  // namespace spelk::cli
