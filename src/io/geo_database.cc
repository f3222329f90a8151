// The file by libmaxminddb.
#include "io/geo_database.h"

#include <fmt/format.h>

#ifdef SPELK_HAS_MAXMINDDB
#include <maxminddb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "io/terminal_text.h"
#include "value/ip_address.h"
#include "value/utf8.h"

namespace spelk::io {

#ifdef SPELK_HAS_MAXMINDDB

struct GeoDatabase::File {
  ~File() {
    if (open) MMDB_close(&database);
  }
  MMDB_s database{};
  bool open = false;
};

namespace {

using Path = std::vector<const char*>;

// What an address is told of, by names; remembers whether the file was found damaged on the way.
class Reader {
 public:
  Reader(MMDB_entry_s entry, std::string_view language) : entry_(entry), language_(language) {}

  // A name in the language, or in English. `path`: what stands before "names".
  std::string Name(const Path& path) {
    for (const char* language : {language_.c_str(), "en"}) {
      Path steps = path;
      steps.insert(steps.end(), {"names", language});
      std::string name = Text(std::move(steps));
      if (!name.empty()) return name;
    }
    return "";
  }

  std::string Text(Path path) {
    const std::optional<MMDB_entry_data_s> data = Find(std::move(path));
    if (!data) return "";
    if (data->type == MMDB_DATA_TYPE_UTF8_STRING) {
      return MakeUtf8(std::string_view(data->utf8_string, data->data_size));
    }
    if (data->type == MMDB_DATA_TYPE_UINT16) return std::to_string(data->uint16);
    if (data->type == MMDB_DATA_TYPE_UINT32) return std::to_string(data->uint32);
    return "";
  }

  std::optional<double> Number(Path path) {
    const std::optional<MMDB_entry_data_s> data = Find(std::move(path));
    if (!data || data->type != MMDB_DATA_TYPE_DOUBLE) return std::nullopt;
    return data->double_value;
  }

  int damage() const { return damage_; }

 private:
  std::optional<MMDB_entry_data_s> Find(Path path) {
    path.push_back(nullptr);
    MMDB_entry_data_s data;
    const int result = MMDB_aget_value(&entry_, &data, path.data());
    if (result == MMDB_SUCCESS && data.has_data) return data;
    const bool missing =
        result == MMDB_SUCCESS || result == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR;
    if (!missing) damage_ = result;
    return std::nullopt;
  }

  MMDB_entry_s entry_;
  const std::string language_;
  int damage_ = MMDB_SUCCESS;
};

absl::Status DamagedDatabase(const MMDB_s& database, int result) {
  return absl::DataLossError(
      fmt::format("{} is damaged: {}", Printable(database.filename), MMDB_strerror(result)));
}

GeoPlace Place(Reader& reader) {
  GeoPlace place;
  place.city = reader.Name({"city"});
  place.country = reader.Name({"country"});
  place.region = reader.Name({"subdivisions", "0"});
  place.continent = reader.Name({"continent"});
  place.metro_code = reader.Text({"location", "metro_code"});
  place.time_zone = reader.Text({"location", "time_zone"});
  place.latitude = reader.Number({"location", "latitude"});
  place.longitude = reader.Number({"location", "longitude"});
  return place;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GeoDatabase>> GeoDatabase::Open(const std::string& path) {
  auto file = std::make_unique<File>();
  const int result = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file->database);
  if (result == MMDB_FILE_OPEN_ERROR) {
    return absl::NotFoundError(fmt::format("{}: {}", Printable(path), std::strerror(errno)));
  }
  if (result != MMDB_SUCCESS) {
    return absl::DataLossError(
        fmt::format("{} is no database of addresses: {}", Printable(path), MMDB_strerror(result)));
  }
  file->open = true;
  return std::unique_ptr<GeoDatabase>(new GeoDatabase(std::move(file)));
}

absl::StatusOr<std::optional<GeoPlace>> GeoDatabase::Find(std::string_view address,
                                                          std::string_view language) const {
  const std::optional<IpAddress> parsed = ParseIpAddress(address);
  if (!parsed) return std::nullopt;
  struct sockaddr_in6 wide {};
  struct sockaddr_in narrow {};
  const struct sockaddr* where = nullptr;
  if (parsed->is_v4) {
    narrow.sin_family = AF_INET;
    std::memcpy(&narrow.sin_addr, parsed->bytes.data() + 12, 4);
    where = reinterpret_cast<const struct sockaddr*>(&narrow);
  } else {
    wide.sin6_family = AF_INET6;
    std::memcpy(&wide.sin6_addr, parsed->bytes.data(), 16);
    where = reinterpret_cast<const struct sockaddr*>(&wide);
  }
  int error = MMDB_SUCCESS;
  const MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&file_->database, where, &error);
  if (error == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return std::nullopt;
  if (error != MMDB_SUCCESS) return DamagedDatabase(file_->database, error);
  if (!found.found_entry) return std::nullopt;
  Reader reader(found.entry, language);
  GeoPlace place = Place(reader);
  if (reader.damage() != MMDB_SUCCESS) return DamagedDatabase(file_->database, reader.damage());
  return place;
}

#else

struct GeoDatabase::File {};

absl::StatusOr<std::unique_ptr<GeoDatabase>> GeoDatabase::Open(const std::string& path) {
  return absl::UnimplementedError(
      fmt::format("{}: this build of spelk reads no database of addresses", Printable(path)));
}

absl::StatusOr<std::optional<GeoPlace>> GeoDatabase::Find(std::string_view,
                                                          std::string_view) const {
  return std::nullopt;
}

#endif

GeoDatabase::GeoDatabase(std::unique_ptr<File> file) : file_(std::move(file)) {}
GeoDatabase::~GeoDatabase() = default;

}  // namespace spelk::io
