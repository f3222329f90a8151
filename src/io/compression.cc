// Decompression by zlib and libzstd.
#include "io/compression.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/status.h"
#include "io/terminal_text.h"

namespace spelk::io {
namespace {

constexpr size_t kCompressedBuffer = 128U << 10U;
constexpr int kMostWindowLog = 26;  // 64 MiB

// What both have in common: compressed bytes in a buffer.
class Decompressor : public ByteSource {
 public:
  Decompressor(ByteSourcePtr source, std::string path)
      : source_(std::move(source)), path_(std::move(path)), buffer_(kCompressedBuffer, '\0') {}

  bool Ready(int milliseconds) const override {
    return at_ < have_ || pending_ || source_->random_access() || source_->Ready(milliseconds);
  }
  std::optional<uint64_t> size() const override { return source_->size(); }
  uint64_t consumed() const override { return taken_; }

 protected:
  // More compressed bytes; false at their end.
  absl::StatusOr<bool> Refill() {
    if (at_ < have_) return true;
    absl::StatusOr<size_t> n = source_->random_access()
                                   ? source_->ReadAt(taken_, buffer_.data(), buffer_.size())
                                   : source_->Read(buffer_.data(), buffer_.size());
    SPELK_RETURN_IF_ERROR(n.status());
    at_ = 0;
    have_ = *n;
    taken_ += *n;
    return have_ > 0;
  }
  absl::Status Damaged(std::string_view what) const {
    return absl::DataLossError(fmt::format("{}: {}", Printable(path_), what));
  }
  const char* input() const { return buffer_.data() + at_; }
  size_t available() const { return have_ - at_; }
  void Consume(size_t bytes) { at_ += bytes; }

  bool pending_ = false;  // Output is waiting inside the decompressor.

 private:
  ByteSourcePtr source_;
  const std::string path_;
  std::string buffer_;
  size_t at_ = 0;
  size_t have_ = 0;
  uint64_t taken_ = 0;
};

class GzipSource final : public Decompressor {
 public:
  GzipSource(ByteSourcePtr source, std::string path)
      : Decompressor(std::move(source), std::move(path)) {
    std::memset(&stream_, 0, sizeof(stream_));
    good_ = inflateInit2(&stream_, 15 + 16) == Z_OK;
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (!good_) return absl::ResourceExhaustedError("no memory for gzip");
    const size_t wanted = std::min<size_t>(size, 1U << 30U);
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(wanted);
    while (stream_.avail_out == wanted) {
      SPELK_ASSIGN_OR_RETURN(const bool more, Refill());
      if (!more) {
        if (between_members_) return 0U;
        return Damaged("the gzip data is truncated");
      }
      if (between_members_) {
        SPELK_ASSIGN_OR_RETURN(const bool member, NextMember());
        if (!member) continue;
      }
      SPELK_RETURN_IF_ERROR(Inflate());
    }
    return wanted - stream_.avail_out;
  }

 private:
  absl::Status Inflate() {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input()));
    stream_.avail_in = static_cast<uInt>(available());
    const uInt before = stream_.avail_in;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    Consume(before - stream_.avail_in);
    pending_ = stream_.avail_out == 0;
    if (result == Z_STREAM_END) {
      between_members_ = true;
      return absl::OkStatus();
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return Damaged(fmt::format("the gzip data is damaged ({})",
                               stream_.msg == nullptr ? "unknown" : stream_.msg));
  }

  // Zeros pad archives; anything else must be another member.
  absl::StatusOr<bool> NextMember() {
    if (*input() == '\0') {
      Consume(1);
      return false;
    }
    if (*input() != '\x1f') return Damaged("trailing garbage follows the gzip data");
    inflateReset(&stream_);
    between_members_ = false;
    return true;
  }

  z_stream stream_;
  bool good_ = false;
  bool between_members_ = false;
};

class ZstdSource final : public Decompressor {
 public:
  ZstdSource(ByteSourcePtr source, std::string path)
      : Decompressor(std::move(source), std::move(path)), context_(ZSTD_createDCtx()) {
    if (context_ != nullptr) ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMostWindowLog);
  }
  ~ZstdSource() override { ZSTD_freeDCtx(context_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (context_ == nullptr) return absl::ResourceExhaustedError("no memory for zstd");
    ZSTD_outBuffer out{buffer, size, 0};
    while (out.pos == 0) {
      if (!pending_) {
        SPELK_ASSIGN_OR_RETURN(const bool more, Refill());
        if (!more) {
          if (at_frame_end_) return 0U;
          return Damaged("the zstd data is truncated");
        }
      }
      ZSTD_inBuffer in{input(), available(), 0};
      const size_t result = ZSTD_decompressStream(context_, &out, &in);
      Consume(in.pos);
      if (ZSTD_isError(result) != 0U) {
        return Damaged(fmt::format("the zstd data cannot be read ({})", ZSTD_getErrorName(result)));
      }
      at_frame_end_ = result == 0;
      pending_ = out.pos == out.size && !at_frame_end_;
    }
    return out.pos;
  }

 private:
  ZSTD_DCtx* context_;
  bool at_frame_end_ = true;
};

}  // namespace

bool IsGzip(std::string_view start) { return start.starts_with("\x1f\x8b"); }

bool IsZstd(std::string_view start) {
  if (start.size() < 4) return false;
  // A frame, or a skippable frame (0x184D2A50 to 5F).
  return start.starts_with("\x28\xb5\x2f\xfd") ||
         ((static_cast<unsigned char>(start[0]) & 0xF0U) == 0x50U &&
          start.substr(1, 3) == "\x2a\x4d\x18");
}

ByteSourcePtr OpenGzip(ByteSourcePtr source, std::string path) {
  return std::make_unique<GzipSource>(std::move(source), std::move(path));
}

ByteSourcePtr OpenZstd(ByteSourcePtr source, std::string path) {
  return std::make_unique<ZstdSource>(std::move(source), std::move(path));
}

struct GzipSink::Stream {
  z_stream z{};
};

GzipSink::GzipSink(ByteSink& sink) : sink_(sink), stream_(std::make_unique<Stream>()) {
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMemoryLevel = 8;
  const int result = deflateInit2(&stream_->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow,
                                  kMemoryLevel, Z_DEFAULT_STRATEGY);
  if (result != Z_OK) stream_.reset();
}

GzipSink::~GzipSink() {
  if (stream_ != nullptr) deflateEnd(&stream_->z);
}

absl::Status GzipSink::Deflate(std::string_view bytes, bool last) {
  if (stream_ == nullptr) return absl::ResourceExhaustedError("no memory for gzip");
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  char buffer[size_t{16} << 10U];
  do {
    z.next_out = reinterpret_cast<Bytef*>(buffer);
    z.avail_out = sizeof(buffer);
    deflate(&z, last ? Z_FINISH : Z_NO_FLUSH);
    SPELK_RETURN_IF_ERROR(sink_.Write({buffer, sizeof(buffer) - z.avail_out}));
  } while (z.avail_out == 0);
  return absl::OkStatus();
}

absl::Status GzipSink::Write(std::string_view bytes) {
  constexpr size_t kPiece = size_t{1} << 20U;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kPiece, bytes.size()))) {
    SPELK_RETURN_IF_ERROR(Deflate(bytes.substr(0, kPiece), false));
  }
  return absl::OkStatus();
}

absl::Status GzipSink::Flush() { return Deflate({}, true); }

}  // namespace spelk::io
