// Telling apps and packs from other folders.
#include "cli/home.h"

#include <filesystem>

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool IsApp(const fs::path& folder) {
  for (const char* layer : {"default", "local"}) {
    for (const char* name : {"app.conf", "macros.conf", "savedsearches.conf", "props.conf",
                             "transforms.conf", "eventtypes.conf"}) {
      if (IsFile(folder / layer / name)) return true;
    }
  }
  return false;
}

}  // namespace

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool IsPackFolder(const std::string& folder) {
  const fs::path path = folder;
  return IsFolder(path / "detections") && (IsFolder(path / "macros") || IsFolder(path / "lookups"));
}

std::string HomeOf(const std::string& folder,
                   const std::function<bool(const std::string& folder)>& is_top) {
  constexpr int kMostUp = 8;
  fs::path path = folder;
  for (int i = 0; i < kMostUp && path.has_relative_path(); ++i) {
    if (IsPackFolder(path.string()) || IsApp(path)) return path.string();
    if (is_top(path.string())) break;
    path = path.parent_path();
  }
  return "";
}

}  // namespace spelk::cli
