// Cutting inputs into blocks of whole lines.
#include "io/block_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "base/status.h"
#include "io/input_kind.h"
#include "value/byte_search.h"
#include "value/utf8.h"

namespace spelk::io {
namespace {

constexpr size_t kKeptBuffers = 64;
// Behind a block, for the end of its last line. A longer line needs a buffer of its own.
constexpr size_t LastLineRoom(size_t block_size) {
  return std::clamp(block_size / 16, size_t{4096}, size_t{64} << 10U);
}

size_t FindNewline(const char* text, size_t from, size_t size) {
  const void* hit = from < size ? std::memchr(text + from, '\n', size - from) : nullptr;
  return hit == nullptr ? std::string_view::npos
                        : static_cast<size_t>(static_cast<const char*>(hit) - text);
}

uint64_t FileSize(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)
             ? static_cast<uint64_t>(info.st_size)
             : 0;
}

// Memory for text with slack after it, reserved from the budget.
struct Buffer {
  std::unique_ptr<char[]> data;
  size_t capacity = 0;  // Without the slack.
  Reservation reservation;
};

// Buffers of the usual size are used again. Thread-safe; lives as long as the last buffer that it
// handed out.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  BufferPool(size_t usual, MemoryBudget* budget) : usual_(usual), budget_(budget) {}

  absl::StatusOr<std::shared_ptr<Buffer>> Take(size_t capacity) {
    std::unique_ptr<Buffer> buffer;
    if (capacity <= usual_) {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        buffer = std::move(free_.back());
        free_.pop_back();
      }
    }
    if (buffer == nullptr) {
      buffer = std::make_unique<Buffer>();
      buffer->capacity = std::max(capacity, usual_);
      buffer->reservation = Reservation(budget_);
      if (!buffer->reservation.Resize(buffer->capacity + kSlack)) {
        return budget_->Exhausted(capacity > usual_ ? "a long line" : "a block of input",
                                  buffer->capacity);
      }
      buffer->data = std::make_unique_for_overwrite<char[]>(buffer->capacity + kSlack);
    }
    return std::shared_ptr<Buffer>(buffer.release(), [pool = shared_from_this()](Buffer* used) {
      pool->GiveBack(std::unique_ptr<Buffer>(used));
    });
  }

 private:
  void GiveBack(std::unique_ptr<Buffer> buffer) {
    if (buffer->capacity != usual_) return;
    const std::lock_guard lock(mutex_);
    if (free_.size() < kKeptBuffers) free_.push_back(std::move(buffer));
  }

  const size_t usual_;
  MemoryBudget* budget_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Buffer>> free_;
};
using BufferPtr = std::shared_ptr<Buffer>;  // Shared with the blocks that lie in it.

// How far one input is read.
struct Reading {
  std::shared_ptr<ByteSource> source;  // Shared with workers that read it by offset.
  uint64_t offset = 0;                 // Where the next block begins.
  // Shared with the blocks of a stream.
  std::shared_ptr<LineCounts> counts = std::make_shared<LineCounts>();
  uint64_t taken = 0;  // Of the source, counted into the progress.
  BufferPtr rest;      // Streams: the beginning of the next line.
  size_t rest_size = 0;
  bool at_end = false;
  bool closed = false;
  bool begun = false;                            // Streams: there was a line that is not blank.
  absl::Status error;                            // Of the input, after what could be read of it.
  std::shared_ptr<const std::string> odd_start;  // Shared with its blocks.

  // `start`: the first bytes, but for blank lines before them.
  void Judge(std::string_view start) {
    if (start.starts_with(kByteOrderMark)) start.remove_prefix(kByteOrderMark.size());
    start = start.substr(0, kLookedAt);
    if (!BeginsWithEvent(start)) odd_start = std::make_shared<const std::string>(start);
  }
};

// The lines of a block that was given a number.
void Count(const Block& block, LineCounts& counts) {
  counts.Add(block.number, CountByte(block.text, '\n') + block.overlong.size());
}

}  // namespace

size_t LineCounts::NewBlock() {
  const std::lock_guard lock(mutex_);
  lines_.emplace_back();
  return lines_.size() - 1;
}

