// Unnamed temporary files.
#include "exec/spill_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace spelk::exec {
namespace {

constexpr size_t kBuffer = 64U << 10U;

absl::Status SystemError(std::string_view what) {
  return absl::UnavailableError(fmt::format("{}: {}", what, std::strerror(errno)));
}

int OpenUnnamed(const std::string& directory) {
#ifdef O_TMPFILE
  if (const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      descriptor >= 0) {
    return descriptor;
  }
#endif
  std::string name = directory + "/spelk-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  return descriptor;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SpillFile>> SpillFile::Create(const std::string& directory,
                                                             MemoryBudget* budget) {
  const int descriptor = OpenUnnamed(directory);
  if (descriptor < 0) return SystemError(fmt::format("cannot make a spill file in {}", directory));
  return std::unique_ptr<SpillFile>(new SpillFile(descriptor, budget));
}

SpillFile::~SpillFile() { ::close(descriptor_); }

absl::Status SpillFile::Append(std::string_view record) {
  ByteWriter writer(buffer_);
  ++records_;
  if (record.size() >= kBuffer) {  // Not copied once more.
    writer.Varint(record.size());
    SPELK_RETURN_IF_ERROR(Flush());
    return Write(record);
  }
  writer.Text(record);
  return buffer_.size() >= kBuffer ? Flush() : absl::OkStatus();
}

absl::Status SpillFile::Flush() {
  SPELK_RETURN_IF_ERROR(Write(buffer_));
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status SpillFile::Write(std::string_view bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                               static_cast<off_t>(written_ + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return SystemError("cannot write a spill file");
    done += static_cast<size_t>(n);
  }
  written_ += bytes.size();
  size_ = written_;
  return absl::OkStatus();
}

absl::Status SpillFile::Reader::Fill(size_t bytes) {
  if (buffer_.size() - begin_ >= bytes) return absl::OkStatus();
  buffer_.erase(0, begin_);
  begin_ = 0;
  size_t wanted = bytes > kBuffer ? bytes : kBuffer;
  const uint64_t left = file_.written_ - offset_;
  if (wanted > buffer_.size() + left) wanted = buffer_.size() + left;
  const size_t had = buffer_.size();
  if (wanted > kBuffer && wanted > reservation_.bytes() && !reservation_.Resize(wanted)) {
    return reservation_.budget()->Exhausted("reading what was put on disk", wanted);
  }
  buffer_.resize(wanted);
  size_t done = had;
  while (done < wanted) {
    const ssize_t n = ::pread(file_.descriptor_, buffer_.data() + done, wanted - done,
                              static_cast<off_t>(offset_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return SystemError("cannot read a spill file");
    done += static_cast<size_t>(n);
    offset_ += static_cast<uint64_t>(n);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SpillFile::Reader::Next(std::string_view* record) {
  if (record_ == file_.records_) return false;
  if (record_ == 0) SPELK_RETURN_IF_ERROR(file_.Flush());
  ++record_;
  constexpr size_t kLongestVarint = 10;
  SPELK_RETURN_IF_ERROR(Fill(kLongestVarint));
  ByteReader header(std::string_view(buffer_).substr(begin_));
  const size_t before = header.remaining();
  const uint64_t size = header.Varint();
  begin_ += before - header.remaining();
  SPELK_RETURN_IF_ERROR(Fill(size));
  if (buffer_.size() - begin_ < size) return absl::DataLossError("a spill file is truncated");
  *record = std::string_view(buffer_).substr(begin_, size);
  begin_ += size;
  return true;
}

}  // namespace spelk::exec
