// SinkBytes: the caller's sink, as writers know one.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "io/byte_sink.h"
#include "spelk/write.h"

namespace spelk::engine {

// A sink that wants no more is Cancelled.
class SinkBytes final : public io::ByteSink {
 public:
  explicit SinkBytes(Sink& sink) : sink_(sink) {}
  absl::Status Write(std::string_view bytes) override;
  absl::Status Flush() override;

 private:
  Sink& sink_;
};

// The other way round, for sinks that are made of the library's own.
Result<Flow> ToFlow(const absl::Status& status);

}  // namespace spelk::engine
