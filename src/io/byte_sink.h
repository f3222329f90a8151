// ByteSink: where output bytes go.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace spelk::io {

// Not thread-safe.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Cancelled if the reader is gone (a closed pipe); another error if writing fails.
  virtual absl::Status Write(std::string_view bytes) = 0;
  virtual absl::Status Flush() { return absl::OkStatus(); }
};

class StringSink final : public ByteSink {
 public:
  absl::Status Write(std::string_view bytes) override {
    text_ += bytes;
    return absl::OkStatus();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace spelk::io
