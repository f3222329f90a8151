// EVTX by libevtx, chunk by chunk: each stands by itself, so that a stream can be read and a
// damaged chunk takes nothing else with it.
#include <fmt/format.h>
#ifdef SPELK_HAS_EVTX
#include <libbfio.h>
#include <libevtx.h>
#include <zlib.h>
#endif

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "io/formats/event_xml.h"
#include "io/formats/formats.h"
#include "io/formats/transcoder.h"
#include "io/terminal_text.h"

namespace spelk::io {
namespace {

#ifdef SPELK_HAS_EVTX

constexpr size_t kHeader = 4096;
constexpr size_t kChunk = size_t{64} << 10U;
constexpr std::string_view kChunkMagic = "ElfChnk";
constexpr size_t kMostXml = size_t{1} << 20U;

void PutNumber(uint64_t number, size_t bytes, char* to) {
  for (size_t i = 0; i < bytes; ++i) to[i] = static_cast<char>(number >> (8 * i));
}

uint64_t GetNumber(const char* from, size_t bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes; ++i) {
    number |= static_cast<uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return number;
}

// A file of one chunk, as the library sees it.
class ChunkFile {
 public:
  ~ChunkFile() {
    if (file_ != nullptr) {
      libevtx_file_close(file_, nullptr);
      libevtx_file_free(&file_, nullptr);
    }
    if (memory_ != nullptr) libbfio_handle_free(&memory_, nullptr);
  }

  // `bytes`: a header and the chunk; they stay.
  bool Open(std::string& bytes) {
    return libbfio_memory_range_initialize(&memory_, nullptr) == 1 &&
           libbfio_memory_range_set(memory_, reinterpret_cast<uint8_t*>(bytes.data()), bytes.size(),
                                    nullptr) == 1 &&
           libevtx_file_initialize(&file_, nullptr) == 1 &&
           libevtx_file_open_file_io_handle(file_, memory_, LIBEVTX_OPEN_READ, nullptr) == 1;
  }
  int records() const {
    int count = 0;
    return libevtx_file_get_number_of_records(file_, &count, nullptr) == 1 ? count : 0;
  }
  // False if it cannot be read.
  bool Xml(int index, std::string* xml, uint64_t* number) {
    libevtx_record_t* record = nullptr;
    if (libevtx_file_get_record_by_index(file_, index, &record, nullptr) != 1) return false;
    size_t size = 0;
    bool read = libevtx_record_get_identifier(record, number, nullptr) == 1 &&
                libevtx_record_get_utf8_xml_string_size(record, &size, nullptr) == 1 && size > 0 &&
                size <= kMostXml;
    if (read) {
      xml->resize(size);
      read = libevtx_record_get_utf8_xml_string(record, reinterpret_cast<uint8_t*>(xml->data()),
                                                size, nullptr) == 1;
      xml->resize(size - 1);  // The zero at its end.
    }
    libevtx_record_free(&record, nullptr);
    return read;
  }

 private:
  libbfio_handle_t* memory_ = nullptr;
  libevtx_file_t* file_ = nullptr;
};

class EvtxEvents final : public Transcoder {
 public:
  EvtxEvents(ByteSourcePtr source, std::string path)
      : Transcoder(std::move(source)), path_(std::move(path)) {}

 protected:
  void Take(std::string_view* in, std::string& out) override {
    while (!in->empty() && out.size() <= kTranscodedAtOnce) {
      const size_t wanted = (header_read_ ? kChunk : kHeader) - held_.size();
      const size_t size = std::min(in->size(), wanted);
      held_ += in->substr(0, size);
      in->remove_prefix(size);
      if (size < wanted) return;
      if (!std::exchange(header_read_, true)) {
        TakeHeader();
        held_.clear();
        continue;
      }
      Chunk(out);
    }
  }
  bool Finish(std::string& out) override {
    if (header_read_ && !held_.empty()) {
      cut_off_ = true;
      held_.resize(kChunk, '\0');
      Chunk(out);
    }
    return true;
  }
  absl::Status status() const override {
    if (!header_read_) return Damage("the event log is cut off in its header");
    std::string text;
    if (lost_chunks_ > 0) {
      text = fmt::format("{} of its {} chunks of 64 KiB {} damaged, with all their events",
                         lost_chunks_, chunks_, lost_chunks_ == 1 ? "is" : "are");
    }
    if (lost_records_ > 0) {
      if (!text.empty()) text += "; ";
      text +=
          fmt::format("{} event{} could not be read", lost_records_, lost_records_ == 1 ? "" : "s");
    }
    const uint64_t changed = changed_chunks_ - (dirty_ && last_changed_ ? 1 : 0);
    if (changed > 0) {
      if (!text.empty()) text += "; ";
      text += fmt::format(
          "{} of its {} chunks {} not match {} checksum, so that values of events there may be "
          "wrong",
          changed, chunks_, changed == 1 ? "does" : "do", changed == 1 ? "its" : "their");
    }
    if (cut_off_) {
      if (!text.empty()) text += "; ";
      text += "it is cut off in its last chunk";
    } else if (places_ < expected_chunks_) {
      if (!text.empty()) text += "; ";
      text +=
          fmt::format("it is cut off: {} of its {} chunks are there", places_, expected_chunks_);
    }
    if (text.empty()) return absl::OkStatus();
    return Damage(fmt::format("the event log is damaged: {}", text));
  }

