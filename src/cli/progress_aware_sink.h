// ProgressAwareSink: rows and the line of progress share a terminal.
#pragma once

#include "cli/progress.h"
#include "spelk/write.h"

namespace spelk::cli {

// Wipes the line of progress before rows appear.
class ProgressAwareSink final : public Sink {
 public:
  ProgressAwareSink(Sink& terminal, ProgressLine& progress)
      : terminal_(terminal), progress_(progress) {}
  Result<Flow> Write(std::string_view bytes) override {
    progress_.Clear();
    return terminal_.Write(bytes);
  }
  Result<Flow> Flush() override {
    progress_.Clear();
    return terminal_.Flush();
  }

 private:
  Sink& terminal_;
  ProgressLine& progress_;
};

}  // namespace spelk::cli
