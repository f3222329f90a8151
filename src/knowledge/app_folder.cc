// Resolving and reading files below one folder.
#include "knowledge/app_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/status.h"

namespace spelk::knowledge {
namespace {

// Closes a descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  const int number_;
};

std::optional<std::string> Resolve(const std::string& path) {
  char* const resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return std::nullopt;
  std::string text(resolved);
  std::free(resolved);
  while (text.ends_with('/')) text.pop_back();
  return text;
}

absl::Status Unreadable(const std::string& name) {
  return absl::UnavailableError(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
}

absl::StatusOr<std::string> ReadAll(int descriptor, const std::string& name, size_t most) {
  std::string text;
  char buffer[size_t{64} << 10U];
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unreadable(name);
    if (count == 0) return text;
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > most) {
      return absl::ResourceExhaustedError(fmt::format("{} is longer than {} bytes", name, most));
    }
  }
}

}  // namespace

absl::StatusOr<AppFolder> AppFolder::Open(const std::string& path) {
  std::optional<std::string> resolved = Resolve(path);
  struct stat info {};
  if (!resolved || ::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::NotFoundError(fmt::format("there is no app folder {}", path));
  }
  return AppFolder(path, std::move(*resolved));
}

std::string AppFolder::NameOf(std::string_view file) const {
  return fmt::format("{}{}{}", path_, path_.ends_with('/') ? "" : "/", file);
}

absl::StatusOr<std::optional<std::string>> AppFolder::Read(std::string_view file,
                                                           size_t most) const {
  const std::string name = NameOf(file);
  const std::optional<std::string> resolved = Resolve(fmt::format("{}/{}", resolved_, file));
  if (!resolved) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return Unreadable(name);
  }
  if (!resolved->starts_with(resolved_ + "/")) {
    return absl::PermissionDeniedError(fmt::format("{} leads out of the app folder", name));
  }
  const Descriptor descriptor(
      ::open(resolved->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (descriptor.number() < 0 || ::fstat(descriptor.number(), &info) != 0) return Unreadable(name);
  if (!S_ISREG(info.st_mode)) {
    return absl::PermissionDeniedError(fmt::format("{} is not a plain file", name));
  }
  SPELK_ASSIGN_OR_RETURN(std::string text, ReadAll(descriptor.number(), name, most));
  return text;
}

}  // namespace spelk::knowledge
