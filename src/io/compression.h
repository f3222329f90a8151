// gzip and zstd as byte sources over other byte sources.
#pragma once

#include <string>
#include <string_view>

#include "io/byte_sink.h"
#include "io/input.h"

namespace spelk::io {

// By the first bytes of the data.
bool IsGzip(std::string_view start);
bool IsZstd(std::string_view start);

// Further members and frames are read on; Read fails with DataLoss, naming `path`, where the data
// is damaged, truncated or followed by something else.
ByteSourcePtr OpenGzip(ByteSourcePtr source, std::string path);
ByteSourcePtr OpenZstd(ByteSourcePtr source, std::string path);

// Compresses what is written to it. Flush ends the archive; nothing may be written after it.
class GzipSink final : public ByteSink {
 public:
  explicit GzipSink(ByteSink& sink);
  ~GzipSink() override;
  absl::Status Write(std::string_view bytes) override;
  absl::Status Flush() override;

 private:
  struct Stream;
  absl::Status Deflate(std::string_view bytes, bool last);

  ByteSink& sink_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace spelk::io
