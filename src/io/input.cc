// Files, standard input, memory and callbacks as byte sources.
#include "io/input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "base/status.h"
#include "io/compression.h"
#include "io/formats/formats.h"
#include "io/prefixed_source.h"
#include "io/terminal_text.h"

namespace spelk::io {
namespace {

absl::Status SystemError(const std::string& path) {
  const std::string message = fmt::format("{}: {}", Printable(path), std::strerror(errno));
  if (errno == ENOENT || errno == ENOTDIR) return absl::NotFoundError(message);
  if (errno == EACCES || errno == EPERM) return absl::PermissionDeniedError(message);
  return absl::UnavailableError(message);
}

// An open descriptor; closed at the end if it is ours.
class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(int descriptor, bool owned, std::string path, const Cancellation* cancel)
      : descriptor_(descriptor), owned_(owned), path_(std::move(path)), cancel_(cancel) {
    struct stat info {};
    if (::fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode)) {
      // The size of files that the system makes up (/proc) is 0, whatever they hold.
      if (info.st_size > 0) size_ = static_cast<uint64_t>(info.st_size);
      // Standard input may be a file that somebody has read from.
      const off_t at = ::lseek(descriptor_, 0, SEEK_CUR);
      if (at > 0) start_ = static_cast<uint64_t>(at);
    }
  }
  ~DescriptorSource() override {
    if (owned_) ::close(descriptor_);
  }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    // The read itself would sleep through an interrupt that another thread is told of.
    while (!Ready(kPollMilliseconds)) {
      if (cancel_ != nullptr && cancel_->input_ended()) return 0U;
    }
    for (;;) {
      const ssize_t n = ::read(descriptor_, buffer, size);
      if (n >= 0) {
        consumed_ += static_cast<uint64_t>(n);
        return static_cast<size_t>(n);
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        (void)Ready(100);
        continue;
      }
      return SystemError(path_);
    }
  }
  bool Ready(int milliseconds) const override {
    if (size_) return true;
    struct pollfd poll_for {
      descriptor_, POLLIN, 0
    };
    return ::poll(&poll_for, 1, milliseconds) > 0;
  }
  bool random_access() const override { return size_.has_value(); }
  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* buffer, size_t size) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t n = ::pread(descriptor_, buffer + done, size - done,
                                static_cast<off_t>(start_ + offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return SystemError(path_);
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }
  std::optional<uint64_t> size() const override {
    return size_ ? std::optional(*size_ - std::min(start_, *size_)) : std::nullopt;
  }
  uint64_t consumed() const override { return consumed_; }

 private:
  const int descriptor_;
  const bool owned_;
  const std::string path_;
  const Cancellation* cancel_;
  std::optional<uint64_t> size_;
  uint64_t start_ = 0;
  uint64_t consumed_ = 0;
};

