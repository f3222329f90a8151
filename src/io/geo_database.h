// GeoDatabase: where addresses lie, out of a file in MaxMind's format.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace spelk::io {

// What is not known is empty.
struct GeoPlace {
  std::string city;
  std::string country;
  std::string region;
  std::string continent;
  std::string metro_code;
  std::string time_zone;
  std::optional<double> latitude;
  std::optional<double> longitude;
};

// Safe to share between threads.
class GeoDatabase {
 public:
  // NotFound and DataLoss name the file; Unimplemented in a build without the library.
  static absl::StatusOr<std::unique_ptr<GeoDatabase>> Open(const std::string& path);
  ~GeoDatabase();

  // Names in that language (en, de, ja, zh-CN …), in English where they have none in it. Nothing
  // for a text that is no address and for an address that the file does not know. DataLoss where
  // the file is damaged.
  absl::StatusOr<std::optional<GeoPlace>> Find(std::string_view address,
                                               std::string_view language) const;

 private:
  struct File;
  explicit GeoDatabase(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace spelk::io
