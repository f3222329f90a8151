// SpillFile: a temporary file without a name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace spelk::exec {

// Records of bytes, written one after another and read back in the same order. The file has no name
// (it is unlinked when it is created), so nothing is left when the process is killed. Not
// thread-safe. Each open file and reader buffers about 64 KiB, or one record.
class SpillFile {
 public:
  // Unavailable names the directory and the reason.
  static absl::StatusOr<std::unique_ptr<SpillFile>> Create(const std::string& directory);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  absl::Status Append(std::string_view record);
  uint64_t records() const { return records_; }
  uint64_t bytes() const { return size_; }

  // Reads records from the beginning. Several readers of one file may be open; none while it is
  // written.
  class Reader {
   public:
    explicit Reader(SpillFile& file) : file_(file) {}
    // The next record, valid until the next call; false at the end.
    absl::StatusOr<bool> Next(std::string_view* record);

   private:
    absl::Status Fill(size_t bytes);

    SpillFile& file_;
    std::string buffer_;
    size_t begin_ = 0;
    uint64_t offset_ = 0;
    uint64_t record_ = 0;
  };

 private:
  explicit SpillFile(int descriptor) : descriptor_(descriptor) {}
  absl::Status Flush();

  const int descriptor_;
  std::string buffer_;
  uint64_t written_ = 0;
  uint64_t size_ = 0;
  uint64_t records_ = 0;
};

}  // namespace spelk::exec
