// Writing to descriptors and files.
#include "io/file_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "base/status.h"
#include "io/terminal_text.h"

namespace spelk::io {
namespace {

constexpr size_t kBuffer = 64U << 10U;
constexpr int kMostLinks = 40;

// Where a path leads through links, whether there is a file yet or not; so links stay what they
// are. Nothing, with errno, if it cannot be told.
std::optional<std::string> FollowLinks(std::string path) {
  for (int i = 0; i < kMostLinks; ++i) {
    char buffer[PATH_MAX];
    const ssize_t size = ::readlink(path.c_str(), buffer, sizeof(buffer));
    if (size < 0) return path;  // No link.
    if (static_cast<size_t>(size) == sizeof(buffer)) {
      errno = ENAMETOOLONG;
      return std::nullopt;
    }
    const std::string target(buffer, static_cast<size_t>(size));
    path = target.starts_with('/') ? target : path.substr(0, path.rfind('/') + 1) + target;
  }
  errno = ELOOP;
  return std::nullopt;
}

// Devices, pipes, and what stands for an open descriptor, plain file or not.
bool IsWrittenInPlace(const std::string& path, const struct stat& info) {
  return !S_ISREG(info.st_mode) || path.starts_with("/dev/") || path.starts_with("/proc/");
}

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
  const auto fail = [&path] {
    return absl::UnavailableError(
        fmt::format("cannot write {}: {}", Printable(path), std::strerror(errno)));
  };
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && IsWrittenInPlace(path, info)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (descriptor < 0) return fail();
    return std::unique_ptr<AtomicFile>(new AtomicFile(descriptor, "", path));
  }
  const std::optional<std::string> target = FollowLinks(path);
  if (!target) return fail();
  std::string temporary = *target + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return fail();
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor, exists ? info.st_mode & 0777U : 0666U & ~mask);
  return std::unique_ptr<AtomicFile>(new AtomicFile(descriptor, std::move(temporary), *target));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

absl::Status AtomicFile::Commit() {
  SPELK_RETURN_IF_ERROR(sink_.Flush());
  const bool closed = ::close(std::exchange(descriptor_, -1)) == 0;
  if (closed && temporary_.empty()) return absl::OkStatus();
  if (!closed || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return absl::UnavailableError(
        fmt::format("cannot write {}: {}", Printable(path_), std::strerror(errno)));
  }
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace spelk::io
