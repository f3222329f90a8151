// Writing to descriptors and files.
#include "io/file_sink.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/status.h"
#include "io/compression.h"

namespace spelk::io {
namespace {

constexpr size_t kBuffer = 64U << 10U;

}  // namespace

absl::Status FileSink::Write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() >= kBuffer ? Flush() : absl::OkStatus();
}

absl::Status FileSink::Flush() {
  for (size_t done = 0; done < buffer_.size();) {
    const ssize_t n = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return absl::CancelledError("the reader of the output is gone");
    if (n <= 0)
      return absl::UnavailableError(
          fmt::format("cannot write the output: {}", std::strerror(errno)));
    done += static_cast<size_t>(n);
  }
  buffer_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<AtomicFile>> AtomicFile::Create(const std::string& path) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) {
    return absl::UnavailableError(
        fmt::format("cannot write {}: {}", Printable(path), std::strerror(errno)));
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor, 0666 & ~mask);
  return std::unique_ptr<AtomicFile>(new AtomicFile(descriptor, std::move(temporary), path));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

absl::Status AtomicFile::Commit() {
  SPELK_RETURN_IF_ERROR(sink_.Flush());
  const bool closed = ::close(std::exchange(descriptor_, -1)) == 0;
  if (!closed || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return absl::UnavailableError(
        fmt::format("cannot write {}: {}", Printable(path_), std::strerror(errno)));
  }
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace spelk::io
