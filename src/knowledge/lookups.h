// Lookups: which lookup tables there are: stanzas of transforms.conf, files of `lookups/` folders,
// collections, and what was given beside the apps.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "io/input.h"
#include "knowledge/app_folder.h"
#include "knowledge/conf.h"
#include "plan/limits.h"
#include "plan/lookup.h"
#include "plan/services.h"

namespace spelk::knowledge {

// Loaded once, then shared between threads; a table's columns are read when it is first asked for.
class Lookups final : public plan::LookupCatalog, public plan::Files {
 public:
  // `given`: NAME=FILE, a file, or a folder of them; they hide the files of apps. NotFound for what
  // is not there.
  absl::Status Load(std::vector<AppFolder> apps, Conf transforms, Conf collections,
                    const std::vector<std::string>& given, const plan::Limits& limits);

  // Puts the tables of spelk's own apps below all others.
  void AddBuiltin() { builtin_ = true; }

  absl::StatusOr<plan::LookupPtr> FindLookup(std::string_view name) const override;
  absl::StatusOr<plan::LookupPtr> FindFile(std::string_view name) const override;
  std::vector<std::string> LookupNames() const override;
  absl::StatusOr<std::optional<std::string>> Read(std::string_view name,
                                                  size_t most) const override;

  // The file that holds a table, open; nothing if there is none. Names that lead out of the folders
  // are PermissionDenied.
  absl::StatusOr<std::optional<io::Input>> Open(std::string_view table) const;
  const plan::Limits& limits() const { return *limits_; }

 private:
  absl::Status Give(const std::string& text);
  absl::StatusOr<plan::LookupPtr> Make(std::string_view name) const;
  absl::StatusOr<plan::LookupPtr> OfStanza(const Conf& conf, const Stanza& stanza) const;
  absl::StatusOr<plan::LookupPtr> OfFile(std::string_view name) const;
  absl::Status ReadMatching(const Conf& conf, const Stanza& stanza, plan::Lookup* lookup) const;
  absl::Status ReadColumns(const Stanza* stanza, plan::Lookup* lookup) const;
  void LimitMatches(plan::Lookup* lookup) const;
  static const Setting* Find(const Conf& conf, const Stanza& stanza, std::string_view key);
  const Conf& Own() const;

  const plan::Limits* limits_ = nullptr;
  std::vector<AppFolder> apps_;
  Conf transforms_;
  Conf collections_;
  bool builtin_ = false;
  mutable std::once_flag own_once_;
  mutable Conf own_;                // The transforms.conf of spelk's own apps.
  StringMap<std::string> files_;    // Given by name.
  std::vector<AppFolder> folders_;  // Given.
  mutable std::mutex mutex_;
  mutable StringMap<plan::LookupPtr> known_;
};

}  // namespace spelk::knowledge
