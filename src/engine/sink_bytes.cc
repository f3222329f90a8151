// From errors to statuses and back.
#include "engine/sink_bytes.h"

#include "engine/impl.h"

namespace spelk::engine {
namespace {

absl::Status ToStatus(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kLimit:
      return absl::ResourceExhaustedError(error.message());
    case ErrorKind::kInternal:
      return absl::InternalError(error.message());
    default:
      return absl::UnavailableError(error.message());
  }
}

absl::Status Judge(const Result<Flow>& answer) {
  if (!answer.ok()) return ToStatus(answer.error());
  if (*answer == Flow::kEnough) return absl::CancelledError("the reader of the output is gone");
  return absl::OkStatus();
}

}  // namespace

Result<Flow> ToFlow(const absl::Status& status) {
  if (absl::IsCancelled(status)) return Flow::kEnough;
  if (!status.ok()) return ToError(status);
  return Flow::kMore;
}

absl::Status SinkBytes::Write(std::string_view bytes) {
  return bytes.empty() ? absl::OkStatus() : Judge(sink_.Write(bytes));
}

absl::Status SinkBytes::Flush() { return Judge(sink_.Flush()); }

}  // namespace spelk::engine