void LineCounts::Add(size_t block, uint64_t lines) {
  const std::lock_guard lock(mutex_);
  lines_[block] = lines;
  counted_.notify_all();
}

uint64_t LineCounts::Before(size_t block) const {
  std::unique_lock lock(mutex_);
  uint64_t lines = 0;
  for (size_t b = 0; b < block; ++b) {
    counted_.wait(lock, [&] { return lines_[b].has_value(); });
    lines += *lines_[b];
  }
  return lines;
}

std::optional<uint64_t> Block::lines_before() const {
  return counts == nullptr ? std::nullopt : std::optional(counts->Before(number));
}

struct BlockSource::State {
  explicit State(const BlockOptions& options)
      : pool(std::make_shared<BufferPool>(options.block_size + 1 + LastLineRoom(options.block_size),
                                          options.budget)) {}

  std::mutex mutex;
  std::shared_ptr<BufferPool> pool;  // Shared with the buffers that come back to it.
  size_t input = 0;                  // The one that is being read.
  Reading now;                       // Of this input.
  std::vector<Reading> followed;     // Of the others, when there is no end to wait for.
  uint64_t sequence = 0;
};

// Reads one block of one input; a long line makes the buffer grow.
class BlockReader {
 public:
  BlockReader(BlockSource::State& state, const BlockOptions& options)
      : state_(state), options_(options), most_(std::min(options.max_line, SIZE_MAX - 1) + 1) {}

  // Lines that begin in [begin, end) of a source with random access.
  absl::Status ReadRange(ByteSource& source, uint64_t begin, uint64_t end, Block* block) {
    // The byte before tells whether a line begins at `begin`.
    const uint64_t from = begin == 0 ? 0 : begin - 1;
    SPELK_RETURN_IF_ERROR(Grow(static_cast<size_t>(end - from)));
    SPELK_ASSIGN_OR_RETURN(
        size_, source.ReadAt(from, buffer_->data.get(), static_cast<size_t>(end - from)));
    size_t start = 0;
    if (begin > 0) {
      const size_t newline = FindNewline(buffer_->data.get(), 0, size_);
      // A newline as the very last byte begins the next block's first line.
      if (newline == std::string_view::npos || newline + 1 >= size_)
        return Finish(0, 0, from, block);
      start = newline + 1;
    } else if (std::string_view(buffer_->data.get(), size_).starts_with(kByteOrderMark)) {
      start = kByteOrderMark.size();
    }
    if (size_ > start && buffer_->data[size_ - 1] != '\n') {
      SPELK_RETURN_IF_ERROR(CompleteLastLine(source, from, start, block));
    }
    return Finish(std::min(start, size_), size_, from, block);
  }

  // The next lines of a stream. False at its end.
  absl::StatusOr<bool> ReadStream(ByteSource& source, Block* block) {
    const uint64_t from = state_.now.offset;
    SPELK_RETURN_IF_ERROR(Grow(std::max(options_.block_size, state_.now.rest_size)));
    if (state_.now.rest_size > 0)
      std::memcpy(buffer_->data.get(), state_.now.rest->data.get(), state_.now.rest_size);
    size_ = state_.now.rest_size;
    state_.now.rest.reset();
    state_.now.rest_size = 0;
    size_t searched = 0;
    size_t last_newline = std::string_view::npos;
    while (!state_.now.at_end) {
      const std::string_view added(buffer_->data.get() + searched, size_ - searched);
      const size_t newline = FindLastByte(added, '\n');
      if (newline != std::string_view::npos) last_newline = searched + newline;
      searched = size_;
      const bool has_line = last_newline != std::string_view::npos;
      if (has_line && (size_ >= options_.block_size || !source.Ready(0))) break;
      if (size_ - (has_line ? last_newline + 1 : 0) > most_) {
        return SkipLongLine(source, has_line ? last_newline + 1 : 0, from, block);
      }
      if (size_ >= options_.block_size) SPELK_RETURN_IF_ERROR(Grow(2 * size_ + 1));
      if (options_.follow && !source.Ready(0)) break;
      if (!WaitFor(source)) {
        state_.now.at_end = true;
        break;
      }
      absl::StatusOr<size_t> n =
          source.Read(buffer_->data.get() + size_, buffer_->capacity - size_);
      if (!n.ok()) {
        // What was read before the damage is handed out first.
        pending_error_ = n.status();
        state_.now.at_end = true;
        break;
      }
      if (*n == 0 && !source.endless()) state_.now.at_end = true;
      size_ += *n;
    }
    return CutStream(last_newline, from, block);
  }
  absl::Status TakeError() { return std::exchange(pending_error_, absl::OkStatus()); }