 private:
  absl::Status Damage(std::string_view what) const {
    return absl::DataLossError(fmt::format("{}: {}", Printable(path_), what));
  }

  static uint32_t Checksum(std::string_view bytes, uint32_t before = 0) {
    return static_cast<uint32_t>(crc32(before, reinterpret_cast<const Bytef*>(bytes.data()),
                                       static_cast<uInt>(bytes.size())));
  }

  // A header that is whole says how many chunks there are, and whether the log was open when it was
  // copied: then the chunk that was written last is not sealed by checksums.
  void TakeHeader() {
    if (GetNumber(&held_[124], 4) != Checksum(std::string_view(held_).substr(0, 120))) return;
    constexpr uint64_t kDirty = 1;
    dirty_ = (GetNumber(&held_[120], 4) & kDirty) != 0;
    if (!dirty_) expected_chunks_ = GetNumber(&held_[42], 2);
  }

  void Chunk(std::string& out) {
    ++places_;
    const bool unused = held_.find_first_not_of('\0') == std::string::npos;
    if (!unused) {
      ++chunks_;
      const bool read = Records(out);
      if (!read) ++lost_chunks_;
      last_changed_ = read && !cut_off_ && !MatchesChecksums();
      if (last_changed_) ++changed_chunks_;
    }
    held_.clear();
  }

  // Of the chunk's header and of its records. Logs without checksums have zeros.
  bool MatchesChecksums() const {
    constexpr size_t kRecords = 512;
    const std::string_view chunk = held_;
    const uint64_t of_header = GetNumber(&held_[124], 4);
    const uint64_t of_records = GetNumber(&held_[52], 4);
    if (of_header == 0 && of_records == 0) return true;
    const uint64_t end = GetNumber(&held_[48], 4);
    if (end < kRecords || end > kChunk) return false;
    return Checksum(chunk.substr(128, kRecords - 128), Checksum(chunk.substr(0, 120))) ==
               of_header &&
           Checksum(chunk.substr(kRecords, end - kRecords)) == of_records;
  }

  // The header of a file that has this chunk alone.
  std::string FileOfChunk() const {
    std::string bytes(kHeader, '\0');
    std::memcpy(bytes.data(), "ElfFile", 8);
    PutNumber(0, 8, &bytes[8]);                              // The first chunk.
    PutNumber(0, 8, &bytes[16]);                             // The last one.
    PutNumber(GetNumber(&held_[16], 8) + 1, 8, &bytes[24]);  // The next record.
    PutNumber(128, 4, &bytes[32]);
    PutNumber(1, 2, &bytes[36]);
    PutNumber(3, 2, &bytes[38]);
    PutNumber(kHeader, 2, &bytes[40]);
    PutNumber(1, 2, &bytes[42]);  // Chunks.
    PutNumber(Checksum(std::string_view(bytes).substr(0, 120)), 4, &bytes[124]);
    return bytes + held_;
  }

  // False if the chunk as a whole cannot be read.
  bool Records(std::string& out) {
    if (!held_.starts_with(kChunkMagic)) return false;
    const uint64_t first = GetNumber(&held_[8], 8);
    const uint64_t last = GetNumber(&held_[16], 8);
    std::string bytes = FileOfChunk();
    ChunkFile file;
    if (!file.Open(bytes)) return false;
    const int records = file.records();
    int read = 0;
    std::string xml;
    for (int i = 0; i < records; ++i) {
      uint64_t number = 0;
      if (file.Xml(i, &xml, &number) && AppendXmlEvent(xml, RawXml::kOneLine, out)) ++read;
    }
    // Chunks say how many they hold.
    const uint64_t expected = last >= first && last - first < kChunk ? last - first + 1 : 0;
    const auto found = static_cast<uint64_t>(read);
    if (found == 0 && (expected > 0 || records > 0)) return false;
    lost_records_ += expected > found ? expected - found : 0;
    return true;
  }

  const std::string path_;
  std::string held_;
  bool header_read_ = false;
  bool cut_off_ = false;
  bool dirty_ = false;            // The log was open when it was copied.
  uint64_t expected_chunks_ = 0;  // As its header says; 0 if that is not to be trusted.
  uint64_t places_ = 0;           // Of chunks, those that are not in use included.
  uint64_t chunks_ = 0;
  uint64_t changed_chunks_ = 0;  // Read, but not as they were written,
  bool last_changed_ = false;    // the last one among them.
  uint64_t lost_chunks_ = 0;
  uint64_t lost_records_ = 0;
};

bool RecognizesEvtx(const InputStart& start) {
  return start.bytes.starts_with(std::string_view("ElfFile\0", 8));
}

absl::StatusOr<ByteSourcePtr> OpenEvtx(ByteSourcePtr source, const Opening& opening) {
  return std::make_unique<EvtxEvents>(std::move(source), opening.path);
}

#else

// Its magic says what to do.
bool RecognizesEvtx(const InputStart&) { return false; }

absl::StatusOr<ByteSourcePtr> OpenEvtx(ByteSourcePtr, const Opening& opening) {
  return absl::UnimplementedError(
      fmt::format("{}: this build of spelk reads no EVTX", Printable(opening.path)));
}

#endif

}  // namespace

extern constexpr InputFormat kEvtxFormat = {
    .name = "evtx", .recognizes = &RecognizesEvtx, .open = &OpenEvtx};

}  // namespace spelk::io
