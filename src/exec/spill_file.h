// SpillFile: a temporary file without a name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/memory.h"

namespace spelk::exec {

// Records of bytes, written one after another and read back in the same order. The file has no name
// (it is unlinked when it is created), so nothing is left when the process is killed. Not
// thread-safe. Each open file and reader buffers about 64 KiB; a reader of a longer record reserves
// it.
class SpillFile {
 public:
  // Unavailable names the directory and the reason.
  static absl::StatusOr<std::unique_ptr<SpillFile>> Create(const std::string& directory,
                                                           MemoryBudget* budget);
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
    explicit Reader(SpillFile& file) : file_(file), reservation_(file.budget_) {}
    // The next record, valid until the next call; false at the end. ResourceExhausted for a long
    // record that the budget has no room for.
    absl::StatusOr<bool> Next(std::string_view* record);

   private:
    absl::Status Fill(size_t bytes);

    SpillFile& file_;
    Reservation reservation_;  // For a buffer that is longer than usual.
    std::string buffer_;
    size_t begin_ = 0;
    uint64_t offset_ = 0;
    uint64_t record_ = 0;
  };

 private:
  SpillFile(int descriptor, MemoryBudget* budget) : descriptor_(descriptor), budget_(budget) {}
  absl::Status Flush();
  absl::Status Write(std::string_view bytes);

  const int descriptor_;
  MemoryBudget* const budget_;
  std::string buffer_;
  uint64_t written_ = 0;
  uint64_t size_ = 0;
  uint64_t records_ = 0;
};

}  // namespace spelk::exec