 private:
  absl::Status Grow(size_t capacity) {
    if (buffer_ != nullptr && buffer_->capacity >= capacity) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(BufferPtr larger, state_.pool->Take(capacity));
    if (size_ > 0) std::memcpy(larger->data.get(), buffer_->data.get(), size_);
    buffer_ = std::move(larger);
    return absl::OkStatus();
  }

  bool WaitFor(const ByteSource& source) const {
    while (!source.Ready(kPollMilliseconds)) {
      if (options_.cancel != nullptr && options_.cancel->input_ended()) return false;
    }
    return true;
  }

  // Reads on to the newline that ends the last line; cuts the line out if it is too long.
  absl::Status CompleteLastLine(ByteSource& source, uint64_t from, size_t start, Block* block) {
    const std::string_view text(buffer_->data.get(), size_);
    const size_t before = FindLastByte(text, '\n');
    const size_t line = before == std::string_view::npos || before + 1 < start ? start : before + 1;
    for (;;) {
      if (size_ - line > most_) return CutOut(source, from, line, block);
      const size_t more = std::clamp<size_t>(size_ - line, 4096, 16U << 20U);
      SPELK_RETURN_IF_ERROR(Grow(size_ + more));
      SPELK_ASSIGN_OR_RETURN(const size_t n,
                             source.ReadAt(from + size_, buffer_->data.get() + size_, more));
      const size_t newline = FindNewline(buffer_->data.get(), size_, size_ + n);
      if (newline != std::string_view::npos) {
        if (newline - line > most_) return CutOut(source, from, line, block);
        size_ = newline + 1;
        return absl::OkStatus();
      }
      size_ += n;
      if (n < more) return absl::OkStatus();
    }
  }

  absl::Status CutOut(ByteSource& source, uint64_t from, size_t line, Block* block) {
    uint64_t end = from + size_;
    std::string chunk(64U << 10U, '\0');
    for (uint64_t at = from + line + most_;;) {
      SPELK_ASSIGN_OR_RETURN(const size_t n, source.ReadAt(at, chunk.data(), chunk.size()));
      const size_t newline = FindNewline(chunk.data(), 0, n);
      end = at + (newline == std::string_view::npos ? n : newline);
      if (newline != std::string_view::npos || n < chunk.size()) break;
      at += n;
    }
    block->overlong.push_back({from + line, end - (from + line)});
    size_ = line;
    return absl::OkStatus();
  }

  // Reads past a line that is too long; the block ends before it.
  absl::StatusOr<bool> SkipLongLine(ByteSource& source, size_t line, uint64_t from, Block* block) {
    uint64_t skipped = size_ - line;
    size_ = line;
    std::string chunk(64U << 10U, '\0');
    for (;;) {
      absl::StatusOr<size_t> n = WaitFor(source) ? source.Read(chunk.data(), chunk.size()) : 0;
      if (!n.ok()) pending_error_ = n.status();
      const size_t got = n.ok() ? *n : 0;
      const size_t newline = FindNewline(chunk.data(), 0, got);
      const bool found = newline != std::string_view::npos;
      skipped += found ? newline : got;
      if (!found && got > 0) continue;
      state_.now.at_end = got == 0;
      block->overlong.push_back({from + line, skipped});
      SPELK_RETURN_IF_ERROR(
          KeepRest(found ? std::string_view(chunk).substr(newline + 1, got - newline - 1)
                         : std::string_view()));
      state_.now.offset = from + line + skipped + (found ? 1 : 0);
      return FinishStream(line, from, block);
    }
  }

