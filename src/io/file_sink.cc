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
  if (bytes.size() >= kBuffer) {  // Not copied once more.
    SPELK_RETURN_IF_ERROR(Flush());
    return WriteOut(bytes);
  }
  buffer_ += bytes;
  return buffer_.size() >= kBuffer ? Flush() : absl::OkStatus();
}

absl::Status FileSink::Flush() {
  SPELK_RETURN_IF_ERROR(WriteOut(buffer_));
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status FileSink::WriteOut(std::string_view bytes) const {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return absl::CancelledError("the reader of the output is gone");
    if (n <= 0)
      return absl::UnavailableError(
          fmt::format("cannot write the output: {}", std::strerror(errno)));
    done += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

namespace {

absl::Status CannotWrite(const std::string& path) {
  return absl::UnavailableError(
      fmt::format("cannot write {}: {}", Printable(path), std::strerror(errno)));
}

// By this name a file that has none can be given one.
std::string ByDescriptor(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

// -1 where the file system or the machine knows no files without a name.
int OpenUnnamed(const std::string& target) {
  const size_t slash = target.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : target.substr(0, slash + 1);
  const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor >= 0 && ::access(ByDescriptor(descriptor).c_str(), F_OK) == 0) return descriptor;
  if (descriptor >= 0) ::close(descriptor);
  return -1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AtomicFile>> AtomicFile::Create(const std::string& path) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && IsWrittenInPlace(path, info)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (descriptor < 0) return CannotWrite(path);
    return std::unique_ptr<AtomicFile>(new AtomicFile(Kind::kAsItIs, descriptor, "", path));
  }
  const std::optional<std::string> target = FollowLinks(path);
  if (!target) return CannotWrite(path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const mode_t mode = exists ? info.st_mode & 0777U : 0666U & ~mask;
  const auto make = [&](Kind kind, int descriptor, std::string temporary) {
    ::fchmod(descriptor, mode);
    return std::unique_ptr<AtomicFile>(
        new AtomicFile(kind, descriptor, std::move(temporary), *target));
  };
  if (const int descriptor = OpenUnnamed(*target); descriptor >= 0) {
    return make(Kind::kUnnamed, descriptor, "");
  }
  std::string temporary = *target + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return CannotWrite(path);
  return make(Kind::kNamed, descriptor, std::move(temporary));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

bool AtomicFile::GiveName() {
  const std::string source = ByDescriptor(descriptor_);
  const auto link = [&](const std::string& name) {
    return ::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (link(path_)) return true;
  for (int number = 0; errno == EEXIST && number < 100; ++number) {
    std::string name = fmt::format("{}.{}.{}", path_, ::getpid(), number);
    if (!link(name)) continue;
    temporary_ = std::move(name);
    return true;
  }
  return false;
}

absl::Status AtomicFile::Commit() {
  SPELK_RETURN_IF_ERROR(sink_.Flush());
  if (kind_ == Kind::kUnnamed && !GiveName()) return CannotWrite(path_);
  if (::close(std::exchange(descriptor_, -1)) != 0) return CannotWrite(path_);
  if (temporary_.empty()) return absl::OkStatus();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return CannotWrite(path_);
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace spelk::io
