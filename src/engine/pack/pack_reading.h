// Reading packs: what the readers of each kind share.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "knowledge/app_folder.h"
#include "spelk/pack.h"

namespace spelk::engine {

inline constexpr size_t kMostPackFile = size_t{16} << 20U;
inline constexpr size_t kMostPackText = size_t{256} << 20U;  // Of all, and of JSON in one file.
inline constexpr size_t kMostAnalytics = 100'000;

// The files of a pack, none of which lies outside of it. What cannot be read is a problem of the
// pack.
class PackFiles {
 public:
  PackFiles(const knowledge::AppFolder& folder, Pack* pack) : folder_(folder), pack_(*pack) {}

  const knowledge::AppFolder& folder() const { return folder_; }
  Pack& pack() const { return pack_; }
  // The file's path as the user knows it.
  std::string NameOf(std::string_view file) const { return folder_.NameOf(file); }
  // Nothing for one that cannot be read.
  std::optional<std::string> Read(std::string_view file);
  void Note(std::string problem) { pack_.problems.push_back(std::move(problem)); }
  // ResourceExhausted when the pack has too many.
  absl::Status Add(Analytic analytic);

 private:
  const knowledge::AppFolder& folder_;
  Pack& pack_;
  size_t bytes_ = 0;
};

// One analytic out of the text of a file.
absl::Status AddDetection(std::string_view text, const std::string& file, PackFiles& files);
// Those of files of tests, which say query, too.
absl::Status AddTestSearches(std::string_view text, const std::string& file, PackFiles& files);
absl::Status AddSplFile(std::string_view text, const std::string& file, const std::string& stem,
                        PackFiles& files);
// The stanzas that have a search.
absl::Status AddSavedSearches(const std::vector<std::string>& confs, PackFiles& files);
// detections/, macros/, lookups/, deployments/.
absl::Status ReadDetections(PackFiles& files);
// JSON lines, an array of objects, a STIX bundle.
absl::Status ReadJsonPack(std::string_view text, const std::string& file, PackFiles& files);

// The ATT&CK ids in a text: T1047, T1546.003, each once.
std::vector<std::string> TechniquesIn(std::string_view text);
void AddTechniques(std::string_view text, std::vector<std::string>* techniques);
// Without blanks around it.
std::string Trimmed(std::string_view text);
// "T1047 – Name" and "name.spl" for messages: the last part of a path, without its ending.
std::string StemOf(std::string_view path);

}  // namespace spelk::engine
