// Resolving and reading files below one folder.
#include "knowledge/app_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/status.h"

namespace spelk::knowledge {
namespace {

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

}  // namespace

absl::StatusOr<AppFolder> AppFolder::OpenFolder(const std::string& path) {
  std::optional<std::string> resolved = Resolve(path);
  struct stat info {};
  if (!resolved || ::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::NotFoundError(fmt::format("there is no folder {}", path));
  }
  return AppFolder(path, std::move(*resolved));
}

absl::StatusOr<AppFolder> AppFolder::Open(const std::string& path) {
  std::optional<std::string> resolved = Resolve(path);
  struct stat info {};
  if (!resolved || ::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::NotFoundError(fmt::format("there is no app folder {}", path));
  }
  const auto has = [&resolved](std::string_view folder) {
    struct stat part {};
    return ::stat(fmt::format("{}/{}", *resolved, folder).c_str(), &part) == 0 &&
           S_ISDIR(part.st_mode);
  };
  if (!has("default") && !has("local") && !has("lookups") && !has("data/models")) {
    return absl::NotFoundError(
        fmt::format("{} is no app folder: it has neither default/ nor local/", path));
  }
  return AppFolder(path, std::move(*resolved));
}

std::string AppFolder::NameOf(std::string_view file) const {
  return fmt::format("{}{}{}", path_, path_.ends_with('/') ? "" : "/", file);
}

absl::StatusOr<std::optional<io::Input>> AppFolder::Find(std::string_view file) const {
  const std::string name = NameOf(file);
  const std::optional<std::string> resolved = Resolve(fmt::format("{}/{}", resolved_, file));
  if (!resolved) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return Unreadable(name);
  }
  if (!resolved->starts_with(resolved_ + "/")) {
    return absl::PermissionDeniedError(fmt::format("{} leads out of the app folder", name));
  }
  const int descriptor = ::open(resolved->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return Unreadable(name);
  io::Input input;
  input.kind = io::Input::Kind::kSpooled;
  input.path = name;
  input.descriptor = std::shared_ptr<const int>(new int(descriptor), [](const int* open) {
    ::close(*open);
    delete open;
  });
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return Unreadable(name);
  if (!S_ISREG(info.st_mode)) {
    return absl::PermissionDeniedError(fmt::format("{} is not a plain file", name));
  }
  return input;
}

std::vector<std::string> AppFolder::List(std::string_view folder) const {
  std::vector<std::string> names;
  const std::optional<std::string> resolved = Resolve(fmt::format("{}/{}", resolved_, folder));
  if (!resolved || !resolved->starts_with(resolved_ + "/")) return names;
  DIR* const open = ::opendir(resolved->c_str());
  if (open == nullptr) return names;
  while (names.size() < kMostListed) {
    const dirent* entry = ::readdir(open);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

void AppFolder::AddFiles(const std::string& folder, const std::vector<std::string_view>& endings,
                         size_t depth, std::vector<std::string>* files) const {
  DIR* const open = ::opendir(fmt::format("{}/{}", resolved_, folder).c_str());
  if (open == nullptr) return;
  std::vector<std::string> names;
  while (names.size() < kMostListed) {
    const dirent* entry = ::readdir(open);
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const std::string path = folder.empty() ? name : fmt::format("{}/{}", folder, name);
    struct stat info {};
    if (::lstat(fmt::format("{}/{}", resolved_, path).c_str(), &info) != 0) continue;
    if (S_ISDIR(info.st_mode)) {
      if (depth < kMostDepth) AddFiles(path, endings, depth + 1, files);
      continue;
    }
    const bool wanted = std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
      return name.ends_with(ending);
    });
    if (wanted && files->size() < kMostListed) files->push_back(path);
  }
}

std::vector<std::string> AppFolder::FilesBelow(std::string_view folder,
                                               const std::vector<std::string_view>& endings) const {
  std::vector<std::string> files;
  if (folder.empty() || HasFolder(folder)) AddFiles(std::string(folder), endings, 0, &files);
  return files;
}

bool AppFolder::HasFolder(std::string_view folder) const {
  struct stat info {};
  return ::lstat(fmt::format("{}/{}", resolved_, folder).c_str(), &info) == 0 &&
         S_ISDIR(info.st_mode);
}

absl::StatusOr<std::optional<std::string>> AppFolder::Read(std::string_view file,
                                                           size_t most) const {
  SPELK_ASSIGN_OR_RETURN(const std::optional<io::Input> input, Find(file));
  if (!input) return std::nullopt;
  SPELK_ASSIGN_OR_RETURN(std::string text, io::ReadAll(*input, most));
  return text;
}

}  // namespace spelk::knowledge