// A plain file that others append to, cut off, or replace.
class FollowSource final : public ByteSource {
 public:
  FollowSource(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  ~FollowSource() override { ::close(descriptor_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    struct stat info {};
    if (::fstat(descriptor_, &info) == 0 && static_cast<uint64_t>(info.st_size) < offset_) {
      offset_ = 0;
    } else if (static_cast<uint64_t>(info.st_size) == offset_ && IsReplaced(info)) {
      const int next = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
      if (next < 0) return 0U;
      ::close(std::exchange(descriptor_, next));
      offset_ = 0;
    }
    // What was the beginning of a line is none of the next file's.
    if (offset_ == 0 && last_ != '\n') {
      *buffer = last_ = '\n';
      return 1U;
    }
    const ssize_t n = ::pread(descriptor_, buffer, size, static_cast<off_t>(offset_));
    if (n < 0 && errno != EINTR) return SystemError(path_);
    if (n <= 0) return 0U;
    offset_ += static_cast<uint64_t>(n);
    consumed_ += static_cast<uint64_t>(n);
    last_ = buffer[n - 1];
    return static_cast<size_t>(n);
  }
  bool Ready(int milliseconds) const override {
    if (HasMore()) return true;
    if (milliseconds > 0) std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return milliseconds > 0 && HasMore();
  }
  bool endless() const override { return true; }
  uint64_t consumed() const override { return consumed_; }

 private:
  bool HasMore() const {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) return true;  // The read says what is wrong.
    return static_cast<uint64_t>(info.st_size) != offset_ || IsReplaced(info);
  }
  // Another file has the name.
  bool IsReplaced(const struct stat& own) const {
    struct stat named {};
    return ::stat(path_.c_str(), &named) == 0 &&
           (named.st_ino != own.st_ino || named.st_dev != own.st_dev);
  }

  int descriptor_;
  const std::string path_;
  uint64_t offset_ = 0;
  uint64_t consumed_ = 0;
  char last_ = '\n';
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view text) : text_(text) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t n = std::min(size, text_.size() - at_);
    std::memcpy(buffer, text_.data() + at_, n);
    at_ += n;
    return n;
  }
  bool random_access() const override { return true; }
  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* buffer, size_t size) override {
    if (offset >= text_.size()) return 0U;
    const size_t n = std::min<size_t>(size, text_.size() - offset);
    std::memcpy(buffer, text_.data() + offset, n);
    return n;
  }
  std::optional<uint64_t> size() const override { return text_.size(); }
  uint64_t consumed() const override { return at_; }

 private:
  const std::string_view text_;
  size_t at_ = 0;
};

class CallbackSource final : public ByteSource {
 public:
  explicit CallbackSource(std::function<size_t(char*, size_t)> callback)
      : callback_(std::move(callback)) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t n = std::min(size, callback_(buffer, size));
    consumed_ += n;
    return n;
  }
  uint64_t consumed() const override { return consumed_; }

 private:
  std::function<size_t(char*, size_t)> callback_;
  uint64_t consumed_ = 0;
};

absl::StatusOr<ByteSourcePtr> OpenRaw(const Input& input, const Cancellation* cancel) {
  switch (input.kind) {
    case Input::Kind::kMemory:
      return std::make_unique<MemorySource>(input.memory);
    case Input::Kind::kCallback:
      return std::make_unique<CallbackSource>(input.callback);
    case Input::Kind::kStandardInput:
      return std::make_unique<DescriptorSource>(STDIN_FILENO, false, "standard input", cancel);
    case Input::Kind::kSpooled:
      return std::make_unique<DescriptorSource>(*input.descriptor, false, input.path, cancel);
    case Input::Kind::kFile:
      break;
  }
  const int descriptor = ::open(input.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(input.path);
  return std::make_unique<DescriptorSource>(descriptor, true, input.path, cancel);
}

// Of a plain file: what others append to it cannot be read.
absl::StatusOr<bool> IsPacked(ByteSource& source) {
  char start[512];
  SPELK_ASSIGN_OR_RETURN(const size_t size, source.ReadAt(0, start, sizeof(start)));
  const std::string_view bytes(start, size);
  return IsGzip(bytes) || IsZstd(bytes) || IsArchive(bytes);
}

}  // namespace

absl::StatusOr<size_t> ByteSource::ReadAt(uint64_t, char*, size_t) {
  return absl::UnimplementedError("this input has no random access");
}

absl::StatusOr<ByteSourcePtr> Open(const Input& input, const Cancellation* cancel) {
  SPELK_ASSIGN_OR_RETURN(ByteSourcePtr source, OpenRaw(input, cancel));
  char magic[4] = {};
  size_t have = 0;
  if (source->random_access()) {
    SPELK_ASSIGN_OR_RETURN(have, source->ReadAt(0, magic, sizeof(magic)));
  } else {
    // The events of a slow pipe are not held back for this: JSON begins with none of these bytes.
    SPELK_ASSIGN_OR_RETURN(have, source->Read(magic, 1));
    while (have > 0 && have < sizeof(magic) && (magic[0] == '\x1f' || magic[0] == '\x28')) {
      SPELK_ASSIGN_OR_RETURN(const size_t more, source->Read(magic + have, sizeof(magic) - have));
      if (more == 0) break;
      have += more;
    }
    source = std::make_unique<PrefixedSource>(std::string(magic, have), std::move(source));
  }
  const std::string_view start(magic, have);
  if (IsGzip(start)) return OpenGzip(std::move(source), input.path);
  if (IsZstd(start)) return OpenZstd(std::move(source), input.path);
  return source;
}

