// Conf: Splunk's .conf files: stanzas of settings, from several files laid over each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/string_map.h"

namespace spelk::knowledge {

struct Setting {
  std::string key;
  std::string value;  // Without outer blanks; a continued value keeps its line ends.
  uint32_t file = 0;  // Which of the files it came from, and the line there.
  uint32_t line = 0;
};

// A stanza with what all files say of it. Settings stand in the order in which their keys first
// appeared.
struct Stanza {
  std::string name;
  std::vector<Setting> settings;
  StringMap<size_t> by_key;

  const Setting* Find(std::string_view key) const;
  // An empty text for a key that is not set.
  std::string_view Text(std::string_view key) const;
};

class Conf {
 public:
  static constexpr size_t kMostBytes = size_t{16} << 20U;  // Of one file.
  static constexpr size_t kMostLine = size_t{1} << 20U;    // Of one setting.
  // Settings that stand before any stanza, and those of [default].
  static constexpr std::string_view kDefault = "default";

  // Lays a file over what is there: a repeated stanza adds to the first, a later value wins.
  // InvalidArgument, with file and line, for text that is no .conf file; ResourceExhausted beyond
  // the limits. With `problems`, lines that are neither stanza nor setting are left out, as Splunk
  // does, and noted there; what stands after the name of a stanza that cannot be read is, too.
  absl::Status Add(std::string_view text, std::string file,
                   std::vector<std::string>* problems = nullptr);

  // Lays one stanza over what is there. Its settings are of the file's line.
  void AddStanza(std::string_view name,
                 const std::vector<std::pair<std::string, std::string>>& settings, std::string file,
                 uint32_t line);

  // In the order in which they first appeared.
  const std::vector<Stanza>& stanzas() const { return stanzas_; }
  const Stanza* Find(std::string_view name) const;
  // "my_app/default/props.conf:12"
  std::string PlaceOf(const Setting& setting) const;

 private:
  Stanza& FindOrAdd(std::string_view name);
  static void Put(Setting setting, Stanza* stanza);

  std::vector<Stanza> stanzas_;
  StringMap<size_t> by_name_;
  std::vector<std::string> files_;
};

// True for "true", "t", "1", "yes", "y", "on" in any case, false for anything else.
bool IsTrue(std::string_view text);

}  // namespace spelk::knowledge
