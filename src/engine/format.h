// Searches within files, and how they are put back.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/compile.h"
#include "spelk/format.h"
#include "syntax/format.h"

namespace spelk::engine {

// Bytes of a file, and what takes their place.
struct Change {
  size_t begin = 0;
  size_t end = 0;
  std::string text;
};
struct Edits {
  size_t searches = 0;
  size_t changed = 0;
  std::vector<Change> changes;  // In the order of the file; none overlap.
  std::vector<FormattedFile::Problem> problems;
};

// The changes of one search, which begins in that line.
struct Proposal {
  size_t line = 1;
  std::vector<Change> changes;
};
// Takes those with which the changed text is `proven`; the others are problems.
void TakeProven(std::string_view text, const std::vector<Proposal>& proposals,
                const std::function<bool(const std::string& changed)>& proven, Edits* edits);

Result<Formatting> FormatText(const Core& core, std::string_view text, const std::string& name,
                              const FormatOptions& options);
// With another text in the place of each line break that was made.
std::string WithLineBreaks(const Formatting& formatting, std::string_view made);
// An error of a search, with its places in the file that it is a part of.
Error InFile(const Error& error, const std::string& file, size_t lines, size_t columns);
std::string Apply(std::string_view text, const std::vector<Change>& changes);

// The changes were proven: with them the file reads as before, but for its searches, which
// mean the same.
absl::StatusOr<Edits> EditsOfYaml(const Core& core, std::string_view text, const std::string& file,
                                  const FormatOptions& options);
absl::StatusOr<Edits> EditsOfConf(const Core& core, std::string_view text, const std::string& file,
                                  const FormatOptions& options);

}  // namespace spelk::engine
