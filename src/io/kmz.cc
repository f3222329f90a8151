// The directory at the end of a zip archive says where its files are; all numbers are
// little-endian.
#include "io/kmz.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/status.h"
#include "value/ascii.h"

namespace spelk::io {
namespace {

constexpr std::string_view kLocal = "PK\x03\x04";
constexpr std::string_view kEntry = "PK\x01\x02";
constexpr std::string_view kEndRecord = "PK\x05\x06";
constexpr size_t kLocalBytes = 30;
constexpr size_t kEntryBytes = 46;
constexpr size_t kEndBytes = 22;

uint32_t NumberAt(std::string_view bytes, size_t place, size_t size) {
  uint32_t number = 0;
  for (size_t i = 0; i < size; ++i) {
    number |= uint32_t{static_cast<unsigned char>(bytes[place + i])} << (8 * i);
  }
  return number;
}

// One file, as the directory says.
struct Member {
  uint32_t flags = 0;
  uint32_t method = 0;
  uint32_t sum = 0;
  uint32_t packed = 0;
  uint32_t size = 0;
  uint32_t place = 0;
};

absl::Status DamagedArchive(std::string_view what) {
  return absl::DataLossError("the archive cannot be read: " + std::string(what));
}

// Where the directory ends: before a comment of at most 64 KiB.
std::optional<size_t> FindEnd(std::string_view archive) {
  if (archive.size() < kEndBytes) return std::nullopt;
  const size_t end = archive.rfind(kEndRecord, archive.size() - kEndBytes);
  constexpr size_t kMostComment = 65535;
  if (end == std::string_view::npos || archive.size() - end > kEndBytes + kMostComment) {
    return std::nullopt;
  }
  return end;
}

absl::StatusOr<Member> FindKml(std::string_view archive) {
  const std::optional<size_t> end = FindEnd(archive);
  if (!end) return DamagedArchive("it is cut off");
  const uint32_t files = NumberAt(archive, *end + 10, 2);
  size_t place = NumberAt(archive, *end + 16, 4);
  for (uint32_t file = 0; file < files; ++file) {
    if (place > *end || *end - place < kEntryBytes ||
        archive.substr(place, kEntry.size()) != kEntry) {
      return DamagedArchive("its directory is damaged");
    }
    const std::string_view entry = archive.substr(place, kEntryBytes);
    const size_t name_size = NumberAt(entry, 28, 2);
    const std::string_view name = archive.substr(place + kEntryBytes, name_size);
    constexpr std::string_view kEnding = ".kml";
    if (name.size() >= kEnding.size() &&
        EqualsIgnoringCase(name.substr(name.size() - kEnding.size()), kEnding)) {
      return Member{.flags = NumberAt(entry, 8, 2),
                    .method = NumberAt(entry, 10, 2),
                    .sum = NumberAt(entry, 16, 4),
                    .packed = NumberAt(entry, 20, 4),
                    .size = NumberAt(entry, 24, 4),
                    .place = NumberAt(entry, 42, 4)};
    }
    place += kEntryBytes + name_size + NumberAt(entry, 30, 2) + NumberAt(entry, 32, 2);
  }
  return DamagedArchive("it holds no .kml document");
}

absl::StatusOr<std::string_view> PackedBytes(std::string_view archive, const Member& member) {
  if (archive.size() < kLocalBytes || member.place > archive.size() - kLocalBytes ||
      archive.substr(member.place, kLocal.size()) != kLocal) {
    return DamagedArchive("its directory is damaged");
  }
  const size_t begin = member.place + kLocalBytes + NumberAt(archive, member.place + 26, 2) +
                       NumberAt(archive, member.place + 28, 2);
  if (begin > archive.size() || archive.size() - begin < member.packed) {
    return DamagedArchive("it is cut off");
  }
  return archive.substr(begin, member.packed);
}

// False if it is not what the directory says.
bool Inflate(std::string_view packed, std::string* text) {
  z_stream stream = {};
  // Deflated bytes alone, without a header.
  if (inflateInit2(&stream, -15) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text->data());
  stream.avail_out = static_cast<uInt>(text->size());
  const int result = inflate(&stream, Z_FINISH);
  const bool whole = result == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  return whole;
}

}  // namespace

bool IsKmz(std::string_view start) { return start.starts_with(kLocal); }

absl::StatusOr<std::string> KmlInKmz(std::string_view archive, size_t most, Reservation* kept) {
  SPELK_ASSIGN_OR_RETURN(const Member member, FindKml(archive));
  SPELK_ASSIGN_OR_RETURN(const std::string_view packed, PackedBytes(archive, member));
  if ((member.flags & 1U) != 0) return DamagedArchive("it is encrypted");
  constexpr uint32_t kStored = 0;
  constexpr uint32_t kDeflated = 8;
  if (member.method != kStored && member.method != kDeflated) {
    return DamagedArchive("it is packed in a way that is not known");
  }
  if (member.size > most) {
    return absl::ResourceExhaustedError("the document in the archive is too long");
  }
  if (!kept->Grow(member.size)) return kept->budget()->Exhausted("a KMZ file", member.size);
  std::string text(member.size, '\0');
  if (member.method == kStored) {
    if (packed.size() != text.size()) return DamagedArchive("its directory is damaged");
    text = packed;
  } else if (!Inflate(packed, &text)) {
    return DamagedArchive("its document is damaged");
  }
  const auto* bytes = reinterpret_cast<const Bytef*>(text.data());
  if (crc32(0, bytes, static_cast<uInt>(text.size())) != member.sum) {
    return DamagedArchive("its document has another sum");
  }
  return text;
}

}  // namespace spelk::io
