// ProgressAwareSink: rows and the line of progress share a terminal.
#pragma once

#include "cli/progress.h"
#include "io/byte_sink.h"

namespace spelk::cli {

// Wipes the line of progress before rows appear.
class ProgressAwareSink final : public io::ByteSink {
 public:
  ProgressAwareSink(io::ByteSink& terminal, ProgressLine& progress)
      : terminal_(terminal), progress_(progress) {}
  absl::Status Write(std::string_view bytes) override {
    if (!bytes.empty()) progress_.Clear();
    return terminal_.Write(bytes);
  }
  absl::Status Flush() override {
    progress_.Clear();
    return terminal_.Flush();
  }

 private:
  io::ByteSink& terminal_;
  ProgressLine& progress_;
};

}  // namespace spelk::cli