  absl::Status KeepRest(std::string_view rest) {
    state_.now.rest_size = rest.size();
    if (rest.empty()) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(state_.now.rest, state_.pool->Take(rest.size()));
    std::memcpy(state_.now.rest->data.get(), rest.data(), rest.size());
    return absl::OkStatus();
  }

  // Hands out whole lines and keeps the rest for the next block.
  absl::StatusOr<bool> CutStream(size_t last_newline, uint64_t from, Block* block) {
    const size_t end = state_.now.at_end ? size_ : last_newline + 1;
    SPELK_RETURN_IF_ERROR(KeepRest({buffer_->data.get() + end, size_ - end}));
    state_.now.offset = from + end;
    return FinishStream(end, from, block);
  }

  absl::StatusOr<bool> FinishStream(size_t end, uint64_t from, Block* block) {
    const bool marked =
        from == 0 && std::string_view(buffer_->data.get(), end).starts_with(kByteOrderMark);
    SPELK_RETURN_IF_ERROR(Finish(marked ? kByteOrderMark.size() : 0, end, from, block));
    return !block->text.empty() || !block->overlong.empty() || !state_.now.at_end;
  }

  absl::Status Finish(size_t start, size_t end, uint64_t from, Block* block) {
    block->text = std::string_view(buffer_->data.get() + start, end - start);
    block->offset = from + start;
    // What lies after the text is read by vector code but means nothing; it is set, so that
    // nothing depends on it.
    std::memset(buffer_->data.get() + std::max(end, size_), '\n',
                std::min(kSlack, buffer_->capacity + kSlack - std::max(end, size_)));
    block->buffer = buffer_;
    return absl::OkStatus();
  }

  BlockSource::State& state_;
  const BlockOptions& options_;
  const size_t most_;  // Bytes of a line that is handed out, with a carriage return.
  BufferPtr buffer_;
  size_t size_ = 0;
  absl::Status pending_error_;
};

BlockSource::BlockSource(std::vector<Input> inputs, BlockOptions options)
    : inputs_(std::move(inputs)), options_(options), state_(std::make_unique<State>(options)) {
  uint64_t total = 0;
  for (const Input& input : inputs_) {
    if (input.kind == Input::Kind::kMemory) {
      total += input.memory.size();
      continue;
    }
    if (input.kind != Input::Kind::kFile || options_.follow) {
      total = 0;
      break;
    }
    total += FileSize(input.path);
  }
  progress_.bytes_total = total;
}

BlockSource::~BlockSource() = default;

absl::StatusOr<std::optional<Block>> BlockSource::Next() {
  std::unique_lock lock(state_->mutex);
  if (options_.follow) {
    SPELK_ASSIGN_OR_RETURN(std::optional<Block> block, NextFollowed());
    if (!block) return std::nullopt;
    const std::shared_ptr<LineCounts> counts = state_->followed[block->input].counts;
    lock.unlock();
    Count(*block, *counts);
    return block;
  }
  Reading& now = state_->now;
  for (;;) {
    if (state_->input >= inputs_.size()) return std::nullopt;
    if (options_.cancel != nullptr && options_.cancel->input_ended()) return std::nullopt;
    if (now.source == nullptr) SPELK_RETURN_IF_ERROR(OpenInput());
    if (now.source->random_access()) {
      const uint64_t size = *now.source->size();
      if (now.offset >= size) {
        CloseInput();
        continue;
      }
      Block block;
      block.input = state_->input;
      block.odd_start = now.odd_start;
      const std::shared_ptr<ByteSource> source = now.source;
      const uint64_t begin = now.offset;
      const uint64_t end = std::min<uint64_t>(size, begin + options_.block_size);
      now.offset = end;
      block.sequence = state_->sequence++;
      lock.unlock();
      BlockReader reader(*state_, options_);
      SPELK_RETURN_IF_ERROR(reader.ReadRange(*source, begin, end, &block));
      progress_.bytes_taken.fetch_add(end - begin, std::memory_order_relaxed);
      progress_.bytes_read.fetch_add(end - begin, std::memory_order_relaxed);
      return block;
    }
    SPELK_ASSIGN_OR_RETURN(std::optional<Block> block, NextOfStream());
    if (block) {
      const std::shared_ptr<LineCounts> counts = now.counts;
      lock.unlock();
      Count(*block, *counts);
      return block;
    }
    const absl::Status error = std::exchange(now.error, absl::OkStatus());
    CloseInput();
    SPELK_RETURN_IF_ERROR(error);
  }
}

