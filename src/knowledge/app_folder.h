// AppFolder: the files of a Splunk app. Nothing outside of the folder is ever read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "io/input.h"

namespace spelk::knowledge {

class AppFolder {
 public:
  // NotFound if there is no such folder.
  static absl::StatusOr<AppFolder> Open(const std::string& path);
  // Any folder, for tables.
  static absl::StatusOr<AppFolder> OpenFolder(const std::string& path);

  // As the user wrote it.
  const std::string& path() const { return path_; }
  std::string NameOf(std::string_view file) const;

  // The text of a file, named from the folder: "default/macros.conf". Nothing if it is not there.
  // PermissionDenied for one that a link leads out of the folder; ResourceExhausted for one longer
  // than `most` bytes.
  absl::StatusOr<std::optional<std::string>> Read(std::string_view file, size_t most) const;
  // The same file, open, to be read with io::Open.
  absl::StatusOr<std::optional<io::Input>> Find(std::string_view file) const;
  // The names of what lies in a folder of the app, sorted. Nothing for one that is not there, or
  // that a link leads out of the app; at most kMostListed.
  static constexpr size_t kMostListed = 100'000;
  std::vector<std::string> List(std::string_view folder) const;
  // The plain files below the folder (all of it: "") whose names end so, named from the app's
  // folder and sorted. Folders that are links are not entered, hidden files left out; at most
  // kMostListed files, at most kMostDepth folders deep.
  static constexpr size_t kMostDepth = 16;
  std::vector<std::string> FilesBelow(std::string_view folder,
                                      const std::vector<std::string_view>& endings) const;
  // Whether there is such a folder, in it.
  bool HasFolder(std::string_view folder) const;

 private:
  void AddFiles(const std::string& folder, const std::vector<std::string_view>& endings,
                size_t depth, std::vector<std::string>* files) const;
  AppFolder(std::string path, std::string resolved)
      : path_(std::move(path)), resolved_(std::move(resolved)) {}

  std::string path_;
  std::string resolved_;  // After links, without a slash at the end.
};

}  // namespace spelk::knowledge
