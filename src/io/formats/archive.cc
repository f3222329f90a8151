// bzip2, xz, zip and tar by libarchive: the files in an archive, one after another.
#ifdef SPELK_HAS_ARCHIVE

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "base/status.h"
#include "io/formats/formats.h"
#include "io/terminal_text.h"

namespace spelk::io {
namespace {

constexpr size_t kArchiveBuffer = size_t{64} << 10U;
// An xz file says how much memory its reading takes.
constexpr int kMostDictionaryBits = 26;  // 64 MiB

// The library's reader over a byte source.
class Archive {
 public:
  Archive(ByteSourcePtr source, std::string path)
      : source_(std::move(source)), path_(std::move(path)), buffer_(kArchiveBuffer, '\0') {}
  ~Archive() {
    if (archive_ != nullptr) archive_read_free(archive_);
  }

  absl::Status Open() {
    archive_ = archive_read_new();
    if (archive_ == nullptr) return absl::ResourceExhaustedError("no memory for an archive");
    archive_read_support_filter_bzip2(archive_);
    archive_read_support_filter_xz(archive_);
    archive_read_support_format_zip_streamable(archive_);
    archive_read_support_format_tar(archive_);
    archive_read_support_format_raw(archive_);
    return Check(archive_read_open(archive_, this, nullptr, &ReadBlock, nullptr));
  }
  // To the next file; false at the end.
  absl::StatusOr<bool> NextFile() {
    for (;;) {
      struct archive_entry* entry = nullptr;
      const int result = archive_read_next_header(archive_, &entry);
      if (result == ARCHIVE_EOF) return false;
      SPELK_RETURN_IF_ERROR(Check(result));
      if (archive_entry_is_encrypted(entry) != 0) {
        return Damaged("it is encrypted");
      }
      const auto type = archive_entry_filetype(entry);
      if (type == AE_IFREG || type == 0) return true;
    }
  }
  absl::StatusOr<size_t> Read(char* buffer, size_t size) {
    const la_ssize_t n = archive_read_data(archive_, buffer, size);
    // Even where the library only warns, it gave no bytes.
    if (n < 0) return Unreadable();
    return static_cast<size_t>(n);
  }
  const ByteSource& source() const { return *source_; }
  // Compressed bytes.
  uint64_t taken() const { return source_->random_access() ? taken_ : source_->consumed(); }

 private:
  static la_ssize_t ReadBlock(struct archive* archive, void* self, const void** block) {
    auto* own = static_cast<Archive*>(self);
    ByteSource& source = *own->source_;
    std::string& buffer = own->buffer_;
    absl::StatusOr<size_t> n = source.random_access()
                                   ? source.ReadAt(own->taken_, buffer.data(), buffer.size())
                                   : source.Read(buffer.data(), buffer.size());
    if (!n.ok()) {
      archive_set_error(archive, EIO, "%s", std::string(MessageOf(n.status())).c_str());
      return ARCHIVE_FATAL;
    }
    own->taken_ += *n;
    *block = buffer.data();
    return static_cast<la_ssize_t>(*n);
  }

  absl::Status Check(int result) const {
    return result == ARCHIVE_OK || result == ARCHIVE_WARN ? absl::OkStatus() : Unreadable();
  }
  absl::Status Unreadable() const {
    const char* told = archive_error_string(archive_);
    std::string_view message = told == nullptr ? "unknown" : told;
    message = message.substr(0, message.find_last_not_of('\n') + 1);
    return Damaged(fmt::format("the archive cannot be read ({})", Printable(message)));
  }
  absl::Status Damaged(std::string_view what) const {
    return absl::DataLossError(fmt::format("{}: {}", Printable(path_), what));
  }

  ByteSourcePtr source_;
  const std::string path_;
  std::string buffer_;
  struct archive* archive_ = nullptr;
  uint64_t taken_ = 0;
};

// The file at hand.
class FileInArchive final : public ByteSource {
 public:
  explicit FileInArchive(std::shared_ptr<Archive> archive) : archive_(std::move(archive)) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    return archive_->Read(buffer, size);
  }
  uint64_t consumed() const override { return archive_->taken(); }

 private:
  std::shared_ptr<Archive> archive_;  // Shared with the source of all files.
};

// The events of all files. Each is read as what it is.
class ArchiveEvents final : public ByteSource {
 public:
  ArchiveEvents(std::shared_ptr<Archive> archive, std::string path, FormatOptions options)
      : archive_(std::move(archive)), path_(std::move(path)), options_(std::move(options)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    for (;;) {
      if (file_ == nullptr) {
        SPELK_ASSIGN_OR_RETURN(const bool more, archive_->NextFile());
        if (!more) {
          SPELK_RETURN_IF_ERROR(std::exchange(note_, absl::OkStatus()));
          return 0U;
        }
        FormatOptions inside = options_;
        ++inside.depth;
        absl::StatusOr<ByteSourcePtr> opened =
            OpenFormat(std::make_unique<FileInArchive>(archive_), path_, inside);
        if (!opened.ok()) return opened.status();
        file_ = std::move(*opened);
        last_ = '\n';
      }
      const absl::StatusOr<size_t> n = file_->Read(buffer, size);
      const bool noted = absl::IsOutOfRange(n.status());
      if (!n.ok() && !noted) return n.status();
      if (noted) note_.Update(n.status());
      if (!noted && *n > 0) {
        last_ = buffer[*n - 1];
        return *n;
      }
      file_.reset();
      // The last line of a file is none of the next one.
      if (last_ == '\n') continue;
      *buffer = '\n';
      return 1U;
    }
  }
  std::optional<uint64_t> size() const override { return archive_->source().size(); }
  uint64_t consumed() const override { return archive_->taken(); }

 private:
  std::shared_ptr<Archive> archive_;  // Shared with the file at hand.
  const std::string path_;
  const FormatOptions options_;
  ByteSourcePtr file_;
  absl::Status note_;  // Of the first file that has one, told at the end.
  char last_ = '\n';
};

// How large the dictionary is that the first block of an xz file wants, as a power of two.
int DictionaryBits(std::string_view start) {
  constexpr size_t kFilter = 14;  // Behind the header, the block's size and its flags.
  constexpr char kLzma2 = 0x21;
  if (start.size() < kFilter + 3 || (start[kFilter - 1] & '\x03') != 0) return 0;
  if (start[kFilter] != kLzma2) return 0;
  return static_cast<int>(start[kFilter + 2] & '\x3F') / 2 + 12;
}

}  // namespace

absl::StatusOr<ByteSourcePtr> OpenArchive(ByteSourcePtr source, std::string_view start,
                                          const std::string& path, const FormatOptions& options) {
  if (DictionaryBits(start) > kMostDictionaryBits && start.starts_with("\xFD\x37zXZ")) {
    return absl::ResourceExhaustedError(
        fmt::format("{}: to decompress it takes more than 64 MiB of memory; `xz -dc {} | spelk …` "
                    "reads it",
                    Printable(path), Printable(path)));
  }
  auto archive = std::make_shared<Archive>(std::move(source), path);
  SPELK_RETURN_IF_ERROR(archive->Open());
  return std::make_unique<ArchiveEvents>(std::move(archive), path, options);
}

}  // namespace spelk::io

#endif