// The next block of an input that is read from its beginning to its end; nothing at the end. Its
// lines are to be counted, when the lock is given back.
absl::StatusOr<std::optional<Block>> BlockSource::NextOfStream() {
  Reading& now = state_->now;
  // What comes in small blocks may have nothing but blank lines in the first.
  const bool at_start = now.offset < kLookedAt && !now.begun;
  Block block;
  block.input = state_->input;
  BlockReader reader(*state_, options_);
  SPELK_ASSIGN_OR_RETURN(const bool any, reader.ReadStream(*now.source, &block));
  if (at_start) now.Judge(block.text);
  now.begun = now.begun || block.text.find_first_not_of(" \t\r\n") != std::string_view::npos;
  block.odd_start = now.odd_start;
  const uint64_t consumed = now.source->consumed();
  progress_.bytes_taken.fetch_add(consumed - now.taken, std::memory_order_relaxed);
  progress_.bytes_read.fetch_add(block.text.size(), std::memory_order_relaxed);
  now.taken = consumed;
  if (absl::Status error = reader.TakeError(); !error.ok()) now.error = error;
  if (!any) return std::nullopt;
  block.sequence = state_->sequence;
  // Of a file that is followed there may be nothing yet.
  if (block.text.empty() && block.overlong.empty() && options_.follow) return block;
  ++state_->sequence;
  block.counts = now.counts;
  block.number = now.counts->NewBlock();
  return block;
}

// What any of the inputs has, in their order; waits while none has anything.
absl::StatusOr<std::optional<Block>> BlockSource::NextFollowed() {
  state_->followed.resize(inputs_.size());
  for (;;) {
    const bool ended = options_.cancel != nullptr && options_.cancel->input_ended();
    bool open = false;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      Reading& reading = state_->followed[i];
      if (reading.closed) continue;
      if (reading.source == nullptr) {
        absl::StatusOr<ByteSourcePtr> opened = OpenFollowed(inputs_[i], options_.cancel);
        reading.closed = !opened.ok();
        if (!opened.ok()) return opened.status();
        reading.source = std::move(*opened);
      }
      open = true;
      if (!ended && !reading.source->Ready(0)) continue;
      reading.at_end = reading.at_end || ended;
      state_->input = i;
      std::swap(state_->now, reading);
      absl::StatusOr<std::optional<Block>> block = NextOfStream();
      std::swap(state_->now, reading);
      if (!block.ok()) return block.status();
      if (!*block) {
        reading.closed = true;
        SPELK_RETURN_IF_ERROR(std::exchange(reading.error, absl::OkStatus()));
      } else if (!(*block)->text.empty() || !(*block)->overlong.empty()) {
        return block;
      }
    }
    if (!open) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMilliseconds));
  }
}

absl::Status BlockSource::OpenInput() {
  absl::StatusOr<ByteSourcePtr> opened = OpenEvents(inputs_[state_->input], options_.cancel);
  if (!opened.ok()) {
    ++state_->input;
    return opened.status();
  }
  state_->now = Reading();
  state_->now.source = std::move(*opened);
  if (!state_->now.source->random_access()) return absl::OkStatus();
  char start[kLookedAt];
  const absl::StatusOr<size_t> size = state_->now.source->ReadAt(0, start, sizeof(start));
  if (!size.ok()) {
    CloseInput();
    return size.status();
  }
  state_->now.Judge({start, *size});
  return absl::OkStatus();
}

void BlockSource::CloseInput() {
  state_->now.source.reset();
  ++state_->input;
}

}  // namespace spelk::io