absl::StatusOr<ByteSourcePtr> OpenEvents(const Input& input, const Cancellation* cancel) {
  SPELK_ASSIGN_OR_RETURN(ByteSourcePtr source, OpenRaw(input, cancel));
  return OpenFormat(std::move(source), input.path, input.format);
}

absl::StatusOr<ByteSourcePtr> OpenFollowed(const Input& input, const Cancellation* cancel) {
  SPELK_ASSIGN_OR_RETURN(ByteSourcePtr source, OpenRaw(input, cancel));
  // Pipes and archives have an end.
  if (input.kind != Input::Kind::kFile || !source->random_access()) {
    return OpenFormat(std::move(source), input.path, input.format);
  }
  SPELK_ASSIGN_OR_RETURN(const bool packed, IsPacked(*source));
  if (packed) return OpenFormat(std::move(source), input.path, input.format);
  const int descriptor = ::open(input.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return SystemError(input.path);
  return OpenFormat(std::make_unique<FollowSource>(descriptor, input.path), input.path,
                    input.format);
}

bool ReadsOnce(const Input& input) {
  switch (input.kind) {
    case Input::Kind::kCallback:
      return true;
    case Input::Kind::kMemory:
    case Input::Kind::kSpooled:
      return false;
    case Input::Kind::kStandardInput:
    case Input::Kind::kFile:
      break;
  }
  struct stat info {};
  const bool standard = input.kind == Input::Kind::kStandardInput;
  const int result = standard ? ::fstat(0, &info) : ::stat(input.path.c_str(), &info);
  return result == 0 && !S_ISREG(info.st_mode) && !S_ISBLK(info.st_mode) && !S_ISDIR(info.st_mode);
}

absl::StatusOr<Input> Spool(const Input& input, const std::string& directory,
                            const Cancellation* cancel) {
  std::string name = directory + "/spelk-input-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return SystemError(directory);
  ::unlink(name.c_str());
  Input spooled = input;
  spooled.kind = Input::Kind::kSpooled;
  spooled.descriptor = std::shared_ptr<const int>(new int(descriptor), [](const int* open) {
    ::close(*open);
    delete open;
  });
  SPELK_ASSIGN_OR_RETURN(const ByteSourcePtr source, OpenRaw(input, cancel));
  std::string buffer(256U << 10U, '\0');
  for (;;) {
    SPELK_ASSIGN_OR_RETURN(const size_t n, source->Read(buffer.data(), buffer.size()));
    if (n == 0) break;
    for (size_t done = 0; done < n;) {
      const ssize_t written = ::write(descriptor, buffer.data() + done, n - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return SystemError(directory);
      done += static_cast<size_t>(written);
    }
  }
  ::lseek(descriptor, 0, SEEK_SET);
  return spooled;
}

absl::StatusOr<std::string> ReadBegin(const Input& input, size_t most) {
  constexpr size_t kPiece = size_t{64} << 10U;
  SPELK_ASSIGN_OR_RETURN(const ByteSourcePtr source, Open(input));
  std::string text;
  while (text.size() < most) {
    const size_t begin = text.size();
    text.resize(begin + kPiece);
    SPELK_ASSIGN_OR_RETURN(const size_t count, source->Read(text.data() + begin, kPiece));
    text.resize(begin + count);
    if (count == 0) break;
  }
  return text;
}

absl::StatusOr<std::string> ReadAll(const Input& input, size_t most) {
  SPELK_ASSIGN_OR_RETURN(std::string text, ReadBegin(input, most + 1));
  if (text.size() <= most) return text;
  return absl::ResourceExhaustedError(fmt::format("{} is longer than {} bytes", input.path, most));
}

}  // namespace spelk::io
