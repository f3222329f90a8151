// BlockSource: cuts inputs into blocks of whole lines and hands them to workers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "base/memory.h"
#include "io/input.h"

namespace spelk::io {

// Readable bytes after the last line of every block: 64 are looked at at once.
inline constexpr size_t kSlack = 64;

// The lines of an input that is read in order, block by block. Each block is counted by whoever
// reads it, when the next one may be read already. Thread-safe.
class LineCounts {
 public:
  // The number of a block whose lines will be added.
  size_t NewBlock();
  void Add(size_t block, uint64_t lines);
  // The lines of all blocks before. Waits for those who count them at the moment.
  uint64_t Before(size_t block) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable counted_;
  std::vector<std::optional<uint64_t>> lines_;
};

// Whole lines of one input. Owns its buffer, which is used again by later blocks when the last
// reference goes. Never holds a part of a line.
struct Block {
  std::string_view text;  // Ends with a newline, but for the last line of an input without one.
  size_t input = 0;       // Index into the list of inputs.
  uint64_t sequence = 0;  // Counts all blocks of the run in order: input by input, then by offset.
  uint64_t offset = 0;    // Of `text` in the (decompressed) input.
  // Tells the number of lines before this block in its input; known for streams.
  std::shared_ptr<const LineCounts> counts;  // Shared with the other blocks of the input.
  size_t number = 0;                         // Of the block, among these.
  std::optional<uint64_t> lines_before() const;
  // A line longer than BlockOptions::max_line was cut out here: where it began, and how long it
  // was.
  struct Overlong {
    uint64_t offset = 0;
    uint64_t size = 0;
  };
  std::vector<Overlong> overlong;
  // Of an input that does not begin with an event: its first bytes. Shared by its blocks.
  std::shared_ptr<const std::string> odd_start;
  std::shared_ptr<void> buffer;  // Shared with the batches whose values point into it.
};
using BlockPtr = std::shared_ptr<const Block>;  // Shared with the batches made of it.

struct BlockOptions {
  size_t block_size = 1U << 20U;
  // A line longer than this and a carriage return need not be held in memory: it is cut out and
  // reported. Whoever takes the lines apart looks at the others.
  size_t max_line = 128U << 20U;
  // Plain files have no end: more is waited for until the input is ended. Blocks of all inputs then
  // come as they can be had.
  bool follow = false;
  MemoryBudget* budget = nullptr;  // Charged for the buffers. Outlives the blocks.
  const Cancellation* cancel = nullptr;
};

// What was read so far. Safe to read from any thread.
struct ReadProgress {
  std::atomic<uint64_t> bytes_read{0};   // Decompressed.
  std::atomic<uint64_t> bytes_taken{0};  // As they lie on disk.
  uint64_t bytes_total = 0;              // As they lie on disk; 0 if unknown.
};

// Thread-safe. Plain files are read by many workers at once, each with pread; streams and archives
// by one at a time, decompression included, in the order of their blocks. A slow pipe: as soon as
// at least one whole line is there and reading on would block, the block is handed out. A UTF-8
// byte order mark at the start of an input is left out. CRLF is kept (a CR before the newline
// belongs to no line's content; the line reader drops it).
class BlockSource {
 public:
  BlockSource(std::vector<Input> inputs, BlockOptions options);
  ~BlockSource();

  // The next block; nothing after the last one or when the input was ended. Blocks are handed out
  // in the order of their sequence numbers, without gaps. An error of one input (cannot be opened,
  // damaged archive) is returned once, in its place in the order; the inputs after it can still be
  // read by calling again.
  absl::StatusOr<std::optional<Block>> Next();

  const std::vector<Input>& inputs() const { return inputs_; }
  const ReadProgress& progress() const { return progress_; }

 private:
  friend class BlockReader;
  struct State;
  absl::Status OpenInput();
  void CloseInput();
  absl::StatusOr<std::optional<Block>> NextOfStream();
  absl::StatusOr<std::optional<Block>> NextFollowed();
  std::vector<Input> inputs_;
  BlockOptions options_;
  ReadProgress progress_;
  std::unique_ptr<State> state_;
};

}  // namespace spelk::io
